/* recode.h - a picture as a JPEG anew, with fewer pixels or less of what the eye does not see. */
#ifndef MEDIA_RECODE_H
#define MEDIA_RECODE_H

#include "core/buffer.h"

#include <stdbool.h>
#include <stdint.h>

struct recode {
    int quality;  /* libjpeg's, 1 to 100 */
    double scale; /* of the sides, at least; 1 or more: as many pixels as there are */
};

struct recoded {
    struct buffer jpeg; /* the caller's to clear */
    uint32_t width, height;
};

/* false, and nothing is in out: the data are damaged, or of colours that are left alone (CMYK
 * without Adobe's mark). The colours are those of the picture: grey, YCbCr, CMYK. Rows go through
 * one by one: no picture is held in memory but a progressive one. */
bool recode_jpeg(const unsigned char *jpeg, size_t size, const struct recode *how,
                 struct recoded *out);
/* The same of pixels of 1 or 3 components of 8 bits, row by row. */
bool recode_pixels(const unsigned char *pixels, uint32_t width, uint32_t height, int components,
                   const struct recode *how, struct recoded *out);

#endif
