/* portrait.h - a photo of a person cut and drawn anew, so that it meets limits: upright, never
 * stretched. */
#ifndef MEDIA_PORTRAIT_H
#define MEDIA_PORTRAIT_H

#include "media/media.h"
#include "media/recode.h"

struct portrait_limits {
    size_t bytes_over, bytes_under;
    uint32_t width_over, height_over;
    double least_ratio, most_ratio; /* width to height */
};

/* Of an image that image_load has loaded, its file open. What is too wide loses as much at both
 * sides, what is too high at its foot; what is over the bytes is drawn with fewer pixels, down to
 * what the limits ask for, then at lower quality. Transparent parts become white. false: no such
 * picture can be made of it, since it is too small or cannot be decoded; out is empty. */
bool portrait_fit(const struct media_image *image, const struct portrait_limits *limits,
                  struct recoded *out);

#endif
