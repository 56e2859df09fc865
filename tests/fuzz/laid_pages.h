/* laid_pages.h - what must be true of the pages of any paper: every character of the record's texts
 * stands on them, in order; all is on its sheet; no text stands upon another. */
#ifndef FUZZ_LAID_PAGES_H
#define FUZZ_LAID_PAGES_H

#include "layout/page.h"

/* Of pages that are not closed yet. */
void laid_pages_hold(const struct pages *pages);

#endif
