/* markup.h - the look of an annotation that brings no appearance stream (ISO 32000-1, 12.5.6), as
 * poppler and MuPDF draw it. Internal to bind. */
#ifndef BIND_MARKUP_H
#define BIND_MARKUP_H

#include "bind/drawing.h"

enum markup_end {
    MARKUP_MADE,
    MARKUP_NOTHING, /* no reader draws anything of its kind, or it is empty */
    MARKUP_UNKNOWN, /* a kind, or a state of one, that is not made here */
    MARKUP_NO_GLYPH,
    MARKUP_TOO_LONG
};

/* Into m->drawing and m->content. */
enum markup_end markup_make(struct drawing_maker *m, qref annotation);

#endif
