/* pdf_picture.h - a picture of a PDF, as its dictionary describes it. Internal to bind. */
#ifndef BIND_PDF_PICTURE_H
#define BIND_PDF_PICTURE_H

#include "bind/qdoc.h"

struct pdf_picture {
    qref stream;
    long width, height;
    bool jpeg;
    int components; /* of what is no JPEG */
    /* Nothing but Flate makes it of rows, each with a byte in front of it that is a PNG's filter,
     * or without one. */
    bool flate, filtered;
};

/* Is it a JPEG, or pixels of 8 bits, grey or RGB, without a mask of colours? */
bool pdf_picture_read(struct qdoc *d, int id, struct pdf_picture *out);

#endif
