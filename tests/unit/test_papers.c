/* test_papers.c - the papers that are templates only: the composite table over records of every
 * length, evidence pages, and the arithmetic of the score sheet. */
#include "core/buffer.h"
#include "core/utf8.h"
#include "layout/layout.h"
#include "query/query_tables.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shipped.h"

#include "pages.h"

static struct fonts *fonts;
static struct query_context *query;
static struct query_tables *tables;

static int begin(void **state)
{
    static const char *const dirs[] = {"tests/fonts", "fonts", NULL};
    static const char *const templates[] = {"templates/zhejiang-mining", "templates/base", NULL};
    struct diag d = {0};
    (void)state;
    fonts = fonts_new(dirs, &d);
    tables = query_tables_load(templates, &d);
    query = query_context_new(tables);
    diag_print(&d, LANGUAGE_EN, stderr);
    bool ok = fonts && tables && !diag_failed(&d);
    diag_clear(&d);
    return ok ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    query_context_free(query);
    query_tables_free(tables);
    fonts_free(fonts);
    return 0;
}

/* --- records --- */

struct batch {
    char path[32];
    struct record *record;
    struct record_cursor *cursor;
    struct applicant who;
    struct diag diag;
};

/* A batch of what stands in text between <unit> and </unit>. Photos are the samples'. */
static void batch_open(struct batch *b, const char *text)
{
    *b = (struct batch){.path = "/tmp/shenbao-test-XXXXXX"};
    int fd = mkstemp(b->path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    assert_non_null(f);
    fprintf(f,
            "<batch year=\"2026\" asof=\"2026-09-30\"><plan>计划</plan><committee name=\"评委会\"/>"
            "<delegation id=\"D1\" issuer=\"示例局\" kind=\"设区市人事\"/>"
            "<unit id=\"U1\" delegation=\"D1\" name=\"示例爆破工程有限公司\" kind=\"企业\" "
            "supervisor=\"示例局\">%s</unit></batch>",
            text);
    fclose(f);
    const char *const inputs[] = {b->path};
    const struct record_options options = {
        .schema_path = "templates/base/applicants.xsd", .inputs = inputs, .n_inputs = 1};
    b->record = record_open(&options, &b->diag);
    diag_print(&b->diag, LANGUAGE_EN, stderr);
    assert_non_null(b->record);
    assert_false(diag_failed(&b->diag));
    b->cursor = record_cursor_new(b->record, &b->diag);
}

static bool batch_next(struct batch *b)
{
    return record_next(b->cursor, &b->who);
}

static void batch_close(struct batch *b)
{
    record_cursor_free(b->cursor);
    record_free(b->record);
    diag_clear(&b->diag);
    remove(b->path);
}

static struct pages *draw(struct arena *arena, const struct form *form, const struct applicant *who,
                          struct diag *d)
{
    struct layout_options options = {.asof = "2026-09-30"};
    query_context_begin(query, who->node, options.asof);
    return layout_form(arena, form, fonts, query, who->node, "samples", &options, d);
}

static unsigned seed;

static unsigned any(unsigned below)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % below;
}

/* n characters of common words. */
static void add_words(struct buffer *b, size_t n)
{
    static const char words[] = "爆破工程深孔台阶设计振动监测边坡预裂露天矿山隧道开挖参数优化炸药单"
                                "耗施工组织安全评估研究应用";
    for (size_t i = 0; i < n; i++)
        buffer_add(b, words + 3 * any(sizeof words / 3), 3);
}

static void add_attribute(struct buffer *b, const char *name, size_t n)
{
    buffer_printf(b, " %s=\"", name);
    add_words(b, n);
    buffer_puts(b, "\"");
}

