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
 *   asof(kind?)           the reference date yyyy-mm-dd; of a kind (seniority achievements
 *                         insurance hours) the batch's own closing date
 *                         @KIND-asof, where it has one
 *   page(id)              printed evidence page of that id: a number, 另附, 系统, （　） where that is
 *                         not true yet, or '' when nothing is known
 *   cited(ids)            those of the ids between blanks whose page() is not a word (另附, 系统, （　）)
 *                         that one before has: what a cell of pages shows
 *   without-suffix(x, s)  x, less s at its end: 汉族 -> 汉
 *   cn-number(n)          1 -> 一, 12 -> 十二
 *   if(test, a, b)        a when the test is true, else b
 *   papers(applicant)     the papers that the applicant needs: items of a profile's papers.xml
 *   workdays(a, b)        working days from a to b, both included; NaN where holidays.h knows none
 *   before(a, b)          a is earlier than b, in the unit of the coarser one; false when either is
 *                         no date
 *   latest(nodes), earliest(nodes)
 *                         the latest or earliest date among them, as it was written; '' for none
 *   first-day(x), last-day(x)
 *                         2022-09 -> 2022-09-01, 2022-09-30
 *   add-months(x, n)      2026-09 less 1 -> 2026-08; to the month
 *   missing-months(periods, a, b)
 *                         months from a to b that none of the periods (@from, @to) covers:
 *                         2024.03—2024.05、2025.01; of elements without @from (jobs) the months
 *                         of @start, @end and @started count as covered
 *   id-fault(x)           what is wrong with a citizen's ID number: '' length character region
 *                         birth check
 *   id-check-digit(x), id-birth(x), id-sex(x)
 *                         what the last character must be; the birthday in it; 男 or 女
 *   credit-code-fault(x)  likewise for a 统一社会信用代码: '' length character check
 *   folded(x)             x as texts are compared: without blanks, title and quotation marks; half
 *                         width, small letters, one kind of brackets
 *   filled(x, list)       x, folded, is more than words of the list put together, which say that
 *                         there is nothing to say: 暂无。 is 暂无 and 。, xxx is x three times
 *   mentions(x, list, except)
 *                         one of the words is in x, folded, outside of those of except (不同意,
 *                         but not in 无不同意见)
 *   alike(nodes, x)       those of the nodes that are x when folded
 *   likeness(x, n)        the n-th of 24 marks of the text: texts that are four fifths the same
 *                         have one in common
 *   han(x)                how many Han characters it has
 *   number-fault(x, kind) what is wrong with a number of that kind (issn isbn patent cn): ''
 *                         length character check absent form; patents of before 2003-10 and
 *                         foreign ones are not judged
 *   characters(x)         code points, less line ends and the blanks that indent a line
 *   office-words(x)       as word processors count: a run of letters and digits is one
 *   utf16-units(x)        as web boxes count, line ends too
 *   odd-characters(x, class, map?)
 *                         those of a class (control space dot compatible latin), named
 *   odd(nodes, class)     those of the nodes that have one of the class
 *   listed(x, list)       x is one of the words of the list, between blanks
 *   lookup(x, map)        the value of x in a map: words x=value between blanks; '' when it is
 *                         not there
 *   last-page(x)          the largest number in a selection of pages: 2-4,7 -> 7; 0 for none
 *   refs(list)            the applicant's elements, and their evidence, with the ids of the list
 *   unresolved(list)      the ids among them that nothing bears, between blanks
 *   rubric(), rubrics(), applicant(), points(node, who, 'uncapped'?)
 *                         scoring: see rubric.h
 * A module may give expressions of its own a library of more. Variables $name come from the
 * template
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

/* A function of XPath: of texts, whatever its arguments are, or (body) of libxml2's own kinds, then
 * its body is an xmlXPathFunction: only who writes one has to know. How many arguments there are
 * was checked when the expression was made. */
struct _xmlXPathParserContext;
struct query_call;
struct query_function {
    const char *name;
    int least, most; /* arguments */
    struct _xmlXPathObject *(*answer)(struct query_call *call);
    void (*body)(struct _xmlXPathParserContext *, int nargs);
};
struct query_library {
    const struct query_function *functions;
    size_t n;
};

/* For bodies. */
struct query_tables;
const struct query_tables *query_tables(struct _xmlXPathParserContext *ctxt); /* never NULL */
void *query_owner(struct _xmlXPathParserContext *ctxt); /* query_context_extend's, or NULL */
record_node *query_applicant(struct _xmlXPathParserContext *ctxt); /* NULL: nobody is worked on */
/* What functions keep of the applicant at hand, whose record stays as it is meanwhile: until
 * query_context_begin. */
