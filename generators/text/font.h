/* font.h - font roles, their chains of candidate files, and what each face can draw.
 *
 * A code point counts as covered only when its glyph has ink (spaces apart). Faces are mapped, not
 * read, and opened once per process, before workers are forked; what a glyph measures is asked of
 * FreeType once. Widths are FreeType's advance * 1000 / upem, truncated: the same integers that the
 * PDF's W array gets. */
#ifndef TEXT_FONT_H
#define TEXT_FONT_H

#include "core/finding.h"

#include <stdint.h>

enum font_role { ROLE_SONG, ROLE_FANGSONG, ROLE_KAI, ROLE_HEI, ROLE_BIAOSONG, ROLE_COUNT };

/* Every face is set in the ideographic em box: this much above and below the baseline, of 1 em. */
#define FONT_ASCENT 0.88
#define FONT_DESCENT 0.12

struct FT_FaceRec_;
struct face;  /* one face of one file */
struct fonts; /* the roles of fonts.xml */

struct glyph {
    const struct face *face;
    uint32_t gid;
    uint32_t cp, vs; /* the input sequence: base and variation selector (0: none) */
    int advance;     /* 1/1000 em */
    int left, right; /* where its ink begins and ends, 1/1000 em */
};

/* dirs: directories searched in order for fonts.xml and for the candidates' own files (-F overlays
 * first, then ours), NULL-ended. Reports template-like faults with file:line; NULL on one. Opens no
 * font yet. */
struct fonts *fonts_new(const char *const *dirs, struct diag *diag);
void fonts_free(struct fonts *f);
/* Opens the role's chain. A role with no file at all is a system error that names the package to
 * install; a chain whose first available candidate is of another style warns once per process, as
 * does each file that is broken or must not be embedded. True when the role can draw. */
bool fonts_require(struct fonts *f, enum font_role role, struct diag *diag);
#define FONT_ROLE_WORDS "song fangsong kai hei biaosong" /* in the enum's order */
bool font_role_parse(const char *name, enum font_role *out);
const char *font_role_name(enum font_role role);
const char *font_role_title(enum font_role role); /* 宋, 仿宋, ... */

/* Reads one character at s (len > 0 bytes are there) with the variation selector behind it (*vs, 0:
 * none), and says in *used how many bytes they took. UTF8_BAD as utf8_next. */
uint32_t font_next(const char *s, size_t len, size_t *used, uint32_t *vs);
/* The first face in the role's chain that draws it; a sequence with a selector goes to the first
 * face that knows just that sequence, and only without one to the base's shape. false: none does
 * (gid 0 or no ink everywhere). */
bool fonts_glyph(struct fonts *f, enum font_role role, uint32_t cp, uint32_t vs, struct glyph *out);
/* The first face of the chain that draws every character of the text, and every sequence that some
 * face of the chain knows; NULL: no single face does. */
const struct face *fonts_face_for_all(struct fonts *f, enum font_role role, const char *text,
                                      size_t len);
/* The glyph in this one face; false: not covered there. */
bool face_glyph(const struct face *face, uint32_t cp, uint32_t vs, struct glyph *out);
/* Was another face taken than the role's first (or, for ASCII, the one that fonts.xml gives it)? */
bool fonts_falls_back(struct fonts *f, enum font_role role, const struct glyph *g);
const struct face *fonts_primary(struct fonts *f, enum font_role role); /* after fonts_require */
/* The chain's opened faces' names, joined by ", ", for messages that list what was tried. */
const char *fonts_tried(struct fonts *f, enum font_role role, struct arena *arena);

const char *face_name(const struct face *face); /* PostScript name */
const char *face_file(const struct face *face);
/* For the PDF's font-file builder; do not free. */
struct FT_FaceRec_ *face_ft(const struct face *face);
/* Ink box of a glyph in 1/1000 em: left, bottom, right, top; false: no ink. */
bool face_ink(const struct face *face, uint32_t gid, int box[4]);

/* What became of a candidate of fonts.xml. */
enum font_source_state {
    FONT_ABSENT,
    FONT_READY,
    FONT_BROKEN, /* found, but not a font that can draw */
    FONT_BARRED  /* its licence forbids embedding or subsetting */
};

struct font_source {
    const char *file;    /* where it was found; absent: as fonts.xml names it */
    const char *package; /* what brings it; NULL: the user's own file */
    bool standin, rare;
    enum font_source_state state;
    const char *why[LANGUAGE_COUNT]; /* of FONT_BROKEN and FONT_BARRED */
    const struct face *face;         /* of FONT_READY */
};

/* The role's candidates in order, and what was found; opens the chain, reports nothing. */
const struct font_source *fonts_sources(struct fonts *f, enum font_role role, size_t *n);

#endif