static void add_applicant(struct buffer *b, size_t number, size_t projects, size_t text,
                          size_t papers, size_t awards, size_t reviews)
{
    buffer_printf(b,
                  "<applicant id=\"A%zu\" mode=\"自评分申报\" basis=\"第六条（二）\" "
                  "specialty=\"爆破工程\" target=\"高级工程师\"><person><name>",
                  number);
    add_words(b, 2 + any(3));
    buffer_puts(
        b, "</name><sex>男</sex><birth>1985-03-12</birth><id-number "
           "type=\"居民身份证\">330199198503120013</id-number>"
           "<photo href=\"photos/A001.jpg\"/></person>"
           "<employment started=\"2007-07\" specialty=\"爆破工程\" specialty-since=\"2007-07\"/>"
           "<title id=\"T1\" current=\"true\" name=\"工程师\" obtained=\"2015-12\" "
           "appointed=\"2016-01\" authority=\"示例局\"/>"
           "<education id=\"E1\" start=\"2003-09\" end=\"2007-06\" school=\"示例大学\" "
           "major=\"采矿工程\" level=\"本科\" degree=\"学士\"/>");
    for (size_t i = 0; i < 3; i++) {
        buffer_printf(b, "<experience start=\"%zu-07\"", 2007 + 5 * i);
        add_attribute(b, "unit", 12);
        add_attribute(b, "work", 12);
        add_attribute(b, "post", 5);
        buffer_puts(b, "/>");
    }
    for (size_t i = 0; i < reviews; i++)
        buffer_printf(b, "<review id=\"K%zu\" year=\"%zu\" grade=\"合格\"/>", i, 2021 + i);
    for (size_t i = 0; i < projects; i++) {
        buffer_printf(b,
                      "<project id=\"P%zu\" start=\"2017-03\" end=\"2018-09\" source=\"企业委托\" "
                      "grade=\"市级\" number=\"YL-2017-%03zu\" amount=\"320\" "
                      "role=\"技术负责人\" rank=\"1/8\" category=\"工作业绩\"",
                      i, i);
        add_attribute(b, "name", 16 + any(8));
        buffer_puts(b, "><description>");
        add_words(b, text * 2 / 3);
        buffer_puts(b, "</description><effect>");
        add_words(b, text - text * 2 / 3);
        buffer_puts(b, "</effect></project>");
    }
    for (size_t i = 0; i < papers; i++) {
        buffer_printf(b,
                      "<paper id=\"L%zu\" date=\"2022-08\" kind=\"论文\" volume=\"39\" issue=\"3\" "
                      "pages=\"45-52\" rank=\"1/3\" indexed=\"北大核心\"",
                      i);
        add_attribute(b, "title", 16 + any(14));
        add_attribute(b, "journal", 4 + any(6));
        buffer_puts(b, "/>");
    }
    for (size_t i = 0; i < awards; i++) {
        buffer_printf(b, "<award id=\"J%zu\" date=\"2023-05\" grade=\"二等奖\" rank=\"2/9\"", i);
        add_attribute(b, "name", 12 + any(14));
        add_attribute(b, "by", 8 + any(4));
        buffer_puts(b, "/>");
    }
    buffer_puts(b,
                "<condition clause=\"第六条（二）1\" refs=\"T1\">符合。</condition></applicant>");
}

/* --- what stands on the pages --- */

static void add_texts(struct buffer *out, const struct pages *pages)
{
    for (size_t i = 0; i < pages->n; i++)
        for (size_t k = 0; k < pages->list[i].n; k++) {
            const struct item_text *t = text_item(&pages->list[i], k);
            for (size_t g = 0; t && g < t->n; g++) {
                char utf8[5] = "";
                utf8_put(t->glyphs[g].cp, utf8);
                if (t->glyphs[g].cp != ' ' && t->glyphs[g].cp != 0x3000)
                    buffer_puts(out, utf8);
            }
        }
}

static void prints(const char *all, const record_node *root, const char *path)
{
    struct arena arena = {0};
    struct diag d = {0};
    struct query *q = query_new(path, (struct src_pos){"test", 1}, &d);
    record_node **nodes;
    size_t n =
        query_nodes(q, query, (struct query_place){(record_node *)root, 1, 1}, &arena, &nodes);
    struct query *self = query_new(".", (struct src_pos){"test", 1}, &d);
    for (size_t i = 0; i < n; i++) {
        const char *text =
            query_string(self, query, (struct query_place){nodes[i], 1, 1}, &arena).text;
        if (!strstr(all, text))
            fail_msg("%s is not on paper: %s", path, text);
    }
    query_free(q);
    query_free(self);
    arena_free(&arena);
}

static double smallest(const struct pages *pages)
{
    double size = INFINITY;
    for (size_t i = 0; i < pages->n; i++)
        for (size_t k = 0; k < pages->list[i].n; k++) {
            const struct item_text *t = text_item(&pages->list[i], k);
            size = t ? fmin(size, t->size) : size;
        }
    return size;
}

