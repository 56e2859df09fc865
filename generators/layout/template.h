/* template.h - a paper's template read and checked: nodes with typed attributes, classes already
 * merged in.
 *
 * The language is templates/README.md. Only template.c sees libxml2. Internal to layout. */
#ifndef LAYOUT_TEMPLATE_H
#define LAYOUT_TEMPLATE_H

#include "query/query.h"
#include "text/font.h"

#include <stdint.h>

enum node_kind {
    NODE_FORM,
    /* before the blocks of a form */
    NODE_WATERMARK,
    NODE_STYLE,
    NODE_RUNNING,
    NODE_SPARE_PAGE,
    NODE_TEMPLATE,
    /* blocks */
    NODE_P,
    NODE_TABLE,
    NODE_IMAGE,
    NODE_SPACE,
    NODE_RULE,
    NODE_PAGE_BREAK,
    NODE_ERROR,
    /* tables */
    NODE_THEAD,
    NODE_TR,
    NODE_TD,
    NODE_FOOT,
    /* inline */
    NODE_TEXT,
    NODE_SPAN,
    NODE_BR,
    NODE_VALUE_OF,
    NODE_CHECKBOX,
    NODE_PAGE_NUMBER,
    NODE_PAGE_COUNT,
    NODE_LINK,
    NODE_END,
    /* binding */
    NODE_FOR_EACH,
    NODE_SORT,
    NODE_IF,
    NODE_CHOOSE,
    NODE_WHEN,
    NODE_OTHERWISE,
    NODE_VARIABLE,
    NODE_CALL_TEMPLATE,
    NODE_WITH_PARAM
};

enum attribute_id {
    A_ALIGN,
    A_ANCHOR,
    A_ANGLE,
    A_AT,
    A_BEFORE,
    A_AFTER,
    A_BALANCE,
    A_BINDING,
    A_CHECKED,
    A_CLASS,
    A_CLAUSE,
    A_COLOR,
    A_COLSPAN,
    A_COLUMNS,
    A_CONTINUED,
    A_COPIES,
    A_ELEMENTS,
    A_EMPTY,
    A_ENGLISH,
    A_FILL,
    A_FIRST,
    A_FLOOR,
    A_FONT,
    A_FOR,
    A_FRAME,
    A_GRAY,
    A_GRID,
    A_HANG,
    A_HEIGHT,
    A_HREF,
    A_INSERTED,
    A_INDENT,
    A_KEEP,
    A_KEEP_WITH_NEXT,
    A_LABEL,
    A_LEADER,
    A_LEAST,
    A_LEFT,
    A_LINE,
    A_LINES,
    A_MARGIN,
    A_MAX_HEIGHT,
    A_MERGE,
    A_MIN,
    A_MIN_HEIGHT,
    A_NAME,
    A_OFFSET,
    A_ONE_FACE,
    A_ORDER,
    A_ORIENTATION,
    A_OUTLINE,
    A_OUTLINE_TITLE,
    A_OVER,
    A_OVERFLOW,
    A_PADDING,
    A_PAGES,
    A_PAPER,
    A_PARITY,
    A_PITCH,
    A_PITCH_FLOOR,
    A_REPEAT,
    A_REQUIRED,
    A_RIGHT,
    A_ROWSPAN,
    A_RULE,
    A_SEALS,
    A_SELECT,
    A_SIZE,
    A_SOFT,
    A_SPREAD,
    A_STACK,
    A_STRETCH,
    A_TABULAR,
    A_TARGET,
    A_TEST,
    A_TEXT,
    A_TILED,
    A_TITLE,
    A_TO,
    A_TYPE,
    A_UNBREAKABLE,
    A_UNDERLINE,
    A_VALIGN,
    A_WEIGHT,
    A_WHOLE,
    A_WIDTH
};

enum unit {
    UNIT_POINT,    /* also mm and cm, converted */
    UNIT_EM,       /* of the type size in force */
    UNIT_LINE,     /* of the line pitch in force */
    UNIT_FRACTION, /* of the width left over */
    UNIT_TIMES     /* a line pitch as a multiple of the type size */
};

struct length {
    double value;
    enum unit unit;
};

struct attribute {
    enum attribute_id id;
    const char *text;       /* as written */
    struct length *lengths; /* of lengths, columns and pitches */
    size_t n_lengths;
    double number; /* of numbers */
    int choice;    /* of choices: index in the order the README names them; of booleans: 0 or 1 */
    struct query *query;
};

struct node {
    enum node_kind kind;
    struct src_pos at;
    const char *text; /* NODE_TEXT: folded; NODE_TD: its static text, for labels */
    bool label;       /* a td whose class is a label's */
    bool in_call;     /* a template that is being called: so that one that calls itself is seen */
    uint32_t checked; /* a template: as the content of what it was checked, in template.c's bits */
    int calls;        /* a template: how deep its calls go, itself counted */
    struct attribute *attributes; /* its own first, then its classes' */
    size_t n;
    uint64_t has[2]; /* bits of the attributes that it has: most are asked for in vain */
    struct node *children, *next;
    struct node *called; /* NODE_CALL_TEMPLATE: the template */
};

struct template
{
    struct node *root; /* NODE_FORM */
    bool roles[ROLE_COUNT];
    bool cites; /* some XPath asks for page() */
    struct query_list queries;
};

/* All in the arena but the queries: template_clear. Every fault with file:line, in one run; false
 * on any. data NULL: name is the file to read; else it stands for one in messages. */
bool template_read(struct template *t, const char *name, const char *data, size_t len,
                   struct arena *arena, struct diag *diag);
void template_clear(struct template *t);

const struct attribute *node_attribute(const struct node *n,
                                       enum attribute_id id); /* NULL: not given */
const char *node_text(const struct node *n, enum attribute_id id, const char *otherwise);
int node_choice(const struct node *n, enum attribute_id id, int otherwise);
double node_number(const struct node *n, enum attribute_id id, double otherwise);

#endif
