/* test_record.c - two passes over a batch, faults with their lines, XPath with our functions. */
#include "record/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<batch year=\"2026\" asof=\"2026-09-30\" submission=\"2026-10-10\">\n" \
             "<plan>计划</plan>\n<unit id=\"U01\" name=\"示例公司\" kind=\"企业\">\n<contact name=\"示例乙\" phone=\"1\"/>\n"
#define APPLICANT(id, name, sex)                                                                   \
    "<applicant id=\"" id "\" mode=\"正常申报\">\n<person><name>" name "</name><sex>" sex "</sex></person>\n"           \
    "<experience id=\"X1\" start=\"2007-07\" end=\"2012-06\" unit=\"某\"/>\n<statement>述</statement></applicant>\n"
#define TAIL "</unit>\n</batch>\n"

static char path[] = "/tmp/shenbao-record-XXXXXX";

static struct record *open_text(const char *text, struct diag *d)
{
    static const char *inputs[1];
    FILE *out = fopen(path, "wb");
    fputs(text, out);
    fclose(out);
    inputs[0] = path;
    struct record_options o = {.schema_path = "templates/applicants.xsd", .inputs = inputs, .n_inputs = 1};
    return record_open(&o, d);
}

static int begin(void **state)
{
    (void)state;
    return close(mkstemp(path));
}

static int end(void **state)
{
    (void)state;
    return unlink(path);
}

static void applicants_come_in_order_below_their_unit(void **state)
{
    (void)state;
    struct diag d = {0};
    struct arena arena = {0};
    struct applicant a;
    struct record *r = open_text(HEAD APPLICANT("A1", "\xF0\xAC\xB1\x96某", "男") APPLICANT("A2", "王·某", "女") TAIL, &d);
    assert_non_null(r);
    assert_false(diag_failed(&d));
    assert_int_equal(record_count(r), 2);
    assert_string_equal(record_asof(r), "2026-09-30");
    struct record_cursor *c = record_cursor_new(r, &d);
    struct query_context *ctx = query_context_new();
    assert_true(record_next(c, &a));
    assert_string_equal(a.id, "A1");
    assert_string_equal(a.name, "\xF0\xAC\xB1\x96某");
    assert_string_equal(a.unit, "U01");
    assert_true(record_seek(c, 1, &a));
    assert_string_equal(a.name, "王·某");
    static const struct {
        const char *xpath, *want;
    } cases[] = {
        {"person/name", "王·某"},
        {"../@name", "示例公司"},
        {"../contact/@name", "示例乙"},
        {"/batch/plan", "计划"},
        {"period(experience/@start, experience/@end)", "2007.07—2012.06"},
        {"period(experience/@start, '')", "2007.07—至今"},
        {"date('2007-07-02')", "2007.07.02"},
        {"month('2007-07-02')", "2007.07"},
        {"long-date('2026-03-05')", "2026年3月5日"},
        {"years('2007-07-02', '2010-07-01')", "2"},
        {"year('2007-07')", "2007"},
        {"asof()", "2026-09-30"},
        {"without-suffix('汉族', '族')", "汉"},
        {"cn-number(12)", "十二"},
        {"person/former-name", ""},
        {"page('X1')", ""},
    };
    query_context_begin(ctx, a.node, record_asof(r));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct query *q = query_new(cases[i].xpath, (struct src_pos){"t.xml", 1}, &d);
        assert_non_null(q);
        struct query_value v = query_string(q, ctx, (struct query_place){a.node, 1, 1}, &arena);
        if (strcmp(v.text, cases[i].want))
            fail_msg("%s: %s", cases[i].xpath, v.text);
        query_free(q);
    }
    assert_null(query_new("person[", (struct src_pos){"t.xml", 7}, &d));
    assert_int_equal(d.list[d.n - 1].at.line, 7);
    assert_false(record_next(c, &a));
    query_context_free(ctx);
    record_cursor_free(c);
    record_free(r);
    arena_free(&arena);
    diag_clear(&d);
}

static void a_fault_names_its_line_and_applicant(void **state)
{
    (void)state;
    struct diag d = {0};
    struct record *r = open_text(HEAD APPLICANT("A1", "甲", "男") APPLICANT("A2", "乙", "雄") APPLICANT("A3", "丙", "女") TAIL, &d);
    assert_non_null(r);
    assert_true(diag_failed(&d));
    assert_int_equal(d.list[0].at.line, 11);
    assert_string_equal(d.list[0].applicant, "A2");
    struct record_cursor *c = record_cursor_new(r, &d);
    struct applicant a;
    for (int i = 0; i < 3; i++) {
        assert_true(record_next(c, &a));
        assert_int_equal(a.faulty, i == 1);
    }
    record_cursor_free(c);
    record_free(r);
    diag_clear(&d);
}

static void document_types_are_refused(void **state)
{
    (void)state;
    struct diag d = {0};
    struct record *r = open_text("<?xml version=\"1.0\"?>\n<!DOCTYPE batch [<!ENTITY a SYSTEM \"/etc/passwd\">]>\n<batch>&a;</batch>", &d);
    assert_true(diag_failed(&d));
    assert_int_equal(d.list[0].at.line, 2);
    record_free(r);
    diag_clear(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(applicants_come_in_order_below_their_unit),
        cmocka_unit_test(a_fault_names_its_line_and_applicant),
        cmocka_unit_test(document_types_are_refused),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