static void every_record_within_bounds_fits_two_pages(void **state)
{
    static const char *const paths[] = {
        "person/name",     "project/@name",    "project/description", "project/effect",
        "project/@number", "paper/@title",     "paper/@journal",      "award/@name",
        "award/@by",       "experience/@unit", "experience/@work"};
    struct diag d = {0};
    struct form *form = form_load("templates/zhejiang-mining/composite-table.xml", fonts, &d);
    struct buffer text = {0};
    struct batch b;
    size_t shrunk = 0, n = 0;
    (void)state;
    assert_non_null(form);
    seed = 7;
    for (size_t i = 0; i < 200; i++) /* the largest, the least, and all between */
        add_applicant(&text, i,
                      i == 0   ? 10
                      : i == 1 ? 0
                               : any(11),
                      i == 0 ? 150 : any(151),
                      i == 0   ? 8
                      : i == 1 ? 0
                               : any(9),
                      i == 0   ? 5
                      : i == 1 ? 0
                               : any(6),
                      i == 0 ? 5 : any(6));
    buffer_add(&text, "", 1);
    batch_open(&b, (const char *)text.data);
    while (batch_next(&b)) {
        struct arena arena = {0};
        struct buffer all = {0};
        struct pages *pages = draw(&arena, form, &b.who, &d);
        diag_print(&d, LANGUAGE_EN, stderr);
        assert_non_null(pages);
        assert_int_equal(pages->n, 2);
        no_text_touches_a_rule(pages);
        no_line_starts_or_ends_wrongly(pages);
        add_texts(&all, pages);
        buffer_add(&all, "", 1);
        for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
            prints((const char *)all.data, b.who.node, paths[i]);
        assert_true(smallest(pages) >= 9);
        shrunk += pages->n_fitted > 0;
        if (n == 0) /* the largest: what was shrunk is listed, under the form's labels */
            for (size_t i = 0; i < pages->n_fitted; i++) {
                assert_non_null(pages->fitted[i].label);
                assert_true(pages->fitted[i].to < pages->fitted[i].from &&
                            pages->fitted[i].to >= 9);
            }
        n++;
        buffer_clear(&all);
        pages_close(pages);
        arena_free(&arena);
    }
    assert_int_equal(n, 200);
    assert_true(shrunk > 0 && shrunk < n);
    batch_close(&b);
    buffer_clear(&text);
    form_free(form);
    diag_clear(&d);
}

static void a_record_far_beyond_names_its_cells(void **state)
{
    struct diag d = {0};
    struct form *form = form_load("templates/zhejiang-mining/composite-table.xml", fonts, &d);
    struct buffer text = {0};
    struct arena arena = {0};
    struct batch b;
    (void)state;
    seed = 3;
    add_applicant(&text, 1, 40, 300, 8, 5, 5);
    buffer_add(&text, "", 1);
    batch_open(&b, (const char *)text.data);
    assert_true(batch_next(&b));
    assert_null(draw(&arena, form, &b.who, &d));
    size_t projects = 0;
    for (size_t i = 0; i < d.n; i++) {
        assert_string_equal(d.list[i].rule, "R79");
        assert_true(d.list[i].label && *d.list[i].label);
        projects += strstr(d.list[i].label, "项目") != NULL;
    }
    assert_true(projects >= 30);
    batch_close(&b);
    buffer_clear(&text);
    arena_free(&arena);
    form_free(form);
    diag_clear(&d);
}

/* --- evidence pages --- */

static const char *page_of(const char *id, void *data)
{
    (void)data;
    return !strcmp(id, "P1")   ? "1234"
           : !strcmp(id, "L8") ? "另附"
           : !strcmp(id, "J1") ? "系统"
           : !strcmp(id, "M1") ? "88"
                               : NULL;
}

static size_t lines_of(const struct pages *pages, struct buffer *out)
{
    size_t n = 0;
    for (size_t i = 0; i < pages->n; i++)
        for (size_t k = 0; k < pages->list[i].n; k++)
            if (pages->list[i].items[k].kind == ITEM_LINE) {
                buffer_add(out, &pages->list[i].items[k].u.line, sizeof(struct item_line));
                n++;
            }
    return n;
}

