/* query_values.h - XPath functions on values: dates, numbers that check themselves, counts of
 * characters, lists. Internal to record; query.h says what each does. */
#ifndef QUERY_QUERY_VALUES_H
#define QUERY_QUERY_VALUES_H

#include "query/query.h"

extern const struct query_function query_values[];
extern const size_t query_values_count;

#endif
