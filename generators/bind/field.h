/* field.h - the look of a form field (ISO 32000-1, 12.7): its own appearance stream where that
 * shows the field's value, else one that is made of the value. Internal to bind. */
#ifndef BIND_FIELD_H
#define BIND_FIELD_H

#include "bind/drawing.h"

enum field_end {
    FIELD_OWN, /* m->drawing->state says which appearance */
    FIELD_MADE,
    FIELD_NOTHING,
    FIELD_UNSIGNED, /* a place for a signature, without one; it may have an appearance */
    FIELD_STALE,    /* made, since its appearance shows another value */
    FIELD_NO_GLYPH,
    FIELD_TOO_LONG,
    FIELD_NO_STATE /* a button whose state cannot be told */
};

/* The interactive form that a document's fields belong to. */
struct field_form {
    qref form; /* /AcroForm; 0: none */
    bool need_appearances;
};
struct field_form field_form(struct qdoc *d);

/* Partial names joined by dots, as the arena's. */
const char *field_name(struct qdoc *d, qref widget, struct arena *arena);
/* Would the field be missed on paper: has it a value, or a state other than off? */
bool field_filled(struct qdoc *d, qref widget);
/* Does its own appearance show more than a frame: a caption, options, a signature? */
bool field_shows(struct qdoc *d, qref widget);
enum field_end field_make(struct drawing_maker *m, const struct field_form *form, qref widget);

/* The appearance stream of an annotation below /N; state "": /N itself. 0: there is none. */
qref field_appearance(struct qdoc *d, qref annotation, const char *state);

#endif
