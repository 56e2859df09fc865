/* table.h - a table set to a width: column edges, row heights, cells filled; and a part of it
 * drawn. Internal.
 *
 * Which rows come on which page is flow.c's; what a part of a table looks like is decided here. */
#ifndef LAYOUT_TABLE_H
#define LAYOUT_TABLE_H

#include "layout/content.h"

struct set_cell {
    const struct box_cell *box;
    size_t row, column; /* of its upper left corner */
    double width;       /* between the column edges */
    struct content *content, *foot;
    struct cursor at;  /* what stands before it has been placed on earlier pages */
    struct cursor end; /* the content's end, or where an annex goes on */
    bool foot_done, label_drawn;
    struct content *annex_mark; /* says that the rest is on an annex; NULL: no annex */
};

struct set_row {
    const struct box_row *box;
    double height;
    size_t first, n;  /* its cells in set_table.cells: those that begin in this row */
    size_t group_end; /* the last row that a row span ties this one to */
};

struct set_table {
    const struct box_table *box;
    struct setter *setter; /* for the （续） of repeated labels */
    double *edges;         /* n_columns + 1, from the table's left side */
    double left;           /* of the table in its measure */
    struct set_row *rows;
    struct set_cell *cells;
    size_t n_cells;
    struct set_cell **spanning; /* those over several rows, from above: few, and asked for often */
    size_t n_spanning, cap_spanning;
    double head_height;
    struct content *continued;
};

/* A row's part on a page. */
struct row_part {
    size_t row;
    double height;
    bool begins, ends; /* the row's first part; its last */
};

/* From a row's cells: what was placed on this page. Index: the cell's number minus the row's first.
 */
struct cell_part {
    struct cursor from, to;
    bool foot;
};

struct set_table *table_set(struct setter *s, const struct box *box, double width, double cap);
double table_height(const struct set_table *t);
/* The least part of a row that can stand on a page, and what is left of it. */
double row_least(const struct set_table *t, size_t row);
double row_rest(const struct set_table *t, size_t row, double placed);
/* Takes what fits into room from each cell that spans this row alone; true: nothing is left of the
 * row. */
bool row_take(struct set_table *t, size_t row, double room, bool force, struct cell_part *parts);
/* What a cell spanning rows from above still needs so that the row that ends it does not cut it
 * off; above: height of its rows that are on this page already. */
double row_span_need(const struct set_table *t, size_t row, size_t first_on_page,
                     const double *heights);

/* Draws a part: consecutive rows (the head's, then others), cell parts of each row. x, y: its upper
 * left corner. Spanning cells are placed here, from where they stand. */
void table_draw(const struct canvas *canvas, struct set_table *t, const struct row_part *rows,
                size_t n, struct cell_part *const *parts, double x, double y);
void table_draw_whole(const struct canvas *canvas, struct set_table *t, double x, double y);

#endif