/* The second pass, with true numbers, changes nothing but the numbers. */
static void evidence_pages_change_no_line(void **state)
{
    static const struct {
        const char *path;
        const char *want[4];
    } papers[] = {
        {"templates/zhejiang-mining/composite-table.xml", {"1234", "另附", "系统", "（）"}},
        {"templates/zhejiang-mining/score-sheet.xml", {"1234", "另附", "系统", "（）"}},
        {"templates/zhejiang-mining/milestone-form.xml", {"88", "（）", "（）", "（）"}},
        {"templates/zhejiang-mining/post-form.xml",
         {"副高空缺3个", "本年度拟聘2个", "本次推荐数不得超过2个", "院长办公会"}},
    };
    static const char *const inputs[] = {"samples/batch.xml"};
    const struct record_options options = {
        .schema_path = "templates/base/applicants.xsd", .inputs = inputs, .n_inputs = 1};
    struct diag d = {0};
    struct record *samples = record_open(&options, &d);
    (void)state;
    for (size_t i = 0; i < sizeof papers / sizeof *papers; i++) {
        struct form *form = form_load(papers[i].path, fonts, &d);
        struct record_cursor *c = record_cursor_new(samples, &d);
        struct applicant who;
        struct buffer all = {0};
        assert_non_null(form);
        while (record_next(c, &who)) {
            struct arena arena = {0};
            struct buffer without = {0}, with = {0};
            query_context_set_pages(query, NULL, NULL);
            struct pages *first = draw(&arena, form, &who, &d);
            query_context_set_pages(query, page_of, NULL);
            struct pages *second = draw(&arena, form, &who, &d);
            assert_non_null(first);
            assert_non_null(second);
            assert_int_equal(first->n, second->n);
            assert_int_equal(lines_of(first, &without), lines_of(second, &with));
            assert_memory_equal(without.data, with.data, with.len);
            no_text_touches_a_rule(second);
            no_line_starts_or_ends_wrongly(second);
            add_texts(&all, second);
            buffer_clear(&without);
            buffer_clear(&with);
            pages_close(first);
            pages_close(second);
            arena_free(&arena);
        }
        buffer_add(&all, "", 1);
        for (size_t w = 0; w < 4; w++)
            assert_non_null(strstr((const char *)all.data, papers[i].want[w]));
        buffer_clear(&all);
        record_cursor_free(c);
        form_free(form);
    }
    query_context_set_pages(query, NULL, NULL);
    record_free(samples);
    diag_clear(&d);
}

/* --- arithmetic --- */

static double number(const char *xpath, const struct applicant *who)
{
    struct diag d = {0};
    struct query *q = query_new(xpath, (struct src_pos){"test", 1}, &d);
    assert_non_null(q);
    query_context_begin(query, who->node, "2026-09-30");
    double v = query_number(q, query, (struct query_place){who->node, 1, 1});
    query_free(q);
    return v;
}

#define ITEM(id) "rubrics()[specialty = applicant()/@specialty]/part/item[@id = '" id "']"

