/* font_file.h - a TrueType font file of just the used glyphs. Internal to pdf.
 *
 * Six tables (glyf head hhea hmtx loca maxp): what PDF asks of a CIDFontType2 with an identity
 * CIDToGIDMap. */
#ifndef PDF_FONT_FILE_H
#define PDF_FONT_FILE_H

#include "core/buffer.h"
#include "text/glyph_record.h"

enum { FONT_FILE_GLYPHS = 12 + 16 * 6 }; /* where they begin: behind the tables' directory */

/* Glyph i + 1 of the file is records[i]; glyph 0 is an empty .notdef. n < 65535, the records have
 * less than 1 GiB. Nothing in it depends on anything but the records. Appends to out. */
void font_file_build(int units_per_em, const struct glyph_record *const *records, size_t n,
                     struct buffer *out);

#endif
