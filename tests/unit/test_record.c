/* test_record.c - two passes over a batch: who comes in which order, and whose fault is whose. */
#include "test_record.h"

#include "record/gather.h"

#include <sys/time.h>

static void applicants_come_in_order_below_their_unit(void **state)
{
    struct diag d = {0};
    struct arena arena = {0};
    struct applicant a;
    (void)state;
    struct record *r = open_text(
        DECLARED BATCH "<delegation id=\"D1\" issuer=\"示例局\"/>"
                       "<unit id=\"U01\" name=\"示例公司\" delegation=\"D1\"><contact "
                       "name=\"示例乙\"/>" APPLICANT(
                           "A1", PERSON("\xF0\xAC\xB1\x96某")) "</unit><unit id=\"U02\" "
                                                               "name=\"第二公司\">" APPLICANT(
                                                                   "A2", PERSON("王·某")) "</"
                                                                                          "unit></"
                                                                                          "batch>",
        &d);
    assert_non_null(r);
    assert_int_equal(d.n, 0);
    assert_int_equal(record_count(r), 2);
    assert_string_equal(record_asof(r), "2026-09-30");
    struct record_cursor *c = record_cursor_new(r, &d);
    assert_true(record_next(c, &a));
    assert_string_equal(a.id, "A1");
    assert_string_equal(a.name, "\xF0\xAC\xB1\x96某");
    assert_string_equal(a.unit, "U01");
    assert_string_equal(a.unit_name, "示例公司");
    assert_string_equal(a.delegation, "D1");
    assert_true(record_next(c, &a));
    assert_string_equal(a.name, "王·某");
    assert_string_equal(a.unit, "U02");
    assert_int_equal(a.index, 1);
    assert_false(record_next(c, &a));
    assert_false(record_seek(c, 0, &a)); /* never backward */
    record_cursor_free(c);

    struct query_context *x = query_context_new(NULL);
    struct query *q =
        query_new("concat(/batch/plan, ../@name, ../contact/@name, count(../applicant))",
                  (struct src_pos){"t", 1}, &d);
    c = record_cursor_new(r, &d);
    assert_true(record_seek(c, 0, &a));
    query_context_begin(x, a.node, record_asof(r));
    assert_string_equal(query_string(q, x, (struct query_place){a.node, 1, 1}, &arena).text,
                        "计划示例公司示例乙1");
    assert_int_equal(d.n, 0);
    query_free(q);
    query_context_free(x);
    record_cursor_free(c);
    record_free(r);
    arena_free(&arena);
    diag_clear(&d);
}

static void nothing_of_a_text_is_altered(void **state)
{
    struct diag d = {0};
    struct arena arena = {0};
    struct applicant a;
    (void)state;
    struct record *r = open_text(
        HEAD APPLICANT(
            "A1", "<person><name>  欧阳<!-- 注 -->&#x2CC56;\n&amp;<![CDATA[<b>]]> </name></person>"
                  "<project name=\"a&lt;b &quot;c&quot;\"/>") TAIL,
        &d);
    assert_non_null(r);
    struct record_cursor *c = record_cursor_new(r, &d);
    assert_true(record_next(c, &a));
    assert_string_equal(a.name, "  欧阳\xF0\xAC\xB1\x96\n&<b> ");
    struct query_context *x = query_context_new(NULL);
    struct query *q = query_new("project/@name", (struct src_pos){"t", 1}, &d);
    query_context_begin(x, a.node, "");
    struct query_value v = query_string(q, x, (struct query_place){a.node, 1, 1}, &arena);
    assert_string_equal(v.text, "a<b \"c\"");
    assert_string_equal(record_path(v.node, &arena), "project/@name");
    query_free(q);
    query_context_free(x);
    record_cursor_free(c);
    record_free(r);
    arena_free(&arena);
    diag_clear(&d);
}

static void a_node_knows_its_line_and_path_in_a_long_file(void **state)
{
    enum { LINES = 70000 };
    struct diag d = {0};
    struct arena arena = {0};
    struct buffer b = {0};
    struct applicant a;
    record_node **nodes;
    (void)state;
    buffer_puts(&b, HEAD);
    for (int i = 0; i < LINES; i++)
        buffer_putc(&b, '\n');
    buffer_puts(&b, "<applicant id=\"A1\" mode=\"正常申报\">" PERSON(
                        "甲") "\n<project\n name=\"一\"/>\n\n<project name=\"二\"\n"
                              "rank=\"0\"/></applicant>" TAIL);
    struct record *r = open_bytes(b.data, b.len, &d);
    assert_non_null(r);
    assert_int_equal(d.n, 1);
    assert_int_equal(d.list[0].at.line, LINES + 9); /* where the tag begins, not where it ends */
    assert_string_equal(d.list[0].field, "project[2]/@rank");
    struct record_cursor *c = record_cursor_new(r, &d);
    assert_true(record_next(c, &a));
    assert_int_equal(a.at.line, LINES + 5);
    struct query_context *x = query_context_new(NULL);
    struct query *q =
        query_new("project | project/@name | person/name", (struct src_pos){"t", 1}, &d);
    query_context_begin(x, a.node, "");
    assert_int_equal(query_nodes(q, x, (struct query_place){a.node, 1, 1}, &arena, &nodes), 5);
    assert_string_equal(record_path(nodes[0], &arena), "person/name");
    assert_string_equal(record_path(nodes[1], &arena), "project");
    assert_string_equal(record_path(nodes[4], &arena), "project[2]/@name");
    assert_int_equal(record_pos(nodes[1]).line, LINES + 6);
    assert_int_equal(record_pos(nodes[4]).line, LINES + 9);
    assert_string_equal(record_pos(nodes[4]).file, test_path);
    query_free(q);
    query_context_free(x);
    record_cursor_free(c);
    record_free(r);
    buffer_clear(&b);
    arena_free(&arena);
    diag_clear(&d);
}

