/* book.h - rows become an XLSX workbook. Only book.c sees libxlsxwriter. */
#ifndef SHEET_BOOK_H
#define SHEET_BOOK_H

#include "sheet/rows.h"

#include <stdio.h>

enum { SHEET_NAME_MAX = 31 }; /* UTF-16 units */

/* One list: a sheet of its own. */
struct sheet_list {
    const struct sheet_party *party;
    const size_t *rows;
    size_t n;
};

struct sheet_document {
    const struct sheet_template *template;
    struct sheet_rows *rows;
    const struct sheet_list *lists;
    size_t n_lists;
    bool by_unit; /* sheets are named after their parties, and a sheet before them lists them */
    const char *created; /* yyyy-mm-dd */
    bool draft;
};

/* The whole workbook into out, an empty file open for update, of which it makes its own descriptor.
 * All that cells cannot hold is reported, each with its cell; false then, or when the disk is full
 * or the system fails. */
bool sheet_write(const struct sheet_document *d, FILE *out, struct diag *diag);

/* A name that Excel takes, unlike the n taken ones whatever the case of their letters. */
char *sheet_name(struct arena *arena, const char *wanted, const char *const *taken, size_t n);

/* Cells that are to be one. They must not overlap: Excel repairs such a file by throwing all of
 * them away. */
struct sheet_range {
    size_t first_row, first_column, last_row, last_column;
};
/* The first of the ranges that the new one overlaps; NULL: none. */
const struct sheet_range *sheet_overlap(const struct sheet_range *ranges, size_t n,
                                        struct sheet_range with);

#endif
