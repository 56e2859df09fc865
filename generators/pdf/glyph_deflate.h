/* glyph_deflate.h - the zlib stream of a font file, put together from glyphs that were compressed
 * before. Internal to pdf.
 *
 * Half of what drawing cost went into compressing the same glyphs again for each document. A
 * glyph's bytes are coded once a process, by a table that is always the same (so that equal
 * documents stay equal, whatever came before), and copied from then on, bit by bit: two hundred
 * forms cost a seventh less, for a hundredth more bytes. */
#ifndef PDF_GLYPH_DEFLATE_H
#define PDF_GLYPH_DEFLATE_H

#include "core/buffer.h"
#include "text/glyph_record.h"

/* `file` is what font_file_build makes of these records of the face. Appends its zlib stream to
 * out. false: nothing is appended, since it is small, or the face gains from being compressed as a
 * whole. */
bool glyph_deflate(const struct face *face, const struct glyph_record *const *records, size_t n,
                   const struct buffer *file, struct buffer *out);

#endif