static void scores_are_added_by_the_rubric(void **state)
{
    struct batch b;
    (void)state;
    batch_open(
        &b, "<applicant id=\"A1\" mode=\"自评分申报\" basis=\"第六条（二）\" "
            "specialty=\"爆破工程\"><person/>"
            "<education id=\"E1\" verified=\"自动提取\"/><education id=\"E2\" verified=\"备案表\"/>"
            "<project id=\"P1\" rank=\"7/9\"><evidence kind=\"合同\" href=\"a.pdf\"/></project>"
            "<project id=\"P2\" rank=\"2/9\"><evidence kind=\"合同\" href=\"a.pdf\"/></project>"
            "<project id=\"P3\" rank=\"1/9\"/>"
            "<award id=\"J1\"><evidence kind=\"获奖证书\" href=\"a.pdf\"/></award>"
            "<score item=\"1.1\" self=\"8\" reviewed=\"8\">没有材料</score>"
            "<score item=\"1.2\" self=\"7\" reviewed=\"6\" refs=\"E1\"/><score item=\"1.2\" "
            "self=\"6\" reviewed=\"6\" refs=\" E2  E1\"/>"
            "<score item=\"1.4\" self=\"6\" reviewed=\"6\" refs=\"E2\"/>"
            "<score item=\"2.1\" self=\"10\" reviewed=\"9\" refs=\"P1\"/><score item=\"2.1\" "
            "self=\"20\" reviewed=\"9\" refs=\"P1 P2\"/>"
            "<score item=\"2.2\" self=\"5\" reviewed=\"5\" refs=\"P3\"/>"
            "<score item=\"2.3\" self=\"6\" reviewed=\"6\" refs=\"J1\"/><score item=\"2.3\" "
            "self=\"5.25\" refs=\"J1\"/>"
            "<score item=\"9.9\" self=\"50\" reviewed=\"50\" refs=\"J1\"/></applicant>"
            "<applicant id=\"A2\" mode=\"正常申报\" basis=\"第六条（一）\" "
            "specialty=\"爆破器材\"><person/></applicant>"
            "<applicant id=\"A3\" mode=\"正常申报\" basis=\"第六条（一）\" "
            "specialty=\"地质勘查\"><person/>"
            "<award id=\"J1\"><evidence kind=\"获奖证书\" href=\"a.pdf\"/></award><score "
            "item=\"2.3\" self=\"6\" refs=\"J1\"/></applicant>"
            "<applicant id=\"A4\" mode=\"正常申报\" basis=\"第六条（一）\" "
            "specialty=\"采矿工程\"><person/></applicant>");
    assert_true(batch_next(&b));
    assert_true(number("count(refs(' J1 X1 P2  P2 '))", &b.who) == 2);
    assert_true(number("count(refs('J1 P2')[1][@id = 'P2'])", &b.who) == 1); /* as they stand */
    assert_true(number("count(refs('J1 P2 P1')[2][@id = 'P2'])", &b.who) == 1);
    assert_true(number("string-length(unresolved('J1 X1 P2 X2'))", &b.who) == 5);
    assert_true(number("points(score[1], 'self')", &b.who) == 0); /* no refs */
    assert_true(number("points(score[1], 'factor')", &b.who) == 0);
    assert_true(number("points(score[4], 'self')", &b.who) == 0);     /* E2 has no proof */
    assert_true(number("points(score[5], 'factor')", &b.who) == 0.7); /* the seventh */
    assert_true(number("points(score[5], 'self')", &b.who) == 10);    /* and 17.5 is its limit */
    assert_true(number("points(score[6], 'factor')", &b.who) == 1);   /* the best of two */
    assert_true(number("points(score[7], 'self')", &b.who) == 0);     /* named, but not proved */
    assert_true(number("points(score[10], 'self')", &b.who) == 0);    /* no such item */
    assert_true(number("points(" ITEM("1.1") ", 'self')", &b.who) == 0);
    assert_true(number("points(" ITEM("1.2") ", 'self')", &b.who) == 7);  /* best-of */
    assert_true(number("points(" ITEM("1.3") ", 'self')", &b.who) == 0);  /* not claimed */
    assert_true(number("points(" ITEM("2.1") ", 'self')", &b.who) == 25); /* 30, capped */
    assert_true(number("points(" ITEM("2.1") ", 'self', 'uncapped')", &b.who) == 30);
    assert_true(number("points(" ITEM("2.1") ", 'reviewed')", &b.who) == 18);
    assert_true(isnan(
        number("points(" ITEM("2.3") ", 'reviewed')", &b.who))); /* one entry is not reviewed yet */
    assert_true(number("points(rubrics()[1]/part[1], 'self')", &b.who) == 7);
    assert_true(number("points(rubrics()[1]/part[2], 'self')", &b.who) == 31);
    assert_true(number("points(rubrics()[1], 'self')", &b.who) == 38);
    assert_true(isnan(number("points(rubrics()[1], 'reviewed')", &b.who)));
    assert_true(isnan(number("points(person, 'self')", &b.who)) &&
                isnan(number("points('text', 'self')", &b.who)));
    assert_true(batch_next(&b));
    assert_true(isnan(number("points(rubrics()[1], 'self')", &b.who))); /* nothing is scored */
    assert_true(batch_next(&b));
    assert_true(number("count(rubrics()[specialty = applicant()/@specialty])", &b.who) == 0);
    assert_true(number("points(score, 'self')", &b.who) == 0);
    assert_true(batch_next(&b));
    assert_true(
        number(
            "count(rubrics()[specialty = applicant()/@specialty and contains(@name, '矿山工程')])",
            &b.who) == 1);
    batch_close(&b);
}

#define WATER(id) "rubric()//item[@id = '" id "']"
#define PROVED(name, id, more)                                                                     \
    "<" name " id=\"" id "\" " more "><evidence kind=\"获奖证书\" href=\"a.pdf\"/></" name ">"

