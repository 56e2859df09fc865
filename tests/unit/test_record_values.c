/* test_record_values.c - dates, ID numbers, and values in messages. */
#include "core/spelling.h"
#include "record/date.h"
#include "record/id_number.h"
#include "record/quote.h"
#include "test_record.h"

static struct date date(const char *s)
{
    struct date d = {0};
    if (!date_parse(s, &d))
        fail_msg("%s is no date", s);
    return d;
}

static void dates_are_of_the_calendar(void **state)
{
    static const char *const good[] = {"1985",       "2007-07",    "2021-02-28",
                                       "2024-02-29", "2000-02-29", "2026-12-31"};
    static const char *const bad[] = {
        "",        "85",      "85-03",      "2021-02-30", "2023-02-29",  "1900-02-29", "2021-04-31",
        "2021-13", "2021-00", "2021-01-00", "2021-1",     "2021/01",     "2021-01-1x", " 2021",
        "2021 ",   "0000",    "0999",       "3000",       "2021-01-011", "２０２１"};
    struct date d;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        date(good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (date_parse(bad[i], &d))
            fail_msg("%s passes for a date", bad[i]);
    assert_int_equal(date("2007").precision, DATE_YEAR);
    assert_int_equal(date("2007-07").precision, DATE_MONTH);
    assert_int_equal(date("2007-07-02").day, 2);
}

static void dates_compare_in_the_coarser_unit(void **state)
{
    (void)state;
    assert_int_equal(date_compare(date("2021-03"), date("2021-03-15")), 0);
    assert_int_equal(date_compare(date("2021"), date("2021-12-31")), 0);
    assert_true(date_compare(date("2021-03-14"), date("2021-03-15")) < 0);
    assert_true(date_compare(date("2021-04"), date("2021-03-31")) > 0);
    assert_true(date_compare(date("2020"), date("2021-01")) < 0);
}

static void spans_are_whole_and_never_rounded_up(void **state)
{
    static const struct {
        const char *from, *to;
        int months, years;
    } cases[] = {
        {"2007-07-02", "2010-07-01", 35, 2},
        {"2007-07-02", "2010-07-02", 36, 3},
        {"2015-12", "2020-12-05", 60, 5},
        {"2015-12-20", "2020-12", 60, 5},
        {"2016-01", "2020-12", 59, 4},
        {"2024-02-29", "2025-02-28", 11, 0},
        {"2007", "2010", 25, 2},
        {"2007", "2010-05", 29, 2},
        {"2007-03", "2010", 34, 2},
        {"2007", "2007", 0, 0},
        {"2007", "2007-05", 0, 0},
        {"2010-07-02", "2007-07-02", -36, -3},
        {"2026-09-30", "2026-09-30", 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct date a = date(cases[i].from), b = date(cases[i].to);
        if (date_months(a, b) != cases[i].months || date_years(a, b) != cases[i].years)
            fail_msg("%s to %s: %d months, %d years", cases[i].from, cases[i].to, date_months(a, b),
                     date_years(a, b));
    }
}

static void id_numbers_name_the_part_that_fails(void **state)
{
    static const struct {
        const char *number;
        enum id_number_part wrong;
    } cases[] = {
        {"11010519491231002X", ID_NUMBER_SOUND},      {"440524188001010014", ID_NUMBER_SOUND},
        {"34052419800101001X", ID_NUMBER_SOUND},      {"34052419800101001x", ID_NUMBER_SOUND},
        {"340524198001010010", ID_NUMBER_CHECK},      {"34052419800101001", ID_NUMBER_LENGTH},
        {"340524800101001", ID_NUMBER_LENGTH},        {"", ID_NUMBER_LENGTH},
        {"34052419800230001X", ID_NUMBER_BIRTH},      {"99052419800101001X", ID_NUMBER_REGION},
        {"3405241980O101001X", ID_NUMBER_CHARACTER},  {"34052419800101001Y", ID_NUMBER_CHARACTER},
        {"3405241980010100１X", ID_NUMBER_CHARACTER},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (id_number_read(cases[i].number).wrong != cases[i].wrong)
            fail_msg("%s: part %d", cases[i].number, (int)id_number_read(cases[i].number).wrong);
    struct id_number id = id_number_read("11010519491231002X");
    assert_int_equal(date_compare(id.birth, date("1949-12-31")), 0);
    assert_false(id.male);
    assert_false(id.lower_x);
    assert_true(id_number_read("440524188001010014").male);
    assert_true(id_number_read("34052419800101001x").lower_x);
}

static void organisations_numbers_check_themselves(void **state)
{
    (void)state;
    assert_int_equal(uscc_check("91350100M000100Y43"), USCC_SOUND);
    assert_int_equal(uscc_check("91110000101623741K"), USCC_SOUND);
    assert_int_equal(uscc_check("91350211M0000XUF46"), USCC_CHECK);
    assert_int_equal(uscc_check("91350100M000100Y4"), USCC_LENGTH);
    assert_int_equal(uscc_check("91350100I000100Y43"), USCC_CHARACTER);
    assert_int_equal(uscc_check("91350100m000100Y43"), USCC_CHARACTER);
    assert_int_equal(uscc_check(""), USCC_LENGTH);
}

static void id_numbers_are_masked(void **state)
{
    struct arena a = {0};
    (void)state;
    assert_string_equal(id_number_mask(&a, "330199198503120013"), "330199********0013");
    assert_string_equal(id_number_mask(&a, "身份证34052419800101001X。"),
                        "身份证340524********001X。");
    assert_string_equal(id_number_mask(&a, "340524800101001"), "340524*****1001");
    assert_string_equal(id_number_mask(&a, "6222020200112233445 13800000000"),
                        "6222020200112233445 13800000000");
    assert_string_equal(id_number_mask(&a, "“330199 19850312 0013”、330199-1985-0312-001x"),
                        "“330199**********0013”、330199***********001x");
    assert_string_equal(id_number_mask(&a, "３３０１９９１９８５０３１２００１３，"),
                        "３３０１９９********００１３，");
    assert_string_equal(id_number_mask(&a, "330199 19853112 0013 330199 19850312 00131"),
                        "330199 19853112 0013 330199 19850312 00131");
    assert_string_equal(id_number_mask(&a, "2024-06-01 2024-07-01 12，0571-00000001"),
                        "2024-06-01 2024-07-01 12，0571-00000001");
    assert_string_equal(id_number_mask_whole(&a, "33019919850312001"), "330199*******2001");
    assert_string_equal(id_number_mask_whole(&a, "E12345678"), "E*******8");
    assert_string_equal(id_number_mask_whole(&a, "12"), "**");
    assert_string_equal(id_number_mask_whole(&a, "证12"), "证**");
    assert_string_equal(id_number_mask_whole(&a, "见附件"), "见附件");
    assert_string_equal(id_number_mask_whole(&a, "３３０１９９ 19850312 001x"),
                        "３３０１９９**********001x");
    arena_free(&a);
}

static void values_in_messages_are_short_plain_and_masked(void **state)
{
    struct arena a = {0};
    char many[3 * 60 + 1] = "";
    (void)state;
    for (int i = 0; i < 60; i++)
        strcat(many, "字");
    const char *shown = quote(&a, many);
    assert_int_equal(strlen(shown), 3 * 43); /* forty, the dots and the two marks */
    assert_string_equal(quote(&a, "a\nb\xC2\x9B"), "“a b  ”");
    assert_string_equal(quote(&a, "330199198503120013"), "“330199********0013”");
    arena_free(&a);
}

static void a_misspelt_word_finds_its_neighbour(void **state)
{
    struct spelling_guess guess = {.word = "expirience"};
    (void)state;
    spelling_guess(&guess, "education");
    assert_null(guess.best);
    spelling_guess(&guess, "experience");
    spelling_guess(&guess, "experiences");
    assert_string_equal(guess.best, "experience");
    assert_int_equal(spelling_distance("a001", "A0O1", 9), 1);
    assert_int_equal(spelling_distance("", "abc", 9), 3);
    assert_int_equal(spelling_distance("kitten", "sitting", 9), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_of_the_calendar),
        cmocka_unit_test(dates_compare_in_the_coarser_unit),
        cmocka_unit_test(spans_are_whole_and_never_rounded_up),
        cmocka_unit_test(id_numbers_name_the_part_that_fails),
        cmocka_unit_test(organisations_numbers_check_themselves),
        cmocka_unit_test(id_numbers_are_masked),
        cmocka_unit_test(values_in_messages_are_short_plain_and_masked),
        cmocka_unit_test(a_misspelt_word_finds_its_neighbour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
