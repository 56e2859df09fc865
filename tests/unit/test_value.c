/* test_value.c - what cells mean: dates, numbers, codes and words as clerks and Excel write them.
 */
#include "core/finding.h"
#include "workbook/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A cell: kind, text, format; and what is to come of it. note: part of the English one. */
struct example {
    enum value_type type;
    enum xlsx_kind kind;
    const char *text, *format;
    enum value_outcome outcome;
    const char *value, *note;
};

/* The cell's text is gone before the reading is looked at, as it is once its row has been passed.
 */
static struct value_reading read_cell(const struct value_rule *rule, const struct xlsx_cell *cell)
{
    static struct arena arena;
    struct xlsx_cell passing = *cell;
    char *text = strdup(cell->text);

    arena_free(&arena);
    passing.text = text;
    struct value_reading r = value_read(rule, &passing, &arena);
    memset(text, '#', strlen(text));
    free(text);
    return r;
}

static void check(const struct example *e, struct value_reading r)
{
    if (r.outcome != e->outcome || strcmp(r.value, e->value) ||
        (e->note && !strstr(r.note[LANGUAGE_EN], e->note)) || !r.note[LANGUAGE_ZH])
        fail_msg("type %d, \"%s\": outcome %d, value \"%s\", %s", (int)e->type, e->text,
                 (int)r.outcome, r.value, r.note[LANGUAGE_EN]);
    if (e->kind == XLSX_TEXT)
        assert_string_equal(r.written, e->text);
}

static void check_all(const struct example *examples, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct value_rule rule = {.type = examples[i].type, .unit = "万元", .present = ""};
        struct xlsx_cell cell = {.kind = examples[i].kind,
                                 .text = examples[i].text,
                                 .format = examples[i].format ? examples[i].format : "General"};
        check(&examples[i], read_cell(&rule, &cell));
    }
}

#define CHECK_ALL(examples) check_all(examples, sizeof examples / sizeof *examples)

static void dates_are_read_as_clerks_write_them(void **state)
{
    static const struct example examples[] = {
        {VALUE_DATE, XLSX_TEXT, "2024-06", NULL, VALUE_PLAIN, "2024-06", NULL},
        {VALUE_DATE, XLSX_TEXT, "2024.6", NULL, VALUE_READ, "2024-06", NULL},
        {VALUE_DATE, XLSX_TEXT, "2024年6月1日", NULL, VALUE_READ, "2024-06-01", NULL},
        {VALUE_DATE, XLSX_TEXT, "2024/6/1", NULL, VALUE_READ, "2024-06-01", NULL},
        {VALUE_DATE, XLSX_TEXT, "20240601", NULL, VALUE_READ, "2024-06-01", NULL},
        {VALUE_DATE, XLSX_NUMBER, "20240601", NULL, VALUE_READ, "2024-06-01", NULL},
        {VALUE_DATE, XLSX_TEXT, "２０２４．６", NULL, VALUE_READ, "2024-06", NULL},
        {VALUE_DATE, XLSX_TEXT, " 2024-06 ", NULL, VALUE_READ, "2024-06", NULL},
        {VALUE_DATE, XLSX_TEXT, "至今", NULL, VALUE_READ, "", NULL},
        {VALUE_DATE, XLSX_TEXT, "　", NULL, VALUE_EMPTY, "", NULL},
        {VALUE_DATE, XLSX_TEXT, "无", NULL, VALUE_READ, "", NULL},
        {VALUE_DATE, XLSX_TEXT, "2024-02-30", NULL, VALUE_REFUSED, "", "no date"},
        {VALUE_DATE, XLSX_TEXT, "去年", NULL, VALUE_REFUSED, "", "no date"},
        {VALUE_DAY, XLSX_TEXT, "2024-06", NULL, VALUE_REFUSED, "", "no whole date"},
        {VALUE_DAY, XLSX_TEXT, "2024.6.1", NULL, VALUE_READ, "2024-06-01", NULL},
        {VALUE_YEAR, XLSX_NUMBER, "2024", NULL, VALUE_PLAIN, "2024", NULL},
        {VALUE_YEAR, XLSX_TEXT, "2024年度", NULL, VALUE_READ, "2024", NULL},
        {VALUE_DATE, XLSX_NUMBER, "2024", NULL, VALUE_PLAIN, "2024", NULL},
        {VALUE_DATE, XLSX_NUMBER, "45444", NULL, VALUE_REFUSED, "", "2024-06-01"},
        /* K9-02: a number keeps no zero at its end, unless its format shows it */
        {VALUE_MONTH, XLSX_NUMBER, "2024.1", NULL, VALUE_REFUSED, "", "January or October"},
        {VALUE_MONTH, XLSX_NUMBER, "2024.1", "0.0", VALUE_REFUSED, "", "January or October"},
        {VALUE_MONTH, XLSX_NUMBER, "2024.1", "0.00", VALUE_READ, "2024-10", NULL},
        {VALUE_MONTH, XLSX_NUMBER, "2024.0999999999999", NULL, VALUE_REFUSED, "", NULL},
        {VALUE_MONTH, XLSX_NUMBER, "2024.6", NULL, VALUE_READ, "2024-06", NULL},
        {VALUE_MONTH, XLSX_NUMBER, "2024.6", "0.00", VALUE_READ, "2024-06", NULL},
        {VALUE_MONTH, XLSX_NUMBER, "2024.12", NULL, VALUE_READ, "2024-12", NULL},
        {VALUE_MONTH, XLSX_NUMBER, "2024.01", NULL, VALUE_READ, "2024-01", NULL},
        {VALUE_MONTH, XLSX_TEXT, "2024.1", NULL, VALUE_READ, "2024-01", NULL},
        {VALUE_MONTH, XLSX_TEXT, "2024.10", NULL, VALUE_READ, "2024-10", NULL},
    };
    (void)state;
    CHECK_ALL(examples);
}

