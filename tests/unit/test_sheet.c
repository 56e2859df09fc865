/* test_sheet.c - cells, names, order and workbooks: what the program's own input cannot hold, and
 * pure functions. */
#include "record/table.h"
#include "sheet/book.h"
#include "sheet/cell.h"
#include "sheet/page_ends.h"
#include "sheet/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/shenbao-sheet-XXXXXX";

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

static struct sheet_template *template_of(const char *text, struct diag *d)
{
    FILE *out = fopen(path, "wb");
    fputs(text, out);
    fclose(out);
    return sheet_template_load(path, d);
}

static const char *shown(enum column_type type, const char *format, const char *text)
{
    static char buffer[CELL_SHOWN];
    static struct cell cell;
    struct sheet_column c = {.type = type, .format = format};
    cell_make(&cell, &c, text);
    return cell_shown(&cell, &c, buffer);
}

static void dates_are_real_only_when_complete_and_counted_right(void **state)
{
    (void)state;
    struct sheet_column c = {.type = COLUMN_DATE, .format = "yyyy.mm"};
    struct cell cell;
    static const struct {
        const char *text;
        double serial;
    } real[] = {{"1900-03-01", 61},    {"1985-03-12", 31118}, {"2000-02-29", 36585},
                {"2024-02-29", 45351}, {"2026-12-31", 46387}, {"2999-12-31", 401768}};
    for (size_t i = 0; i < sizeof real / sizeof *real; i++) {
        cell_make(&cell, &c, real[i].text);
        assert_int_equal(cell.kind, CELL_NUMBER);
        assert_true(cell.number == real[i].serial);
    }
    static const char *const texts[][2] = {
        {"2020-06", "2020.06"},       {"2020", "2020"},
        {"1899-12-31", "1899.12.31"}, {"1900-02-28", "1900.02.28"},
        {"2021-02-30", "2021.02.30"}, {"2023-02-29", "2023.02.29"},
        {"约2010年", "约2010年"}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cell_make(&cell, &c, texts[i][0]);
        assert_int_equal(cell.kind, CELL_TEXT);
        assert_string_equal(cell.text, texts[i][1]);
    }
    cell_make(&cell, &c, "");
    assert_int_equal(cell.kind, CELL_BLANK);
}

static void paper_shows_what_excel_shows(void **state)
{
    (void)state;
    assert_string_equal(shown(COLUMN_DATE, "yyyy.mm", "1985-03-12"), "1985.03");
    assert_string_equal(shown(COLUMN_DATE, "yyyy-mm-dd", "2024-02-29"), "2024-02-29");
    assert_string_equal(shown(COLUMN_DATE, "yyyy/m/d", "1900-03-01"), "1900/3/1");
    assert_string_equal(shown(COLUMN_DATE, "yyyy.mm.dd", "9999-12-31"), "9999.12.31");
    assert_string_equal(shown(COLUMN_NUMBER, "General", "82.50"), "82.5");
    assert_string_equal(shown(COLUMN_NUMBER, "0.0", "82"), "82.0");
    /* halves away from zero, as the decimal has them: 1.005 is a little less in binary */
    assert_string_equal(shown(COLUMN_NUMBER, "0.0", "82.25"), "82.3");
    assert_string_equal(shown(COLUMN_NUMBER, "0.00", "1.005"), "1.01");
    assert_string_equal(shown(COLUMN_NUMBER, "0", "2.5"), "3");
    assert_string_equal(shown(COLUMN_NUMBER, "0", "-2.5"), "-3");
    assert_string_equal(shown(COLUMN_NUMBER, "0", "2.49999999999999"), "2");
    assert_string_equal(shown(COLUMN_NUMBER, "0.0", "0.05"), "0.1");
    assert_string_equal(shown(COLUMN_NUMBER, "General", "良好"), "良好");
    assert_string_equal(shown(COLUMN_NUMBER, "General", "NaN"), "");
    for (long year = 1901; year < 2200; year += 7) {
        char date[12];
        snprintf(date, sizeof date, "%ld-%02ld-%02ld", year, year % 12 + 1, year % 28 + 1);
        assert_string_equal(shown(COLUMN_DATE, "yyyy-mm-dd", date), date);
    }
}

static void numbers_that_excel_would_change_stay_text(void **state)
{
    (void)state;
    struct sheet_column c = {.type = COLUMN_NUMBER, .format = "General"};
    static const char *const texts[] = {
        "000123", "330199198503120013", "1e5", "0x10", "1.", ".5", "1,5", "+86", "--1", " 1",
        "12 "};
    struct cell cell;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cell_make(&cell, &c, texts[i]);
        assert_int_equal(cell.kind, CELL_TEXT);
        assert_string_equal(cell.text, texts[i]);
    }
    cell_make(&cell, &c, "-0.5");
    assert_true(cell.kind == CELL_NUMBER && cell.number == -0.5);
}

