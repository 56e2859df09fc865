/* jpeg.c - walks a JPEG's markers (ITU-T T.81 annex B): size, components, Adobe transform, EXIF
 * orientation, colour profile, that every table a scan needs is there, and that it ends. The
 * picture is never decoded here: its bytes go into the PDF as they are. */
#include "core/big_endian.h"
#include "media/image.h"

#include "core/buffer.h"
#include "media/exif.h"
#include "media/icc.h"
#include "media/jpeg_scan.h"

#include <stdlib.h>
#include <string.h>

static const struct media_fault special = {
    "是特殊的 JPEG（无损、算术编码、分层或 12 位），打印时画不出来，请另存为普通 JPEG",
    "is a special JPEG (lossless, arithmetic, hierarchical or 12 bits) that printers cannot draw: "
    "save it as an ordinary JPEG",
    false};
static const struct media_fault sampling = {
    "是各颜色分量取样方式特殊的 JPEG，打印时画不出来，请另存为普通 JPEG",
    "is a JPEG whose components are sampled in a special way that printers cannot draw: save it as "
    "an ordinary JPEG",
    false};
static const struct media_fault colours = {
    "的颜色种类无法识别，请另存为普通 JPEG",
    "has an unknown kind of colours: save it as an ordinary JPEG", false};
static const struct media_fault no_tables = {
    "缺少解码用的表，打印时画不出来，请另存为普通 JPEG",
    "lacks the tables to decode it, so that printers cannot draw it: save it as an ordinary JPEG",
    false};

enum {
    SOF0 = 0xC0,
    SOF2 = 0xC2,
    DHT = 0xC4,
    RST0 = 0xD0,
    RST7 = 0xD7,
    SOI = 0xD8,
    EOI = 0xD9,
    SOS = 0xDA,
    DQT = 0xDB,
    DNL = 0xDC,
    DRI = 0xDD,
    APP0 = 0xE0,
    APP1 = 0xE1,
    APP2 = 0xE2,
    APP14 = 0xEE,
    APP15 = 0xEF,
    COM = 0xFE,
    TEM = 0x01
};

enum { MOST_COMPONENTS = 4, MOST_TABLES = 4, MOST_PIECES = 255, MOST_BLOCKS = 10 /* B.2.3 */ };

/* A JPEG's segments so far. */
struct jpeg_walk {
    struct media_image *img;
    bool progressive, adobe, adobe_rgb, jfif, oriented;
    struct component {
        unsigned char id, quantization, across, down;
        bool scanned, named; /* named: in the scan's header, so far */
    } components[MOST_COMPONENTS];
    bool quantization[MOST_TABLES]; /* defined so far, like the codes */
    struct jpeg_codes dc[MOST_TABLES], ac[MOST_TABLES];
    unsigned most_across, most_down; /* of the components */
    size_t restart_interval;
    struct jpeg_scan scan; /* of the last SOS segment */
    struct profile_piece {
        const unsigned char *data;
        size_t size;
    } profile[MOST_PIECES + 1]; /* by their numbers, which begin at 1 */
    unsigned pieces;            /* that there should be */
    struct buffer cleaned;      /* what came before stray bytes; empty: there are none */
    size_t copied;              /* bytes of the file that were dealt with for it */
};

static void jfif_density(struct media_image *img, const unsigned char *p, size_t size)
{
    if (size < 12 || memcmp(p, "JFIF", 5) || p[7] == 0)
        return;
    double unit = p[7] == 2 ? 2.54 : 1; /* dots a centimetre or an inch */
    image_set_dpi(img, big_endian16(p + 8) * unit, big_endian16(p + 10) * unit);
}

static void application(struct jpeg_walk *w, unsigned marker, const unsigned char *p, size_t n)
{
    if (marker == APP0) {
        w->jfif |= n >= 5 && !memcmp(p, "JFIF", 5);
        jfif_density(w->img, p, n);
    } else if (marker == APP1 && !w->oriented && n >= 6 && !memcmp(p, "Exif\0", 5)) {
        w->oriented = image_set_orientation(w->img, exif_orientation(p + 6, n - 6));
    } else if (marker == APP2 && n > sizeof "ICC_PROFILE" + 2 &&
               !memcmp(p, "ICC_PROFILE", sizeof "ICC_PROFILE")) {
        w->profile[p[12]] = (struct profile_piece){p + 14, n - 14};
        w->pieces = p[13];
    } else if (marker == APP14 && n >= 12 && !memcmp(p, "Adobe", 5)) {
        w->adobe = true;
        w->adobe_rgb = p[11] == 0;
    }
}

