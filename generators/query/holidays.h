/* holidays.h - the State Council's holidays (templates/base/holidays.xml), and working days by
 * them. */
#ifndef QUERY_HOLIDAYS_H
#define QUERY_HOLIDAYS_H

#include "core/finding.h"

struct holidays;

/* NULL: every fault was reported with file:line. */
struct holidays *holidays_load(const char *path, struct diag *diag);
void holidays_free(struct holidays *h); /* NULL is fine */

/* Working days from one day to another, both included. -1: h is NULL or does not know one of the
 * years, or either is no day. */
long workdays_count(const struct holidays *h, const char *from, const char *to);

#endif