static void a_seek_passes_over_and_two_cursors_do_not_meet(void **state)
{
    struct diag d = {0};
    struct buffer b = {0};
    struct applicant a, z;
    (void)state;
    buffer_puts(&b, HEAD);
    for (int i = 0; i < 500; i++)
        buffer_printf(
            &b,
            "<applicant id=\"A%03d\" mode=\"正常申报\">%s<statement>%0*d</statement></applicant>",
            i, PERSON("某"), 1 + i % 7 * 3000, i);
    buffer_puts(&b, TAIL);
    struct record *r = open_bytes(b.data, b.len, &d);
    assert_non_null(r);
    struct record_cursor *c = record_cursor_new(r, &d), *e = record_cursor_new(r, &d);
    for (size_t i = 0; i < 500; i += 1 + i % 5) {
        char want[8];
        snprintf(want, sizeof want, "A%03zu", i);
        assert_true(record_seek(c, i, &a));
        assert_string_equal(a.id, want);
        assert_true(record_next(e, &z));
        assert_ptr_not_equal(a.node, z.node);
    }
    record_cursor_free(c);
    record_cursor_free(e);
    assert_int_equal(d.n, 0);
    record_free(r);
    buffer_clear(&b);
    diag_clear(&d);
}

struct blame_case {
    const char *text, *words;
    long line;
    const char *applicant, *name, *unit, *field, *label, *faulty;
};

static void check_blame(const struct blame_case *k)
{
    struct diag d = {0};
    struct record *r = open_text(k->text, &d);
    const struct finding *f = finding_with(&d, k->words);
    if (!r)
        fail_msg("no record: %s", k->words);
    assert_true(diag_failed(&d));
    assert_int_equal(f->fault, FAULT_DATA);
    assert_int_equal(f->at.line, k->line);
    assert_string_equal(f->at.file, test_path);
    assert_string_equal(f->applicant ? f->applicant : "", k->applicant);
    assert_string_equal(f->name ? f->name : "", k->name);
    assert_string_equal(f->unit ? f->unit : "", k->unit);
    assert_string_equal(f->field ? f->field : "", k->field);
    assert_string_equal(f->label ? f->label : "", k->label);
    if (strcmp(faulty_ones(r, &d), k->faulty))
        fail_msg("%s: faulty are %s", k->words, faulty_ones(r, &d));
    record_free(r);
    diag_clear(&d);
}

#define BAD                                                                                        \
    "<applicant id=\"A2\" "                                                                        \
    "mode=\"正常申报\"><person><name>乙</name><sex>雄</sex></person></applicant>"

