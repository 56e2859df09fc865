/* cells.h - which cell of a workbook a line of XML was made of.
 *
 * A workbook is read once, into XML in our vocabulary (workbook/), and everything behind reads that
 * by line. A finding at such a line is shown at its cell instead: diag_pass asks here. The maps of
 * a run are set up before anything is read, and before processes are forked. */
#ifndef CORE_CELLS_H
#define CORE_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A column: the path below the row's element that it holds ("@name", "person/birth", "" for the
 * element's own text), and the label of that field. */
struct cell_column {
    const char *path, *label;
    const char *of;  /* the elements that have it, set off by blanks; "": all */
    uint32_t column; /* from 1 */
};

struct cell_sheet {
    const char *name;
    const struct cell_column *columns;
    size_t n;
    uint32_t first;       /* the column to show where no other is meant */
    uint32_t name_column; /* the one that only repeats the person's name; 0: none */
};

/* A row of a sheet, which became the lines from this one to the next row's. */
struct cell_row {
    long line;
    uint32_t sheet, row;
    const char *element; /* that it is, with its number in the parent left out: "project" */
    bool faulty;         /* see cells_faulty */
};

/* A value that could not be read, so that its word is missing: what may have been meant. */
struct cell_flaw {
    long line;        /* of its row's element */
    const char *path; /* below that: "@amount", "person/birth" */
    const char *const *readings;
    size_t n;
};

struct cell_map {
    const char *file;              /* as findings name it */
    const struct cell_flaw *flaws; /* by line */
    size_t n_flaws;
    const struct cell_sheet *sheets;
    size_t n_sheets;
    const struct cell_row *rows; /* by line */
    size_t n_rows;
    bool lost_sheet; /* one whose entries others may cite was not read */
};

/* Borrowed; n 0: none any more. */
void cells_use(const struct cell_map *maps, size_t n);

enum { CELL_NAME = 16 };
/* The sheet, and the cell's name ("D7"); false: the line is none of a workbook's. field: a path
 * below the applicant, or the unit ("project[2]/@amount"), NULL: unknown; label: the field's. */
bool cells_find(const char *file, long line, const char *field, const char *label,
                const char **sheet, char cell[CELL_NAME]);
/* The same, where the row has a column for this very field; false: it has none. */
bool cells_hold(const char *file, long line, const char *field, const char **sheet,
                char cell[CELL_NAME]);
/* The cell of the line's row that repeats the person's name; false: it has none. */
bool cells_find_name(const char *file, long line, const char **sheet, char cell[CELL_NAME]);
/* Those of the row whose element begins on the line; element: its name. */
size_t cells_flaws(const char *file, long line, const struct cell_flaw **out, const char **element);
/* Was something in the row, or in those that belong to what it begins, not read as it should be? */
bool cells_faulty(const char *file, long line);
/* Has the file a sheet that was not read, and was reported? What it holds is missed everywhere. */
bool cells_lost(const char *file);
/* "D7", "AA10". */
const char *cell_name(char out[CELL_NAME], uint32_t row, uint32_t column); /* out */

#endif
