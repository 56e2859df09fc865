/* shrink.h - a PDF of fewer bytes that shows the same. */
#ifndef BIND_SHRINK_H
#define BIND_SHRINK_H

#include "core/finding.h"

struct shrink {
    int quality; /* of pictures as JPEG; 0: they stay as they are */
    double dpi;  /* at the size in which they are printed; those of more are drawn with fewer dots,
                  * but no fewer than this */
    long side;   /* in pixels: a picture with a longer one is drawn anew though that may cost
                  * bytes; 0: none is */
    bool others; /* pictures whose sides are shorter are drawn anew, too */
};

/* from: a regular file, a PDF of ours. into: regular, empty, open for reading and writing. Streams
 * that are packed badly are packed anew; of pictures those that become smaller: JPEGs, and others
 * of 8 bits, grey or RGB. What has 1 bit, a palette or a colour that is not drawn stays. false:
 * reported. */
bool shrink_pdf(int from, const struct shrink *how, int into, struct diag *diag);

/* The longest side of all pictures that a PDF draws, in pixels; 0: it draws none; -1: reported. */
long shrink_longest_side(int pdf, struct diag *diag);

#endif
