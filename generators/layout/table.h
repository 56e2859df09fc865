/* table.h - a table set to a width: column edges, row heights, cells filled; what of it stands on a
 * page, settled; and that drawn. Internal.
 *
 * Which rows come on which page is flow.c's; what a part of a table looks like is decided here. */
#ifndef LAYOUT_TABLE_H
#define LAYOUT_TABLE_H

#include "layout/content.h"

struct set_cell {
    const struct box_cell *box;
    size_t row, column; /* of its upper left corner */
    double width;       /* between the column edges */
    double inner_width; /* less the padding */
    struct content *content, *foot;
    struct cursor at;  /* where the next page goes on */
    struct cursor end; /* the content's end, or where an annex goes on */
    bool foot_done, label_shown, overflow_reported;
    struct content *annex_mark; /* the words that send the reader to the annex; NULL: no annex */
};

struct set_row {
    const struct box_row *box;
    double height;
    double on_page;   /* of that the part on the page that is being planned */
    size_t first, n;  /* the cells in set_table.cells that begin in this row */
    size_t group_end; /* the last row that a row span ties this row to */
};

struct set_table {
    const struct box_table *box;
    struct setter *setter; /* for the （续） of repeated labels */
    double *edges;         /* n_columns + 1, from the table's left side */
    double left;           /* of the table in its measure */
    struct set_row *rows;
    struct set_cell *cells;
    size_t n_cells;
    struct set_cell **spanning; /* cells over several rows, from above: few, and asked for often */
    size_t n_spanning, cap_spanning;
    double head_height;
    struct content *continued;
    struct table_part *whole; /* settled in one piece, as tables inside cells are; else NULL */
};

/* A row's part on a page. */
struct row_part {
    size_t row;
    double height;
    bool is_first, is_last; /* of the parts that page breaks make of the row */
};

/* The part of a cell on a page. In arrays the index is the cell's number minus its row's first. */
struct cell_part {
    struct cursor from, to;
    bool foot;
};

/* What of a cell stands on a page. */
struct cell_piece {
    const struct set_cell *cell;
    const struct content *content; /* the cell's, or its label with （续）; NULL: lines only */
    struct cell_part part;
    size_t first_row, last_row; /* indexes into table_part.rows */
};

/* What of a table stands on a page: consecutive rows (the head's, then others) and the pieces of
 * their cells. */
struct table_part {
    const struct set_table *table;
    const struct row_part *rows;
    size_t n;
    struct cell_piece *pieces; /* as they are drawn: cells of one row, then cells over several */
    size_t n_pieces;
};

struct set_table *table_set(struct setter *s, const struct box *box, double width, double cap);
/* to: the first row behind them. */
double rows_height(const struct set_table *t, size_t from, size_t to);
/* The least height of a row's next part, and the height of all that is left of the row. */
double row_least(const struct set_table *t, size_t row);
double row_rest(const struct set_table *t, size_t row, double placed);
/* Gives the page what fits into room of each cell in this row alone; true: nothing is left of the
 * row. */
bool row_break(struct set_table *t, size_t row, double room, struct cell_part *parts);
/* The height of a row that lets all cells that end in it hold their rest; first_on_page: the first
 * row on the page that is being planned. *of: the cell that needs the most, unless it is NULL. */
double row_span_need(const struct set_table *t, size_t row, size_t first_on_page,
                     struct set_cell **of);

/* Settles a part, when the heights of its rows are final: cells over several rows give what is left
 * of them to the pages in turn, and what they cannot place is reported. parts: of each row, by its
 * cells; NULL: all of them. Borrows rows. */
struct table_part *table_settle(struct set_table *t, const struct row_part *rows, size_t n,
                                struct cell_part *const *parts);
struct table_part *table_settle_whole(struct set_table *t);

/* x, y: the part's upper left corner. */
void table_draw(const struct canvas *canvas, const struct table_part *part, double x, double y);

#endif