static struct xlsx_cell date_cell(int year, int month, int day, bool day_shown, bool year_shown)
{
    return (struct xlsx_cell){
        .kind = XLSX_DATE,
        .text = "45444",
        .format = "yyyy/m/d",
        .date = {year, month, day, false, day_shown, year_shown},
    };
}

static void dates_of_excel_keep_what_they_show(void **state)
{
    struct value_rule rule = {.type = VALUE_DATE, .present = ""};
    struct xlsx_cell whole = date_cell(2024, 6, 1, true, true),
                     month = date_cell(2024, 6, 1, false, true),
                     day = date_cell(2026, 6, 1, true, false),
                     none = date_cell(0, 0, 0, true, true),
                     old = date_cell(1905, 7, 16, true, true), timed = whole;
    struct example e = {VALUE_DATE, XLSX_DATE, "45444", NULL, VALUE_PLAIN, "2024-06-01", NULL};
    (void)state;
    check(&e, read_cell(&rule, &whole));
    e.value = "2024-06";
    check(&e, read_cell(&rule, &month));
    e.outcome = VALUE_REFUSED;
    e.value = "";
    e.note = "added the year 2026";
    check(&e, read_cell(&rule, &day));
    e.note = "no date";
    check(&e, read_cell(&rule, &none));
    old.text = "2024";
    e.note = "2024 was typed";
    check(&e, read_cell(&rule, &old));
    timed.date.timed = true;
    e.outcome = VALUE_READ;
    e.value = "2024-06-01";
    e.note = "time of day";
    check(&e, read_cell(&rule, &timed));
    rule.type = VALUE_DAY;
    e.outcome = VALUE_REFUSED;
    e.value = "";
    e.note = "no whole date";
    check(&e, read_cell(&rule, &month));
    rule.type = VALUE_YEAR;
    e.outcome = VALUE_READ;
    e.value = "2024";
    e.note = NULL;
    check(&e, read_cell(&rule, &whole));
}

