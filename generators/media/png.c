/* png.c - decodes PNG to 8-bit grey or RGB with alpha apart, through libpng's setjmp. */
#include "media/image.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct source {
    const unsigned char *data;
    size_t left;
    char why[80]; /* libpng's own words */
};

static void on_error(png_structp png, png_const_charp message)
{
    struct source *s = png_get_error_ptr(png);
    snprintf(s->why, sizeof s->why, "%s", message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message; /* a bad iCCP and its like do not hurt the picture */
}

static void take(png_structp png, png_bytep out, size_t len)
{
    struct source *s = png_get_io_ptr(png);
    if (len > s->left)
        png_error(png, "cut short");
    memcpy(out, s->data, len);
    s->data += len;
    s->left -= len;
}

static uint32_t be32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

const char *png_header(struct media_image *img, const unsigned char *p, size_t size)
{
    if (size < 33 || memcmp(p + 12, "IHDR", 4) || be32(p + 8) != 13)
        return "no header in it";
    img->width = be32(p + 16);
    img->height = be32(p + 20);
    img->components = p[25] & PNG_COLOR_MASK_COLOR ? 3 : 1;
    if (!img->width || !img->height)
        return "a picture of no size";
    for (size_t at = 8; size - at >= 21;) {
        uint32_t len = be32(p + at);
        if (!memcmp(p + at + 4, "IDAT", 4) || len > size - at - 12)
            break;
        if (!memcmp(p + at + 4, "pHYs", 4) && len == 9 && p[at + 16] == 1)
            image_set_dpi(img, be32(p + at + 8) * 0.0254, be32(p + at + 12) * 0.0254);
        at += 12 + (size_t)len;
        if (at > size)
            break;
    }
    return NULL;
}

/* Volatile or outer variables only: longjmp comes back here. */
static bool decode(png_structp png, png_infop info, struct media_image *img,
                   unsigned char **interleaved, png_bytep **rows)
{
    if (setjmp(png_jmpbuf(png)))
        return false;
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_WARN_DISCARD);
    png_set_user_limits(png, img->width, img->height);
    png_read_info(png, info);
    png_set_expand(png); /* palette to RGB, 1-4 bits to 8, tRNS to alpha */
    png_set_strip_16(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t channels = png_get_channels(png, info), stride = png_get_rowbytes(png, info);
    img->components = channels <= 2 ? 1 : 3;
    *interleaved = malloc(stride * img->height);
    *rows = malloc(img->height * sizeof **rows);
    if (!*interleaved || !*rows)
        png_error(png, "too large for this machine's memory");
    for (uint32_t y = 0; y < img->height; y++)
        (*rows)[y] = *interleaved + y * stride;
    png_read_image(png, *rows);
    png_read_end(png, NULL);
    return true;
}

static void split_alpha(struct media_image *img, unsigned char *in)
{
    size_t n = (size_t)img->width * img->height, c = (size_t)img->components;
    bool opaque = true;
    img->alpha = mem_alloc(n, 1);
    for (size_t i = 0; i < n; i++) { /* in place: the target never overtakes the source */
        img->alpha[i] = in[i * (c + 1) + c];
        memmove(in + i * c, in + i * (c + 1), c);
        if (img->alpha[i] != 0xFF)
            opaque = false;
    }
    if (opaque) {
        free(img->alpha);
        img->alpha = NULL;
    }
}

const char *png_decode(struct media_image *img, const unsigned char *data, size_t size)
{
    static char why[80]; /* the caller prints it at once */
    struct source source = {.data = data, .left = size};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, on_error, on_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    unsigned char *interleaved = NULL;
    png_bytep *rows = NULL;
    bool ok = false;

    if (info) {
        png_set_read_fn(png, &source, take);
        ok = decode(png, info, img, &interleaved, &rows);
    }
    size_t channels = ok ? png_get_channels(png, info) : 0;
    png_destroy_read_struct(&png, &info, NULL);
    free(rows);
    if (!ok) {
        free(interleaved);
        memcpy(why, source.why, sizeof why);
        return why;
    }
    if (channels == 2 || channels == 4)
        split_alpha(img, interleaved);
    img->pixels = interleaved;
    return NULL;
}