static void a_fault_belongs_to_its_element(void **state)
{
    static const struct blame_case cases[] = {
        /* three on one line */
        {HEAD "<applicant id=\"A1\" mode=\"正常申报\">" PERSON("甲") "</applicant>" BAD PLAIN("A3")
             TAIL,
         "“雄”", 5, "A2", "乙", "U01", "person/sex", "性别", "010"},
        /* between two applicants: nobody's but the unit's, and all its papers print it */
        {HEAD PLAIN("A1") "<contact nme=\"示例乙\"/>\n" PLAIN(
             "A3") "</unit><unit id=\"U02\" name=\"另\">" PLAIN("B1") TAIL,
         "是不是 name", 6, "", "", "U01", "batch/unit/contact/@nme", "", "110"},
        /* between two applicants: what has no place there is left out */
        {HEAD PLAIN("A1") "<project rank=\"0\"/>\n" BAD TAIL, "unit 里没有 <project>", 6, "", "",
         "U01", "batch/unit", "", "01"},
        /* and what follows it is still checked */
        {HEAD PLAIN("A1") "<project rank=\"0\"/>\n" BAD TAIL, "“雄”", 7, "A2", "乙", "U01",
         "person/sex", "性别", "01"},
        /* an applicant outside a unit is nobody's either */
        {DECLARED BATCH PLAIN("A0") UNIT PLAIN("A1") TAIL, "batch 里没有 <applicant>", 4, "", "",
         "", "batch", "", "0"},
        /* before the name is known */
        {HEAD "<applicant id=\"A1\" mode=\"申报\">" PERSON("甲") "</applicant>" TAIL, "“申报”", 5,
         "A1", "甲", "U01", "@mode", "申报方式", "1"},
        /* on the last of an applicant's tags */
        {HEAD PLAIN(
             "A1") "<applicant id=\"A2\" mode=\"正常申报\">\n<statement/>\n</applicant>" PLAIN("A3")
             TAIL,
         "applicant 缺少 <person>", 6, "A2", "", "U01", "", "个人信息", "010"},
        /* the batch's own data is in all papers */
        {"<batch year=\"26\" asof=\"2026-09-30\">" UNIT PLAIN("A1") TAIL, "“26”", 1, "", "", "",
         "batch/@year", "年度", "1"},
        /* a delegation's is in its letter only */
        {DECLARED BATCH "<delegation id=\"D1\" kind=\"市\"/>" UNIT PLAIN("A1") TAIL, "“市”", 4, "",
         "", "", "batch/delegation/@kind", "委托单位类别", "0"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_blame(&cases[i]);
}

static void what_may_stand_once_does(void **state)
{
    static const struct blame_case cases[] = {
        {HEAD APPLICANT("A1", PERSON("甲") PERSON("乙")) TAIL, "applicant 里的 <person> 重复", 5,
         "A1", "甲乙", "U01", "person[2]", "个人信息", "1"},
        {HEAD APPLICANT("A1", PERSON("甲") "<statement/>\n<statement/>") TAIL,
         "applicant 里的 <statement> 重复", 6, "A1", "甲", "U01", "statement[2]", "个人述职", "1"},
        {HEAD APPLICANT("A1", "<person><name>甲</name><birth/>\n<birth/></person>") TAIL,
         "person 里的 <birth> 重复", 6, "A1", "甲", "U01", "person/birth[2]", "出生日期", "1"},
        {HEAD APPLICANT("A1", PERSON("甲") "<project><effect/><effect/></project>") TAIL,
         "project 里的 <effect> 重复", 5, "A1", "甲", "U01", "project/effect[2]", "成效", "1"},
        {HEAD "<contact/><contact/>" PLAIN("A1") TAIL, "unit 里的 <contact> 重复", 5, "", "", "U01",
         "batch/unit/contact[2]", "单位联系人", "1"},
        {DECLARED BATCH "<plan>又</plan>" UNIT PLAIN("A1") TAIL, "batch 里的 <plan> 重复", 4, "",
         "", "", "batch/plan[2]", "评审计划", "1"},
    };
    struct diag d = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_blame(&cases[i]);
    /* and what may be missing, or stand often, may */
    struct record *r =
        open_text(HEAD APPLICANT("A1", "<person/>")
                      APPLICANT("A2", PERSON("乙") "<project/><project/><opinion "
                                                   "by=\"甲\"/><opinion by=\"乙\"/>") TAIL,
                  &d);
    assert_non_null(r);
    assert_int_equal(d.n, 0);
    record_free(r);
}

static void ids_are_unique_and_references_resolve(void **state)
{
    static const struct blame_case cases[] = {
        {HEAD PLAIN("A1") PLAIN("A2") PLAIN("A1") TAIL, "申报人编号 A1 重复", 7, "A1", "", "U01",
         "@id", "申报人编号", "001"},
        {HEAD PLAIN("A1") "</unit>\n<unit id=\"U01\" name=\"另\">" PLAIN("A2") TAIL, "U01 重复", 7,
         "", "", "U01", "batch/unit[2]/@id", "单位编号", "01"},
        {DECLARED BATCH "<delegation id=\"D1\"/>\n<delegation id=\"D1\"/>" UNIT PLAIN("A1") TAIL,
         "D1 重复", 5, "", "", "", "batch/delegation[2]/@id", "委托编号", "0"},
        {DECLARED BATCH
         "<delegation id=\"D01\"/><unit id=\"U1\" name=\"某\" delegation=\"DO1\">" PLAIN("A1") TAIL,
         "是不是 D01", 4, "", "", "U1", "batch/unit/@delegation", "委托编号", "1"},
        {HEAD APPLICANT("A1", PERSON("甲") "<project id=\"P1\"/>\n<paper id=\"P1\"/>") PLAIN("A2")
             TAIL,
         "编号 P1 重复", 6, "A1", "甲", "U01", "paper/@id", "编号", "10"},
        {HEAD APPLICANT("A1", PERSON("甲") "<project id=\"P1\"><evidence id=\"P1\" kind=\"合同\" "
                                           "href=\"a\"/></project>") TAIL,
         "编号 P1 重复", 5, "A1", "甲", "U01", "project/evidence/@id", "编号", "1"},
        {HEAD APPLICANT(
             "A1", PERSON("甲") "<project id=\"P1\"/><score item=\"1\" refs=\" P1\n P2 \"/>") TAIL,
         "所引的编号 P2", 5, "A1", "甲", "U01", "score/@refs", "佐证", "1"},
        {HEAD APPLICANT("A1", PERSON("甲") "<condition clause=\"一\" refs=\"L1\"/>")
             APPLICANT("A2", PERSON("乙") "<paper id=\"L1\"/>") TAIL,
         "所引的编号 L1", 5, "A1", "甲", "U01", "condition/@refs", "佐证", "10"},
        {HEAD APPLICANT("A1", PERSON("甲") "<project><evidence href=\"a.pdf\"/></project>") TAIL,
         "kind（种类）或 part", 5, "A1", "甲", "U01", "project/evidence", "证明材料", "1"},
    };
    struct diag d = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_blame(&cases[i]);
    /* the same id in two applicants, a reference forward, one delegation for two units */
    struct record *r = open_text(
        DECLARED BATCH "<unit id=\"U1\" name=\"某\" delegation=\"D1\">" APPLICANT(
            "A1", PERSON("甲") "<score item=\"1\" refs=\"P1 F1\"/><project id=\"P1\"/>"
                               "<document id=\"F1\" kind=\"身份证\" href=\"a.pdf\"/>")
            APPLICANT(
                "A2",
                PERSON(
                    "乙") "<project id=\"P1\"/>") "</unit><delegation id=\"D1\"/><unit id=\"U2\" "
                                                  "name=\"某\" delegation=\"D1\"/></batch>",
        &d);
    assert_non_null(r);
    assert_int_equal(d.n, 0);
    record_free(r);
}

static void a_hundred_thousand_ids_cost_no_square(void **state)
{
    enum { MANY = 300000 };
    struct diag d = {0};
    struct buffer b = {0};
    (void)state;
    buffer_puts(&b, HEAD);
    for (int i = 0; i < MANY; i++)
        buffer_printf(&b, "<applicant id=\"A%d\" mode=\"正常申报\"><person/></applicant>", i);
    buffer_puts(&b, "<applicant id=\"B\" mode=\"正常申报\"><person/>");
    for (int i = 0; i < MANY / 6; i++)
        buffer_printf(&b, "<project id=\"P%d\"/>", i);
    buffer_puts(&b, "</applicant><applicant id=\"C\" mode=\"正常申报\"><person/><project>");
    for (int i = 0; i < MANY / 60; i++)
        buffer_puts(&b, "<evidence kind=\"合同\" href=\"a\"/>");
    buffer_puts(&b, "</project></applicant>" TAIL);
    /* of a processor: the square takes longer by far, the sort under a second */
    setitimer(ITIMER_PROF, &(struct itimerval){.it_value.tv_sec = 60}, NULL);
    struct record *r = open_bytes(b.data, b.len, &d);
    setitimer(ITIMER_PROF, &(struct itimerval){0}, NULL);
    assert_non_null(r);
    assert_int_equal(d.n, 2);
    finding_with(&d, "一人的材料超过 500 条");
    finding_with(&d, "一人的内容超过 2000 项");
    struct record_cursor *c = record_cursor_new(r, &d);
    struct applicant who;
    for (size_t i = 0; record_next(c, &who); i++)
        assert_int_equal(who.broken, i >= MANY);
    record_cursor_free(c);
    assert_int_equal(record_count(r), MANY + 2);
    record_free(r);
    buffer_clear(&b);
    diag_clear(&d);
}

static void many_units_are_gathered_at_no_square(void **state)
{
    enum { MANY = 40000 };
    static const enum record_scope scopes[] = {SCOPE_DELEGATION, SCOPE_UNIT};
    struct diag d = {0};
    struct buffer b = {0};
    (void)state;
    buffer_puts(&b, DECLARED BATCH "<delegation id=\"D1\"/>");
    for (int i = 0; i < MANY; i++)
        buffer_printf(&b,
                      "<unit id=\"U%d\" name=\"某\" delegation=\"D1\"><applicant id=\"A%d\" "
                      "mode=\"正常申报\"><person/></applicant></unit>",
                      i, i);
    buffer_puts(&b, "</batch>");
    struct record *r = open_bytes(b.data, b.len, &d);
    assert_non_null(r);
    for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++) {
        const struct gathered *list;
        /* of a processor: the square takes longer by far */
        setitimer(ITIMER_PROF, &(struct itimerval){.it_value.tv_sec = 60}, NULL);
        struct gathering *g = record_gather(r, scopes[i], NULL, &d);
        setitimer(ITIMER_PROF, &(struct itimerval){0}, NULL);
        size_t n = gathering_list(g, &list);
        assert_int_equal(n, scopes[i] == SCOPE_UNIT ? MANY : 1);
        assert_int_equal(list[0].n, MANY / n);
        assert_string_equal(list[n - 1].id, n > 1 ? "U39999" : "D1");
        gathering_free(g);
    }
    assert_int_equal(d.n, 0);
    record_free(r);
    buffer_clear(&b);
}

static void what_is_chosen_must_be_there(void **state)
{
    static const char *const a1[] = {"A1"}, *const typo[] = {"a01", "A2"}, *const u1[] = {"U01"},
                             *const u2[] = {"U02"}, *const u9[] = {"U91"}, *const u3[] = {"U03"};
    static const char text[] =
        HEAD PLAIN("A1") PLAIN("A01") "</unit><unit id=\"U02\" name=\"另\">" PLAIN(
            "A2") "</unit><unit id=\"U03\" name=\"空\"/></batch>";
    const struct {
        struct record_options o;
        const char *words;
    } cases[] = {
        {{.only_applicants = typo, .n_only_applicants = 2}, "没有编号为 a01 的申报人；是不是 A01"},
        {{.only_units = u9, .n_only_units = 1}, "没有编号为 U91 的单位；是不是 U01"},
        {{.only_applicants = a1, .n_only_applicants = 1, .only_units = u2, .n_only_units = 1},
         "申报人 A1 属于单位 U01"},
        {{.only_units = u3, .n_only_units = 1}, "所选的单位没有申报人"},
        {{.asof = "2026-02-30"}, "--asof 应为历法上有的日期 yyyy-mm-dd，而不是 2026-02-30"},
        {{.asof = "2026-09"}, "--asof"},
        {{.asof = ""}, "--asof"},
    };
    struct diag d = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_bytes(text, strlen(text));
        assert_null(open_options(cases[i].o, &d));
        assert_int_equal(finding_with(&d, cases[i].words)->fault, FAULT_SYSTEM);
        assert_int_equal(d.n, 1);
        diag_clear(&d);
    }
    struct record *r = open_options(
        (struct record_options){.only_units = u1, .n_only_units = 1, .asof = "2024-02-29"}, &d);
    assert_non_null(r);
    assert_int_equal(record_count(r), 2);
    assert_string_equal(record_asof(r), "2024-02-29");
    record_free(r);
    r = open_options((struct record_options){.only_applicants = a1, .n_only_applicants = 1}, &d);
    assert_non_null(r);
    assert_int_equal(record_count(r), 1);
    assert_int_equal(record_indices(r)[0], 0);
    record_free(r);
    assert_int_equal(d.n, 0);
}

