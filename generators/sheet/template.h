/* template.h - the roster's template read and checked: what stands in which column, above and below
 * the rows.
 *
 * The language is described in templates/README.md; roster.rng says the same to editors. All
 * lengths are points. */
#ifndef SHEET_TEMPLATE_H
#define SHEET_TEMPLATE_H

#include "query/query.h"
#include "record/scope.h"
#include "text/paragraph.h"

enum {
    SHEET_COLUMNS_MAX = 200,
    SHEET_COUNTS_MAX = 32 /* of tests in the sum line: one bit each in a row */
};
#define SHEET_SMALLEST 7.0 /* nothing is printed smaller */

/* A code is text that is never broken over lines on paper: ids, phones, numbers of certificates. An
 * index is the row's number. */
enum column_type { COLUMN_TEXT, COLUMN_CODE, COLUMN_NUMBER, COLUMN_DATE, COLUMN_INDEX };

struct sheet_column {
    const char *head, *label; /* label: in messages */
    double width;
    enum column_type type;
    enum text_align align;
    const char *format;   /* Excel's, of dates and numbers */
    bool one_face;        /* names: set whole in the first face that has all of it */
    const char *empty;    /* printed when there is nothing to print */
    struct query *select; /* NULL: COLUMN_INDEX */
    const char **allowed;
    size_t n_allowed, cap_allowed;
    struct src_pos at;
};

/* A head above several columns. */
struct sheet_group {
    const char *head;
    size_t first, last;
};

/* Text over some columns of the row above or below the table: a label and what it asks for. */
struct sheet_field {
    const char *label;
    struct query *select; /* NULL: left open, to be written by hand */
    size_t first, last;
    enum text_align align;
    struct src_pos at;
};

struct sheet_fields {
    struct sheet_field *list;
    size_t n, cap;
};

enum part_kind { PART_TEXT, PART_COUNT, PART_PAGE_NUMBER, PART_PAGE_COUNT };

struct sheet_part {
    enum part_kind kind;
    const char *text;
    int bit; /* PART_COUNT: which of the tests; -1: everybody is counted */
};

struct sheet_parts {
    struct sheet_part *list;
    size_t n, cap;
};

/* $name in the expressions of columns and counts, evaluated once for each applicant, in this order.
 */
struct sheet_variable {
    const char *name;
    struct query *select;
};

enum { PAGE_TOP, PAGE_RIGHT, PAGE_BOTTOM, PAGE_LEFT, PAGE_SIDES };

struct sheet_template {
    struct query *when;      /* whom it lists; NULL: everybody */
    enum record_scope scope; /* what one list is about */
    struct arena arena;
    const char *path;
    const char *title, *sheet, *binding, *seals;
    int copies;
    enum { PAPER_AUTO, PAPER_A4, PAPER_A3 } paper; /* as asked */
    bool a3;                                       /* as settled */
    double margin[PAGE_SIDES];
    enum font_role font, head_font, title_font;
    double size, head_size, title_size, row_height, foot_height;
    size_t freeze, spare;
    double width; /* of all columns */
    double scale; /* at which one page holds that width; never above 1 */
    struct sheet_variable *variables;
    size_t n_variables, cap_variables;
    struct sheet_column *columns;
    size_t n, cap;
    struct sheet_group *groups;
    size_t n_groups, cap_groups;
    struct sheet_fields heading, foot;
    struct sheet_parts sum, footer;
    struct query *tests[SHEET_COUNTS_MAX];
    size_t n_tests;
    struct query_list queries; /* all of the above */
    const char *index_sheet,
        *index_heads[3]; /* of the sheet that lists the units: number, unit, people */
};

/* Every fault with file:line, in one run (faults of the system). NULL on any. */
struct sheet_template *sheet_template_load(const char *path, struct diag *diag);
void sheet_template_free(struct sheet_template *t);

/* The head above a column and others; NULL: there is none. */
const struct sheet_group *sheet_group_of(const struct sheet_template *t, size_t column);

enum { SURNAME_CHARACTERS = 4 };

/* A surname that is read otherwise than its characters commonly are, or that has several of them.
 */
struct surname {
    const char *name;
    uint16_t readings[SURNAME_CHARACTERS]; /* of its n characters, as han.h numbers them */
    size_t n;
};

struct surnames {
    struct arena arena;
    struct surname *list;
    size_t n, cap;
};

bool surnames_load(struct surnames *s, const char *path, struct diag *diag);
void surnames_clear(struct surnames *s);

/* Distance of lines and the room a cell keeps free beside its text: what Excel and LibreOffice need
 * with the fonts that stand in for 宋体, too. */
#define SHEET_PITCH 1.45
#define SHEET_PADDING 5.0

#endif
