/* portrait.c - see portrait.h. */
#include "media/portrait.h"

#include "media/upright.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHANNELS = 3, LONGEST_SIDE = 2000 };

/* To the nearest shape that is allowed. */
static void crop(struct upright *r, const struct portrait_limits *l)
{
    uint32_t width = r->width, height = r->height, left;
    if (width > height * l->most_ratio)
        width = (uint32_t)floor(height * l->most_ratio);
    else if (width < height * l->least_ratio)
        height = (uint32_t)floor(width / l->least_ratio);
    left = (r->width - width) / 2;
    for (uint32_t y = 0; y < height; y++)
        memmove(r->pixels + (size_t)y * width * CHANNELS,
                r->pixels + ((size_t)y * r->width + left) * CHANNELS, (size_t)width * CHANNELS);
    r->width = width;
    r->height = height;
}

static bool is_within(const struct recoded *p, const struct portrait_limits *l)
{
    double ratio = p->height ? (double)p->width / p->height : 0;
    return p->jpeg.len > l->bytes_over && p->jpeg.len < l->bytes_under &&
           p->width > l->width_over && p->height > l->height_over && ratio >= l->least_ratio &&
           ratio <= l->most_ratio;
}

/* The best that is small enough, and large enough. */
static bool encode_within(const struct upright *r, const struct portrait_limits *l,
                          struct recoded *out)
{
    static const double scales[] = {1, 0.75, 0.5, 0.375, 0.25, 0.1875, 0.125};
    static const int qualities[] = {92, 100, 85, 75};
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++)
        for (size_t q = 0; q < sizeof qualities / sizeof *qualities; q++) {
            const struct recode how = {qualities[q], scales[s]};
            if (recode_pixels(r->pixels, r->width, r->height, CHANNELS, &how, out) &&
                is_within(out, l))
                return true;
            buffer_clear(&out->jpeg);
        }
    return false;
}

bool portrait_fit(const struct media_image *image, const struct portrait_limits *limits,
                  struct recoded *out)
{
    struct upright r;
    bool ok = upright_make(image, LONGEST_SIDE, &r);
    *out = (struct recoded){0};
    if (ok) {
        crop(&r, limits);
        ok = encode_within(&r, limits, out);
    }
    free(r.pixels);
    return ok;
}
