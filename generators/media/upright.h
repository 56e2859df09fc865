/* upright.h - a picture's pixels as they are seen: RGB, over white, upright. */
#ifndef MEDIA_UPRIGHT_H
#define MEDIA_UPRIGHT_H

#include "media/media.h"

struct upright {
    unsigned char *pixels; /* RGB; the caller frees them */
    uint32_t width, height;
};

/* After image_load, while the file is open. A JPEG is decoded no smaller than longest pixels a
 * side, if it has so many. false: it is too large, damaged, or of other colours than grey and RGB.
 */
bool upright_make(const struct media_image *image, uint32_t longest, struct upright *out);

#endif
