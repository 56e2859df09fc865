/* jpeg_pixels.c - see jpeg_pixels.h. libjpeg's errors longjmp no farther than decode(). */
#include "media/jpeg_pixels.h"

#include "core/arena.h"
#include "media/jpeg_guard.h"

#include <stdlib.h>

enum { CHANNELS = 3 };

struct request {
    const struct media_image *image;
    unsigned eighths;
    bool fine;
    size_t wanted;
};

static bool decode(j_decompress_ptr jpeg, struct jpeg_guard *guard, const struct request *r,
                   struct jpeg_pixels *out)
{
    if (setjmp(guard->back))
        return false;
    jpeg_guard_open(guard, jpeg, r->image->jpeg, r->image->jpeg_size);
    jpeg->out_color_space = JCS_RGB;
    jpeg->do_fancy_upsampling = r->fine;
    jpeg->scale_num = r->eighths;
    jpeg->scale_denom = 8;
    jpeg_start_decompress(jpeg);
    out->width = jpeg->output_width;
    out->height = jpeg->output_height;
    out->rgb = mem_alloc(out->width * out->height, CHANNELS);
    while (out->rows < out->height && out->rows < r->wanted) {
        JSAMPROW row = out->rgb + out->rows * out->width * CHANNELS;
        out->rows += jpeg_read_scanlines(jpeg, &row, 1);
    }
    return true;
}

bool jpeg_pixels(const struct media_image *image, unsigned eighths, bool fine, size_t wanted,
                 struct jpeg_pixels *out)
{
    struct jpeg_decompress_struct jpeg = {0};
    struct jpeg_guard guard;
    const struct request request = {image, eighths, fine, wanted};

    *out = (struct jpeg_pixels){0};
    if (image->components > CHANNELS)
        return false;
    jpeg.err = jpeg_guard_errors(&guard);
    bool ok = decode(&jpeg, &guard, &request, out);
    jpeg_destroy_decompress(&jpeg);
    if (!ok) {
        free(out->rgb);
        *out = (struct jpeg_pixels){0};
    }
    return ok;
}
