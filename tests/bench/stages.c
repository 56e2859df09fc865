/* stages.c - where the time of a paper goes: CPU of reading, laying out and drawing, and of deflate
 * within the drawing. usage: stages TEMPLATE BATCH [FACTOR]; every applicant of the batch is drawn
 * FACTOR times. */
#include "layout/layout.h"
#include "pdf/pdf.h"

#include "../unit/shipped.h"
#include <stdlib.h>
#include <time.h>

static double cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    use_shipped_profile();
    static const char *const dirs[] = {"fonts", NULL};
    struct diag diag = {0};
    const char *batch = argc > 2 ? argv[2] : "samples/batch.xml";
    int factor = argc > 3 ? atoi(argv[3]) : 1;
    double start = cpu(), read = 0, laid = 0, drawn = 0;
    struct fonts *fonts = fonts_new(dirs, &diag);
    struct form *form =
        fonts ? form_load(argc > 1 ? argv[1] : "templates/base/evaluation-form.xml", fonts, &diag)
              : NULL;
    const struct record_options options = {
        .schema_path = "templates/base/applicants.xsd", .inputs = &batch, .n_inputs = 1};
    struct record *record = form ? record_open(&options, &diag) : NULL;
    struct query_context *query = query_context_new(NULL);
    double begun = cpu() - start;
    size_t documents = 0, pages = 0, bytes = 0, first_pass = 0;

    for (int i = -1; record && i < factor; i++) { /* the round before the first fills the caches */
        struct record_cursor *cursor = record_cursor_new(record, &diag);
        struct applicant who;
        double t = cpu();
        if (i == 0) {
            first_pass = documents;
            read = laid = drawn = 0;
            documents = pages = bytes = 0;
        }
        while (cursor && record_next(cursor, &who)) {
            struct arena arena = {0};
            struct buffer pdf = {0};
            struct layout_options layout = {.asof = record_asof(record)};
            double a = cpu(), b, c;
            query_context_begin(query, who.node, layout.asof);
            struct pages *p =
                layout_form(&arena, form, fonts, query, who.node, who.dir, &layout, &diag);
            b = cpu();
            if (p && pdf_write(p, &pdf, &diag)) {
                documents++;
                pages += p->n;
                bytes += pdf.len;
            }
            c = cpu();
            read += a - t;
            laid += b - a;
            drawn += c - b;
            buffer_clear(&pdf);
            pages_close(p);
            arena_free(&arena);
            t = cpu();
        }
        record_cursor_free(cursor);
    }
    diag_print(&diag, LANGUAGE_EN, stderr);
    if (documents == 0 || first_pass == 0)
        return 1;
    double n = (double)documents;
    printf("begin (fonts, template, first pass): %.1f ms\n", begun * 1e3);
    printf("a document: read %.2f ms, lay out %.2f ms, draw %.2f ms; %.0f KB, %.1f pages\n",
           read / n * 1e3, laid / n * 1e3, drawn / n * 1e3, (double)bytes / n / 1e3,
           (double)pages / n);
    query_context_free(query);
    record_free(record);
    form_free(form);
    fonts_free(fonts);
    diag_clear(&diag);
    return 0;
}
