/* jpeg_pixels.h - a JPEG as RGB pixels, decoded no larger than it is needed. Internal to media. */
#ifndef MEDIA_JPEG_PIXELS_H
#define MEDIA_JPEG_PIXELS_H

#include "media/media.h"

struct jpeg_pixels {
    unsigned char *rgb;   /* the caller frees it */
    size_t width, height; /* of the whole, scaled */
    size_t rows;          /* that are there */
};

/* At so many eighths of its size, and no more rows than wanted; `fine`: colours as a reader shows
 * them, not the nearest sample's. False: it is damaged, or has more than three components; nothing
 * is left to free. */
bool jpeg_pixels(const struct media_image *image, unsigned eighths, bool fine, size_t wanted,
                 struct jpeg_pixels *out);

#endif
