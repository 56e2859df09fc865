/* font.h - font roles and their chains of candidate files: which face draws what.
 *
 * Faces are opened once per process, before workers are forked. Of a face that is not its role's
 * first, Han characters have the body and the baseline of the first one's. */
#ifndef TEXT_FONT_H
#define TEXT_FONT_H

#include "text/face.h"

enum font_role { ROLE_SONG, ROLE_FANGSONG, ROLE_KAI, ROLE_HEI, ROLE_BIAOSONG, ROLE_COUNT };

/* Every face is set in the ideographic em box: this much above and below the baseline, of 1 em. */
#define FONT_ASCENT 0.88
#define FONT_DESCENT 0.12

struct fonts; /* the roles of fonts.xml */

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

/* The first face in the role's chain that draws it; a sequence with a selector goes to the first
 * face that knows just that sequence, and only without one to the base's shape. Latin letters come
 * from the face that fonts.xml gives them. false: none does (gid 0 or no ink everywhere). */
bool fonts_sequence(struct fonts *f, enum font_role role, const struct font_sequence *sequence,
                    struct glyph *out);
bool fonts_glyph(struct fonts *f, enum font_role role, uint32_t cp, uint32_t vs, struct glyph *out);
/* The same from this face of the chain, where it can; Latin letters never from a face for Han only.
 */
bool fonts_sequence_of(struct fonts *f, enum font_role role, const struct face *face,
                       const struct font_sequence *sequence, struct glyph *out);
/* The first face of the chain that draws every character of the text, and every sequence that some
 * face of the chain knows; NULL: no single face does. */
const struct face *fonts_face_for_all(struct fonts *f, enum font_role role, const char *text,
                                      size_t len);
/* Likewise for a word in Latin letters, which is never drawn by two. */
const struct face *fonts_face_for_word(struct fonts *f, enum font_role role, const char *word,
                                       size_t len);
bool font_is_latin(uint32_t cp); /* a letter, or any other visible ASCII character */
/* Was another face taken than the role's first (or, for Latin letters, the one that fonts.xml gives
 * them)? */
bool fonts_falls_back(struct fonts *f, enum font_role role, const struct glyph *g);
const struct face *fonts_primary(struct fonts *f, enum font_role role); /* after fonts_require */
/* The chain's opened faces' names, joined by ", ", for messages that list what was tried. */
const char *fonts_tried(struct fonts *f, enum font_role role, struct arena *arena);

struct font_source {
    const char *file;    /* where it was found; absent: as fonts.xml names it */
    const char *package; /* what brings it; NULL: the user's own file */
    bool standin, rare;
    bool copy; /* of the face of a file before: nothing is drawn with it */
    enum font_source_state state;
    const char *reason[LANGUAGE_COUNT]; /* of FONT_BROKEN and FONT_BARRED */
    const struct face *face;            /* of FONT_READY */
};

/* The role's candidates in order, and what was found; opens the chain, reports nothing. */
const struct font_source *fonts_sources(struct fonts *f, enum font_role role, size_t *n);

#endif
