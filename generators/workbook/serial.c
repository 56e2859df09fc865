/* serial.c - see serial.h. */
#include "workbook/serial.h"

#include "record/date.h"

#include <math.h>
#include <string.h>

/* The day of the Gregorian calendar that many days after 1970-01-01 (H. Hinnant's civil_from_days).
 */
static struct serial_day day_after_1970(long days)
{
    long z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, in_era = z - era * 146097;
    long year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    long in_year = in_era - (365 * year + year / 4 - year / 100), shifted = (5 * in_year + 2) / 153;
    int month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);

    return (struct serial_day){.year = (int)(year + era * 400 + (month <= 2)),
                               .month = month,
                               .day = (int)(in_year - (153 * shifted + 2) / 5 + 1)};
}

struct serial_day serial_read(double serial, bool date1904)
{
    enum { DAY_1900 = -25567, DAY_1904 = -24107, LEAP_THAT_NEVER_WAS = 60, LAST = 2958465 };
    double half_a_second = 0.5 / 86400;

    if (!(serial >= 0 && serial < LAST + 1))
        return (struct serial_day){0};
    long day = (long)floor(serial + half_a_second);
    bool timed = serial - (double)day > half_a_second;
    struct serial_day d = {0};
    if (date1904)
        d = day_after_1970(DAY_1904 + day);
    else if (day >= 1 && day != LEAP_THAT_NEVER_WAS)
        d = day_after_1970(DAY_1900 + day - 1 - (day > LEAP_THAT_NEVER_WAS));
    d.timed = timed;
    return d;
}

struct serial_day serial_read_iso(const char *s)
{
    enum { DAY = 10 /* bytes: yyyy-mm-dd */ };
    char day[DAY + 1];
    struct date d;

    if (strlen(s) < DAY)
        return (struct serial_day){0};
    memcpy(day, s, DAY);
    day[DAY] = '\0';
    if (!date_parse(day, &d) || (s[DAY] && s[DAY] != 'T' && s[DAY] != ' '))
        return (struct serial_day){0};
    bool timed = strspn(s + DAY, "T 0:.Z") != strlen(s + DAY);
    bool zoned = s[DAY] && strpbrk(s + DAY, "Z+-");
    if (timed && zoned) /* midnight in China is 16:00Z of the day before */
        return (struct serial_day){0};
    return (struct serial_day){d.year, d.month, d.day, timed};
}