/* K9-01 */
static void a_date_in_the_place_of_text_is_asked(void **state)
{
    static const struct {
        enum value_type type;
        const char *note;
    } examples[] = {{VALUE_LINE, "2/5, 2-5 may"},    {VALUE_TEXT, "2/5, 2-5 may"},
                    {VALUE_RANK, "2/5 may"},         {VALUE_PAGES, "2-5 may"},
                    {VALUE_CODE, "2/5, 2-5 may"},    {VALUE_ID, "2/5, 2-5 may"},
                    {VALUE_CHOICE, "2/5, 2-5 may"},  {VALUE_PATH, "2/5, 2-5 may"},
                    {VALUE_NUMBER, "a date format"}, {VALUE_COUNT, "a date format"}};
    struct xlsx_cell cell = date_cell(2026, 2, 5, true, false);
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct value_rule rule = {.type = examples[i].type};
        struct example e = {examples[i].type, XLSX_DATE, "45444",         NULL,
                            VALUE_REFUSED,    "",        examples[i].note};
        check(&e, read_cell(&rule, &cell));
    }
}

static void numbers_are_read_as_excel_and_clerks_write_them(void **state)
{
    static const struct example examples[] = {
        {VALUE_NUMBER, XLSX_NUMBER, "0.57999999999999996", NULL, VALUE_PLAIN, "0.58", NULL},
        {VALUE_NUMBER, XLSX_NUMBER, "1E+2", NULL, VALUE_PLAIN, "100", NULL},
        {VALUE_NUMBER, XLSX_NUMBER, "1186.6071672", "0", VALUE_READ, "1186.6071672", "shows 1187"},
        {VALUE_NUMBER, XLSX_NUMBER, "0.5", "0%", VALUE_READ, "0.5", "shows 50%"},
        {VALUE_NUMBER, XLSX_NUMBER, "3200", "#,##0.00", VALUE_PLAIN, "3200", NULL},
        {VALUE_NUMBER, XLSX_NUMBER, "-3", NULL, VALUE_REFUSED, "", "below zero"},
        {VALUE_NUMBER, XLSX_TEXT, "3,200", NULL, VALUE_READ, "3200", NULL},
        {VALUE_NUMBER, XLSX_TEXT, "３２００万元", NULL, VALUE_READ, "3200", NULL},
        {VALUE_NUMBER, XLSX_TEXT, "12.50", NULL, VALUE_PLAIN, "12.50", NULL},
        {VALUE_NUMBER, XLSX_TEXT, "约3200", NULL, VALUE_REFUSED, "", "no number"},
        {VALUE_NUMBER, XLSX_TEXT, "3200元", NULL, VALUE_REFUSED, "", "no number"},
        {VALUE_NUMBER, XLSX_BOOLEAN, "1", NULL, VALUE_REFUSED, "", "no number"},
        {VALUE_COUNT, XLSX_NUMBER, "12", NULL, VALUE_PLAIN, "12", NULL},
        {VALUE_COUNT, XLSX_NUMBER, "12.5", NULL, VALUE_REFUSED, "", "whole number"},
        {VALUE_RANK, XLSX_TEXT, "1/8", NULL, VALUE_PLAIN, "1/8", NULL},
        {VALUE_RANK, XLSX_TEXT, "第1／8", NULL, VALUE_READ, "1/8", NULL},
        {VALUE_RANK, XLSX_NUMBER, "2", NULL, VALUE_PLAIN, "2", NULL},
        {VALUE_RANK, XLSX_NUMBER, "0.4", "# ?/?", VALUE_REFUSED, "", "no rank"},
        {VALUE_PAGES, XLSX_NUMBER, "5", NULL, VALUE_PLAIN, "5", NULL},
        {VALUE_PAGES, XLSX_TEXT, "2～4，7", NULL, VALUE_READ, "2-4,7", NULL},
        {VALUE_PAGES, XLSX_NUMBER, "-3", NULL, VALUE_REFUSED, "", "no pages"},
    };
    (void)state;
    CHECK_ALL(examples);
}

