/* outside_font.h - fonts that a page is set in and the file does not hold: where they are missing,
 * others take their place. Internal to bind. */
#ifndef BIND_OUTSIDE_FONT_H
#define BIND_OUTSIDE_FONT_H

#include "bind/attachment_pages.h"
#include "core/finding.h"

/* A warning for each such font that letters of these pages (1-based) are seen in. The 14 fonts that
 * every reader has are none (ISO 32000-1, 9.6.2.2), and neither is one of invisible letters only,
 * such as lie over a scan. damaged: n of them, set for a page that refers to fonts or forms that
 * cannot be read. */
void outside_fonts_warn(const struct attachment_pages *of, const size_t *pages, size_t n,
                        bool *damaged, const struct finding *where, struct diag *diag);

#endif
