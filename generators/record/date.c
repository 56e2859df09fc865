/* date.c - see date.h. */
#include "record/date.h"

#include <string.h>

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

/* n digits at s as a number, -1 when there is anything else. */
static int digits(const char *s, int n)
{
    int v = 0;
    for (int i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return -1;
        v = v * 10 + s[i] - '0';
    }
    return v;
}

bool date_parse(const char *s, struct date *out)
{
    size_t len = strlen(s);
    struct date d = {.precision = len == 4 ? DATE_YEAR : len == 7 ? DATE_MONTH : DATE_DAY};

    if (len != 4 && len != 7 && len != 10)
        return false;
    d.year = digits(s, 4);
    if (d.year < DATE_FIRST_YEAR || d.year > DATE_LAST_YEAR)
        return false;
    if (d.precision >= DATE_MONTH) {
        d.month = s[4] == '-' ? digits(s + 5, 2) : -1;
        if (d.month < 1 || d.month > 12)
            return false;
    }
    if (d.precision == DATE_DAY) {
        d.day = s[7] == '-' ? digits(s + 8, 2) : -1;
        if (d.day < 1 || d.day > days_of(d.year, d.month))
            return false;
    }
    *out = d;
    return true;
}

int date_compare(struct date a, struct date b)
{
    enum date_precision p = a.precision < b.precision ? a.precision : b.precision;
    int by_month = p >= DATE_MONTH ? a.month - b.month : 0;
    int by_day = p == DATE_DAY ? a.day - b.day : 0;

    return a.year != b.year ? a.year - b.year : by_month ? by_month : by_day;
}

int date_months(struct date a, struct date b)
{
    if (date_compare(a, b) > 0)
        return -date_months(b, a);
    int from = a.year * 12 + (a.precision == DATE_YEAR ? 12 : a.month);
    int to = b.year * 12 + (b.precision == DATE_YEAR ? 1 : b.month);
    int months = to - from;

    if (a.precision == DATE_DAY && b.precision == DATE_DAY && b.day < a.day)
        months--;
    return months > 0 ? months : 0;
}

int date_years(struct date a, struct date b)
{
    return date_months(a, b) / 12;
}

/* Howard Hinnant's days_from_civil and civil_from_days: a year begins in March. */
long date_number(struct date d)
{
    long y = d.year - (d.month <= 2), era = y / 400, of_era = y - era * 400;
    long of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
}

struct date date_numbered(long number)
{
    long era = number / 146097, in_era = number % 146097;
    long year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    long in_year = in_era - (365 * year + year / 4 - year / 100), shifted = (5 * in_year + 2) / 153;
    int month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    return (struct date){(int)(year + era * 400 + (month <= 2)), month,
                         (int)(in_year - (153 * shifted + 2) / 5 + 1), DATE_DAY};
}
