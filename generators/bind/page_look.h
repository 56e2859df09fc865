/* page_look.h - what a page of an attachment shows, as a number (layout/look.h): of its content,
 * what that draws with, and its annotations; wherever in the file they stand. */
#ifndef BIND_PAGE_LOOK_H
#define BIND_PAGE_LOOK_H

#include "bind/attachment_pages.h"

#include <stdint.h>

/* 0-based. To be asked when nothing else is any more: what cannot be read ends the document for
 * all. 0: it cannot be read, or not so deep as it is nested. */
uint64_t attachment_page_look(struct attachment_pages *s, size_t page);
void attachment_looks_free(struct attachment_pages *s); /* attachment_pages_close does */

#endif
