/* layout_case.h - fonts, and the first applicant of tests/layout/batch.xml, for tests that lay
 * forms out. After cmocka.h. */
#ifndef TESTS_LAYOUT_CASE_H
#define TESTS_LAYOUT_CASE_H

#include "layout/layout.h"

static struct fonts *fonts;
static struct record *record;
static struct record_cursor *cursor;
static struct query_context *query;
static struct applicant who;

static inline int begin(void **state)
{
    static const char *const dirs[] = {"tests/fonts", "fonts", NULL}, *const inputs[] = {
                                                                          "tests/layout/batch.xml"};
    const struct record_options options = {
        .schema_path = "templates/base/applicants.xsd", .inputs = inputs, .n_inputs = 1};
    struct diag d = {0};
    (void)state;
    fonts = fonts_new(dirs, &d);
    record = record_open(&options, &d);
    cursor = record ? record_cursor_new(record, &d) : NULL;
    query = query_context_new(NULL);
    bool ok = fonts && cursor && record_next(cursor, &who) && !diag_failed(&d);
    diag_print(&d, LANGUAGE_EN, stderr);
    diag_clear(&d);
    return ok ? 0 : -1;
}

static inline int end(void **state)
{
    (void)state;
    query_context_free(query);
    record_cursor_free(cursor);
    record_free(record);
    fonts_free(fonts);
    return 0;
}

#endif
