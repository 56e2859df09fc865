/* test_dossier.c - page numbers, page lists, and what an applicant's dossier holds. */
#include "bind/page_list.h"
#include "dossier/attachments.h"
#include "dossier/materials.h"
#include "dossier/numbering.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shipped.h"

static size_t number_all(struct page_run *runs, size_t n, bool duplex)
{
    struct numbering numbering = {.duplex = duplex};
    for (size_t i = 0; i < n; i++)
        numbering_place(&numbering, &runs[i]);
    return numbering.physical;
}

static void page_one_follows_the_contents(void **state)
{
    (void)state;
    struct page_run e[] = {
        {.pages = 1}, {.pages = 3}, {.pages = 1, .numbered = true}, {.pages = 5, .numbered = true}};
    assert_int_equal(number_all(e, 4, false), 10);
    assert_int_equal(e[0].stamped, 0);
    assert_int_equal(e[1].physical, 2);
    assert_int_equal(e[2].stamped, 1);
    assert_int_equal(e[2].physical, 5);
    assert_int_equal(e[3].stamped, 2);
    assert_int_equal(e[3].physical, 6);
}

static void sections_of_one_two_three_pages_begin_on_fronts(void **state)
{
    (void)state;
    struct page_run e[] = {{.pages = 1, .front = true},
                           {.pages = 2, .front = true},
                           {.pages = 1, .front = true, .numbered = true},
                           {.pages = 1, .numbered = true},
                           {.pages = 1, .front = true, .numbered = true},
                           {.pages = 2, .numbered = true},
                           {.pages = 1, .front = true, .numbered = true}};
    /* cover, blank, contents 2; separator and 1; separator and 2, a numbered blank; separator */
    assert_int_equal(number_all(e, 7, true), 11);
    assert_int_equal(e[1].blanks, 1);
    assert_int_equal(e[1].physical, 3);
    assert_int_equal(e[2].blanks, 0);
    assert_int_equal(e[2].stamped, 1);
    assert_int_equal(e[2].physical, 5);
    assert_int_equal(e[4].stamped, 3);
    assert_int_equal(e[6].blanks, 1);
    assert_int_equal(e[6].stamped, 7);
    for (size_t i = 0; i < 7; i++)
        if (e[i].front)
            assert_int_equal(e[i].physical % 2, 1);
}

static void first_number_is_a_front_even_without_being_asked(void **state)
{
    (void)state;
    struct page_run e[] = {{.pages = 1}, {.pages = 2}, {.pages = 2, .numbered = true}};
    assert_int_equal(number_all(e, 3, true), 6);
    assert_int_equal(e[2].blanks, 1);
    assert_int_equal(e[2].stamped, 1);
    assert_int_equal(e[2].physical, 5);
}

static void contents_of_any_length_move_no_number(void **state)
{
    (void)state;
    for (int duplex = 0; duplex < 2; duplex++)
        for (size_t length = 1; length < 9; length++) {
            struct page_run e[] = {{.pages = 1},
                                   {.pages = length, .front = true},
                                   {.pages = 1, .front = true, .numbered = true},
                                   {.pages = 3, .numbered = true},
                                   {.pages = 4, .front = true, .numbered = true}};
            number_all(e, 5, duplex);
            assert_int_equal(e[2].stamped, 1);
            assert_int_equal(e[3].stamped, 2);
            assert_int_equal(e[4].stamped, 5);
            assert_int_equal(e[4].physical - e[2].physical, 4);
        }
}

