/* annotation.h - what of a page's annotations a printer puts on paper (ISO 32000-1, 12.5), and what
 * of them is lost.
 *
 * Print, Hidden and /OC decide as on a printer; NoView does not matter there. */
#ifndef BIND_ANNOTATION_H
#define BIND_ANNOTATION_H

#include "bind/drawing.h"
#include "bind/fit.h"
#include "bind/layers.h"

enum annotation_loss {
    /* of the document */
    LOSS_XFA,
    LOSS_SIGNATURE,
    LOSS_LAYER_NOT_PRINTED, /* name: the layer's */
    /* of a page; name: the annotation's kind, or the field's name */
    LOSS_NOT_PRINTED,
    LOSS_FIELD_NOT_PRINTED, /* it is filled in */
    LOSS_FIELD_ON_SCREEN,   /* it is not, but shows something */
    LOSS_UNSIGNED,          /* a place for a signature, which some readers mark on the screen */
    LOSS_GUESSED,           /* not lost, but drawn by its name alone */
    LOSS_NOT_MADE,
    LOSS_IMPOSSIBLE, /* an appearance of no possible size */
    LOSS_ODD_RECT,   /* not lost, but some readers do not show it */
    LOSS_OUTDATED,   /* not lost, but printed otherwise than it is seen */
    LOSS_TOO_MANY,
    /* and these stop the page from being bound */
    LOSS_GLYPH,
    LOSS_ROOM,
    LOSS_FIELD_GLYPH,
    LOSS_FIELD_ROOM,
    LOSS_FIELD_STATE,
    LOSS_COUNT
};

/* Holds no address: it travels between processes as it is. */
struct annotation_note {
    enum annotation_loss loss;
    size_t page; /* 0-based */
    uint32_t character;
    char name[120]; /* UTF-8 */
};

struct page_annotations {
    struct drawing *drawings;
    size_t n, cap;
    struct annotation_note *notes;
    size_t n_notes, cap_notes;
    bool read;
};

/* Those of a page that are more than links inside the document without a frame, of which there may
 * be thousands: their places in /Annots. */
struct annotation_places {
    size_t *list;
    size_t n, cap;
};

bool annotation_is_plain_link(struct qdoc *doc, qref annotation); /* it may lead to an address */

struct annotations; /* of a document */

/* pages: n of them, as they lie, and what of their annotations is to be looked at. Borrows all but
 * the arena's own. */
struct annotations *annotations_new(struct arena *arena, struct qdoc *doc, struct fonts *fonts,
                                    const struct layers *layers, const struct fit_page *pages,
                                    const struct annotation_places *places, size_t n);
/* Read once. All handles on the document's objects are released. */
const struct page_annotations *annotations_of(struct annotations *all, size_t page);
/* The losses of the document as a whole. */
const struct page_annotations *annotations_of_document(struct annotations *all);

#endif
