/* font.h - font roles, their chains of candidate files, and what each face can draw.
 *
 * A code point counts as covered only when its glyph has ink (spaces apart). Faces are mapped and opened once per
 * process, before workers are forked; glyph answers are cached per role. Widths are FreeType's advance * 1000 / upem,
 * truncated: the same integers that the PDF's W array gets. */
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
};

/* dirs: directories searched in order for fonts.xml and for the candidates' own files (-F overlays first, then
 * ours), NULL-ended. Reports template-like faults with file:line; NULL on one. Opens no font yet. */
struct fonts *fonts_new(const char *const *dirs, struct diag *diag);
void fonts_free(struct fonts *f);
/* A role with no file at all is a system error that names the package to install; a chain whose first available
 * candidate is of another style warns once per process. True when the role can draw. */
bool fonts_require(struct fonts *f, enum font_role role, struct diag *diag);
bool font_role_parse(const char *name, enum font_role *out); /* "song", "fangsong", "kai", "hei", "biaosong" */
const char *font_role_name(enum font_role role);
const char *font_role_title(enum font_role role); /* 宋, 仿宋, ... */

/* The first face in the role's chain that draws it. false: none does (gid 0 or no ink everywhere). */
bool fonts_glyph(struct fonts *f, enum font_role role, uint32_t cp, uint32_t vs, struct glyph *out);
/* The first face of the chain that draws every character of the text; NULL: no single face does. */
const struct face *fonts_face_for_all(struct fonts *f, enum font_role role, const char *text, size_t len);
/* The glyph in this one face; false: not covered there. */
bool face_glyph(const struct face *face, uint32_t cp, uint32_t vs, struct glyph *out);
const struct face *fonts_primary(struct fonts *f, enum font_role role); /* after fonts_require */
/* The chain's opened faces' names, joined by ", ", for messages that list what was tried. */
const char *fonts_tried(struct fonts *f, enum font_role role, struct arena *arena);

const char *face_name(const struct face *face);     /* PostScript name */
const char *face_file(const struct face *face);
struct FT_FaceRec_ *face_ft(const struct face *face); /* for the PDF's font-file builder; do not free */
unsigned face_id(const struct face *face);            /* small dense number, stable in a process */
/* Ink box of a glyph in 1/1000 em: left, bottom, right, top; false: no ink. */
bool face_ink(const struct face *face, uint32_t gid, int box[4]);

#endif
