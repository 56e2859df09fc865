/* xpath_check.h - what libxml2 finds out only when an expression runs, and then only where it comes
 * by: functions that do not exist, wrong numbers of arguments, nesting that would exhaust the
 * stack. */
#ifndef QUERY_XPATH_CHECK_H
#define QUERY_XPATH_CHECK_H

#include "query/query.h"

enum { XPATH_LENGTH_LIMIT = 8000, XPATH_DEPTH_LIMIT = 50, XPATH_ANY = 1000 };

/* ours: functions beyond those of XPath 1.0, NULL-ended. true: fine, as far as this goes; else the
 * sentences, in the arena. */
bool xpath_check(const char *xpath, const struct query_library *const *ours, struct arena *arena,
                 const char *text[LANGUAGE_COUNT]);

#endif