static void random_plans_fill_the_volume_without_a_gap(void **state)
{
    (void)state;
    unsigned seed = 1;
    for (int round = 0; round < 2000; round++) {
        struct page_run e[40] = {{0}};
        size_t n = 1 + (seed = seed * 1103515245 + 12345) / 65536 % 40, next = 1;
        for (size_t i = 0; i < n; i++) {
            unsigned r = (seed = seed * 1103515245 + 12345) / 65536;
            e[i] = (struct page_run){.pages = r % 7, .numbered = i >= 2, .front = r / 8 % 3 == 0};
        }
        size_t total = number_all(e, n, round % 2);
        for (size_t i = 0; i < n; i++) {
            next += e[i].blanks;
            assert_int_equal(e[i].physical, next);
            next += e[i].pages;
        }
        assert_int_equal(total, next - 1);
        for (size_t i = 3; i < n; i++) /* stamped and physical move together */
            assert_int_equal(e[i].physical - e[i].stamped, e[2].physical - e[2].stamped);
    }
}

static void lists_of_pages_are_read_strictly(void **state)
{
    (void)state;
    struct arena a = {0};
    size_t *p, bad;

    assert_int_equal(page_list_parse("2-4,7", 9, &a, &p, &bad), 4);
    assert_true(p[0] == 2 && p[1] == 3 && p[2] == 4 && p[3] == 7);
    assert_string_equal(page_list_text(p, 4, &a), "2-4,7");
    assert_int_equal(page_list_parse("", 3, &a, &p, &bad), 3);
    assert_int_equal(page_list_parse(NULL, 3, &a, &p, NULL), 3);
    assert_int_equal(page_list_parse(" 7 , 1 - 2 ", 9, &a, &p, &bad), 3);
    assert_string_equal(page_list_text(p, 3, &a), "7,1-2");
    assert_int_equal(page_list_parse("1-3,2", 3, &a, &p, &bad), 3); /* once is enough */
    assert_int_equal(page_list_parse("1-9", 9, &a, &p, &bad), 9);
    assert_int_equal(page_list_parse("10,90,123", 123, &a, &p, &bad), 3);
    assert_int_equal(page_list_parse("999999", 999999, &a, &p, &bad), 1); /* of six digits */
    assert_int_equal(page_list_parse("1000000", 1000000, &a, &p, &bad), 0);
    static const struct {
        const char *text;
        size_t bad;
    } beyond[] = {{"5", 5},   {"2-9", 9}, {"4-5", 5}, {"5-9", 5},
                  {"4-2", 4}, {"0-2", 0}, {"1,0", 0}, {"3,999999", 999999}};
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
        assert_int_equal(page_list_parse(beyond[i].text, 4, &a, &p, &bad), 0);
        assert_int_equal(bad, beyond[i].bad);
    }
    static const char *const wrong[] = {"0",  "4-2", "1,",  ",1",         "1-",
                                        "-1", "a",   "1 2", "9999999999", "1,,2"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(page_list_parse(wrong[i], 9, &a, &p, &bad), 0);
    assert_string_equal(page_list_text(NULL, 0, &a), "");

    size_t odd[50];
    for (size_t i = 0; i < 50; i++)
        odd[i] = 2 * i + 1;
    assert_string_equal(page_list_told(odd, 21, &a), page_list_text(odd, 21, &a));
    assert_string_equal(page_list_told(odd, 50, &a), "1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,"
                                                     "33,35,37,39,…,99");
    arena_free(&a);
}

/* --- materials --- */

