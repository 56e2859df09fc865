/* drawing.h - what is put on paper of one annotation: its own appearance stream, or one that is
 * made for it, in the user space of the page that it belongs to.
 *
 * Internal to bind. annotation_look.c and field.c make drawings, bind.c puts them into the volume.
 */
#ifndef BIND_DRAWING_H
#define BIND_DRAWING_H

#include "bind/lettering.h"
#include "bind/qdoc.h"

/* A set text; its page's lower left corner is the origin of its space. */
struct drawing_text {
    struct page page;
    double matrix[6];   /* to user space */
    const char *colour; /* operators that set it */
};

struct drawing {
    size_t annotation; /* its index in /Annots */
    const char *state; /* own appearance: the key below /N, "" where /N is the stream; NULL: made */
    double matrix[6];  /* to user space: from the own appearance's, or of what was made */
    const char *content;        /* made: operators */
    double opacity;             /* made: 0 to 1 */
    bool multiplied;            /* made: it darkens what lies below (highlighting) */
    bool keeps_size;            /* NoZoom: its size is the same on a page that is made smaller */
    double corner[2];           /* the upper left one, which stays where it is then */
    struct drawing_text *texts; /* made: over the content */
    size_t n_texts, cap_texts;
};

/* A drawing being made. */
struct drawing_maker {
    struct arena *arena; /* of the drawing */
    struct qdoc *doc;
    struct fonts *fonts;
    struct buffer content;
    struct drawing *drawing;
    bool own_is_impossible; /* the own appearance cannot be placed: it counts as none */
    uint32_t missing;       /* with LETTERING_NO_GLYPH */
};

/* Numbers of PDF that can stand on a page; a reader that cannot make out one may drop all that
 * follows. */
#define DRAWING_LARGEST 1e6
bool drawing_numbers(struct qdoc *d, qref array, double *out, size_t n);
/* An annotation's /Rect: left bottom right top. false: it has no area, or none that is possible. */
bool drawing_rect(struct qdoc *d, qref annotation, double out[4]);
/* The same of one that may have no area. */
bool drawing_corners(struct qdoc *d, qref annotation, double out[4]);
/* Appends the operator that sets a colour array for filling or stroking; false: it is absent, or
 * the empty one, which is transparent. */
bool drawing_colour(struct drawing_maker *m, qref array, bool stroke);

/* /Border or /BS. */
struct drawing_border {
    double width;
    bool stated; /* else the width is the default of 1 */
    char style;  /* S B I U D: solid, beveled, inset, underline, dashed */
};
/* Appends width and dashes. */
struct drawing_border drawing_border(struct drawing_maker *m, qref annotation);
void drawing_box(struct drawing_maker *m, const double rect[4], double inset);

/* A default appearance string (12.7.3.3). */
struct drawing_look {
    const char *font;          /* its resource name; "" */
    double size;               /* 0: as large as its box allows */
    const char *fill, *stroke; /* the colour, as operators */
};
struct drawing_look drawing_look(struct drawing_maker *m, const char *text);
/* The role that comes nearest to a font: by its resource name, or better the name of the font. */
enum font_role drawing_role(const char *font);

/* Sets a text into a box of user space, turned a multiple of 90 degrees counter-clockwise. */
enum lettering_end drawing_add_text(struct drawing_maker *m, const char *text, const double box[4],
                                    int turn, const struct lettering_style *style,
                                    const char *colour);

#endif
