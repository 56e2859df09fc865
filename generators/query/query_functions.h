/* query_functions.h - the libraries of XPath functions that every expression may call. Internal to
 * query; query.h says what each does. */
#ifndef QUERY_QUERY_FUNCTIONS_H
#define QUERY_QUERY_FUNCTIONS_H

#include "query/query.h"

/* A function of texts while it runs. */
struct query_call {
    const char *arguments[3]; /* those not given: "" */
    struct query_context *context;
    struct arena arena; /* of the call */
};

struct query_memory *query_call_memory(const struct query_call *call); /* query.h */

/* The value that a function answers with. */
struct _xmlXPathObject *answer_text(const char *s);
struct _xmlXPathObject *answer_number(double v);
struct _xmlXPathObject *answer_bool(bool v);

/* Dates, numbers that check themselves, counts of characters, lists, references. */
extern const struct query_library query_values;
/* Texts as they are compared, numbers of publications and patents. */
extern const struct query_library query_number_functions;
/* What templates/ says of papers, holidays and scoring. */
extern const struct query_library query_table_functions;

#endif