static const struct media_fault *quantization_tables(struct jpeg_walk *w, const unsigned char *p,
                                                     size_t n)
{
    while (n > 0) {
        size_t len = p[0] >> 4 ? 129 : 65;
        unsigned id = p[0] & 15;
        if (len > n || id >= MOST_TABLES || p[0] >> 4 > 1)
            return &image_damaged;
        w->quantization[id] = true;
        p += len;
        n -= len;
    }
    return NULL;
}

/* The number of symbols in a table with so many codes of 1 to 16 bits; 0: they do not fit. A code
 * of nothing but ones must stay free. */
static size_t huffman_symbols(const unsigned char counts[16])
{
    size_t symbols = 0, free_codes = 1;
    for (int bits = 0; bits < 16; bits++) {
        free_codes *= 2;
        if (counts[bits] >= free_codes)
            return 0;
        free_codes -= counts[bits];
        symbols += counts[bits];
    }
    return symbols <= 256 ? symbols : 0;
}

static const struct media_fault *huffman_tables(struct jpeg_walk *w, const unsigned char *p,
                                                size_t n)
{
    while (n > 0) {
        size_t symbols = n > 16 ? huffman_symbols(p + 1) : 0, len = 17 + symbols;
        unsigned id = p[0] & 15;
        if (!symbols || len > n || id >= MOST_TABLES || p[0] >> 4 > 1)
            return &image_damaged;
        for (size_t i = 17; i < len && p[0] >> 4 == 0; i++)
            if (p[i] > 15) /* a difference has no more bits than that */
                return &image_damaged;
        (p[0] >> 4 ? w->ac : w->dc)[id] = (struct jpeg_codes){p + 1, p + 17};
        p += len;
        n -= len;
    }
    return NULL;
}

/* libjpeg, and so most of what draws PDFs, spreads no sample over two pixels and a half. */
static bool are_sampled_in_wholes(const struct jpeg_walk *w)
{
    for (int i = 0; i < w->img->components; i++)
        if (w->most_across % w->components[i].across || w->most_down % w->components[i].down)
            return false;
    return true;
}

static const struct media_fault *frame(struct jpeg_walk *w, unsigned marker, const unsigned char *p,
                                       size_t n)
{
    struct media_image *img = w->img;

    if (marker > SOF2)
        return &special;
    if (n < 6 || img->components)
        return &image_damaged;
    if (p[0] != 8)
        return &special;
    img->height = big_endian16(p + 1);
    img->width = big_endian16(p + 3);
    if (!img->width || !img->height) /* the height may come later (DNL), but few can read that */
        return &image_sizeless;
    if (p[5] != 1 && p[5] != 3 && p[5] != 4)
        return &colours;
    if (n != 6 + 3 * (size_t)p[5])
        return &image_damaged;
    img->components = p[5];
    w->progressive = marker == SOF2;
    for (int i = 0; i < img->components; i++) {
        const unsigned char *c = p + 6 + 3 * i;
        unsigned h = c[1] >> 4, v = c[1] & 15;
        if (h < 1 || h > 4 || v < 1 || v > 4 || c[2] >= MOST_TABLES)
            return &image_damaged;
        w->components[i] = (struct component){
            .id = c[0], .quantization = c[2], .across = (unsigned char)h, .down = (unsigned char)v};
        w->most_across = h > w->most_across ? h : w->most_across;
        w->most_down = v > w->most_down ? v : w->most_down;
    }
    return are_sampled_in_wholes(w) ? NULL : &sampling;
}

/* Which coefficients a scan of a progressive picture brings, and which of their bits. */
static bool is_progression(unsigned components, unsigned first, unsigned last, unsigned before,
                           unsigned bit)
{
    bool band = first == 0 ? last == 0 : components == 1 && first <= last && last < 64;
    return band && bit <= 13 && (before == 0 || before == bit + 1);
}

