/* mark_sheet.h - a sheet of a workbook written again with the faulty cells filled; all else stands
 * as it stood. */
#ifndef WORKBOOK_MARK_SHEET_H
#define WORKBOOK_MARK_SHEET_H

#include "workbook/mark_styles.h"

#include <stdint.h>

struct marked_cell {
    uint32_t row, column; /* from 1 */
    enum severity worst;
    const char *lines; /* what is wrong, a finding a line; for its comment */
};

/* How large its cells are shown, in pixels of 1/96 inch. */
struct sheet_sizes {
    unsigned *widths; /* of each column, from 1; NULL: all are alike */
    struct column_size {
        uint32_t first, last;
        unsigned width;
    } * columns;
    struct row_size {
        uint32_t row;
        unsigned height;
    } * rows; /* by row; those that are not like the others */
    size_t n_columns, cap_columns, n_rows, cap_rows;
    unsigned width, height; /* of all others */
};

struct mark_sheet {
    const struct marked_cell *cells; /* by row and column */
    size_t n;
    const char *drawing; /* the id of a relation to name as its comments' boxes, unless the sheet
                          * names one; NULL: none is needed */
    const char *relation_space; /* the namespace of such ids */
    /* what is found out: */
    const char *own_drawing;             /* what the sheet itself names so; NULL: nothing */
    bool changed;                        /* is anything else than it was? */
    const struct marked_cell *patterned; /* one whose pattern the mark covers; NULL */
    struct sheet_sizes sizes;
};

/* The sheet's XML, behind what `out` holds; strings are in the arena. false: reported. */
bool mark_sheet_write(struct mark_sheet *s, struct archive *a, int part, struct mark_styles *styles,
                      struct arena *arena, struct buffer *out);
/* Of a column, of a row. */
unsigned sheet_width(const struct sheet_sizes *s, uint32_t column);
unsigned sheet_height(const struct sheet_sizes *s, uint32_t row);

#endif
