/* plan.h - where everything stands in the bound volume: pure arithmetic on counts, nothing is
 * opened or drawn.
 *
 * Page 1 is the first sheet side after the contents, so that the contents' own length moves no
 * number. A number that is printed anywhere as a reference comes from here, and so does the number
 * that is stamped. */
#ifndef DOSSIER_PLAN_H
#define DOSSIER_PLAN_H

#include "core/arena.h"

#include <stdbool.h>

struct plan_entry {
    size_t pages;
    bool numbered; /* false: cover and contents, which stand before all numbered ones */
    bool front;    /* on both sides: begins on a front side */
    /* out; blanks before it are numbered like all pages once a numbered entry has been */
    size_t blanks, physical, stamped; /* 1-based; stamped 0: no number */
};

/* Gives each entry its places; the pages of the whole volume. duplex: printed on both sides. */
size_t plan_number(struct plan_entry *entries, size_t n, bool duplex);

/* "2-4,7" of a document of n pages, 1-based, each page once, in the order named; NULL or "": all.
 * 0: no page at all, or *bad (when given) is the first number that is none of the document's (0:
 * not a list). */
size_t plan_select(const char *text, size_t n, struct arena *arena, size_t **out, size_t *bad);
/* "1-3,7": the shortest way to write a list of pages. */
const char *plan_ranges(const size_t *pages, size_t n, struct arena *arena);

#endif
