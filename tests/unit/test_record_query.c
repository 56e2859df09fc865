/* test_record_query.c - XPath on a record: our functions, variables, empty places, and what goes
 * wrong. */
#include "core/buffer.h"
#include "test_record.h"

#include <math.h>
#include <time.h>

struct fixture {
    struct diag d;
    struct arena arena;
    struct record *record;
    struct record_cursor *cursor;
    struct query_context *context;
    struct applicant a;
};

static void set_up(struct fixture *f)
{
    *f = (struct fixture){0};
    f->record = open_text(
        DECLARED BATCH UNIT "<contact name=\"示例乙\"/>" APPLICANT(
            "A1", PERSON("王·某") "<experience start=\"2007-07\" end=\"2012-06\" unit=\"某\"/>"
                                  "<experience start=\"2012-07\" unit=\"乙\"/><project "
                                  "amount=\"1\"/><project amount=\"2.5\"/>") TAIL,
        &f->d);
    assert_non_null(f->record);
    f->cursor = record_cursor_new(f->record, &f->d);
    assert_true(record_next(f->cursor, &f->a));
    f->context = query_context_new(NULL);
    query_context_begin(f->context, f->a.node, record_asof(f->record));
    query_context_set_diag(f->context, &f->d);
}

static void tear_down(struct fixture *f)
{
    query_context_free(f->context);
    record_cursor_free(f->cursor);
    record_free(f->record);
    arena_free(&f->arena);
    diag_clear(&f->d);
}

static struct query *compiled(struct fixture *f, const char *xpath)
{
    struct query *q = query_new(xpath, (struct src_pos){"t.xml", 7}, &f->d);
    if (!q)
        fail_msg("%s: %s", xpath, f->d.list[f->d.n - 1].text[LANGUAGE_EN]);
    return q;
}

static const char *string_of(struct fixture *f, const char *xpath, record_node *node)
{
    struct query *q = compiled(f, xpath);
    const char *text =
        query_string(q, f->context, (struct query_place){node, 2, 3}, &f->arena).text;
    query_free(q);
    return text;
}

static void functions_give_what_forms_print(void **state)
{
    static const struct {
        const char *xpath, *want;
    } cases[] = {
        {"person/name", "王·某"},
        {"../@name", "示例公司"},
        {"../contact/@name", "示例乙"},
        {"/batch/plan", "计划"},
        {"period(experience/@start, experience/@end)", "2007.07—2012.06"},
        {"period(experience[2]/@start, experience[2]/@end)", "2012.07—至今"},
        {"period('', '')", ""},
        {"period('', '2012-06-30')", "—2012.06"},
        {"period('约2007年', '2012')", "约2007年—2012"},
        {"date('2007-07-02')", "2007.07.02"},
        {"date('2007-07')", "2007.07"},
        {"date('2007')", "2007"},
        {"date('2021-02-30')", "2021-02-30"},
        {"date('不详')", "不详"},
        {"month('2007-07-02')", "2007.07"},
        {"month('2007')", "2007"},
        {"long-date('2026-03-05')", "2026年3月5日"},
        {"long-date('2026-03')", "2026年3月"},
        {"long-date('2026')", "2026年"},
        {"long-date('')", ""},
        {"years('2007-07-02', '2010-07-01')", "2"},
        {"years('2015-12', '2020-12-05')", "5"},
        {"years('x', '2020')", "NaN"},
        {"years('2021-02-30', '2026-02-28')", "NaN"},
        {"months('2015-12', '2020-12-05')", "60"},
        {"months('2020-12', '2015-12')", "-60"},
        {"months('', '2015-12')", "NaN"},
        {"year('2007-07')", "2007"},
        {"year('')", "NaN"},
        {"asof()", "2026-09-30"},
        {"without-suffix('汉族', '族')", "汉"},
        {"without-suffix('汉', '族')", "汉"},
        {"cn-number(12)", "十二"},
        {"cn-number(40)", "四十"},
        {"cn-number(7)", "七"},
        {"cn-number(100)", "100"},
        {"cn-number('x')", "NaN"},
        {"person/former-name", ""},
        {"page('X1')", ""},
        {"position() * 10 + last()", "23"},
        {"sum(project/@amount)", "3.5"},
        {"concat(count(project[@amount > 1]), ' or (', 'and)', string(), \"]\")", NULL},
        {"(experience | project)[last()]/@amount", "2.5"},
        {"count(node()) > 0 and (1 or (0)) and not(text())", "true"},
        {"project[position() = 1 + (2 div (2))] / @amount", "2.5"},
        {"string-length(normalize-space( ' a  b ' ))", "3"},
    };
    struct fixture f;
    (void)state;
    set_up(&f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = string_of(&f, cases[i].xpath, f.a.node);
        if (cases[i].want && strcmp(got, cases[i].want))
            fail_msg("%s: %s", cases[i].xpath, got);
    }
    assert_int_equal(f.d.n, 0);
    tear_down(&f);
}

