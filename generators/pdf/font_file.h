/* font_file.h - a TrueType font file of just the used glyphs, built from FreeType outlines. Internal to pdf.
 *
 * Six tables (glyf head hhea hmtx loca maxp): what PDF asks of a CIDFontType2 with an identity CIDToGIDMap. TrueType outlines
 * keep their quadratics (implied on-curve points are written out, rounded), CFF's cubics become quadratics. Nothing in it depends on anything but the glyphs. */
#ifndef PDF_FONT_FILE_H
#define PDF_FONT_FILE_H

#include "core/buffer.h"
#include "text/font.h"

#include <stdbool.h>

/* Glyph i + 1 of the file is gids[i] of the face; glyph 0 is an empty .notdef. n < 65535. false: an outline cannot be
 * read, its index is in *bad. */
bool font_file_build(const struct face *face, const uint32_t *gids, size_t n, struct buffer *out, size_t *bad);

#endif
