/* font_listing.h - which files and faces draw what, as tables on standard output for a person;
 * quiet: nothing is written, only asked. */
#ifndef TEXT_FONT_LISTING_H
#define TEXT_FONT_LISTING_H

#include "core/finding.h"
#include "text/font.h"

/* Each role's files: in use, broken, to be had and how; dir: where the user's own files go. 0, or 2
 * when a role has no font. */
int font_listing_roles(struct fonts *fonts, const char *dir, enum language lang, bool quiet,
                       struct diag *diag);
/* The face of each role that draws each character of text. 0, 1 when some character is drawn by no
 * face of some role, 2 as before. */
int font_listing_cover(struct fonts *fonts, const char *text, enum language lang, bool quiet,
                       struct diag *diag);

#endif