#define BATCH                                                                                          \
    "<batch year=\"2026\" asof=\"2026-09-30\" submission=\"2026-10-10\"><plan>计划</plan>"           \
    "<unit id=\"U1\" name=\"某公司\" kind=\"企业\"><contact name=\"甲\" phone=\"1\"/>"           \
    "<applicant id=\"A1\" mode=\"正常申报\"><person><name>某</name><sex>男</sex></person>"       \
    "<title id=\"T1\" current=\"true\" name=\"工程师\"><evidence kind=\"任职资格证书\" "      \
    "href=\"t.pdf\"/></title>"                                                                         \
    "<project id=\"P1\" start=\"2022-01\" name=\"乙工程\" category=\"工作业绩\">"               \
    "<evidence kind=\"合同\" part=\"封面页\" href=\"p.pdf\" pages=\"1\"/>"                        \
    "<evidence kind=\"合同\" part=\"盖章页\" href=\"p.pdf\" pages=\"3-4\"/>"                      \
    "<evidence kind=\"主要贡献者证明\" href=\"q.pdf\"/>"                                        \
    "<evidence kind=\"结题或验收材料\" href=\"p.pdf\" pages=\"5\"/></project>"                  \
    "<project id=\"P2\" start=\"2019-03\" name=\"甲工程\" category=\"工作业绩\"><evidence "     \
    "kind=\"合同\" href=\"p.pdf\"/></project>"                                                       \
    "<project id=\"P3\" start=\"2020-03\" name=\"丙工程\" category=\"工作业绩\"/>"              \
    "<paper id=\"L1\" date=\"2022-08\" title=\"代表\" representative=\"true\"><evidence "            \
    "part=\"封面\" href=\"l.pdf\"/></paper>"                                                         \
    "<paper id=\"L2\" date=\"2021\" title=\"书\"><evidence part=\"封面\" form=\"书\" "             \
    "href=\"b.pdf\"/></paper>"                                                                         \
    "<honour id=\"H1\" date=\"2021-05\" name=\"奖\"><evidence kind=\"荣誉证书\" form=\"原件\" " \
    "href=\"h1.jpg\"/>"                                                                                \
    "<evidence kind=\"荣誉证书\" href=\"h2.jpg\"/></honour>"                                       \
    "<none section=\"获奖证书\"/><statement>述</statement></applicant></unit></batch>"

static char path[] = "/tmp/shenbao-plan-XXXXXX";

static int begin(void **state)
{
    (void)state;
    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    int fd = mkstemp(path);
    return fd < 0 || write(fd, BATCH, sizeof BATCH - 1) < 0 || close(fd);
}

static int end(void **state)
{
    (void)state;
    return unlink(path);
}

static const char *const shipped[] = {"templates/zhejiang-mining", "templates/base", NULL};

/* The materials of a batch's first applicant. */
struct listing {
    struct diag diag;
    struct arena arena;
    struct record *record;
    struct record_cursor *cursor;
    struct query_context *ctx;
    struct sections *sections;
    struct materials *materials;
};

static void list(struct listing *l, const char *batch, const char *const *dirs)
{
    const char *inputs[] = {batch};
    struct record_options o = {
        .schema_path = "templates/base/applicants.xsd", .inputs = inputs, .n_inputs = 1};
    struct applicant who;
    l->record = record_open(&o, &l->diag);
    l->cursor = record_cursor_new(l->record, &l->diag);
    l->ctx = query_context_new(NULL);
    l->sections = sections_load(dirs, NULL, &l->diag);
    assert_non_null(l->sections);
    assert_true(record_next(l->cursor, &who));
    query_context_begin(l->ctx, who.node, "2026-09-30");
    l->materials = materials_list(l->sections, l->ctx, who.node, &l->arena);
}

static void unlist(struct listing *l)
{
    sections_free(l->sections);
    query_context_free(l->ctx);
    record_cursor_free(l->cursor);
    record_free(l->record);
    diag_clear(&l->diag);
    arena_free(&l->arena);
}

