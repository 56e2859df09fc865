/* face.h - one face of one font file: what it can draw, what its glyphs measure, and the sequences
 * of characters that it composes.
 *
 * A code point counts as covered only when its glyph has ink (spaces apart) within bounds, and a
 * width, unless it is drawn over the character before. No face covers what nobody else can read
 * (utf8_is_unprintable), whatever it has at that place. Faces are mapped, not
 * read; what a glyph measures is asked of FreeType once. Widths are FreeType's advance * 1000 /
 * upem, truncated: the same integers that the PDF's W array gets. */
#ifndef TEXT_FACE_H
#define TEXT_FACE_H

#include "core/arena.h"
#include "core/finding.h"

#include <stdint.h>

struct FT_FaceRec_;
struct FT_LibraryRec_;
struct FT_Outline_;
struct face;

/* What is drawn in one place: a base, with its variation selector (0: none) and the combining marks
 * that follow it, or the letters of one Korean syllable. */
enum { SEQUENCE_MARKS = 6 };
struct font_sequence {
    uint32_t cp, vs;
    uint32_t marks[SEQUENCE_MARKS];
    size_t n_marks;
};

/* Reads the sequence at s (len > 0 bytes are there) and returns how many bytes it took. cp is
 * UTF8_BAD as utf8_next has it. */
size_t font_next(const char *s, size_t len, struct font_sequence *out);

/* A mark that is set at the character before it. */
bool font_is_mark(uint32_t cp);
/* A letter that is written from right to left, joined to its neighbours or set around them (Arabic,
 * Hebrew, Mongolian, Tibetan, Thai): set one after another as here it would be read as another
 * text. No face covers it. */
bool font_needs_shaping(uint32_t cp);

/* From this glyph id on stand a face's composites: glyphs that its file does not have. */
enum { FIRST_COMPOSITE = 0x10000 };

/* Font units from the origin. Within it, the difference of any two places fits into 16 bits. */
enum { GLYPH_FARTHEST = 16383 };

struct glyph {
    const struct face *face;
    uint32_t gid;
    uint32_t cp, vs; /* the base and its variation selector */
    int advance;     /* 1/1000 em */
    int left, right; /* where its ink begins and ends, 1/1000 em */
};

/* A sequence with marks: one glyph that the face has for all of it, or a base and its marks, each
 * moved to its place. */
struct font_part {
    uint32_t gid;
    int dx, dy; /* 1/1000 em */
};
struct font_composite {
    struct font_sequence sequence;
    struct font_part parts[1 + SEQUENCE_MARKS];
    size_t n;
    int advance, left, right;
};

/* How the outlines of a face are altered to match another's: scaled about the origin, then moved.
 */
struct face_fit {
    double scale;
    double dx, dy; /* 1/1000 em */
};

/* The glyph in this one face; false: not covered there. A selector that the face does not know
 * leaves the base's shape. */
bool face_glyph(const struct face *face, uint32_t cp, uint32_t vs, struct glyph *out);
/* The face knows just this variation sequence. */
bool face_variant(const struct face *face, uint32_t cp, uint32_t vs, struct glyph *out);
/* The same for a sequence with its marks (not in a fitted view): composed where the face has that
 * glyph (Unicode's canonical composition), else with the marks over or under the base. */
bool face_sequence(const struct face *face, const struct font_sequence *sequence,
                   struct glyph *out);
/* NULL: a glyph of the file. Borrowed until the next face_sequence. */
const struct font_composite *face_composite(const struct face *face, uint32_t gid);

const char *face_name(const struct face *face); /* PostScript name */
/* Are these two copies of one face, in two files? Of files of some megabytes it is not read whether
 * they hold the same: name, weight, size and number of glyphs tell. */
bool face_is_copy(const struct face *face, const struct face *other);
const char *face_file(const struct face *face);
/* For the PDF's font-file builder; do not free. */
struct FT_FaceRec_ *face_ft(const struct face *face);
/* The outline of a glyph of the file and its advance, font units; NULL: it cannot be read. Good
 * until the next question to the face. */
struct FT_Outline_ *face_outline(const struct face *face, uint32_t gid, int *advance);
/* What the builder keeps with a face (NULL: nothing yet); released when the face is closed. */
void *face_attached(const struct face *face);
void face_attach(const struct face *face, void *data, void (*release)(void *));
struct face_fit face_fit(const struct face *face);
/* Ink box of a glyph of the file as it is drawn, in 1/1000 em: left, bottom, right, top; false: no
 * ink. */
bool face_ink(const struct face *face, uint32_t gid, int box[4]);

/* What became of a file that fonts.xml names. */
enum font_source_state {
    FONT_ABSENT,
    FONT_READY,
    FONT_BROKEN, /* found, but not a font that can draw */
    FONT_BARRED  /* its licence forbids embedding or subsetting */
};

/* Opens the index'th face of the file, never NULL: what cannot be used says why. weight: of a
 * variable font; 0: none asked for, and a font that varies by weight is refused. The struct is the
 * arena's. */
struct face *face_open(struct FT_LibraryRec_ *library, const char *path, int index, int weight,
                       struct arena *arena);
/* Another view of an open face, whose Han characters have the body of those of model; NULL: they
 * have it already, or cannot be compared. Close it before the face. */
struct face *face_fitted(const struct face *face, const struct face *model, struct arena *arena);
void face_close(struct face *face);
const char *face_error(int error, struct arena *arena); /* one of FreeType's */

enum font_source_state face_state(const struct face *face);
const char *face_fault(const struct face *face, enum language language); /* of what is not ready */

#endif
