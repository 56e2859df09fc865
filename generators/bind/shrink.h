/* shrink.h - a PDF of fewer bytes that shows the same. */
#ifndef BIND_SHRINK_H
#define BIND_SHRINK_H

#include "core/finding.h"

struct shrink {
    int quality; /* of pictures as JPEG; 0: they stay as they are */
    double dpi;  /* at the size in which they are printed; those of more are drawn with fewer dots,
                  * but no fewer than this */
};

/* from: a regular file, a PDF of ours. into: regular, empty, open for reading and writing. Streams
 * that are packed badly are packed anew; of pictures those that become smaller: JPEGs, and others
 * of 8 bits, grey or RGB. What has 1 bit, a palette or a colour that is not drawn stays. false:
 * reported. */
bool shrink_pdf(int from, const struct shrink *how, int into, struct diag *diag);

#endif
