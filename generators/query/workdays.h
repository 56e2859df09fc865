/* workdays.h - working days by the State Council's table of holidays (templates/holidays.xml),
 * which a process reads once. */
#ifndef QUERY_WORKDAYS_H
#define QUERY_WORKDAYS_H

#include "core/finding.h"

bool workdays_load(const char *path, struct diag *diag); /* false: reported with file:line */
/* From one day to another, both included. -1: the table was not read or does not know one of the
 * years, or either is no day. */
long workdays_count(const char *from, const char *to);

/* workdays(a, b) of XPath: the same, NaN for -1. */
struct _xmlXPathParserContext;
void workdays_xpath(struct _xmlXPathParserContext *ctxt, int n);

#endif
