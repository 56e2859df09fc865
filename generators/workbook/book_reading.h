/* book_reading.h - what is known of a workbook while it is read, shared by book_asides.c,
 * book_heads.c, book_rows.c, book_xml.c and book_reader.c; nobody else includes it. */
#ifndef WORKBOOK_BOOK_READING_H
#define WORKBOOK_BOOK_READING_H

#include "core/cells.h"
#include "record/ids.h"
#include "workbook/book_template.h"

#include <stdint.h>

struct spool;

#define NOBODY UINT32_MAX

enum {
    BOOK_INFO_LIMIT = 2000, /* readings that are told one by one; the rest are counted */
    BOOK_FAULT_LIMIT = 2000 /* errors and warnings likewise */
};

/* A sheet of the file that is one of the form's. */
struct read_sheet {
    const struct book_sheet *form; /* NULL: the form's sheet is not in the file, or has no heads */
    size_t sheet;                  /* in the file */
    const char *title;             /* as the file has it; NULL: it is not in the file */
    uint32_t head_row;
    int *of_column; /* the form's column of each column up to n_columns (from 1); -1: none */
    uint32_t n_columns;
    uint32_t *at;   /* where each of the form's columns stands, from 1; 0: nowhere */
    uint32_t *twin; /* a second column of the same head; 0: none */
    bool *headless; /* of each column up to n_columns: what stands there was reported */
};

/* A row that became a piece of XML: all of its element but the end tag, in the spool. */
struct read_row {
    size_t at;
    uint32_t len;
    uint32_t sheet, row;     /* of the form; of the file */
    uint16_t kind;           /* which of the form sheet's rows */
    uint32_t next;           /* of the same person or unit, in the order of the form's sheets */
    const char *id;          /* the element's; "" */
    const char *owner;       /* of an evidence: the entry as it is written; "" */
    uint32_t flaws, n_flaws; /* in the reading's list */
    bool blank;              /* it says nothing, and counts where rows are named by their numbers */
};

struct read_holder { /* a person or a unit */
    const char *id, *name;
    uint32_t row;         /* in rows */
    uint32_t unit;        /* a person's */
    uint32_t first, last; /* of its other rows */
    uint32_t next;        /* a person's: of the same unit */
    uint32_t people, last_person;
    const char *misnamed; /* what another sheet calls him otherwise, as was said last; NULL */
    bool faulty;
};

struct reading {
    const struct book_template *form;
    struct xlsx *file;
    const char *name; /* for messages */
    const char *dir;  /* of the files that it names */
    struct arena *arena;
    struct diag *remarks, *diag;
    struct read_sheet *sheets; /* one for each of the form's */
    struct spool *spool;
    struct buffer pieces;
    size_t written; /* bytes of pieces so far */
    struct read_row *rows;
    size_t n_rows, cap_rows;
    struct cell_flaw *flaws; /* without their lines */
    size_t n_flaws, cap_flaws;
    struct read_holder *people, *units;
    size_t n_people, cap_people, n_units, cap_units;
    struct ids people_ids, people_names, units_ids, units_names;
    /* Rows of 人员 and 单位 whose ids are not known, which is the cause when others name nobody. */
    struct ids unread_names; /* of people, folded */
    size_t n_unread_people, n_unread_units;
    uint32_t batch;                        /* in rows; NOBODY */
    uint32_t delegations, last_delegation; /* a list of rows */
    struct stray_id {
        const char *id, *near; /* near: somebody's that looks like it; NULL: none */
        size_t rows;
        bool asked; /* near was looked for */
    } * strays;     /* ids of rows that nobody has in 人员 */
    size_t n_strays, cap_strays;
    bool lost_sheet;     /* a sheet, of whatever entries, was not read */
    bool lost;           /* a sheet, or a row that all depend on, was not read */
    bool has_stray_rows; /* some that nobody is known to own were not */
    size_t infos, faults;
};

/* The place of a finding: a cell, a row's cell of a column of the form, or a sheet. */
struct book_place {
    const struct read_sheet *sheet;
    uint32_t row, column; /* 0: of the sheet as a whole */
    const struct book_column *about;
    const struct read_holder *who;
};

/* false for an error, as diag_add. */
bool book_say(struct reading *r, enum severity severity, struct book_place at, const char *zh,
              const char *en, ...) __attribute__((format(printf, 4, 6), format(printf, 5, 6)));

/* Is the row none of the data: a total, a remark below the table, or the columns' numbers right
 * below the heads? *column: which cell says so. */
enum book_aside { ASIDE_NONE, ASIDE_TOTAL, ASIDE_REMARK, ASIDE_NUMBERS };
enum book_aside book_aside(const struct book_template *form, const struct read_sheet *s,
                           const struct xlsx_row *row, struct arena *arena, uint32_t *column);

/* Finds the form's sheets and columns in the file. false: nothing can be read of it. */
bool book_find_sheets(struct reading *r);
/* Reads all rows into pieces; xlsx_broken tells whether the file failed. */
void book_read_rows(struct reading *r);
/* Puts the pieces together: the map and the people. Strings and arrays are in the arena, but for
 * the map's rows and flaws, which are malloc's. false: the spool failed. */
struct book_made;
bool book_put_together(struct reading *r, struct buffer *out, struct book_made *made);

#endif
