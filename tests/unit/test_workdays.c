/* test_workdays.c - working days by templates/holidays.xml, and tables that are none. */
#include "query/holidays.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void days_by_the_table(void **state)
{
    static const struct {
        const char *from, *to;
        long days;
    } cases[] = {
        {"2026-09-01", "2026-09-08", 6}, /* a Tuesday to a Tuesday */
        {"2026-09-20", "2026-09-20", 1}, /* a Sunday that is worked */
        {"2026-09-19", "2026-09-19", 0}, /* a Saturday */
        {"2026-09-24", "2026-09-28", 2}, /* over the Mid-Autumn days, 25 to 27 */
        {"2026-09-28", "2026-10-10",
         6}, /* over the National Day: 28 to 30, 8, 9, and Saturday the 10th */
        {"2026-02-09", "2026-02-28", 11}, /* over the Spring Festival: 9 to 14, 24 to 28 */
        {"2025-12-29", "2026-01-05", 5},  /* 29 to 31, Sunday the 4th, the 5th */
        {"2024-01-01", "2024-01-01", 0},
        {"2024-02-26", "2024-03-01", 5}, /* over a leap day */
        {"2026-09-08", "2026-09-01", 0},
        {"2027-01-04", "2027-01-08", -1}, /* a year that the table does not know */
        {"2023-12-29", "2024-01-05", -1},
        {"2026-09", "2026-09-08", -1},
        {"2026-02-30", "2026-03-08", -1},
        {"", "", -1},
    };
    struct diag d = {0};
    (void)state;
    struct holidays *h = holidays_load("templates/base/holidays.xml", &d);
    assert_non_null(h);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        long days = workdays_count(h, cases[i].from, cases[i].to);
        if (days != cases[i].days)
            fail_msg("%s to %s: %ld", cases[i].from, cases[i].to, days);
        assert_int_equal(workdays_count(NULL, cases[i].from, cases[i].to), -1);
    }
    holidays_free(h);
    diag_clear(&d);
}

static void faulty_tables_are_named(void **state)
{
    static const char *const faulty[] = {
        "<holidays>",
        "<holidays><year/></holidays>",
        "<holidays><year value=\"2026-01\"/></holidays>",
        "<holidays><month value=\"2026\"/></holidays>",
        "<holidays><year value=\"2026\"><range kind=\"free\" from=\"2026-01-01\" "
        "to=\"2026-01-01\"/></year></holidays>",
        "<holidays><year value=\"2026\"><range kind=\"off\" from=\"2026-01-02\" "
        "to=\"2026-01-01\"/></year></holidays>",
        "<holidays><year value=\"2026\"><range kind=\"off\" from=\"2025-12-31\" "
        "to=\"2026-01-01\"/></year></holidays>",
        "<holidays><year value=\"2026\"><range kind=\"off\" "
        "from=\"2026-01-01\"/></year></holidays>",
    };
    char path[] = "/tmp/shenbao-test-XXXXXX";
    int fd = mkstemp(path);
    (void)state;
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < sizeof faulty / sizeof *faulty; i++) {
        struct diag d = {0};
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fputs(faulty[i], f);
        fclose(f);
        if (holidays_load(path, &d) || d.n != 1 || !d.list[0].at.file || d.list[0].at.line != 1)
            fail_msg("%s", faulty[i]);
        diag_clear(&d);
    }
    remove(path);
    struct diag d = {0};
    assert_null(holidays_load(path, &d));
    assert_int_equal(d.system_faults, 1);
    diag_clear(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_by_the_table),
        cmocka_unit_test(faulty_tables_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