static void long_texts_are_not_cut(void **state)
{
    struct fixture f;
    char text[4001], xpath[4100];
    (void)state;
    set_up(&f);
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < 3; i++) {
        snprintf(xpath, sizeof xpath, "%s('%s')",
                 i == 0   ? "date"
                 : i == 1 ? "long-date"
                          : "month",
                 text);
        assert_string_equal(string_of(&f, xpath, f.a.node), text);
    }
    snprintf(xpath, sizeof xpath, "period('', '%s')", text);
    assert_int_equal(strlen(string_of(&f, xpath, f.a.node)), strlen("—") + strlen(text));
    tear_down(&f);
}

static const char *known_page(const char *id, void *data)
{
    (void)data;
    return *id == 'P' ? (!strcmp(id, "P1") ? "17" : NULL) : *id == 'S' ? "系统" : "另附";
}

static void pages_are_asked_for(void **state)
{
    struct fixture f;
    (void)state;
    set_up(&f);
    query_context_set_pages(f.context, known_page, NULL);
    assert_string_equal(string_of(&f, "concat(page('P1'), '/', page('P2'))", f.a.node), "17/");
    /* numbers and what is not known stand as often as they are asked for, a word once */
    assert_string_equal(string_of(&f, "cited(' S1 P1 S2  L1 P2 P3\tP1 L2 S3 ')", f.a.node),
                        "S1 P1 L1 P2 P3 P1");
    assert_string_equal(string_of(&f, "cited('')", f.a.node), "");
    tear_down(&f);
}

static void variables_are_a_stack(void **state)
{
    struct fixture f;
    (void)state;
    set_up(&f);
    query_set_variable(f.context, "who", "甲");
    size_t mark = query_variables_mark(f.context);
    query_set_variable(f.context, "who", "乙");
    query_set_variable(f.context, "what", "x");
    assert_string_equal(string_of(&f, "concat($who, $what)", f.a.node), "乙x");
    query_variables_release(f.context, mark);
    assert_string_equal(string_of(&f, "$who", f.a.node), "甲");
    assert_int_equal(f.d.n, 0);
    assert_string_equal(string_of(&f, "$what", f.a.node), "");
    finding_with(&f.d, "没有定义所用的变量");
    query_context_begin(f.context, f.a.node, "");
    query_context_set_diag(f.context, &f.d);
    assert_string_equal(string_of(&f, "$who", f.a.node), "");
    assert_int_equal(f.d.n, 2);
    for (int i = 0; i < 1000; i++)
        query_set_variable(f.context, "n", "1");
    query_variables_release(f.context, 999);
    assert_string_equal(string_of(&f, "$n", f.a.node), "1");
    tear_down(&f);
}

static void ampersands_are_read_in_attributes_as_in_text(void **state)
{
    struct diag d = {0};
    struct arena arena = {0};
    struct applicant a;
    (void)state;
    struct record *r = open_text(
        DECLARED BATCH "<delegation id=\"D1\" issuer=\"A&amp;B&#38;C\"/>\n<unit id=\"U01\" "
                       "delegation=\"D1\" name=\"甲&amp;乙\" "
                       "kind=\"企业\">\n<applicant id=\"A1\" mode=\"正常申报\" note=\"&amp;a "
                       "&lt;&amp;#38;&gt;&amp;\">" PERSON("丙&amp;丁") "</applicant>\n" TAIL,
        &d);
    assert_non_null(r);
    assert_int_equal(d.n, 0);
    struct record_cursor *cursor = record_cursor_new(r, &d);
    struct query_context *context = query_context_new(NULL);
    struct query *q =
        query_new("concat(@note, '|', ../@name, '|', person/name)", (struct src_pos){0}, &d);
    assert_true(record_next(cursor, &a));
    query_context_begin(context, a.node, "");
    assert_string_equal(query_string(q, context, (struct query_place){a.node, 1, 1}, &arena).text,
                        "&a <&#38;>&|甲&乙|丙&丁");
    assert_string_equal(a.unit_name, "甲&乙");
    const struct record_delegation *delegations;
    assert_int_equal(record_delegations(r, &delegations), 1);
    query_free(q);
    q = query_new("string(@issuer)", (struct src_pos){0}, &d);
    assert_string_equal(
        query_string(q, context, (struct query_place){delegations[0].node, 1, 1}, &arena).text,
        "A&B&C");
    query_free(q);
    query_context_free(context);
    record_cursor_free(cursor);
    record_free(r);
    arena_free(&arena);
    diag_clear(&d);
}

