/* backdrop.c - what colour stands behind the head of a portrait: the pixels along its upper edges,
 * decoded as small as serves. */
#include "media/media.h"

#include "media/jpeg_pixels.h"
#include "media/orientation.h"

#include <stdlib.h>

enum {
    MOST_PIXELS = 8000000, /* of a JPEG: a progressive one is held as coefficients, 64 MB at most */
    LEAST_SIDE = 120       /* pixels that are enough to tell colours */
};

/* A decoded picture, perhaps only its upper rows. */
struct raster {
    unsigned char *pixels;
    const unsigned char *alpha; /* NULL: opaque */
    size_t width, height;       /* of the whole */
    size_t rows;                /* that are there */
    size_t components;          /* 1 or 3 */
};

/* Where the backdrop is looked for, in shares of the upright picture's sides: down the sides until
 * the shoulders may begin, and along the top beside where hair may reach up. What lies nearest to
 * the edge is left to frames and the scanner's shadow. */
static const struct area {
    double left, top, right, bottom;
    int columns, rows; /* of samples */
} areas[] = {{0.01, 0.01, 0.06, 0.40, 8, 48},
             {0.94, 0.01, 0.99, 0.40, 8, 48},
             {0.06, 0.01, 0.30, 0.05, 24, 8},
             {0.70, 0.01, 0.94, 0.05, 24, 8}};

#define LOWEST 0.42 /* no area, and nothing that its samples take in, reaches below that */

/* --- JPEG --- */

static bool decode_jpeg(const struct media_image *img, struct raster *out)
{
    struct jpeg_pixels p;
    unsigned eighths = 1;

    if ((uint64_t)img->width * img->height > MOST_PIXELS)
        return false;
    while (eighths < 8 &&
           (img->width * eighths / 8 < LEAST_SIDE || img->height * eighths / 8 < LEAST_SIDE))
        eighths *= 2;
    size_t height = ((size_t)img->height * eighths + 7) / 8;
    size_t wanted = img->orientation == 1 ? (size_t)((double)height * LOWEST) + 2 : SIZE_MAX;
    if (!jpeg_pixels(img, eighths, false, wanted, &p))
        return false;
    *out = (struct raster){
        .pixels = p.rgb, .width = p.width, .height = p.height, .rows = p.rows, .components = 3};
    return true;
}

/* --- samples --- */

/* A place of the upright picture, in shares, as a pixel of the stored one. */
static void stored_place(const struct raster *r, struct orientation o, double x, double y,
                         size_t *column, size_t *row)
{
    double across = o.exchanged ? y : x, down = o.exchanged ? x : y;
    *column = (size_t)((o.across ? 1 - across : across) * (double)(r->width - 1) + 0.5);
    *row = (size_t)((o.down ? 1 - down : down) * (double)(r->height - 1) + 0.5);
}

/* Over white where it is transparent. */
static unsigned value(const struct raster *r, size_t column, size_t row, size_t channel)
{
    size_t at = row * r->width + column;
    unsigned v = r->pixels[at * r->components + (r->components == 3 ? channel : 0)];
    unsigned a = r->alpha ? r->alpha[at] : 255;
    return (v * a + 255 * (255 - a)) / 255;
}

/* The mean of 3 x 3 pixels, since grain is no colour. */
static void sample(const struct raster *r, size_t column, size_t row, unsigned char out[3])
{
    unsigned sum[3] = {0}, n = 0;
    for (size_t y = row > 0 ? row - 1 : 0; y <= row + 1 && y < r->rows; y++)
        for (size_t x = column > 0 ? column - 1 : 0; x <= column + 1 && x < r->width; x++, n++)
            for (size_t k = 0; k < 3; k++)
                sum[k] += value(r, x, y, k);
    for (size_t k = 0; k < 3; k++)
        out[k] = (unsigned char)(sum[k] / n);
}

bool image_backdrop(struct media_backdrop *out, const struct media_image *img)
{
    struct raster r = {.pixels = img->pixels,
                       .alpha = img->alpha,
                       .width = img->width,
                       .height = img->height,
                       .rows = img->height,
                       .components = (size_t)img->components};
    size_t n = 0;

    if (img->jpeg ? !decode_jpeg(img, &r) : !img->pixels)
        return false;
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++) {
        const struct area *a = &areas[i];
        for (int y = 0; y < a->rows; y++)
            for (int x = 0; x < a->columns; x++) {
                size_t column, row;
                stored_place(&r, orientation_of(img->orientation),
                             a->left + (a->right - a->left) * (x + 0.5) / a->columns,
                             a->top + (a->bottom - a->top) * (y + 0.5) / a->rows, &column, &row);
                sample(&r, column, row, out->samples[n++]);
            }
    }
    if (img->jpeg)
        free(r.pixels);
    return true;
}

/* --- judging --- */

static unsigned char median(const size_t counts[256], size_t n)
{
    size_t seen = 0;
    for (unsigned v = 0; n > 0 && v < 256; v++)
        if ((seen += counts[v]) * 2 >= n)
            return (unsigned char)v;
    return 255;
}

double backdrop_white(const struct media_backdrop *b, unsigned least, unsigned tint,
                      unsigned char rest[3])
{
    size_t counts[3][256] = {0}, others = 0;

    for (size_t i = 0; i < MEDIA_BACKDROP_SAMPLES; i++) {
        const unsigned char *s = b->samples[i];
        unsigned high = s[0] > s[1] ? s[0] : s[1], low = s[0] < s[1] ? s[0] : s[1];
        high = s[2] > high ? s[2] : high;
        low = s[2] < low ? s[2] : low;
        if (low >= least && high - low <= tint)
            continue;
        others++;
        for (int k = 0; k < 3; k++)
            counts[k][s[k]]++;
    }
    for (int k = 0; k < 3; k++)
        rest[k] = median(counts[k], others);
    return 1 - (double)others / MEDIA_BACKDROP_SAMPLES;
}