static void materials_follow_the_sections(void **state)
{
    (void)state;
    struct listing l = {0};
    list(&l, path, shipped);
    const struct materials *m = l.materials;

    static const struct {
        const char *title, *href, *pages;
    } want[] = {{"技术工作经历", NULL, NULL},
                {"专业技术工作总结", NULL, NULL},
                {"奖（荣誉证书）", "h2.jpg", ""},
                {"甲工程", "p.pdf", ""}, /* by date */
                {"乙工程（合同）", "p.pdf", "1,3-4"},
                {"乙工程（主要贡献者证明）", "q.pdf", ""},
                {"乙工程（结题或验收材料）", "p.pdf", "5"}};
    assert_int_equal(m->n, sizeof want / sizeof *want);
    for (size_t i = 0; i < m->n; i++) {
        assert_string_equal(m->list[i].title, want[i].title);
        assert_int_equal(m->list[i].kind, want[i].href ? MATERIAL_COPY : MATERIAL_PAPER);
        if (want[i].href) {
            assert_string_equal(m->list[i].href, want[i].href);
            assert_string_equal(m->list[i].pages, want[i].pages);
        }
        if (i > 0)
            assert_true(m->list[i].section >= m->list[i - 1].section);
    }
    assert_int_equal(m->n_loose, 5);
    assert_string_equal(m->loose[0].title, "《专业技术职务任职资格评审表》");
    assert_int_equal(m->loose[0].copies, 3);
    assert_string_equal(m->loose[2].title, "奖（荣誉证书）");
    assert_string_equal(m->loose[3].title, "《书》"); /* 2021 before 2022-08 */
    assert_string_equal(m->loose[4].title, "《代表》");

    assert_int_equal(materials_place(m, "P1")->kind, PLACE_BOUND);
    assert_int_equal(materials_place(m, "P1")->material, 4);
    assert_int_equal(materials_place(m, "P2")->material, 3);
    assert_int_equal(materials_place(m, "P3")->kind, PLACE_MISSING);
    assert_int_equal(materials_place(m, "L1")->kind, PLACE_LOOSE);
    assert_int_equal(materials_place(m, "L2")->kind, PLACE_LOOSE);
    assert_int_equal(materials_place(m, "H1")->kind, PLACE_BOUND); /* one of two is bound */
    assert_int_equal(materials_place(m, "T1")->kind, PLACE_WAITING);
    assert_int_equal(materials_place(m, "none such")->kind, PLACE_MISSING);
    for (size_t i = 0; i < sections_facts(l.sections, sections_volumes(l.sections) - 1)->end; i++)
        assert_int_equal(m->declared_none[i], !strcmp(sections_title(l.sections, i), "获奖证书"));

    unlist(&l);
}

static void items_may_be_sorted_from_the_last_on(void **state)
{
    (void)state;
    static const char *const want[] = {"乙工程（合同）", "乙工程（主要贡献者证明）",
                                       "乙工程（结题或验收材料）", "甲工程"};
    struct listing l = {0};
    char folder[] = "/tmp/shenbao-sections-XXXXXX", name[64];
    const char *const dirs[] = {mkdtemp(folder), NULL};
    snprintf(name, sizeof name, "%s/dossier.xml", folder);
    FILE *f = fopen(name, "w");
    assert_true(
        f && fputs("<dossier title='x' cover='c' contents='c' separator='s' stamp='s' missing='m'>"
                   "<copies margin='15mm' evidence='evidence' detail='@kind'/><section title='一'>"
                   "<items select='project' title='@name' sort='@start' order='descending'/>"
                   "</section></dossier>",
                   f) >= 0);
    assert_int_equal(fclose(f), 0);
    list(&l, path, dirs);
    assert_int_equal(l.materials->n, sizeof want / sizeof *want);
    for (size_t i = 0; i < l.materials->n; i++)
        assert_string_equal(l.materials->list[i].title, want[i]);
    unlist(&l);
    unlink(name);
    rmdir(folder);
}

