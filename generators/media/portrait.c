/* portrait.c - see portrait.h. */
#include "media/portrait.h"

#include "core/arena.h"
#include "media/jpeg_pixels.h"
#include "media/orientation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PIXELS = 50000000, CHANNELS = 3, LONGEST_SIDE = 2000 };

struct raster {
    unsigned char *pixels; /* RGB */
    uint32_t width, height;
};

static bool decode_jpeg(const struct media_image *img, struct raster *out)
{
    struct jpeg_pixels p;
    unsigned eighths = 8;

    while (eighths > 1 && (img->width * (eighths - 1) / 8 >= LONGEST_SIDE ||
                           img->height * (eighths - 1) / 8 >= LONGEST_SIDE))
        eighths--;
    bool ok = jpeg_pixels(img, eighths, true, SIZE_MAX, &p);
    *out = (struct raster){p.rgb, (uint32_t)p.width, (uint32_t)p.height};
    return ok;
}

/* A PNG, over white. */
static bool blend(const struct media_image *img, struct raster *out)
{
    size_t n = (size_t)img->width * img->height, components = (size_t)img->components;
    if (!img->pixels)
        return false;
    *out = (struct raster){mem_alloc(n, CHANNELS), img->width, img->height};
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < CHANNELS; k++) {
            unsigned v = img->pixels[i * components + (components == CHANNELS ? k : 0)];
            unsigned a = img->alpha ? img->alpha[i] : 255;
            out->pixels[i * CHANNELS + k] = (unsigned char)((v * a + 255 * (255 - a)) / 255);
        }
    return true;
}

/* As it is seen. */
static void set_upright(struct raster *r, int exif)
{
    struct orientation o = orientation_of(exif);
    struct raster up = {NULL, o.exchanged ? r->height : r->width,
                        o.exchanged ? r->width : r->height};
    if (!o.exchanged && !o.across && !o.down)
        return;
    up.pixels = mem_alloc((size_t)up.width * up.height, CHANNELS);
    for (uint32_t y = 0; y < up.height; y++)
        for (uint32_t x = 0; x < up.width; x++) {
            uint32_t across = o.exchanged ? y : x, down = o.exchanged ? x : y;
            across = o.across ? r->width - 1 - across : across;
            down = o.down ? r->height - 1 - down : down;
            memcpy(up.pixels + ((size_t)y * up.width + x) * CHANNELS,
                   r->pixels + ((size_t)down * r->width + across) * CHANNELS, CHANNELS);
        }
    free(r->pixels);
    *r = up;
}

/* To the nearest shape that is allowed. */
static void crop(struct raster *r, const struct portrait_limits *l)
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
static bool encode_within(const struct raster *r, const struct portrait_limits *l,
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
    struct raster r = {0};
    bool ok = (uint64_t)image->width * image->height <= MOST_PIXELS &&
              (image->jpeg ? decode_jpeg(image, &r) : blend(image, &r));
    *out = (struct recoded){0};
    if (ok) {
        set_upright(&r, image->orientation);
        crop(&r, limits);
        ok = encode_within(&r, limits, out);
    }
    free(r.pixels);
    return ok;
}