static void texts_are_counted_in_utf16(void **state)
{
    (void)state;
    char *long_text = malloc(4 * 16384 + 1);
    for (int i = 0; i < 16384; i++)
        memcpy(long_text + 4 * i, "\xF0\xAC\xB1\x96", 5); /* 𬱖: two units */
    struct text_shape shape = text_shape(long_text);
    assert_int_equal(shape.fault, TEXT_TOO_LONG);
    assert_int_equal(shape.units, 32768);
    long_text[4 * 16383] = '\0';
    assert_int_equal(text_shape(long_text).fault, TEXT_FINE);
    free(long_text);
    assert_int_equal(text_shape("a\xEF\xBF\xBE").fault, TEXT_BAD_CHARACTER); /* U+FFFE */
    assert_int_equal(text_shape("a\x0B").fault, TEXT_BAD_CHARACTER);
    assert_int_equal(text_shape("\xED\xA0\x80").fault, TEXT_BAD_BYTE); /* a lone surrogate */
    assert_int_equal(text_shape("王\xE2\x80\x8F").fault, TEXT_FINE);   /* U+200F */
}

static void what_looks_like_excels_escape_is_escaped(void **state)
{
    (void)state;
    struct arena a = {0};
    assert_true(text_shape("_x0041_").escapes);
    assert_true(text_shape("a\r\nb").escapes);
    assert_false(text_shape("_x004_ _y0041_").escapes);
    assert_string_equal(text_escaped(&a, "1_x0041_\r"), "1_x005F_x0041__x000D_");
    arena_free(&a);
}

static void lines_are_counted_as_cells_break_them(void **state)
{
    (void)state;
    assert_int_equal(text_line_count("", 5), 1);
    assert_int_equal(text_line_count("一二三四五", 5), 1);
    assert_int_equal(text_line_count("一二三四五六", 5), 2);
    assert_int_equal(text_line_count("一\n二", 5), 2);
    assert_int_equal(text_line_count("一二三四words", 5),
                     2); /* a word goes to the next line whole */
    assert_int_equal(text_line_count("abcdefghijklmnopqrst", 5),
                     3); /* unless it is longer than one */
    assert_int_equal(text_line_count("一", 0.5), 1);
    assert_int_equal(text_lines_hold("一二三四五六", 5, 1), strlen("一二三四五"));
    assert_int_equal(text_lines_hold("一二三四words五", 5, 1), strlen("一二三四"));
    assert_int_equal(text_lines_hold("一\n二\n三", 5, 2), strlen("一\n二"));
    assert_int_equal(text_lines_hold("一二", 5, 1), strlen("一二"));
    assert_int_equal(text_lines_hold("", 5, 1), 0);
}

/* Pages of 100 with a head of 10, rows of 10: eight on the first behind 20 for title and head, nine
 * on those behind it; what signs takes 25. */
static void the_last_page_holds_the_tail_and_three_rows(void **state)
{
    (void)state;
    for (size_t n = 4; n < 60; n++) {
        struct page_ends p;
        page_ends_begin(&p, 100.5, 10);
        page_ends_add(&p, 0, 20);
        for (size_t i = 0; i < n; i++)
            page_ends_add(&p, 1 + i, 10);
        size_t begin = page_ends_last(&p, 25, n - 2), rows = begin ? n + 1 - begin : n;
        assert_int_equal(begin == 0, n <= 5);
        assert_true(rows >= 3);
        assert_true((begin ? 10 : 20) + (double)rows * 10 + 25 <= 100.5);
        /* no page more than it takes, but for the three */
        assert_true(begin == 0 || rows == 3 || begin == 9 + (begin - 9) / 9 * 9);
    }
}

static void sheet_names_are_valid_unique_and_stable(void **state)
{
    (void)state;
    struct arena a = {0};
    const char *taken[4];
    taken[0] = sheet_name(&a, "示例[市]:公司*?/\\", NULL, 0);
    assert_string_equal(taken[0], "示例_市__公司____");
    taken[1] = sheet_name(&a, "Acme", taken, 1);
    taken[2] = sheet_name(&a, "ACME", taken, 2);
    assert_string_equal(taken[2], "ACME(2)");
    taken[3] = sheet_name(&a, "acme", taken, 3);
    assert_string_equal(taken[3], "acme(3)");
    assert_string_equal(sheet_name(&a, "", NULL, 0), "_");
    assert_string_equal(sheet_name(&a, "'某'", NULL, 0), "_某_");
    assert_string_equal(sheet_name(&a, "history", NULL, 0), "history(2)");
    char name[64 * 4 + 1] = "";
    for (int i = 0; i < 64; i++)
        strcat(name, "\xF0\xAC\xB1\x96");
    char *cut = sheet_name(&a, name, NULL, 0);
    assert_int_equal(strlen(cut), 15 * 4); /* 30 units: the 31st would be half a character */
    const char *one[] = {cut};
    assert_int_equal(strlen(sheet_name(&a, name, one, 1)), 14 * 4 + 3);
    arena_free(&a);
}

