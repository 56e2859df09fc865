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

bool pixels_are_blank(const unsigned char *pixels, size_t width, size_t height, size_t components)
{
    size_t counts[256] = {0}, n = 0, seen = 0, dark = 0, paper = 0;

    for (size_t y = height / EDGE; y < height - height / EDGE; y++)
        for (size_t x = width / EDGE; x < width - width / EDGE; x++, n++) {
            const unsigned char *p = pixels + (y * width + x) * components;
            counts[components == 3 ? (p[0] * 2u + p[1] * 5u + p[2]) / 8u : p[0]]++;
        }
    while (paper < 255 && (seen += counts[paper]) * 2 < n)
        paper++;
    for (size_t v = 0; v + DARKER < paper; v++)
        dark += counts[v];
    return n > 0 && paper >= LIGHTEST_DARK && dark < n / ONE_IN + 1;
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