static const struct media_fault *scan_header(struct jpeg_walk *w, const unsigned char *p, size_t n)
{
    if (n < 1 || p[0] < 1 || p[0] > w->img->components || n != 4 + 2 * (size_t)p[0])
        return &image_damaged;
    const unsigned char *band = p + 1 + 2 * p[0];
    unsigned first = band[0], refines = band[2] >> 4;
    bool needs_dc = !w->progressive || (first == 0 && !refines);
    bool needs_ac = !w->progressive || first > 0;
    if (w->progressive && !is_progression(p[0], first, band[1], refines, band[2] & 15))
        return &image_damaged;
    unsigned blocks = 0;
    w->scan.components = p[0];
    for (int i = 0; i < w->img->components; i++)
        w->components[i].named = false;
    for (int i = 0; i < p[0]; i++) {
        struct component *c = w->components;
        while (c < w->components + w->img->components && (c->id != p[1 + 2 * i] || c->named))
            c++;
        unsigned dc = p[2 + 2 * i] >> 4, ac = p[2 + 2 * i] & 15;
        if (c == w->components + w->img->components || dc >= MOST_TABLES || ac >= MOST_TABLES)
            return &image_damaged;
        if (!w->quantization[c->quantization] || (needs_dc && !w->dc[dc].counts) ||
            (needs_ac && !w->ac[ac].counts))
            return &no_tables;
        w->scan.component[i] =
            (struct jpeg_scan_component){w->dc[dc], w->ac[ac], c->across, c->down};
        if (c->scanned && !w->progressive) /* decoders take a picture's data once (A.2) */
            w->img->oddities |= IMAGE_DAMAGED_SCAN;
        c->scanned = c->named = true;
        blocks += c->across * c->down;
    }
    return p[0] > 1 && blocks > MOST_BLOCKS ? &sampling : NULL;
}

static const struct media_fault *segment(struct jpeg_walk *w, unsigned marker,
                                         const unsigned char *p, size_t n)
{
    if (marker == DQT)
        return quantization_tables(w, p, n);
    if (marker == DHT)
        return huffman_tables(w, p, n);
    if (marker == SOS)
        return scan_header(w, p, n);
    if (marker >= APP0 && marker <= APP15)
        application(w, marker, p, n);
    else if (marker >= SOF0 && marker < RST0)
        return frame(w, marker, p, n);
    else if (marker == DRI && n >= 2)
        w->restart_interval = big_endian16(p);
    else if (marker != DNL && marker != DRI && marker != COM)
        return &special;
    return NULL;
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
        if (p[at + 1] != 0 && p[at + 1] != 0xFF && !(p[at + 1] >= RST0 && p[at + 1] <= RST7))
            return at;
        at += p[at + 1] == 0xFF ? 1 : 2;
    }
    return size;
}

/* Where the next segment begins, at or behind at: FF, perhaps several, and a marker that may stand
 * there. What comes before is left out, unless it may belong to a scan. */
static size_t next_marker(struct jpeg_walk *w, const unsigned char *p, size_t size, size_t at)
{
    size_t from = at;
    while (at < size && (p[at] != 0xFF || (at + 1 < size && p[at + 1] < SOF0 && p[at + 1] != TEM)))
        at++;
    if (at == from || at == size)
        return at;
    if (w->scan.components > 0) { /* what a wrong marker has cut off: readers may make it out */
        w->img->oddities |= IMAGE_DAMAGED_SCAN;
        return at;
    }
    buffer_add(&w->cleaned, p + w->copied, from - w->copied);
    w->copied = at;
    w->img->oddities |= IMAGE_STRAY_BYTES;
    return at;
}

static const struct media_fault *scan_data(struct jpeg_walk *w, const unsigned char *p, size_t size,
                                           size_t *at)
{
    size_t start = *at;
    *at = skip_scan(p, size, start);
    if (*at == start)
        return &image_empty;
    struct jpeg_scan *s = &w->scan;
    s->width = w->img->width;
    s->height = w->img->height;
    s->restart_interval = w->restart_interval;
    s->most_across = w->most_across;
    s->most_down = w->most_down;
    if (!w->progressive && !(w->img->oddities & IMAGE_DAMAGED_SCAN) &&
        !jpeg_scan_is_whole(s, p + start, *at - start))
        w->img->oddities |= IMAGE_DAMAGED_SCAN;
    return NULL;
}

