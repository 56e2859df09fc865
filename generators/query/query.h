/* query.h - XPath 1.0 on a record, compiled once per process, with functions of our own.
 *
 * Functions (also documented in templates/README.md):
 *   date(x)               2007-07 -> 2007.07, 2007-07-02 -> 2007.07.02, 2007 -> 2007
 *   month(x)              to the month at most: 2007-07-02 -> 2007.07
 *   long-date(x)          2026-03-05 -> 2026年3月5日, 2026-03 -> 2026年3月
 *   period(a, b)          2012.07—2016.08, an empty b prints 至今, both empty print nothing
 *   years(a, b)           whole years from a to b, never rounded up, as date.h says; NaN when
 *                         either is no date
 *   months(a, b)          whole months likewise; below 0 when b is before a
 *   year(x)               the year as a number
 *   asof()                the reference date yyyy-mm-dd
 *   page(id)              printed evidence page of that id: a number, 另附, 系统, or '' when
 *                         nothing is known
 *   without-suffix(x, s)  x, less s at its end: 汉族 -> 汉
 *   cn-number(n)          1 -> 一, 12 -> 十二
 *   if(test, a, b)        a when the test is true, else b
 *   papers(applicant)     the papers that the applicant needs: items of templates/papers.xml
 *   workdays(a, b)        working days from a to b, both included; NaN where workdays.h knows
 *                         none
 *   before(a, b)          a is earlier than b, in the unit of the coarser one; false when
 *                         either is no date
 *   latest(nodes), earliest(nodes)
 *                         the latest or earliest date among them, as it was written; '' for
 *                         none
 *   first-day(x), last-day(x)
 *                         2022-09 -> 2022-09-01, 2022-09-30
 *   add-months(x, n)      2026-09 less 1 -> 2026-08; to the month
 *   missing-months(periods, a, b)
 *                         months from a to b that none of the periods (@from, @to) covers:
 *                         2024.03—2024.05、2025.01
 *   id-fault(x)           what is wrong with a citizen's ID number: '' length character region
 *                         birth check
 *   id-check-digit(x), id-birth(x), id-sex(x)
 *                         what the last character must be; the birthday in it; 男 or 女
 *   credit-code-fault(x)  likewise for a 统一社会信用代码: '' length character check
 *   characters(x)         code points, less line ends and the blanks that indent a line
 *   office-words(x)       as word processors count: a run of letters and digits is one
 *   utf16-units(x)        as web boxes count, line ends too
 *   odd-characters(x, class, map?)
 *                         those of a class (control space dot compatible latin), named
 *   listed(x, list)       x is one of the words of the list, between blanks
 *   lookup(x, map)        the value of x in a map: words x=value between blanks; '' when it is
 *                         not there
 *   last-page(x)          the largest number in a selection of pages: 2-4,7 -> 7; 0 for none
 * Other modules add theirs (query_register). Variables $name come from the template
 * (query_set_variable). A function that does not exist, or that is given too many or too few
 * arguments, is found when the expression is made; what only an evaluation shows (an unknown
 * variable, a path on a text, too long a search) is reported to the context's diag, as a fault of
 * the template at the template's place, once in each run (from query_context_begin on). */
#ifndef QUERY_QUERY_H
#define QUERY_QUERY_H

#include "record/record.h"

struct query;         /* a compiled expression; free with query_free */
struct query_context; /* what expressions are evaluated against: one per process; not shared between
                         forks' use */

/* A function of XPath. Its body is libxml2's xmlXPathFunction: only who writes one has to know. */
struct _xmlXPathParserContext;
struct query_function {
    const char *name;
    int least, most; /* arguments */
    void (*body)(struct _xmlXPathParserContext *, int nargs);
};
/* Adds functions for all expressions and contexts made from now on in this process; adding them
 * again changes nothing. What query_context_set_data gave a context, the body gets with query_data.
 */
void query_register(const struct query_function *functions, size_t n);
void query_context_set_data(struct query_context *c, void *data);
void *query_data(struct _xmlXPathParserContext *ctxt);
/* A second one, for those who evaluate rules: what they put in has nothing to do with what papers
 * are scored by. */
void query_context_set_owner(struct query_context *c, void *owner);
void *query_owner(struct _xmlXPathParserContext *ctxt); /* NULL: nobody's */

/* at is the place in the template, for messages. NULL: reported as a system fault (a template's).
 */
struct query *query_new(const char *xpath, struct src_pos at, struct diag *diag);
void query_free(struct query *q);

struct query_context *query_context_new(void);
void query_context_free(struct query_context *c);
/* The applicant (or unit, delegation, batch node) to work on from here; variables and the diag are
 * forgotten. */
void query_context_begin(struct query_context *c, record_node *root, const char *asof);
/* Where failing evaluations are reported from here on; NULL: nowhere. */
void query_context_set_diag(struct query_context *c, struct diag *diag);
/* Evidence pages: NULL: nothing is known. The answer is borrowed until the next call. */
void query_context_set_pages(struct query_context *c,
                             const char *(*page)(const char *id, void *data), void *data);
/* Variables are a stack: the newest of a name is seen, until it is released. Both strings are
 * copied. */
void query_set_variable(struct query_context *c, const char *name, const char *value);
size_t query_variables_mark(const struct query_context *c);
void query_variables_release(struct query_context *c,
                             size_t mark); /* forgets what was set since the mark */

/* node NULL is an empty element without a parent: every path gives "", no nodes, false. position
 * and size are XPath's position() and last(), 1-based. */
struct query_place {
    record_node *node;
    size_t position, size;
};

struct query_value {
    const char *text;        /* in the arena, never NULL; exactly the input's characters */
    const record_node *node; /* the first node it came from; NULL for a computed value */
};

struct query_value query_string(struct query *q, struct query_context *c, struct query_place at,
                                struct arena *arena);
double query_number(struct query *q, struct query_context *c, struct query_place at);
bool query_bool(struct query *q, struct query_context *c, struct query_place at);
/* Document order; the array lives in the arena. An expression that is not a node-set gives none. */
size_t query_nodes(struct query *q, struct query_context *c, struct query_place at,
                   struct arena *arena, record_node ***out);

#endif