static const char water_applicants[] =
    "<applicant id=\"A1\" mode=\"自评分申报\" specialty=\"水利工程\"><person/>"    /**/
    PROVED("education", "E1", "degree=\"硕士\"") PROVED("qualification", "Q1", "") /**/
    PROVED("project", "P1", "grade=\"省级\" rank=\"7/9\"")                         /**/
    PROVED("project", "P2", "grade=\"市级\" rank=\"1/9\"")                         /**/
    PROVED("project", "P3", "grade=\"市级\" rank=\"5/9\"")                         /**/
    PROVED("project", "P4", "grade=\"县级\" rank=\"1/9\"")                         /**/
    PROVED("award", "J1", "") PROVED("patent", "Z1", "")                           /**/
    PROVED("paper", "W1", "rank=\"1/2\"") PROVED("paper", "W2", "rank=\"2/2\"")    /**/
    PROVED("paper", "W3", "rank=\"4/5\"") PROVED("standard", "B1", "")             /**/
    PROVED("honour", "H1", "")                                                     /**/
    "<score item=\"1.1\" self=\"10\" reviewed=\"8\" refs=\"E1\"/>"
    "<score item=\"1.2\" self=\"6\" reviewed=\"6\" refs=\"Q1\"/>"
    "<score item=\"2.1\" self=\"20\" reviewed=\"14\" refs=\"P1\"/>"
    "<score item=\"2.1\" self=\"10\" reviewed=\"10\" refs=\"P2\"/>"
    "<score item=\"2.1\" self=\"9\" reviewed=\"9\" refs=\"P3\"/>"
    "<score item=\"2.1\" self=\"5\" reviewed=\"0\" refs=\"P4\"/>"
    "<score item=\"2.2\" self=\"10\" reviewed=\"10\" refs=\"J1\"/>"
    "<score item=\"2.3\" self=\"10\" reviewed=\"5\" refs=\"Z1\"/>"
    "<score item=\"2.4\" self=\"12\" reviewed=\"6\" refs=\"W1 W2 W3\"/>"
    "<score item=\"2.5\" self=\"4\" reviewed=\"4\" refs=\"B1\"/>"
    "<score item=\"2.6\" self=\"3\" reviewed=\"3\" refs=\"H1\"/></applicant>"
    "<applicant id=\"A2\" mode=\"正常申报\" specialty=\"水利工程\"><person/></applicant>"
    "<applicant id=\"A3\" mode=\"自评分申报\" specialty=\"爆破工程\"><person/></applicant>";

/* The shape of another profession's table (tests/rubrics/rubric-water.xml). */
static void alternatives_levels_and_caps_are_counted(void **state)
{
    static const char *const dirs[] = {"tests/rubrics", "templates/zhejiang-mining",
                                       "templates/base", NULL};
    struct query_context *known = query;
    struct diag d = {0};
    struct query_tables *own = query_tables_load(dirs, &d);
    struct batch b;
    (void)state;

    assert_non_null(own);
    query = query_context_new(own);
    batch_open(&b, water_applicants);
    assert_true(batch_next(&b));
    assert_true(number("count(rubric())", &b.who) == 1);
    assert_true(number("points(score[1], 'self')", &b.who) == 8);            /* no doctor */
    assert_true(number("points(score[3], 'self')", &b.who) == 14);           /* the seventh of 20 */
    assert_true(number("points(score[6], 'self')", &b.who) == 0);            /* of no level */
    assert_true(number("points(score[9], 'self')", &b.who) == 6);            /* 4 + 2 + 0 */
    assert_true(number("points(score[9], 'factor')", &b.who) == 1);          /* of the best */
    assert_true(number("points(" WATER("2.1") ", 'self')", &b.who) == 24);   /* 14 + 10, not 9 */
    assert_true(number("points(" WATER("1.1") "/.., 'self')", &b.who) == 8); /* one of two */
    assert_true(number("points(" WATER("2.2") "/.., 'self')", &b.who) == 15); /* of 20 */
    assert_true(number("points(" WATER("2.2") "/.., 'self', 'uncapped')", &b.who) == 20);
    assert_true(number("points(" WATER("2.4") "/.., 'self')", &b.who) == 10); /* 6 + 4, not 3 */
    assert_true(number("points(rubric()/part[1], 'self')", &b.who) == 8);
    assert_true(number("points(rubric(), 'self')", &b.who) == 57);
    assert_true(number("points(rubric(), 'reviewed')", &b.who) == 57);
    assert_true(batch_next(&b));
    assert_true(number("count(rubric())", &b.who) == 0); /* the test leaves them out */
    assert_true(batch_next(&b));
    assert_true(number("count(rubric()[contains(@name, '爆破')])", &b.who) == 1);
    batch_close(&b);
    query_context_free(query);
    query_tables_free(own);
    query = known;
    diag_clear(&d);
}