struct query_memory {
    struct arena arena;
    struct scoring *scoring;  /* rubric.c's; NULL: nothing is known yet */
    struct text_marks *marks; /* query_numbers.c's, of the text asked for last; NULL: none yet */
};
struct query_memory *query_memory(struct _xmlXPathParserContext *ctxt);
/* Is it true of the node? Asked in the midst of an evaluation, whose place stays as it is. */
bool query_nested(struct _xmlXPathParserContext *ctxt, struct query *q, record_node *node);

/* at is the place in the template, for messages. NULL: reported as a system fault (a template's).
 */
struct query *query_new(const char *xpath, struct src_pos at, struct diag *diag);
void query_free(struct query *q);
const char *query_text(const struct query *q); /* the expression as it is written */
bool query_uses(const struct query *q, const char *variable); /* names it as $variable */

/* Expressions that are freed together: those of one file. {0} is an empty list. */
struct query_list {
    const struct query_library *library; /* that they may call beside query's own; NULL: none */
    struct query **list;
    size_t n, cap;
};
/* The list grows in the arena. NULL: reported. */
struct query *query_list_add(struct query_list *l, struct arena *arena, const char *xpath,
                             struct src_pos at, struct diag *diag);
void query_list_free(struct query_list *l); /* the expressions; the list is the arena's */
/* For tables of xml_reader.h: an attribute that goes into xml_reader.queries, and a struct query *
 * of the element's struct; NULL when it is absent. */
struct xml_reader;
bool query_parse(struct xml_reader *r, const char *text, void *out);
#define QUERY_AT(type, member)                                                                     \
    XML_PARSED, XML_AT(type, member), .parse = query_parse, .expected = "XPath"

/* tables: what functions look into; borrowed. NULL: there are no papers, holidays or rubrics. */
struct query_context *query_context_new(const struct query_tables *tables);
void query_context_free(struct query_context *c);
/* For expressions that call a library: the functions get the owner with query_owner. */
void query_context_extend(struct query_context *c, const struct query_library *library,
                          void *owner);
/* The applicant (or unit, delegation, batch node) to work on from here: an applicant is the one
 * that applicant() and points() mean. Variables and the diag are forgotten. */
void query_context_begin(struct query_context *c, record_node *root, const char *asof);
/* Where failing evaluations are reported from here on; NULL: nowhere. */
void query_context_set_diag(struct query_context *c, struct diag *diag);
/* Evidence pages: NULL: nothing is known. The answer is borrowed until the next call. */
void query_context_set_pages(struct query_context *c,
                             const char *(*page)(const char *id, void *data), void *data);
/* node NULL is an empty element without a parent: every path gives "", no nodes, false. position
 * and size are XPath's position() and last(), 1-based. */
struct query_place {
    record_node *node;
    size_t position, size;
};

/* Variables are a stack: the newest of a name is seen, until it is released. Both strings are
 * copied. */
void query_set_variable(struct query_context *c, const char *name, const char *value);
/* Its value is the expression's at the place, evaluated when somebody asks for it, or never. */
void query_defer_variable(struct query_context *c, const char *name, struct query *select,
                          struct query_place place);
size_t query_variables_mark(const struct query_context *c);
void query_variables_release(struct query_context *c,
                             size_t mark); /* forgets what was set since the mark */

struct query_value {
    const char *text;        /* in the arena, never NULL; exactly the input's characters */
    const record_node *node; /* the first node it came from; NULL for a computed value */
};

/* q NULL: nothing is asked; "" and false. */
struct query_value query_string(struct query *q, struct query_context *c, struct query_place at,
                                struct arena *arena);
bool query_bool(struct query *q, struct query_context *c, struct query_place at);
double query_number(struct query *q, struct query_context *c, struct query_place at);
/* Document order; the array lives in the arena. An expression that is not a node-set gives none. */
size_t query_nodes(struct query *q, struct query_context *c, struct query_place at,
                   struct arena *arena, record_node ***out);
/* The same by what sort says of each, as text (dates sort as written); equal ones, and all where
 * sort is NULL, stay in document order. */
size_t query_nodes_by(struct query *q, struct query *sort, bool descending, struct query_context *c,
                      struct query_place at, struct arena *arena, record_node ***out);

#endif
