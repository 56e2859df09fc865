/* date.h - dates as the record holds them: yyyy, yyyy-mm or yyyy-mm-dd, each keeping the precision
 * it was given with.
 *
 * What is not known is decided once, here, for all papers and rules:
 *   - two dates are compared in the unit of the coarser one: 2021-03 and 2021-03-15 are equal;
 *   - a span with a month at either end counts whole months: 2015-12 to 2020-12-05 is 60 months, 5
 * years;
 *   - a span with a bare year at either end is never rounded up: such a beginning counts as that
 * December, such an end as that January, so 2007 to 2010 is 2 years for certain. */
#ifndef RECORD_DATE_H
#define RECORD_DATE_H

#include <stdbool.h>

enum date_precision { DATE_YEAR = 1, DATE_MONTH, DATE_DAY };

struct date {
    int year, month, day; /* month and day are 0 where they were not given */
    enum date_precision precision;
};

enum { DATE_FIRST_YEAR = 1000, DATE_LAST_YEAR = 2999 }; /* the schema's patterns agree */

/* The whole of s is a date of the calendar (so 2021-02-30 is none); *out is set only then. */
bool date_parse(const char *s, struct date *out);
int date_compare(struct date a, struct date b); /* below, equal to or above 0 */
/* Whole months and years from one date to another, rounded towards none; negative when b is before
 * a. */
int date_months(struct date a, struct date b);
int date_years(struct date a, struct date b);

/* Days since 0000-03-01, which was a Wednesday, of a date of DATE_DAY; and back. */
long date_number(struct date d);
struct date date_numbered(long number); /* from 0 on */
enum { DATE_BEFORE_EXCEL = 693899 };    /* Excel counts from there, right from 1900-03-01 (61) on */

#endif
