/* query.h - XPath 1.0 on a record, compiled once per process, with functions of our own.
 *
 * Functions (also documented in templates/README.md):
 *   date(x)            2007-07 -> 2007.07, 2007-07-02 -> 2007.07.02, 2007 -> 2007
 *   month(x)           to the month at most: 2007-07-02 -> 2007.07
 *   long-date(x)       2026-03-05 -> 2026年3月5日, 2026-03 -> 2026年3月
 *   period(a, b)       2012.07—2016.08, an empty b prints 至今, both empty print nothing
 *   years(a, b)        whole years from a to b, never rounded up; NaN when either is not a date
 *   year(x)            the year as a number
 *   asof()             the reference date yyyy-mm-dd
 *   page(id)           printed evidence page of that id: a number, 另附, 系统, or '' when nothing is known
 *   without-suffix(x, s)  x, less s at its end: 汉族 -> 汉
 *   cn-number(n)       1 -> 一, 12 -> 十二
 * Variables $name come from the template (query_set_variable). */
#ifndef RECORD_QUERY_H
#define RECORD_QUERY_H

#include "record/record.h"

struct query;         /* a compiled expression; free with query_free */
struct query_context; /* what expressions are evaluated against: one per process; not shared between forks' use */

/* A function of XPath. Its body is libxml2's xmlXPathFunction: only who writes one has to know. */
struct _xmlXPathParserContext;
struct query_function {
    const char *name;
    int least, most; /* arguments */
    void (*body)(struct _xmlXPathParserContext *, int nargs);
};
/* Adds functions for all expressions and contexts made from now on in this process; adding them again changes
 * nothing. What query_context_set_data gave a context, the body gets with query_data. */
void query_register(const struct query_function *functions, size_t n);
void query_context_set_data(struct query_context *c, void *data);
void *query_data(struct _xmlXPathParserContext *ctxt);

/* at is the place in the template, for messages. NULL: reported as a system fault (a template's). */
struct query *query_new(const char *xpath, struct src_pos at, struct diag *diag);
void query_free(struct query *q);

struct query_context *query_context_new(void);
void query_context_free(struct query_context *c);
/* The applicant (or unit, delegation, batch node) to work on from here; variables are forgotten. */
void query_context_begin(struct query_context *c, record_node *root, const char *asof);
/* Evidence pages: NULL: nothing is known. The answer is borrowed until the next call. */
void query_context_set_pages(struct query_context *c, const char *(*page)(const char *id, void *data), void *data);
/* A stack: the newest value of a name wins until it is released. */
void query_set_variable(struct query_context *c, const char *name, const char *value);
size_t query_variables_mark(const struct query_context *c);
void query_variables_release(struct query_context *c, size_t mark);

/* position and size are XPath's position() and last(), 1-based. */
struct query_place {
    record_node *node;
    size_t position, size;
};

struct query_value {
    const char *text;       /* in the arena, never NULL; exactly the input's characters */
    const record_node *node; /* the first node it came from; NULL for a computed value */
};

struct query_value query_string(struct query *q, struct query_context *c, struct query_place at, struct arena *arena);
double query_number(struct query *q, struct query_context *c, struct query_place at);
bool query_bool(struct query *q, struct query_context *c, struct query_place at);
/* Document order; the array lives in the arena. An expression that is not a node-set gives none. */
size_t query_nodes(struct query *q, struct query_context *c, struct query_place at, struct arena *arena,
                   record_node ***out);

#endif
