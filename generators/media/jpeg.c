/* jpeg.c - walks a JPEG's markers (ITU-T T.81 annex B): size, components, Adobe transform, EXIF
 * orientation, and that it ends. The bytes themselves are never decoded here: they go into the PDF
 * as they are. */
#include "media/image.h"

#include <string.h>

static unsigned be16(const unsigned char *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

/* The orientation tag (0x0112) of the first IFD; 1 when there is none or the block is damaged. */
static int exif_orientation(const unsigned char *p, size_t size)
{
    if (size < 14 || memcmp(p, "Exif\0\0", 6))
        return 1;
    p += 6;
    size -= 6;
    bool little = p[0] == 'I';
    if (memcmp(p, little ? "II*\0" : "MM\0*", 4))
        return 1;
#define U16(q) (little ? (unsigned)(q)[1] << 8 | (q)[0] : be16(q))
#define U32(q) (little ? U16((q) + 2) << 16 | U16(q) : U16(q) << 16 | U16((q) + 2))
    size_t ifd = U32(p + 4);
    if (ifd > size - 2 || size < 2)
        return 1;
    size_t entries = U16(p + ifd);
    for (size_t i = 0; i < entries; i++) {
        size_t at = ifd + 2 + i * 12;
        if (at + 12 > size)
            return 1;
        if (U16(p + at) == 0x0112 && U16(p + at + 2) == 3) {
            unsigned value = U16(p + at + 8);
            return value >= 1 && value <= 8 ? (int)value : 1;
        }
    }
#undef U16
#undef U32
    return 1;
}

static void jfif_density(struct media_image *img, const unsigned char *p, size_t size)
{
    if (size < 12 || memcmp(p, "JFIF", 5) || p[7] == 0)
        return;
    double unit = p[7] == 2 ? 2.54 : 1; /* dots a centimetre or an inch */
    image_set_dpi(img, be16(p + 8) * unit, be16(p + 10) * unit);
}

static bool is_frame(unsigned marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/* Past the entropy-coded bytes of a scan: the next marker that is not a stuffed FF00 or a restart.
 */
static size_t skip_scan(const unsigned char *p, size_t size, size_t at)
{
    while (at + 1 < size) {
        const unsigned char *ff = memchr(p + at, 0xFF, size - at - 1);
        if (!ff)
            return size;
        at = (size_t)(ff - p);
        if (p[at + 1] != 0 && p[at + 1] != 0xFF && !(p[at + 1] >= 0xD0 && p[at + 1] <= 0xD7))
            return at;
        at += p[at + 1] == 0xFF ? 1 : 2;
    }
    return size;
}

const char *jpeg_walk(struct media_image *img, const unsigned char *p, size_t size)
{
    bool adobe = false, scanned = false;
    size_t at = 2;

    for (;;) {
        if (at >= size || p[at] != 0xFF)
            return at >= size ? "no end of image" : "a marker is missing";
        while (at < size && p[at] == 0xFF)
            at++; /* fill bytes */
        if (at >= size)
            return "no end of image";
        unsigned marker = p[at++];
        if (marker == 0xD9)
            break;
        if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8))
            continue; /* they stand alone */
        if (at + 2 > size)
            return "cut short";
        size_t len = be16(p + at);
        if (len < 2 || len > size - at)
            return "a segment is longer than the file";
        const unsigned char *body = p + at + 2;
        size_t n = len - 2;
        if (is_frame(marker)) {
            if (n < 6 || img->width)
                return img->width ? "two frames" : "a frame header is too short";
            if (body[0] != 8)
                return "not 8 bits a sample";
            if (marker != 0xC0 && marker != 0xC1 && marker != 0xC2)
                return "a coding that PDF does not know (lossless or arithmetic)";
            img->height = be16(body + 1);
            img->width = be16(body + 3);
            img->components = body[5];
            if (!img->width || !img->height || (body[5] != 1 && body[5] != 3 && body[5] != 4))
                return "a frame of no size or of an unknown number of components";
        } else if (marker == 0xE0) {
            jfif_density(img, body, n);
        } else if (marker == 0xE1 && img->orientation == 1) {
            img->orientation = exif_orientation(body, n);
        } else if (marker == 0xEE && n >= 12 && !memcmp(body, "Adobe", 5)) {
            adobe = true;
        }
        at += len;
        if (marker == 0xDA) {
            if (!img->width)
                return "a scan before any frame";
            scanned = true;
            at = skip_scan(p, size, at);
        }
    }
    if (!img->width || !scanned)
        return "no picture in it";
    img->inverted_cmyk = adobe && img->components == 4;
    img->jpeg = p;
    img->jpeg_size = at; /* what cameras append behind the end is not ours */
    return NULL;
}