static void the_unit_behind_a_number_is_the_columns(void **state)
{
    struct value_rule hours = {.type = VALUE_NUMBER, .unit = "学时"};
    struct xlsx_cell cell = {.kind = XLSX_TEXT, .text = "40学时", .format = "@"};
    struct example e = {VALUE_NUMBER, XLSX_TEXT, "40学时", NULL, VALUE_READ, "40", NULL};
    (void)state;
    check(&e, read_cell(&hours, &cell));
    cell.text = "40万元";
    e = (struct example){VALUE_NUMBER, XLSX_TEXT, "40万元", NULL, VALUE_REFUSED, "", "（学时）"};
    check(&e, read_cell(&hours, &cell));
}

static void yes_and_no_have_many_spellings(void **state)
{
    static const struct example examples[] = {
        {VALUE_BOOL, XLSX_TEXT, "是", NULL, VALUE_PLAIN, "true", NULL},
        {VALUE_BOOL, XLSX_TEXT, "否", NULL, VALUE_PLAIN, "false", NULL},
        {VALUE_BOOL, XLSX_TEXT, "√", NULL, VALUE_READ, "true", NULL},
        {VALUE_BOOL, XLSX_TEXT, "×", NULL, VALUE_READ, "false", NULL},
        {VALUE_BOOL, XLSX_TEXT, "有", NULL, VALUE_READ, "true", NULL},
        {VALUE_BOOL, XLSX_TEXT, "无", NULL, VALUE_READ, "false", NULL},
        {VALUE_BOOL, XLSX_TEXT, "Y", NULL, VALUE_READ, "true", NULL},
        {VALUE_BOOL, XLSX_TEXT, "n", NULL, VALUE_READ, "false", NULL},
        {VALUE_BOOL, XLSX_NUMBER, "1", NULL, VALUE_READ, "true", NULL},
        {VALUE_BOOL, XLSX_NUMBER, "0", NULL, VALUE_READ, "false", NULL},
        {VALUE_BOOL, XLSX_BOOLEAN, "1", NULL, VALUE_PLAIN, "true", NULL},
        {VALUE_BOOL, XLSX_TEXT, "", NULL, VALUE_EMPTY, "", NULL},
        {VALUE_BOOL, XLSX_TEXT, "不详", NULL, VALUE_REFUSED, "", "yes"},
    };
    (void)state;
    CHECK_ALL(examples);
}

