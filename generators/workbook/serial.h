/* serial.h - days as Excel counts them.
 *
 * From 1900-01-01, which is day 1, with a 29 February 1900 that never was (day 60); or from
 * 1904-01-01, day 0. No time zone has a part in it. */
#ifndef WORKBOOK_SERIAL_H
#define WORKBOOK_SERIAL_H

#include <stdbool.h>

struct serial_day {
    int year, month, day; /* year 0: it is no day of the calendar */
    bool timed;           /* a time of day other than 0:00 */
};

struct serial_day serial_read(double serial, bool date1904);
/* "2024-06-01", "2024-06-01T08:30:00Z", as cells of t="d" have it. */
struct serial_day serial_read_iso(const char *s);

#endif
