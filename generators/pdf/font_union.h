/* font_union.h - one font file out of several subsets of one face, as font_file.h makes them: each
 * glyph once. */
#ifndef PDF_FONT_UNION_H
#define PDF_FONT_UNION_H

#include "core/buffer.h"

#include <stdbool.h>
#include <stdint.h>

struct font_union;

struct font_union *font_union_new(void);
void font_union_free(struct font_union *u); /* NULL is fine */

/* The units of the em of a file that font_file_build has made; 0: it is another one. */
int font_union_em(const unsigned char *file, size_t size);

/* Adds the glyphs of such a file, all of one em. gids: for each of the file's glyphs, in order, the
 * number of the union's as two bytes, the higher one first (a CIDToGIDMap); appended. false: it is
 * another kind of file, or there are too many glyphs; nothing is added. */
bool font_union_add(struct font_union *u, const unsigned char *file, size_t size,
                    struct buffer *gids);

/* The font file of all glyphs so far. Appends to out. */
void font_union_build(const struct font_union *u, struct buffer *out);

#endif
