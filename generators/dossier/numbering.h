/* numbering.h - where everything stands in the bound volume: pure arithmetic on counts, nothing is
 * opened or drawn.
 *
 * Page 1 is the first sheet side after the contents, so that the contents' own length moves no
 * number. A number that is printed anywhere as a reference comes from here, and so does the number
 * that is stamped. */
#ifndef DOSSIER_NUMBERING_H
#define DOSSIER_NUMBERING_H

#include <stdbool.h>
#include <stddef.h>

/* Pages that follow one another. */
struct page_run {
    size_t pages;
    bool numbered; /* false: cover and contents, which stand before all numbered ones */
    bool front;    /* on both sides: begins on a front side */
    /* given by numbering_place; blanks before it are numbered like all pages once a numbered run
     * has been */
    size_t blanks, physical, stamped; /* 1-based; stamped 0: no number */
};

/* {.duplex = printed on both sides} stands before the first run. */
struct numbering {
    bool duplex;
    size_t physical;     /* pages so far: of the whole volume when the last run has its place */
    size_t before_first; /* pages before page 1 */
    bool begun;          /* page 1 has been given */
};

/* Gives the next run its place. */
void numbering_place(struct numbering *n, struct page_run *run);

#endif
