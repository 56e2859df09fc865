/* verify.h - reads a finished workbook's parts back: libxlsxwriter does not notice when the disk is
 * full while it writes its temporary files, and packs what is there. */
#ifndef SHEET_VERIFY_H
#define SHEET_VERIFY_H

#include <stdbool.h>
#include <stddef.h>

/* What cells a sheet has: how many rows and cells, and a sum over the places and texts of all of
 * them. A cell is counted where it is written and again where it is read. */
struct verify_cells {
    size_t rows, cells, next_row;
    unsigned long long sum;
};
/* Rows are written in order; a cell above the row that is being written is dropped by
 * libxlsxwriter, which has written it before. text "": a blank one. */
void verify_row_written(struct verify_cells *c, size_t row);
void verify_cell_written(struct verify_cells *c, size_t row, size_t column, const char *text);
bool verify_same_cells(const struct verify_cells *a, const struct verify_cells *b);

/* The rows of a sheet as they wait in libxlsxwriter's temporary file: bytes, their CRC-32, and the
 * cells that they hold. */
struct verify_rows {
    long long len;
    unsigned long sum;
    struct verify_cells cells;
};
/* Of the first len bytes of a file; false: there are fewer, or no cells in them can be read. */
bool verify_rows_of(int fd, long long len, struct verify_rows *out);

/* Is every part whole: packed without loss, all its elements ended, and in the part of the i-th
 * sheet, of n, just these rows? Len 0: nothing is known of its rows. */
bool verify_workbook(int fd, const struct verify_rows *worksheets, int n);

#endif