/* At the end of the file. Of a progressive picture nothing says that its scans are all there. */
static bool lacks_only_its_end(struct jpeg_walk *w)
{
    if (w->scan.components == 0 || w->progressive || w->img->oddities & IMAGE_DAMAGED_SCAN)
        return false;
    w->img->oddities |= IMAGE_NO_END;
    return true;
}

static const struct media_fault *walk_segments(struct jpeg_walk *w, const unsigned char *p,
                                               size_t size, size_t *end)
{
    for (size_t at = 2;;) {
        at = next_marker(w, p, size, at);
        while (at < size && p[at] == 0xFF)
            at++; /* fill bytes */
        if (at >= size) {
            *end = size;
            return lacks_only_its_end(w) ? NULL : &image_cut_short;
        }
        unsigned marker = p[at++];
        *end = at;
        if (marker == EOI)
            return NULL;
        if (marker == TEM || (marker >= RST0 && marker <= RST7))
            continue; /* they stand alone */
        if (marker < SOF0 || marker == SOI)
            return &image_damaged;
        if (size - at < 2)
            return &image_cut_short;
        size_t len = big_endian16(p + at);
        if (len < 2)
            return &image_damaged;
        if (len > size - at)
            return &image_cut_short;
        const struct media_fault *fault = segment(w, marker, p + at + 2, len - 2);
        at += len;
        if (!fault && marker == SOS)
            fault = scan_data(w, p, size, &at);
        if (fault)
            return fault;
    }
}

/* The colour profile out of its pieces, when none is missing and the whole fits the picture. */
static void join_profile(struct jpeg_walk *w)
{
    struct buffer all = {0};
    for (unsigned i = 1; i <= w->pieces; i++) {
        if (!w->profile[i].data)
            break;
        buffer_add(&all, w->profile[i].data, w->profile[i].size);
    }
    if (all.len > 0 && w->profile[w->pieces].data &&
        icc_fits(all.data, all.len, w->img->components)) {
        w->img->profile = all.data;
        w->img->profile_size = all.len;
    } else {
        buffer_clear(&all);
    }
}

/* How libjpeg reads components that are called R, G and B (jdapimin.c); a PDF has to say it. */
static bool is_stored_rgb(const struct jpeg_walk *w)
{
    return w->img->components == 3 && !w->adobe && !w->jfif && w->components[0].id == 'R' &&
           w->components[1].id == 'G' && w->components[2].id == 'B';
}

static void clean(struct jpeg_walk *w, const unsigned char *p, size_t end)
{
    struct media_image *img = w->img;
    buffer_add(&w->cleaned, p + w->copied, end - w->copied);
    if (img->oddities & IMAGE_NO_END)
        buffer_add(&w->cleaned, "\xFF\xD9", 2);
    img->jpeg = img->jpeg_cleaned = w->cleaned.data;
    img->jpeg_size = w->cleaned.len;
    w->cleaned = (struct buffer){0};
}

static const struct media_fault *finish(struct jpeg_walk *w, const unsigned char *p, size_t end)
{
    struct media_image *img = w->img;
    if (img->components == 0)
        return &image_empty;
    for (int i = 0; i < img->components; i++)
        if (!w->components[i].scanned)
            return &image_empty;
    img->inverted_cmyk = w->adobe && img->components == 4;
    if (img->components == 4 && !w->adobe)
        img->oddities |= IMAGE_UNMARKED_INKS;
    if (img->components == 3 && w->jfif && w->adobe_rgb)
        img->oddities |= IMAGE_TWO_COLOURS;
    img->stored_rgb = is_stored_rgb(w);
    img->jpeg = p;
    img->jpeg_size = end; /* what cameras append behind the end is not ours */
    if (img->oddities & (IMAGE_STRAY_BYTES | IMAGE_NO_END))
        clean(w, p, end);
    join_profile(w);
    if (w->progressive &&
        !jpeg_progressive_is_whole(img->jpeg, img->jpeg_size, (size_t)img->width * img->height))
        img->oddities |= IMAGE_DAMAGED_SCAN;
    return NULL;
}

const struct media_fault *jpeg_walk(struct media_image *img, const unsigned char *p, size_t size)
{
    struct jpeg_walk w = {.img = img};
    size_t end = 0;
    const struct media_fault *fault = walk_segments(&w, p, size, &end);

    if (!fault)
        fault = finish(&w, p, end);
    buffer_clear(&w.cleaned);
    return fault;
}
