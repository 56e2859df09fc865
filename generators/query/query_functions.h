/* query_functions.h - the libraries of XPath functions that every expression may call. Internal to
 * query; query.h says what each does. */
#ifndef QUERY_QUERY_FUNCTIONS_H
#define QUERY_QUERY_FUNCTIONS_H

#include "query/query.h"

/* Dates, numbers that check themselves, counts of characters, lists. */
extern const struct query_library query_values;
/* What templates/ says of papers, holidays and scoring. */
extern const struct query_library query_table_functions;

#endif
