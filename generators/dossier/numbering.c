/* numbering.c - see numbering.h. */
#include "dossier/numbering.h"

void numbering_place(struct numbering *n, struct page_run *run)
{
    bool begins = run->numbered && !n->begun; /* page 1 is a front side, too */

    run->blanks = n->duplex && (run->front || begins) && run->pages > 0 ? n->physical % 2 : 0;
    n->physical += run->blanks;
    if (begins) {
        n->before_first = n->physical;
        n->begun = true;
    }
    run->physical = n->physical + 1;
    run->stamped = run->numbered ? n->physical - n->before_first + 1 : 0;
    n->physical += run->pages;
}
