/* look.h - what a page shows, as a number: two pages of one number print alike, so that who has
 * printed a document need print those pages alone that look otherwise now. What nobody sees (links,
 * outline, text for copying) does not count. */
#ifndef LAYOUT_LOOK_H
#define LAYOUT_LOOK_H

#include "core/buffer.h"
#include "layout/page.h"

enum { LOOK_HEX = 12 }; /* digits of a page, in a text that holds those of all pages */

uint64_t page_look(const struct pages *pages, size_t page);
/* Appends the digits of one page, or of all. */
void look_put(struct buffer *out, uint64_t look);
void looks_put(struct buffer *out, const struct pages *pages);

#endif
