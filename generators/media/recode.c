/* recode.c - see recode.h. */
#include "media/recode.h"

#include "core/arena.h"
#include "media/jpeg_guard.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1 << 16 }; /* bytes that the buffer grows by */

/* What libjpeg writes goes to the end of a buffer. */
struct target {
    struct jpeg_destination_mgr base;
    struct buffer *out;
};

static void begin_target(j_compress_ptr jpeg)
{
    struct target *t = (struct target *)jpeg->dest;
    t->base.next_output_byte = buffer_room(t->out, BLOCK);
    t->base.free_in_buffer = BLOCK;
}

static boolean grow_target(j_compress_ptr jpeg)
{
    begin_target(jpeg); /* libjpeg calls when all of the room is used */
    return TRUE;
}

static void end_target(j_compress_ptr jpeg)
{
    struct target *t = (struct target *)jpeg->dest;
    t->out->len -= t->base.free_in_buffer;
}

struct coder {
    struct jpeg_guard guard;
    struct jpeg_decompress_struct from;
    struct jpeg_compress_struct to;
    struct target target;
    unsigned char *row;
    double *sums; /* of a row of smaller pixels */
};

static void begin_writing(struct coder *c, const struct recode *how, uint32_t width,
                          uint32_t height, int components, J_COLOR_SPACE space)
{
    jpeg_create_compress(&c->to);
    c->to.dest = &c->target.base;
    c->to.image_width = width;
    c->to.image_height = height;
    c->to.input_components = components;
    c->to.in_color_space = space;
    jpeg_set_defaults(&c->to); /* grey stays grey, CMYK stays CMYK, all else becomes YCbCr */
    jpeg_set_quality(&c->to, how->quality, TRUE);
    c->to.optimize_coding = TRUE;
    jpeg_start_compress(&c->to, TRUE);
}

static void *set_target(struct coder *c, struct buffer *out)
{
    c->target = (struct target){{.init_destination = begin_target,
                                 .empty_output_buffer = grow_target,
                                 .term_destination = end_target},
                                out};
    return c->from.err = c->to.err = jpeg_guard_errors(&c->guard);
}

static bool end_coder(struct coder *c, bool ok, struct recoded *out)
{
    jpeg_destroy_decompress(&c->from);
    jpeg_destroy_compress(&c->to);
    free(c->row);
    free(c->sums);
    if (!ok)
        buffer_clear(&out->jpeg);
    return ok;
}

/* --- of a JPEG --- */

/* The colours in which pixels go from one to the other: those of the data, where they stay. */
static bool choose_colours(struct coder *c)
{
    switch (c->from.jpeg_color_space) {
    case JCS_GRAYSCALE:
        c->from.out_color_space = JCS_GRAYSCALE;
        return true;
    case JCS_YCbCr:
        c->from.out_color_space = JCS_YCbCr;
        return true;
    case JCS_RGB:
        c->from.out_color_space = JCS_RGB;
        return true;
    case JCS_CMYK:
    case JCS_YCCK:
        c->from.out_color_space = JCS_CMYK;
        return c->from.saw_Adobe_marker;
    default:
        return false;
    }
}

static bool transcode(struct coder *c, const unsigned char *jpeg, size_t size,
                      const struct recode *how, struct recoded *out)
{
    if (setjmp(c->guard.back))
        return false;
    jpeg_guard_open(&c->guard, &c->from, jpeg, size);
    if (!choose_colours(c))
        return false;
    /* libjpeg makes N eighths of a picture, and decodes fewer frequencies for it */
    c->from.scale_denom = 8;
    c->from.scale_num = how->scale < 1 ? (unsigned)fmax(1, ceil(how->scale * 8 - 1e-6)) : 8;
    jpeg_start_decompress(&c->from);
    out->width = c->from.output_width;
    out->height = c->from.output_height;
    c->row = mem_alloc(out->width, (size_t)c->from.output_components);
    begin_writing(c, how, out->width, out->height, c->from.output_components,
                  c->from.out_color_space);
    while (c->from.output_scanline < c->from.output_height) {
        JSAMPROW row = c->row;
        jpeg_read_scanlines(&c->from, &row, 1);
        jpeg_write_scanlines(&c->to, &row, 1);
    }
    jpeg_finish_compress(&c->to);
    return true;
}

bool recode_jpeg(const unsigned char *jpeg, size_t size, const struct recode *how,
                 struct recoded *out)
{
    struct coder c = {0};
    *out = (struct recoded){0};
    set_target(&c, &out->jpeg);
    return end_coder(&c, transcode(&c, jpeg, size, how, out), out);
}

/* --- of pixels --- */

struct raster {
    const unsigned char *pixels;
    uint32_t width, height;
    size_t components;
};

/* Adds to the sums what a row of pixels gives to the smaller ones, each by the share of it that
 * they cover. */
static void add_row(struct coder *c, const unsigned char *pixels, const struct raster *from,
                    uint32_t columns, double weight)
{
    double step = (double)from->width / columns;
    for (uint32_t x = 0; x < columns; x++) {
        double left = x * step, right = fmin(left + step, from->width);
        double *sum = c->sums + (size_t)x * from->components;
        for (uint32_t p = (uint32_t)left; p < from->width && p < right; p++) {
            double share = (fmin(p + 1, right) - fmax(p, left)) * weight;
            for (size_t k = 0; k < from->components; k++)
                sum[k] += share * pixels[p * from->components + k];
        }
    }
}

static void mean_row(struct coder *c, const struct raster *from, uint32_t columns, uint32_t rows,
                     uint32_t y)
{
    double step = (double)from->height / rows, top = y * step,
           bottom = fmin(top + step, from->height), area = (double)from->width / columns * step;
    size_t n = (size_t)columns * from->components;

    memset(c->sums, 0, n * sizeof *c->sums);
    for (uint32_t row = (uint32_t)top; row < from->height && row < bottom; row++)
        add_row(c, from->pixels + (size_t)row * from->width * from->components, from, columns,
                fmin(row + 1, bottom) - fmax(row, top));
    for (size_t i = 0; i < n; i++)
        c->row[i] = (unsigned char)fmin(255, c->sums[i] / area + 0.5);
}

static bool encode(struct coder *c, const struct raster *from, const struct recode *how,
                   struct recoded *out)
{
    if (setjmp(c->guard.back))
        return false;
    begin_writing(c, how, out->width, out->height, (int)from->components,
                  from->components == 1 ? JCS_GRAYSCALE : JCS_RGB);
    while (c->to.next_scanline < out->height) {
        JSAMPROW row = c->row;
        mean_row(c, from, out->width, out->height, c->to.next_scanline);
        jpeg_write_scanlines(&c->to, &row, 1);
    }
    jpeg_finish_compress(&c->to);
    return true;
}

bool recode_pixels(const unsigned char *pixels, uint32_t width, uint32_t height, int components,
                   const struct recode *how, struct recoded *out)
{
    const struct raster from = {pixels, width, height, (size_t)components};
    struct coder c = {0};
    double scale = fmin(1, how->scale);

    *out = (struct recoded){.width = (uint32_t)ceil(width * scale - 1e-6),
                            .height = (uint32_t)ceil(height * scale - 1e-6)};
    size_t n = (size_t)out->width * from.components;
    set_target(&c, &out->jpeg);
    c.row = mem_alloc(n, 1);
    c.sums = mem_alloc(n, sizeof *c.sums);
    return end_coder(&c, encode(&c, &from, how, out), out);
}
