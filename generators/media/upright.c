/* upright.c - see upright.h. */
#include "media/upright.h"

#include "core/arena.h"
#include "media/jpeg_pixels.h"
#include "media/orientation.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_PIXELS = 50000000, CHANNELS = 3 };

static bool decode_jpeg(const struct media_image *img, uint32_t longest, struct upright *out)
{
    struct jpeg_pixels p;
    unsigned eighths = 8;

    while (eighths > 1 && (img->width * (eighths - 1) / 8 >= longest ||
                           img->height * (eighths - 1) / 8 >= longest))
        eighths--;
    bool ok = jpeg_pixels(img, eighths, true, SIZE_MAX, &p);
    *out = (struct upright){p.rgb, (uint32_t)p.width, (uint32_t)p.height};
    return ok;
}

/* A PNG, over white. */
static bool blend(const struct media_image *img, struct upright *out)
{
    size_t n = (size_t)img->width * img->height, components = (size_t)img->components;
    if (!img->pixels)
        return false;
    *out = (struct upright){mem_alloc(n, CHANNELS), img->width, img->height};
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < CHANNELS; k++) {
            unsigned v = img->pixels[i * components + (components == CHANNELS ? k : 0)];
            unsigned a = img->alpha ? img->alpha[i] : 255;
            out->pixels[i * CHANNELS + k] = (unsigned char)((v * a + 255 * (255 - a)) / 255);
        }
    return true;
}

/* As it is seen. */
static void set_upright(struct upright *r, int exif)
{
    struct orientation o = orientation_of(exif);
    struct upright up = {NULL, o.exchanged ? r->height : r->width,
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

bool upright_make(const struct media_image *image, uint32_t longest, struct upright *out)
{
    *out = (struct upright){0};
    if ((uint64_t)image->width * image->height > MOST_PIXELS ||
        !(image->jpeg ? decode_jpeg(image, longest, out) : blend(image, out)))
        return false;
    set_upright(out, image->orientation);
    return true;
}
