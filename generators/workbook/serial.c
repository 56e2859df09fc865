/* serial.c - see serial.h. */
#include "workbook/serial.h"

#include "record/date.h"

#include <math.h>
#include <string.h>

struct serial_day serial_read(double serial, bool date1904)
{
    enum { DAY_1904 = 695361, LEAP_THAT_NEVER_WAS = 60, LAST = 2958465 };
    double half_a_second = 0.5 / 86400;

    if (!(serial >= 0 && serial < LAST + 1))
        return (struct serial_day){0};
    long day = (long)floor(serial + half_a_second);
    bool timed = serial - (double)day > half_a_second;
    struct date d = {0};
    if (date1904)
        d = date_numbered(DAY_1904 + day);
    else if (day >= 1 && day != LEAP_THAT_NEVER_WAS)
        d = date_numbered(DATE_BEFORE_EXCEL + day + (day < LEAP_THAT_NEVER_WAS));
    return (struct serial_day){d.year, d.month, d.day, timed};
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