/* Scanned one by one, files of one kind are alike but for their parts. */
static void files_of_one_kind_are_told_apart_by_their_parts(void **state)
{
    (void)state;
    static const char *const want[] = {"甲工程（合同：封面页）",
                                       "甲工程（合同：人员名单及本人工作内容、盖章页）",
                                       "甲工程（合同）", "甲工程（立项书）"};
    char name[] = "/tmp/shenbao-parts-XXXXXX";
    FILE *f = fdopen(mkstemp(name), "w");
    fputs("<batch year=\"2026\" asof=\"2026-09-30\" submission=\"2026-10-10\"><plan>计划</plan>"
          "<unit id=\"U1\" name=\"某公司\" kind=\"企业\"><contact name=\"甲\" phone=\"1\"/>"
          "<applicant id=\"A1\" mode=\"正常申报\"><person><name>某</name><sex>男</sex></person>"
          "<project id=\"P1\" start=\"2022-01\" name=\"甲工程\" category=\"工作业绩\">"
          "<evidence kind=\"合同\" part=\"封面页\" href=\"1.pdf\"/>"
          "<evidence kind=\"合同\" part=\"人员名单及本人工作内容\" href=\"2.pdf\" pages=\"1\"/>"
          "<evidence kind=\"合同\" part=\"盖章页\" href=\"2.pdf\" pages=\"2\"/>"
          "<evidence kind=\"合同\" href=\"3.pdf\"/>"
          "<evidence kind=\"立项书\" part=\"封面页\" href=\"4.pdf\"/>"
          "</project><statement>述</statement></applicant></unit></batch>",
          f);
    fclose(f);
    struct listing l = {0};
    list(&l, name, shipped);
    size_t n = 0;
    for (size_t i = 0; i < l.materials->n; i++)
        if (l.materials->list[i].kind == MATERIAL_COPY)
            assert_string_equal(l.materials->list[i].title, want[n++]);
    assert_int_equal(n, sizeof want / sizeof *want);
    unlist(&l);
    unlink(name);
}

/* The pages of one file, each an evidence with an id of its own. */
static void every_evidence_of_a_file_has_a_place(void **state)
{
    (void)state;
    enum { PAGES = 40 };
    char name[] = "/tmp/shenbao-pages-XXXXXX", id[16];
    FILE *f = fdopen(mkstemp(name), "w");
    fputs("<batch year=\"2026\" asof=\"2026-09-30\" submission=\"2026-10-10\"><plan>计划</plan>"
          "<unit id=\"U1\" name=\"某公司\" kind=\"企业\"><contact name=\"甲\" phone=\"1\"/>"
          "<applicant id=\"A1\" mode=\"正常申报\"><person><name>某</name><sex>男</sex></person>"
          "<project id=\"P1\" start=\"2022-01\" name=\"甲工程\" category=\"工作业绩\">",
          f);
    for (int i = 1; i <= PAGES; i++)
        fprintf(f, "<evidence id=\"E%d\" kind=\"合同\" href=\"p.pdf\" pages=\"%d\"/>", i, i);
    fputs("</project><statement>述</statement></applicant></unit></batch>", f);
    fclose(f);

    struct listing l = {0};
    list(&l, name, shipped);
    const struct materials *m = l.materials;
    for (int i = 1; i <= PAGES; i++) {
        snprintf(id, sizeof id, "E%d", i);
        assert_int_equal(materials_place(m, id)->kind, PLACE_BOUND);
    }
    unlist(&l);
    unlink(name);
}