static void words_of_a_list_are_known_by_what_they_mean(void **state)
{
    static const char *const words[] = {"本科", "硕士研究生", "自评分申报"};
    static const struct value_synonym synonyms[] = {{"大学本科", "本科"}};
    struct value_rule rule = {VALUE_CHOICE, words, 3, synonyms, 1, NULL, NULL};
    static const struct example examples[] = {
        {VALUE_CHOICE, XLSX_TEXT, "本科", NULL, VALUE_PLAIN, "本科", NULL},
        {VALUE_CHOICE, XLSX_TEXT, " 本 科", NULL, VALUE_READ, "本科", NULL},
        {VALUE_CHOICE, XLSX_TEXT, "大学本科", NULL, VALUE_READ, "本科", NULL},
        {VALUE_CHOICE, XLSX_TEXT, "博士后", NULL, VALUE_PLAIN, "博士后", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct xlsx_cell cell = {.kind = XLSX_TEXT, .text = examples[i].text, .format = "@"};
        check(&examples[i], read_cell(&rule, &cell));
    }
}

/* Of several looks of a number the value's own counts, by its sign or by conditions. */
static void sums_are_what_their_format_shows(void **state)
{
    static const struct example examples[] = {
        {VALUE_NUMBER, XLSX_NUMBER, "3200", "[>=10000]0!.0,\"万\";0", VALUE_PLAIN, "3200", NULL},
        {VALUE_NUMBER, XLSX_NUMBER, "32000", "[>=10000]0!.0,\"万\";0", VALUE_REFUSED, "",
         "does not show the value"},
        {VALUE_NUMBER, XLSX_NUMBER, "32000", "[<10000]0;0!.0,\"万\"", VALUE_REFUSED, "",
         "does not show the value"},
        {VALUE_NUMBER, XLSX_NUMBER, "10000", "[<=10000]0;0!.0,\"万\"", VALUE_PLAIN, "10000", NULL},
        {VALUE_NUMBER, XLSX_NUMBER, "5", "[<1]0,;[=5]0;0,", VALUE_PLAIN, "5", NULL},
        {VALUE_NUMBER, XLSX_NUMBER, "6", "[<1]0,;[=5]0;0,", VALUE_REFUSED, "", NULL},
        {VALUE_NUMBER, XLSX_NUMBER, "6", "[<>6]0,;0", VALUE_PLAIN, "6", NULL},
        {VALUE_NUMBER, XLSX_NUMBER, "6", "[>=9]0,;0;@", VALUE_PLAIN, "6", NULL},
        {VALUE_NUMBER, XLSX_NUMBER, "32", "[Red][>10]0,;0", VALUE_REFUSED, "", NULL},
        {VALUE_NUMBER, XLSX_NUMBER, "32", ";;;", VALUE_REFUSED, "", "does not show the value"},
        {VALUE_NUMBER, XLSX_NUMBER, "32", "\"无\"", VALUE_REFUSED, "", "does not show the value"},
        {VALUE_NUMBER, XLSX_NUMBER, "0", "0;-0;;@", VALUE_PLAIN, "0", NULL},
        {VALUE_NUMBER, XLSX_NUMBER, "0", "#,##0;-#,##0;\"-\"", VALUE_PLAIN, "0", NULL},
    };
    (void)state;
    CHECK_ALL(examples);
}

/* K9-22, K9-27 */
static void codes_keep_every_digit_or_are_refused(void **state)
{
    static const struct example examples[] = {
        {VALUE_IDENTITY, XLSX_TEXT, "330199198503120013", NULL, VALUE_PLAIN, "330199198503120013",
         NULL},
        {VALUE_IDENTITY, XLSX_TEXT, "'330199198503120013", NULL, VALUE_READ, "330199198503120013",
         NULL},
        {VALUE_IDENTITY, XLSX_TEXT, "\u202D330199 19850312 0013\u202C", NULL, VALUE_READ,
         "330199198503120013", "U+202D"},
        {VALUE_IDENTITY, XLSX_TEXT, "３３０１９９１９８５０３１２００１３", NULL, VALUE_READ,
         "330199198503120013", NULL},
        {VALUE_IDENTITY, XLSX_NUMBER, "3.30199198503120E+17", NULL, VALUE_REFUSED, "",
         "stored as a number"},
        {VALUE_IDENTITY, XLSX_NUMBER, "123456789", NULL, VALUE_REFUSED, "", "stored as a number"},
        {VALUE_CODE, XLSX_TEXT, "\uFEFF0571-00000000\u200B", NULL, VALUE_READ, "0571-00000000",
         "U+FEFF"},
        {VALUE_CODE, XLSX_TEXT, "138 0000 0000", NULL, VALUE_READ, "13800000000", NULL},
        {VALUE_CODE, XLSX_TEXT, "浙人社 2015 第 1 号", NULL, VALUE_PLAIN, "浙人社 2015 第 1 号",
         NULL},
        {VALUE_CODE, XLSX_TEXT, "示人社函〔2026〕12号（甲）", NULL, VALUE_PLAIN,
         "示人社函〔2026〕12号（甲）", NULL},
        {VALUE_CODE, XLSX_NUMBER, "13800000000", NULL, VALUE_READ, "13800000000", "as text"},
        {VALUE_CODE, XLSX_NUMBER, "1000002007050000012", NULL, VALUE_REFUSED, "", "long number"},
        {VALUE_CODE, XLSX_NUMBER, "1.1", NULL, VALUE_REFUSED, "", "a 0 at its end"},
        {VALUE_ID, XLSX_TEXT, " Ｐ１ ", NULL, VALUE_READ, "P1", NULL},
        {VALUE_ID, XLSX_NUMBER, "1", NULL, VALUE_PLAIN, "1", NULL},
        {VALUE_REFS, XLSX_TEXT, "P1、R1", NULL, VALUE_READ, "P1 R1", NULL},
        {VALUE_REFS, XLSX_TEXT, "P1 R1", NULL, VALUE_PLAIN, "P1 R1", NULL},
        {VALUE_PATH, XLSX_TEXT, "\"scans\\A001\\P1.pdf\"", NULL, VALUE_READ, "scans/A001/P1.pdf",
         NULL},
    };
    (void)state;
    CHECK_ALL(examples);
}

static void text_is_kept_to_the_last_code_point(void **state)
{
    static const struct example examples[] = {
        {VALUE_LINE, XLSX_TEXT, "𬱖某\u202D 某 ", NULL, VALUE_PLAIN, "𬱖某\u202D 某 ",
         NULL},
        {VALUE_TEXT, XLSX_TEXT, "一\n二（１）", NULL, VALUE_PLAIN, "一\n二（１）", NULL},
        {VALUE_LINE, XLSX_TEXT, "无", NULL, VALUE_PLAIN, "无", NULL},
        {VALUE_LINE, XLSX_TEXT, "甲\x0B乙", NULL, VALUE_REFUSED, "", "U+000B"},
        {VALUE_LINE, XLSX_NUMBER, "100000", NULL, VALUE_READ, "100000", "as text"},
        {VALUE_LINE, XLSX_NUMBER, "-3", NULL, VALUE_READ, "-3", "as text"},
        {VALUE_LINE, XLSX_NUMBER, "0.3", "0%", VALUE_READ, "30%", "as text"},
        {VALUE_LINE, XLSX_NUMBER, "3.20106198001011E+017", NULL, VALUE_REFUSED, "", "long number"},
        {VALUE_LINE, XLSX_ERROR, "#N/A", NULL, VALUE_REFUSED, "", "#N/A"},
        {VALUE_LINE, XLSX_NO_VALUE, "", NULL, VALUE_REFUSED, "", "no result"},
        {VALUE_LINE, XLSX_PICTURE, "", NULL, VALUE_REFUSED, "", "picture"},
        {VALUE_LINE, XLSX_BAD_STRING, "9", NULL, VALUE_REFUSED, "", "lost"},
        {VALUE_LINE, XLSX_EMPTY, "", NULL, VALUE_EMPTY, "", NULL},
    };
    (void)state;
    CHECK_ALL(examples);
}

/* What the clerk sees is what was meant: it is read, or refused. */
static void a_number_in_the_place_of_words_is_read_as_its_format_shows_it(void **state)
{
    static const struct example examples[] = {
        {VALUE_LINE, XLSX_NUMBER, "7", "000", VALUE_READ, "007", "as text"},
        {VALUE_LINE, XLSX_NUMBER, "-7", "000", VALUE_READ, "-007", "as text"},
        {VALUE_LINE, XLSX_NUMBER, "7.25", "000.0", VALUE_READ, "007.2", "as text"},
        {VALUE_CODE, XLSX_NUMBER, "57188880000", "000000000000", VALUE_READ, "057188880000", NULL},
        {VALUE_CODE, XLSX_NUMBER, "12", "000000000000000000", VALUE_READ, "000000000000000012",
         NULL},
        {VALUE_CODE, XLSX_NUMBER, "13800000001", "000-0000-0000", VALUE_REFUSED, "", "format"},
        {VALUE_CODE, XLSX_NUMBER, "8800000", "[<=9999999]###-####;(###) ###-####", VALUE_REFUSED,
         "", "format"},
        {VALUE_LINE, XLSX_NUMBER, "7", "第0组", VALUE_REFUSED, "", "which is 7"},
        {VALUE_LINE, XLSX_NUMBER, "7", "\"第\"0\"组\"", VALUE_REFUSED, "", "which is 7"},
        {VALUE_LINE, XLSX_NUMBER, "7", "\\A0", VALUE_REFUSED, "", "format"},
        {VALUE_LINE, XLSX_NUMBER, "0.125", "# ?/?", VALUE_REFUSED, "", "format"},
        {VALUE_LINE, XLSX_NUMBER, "3", ";;;", VALUE_REFUSED, "", "format"},
        {VALUE_LINE, XLSX_NUMBER, "-3", "0_);\\(0\\)", VALUE_REFUSED, "", "format"},
        {VALUE_LINE, XLSX_NUMBER, "0", "0;-0;\"-\"", VALUE_REFUSED, "", "format"},
        {VALUE_LINE, XLSX_NUMBER, "3", "[DBNum1][$-804]0", VALUE_REFUSED, "", "format"},
        {VALUE_LINE, XLSX_NUMBER, "12000", "0.0,", VALUE_REFUSED, "", "format"},
        {VALUE_CHOICE, XLSX_NUMBER, "1", "[=1]\"男\";[=2]\"女\"", VALUE_REFUSED, "", "format"},
        {VALUE_LINE, XLSX_NUMBER, "3", "0_);\\(0\\)", VALUE_READ, "3", "as text"},
        {VALUE_LINE, XLSX_NUMBER, "-3", "0;-0;\"-\"", VALUE_READ, "-3", "as text"},
        {VALUE_LINE, XLSX_NUMBER, "12000", "_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * \"-\"??_ ;_ @_ ",
         VALUE_READ, "12000.00", "as text"},
        {VALUE_LINE, XLSX_NUMBER, "12.5", "[Red][$-804]0.0", VALUE_READ, "12.5", "as text"},
        {VALUE_LINE, XLSX_NUMBER, "12.5", "[红色]0.0", VALUE_READ, "12.5", "as text"},
        {VALUE_LINE, XLSX_NUMBER, "123456", "0.00E+00", VALUE_READ, "123456", "as text"},
        {VALUE_LINE, XLSX_NUMBER, "3.14159", "@", VALUE_READ, "3.14159", "as text"},
        {VALUE_LINE, XLSX_NUMBER, "3.14159", "G/通用格式", VALUE_READ, "3.14159", "as text"},
        {VALUE_ID, XLSX_NUMBER, "1", "000", VALUE_PLAIN, "001", NULL},
        {VALUE_ID, XLSX_NUMBER, "1", "0.00_ ", VALUE_READ, "1", NULL},
        {VALUE_ID, XLSX_NUMBER, "1", "\"A\"000", VALUE_REFUSED, "", "format"},
        {VALUE_ID, XLSX_NUMBER, "3.30106198001011E+017", NULL, VALUE_REFUSED, "", "long number"},
        {VALUE_REFS, XLSX_NUMBER, "3.30106198001011E+017", NULL, VALUE_REFUSED, "", "long number"},
        {VALUE_NUMBER, XLSX_NUMBER, "7", "000", VALUE_PLAIN, "7", NULL},
        {VALUE_NUMBER, XLSX_NUMBER, "1.256", "_ * #,##0.00_ ;_ * \"-\"??_ ", VALUE_READ, "1.256",
         "1.26"},
    };
    (void)state;
    CHECK_ALL(examples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read_as_clerks_write_them),
        cmocka_unit_test(dates_of_excel_keep_what_they_show),
        cmocka_unit_test(a_date_in_the_place_of_text_is_asked),
        cmocka_unit_test(numbers_are_read_as_excel_and_clerks_write_them),
        cmocka_unit_test(the_unit_behind_a_number_is_the_columns),
        cmocka_unit_test(yes_and_no_have_many_spellings),
        cmocka_unit_test(words_of_a_list_are_known_by_what_they_mean),
        cmocka_unit_test(sums_are_what_their_format_shows),
        cmocka_unit_test(codes_keep_every_digit_or_are_refused),
        cmocka_unit_test(text_is_kept_to_the_last_code_point),
        cmocka_unit_test(a_number_in_the_place_of_words_is_read_as_its_format_shows_it),
    };
    return cmocka_run_group_tests_name("values", tests, NULL, NULL);
}
