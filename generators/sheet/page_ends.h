/* page_ends.h - where the last page of a printed sheet begins. Pure functions.
 *
 * Readers scale a sheet to the paper's width each in its own way, so that nobody knows how many
 * rows a page of theirs holds. The last page alone is begun by hand, at a row from which all
 * readers have the rest on one page. */
#ifndef SHEET_PAGE_ENDS_H
#define SHEET_PAGE_ENDS_H

#include <stddef.h>

/* Heights in points of the sheet. */
struct page_ends {
    double room, head; /* of a page; what is repeated on each but the first */
    double used;       /* of the open page */
    size_t begin;      /* its first row; 0: it is the first */
};

/* room: of a page in the reader that has the least. */
void page_ends_begin(struct page_ends *p, double room, double head);
void page_ends_add(struct page_ends *p, size_t row, double height);
/* The row to begin the last page with, when rows of the height tail follow; 0: all is one page.
 * With the tail stand all rows from latest on. */
size_t page_ends_last(const struct page_ends *p, double tail, size_t latest);

#endif
