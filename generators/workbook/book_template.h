/* book_template.h - templates/workbook.xml: which sheets the intake workbook has, what their rows
 * become, and which column holds which word of the vocabulary. */
#ifndef WORKBOOK_BOOK_TEMPLATE_H
#define WORKBOOK_BOOK_TEMPLATE_H

#include "core/finding.h"
#include "record/word_list.h"
#include "workbook/value.h"

enum book_column_kind {
    COLUMN_VALUE,  /* a word of the vocabulary: see `rule` */
    COLUMN_PERSON, /* the id of an applicant of 人员 */
    COLUMN_NAME,   /* the same one's name, only compared */
    COLUMN_UNIT,   /* the id of a unit of 单位 */
    COLUMN_OWNER,  /* the entry that an evidence proves */
    COLUMN_ROW     /* which of the sheet's rows it is: a row's word */
};

enum book_within {
    WITHIN_BATCH,
    WITHIN_UNIT,
    WITHIN_APPLICANT,
    WITHIN_ITEM /* an entry of an applicant, or where none is named the applicant as document */
};

struct book_column {
    const char *head;
    const char *was; /* older heads, set off by blanks */
    const char *path;
    enum book_column_kind kind;
    struct value_rule rule;
    const char *label; /* of the vocabulary */
    const char *list;  /* the sheet whose first column has the values to choose from; "": none */
    const char *of;    /* the elements that have it; "": all of the sheet */
    bool required;
    bool main;    /* what a row is shown at where no column is meant */
    double width; /* characters */
    const char *note, *example;
    const char *modes, *kinds;
    /* for the reader of the document alone */
    const char *unit;
    bool present;
    const char *synonyms; /* "男性=男 女性=女" */
    int type;
};

struct book_row {
    const char *element, *word;
    enum book_within within;
    bool joins;        /* an applicant of another sheet */
    const char *modes; /* of others it is read as well, but not offered */
};

struct book_sheet {
    const char *title, *note, *modes, *kinds;
    struct book_row *rows;
    size_t n_rows, cap_rows;
    struct book_column *columns;
    size_t n, cap;
};

struct book_line {
    const char *text;
};

struct book_words { /* folded (record/correction.h) */
    const char **list;
    size_t n, cap;
};

struct book_template {
    int version;
    struct book_words totals, remarks; /* what begins rows that are no data */
    struct book_line *lines;           /* of 说明 */
    size_t n_lines, cap_lines;
    struct book_sheet *sheets;
    size_t n, cap;
};

extern const char book_sheet_guide[];   /* 说明 */
extern const char book_sheet_choices[]; /* 选项 */

/* In the arena; lists of values are the notice's, else those of the schema, and where such a list
 * lacks a column's example, its first word is that. NULL: reported. */
struct book_template *book_template_read(const char *path, const char *schema_path,
                                         const struct word_list *lists, size_t n_lists,
                                         struct arena *arena, struct diag *diag);
/* Leaves in the lists of rows' words those that somebody who applies in the mode may have ("": in
 * any of the notice's modes; NULL: the notice has all). */
void book_offer(struct book_template *t, const struct word_list *modes, const char *mode,
                struct arena *arena);
/* Has the list ("" has all) one of the modes? NULL: all are there. */
bool book_has_mode(const struct word_list *modes, const char *list);
/* Is the word one of those, set off by blanks? An empty list has all. */
bool book_lists(const char *list, const char *word);
bool book_has(const struct book_column *c, const struct book_row *r);
/* The sheet's row of that element; NULL: none. */
const struct book_row *book_row_of(const struct book_sheet *s, const char *element);

#endif