/* Each shipped rubric adds up to its own maxima. */
static void the_rubrics_add_up(void **state)
{
    struct batch b;
    (void)state;
    batch_open(&b, "<applicant id=\"A1\" mode=\"正常申报\" basis=\"第六条（一）\" "
                   "specialty=\"爆破工程\"><person/></applicant>");
    assert_true(batch_next(&b));
    assert_true(
        number("count(rubrics()[@total = 100 and sum(part/@max) = 100 and @official = 'false'])",
               &b.who) == 2);
    assert_true(number("count(rubrics()/part[sum(item/@max) != @max])", &b.who) == 0);
    assert_true(number("count(rubrics()/specialty)", &b.who) == 4);
    batch_close(&b);
}

#define RUBRIC(for_whom, items)                                                                    \
    "<rubric name=\"表\" official=\"false\" total=\"9\" pass=\"8\" proof=\"evidence\">" for_whom   \
    "<part id=\"1\" name=\"一\" max=\"1\">" items "</part></rubric>"
#define ITEM_OF(more, criteria)                                                                    \
    "<item id=\"1.1\" name=\"一\" max=\"1\" mode=\"sum\" directory=\"一\"" more ">" criteria       \
    "</item>"

static void a_faulty_rubric_is_named_with_its_line(void **state)
{
    static const char *const broken[] = {
        "<rubric/>",
        "<rubric name=\"表\" official=\"false\" total=\"100\" pass=\"80\" "
        "proof=\"evidence[\"><specialty>爆破工程</specialty>"
        "<part id=\"1\" name=\"一\" max=\"1\"><item id=\"1\" name=\"一\" max=\"1\" mode=\"sum\" "
        "directory=\"一\"><criterion>一</criterion></item></part></rubric>",
        RUBRIC("", ITEM_OF("", "<criterion>一</criterion>")), /* for nobody */
        RUBRIC("<specialty>一</specialty>", ITEM_OF(" each=\"true\"", "<criterion>一</criterion>")),
        RUBRIC("<specialty>一</specialty>",
               ITEM_OF(" ranks=\"none\"", "<criterion>一</criterion>")),
        RUBRIC("<specialty>一</specialty>", ITEM_OF("", "<criterion test=\"@a\">一</criterion>")),
        RUBRIC("<specialty>一</specialty>", "<group name=\"一\" mode=\"sum\"/>"),
        RUBRIC("<specialty>一</specialty>", ""),
        "<!DOCTYPE rubric [<!ENTITY a \"a\">]><rubric/>",
        "<rubric",
        "",
    };
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        char dir[] = "/tmp/shenbao-test-XXXXXX";
        struct diag d = {0};
        struct arena arena = {0};
        assert_non_null(mkdtemp(dir));
        const char *path = arena_printf(&arena, "%s/rubric-blasting.xml", dir);
        const char *const dirs[] = {dir, "templates/zhejiang-mining", "templates/base", NULL};
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fputs(broken[i], f);
        fclose(f);
        assert_null(rubrics_load(dirs, &d));
        assert_true(d.system_faults > 0);
        assert_string_equal(d.list[0].at.file, path);
        remove(path);
        remove(dir);
        arena_free(&arena);
        diag_clear(&d);
    }
}

int main(void)
{
    use_shipped_profile();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_record_within_bounds_fits_two_pages),
        cmocka_unit_test(a_record_far_beyond_names_its_cells),
        cmocka_unit_test(evidence_pages_change_no_line),
        cmocka_unit_test(scores_are_added_by_the_rubric),
        cmocka_unit_test(alternatives_levels_and_caps_are_counted),
        cmocka_unit_test(the_rubrics_add_up),
        cmocka_unit_test(a_faulty_rubric_is_named_with_its_line),
    };
    return cmocka_run_group_tests_name("papers", tests, begin, end);
}
