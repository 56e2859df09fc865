/* shared_font.h - one font file a face in a print run, whatever subsets of it the parts bring.
 * Internal to bind.
 *
 * Text stays as it is: each part keeps its font, whose codes lead to the glyphs of the common file
 * by a map (CIDToGIDMap). Fonts that are not made by pdf/ are left alone. */
#ifndef BIND_SHARED_FONT_H
#define BIND_SHARED_FONT_H

#include "bind/qdoc.h"

struct shared_fonts;

struct shared_fonts *shared_fonts_new(struct qdoc *out); /* borrows it */
void shared_fonts_free(struct shared_fonts *all);        /* NULL is fine */

/* Takes the font files out of what a part's page refers to, before the page is copied. */
void shared_fonts_take(struct shared_fonts *all, struct qdoc *part, qref page);
/* Leads the copied fonts to the common files, when all pages of the part are copied. */
void shared_fonts_give(struct shared_fonts *all, struct qdoc *part);
/* Puts the bytes of the common files, when all parts are there. */
void shared_fonts_finish(struct shared_fonts *all);

#endif
