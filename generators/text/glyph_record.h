/* glyph_record.h - one glyph as the bytes of a TrueType glyf table, made once from its FreeType
 * outline.
 *
 * Records are kept with their face (and go away with it), so that a document copies what earlier
 * ones have built. */
#ifndef TEXT_GLYPH_RECORD_H
#define TEXT_GLYPH_RECORD_H

#include "text/font.h"

/* A record's bytes compressed: what the builder of font files keeps with it. */
struct glyph_bits {
    const unsigned char *bits; /* whole words of eight bytes */
    size_t n;                  /* 0: not yet */
};

struct glyph_record {
    const unsigned char *data; /* whole words */
    size_t size;               /* 0: no ink */
    uint32_t sum;              /* of the words: a table's checksum is the sum of its records' */
    int advance;               /* font units, as the box is */
    int box[4];                /* left, bottom, right, top */
    int points, contours;
    struct glyph_bits *coded; /* the builder's to fill; NULL: no ink */
};

/* What the builder of font files keeps with a face. */
struct glyph_shelf {
    struct arena *arena; /* ends with the face */
    enum { GLYPHS_UNJUDGED, GLYPHS_ONE_BY_ONE, GLYPHS_AS_WHOLE } verdict;
};

/* NULL: the outline cannot be read, or does not fit a TrueType glyph (16-bit places, 32767 points).
 */
const struct glyph_record *glyph_record_get(const struct face *face, uint32_t gid);

/* Units of the face's em: 16 to 16384; 0: outside of that, and none of its glyphs can be had. */
int glyph_record_em(const struct face *face);
struct glyph_shelf *glyph_record_shelf(const struct face *face);

#endif
