/* ink.c - is a scan a blank page? Decoded no larger than serves, and only where its bytes are as
 * few as those of paper without letters. */
#include "media/media.h"

#include "media/jpeg_pixels.h"

#include <stdlib.h>

enum {
    QUARTER = 2,             /* eighths of a JPEG's size: letters are still dark in it */
    PIXELS_A_BYTE_JPEG = 20, /* paper alone, with the grain of a scanner, has more */
    PIXELS_A_BYTE_PNG = 190, /* clean paper in RGB has 340, a page of large letters 180 */
    DARKER = 40,             /* than the paper, which ink is by more */
    LIGHTEST_DARK = 150,     /* what is darker is no paper */
    ONE_IN = 1000,           /* of the pixels may be ink */
    EDGE = 33 /* a side's share that is left to the shadow at the paper's edge: 1/33 */
};

static size_t without_edges(size_t side)
{
    return side - side / EDGE * 2;
}

/* Of so many levels, the darkest ones. */
static size_t darkest(const struct ink *ink, size_t levels)
{
    size_t n = 0;
    for (size_t v = 0; v < levels; v++)
        n += ink->counts[v];
    return n;
}

static bool has_ink(const struct ink *ink, size_t dark)
{
    return dark > without_edges(ink->width) * without_edges(ink->height) / ONE_IN;
}

bool ink_add_row(struct ink *ink, const unsigned char *row)
{
    size_t y = ink->rows++, edge = ink->width / EDGE;
    if (y < ink->height / EDGE || y >= ink->height - ink->height / EDGE)
        return true;
    for (size_t x = edge; x < ink->width - edge; x++) {
        const unsigned char *p = row + x * ink->components;
        ink->counts[ink->components == 3 ? (p[0] * 2u + p[1] * 5u + p[2]) / 8u : p[0]]++;
    }
    return !has_ink(ink, darkest(ink, LIGHTEST_DARK - DARKER)); /* on whatever is paper */
}

bool ink_is_none(const struct ink *ink)
{
    size_t n = without_edges(ink->width) * without_edges(ink->height), paper = 0;
    while (paper < 255 && darkest(ink, paper + 1) * 2 < n)
        paper++;
    return n > 0 && paper >= LIGHTEST_DARK && !has_ink(ink, darkest(ink, paper - DARKER));
}

bool pixels_are_blank(const unsigned char *pixels, size_t width, size_t height, size_t components)
{
    struct ink ink = {width, height, components, 0, {0}};
    for (size_t y = 0; y < height; y++)
        if (!ink_add_row(&ink, pixels + y * width * components))
            return false;
    return ink_is_none(&ink);
}

bool image_is_blank(const struct media_image *image)
{
    struct jpeg_pixels p;
    uint64_t pixels = (uint64_t)image->width * image->height;

    if (!image->jpeg)
        return image->pixels && !image->alpha &&
               pixels_are_blank(image->pixels, image->width, image->height,
                                (size_t)image->components);
    if (image->jpeg_size > pixels / PIXELS_A_BYTE_JPEG ||
        !jpeg_pixels(image, QUARTER, false, SIZE_MAX, &p))
        return false;
    bool blank = p.rows == p.height && pixels_are_blank(p.rgb, p.width, p.height, 3);
    free(p.rgb);
    return blank;
}

bool image_may_be_blank(const struct media_image *image, size_t bytes)
{
    uint64_t pixels = (uint64_t)image->width * image->height;
    return bytes <= pixels / (image->jpeg ? PIXELS_A_BYTE_JPEG : PIXELS_A_BYTE_PNG);
}