static void a_broken_file_is_read_up_to_there(void **state)
{
    static const struct {
        const char *text, *words;
        long line;
        const char *applicant, *faulty;
    } cases[] = {
        {HEAD PLAIN("A1") "<applicant id=\"A2\" "
                          "mode=\"正常申报\"><person><name>乙</nam></person></applicant>\n" PLAIN(
                              "A3") TAIL,
         "<name> 应以 </name> 结束，这里却是 </nam>", 6, "A2", "01"},
        {HEAD PLAIN("A1") "<applicant id=\"A2\" mode=\"正常申报\">\n" PERSON("乙"),
         "到末尾 <applicant> 也没有结束", 6, "A2", "01"},
        {HEAD PLAIN("A1") "</unit>\n<unit id=\"U02\" name=\"a & b\">" PLAIN("A2") TAIL,
         "& 请写 &amp;", 7, "", "0"},
        {HEAD PLAIN("A1") "<contact name=\"甲\" name=\"乙\"/>" TAIL, "属性 name 写了两次", 6, "",
         "0"},
        {HEAD PLAIN("A1") "<contact name=\"&nbsp;\"/>" TAIL, "没有定义的引用 &nbsp;", 6, "", "0"},
        {HEAD PLAIN("A1") "</unit></batch>\n<batch/>", "最外层元素（<batch>）结束之后还有内容", 7,
         "", "0"},
        {HEAD PLAIN("A1"), "到末尾 <unit> 也没有结束", 4, "", "0"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diag d = {0};
        struct record *r = open_text(cases[i].text, &d);
        const struct finding *f = finding_with(&d, cases[i].words);
        assert_non_null(r);
        assert_int_equal(d.n, 1);
        assert_int_equal(f->at.line, cases[i].line);
        assert_string_equal(f->applicant ? f->applicant : "", cases[i].applicant);
        assert_string_equal(faulty_ones(r, &d), cases[i].faulty);
        assert_int_equal(d.n, 1);
        record_free(r);
        diag_clear(&d);
    }
}

static void no_record_comes_without_a_word(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {DECLARED BATCH "</batch>", "没有申报人"},
        {HEAD TAIL, "没有申报人"},
        {"", "文件是空的"},
        {" \n ", "没有 XML 内容"},
        {"x", "没有 XML 内容"},
        {"hello, world", "没有 XML 内容"},
        {DECLARED, "没有 XML 内容"},
        {"<html><body/></html>", "根元素应为 <batch>（不带命名空间），这里却是 <html>"},
        {"<batch xmlns=\"urn:x\"/>", "根元素应为 <batch>"},
        {"<b:batch/>", "前缀 b 没有声明"},
        {"\n" DECLARED BATCH "</batch>", "必须在文件最开头"},
        {HEAD, "到末尾 <unit> 也没有结束"},
        {"<batch", "最后一个标签没有写完"},
        {"%PDF-1.4\n1 0 obj", "这是 PDF 文件，不是 XML"},
        {"PK\3\4....", "这是 ZIP"},
        {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "DOC/XLS/WPS"},
        {"\xFF\xD8\xFF\xE0..", "JPEG"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diag d = {0};
        assert_null(open_text(cases[i].text, &d));
        assert_int_equal(finding_with(&d, cases[i].words)->fault, FAULT_DATA);
        assert_string_equal(d.list[0].at.file, test_path);
        assert_int_equal(d.system_faults, 0);
        diag_clear(&d);
    }
}

static void what_cannot_be_opened_is_the_systems_fault(void **state)
{
    static const char *const missing[] = {"/proc/nonexistent/batch.xml", test_path, "/tmp"},
                             *const twice[] = {"-", "-"};
    struct diag d = {0};
    (void)state;
    put_bytes(HEAD PLAIN("A1") TAIL, strlen(HEAD PLAIN("A1") TAIL));
    assert_null(open_options((struct record_options){.inputs = missing, .n_inputs = 3}, &d));
    assert_int_equal(finding_with(&d, "没有这个文件")->fault, FAULT_SYSTEM);
    assert_string_equal(finding_with(&d, "没有这个文件")->at.file, missing[0]);
    assert_int_equal(finding_with(&d, "这是目录")->fault,
                     FAULT_SYSTEM); /* all of them in one run */
    assert_int_equal(d.n, 2);
    diag_clear(&d);
    assert_null(open_options((struct record_options){.inputs = twice, .n_inputs = 2}, &d));
    assert_int_equal(finding_with(&d, "只能给出一次")->fault, FAULT_SYSTEM);
    diag_clear(&d);
    assert_null(open_options((struct record_options){.inputs = twice}, &d) ? (void *)1 : NULL);
    assert_int_equal(finding_with(&d, "没有给出输入文件")->fault, FAULT_SYSTEM);
    diag_clear(&d);
    if (geteuid() != 0) {
        assert_int_equal(chmod(test_path, 0), 0);
        assert_null(open_options((struct record_options){0}, &d));
        assert_int_equal(finding_with(&d, "无法读取")->fault, FAULT_SYSTEM);
        chmod(test_path, 0600);
        diag_clear(&d);
    }
    struct record_options o = {
        .schema_path = "templates/nothing.xsd", .inputs = missing + 1, .n_inputs = 1};
    assert_null(record_open(&o, &d));
    assert_int_equal(finding_with(&d, "无法读取")->fault, FAULT_SYSTEM);
    diag_clear(&d);
    o.schema_path = test_path;
    assert_null(record_open(&o, &d));
    assert_int_equal(finding_with(&d, "格式定义有误")->fault, FAULT_SYSTEM);
    diag_clear(&d);
}

/* What the test's file holds now, under another name. */
static const char *set_aside(const char *text, const char *suffix)
{
    static char names[2][sizeof test_path + 8];
    char *name = names[*suffix - 'a'];
    snprintf(name, sizeof *names, "%s.%s", test_path, suffix);
    put_bytes(text, strlen(text));
    assert_int_equal(rename(test_path, name), 0);
    return name;
}

static void several_files_are_one_batch(void **state)
{
    static const struct {
        const char *second, *words, *faulty;
    } cases[] = {
        {DECLARED BATCH "<delegation id=\"D1\"/><unit id=\"U1\" name=\"某\" "
                        "delegation=\"D1\">\n<contact name=\"乙\"/>" PLAIN("A2") TAIL,
         NULL, "00"},
        {DECLARED BATCH "<delegation id=\"D1\" number=\"二\"/><unit id=\"U1\" name=\"某\" "
                        "delegation=\"D1\"><contact name=\"乙\"/>" PLAIN("A2") TAIL,
         "D1 重复", "00"},
        {DECLARED BATCH "<delegation id=\"D1\"/><unit id=\"U1\" name=\"另\" "
                        "delegation=\"D1\"><contact name=\"乙\"/>" PLAIN("A2") TAIL,
         "U1 重复", "01"},
        {DECLARED BATCH "<unit id=\"U2\" name=\"另\" delegation=\"D1\">" PLAIN("A2") TAIL,
         "D1 不在本文件中", "01"},
        {DECLARED BATCH "<unit id=\"U2\" name=\"另\">" PLAIN("A1") TAIL, "申报人编号 A1 重复",
         "01"},
        {DECLARED "<batch year=\"2026\" asof=\"2026-08-31\"><plan>计划</plan><unit id=\"U2\" "
                  "name=\"另\">" PLAIN("A2") TAIL,
         "截止日 2026-08-31 与", "01"},
        {DECLARED "<batch year=\"2026\" asof=\"2026-09-30\"><plan>别的</plan><unit id=\"U2\" "
                  "name=\"另\">" PLAIN("A2") TAIL,
         "评审计划“别的”与", "01"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diag d = {0};
        const struct record_delegation *list;
        const char *inputs[] = {
            set_aside(DECLARED BATCH
                      "<delegation id=\"D1\"/><unit id=\"U1\" name=\"某\" delegation=\"D1\">"
                      "<contact name=\"乙\"/>" PLAIN("A1") TAIL,
                      "a"),
            set_aside(cases[i].second, "b")};
        struct record *r =
            open_options((struct record_options){.inputs = inputs, .n_inputs = 2}, &d);
        assert_non_null(r);
        if (cases[i].words)
            assert_string_equal(finding_with(&d, cases[i].words)->at.file, inputs[1]);
        assert_int_equal(d.n, cases[i].words ? 1 : 0);
        assert_string_equal(faulty_ones(r, &d), cases[i].faulty);
        if (i == 0)
            assert_int_equal(record_delegations(r, &list), 1);
        record_free(r);
        diag_clear(&d);
        unlink(inputs[0]);
        unlink(inputs[1]);
        put_bytes("", 0);
    }
}

#define POST(id, target, post)                                                                     \
    "<applicant id=\"" id "\" mode=\"正常申报\"" target                                            \
    "><person><name>某</name><sex>男</sex></person>"                                             \
    "<employment " post "/></applicant>\n"
#define SENIOR " target=\"高级工程师\""

/* Whoever is on the establishment counts, by target and grade, over all files and selected or not;
 * each unit on its own. */
static void a_unit_knows_how_many_it_recommends(void **state)
{
    static const char ours[] = "<unit id=\"U1\" name=\"某\">",
                      other[] = "</unit><unit id=\"U2\" name=\"他\">";
    struct diag d = {0};
    struct applicant a;
    struct arena arena = {0};
    char *first = arena_printf(&arena, "%s%s%s%s%s%s", DECLARED BATCH, ours,
                               POST("A1", SENIOR, "established=\"true\" applied-grade=\"七级\"")
                                   POST("A2", SENIOR, "established=\"false\"")
                                       POST("A3", "", "established=\"true\"")
                                           POST("A4", SENIOR, "post=\"员\""),
                               other, POST("A5", SENIOR, "established=\"true\""), TAIL);
    char *second =
        arena_printf(&arena, "%s%s%s%s", DECLARED BATCH, ours,
                     POST("A6", SENIOR, "established=\"true\" applied-grade=\"七级\"")
                         POST("A7", SENIOR, "established=\"true\" applied-grade=\"六级\""),
                     TAIL);
    const char *inputs[] = {set_aside(first, "a"), set_aside(second, "b")};
    const char *only[] = {"A2", "A5", "A6"}, *want[] = {"3 2", "1 0", "3 2"};
    struct query_context *query = query_context_new(NULL);
    (void)state;
    struct record *r = open_options(
        (struct record_options){
            .inputs = inputs, .n_inputs = 2, .only_applicants = only, .n_only_applicants = 3},
        &d);
    assert_non_null(r);
    struct record_cursor *c = record_cursor_new(r, &d);
    struct query *q = query_new("concat(sum(../recommended[@target='高级工程师']/@n), ' ', "
                                "sum(../recommended[@grade='七级']/@n))",
                                (struct src_pos){0}, &d);
    for (size_t i = 0; i < 3; i++) {
        assert_true(record_next(c, &a));
        query_context_begin(query, a.node, "2026-09-30");
        assert_string_equal(query_string(q, query, (struct query_place){a.node, 1, 1}, &arena).text,
                            want[i]);
    }
    query_free(q);
    query_context_free(query);
    record_cursor_free(c);
    record_free(r);
    diag_clear(&d);
    arena_free(&arena);
    unlink(inputs[0]);
    unlink(inputs[1]);
    put_bytes("", 0);
}

static void a_file_that_changes_meanwhile_is_noticed(void **state)
{
    struct diag d = {0};
    struct applicant a;
    (void)state;
    struct record *r = open_text(HEAD PLAIN("A1") PLAIN("A2") TAIL, &d);
    assert_non_null(r);
    struct record_cursor *c = record_cursor_new(r, &d);
    put_bytes(HEAD PLAIN("A1") TAIL, strlen(HEAD PLAIN("A1") TAIL));
    assert_false(record_next(c, &a));
    assert_int_equal(finding_with(&d, "在运行中被改动")->fault, FAULT_SYSTEM);
    record_cursor_free(c);
    record_free(r);
    diag_clear(&d);
}

static void messages_speak_our_own_words(void **state)
{
    static const struct {
        const char *inner, *zh, *en;
    } cases[] = {
        {"<project rank=\"0/3\"/>",
         "rank 的值“0/3”不对，应为：名次，或名次/总人数，如 1/8；没有可留空",
         "the value “0/3” of rank is wrong; expected: a rank such as 1 or 1/8, or nothing"},
        {"<experience start=\"2021-02-30\"/>",
         "start 的值“2021-02-30”不对，应为：日期 yyyy、yyyy-mm 或 "
         "yyyy-mm-dd，须是历法上有的日子；不知道可留空",
         NULL},
        {"<patent kind=\"发明\"/>", "kind 的值“发明”不对，请写“发明专利”",
         "the value “发明” of kind is wrong; write “发明专利”"},
        {"<patent kind=\"药品\"/>",
         "kind 的值“药品”不对，应为：发明专利、实用新型专利、外观设计专利、软件著作权", NULL},
        {"<expirience/>", "applicant 里没有 <expirience>；是不是 <experience>",
         "applicant holds no <expirience>; is it <experience>?"},
        {"<title nmae=\"工程师\"/>", "title 没有属性 nmae；是不是 name",
         "title has no attribute nmae; is it name?"},
        {"<statement x=\"1\"/>", "statement 不带属性，这里却有 x", NULL},
        {"<project>文字</project>",
         "project 里不能直接写文字，这里却有“文字”；请写进相应的元素或删去",
         "project holds no text of its own, but has “文字”; put it into its element, or delete it"},
        {"<contact/>", "applicant 里没有 <contact>", NULL},
        {"<project><evidence kind=\"合同\"/></project>", "evidence 缺少属性 href",
         "evidence lacks the attribute href"},
        {"<project><evidence kind=\"合同\" href=\"\"/></project>", "href 是空的；请填写",
         "href is empty; fill it in"},
        {"<none/>", "none 缺少属性 section", NULL},
        {"<project xmlns=\"urn:x\"/>", "<project> 带有命名空间；请去掉 xmlns=\"…\"",
         "<project> is in a namespace; delete xmlns=\"…\""},
        {"<statement><b>x</b></statement>", "statement 里只能写文字，这里却有标签 <b>；请删去标签",
         "statement holds text alone, but has the tag <b>; delete the tag"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diag d = {0};
        char text[2000];
        snprintf(text, sizeof text,
                 HEAD "<applicant id=\"A1\" mode=\"正常申报\">" PERSON("甲") "%s</applicant>" TAIL,
                 cases[i].inner);
        record_free(open_text(text, &d));
        const struct finding *f = finding_with(&d, cases[i].zh);
        if (cases[i].en)
            assert_string_equal(f->text[LANGUAGE_EN], cases[i].en);
        assert_null(strstr(f->text[LANGUAGE_ZH], "Element"));
        assert_int_equal(d.n, 1);
        diag_clear(&d);
    }
}

/* Of what follows nothing can be read: validation has left those elements out. */
static void a_slip_in_a_unit_that_is_none_ends_the_reading(void **state)
{
    static const char *const texts[] = {
        "<evidence><unit id=\"U1\"><x></y></unit></evidence>",
        "<batch xmlns=\"urn:x\"><unit id=\"U1\"><x></y></unit></batch>",
        "<batch><unit xmlns=\"urn:x\" id=\"U1\"><x></y></unit></batch>",
        "<batch><unit xmlns=\"urn:x\" id=\"U1\"><x></y><applicant/></unit></batch>",
        "<x:batch><x:unit><x></y></x:unit></x:batch>",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int resume = 0; resume < 2; resume++) {
            struct diag d = {0};
            put_bytes(texts[i], strlen(texts[i]));
            struct record *r = open_options((struct record_options){.resume = resume}, &d);
            assert_true(diag_failed(&d));
            for (size_t k = 0; k < d.n; k++)
                assert_null(strstr(d.list[k].text[LANGUAGE_ZH], "其余检查待改正后再做"));
            record_free(r);
            diag_clear(&d);
        }
}

static void lengths_are_told_in_characters(void **state)
{
    struct diag d = {0};
    struct buffer b = {0};
    (void)state;
    buffer_puts(&b, HEAD "<applicant id=\"A1\" mode=\"正常申报\"><person><name>");
    for (int i = 0; i < 501; i++)
        buffer_puts(&b, "字");
    buffer_puts(&b, "</name></person><project name=\"");
    for (int i = 0; i < 502; i++)
        buffer_puts(&b, "\xF0\xAC\xB1\x96");
    buffer_puts(&b, "\"/></applicant>" TAIL);
    record_free(open_bytes(b.data, b.len, &d));
    assert_string_equal(finding_with(&d, "name 有 501 字，最多 500 字")->field, "person/name");
    assert_string_equal(finding_with(&d, "name 有 502 字，最多 500 字")->field, "project/@name");
    assert_int_equal(d.n, 2);
    buffer_clear(&b);
    diag_clear(&d);
}

static void id_numbers_never_stand_in_messages(void **state)
{
    struct diag d = {0};
    (void)state;
    record_free(open_text(
        HEAD APPLICANT(
            "A1",
            "<person><name>甲</name><id-number type=\"330199198503120013\">330199198503120013"
            "</id-number><sex>330199198503120013</sex><birth>330199850312001</birth></person>")
            TAIL,
        &d));
    assert_int_equal(d.n, 3);
    for (size_t i = 0; i < d.n; i++) {
        assert_non_null(strstr(d.list[i].text[LANGUAGE_ZH], "330199"));
        assert_null(strstr(d.list[i].text[LANGUAGE_ZH], "850312"));
        assert_null(strstr(d.list[i].text[LANGUAGE_EN], "850312"));
    }
    diag_clear(&d);
}

static void hints_at_schemas_are_not_followed(void **state)
{
    struct diag d = {0};
    (void)state;
    struct record *r = open_text(
        "<batch xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" year=\"2026\" "
        "asof=\"2026-09-30\" "
        "xsi:noNamespaceSchemaLocation=\"http://127.0.0.1:9/applicants.xsd\">" UNIT PLAIN("A1")
            TAIL,
        &d);
    assert_non_null(r);
    assert_int_equal(d.n, 0);
    record_free(r);
}

static void a_flood_of_faults_is_cut_and_counted(void **state)
{
    struct diag d = {0};
    struct buffer b = {0};
    (void)state;
    buffer_puts(&b, HEAD "<applicant id=\"A1\" mode=\"正常申报\">" PERSON("甲"));
    for (int i = 0; i < 30000; i++)
        buffer_puts(&b, "<project rank=\"0\"/>");
    buffer_puts(&b, "</applicant>" PLAIN("A3") BAD TAIL);
    struct record *r = open_bytes(b.data, b.len, &d);
    assert_non_null(r);
    assert_int_equal(d.n, 2001);
    finding_with(&d, "一人的材料超过 500 条");
    finding_with(&d, "另有 28002 处错误没有列出");
    assert_string_equal(faulty_ones(r, &d), "101"); /* whether listed or not */
    record_free(r);
    buffer_clear(&b);
    diag_clear(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(applicants_come_in_order_below_their_unit),
        cmocka_unit_test(nothing_of_a_text_is_altered),
        cmocka_unit_test(a_node_knows_its_line_and_path_in_a_long_file),
        cmocka_unit_test(a_seek_passes_over_and_two_cursors_do_not_meet),
        cmocka_unit_test(a_fault_belongs_to_its_element),
        cmocka_unit_test(what_may_stand_once_does),
        cmocka_unit_test(ids_are_unique_and_references_resolve),
        cmocka_unit_test(a_hundred_thousand_ids_cost_no_square),
        cmocka_unit_test(many_units_are_gathered_at_no_square),
        cmocka_unit_test(what_is_chosen_must_be_there),
        cmocka_unit_test(a_broken_file_is_read_up_to_there),
        cmocka_unit_test(no_record_comes_without_a_word),
        cmocka_unit_test(what_cannot_be_opened_is_the_systems_fault),
        cmocka_unit_test(several_files_are_one_batch),
        cmocka_unit_test(a_unit_knows_how_many_it_recommends),
        cmocka_unit_test(a_file_that_changes_meanwhile_is_noticed),
        cmocka_unit_test(messages_speak_our_own_words),
        cmocka_unit_test(a_slip_in_a_unit_that_is_none_ends_the_reading),
        cmocka_unit_test(lengths_are_told_in_characters),
        cmocka_unit_test(id_numbers_never_stand_in_messages),
        cmocka_unit_test(hints_at_schemas_are_not_followed),
        cmocka_unit_test(a_flood_of_faults_is_cut_and_counted),
    };
    return cmocka_run_group_tests(tests, test_begin, test_end);
}