static void an_empty_place_gives_nothing(void **state)
{
    static const char *const paths[] = {".",
                                        "..",
                                        "/",
                                        "/batch/plan",
                                        "//project",
                                        "@name",
                                        "person/name",
                                        "ancestor::unit/@name",
                                        "following::*",
                                        "preceding-sibling::x",
                                        "self::node()",
                                        "descendant-or-self::node()",
                                        "namespace::*",
                                        "project[1]/@x",
                                        "(a | b)[last()]",
                                        "id('x')",
                                        "/batch/unit[@id = current]",
                                        "string()",
                                        "name()",
                                        "local-name()",
                                        "normalize-space()",
                                        "string-length() > 0",
                                        "lang('zh')",
                                        "text()",
                                        "../../@x",
                                        "//@*",
                                        "period(@start, @end)",
                                        "date(@date)",
                                        "@a = ''"};
    struct fixture f;
    record_node **nodes;
    (void)state;
    set_up(&f);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct query *q = compiled(&f, paths[i]);
        struct query_place nowhere = {NULL, 1, 1};
        struct query_value v = query_string(q, f.context, nowhere, &f.arena);
        if (strcmp(v.text, "") && strcmp(v.text, "false"))
            fail_msg("%s: %s", paths[i], v.text);
        assert_null(v.node);
        assert_int_equal(query_nodes(q, f.context, nowhere, &f.arena, &nodes), 0);
        assert_false(query_bool(q, f.context, nowhere));
        query_number(q, f.context, nowhere);
        query_free(q);
    }
    assert_int_equal(f.d.n, 0);
    query_context_begin(f.context, NULL, NULL);
    assert_string_equal(string_of(&f, "concat('a', person/name, asof())", NULL), "a");
    tear_down(&f);
}

static void namespaces_are_no_nodes_of_a_record(void **state)
{
    struct fixture f;
    record_node **nodes;
    (void)state;
    set_up(&f);
    struct query *q = compiled(&f, "namespace::* | person/name");
    assert_int_equal(
        query_nodes(q, f.context, (struct query_place){f.a.node, 1, 1}, &f.arena, &nodes), 1);
    assert_string_equal(
        query_string(q, f.context, (struct query_place){f.a.node, 1, 1}, &f.arena).text, "王·某");
    query_free(q);
    tear_down(&f);
}

static void bad_expressions_are_refused_when_made(void **state)
{
    static const struct {
        const char *xpath, *words;
    } cases[] = {
        {"person[", "括号不成对"},
        {"person]", "括号不成对"},
        {"'a", "字符串缺少结尾的引号"},
        {"person//", "语法不对"},
        {"", "语法不对"},
        {"a b", "语法不对"},
        {"project[datte(@end) = '']", "没有函数 datte；是不是 date"},
        {"false() and foo()", "没有函数 foo"},
        {"x:foo(1)", "没有函数 x:foo"},
        {"project[years(@start)]", "函数 years 应有 2 个参数，这里有 1 个"},
        {"asof(1, 2)", "函数 asof 应有 0—1 个参数，这里有 2 个"},
        {"concat('a')", "函数 concat 应有 2—… 个参数，这里有 1 个"},
        {"substring('a')", "函数 substring 应有 2—3 个参数，这里有 1 个"},
        {"date((1), (2))", "函数 date 应有 1 个参数，这里有 2 个"},
    };
    struct diag d = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_null(query_new(cases[i].xpath, (struct src_pos){"t.xml", 7}, &d));
        const struct finding *f = finding_with(&d, cases[i].words);
        assert_int_equal(f->fault, FAULT_SYSTEM);
        assert_int_equal(f->at.line, 7);
        assert_int_equal(d.n, 1);
        diag_clear(&d);
    }
    static const char *const endless[] = {"(", "a[", "-", "a/", "not(", "1+", "a|", "!"};
    for (size_t i = 0; i < sizeof endless / sizeof *endless; i++) {
        struct buffer b = {0};
        for (int k = 0; k < 100000; k++)
            buffer_puts(&b, endless[i]);
        buffer_puts(&b, "a");
        buffer_putc(&b, '\0');
        assert_null(query_new((const char *)b.data, (struct src_pos){"t.xml", 7}, &d));
        b.data[7900] = 'a';
        b.data[7901] = '\0';
        query_free(query_new((const char *)b.data, (struct src_pos){"t.xml", 7},
                             &d)); /* long, but it comes back */
        buffer_clear(&b);
    }
    diag_clear(&d);
}

