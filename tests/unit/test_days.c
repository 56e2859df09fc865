/* test_days.c - our calendar beside Python's, over every day from 1000 to 2999: which days there
 * are, whole months, working days, Excel's serials, ID numbers. tests/days.py writes what is to
 * come out. */
#include "query/holidays.h"
#include "record/date.h"
#include "record/id_number.h"
#include "workbook/serial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    EXCEL_EPOCH = 693594, /* ordinal of 1899-12-30: serials from 1900-03-01 on count from there */
    EXCEL_MARCH = 61,
    MAC_EPOCH = 695056, /* of 1904-01-01 */
    EXCEL_LAST = 2958465
};

struct line {
    char day[12], worked[4], id[20];
    long ordinal;
    int months;
    struct date date;
};

static FILE *python;
static struct holidays *holidays;

static int begin(void **state)
{
    struct diag d = {0};
    (void)state;
    holidays = holidays_load("templates/base/holidays.xml", &d);
    diag_clear(&d);
    return holidays ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    holidays_free(holidays);
    return 0;
}

static bool next_line(struct line *l)
{
    if (!python)
        python = popen("python3 tests/days.py", "r");
    assert_non_null(python);
    if (fscanf(python, "%11s %ld %3s %d %19s", l->day, &l->ordinal, l->worked, &l->months, l->id) !=
        5)
        return false;
    if (!date_parse(l->day, &l->date))
        fail_msg("%s is a day", l->day);
    return true;
}

/* No day stands between it and the next one: the strings up to 32 of its month are none. */
static void hold_gap(const struct line *before, const struct line *l)
{
    struct date d;
    char day[40];
    if (l->date.day != before->date.day + 1)
        assert_int_equal(l->date.day, 1);
    for (int n = before->date.day + 1; l->date.day == 1 && n <= 32; n++) {
        snprintf(day, sizeof day, "%.8s%02d", before->day, n);
        if (date_parse(day, &d))
            fail_msg("%s is no day", day);
    }
    assert_true(date_compare(before->date, l->date) < 0);
}

static void hold_serial(const struct line *l, bool date1904)
{
    long serial = l->ordinal - (date1904 ? MAC_EPOCH : EXCEL_EPOCH);
    if (serial < (date1904 ? 1 : EXCEL_MARCH) || serial > EXCEL_LAST)
        return;
    struct serial_day d = serial_read((double)serial, date1904);
    if (d.year != l->date.year || d.month != l->date.month || d.day != l->date.day || d.timed)
        fail_msg("%ld is %s, not %d-%d-%d", serial, l->day, d.year, d.month, d.day);
    assert_true(serial_read((double)serial + 0.25, date1904).timed);
}

/* Its own check character is right, and no other is. */
static void hold_id(struct line *l)
{
    static const char characters[] = "0123456789X";
    char right = l->id[17];
    struct id_number n = id_number_read(l->id);
    if (n.wrong != ID_NUMBER_SOUND || date_compare(n.birth, l->date) ||
        n.male != (l->id[16] - '0') % 2)
        fail_msg("%s is read wrongly", l->id);
    for (const char *c = characters; *c; c++) {
        l->id[17] = *c;
        if (*c != right && id_number_read(l->id).wrong != ID_NUMBER_CHECK)
            fail_msg("%s has the wrong check character", l->id);
    }
}

/* Alone, and all since the first day that is known. */
static void hold_workday(const struct line *l, char *first, long *sum)
{
    long own = workdays_count(holidays, l->day, l->day);
    if (*l->worked == '-') {
        assert_int_equal(own, -1);
        return;
    }
    if (!*first)
        strcpy(first, l->day);
    *sum += *l->worked - '0';
    if (own != *l->worked - '0' || workdays_count(holidays, first, l->day) != *sum)
        fail_msg("%s: worked %s, %ld since %s", l->day, l->worked, *sum, first);
}

static void every_day_is_as_python_has_it(void **state)
{
    struct line l, before = {.ordinal = 0};
    struct date from;
    char first[12] = "";
    long sum = 0, n = 0;
    (void)state;
    assert_true(date_parse("2000-02-29", &from));
    for (; next_line(&l); before = l, n++) {
        if (before.ordinal)
            hold_gap(&before, &l);
        if (date_months(from, l.date) != l.months || date_years(from, l.date) != l.months / 12)
            fail_msg("%s: %d months, not %d", l.day, date_months(from, l.date), l.months);
        hold_serial(&l, false);
        hold_serial(&l, true);
        hold_workday(&l, first, &sum);
        if (*l.id != '-')
            hold_id(&l);
    }
    assert_int_equal(pclose(python), 0);
    assert_int_equal(n, 730485);
    assert_true(sum > 700);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_day_is_as_python_has_it)};
    return cmocka_run_group_tests(tests, begin, end);
}
