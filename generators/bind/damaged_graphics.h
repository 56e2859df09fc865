/* damaged_graphics.h - pictures and forms that a page draws and whose data break off or are not
 * there: it is printed with a hole, a grey block or less than there should be. Internal to bind. */
#ifndef BIND_DAMAGED_GRAPHICS_H
#define BIND_DAMAGED_GRAPHICS_H

#include "bind/attachment_pages.h"
#include "bind/qdoc.h"

/* Sets damaged of each of the pages (from 1) that draws such a thing, its annotations included. */
void damaged_graphics_find(struct attachment_pages *s, const size_t *pages, size_t n,
                           bool *damaged);
/* Does this content of a page draw something that its resources name and that is not in the file?
 * qpdf passes over such names where it lists them. */
bool damaged_graphics_absent(struct qdoc *d, qref page, const struct buffer *content);

#endif