static void overlapping_ranges_are_found(void **state)
{
    (void)state;
    const struct sheet_range ranges[] = {{0, 0, 0, 5}, {2, 3, 3, 3}};
    assert_null(sheet_overlap(ranges, 2, (struct sheet_range){1, 0, 1, 9}));
    assert_null(sheet_overlap(ranges, 2, (struct sheet_range){2, 4, 3, 4}));
    assert_ptr_equal(sheet_overlap(ranges, 2, (struct sheet_range){0, 0, 0, 5}), &ranges[0]);
    assert_ptr_equal(sheet_overlap(ranges, 2, (struct sheet_range){3, 2, 3, 4}), &ranges[1]);
}

#define ONE "<roster title=\"册\" size=\"9pt\" sheet=\"花名册\" paper=\"A4\">"
#define TEXT_COLUMN "<column head=\"姓名\" width=\"40mm\" select=\"c[1]\"/>"

static void faults_of_the_template_are_all_named(void **state)
{
    (void)state;
    struct diag d = {0};
    assert_null(template_of(
        ONE "\n<heading><field columns=\"1-2\">甲</field>\n<field columns=\"2-3\">乙</field>\n"
            "<field columns=\"9\">丙</field><field columns=\"x\">丁</field></heading>\n" TEXT_COLUMN
            "\n<column head=\"日\" width=\"5mm\" type=\"date\" select=\"c[\"/>\n"
            "<column head=\"三\" width=\"20mm\" select=\"c\" format=\"0\" colour=\"red\"/><group "
            "head=\"空\"/>\n"
            "<colum/>文字</roster>",
        &d));
    static const struct {
        long line;
        const char *words;
    } wanted[] = {{5, "5.0 mm wide"},
                  {3, "overlaps \"甲\""},
                  {4, "reaches column 9"},
                  {4, "columns=\"x\""},
                  {6, "bad XPath"},
                  {7, "format=\"0\""},
                  {7, "no attribute colour"},
                  {7, "<group> holds no column"},
                  {8, "<colum> cannot stand"},
                  {8, "cannot hold text directly: 文字"}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        bool found = false;
        for (size_t k = 0; k < d.n; k++)
            found = found || strstr(d.list[k].text[LANGUAGE_EN], wanted[i].words);
        if (!found)
            fail_msg("nothing about: %s", wanted[i].words);
    }
    assert_int_equal(d.system_faults, d.n);
    diag_clear(&d);

    /* 60 columns of 20 mm cannot be printed on one page at 7 pt */
    struct buffer text = {0};
    buffer_puts(&text, "<roster title=\"册\" size=\"9pt\">");
    for (int i = 0; i < 60; i++)
        buffer_puts(&text, "<column head=\"列\" width=\"20mm\" select=\".\"/>");
    buffer_puts(&text, "</roster>");
    buffer_putc(&text, '\0');
    assert_null(template_of((const char *)text.data, &d));
    assert_int_equal(d.n, 1);
    assert_non_null(strstr(d.list[0].text[LANGUAGE_EN], "1200 mm wide: on A3"));
    buffer_clear(&text);
    diag_clear(&d);
}

static void paper_grows_before_type_shrinks_too_far(void **state)
{
    (void)state;
    struct diag d = {0};
    struct sheet_template *t =
        template_of("<roster title=\"册\" size=\"9pt\" margin=\"10mm\"><column head=\"列\" "
                    "width=\"350mm\" select=\".\"/></roster>",
                    &d);
    assert_non_null(t);
    assert_false(t->a3); /* 277 of 350 mm: 7.1 pt */
    sheet_template_free(t);
    t = template_of("<roster title=\"册\" size=\"9pt\" margin=\"10mm\"><column head=\"列\" "
                    "width=\"380mm\" select=\".\"/></roster>",
                    &d);
    assert_non_null(t);
    assert_true(t->a3);
    sheet_template_free(t);
    diag_clear(&d);
}

