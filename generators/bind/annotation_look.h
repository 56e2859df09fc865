/* annotation_look.h - the look of an annotation that brings no appearance stream (ISO
 * 32000-1, 12.5.6), as poppler and MuPDF draw it. Internal to bind. */
#ifndef BIND_ANNOTATION_LOOK_H
#define BIND_ANNOTATION_LOOK_H

#include "bind/drawing.h"

enum annotation_look_end {
    LOOK_MADE,
    LOOK_GUESSED, /* made, of a kind that each reader draws in its own way */
    LOOK_NOTHING, /* no reader draws anything of its kind, or it is empty */
    LOOK_UNKNOWN, /* a kind, or a state of one, that is not made here */
    LOOK_NO_GLYPH,
    LOOK_TOO_LONG
};

/* Into m->drawing and m->content. */
enum annotation_look_end annotation_look_make(struct drawing_maker *m, qref annotation);

#endif