static void a_wrong_list_of_sections_is_reported_with_its_line(void **state)
{
    (void)state;
    static const char text[] =
        "<dossier title=\"x\" cover=\"c\" contents=\"c\" separator=\"s\" stamp=\"s\" "
        "missing=\"m\">\n"
        "<copies margin=\"wide\" evidence=\"evidence\" detail=\"@kind\"/>\n"
        "<section title=\"一\">\n<items select=\"p[\" title=\"@name\"/>\n<other/></section>\n"
        "<section/></dossier>\n";
    char folder[] = "/tmp/shenbao-sections-XXXXXX", name[64];
    const char *const dirs[] = {mkdtemp(folder), NULL};
    struct diag d = {0};
    snprintf(name, sizeof name, "%s/dossier.xml", folder);
    FILE *f = fopen(name, "w");
    assert_true(f && fputs(text, f) >= 0 && fclose(f) == 0);
    assert_null(sections_load(dirs, NULL, &d));
    unlink(name);
    rmdir(folder);
    static const long lines[] = {2, 4, 5, 6};
    assert_int_equal(d.n, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(d.list[i].at.line, lines[i]);
    assert_int_equal(d.system_faults, 4);
    assert_null(sections_load((const char *const[]){"/nowhere", NULL}, NULL, &d));
    assert_int_equal(d.system_faults, 5);
    diag_clear(&d);
}

static void what_has_been_opened_is_lent_with_what_was_found(void **state)
{
    (void)state;
    static const char *const files[] = {"png-bad-crc-in-tEXt.png", "labels.pdf", "absent.pdf",
                                        "wide.jpg"};
    struct arena arena = {0};
    const struct attachment_reader reader = {0};
    struct diag first = {.context.paper = "the volume"}, again = {.context.paper = "the kit"};
    struct attachments opened = {.arena = &arena, .reader = &reader, .dir = "tests/attachments"},
                       borrowing = opened;
    borrowing.before = &opened;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const struct material cited = {.href = files[i], .title = "a", .field = "x", .at.line = 3},
                              elsewhere = {.href = files[i], .title = "b", .at.line = 8};
        const struct attachment *lender = attachments_open(&opened, &cited, &first),
                                *a = attachments_open(&borrowing, &elsewhere, &again);
        assert_ptr_equal(attachments_open(&borrowing, &elsewhere, &again), a);
        bool jpeg = lender->file.type == MEDIA_JPEG;
        assert_int_equal(a->lent, !jpeg);
        assert_true(a->source == lender->source);
        assert_true((a->image.packed == lender->image.packed) && (a->bad == lender->bad));
        assert_true((a->file.data == lender->file.data) == !jpeg || a->bad);
        assert_int_equal(a->bad, i == 2);
        for (size_t k = 0; k < lender->found.n; k++) { /* of no place, nor of a workbook's cell */
            const struct finding *f = &lender->found.list[k];
            assert_true(!f->label && !f->field && !f->at.line && !f->cell && !f->paper);
        }
    }
    assert_int_equal(first.n, 2);
    assert_int_equal(again.n, 2);
    for (size_t i = 0; i < first.n; i++) {
        assert_string_equal(first.list[i].text[LANGUAGE_EN], again.list[i].text[LANGUAGE_EN]);
        assert_int_equal(first.list[i].severity, again.list[i].severity);
        assert_string_equal(first.list[i].label, "a");
        assert_string_equal(again.list[i].label, "b");
        assert_string_equal(again.list[i].paper, "the kit");
        assert_int_equal(again.list[i].at.line, 8);
        assert_null(again.list[i].field);
    }
    attachments_drop_images(&opened, true); /* what may be lent stays */
    assert_non_null(borrowing.first->next->next->next->image.packed);
    attachments_close(&borrowing);
    attachments_close(&opened);
    diag_clear(&first);
    diag_clear(&again);
    arena_free(&arena);
}

int main(void)
{
    use_shipped_profile();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_one_follows_the_contents),
        cmocka_unit_test(sections_of_one_two_three_pages_begin_on_fronts),
        cmocka_unit_test(first_number_is_a_front_even_without_being_asked),
        cmocka_unit_test(contents_of_any_length_move_no_number),
        cmocka_unit_test(random_plans_fill_the_volume_without_a_gap),
        cmocka_unit_test(lists_of_pages_are_read_strictly),
        cmocka_unit_test_setup_teardown(materials_follow_the_sections, begin, end),
        cmocka_unit_test_setup_teardown(items_may_be_sorted_from_the_last_on, begin, end),
        cmocka_unit_test(files_of_one_kind_are_told_apart_by_their_parts),
        cmocka_unit_test(every_evidence_of_a_file_has_a_place),
        cmocka_unit_test(what_has_been_opened_is_lent_with_what_was_found),
        cmocka_unit_test(a_wrong_list_of_sections_is_reported_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