/* A workbook of one column with these texts. What is not as it should be is in d. */
static bool write_texts(const char *const *texts, size_t n, FILE *out, struct diag *d)
{
    struct arena arena = {0};
    struct sheet_template *t = template_of(ONE TEXT_COLUMN "</roster>", d);
    struct sheet_rows *rows = sheet_rows_new(t, SCOPE_DELEGATION, ORDER_GIVEN, NULL, d);
    struct record_table *table = record_table_new("made.xml");
    struct query_context *q = query_context_new(NULL);
    struct query *each = query_new("row", (struct src_pos){0}, d);
    record_node *root = record_table_root(table), **nodes;
    for (size_t i = 0; i < n; i++) {
        record_table_row(table);
        record_table_cell(table, texts[i]);
    }
    query_context_begin(q, root, "2026-09-30");
    size_t count = query_nodes(each, q, (struct query_place){root, 1, 1}, &arena, &nodes);
    assert_int_equal(count, n);
    for (size_t i = 0; i < n; i++) {
        struct applicant who = {.id = arena_printf(&arena, "A%zu", i + 1),
                                .name = "某人",
                                .unit = "U1",
                                .unit_name = "甲",
                                .delegation = "D1",
                                .node = nodes[i],
                                .at = {"made.xml", 7}};
        assert_true(sheet_rows_add(rows, q, &who, "2026-09-30"));
    }
    const struct sheet_party *parties;
    sheet_rows_parties(rows, &parties);
    size_t listed;
    size_t *order = sheet_rows_of(rows, 0, NULL, &listed);
    struct sheet_list list = {&parties[0], order, listed};
    struct sheet_document document = {
        .template = t, .rows = rows, .lists = &list, .n_lists = 1, .created = "2026-09-30"};
    bool ok = sheet_write(&document, out, d);
    free(order);
    query_free(each);
    query_context_free(q);
    record_table_free(table);
    sheet_rows_free(rows);
    sheet_template_free(t);
    arena_free(&arena);
    return ok;
}

static void every_cell_that_cannot_hold_its_text_is_named(void **state)
{
    (void)state;
    struct diag d = {0};
    FILE *out = tmpfile();
    const char *const texts[] = {"王某", "a\xEF\xBF\xBE", "\xED\xA0\x80", "b\x0B", "c"};
    assert_false(write_texts(texts, 5, out, &d));
    assert_int_equal(d.n, 3);
    static const char *const words[] = {"花名册!A4 cannot hold the character U+FFFE",
                                        "花名册!A5: the text is not UTF-8 (byte 0xED)",
                                        "花名册!A6 cannot hold the character U+000B"};
    for (int i = 0; i < 3; i++) {
        assert_non_null(strstr(d.list[i].text[LANGUAGE_EN], words[i]));
        assert_string_equal(d.list[i].label, "姓名");
        assert_string_equal(d.list[i].name, "某人");
        assert_int_equal(d.list[i].at.line, 7);
    }
    assert_string_equal(d.list[0].applicant, "A2");
    fclose(out);
    diag_clear(&d);
}

/* What no cell can hold (32,767 UTF-16 units) stands in rows of its own; a character in it that no
 * workbook can hold is named with the row where it would stand. */
static void text_too_long_for_a_cell_stands_below_it(void **state)
{
    (void)state;
    struct diag d = {0};
    FILE *out = tmpfile();
    char *text = calloc(3 * 40000 + 4, 1);
    for (int i = 0; i < 40000; i++)
        memcpy(text + 3 * i, "长", 4);
    const char *const texts[] = {text, "王某"};
    assert_true(write_texts(texts, 2, out, &d));
    assert_int_equal(d.n, 0);
    strcat(text, "\x0B");
    assert_false(write_texts(texts, 2, out, &d));
    assert_int_equal(d.n, 1);
    assert_non_null(strstr(d.list[0].text[LANGUAGE_EN], "cannot hold the character U+000B"));
    free(text);
    fclose(out);
    diag_clear(&d);
}

