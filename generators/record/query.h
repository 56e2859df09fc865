/* query.h - XPath 1.0 on a record, compiled once per process, with functions of our own.
 *
 * Functions (also documented in templates/README.md):
 *   date(x)            2007-07 -> 2007.07, 2007-07-02 -> 2007.07.02, 2007 -> 2007
 *   month(x)           to the month at most: 2007-07-02 -> 2007.07
 *   long-date(x)       2026-03-05 -> 2026年3月5日, 2026-03 -> 2026年3月
 *   period(a, b)       2012.07—2016.08, an empty b prints 至今, both empty print nothing
 *   years(a, b)        whole years from a to b, never rounded up, as date.h says; NaN when either is not a date
 *   months(a, b)       whole months likewise; below 0 when b is before a
 *   year(x)            the year as a number
 *   asof()             the reference date yyyy-mm-dd
 *   page(id)           printed evidence page of that id: a number, 另附, 系统, or '' when nothing is known
 *   without-suffix(x, s)  x, less s at its end: 汉族 -> 汉
 *   cn-number(n)       1 -> 一, 12 -> 十二
 * Variables $name come from the template (query_set_variable).
 * A function that does not exist, or that is given too many or too few arguments, is found when the expression is made;
 * what only an evaluation shows (an unknown variable, a path on a text, too long a search) is reported to the context's
 * diag, as a fault of the template at the template's place, once in each run (from query_context_begin on). */
#ifndef RECORD_QUERY_H
#define RECORD_QUERY_H

#include "record/record.h"

struct query;         /* a compiled expression; free with query_free */
struct query_context; /* what expressions are evaluated against: one per process; not shared between forks' use */

/* at is the place in the template, for messages. NULL: reported as a system fault (a template's). */
struct query *query_new(const char *xpath, struct src_pos at, struct diag *diag);
void query_free(struct query *q);

struct query_context *query_context_new(void);
void query_context_free(struct query_context *c);
/* The applicant (or unit, delegation, batch node) to work on from here; variables and the diag are forgotten. */
void query_context_begin(struct query_context *c, record_node *root, const char *asof);
/* Where failing evaluations are reported from here on; NULL: nowhere. */
void query_context_set_diag(struct query_context *c, struct diag *diag);
/* Evidence pages: NULL: nothing is known. The answer is borrowed until the next call. */
void query_context_set_pages(struct query_context *c, const char *(*page)(const char *id, void *data), void *data);
/* Variables are a stack: the newest of a name is seen, until it is released. Both strings are copied. */
void query_set_variable(struct query_context *c, const char *name, const char *value);
size_t query_variables_mark(const struct query_context *c);
void query_variables_release(struct query_context *c, size_t mark); /* forgets what was set since the mark */

/* node NULL is an empty element without a parent: every path gives "", no nodes, false. position and size are XPath's position() and last(), 1-based. */
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
