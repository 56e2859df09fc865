/* test_record.h - what the record's tests share: a file of given bytes, and looking for findings.
 */
#ifndef TEST_RECORD_H
#define TEST_RECORD_H

#include "core/buffer.h"
#include "query/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define DECLARED "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define BATCH                                                                                      \
    "<batch year=\"2026\" asof=\"2026-09-30\" submission=\"2026-10-10\">\n<plan>计划</plan>\n"
#define UNIT "<unit id=\"U01\" name=\"示例公司\" kind=\"企业\">\n"
#define HEAD DECLARED BATCH UNIT /* four lines; applicants begin on the fifth */
#define PERSON(name) "<person><name>" name "</name><sex>男</sex></person>"
#define APPLICANT(id, inner) "<applicant id=\"" id "\" mode=\"正常申报\">" inner "</applicant>\n"
#define PLAIN(id) APPLICANT(id, PERSON("某" id))
#define TAIL "</unit>\n</batch>\n"

static char test_path[] = "/tmp/shenbao-record-XXXXXX";

static inline int test_begin(void **state)
{
    (void)state;
    return close(mkstemp(test_path));
}

static inline int test_end(void **state)
{
    (void)state;
    return unlink(test_path);
}

static inline void put_bytes(const void *bytes, size_t n)
{
    FILE *out = fopen(test_path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, n, out), n);
    assert_int_equal(fclose(out), 0);
}

static inline struct record *open_options(struct record_options o, struct diag *d)
{
    static const char *inputs[1];
    inputs[0] = test_path;
    o.schema_path = "templates/base/applicants.xsd";
    if (!o.inputs) {
        o.inputs = inputs;
        o.n_inputs = 1;
    }
    return record_open(&o, d);
}

static inline struct record *open_bytes(const void *bytes, size_t n, struct diag *d)
{
    put_bytes(bytes, n);
    return open_options((struct record_options){0}, d);
}

static inline struct record *open_text(const char *text, struct diag *d)
{
    return open_bytes(text, strlen(text), d);
}

/* The finding whose zh or en text holds the words; fails the test, listing all there are, when none
 * does. */
static inline const struct finding *finding_with(const struct diag *d, const char *words)
{
    for (size_t i = 0; i < d->n; i++)
        if (strstr(d->list[i].text[LANGUAGE_ZH], words) ||
            strstr(d->list[i].text[LANGUAGE_EN], words))
            return &d->list[i];
    for (size_t i = 0; i < d->n && i < 20; i++)
        print_error("%s\n", d->list[i].text[LANGUAGE_ZH]);
    fail_msg("no finding says: %s", words);
    return NULL;
}

/* Which applicants are faulty, as a string of 0 and 1 in input order. */
static inline const char *faulty_ones(const struct record *r, struct diag *d)
{
    static char marks[64];
    struct record_cursor *c = record_cursor_new(r, d);
    struct applicant a;
    size_t n = 0;
    while (n + 1 < sizeof marks && record_next(c, &a))
        marks[n++] = a.faulty ? '1' : '0';
    marks[n] = '\0';
    record_cursor_free(c);
    return marks;
}

#endif