static void a_workbook_cut_short_is_noticed(void **state)
{
    (void)state;
    struct diag d = {0};
    FILE *out = tmpfile();
    const char *const texts[] = {"甲", "乙", "丙"};
    const struct verify_rows none[] = {{0}, {0}}, more[] = {{.len = 1 << 20}},
                             other_rows[] = {{.len = 100, .sum = 1}};
    assert_true(write_texts(texts, 3, out, &d));
    assert_int_equal(d.n, 0);
    assert_true(verify_workbook(fileno(out), none, 1));
    assert_false(verify_workbook(fileno(out), more, 1)); /* rows are missing */
    assert_false(verify_workbook(fileno(out), other_rows, 1));
    assert_false(verify_workbook(fileno(out), none, 2)); /* a sheet is missing */
    off_t size = lseek(fileno(out), 0, SEEK_END);
    unsigned char byte;
    int noticed = 0, tried = 0;
    /* A flipped byte in the packed data breaks what is inflated, or its end. */
    for (off_t at = 40; at < size / 2; at += 97, tried++) {
        assert_int_equal(pread(fileno(out), &byte, 1, at), 1);
        unsigned char other = (unsigned char)~byte;
        assert_int_equal(pwrite(fileno(out), &other, 1, at), 1);
        noticed += !verify_workbook(fileno(out), none, 1);
        assert_int_equal(pwrite(fileno(out), &byte, 1, at), 1);
    }
    assert_true(tried > 10 && noticed > tried / 3);
    assert_int_equal(ftruncate(fileno(out), size - 1), 0);
    assert_false(verify_workbook(fileno(out), none, 1));
    assert_int_equal(ftruncate(fileno(out), 0), 0);
    assert_false(verify_workbook(fileno(out), none, 1));
    fclose(out);
    diag_clear(&d);
}

/* The cells of these bytes are those that were written: whether they can be read, too. */
static bool cells_are(const char *bytes, const struct verify_cells *written)
{
    struct verify_rows found;
    FILE *f = tmpfile();
    fputs(bytes, f);
    fflush(f);
    bool ok = verify_rows_of(fileno(f), (long long)strlen(bytes), &found) &&
              verify_same_cells(&found.cells, written);
    fclose(f);
    return ok;
}

static void cells_are_counted_and_their_texts_read(void **state)
{
    (void)state;
    struct verify_cells w = {0};
    verify_cell_written(&w, 0, 0, "甲<&>\n乙\r");
    verify_cell_written(&w, 0, 27, "");
    verify_row_written(&w, 1);
    verify_row_written(&w, 2);
    verify_cell_written(&w, 2, 1, "2.5");
    verify_cell_written(&w, 0, 3, "above"); /* is dropped */
    assert_int_equal(w.rows, 3);
    assert_int_equal(w.cells, 3);
#define FIRST                                                                                      \
    "<row r=\"1\" ht=\"20\"><c r=\"A1\" s=\"1\" "                                                  \
    "t=\"inlineStr\"><is><t>甲&lt;&amp;&gt;\n乙_x000D_</t></is></c>"
#define BLANK "<c r=\"AB1\" s=\"1\"/></row><row r=\"2\" ht=\"20\"/>"
#define LAST "<row r=\"3\"><c r=\"B3\" s=\"2\"><v>2.5</v></c></row>"
    assert_true(cells_are(FIRST BLANK LAST, &w));
    assert_false(
        cells_are(FIRST "</row><row r=\"2\" ht=\"20\"/>" LAST, &w));        /* a cell is missing */
    assert_false(cells_are(FIRST "<c r=\"AB1\" s=\"1\"/></row>" LAST, &w)); /* a row */
    assert_false(
        cells_are(FIRST BLANK "<row r=\"3\"><c r=\"B3\" s=\"2\"><v>2.6</v></c></row>", &w));
    assert_false(
        cells_are(FIRST BLANK "<row r=\"3\"><c r=\"C3\" s=\"2\"><v>2.5</v></c></row>", &w));
    assert_false(cells_are(FIRST BLANK "<row r=\"3\"><c r=\"B3\" s=\"2\"><v>2.5</v>", &w));
#undef FIRST
#undef BLANK
#undef LAST
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_real_only_when_complete_and_counted_right),
        cmocka_unit_test(paper_shows_what_excel_shows),
        cmocka_unit_test(numbers_that_excel_would_change_stay_text),
        cmocka_unit_test(texts_are_counted_in_utf16),
        cmocka_unit_test(what_looks_like_excels_escape_is_escaped),
        cmocka_unit_test(lines_are_counted_as_cells_break_them),
        cmocka_unit_test(the_last_page_holds_the_tail_and_three_rows),
        cmocka_unit_test(sheet_names_are_valid_unique_and_stable),
        cmocka_unit_test(overlapping_ranges_are_found),
        cmocka_unit_test(faults_of_the_template_are_all_named),
        cmocka_unit_test(paper_grows_before_type_shrinks_too_far),
        cmocka_unit_test(every_cell_that_cannot_hold_its_text_is_named),
        cmocka_unit_test(text_too_long_for_a_cell_stands_below_it),
        cmocka_unit_test(a_workbook_cut_short_is_noticed),
        cmocka_unit_test(cells_are_counted_and_their_texts_read),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
