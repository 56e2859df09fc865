/* value.h - what a cell means: leniently read values, never changed text.
 *
 * One table of forms for dates (2024.6, 2024年6月1日, 2024/6/1, 20240601, 至今), numbers
 * (full-width digits, 万元 behind a sum), yes and no, codes with blanks or invisible characters
 * around them, and synonyms of closed words. Whatever Excel itself may have changed is refused,
 * with what was probably meant. Nothing is reported here: the caller knows cell and head. */
#ifndef WORKBOOK_VALUE_H
#define WORKBOOK_VALUE_H

#include "workbook/xlsx.h"

enum value_type {
    VALUE_LINE,      /* one line of text, kept to the last code point; a date in it is an error */
    VALUE_TEXT,      /* likewise, with line breaks */
    VALUE_STATEMENT, /* likewise, or the name of a file that holds it (statement.h) */
    VALUE_DATE,      /* yyyy, yyyy-mm or yyyy-mm-dd: keeps the precision it was given with */
    VALUE_MONTH,  /* of VALUE_DATE those that are usually a month: a plain number 2024.1 is asked */
    VALUE_DAY,    /* a whole date */
    VALUE_YEAR,   /* yyyy */
    VALUE_NUMBER, /* 12.5; the column's unit may stand behind */
    VALUE_COUNT,  /* a whole number */
    VALUE_RANK,   /* 1 or 1/8; 第1, 1／8, 第1/8 */
    VALUE_PAGES,  /* 2-4,7 */
    VALUE_BOOL,   /* true or false, from 是 否, √ ×, 有 无, Y N, 1 0, TRUE FALSE */
    VALUE_CHOICE, /* one of the words; any other text stays as it is: lists are the profile's */
    VALUE_ID,     /* of an entry: without blanks */
    VALUE_REFS,   /* ids, with blanks, 、 ， ; or line breaks between them */
    VALUE_CODE, /* a phone, certificate or credit number: letters and digits that no number holds */
    VALUE_IDENTITY, /* of an identity document: as VALUE_CODE, and a number is always an error */
    VALUE_PATH      /* of a file */
};

struct value_synonym {
    const char *written, *word;
};

struct value_rule {
    enum value_type type;
    const char *const *words; /* VALUE_CHOICE */
    size_t n_words;
    const struct value_synonym *synonyms; /* of VALUE_CHOICE, and of VALUE_BOOL beside its own */
    size_t n_synonyms;
    const char *unit;    /* of VALUE_NUMBER: "万元", "学时"; NULL: none */
    const char *present; /* what 至今 and the like are read as: "" (an open end); NULL: refused */
};

enum value_outcome {
    VALUE_EMPTY,  /* nothing in it */
    VALUE_PLAIN,  /* as written */
    VALUE_READ,   /* otherwise than written: said at info level */
    VALUE_KEPT,   /* as written, and something about it is worth a warning (note) */
    VALUE_REFUSED /* an error (note); value is "" */
};

struct value_reading {
    enum value_outcome outcome;
    /* Never NULL; in the arena, or the rule's: what is read outlives the cell's row. */
    const char *value;   /* as the vocabulary writes it */
    const char *written; /* as the clerk sees it: for messages */
    /* VALUE_READ: why, when the two values alone do not say it, else ""; VALUE_KEPT, VALUE_REFUSED:
     * what is wrong and what to do. No full stop. */
    const char *note[LANGUAGE_COUNT];
};

struct value_reading value_read(const struct value_rule *rule, const struct xlsx_cell *cell,
                                struct arena *arena);
/* What clerks write for nothing where no words belong: 无, /. */
bool value_says_none(const struct xlsx_cell *cell, struct arena *arena);

#endif