static void failing_evaluations_are_reported_once_a_run(void **state)
{
    static const struct {
        const char *xpath, *words;
    } cases[] = {
        {"count('a')", "值的类型不对"},
        {"$x/y", "值的类型不对"},
        {"sum(1)", "值的类型不对"},
        {"project[$nothing]", "没有定义所用的变量"},
    };
    struct fixture f;
    record_node **nodes;
    (void)state;
    set_up(&f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct query *q = compiled(&f, cases[i].xpath);
        for (int run = 1; run < 3; run++) {
            struct query_place here = {f.a.node, 1, 1};
            query_context_begin(f.context, f.a.node, "");
            query_context_set_diag(f.context, &f.d);
            query_set_variable(f.context, "x", "文字");
            assert_string_equal(query_string(q, f.context, here, &f.arena).text, "");
            assert_false(query_bool(q, f.context, here));
            assert_true(isnan(query_number(q, f.context, here)));
            assert_int_equal(query_nodes(q, f.context, here, &f.arena, &nodes), 0);
            const struct finding *found = finding_with(&f.d, cases[i].words);
            assert_int_equal(found->fault, FAULT_SYSTEM);
            assert_string_equal(found->at.file, "t.xml");
            assert_int_equal(found->at.line, 7);
            assert_int_equal(f.d.n, run);
        }
        query_free(q);
        diag_clear(&f.d);
    }
    tear_down(&f);
}

static void an_evaluation_is_bounded(void **state)
{
    struct buffer b = {0};
    struct diag d = {0};
    struct applicant a;
    struct arena arena = {0};
    (void)state;
    buffer_puts(&b, HEAD "<applicant id=\"A1\" mode=\"正常申报\">" PERSON("甲"));
    for (int i = 0; i < 400; i++)
        buffer_puts(&b, "<project/>");
    buffer_puts(&b, "</applicant>" TAIL);
    struct record *r = open_bytes(b.data, b.len, &d);
    struct record_cursor *c = record_cursor_new(r, &d);
    assert_true(record_next(c, &a));
    struct query_context *x = query_context_new(NULL);
    query_context_begin(x, a.node, "");
    query_context_set_diag(x, &d);
    struct query *q =
        query_new("count(//*[count(//*[count(//*) > 0]) > 0])", (struct src_pos){"t.xml", 7}, &d);
    struct query *fine = query_new("count(//project)", (struct src_pos){"t.xml", 8}, &d);
    struct query *eightfold =
        query_new("concat($a,$a,$a,$a,$a,$a,$a,$a)", (struct src_pos){"t.xml", 9}, &d);
    clock_t start = clock();
    assert_string_equal(query_string(q, x, (struct query_place){a.node, 1, 1}, &arena).text, "");
    assert_true(clock() - start < 20 * CLOCKS_PER_SEC);
    finding_with(&d, "计算太费时或出错");
    query_set_variable(x, "a", "0123456789abcdef");
    for (int i = 0; i < 6; i++)
        query_set_variable(
            x, "a", query_string(eightfold, x, (struct query_place){a.node, 1, 1}, &arena).text);
    finding_with(&d, "concat($a");
    for (int i = 0; i < 2000; i++) /* each has the whole allowance */
        assert_int_equal(query_number(fine, x, (struct query_place){a.node, 1, 1}), 400);
    assert_int_equal(d.n, 2);
    query_free(q);
    query_free(eightfold);
    query_free(fine);
    query_context_free(x);
    record_cursor_free(c);
    record_free(r);
    buffer_clear(&b);
    arena_free(&arena);
    diag_clear(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_give_what_forms_print),
        cmocka_unit_test(ampersands_are_read_in_attributes_as_in_text),
        cmocka_unit_test(long_texts_are_not_cut),
        cmocka_unit_test(pages_are_asked_for),
        cmocka_unit_test(variables_are_a_stack),
        cmocka_unit_test(an_empty_place_gives_nothing),
        cmocka_unit_test(namespaces_are_no_nodes_of_a_record),
        cmocka_unit_test(bad_expressions_are_refused_when_made),
        cmocka_unit_test(failing_evaluations_are_reported_once_a_run),
        cmocka_unit_test(an_evaluation_is_bounded),
    };
    return cmocka_run_group_tests(tests, test_begin, test_end);
}
