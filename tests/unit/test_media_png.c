/* test_media_png.c - PNGs are walked chunk by chunk and decoded: all kinds, odd ones, broken ones.
 */
#include "test_media.h"

#include "core/workers.h"

#include <png.h>
#include <stdlib.h>
#include <zlib.h>

enum { WIDTH = 9, HEIGHT = 10 }; /* every pass of an interlaced picture has pixels */

struct kind {
    int colour, depth, interlace;
    bool transparent; /* with a tRNS chunk */
};

static unsigned channels_of(int colour)
{
    static const unsigned channels[] = {[0] = 1, [2] = 3, [3] = 1, [4] = 2, [6] = 4};
    return channels[colour];
}

/* The picture's samples, as they are stored. */
static unsigned sample(const struct kind *k, unsigned x, unsigned y, unsigned channel)
{
    unsigned scale = k->depth == 16 ? 777 : 1;
    return (x * 5 + y * 3 + channel * 7) * scale % (1u << k->depth);
}

static unsigned to_eight_bits(const struct kind *k, unsigned value)
{
    return k->depth == 16 ? (value * 255 + 32767) / 65535 : value * 255 / ((1u << k->depth) - 1);
}

static void sink(png_structp png, png_bytep data, size_t len)
{
    buffer_add(png_get_io_ptr(png), data, len);
}

static void flush(png_structp png)
{
    (void)png;
}

static void pack_row(const struct kind *k, unsigned y, unsigned char *row)
{
    unsigned n = channels_of(k->colour);
    memset(row, 0, WIDTH * 8);
    for (unsigned i = 0; i < WIDTH * n; i++) {
        unsigned v = sample(k, i / n, y, i % n), bit = i * (unsigned)k->depth;
        if (k->depth == 16) {
            row[2 * i] = (unsigned char)(v >> 8);
            row[2 * i + 1] = (unsigned char)v;
        } else {
            row[bit / 8] |= (unsigned char)(v << (8 - (unsigned)k->depth - bit % 8));
        }
    }
}

static struct buffer png(struct kind k)
{
    struct buffer b = {0};
    png_structp p = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(p);
    unsigned char row[WIDTH * 8];
    png_color colours[256] = {{0}};
    png_byte alphas[256];
    png_color_16 hidden = {0};

    png_set_write_fn(p, &b, sink, flush);
    png_set_IHDR(p, info, WIDTH, HEIGHT, k.depth, k.colour, k.interlace, 0, 0);
    for (unsigned i = 0; i < 256; i++) {
        colours[i] = (png_color){(png_byte)(i * 3), (png_byte)(i * 5), (png_byte)(255 - i)};
        alphas[i] = (png_byte)(i * 9);
    }
    if (k.colour == PNG_COLOR_TYPE_PALETTE)
        png_set_PLTE(p, info, colours, 1 << k.depth);
    hidden.gray = hidden.red = (png_uint_16)sample(&k, 1, 1, 0);
    hidden.green = (png_uint_16)sample(&k, 1, 1, 1);
    hidden.blue = (png_uint_16)sample(&k, 1, 1, 2);
    if (k.transparent)
        png_set_tRNS(p, info, alphas, 1 << k.depth > 256 ? 256 : 1 << k.depth, &hidden);
    png_set_pHYs(p, info, 11811, 11811, PNG_RESOLUTION_METER);
    png_write_info(p, info);
    int passes = png_set_interlace_handling(p);
    for (int pass = 0; pass < passes; pass++) {
        for (unsigned y = 0; y < HEIGHT; y++) {
            pack_row(&k, y, row);
            png_write_row(p, row);
        }
    }
    png_write_end(p, NULL);
    png_destroy_write_struct(&p, &info);
    return b;
}

static unsigned expected_alpha(const struct kind *k, unsigned x, unsigned y)
{
    unsigned n = channels_of(k->colour);
    if (n == 2 || n == 4)
        return to_eight_bits(k, sample(k, x, y, n - 1));
    if (!k->transparent)
        return 255;
    if (k->colour == PNG_COLOR_TYPE_PALETTE)
        return (unsigned char)(sample(k, x, y, 0) * 9);
    for (unsigned c = 0; c < n; c++)
        if (sample(k, x, y, c) != sample(k, 1, 1, c))
            return 255;
    return 0;
}

static unsigned expected_colour(const struct kind *k, unsigned x, unsigned y, unsigned c)
{
    unsigned i = sample(k, x, y, 0);
    if (k->colour == PNG_COLOR_TYPE_PALETTE)
        return (unsigned char)(c == 0 ? i * 3 : c == 1 ? i * 5 : 255 - i);
    return to_eight_bits(k, sample(k, x, y, c));
}

static void is_decoded(struct kind k)
{
    struct buffer b = png(k);
    struct diag d = {0};
    struct media_image img;
    if (!load(&img, &b, &d))
        fail_msg("%s", d.list[0].text[LANGUAGE_EN]);
    assert_int_equal(d.n, 0);
    assert_int_equal(img.width, WIDTH);
    assert_int_equal(img.height, HEIGHT);
    assert_int_equal(img.upright_width, WIDTH);
    assert_int_equal(img.components, k.colour & PNG_COLOR_MASK_COLOR ? 3 : 1);
    assert_true(img.dpi_x > 299.9 && img.dpi_x < 300.1);
    unsigned n = (unsigned)img.components;
    bool opaque = true;
    for (unsigned i = 0; i < WIDTH * HEIGHT; i++) {
        unsigned x = i % WIDTH, y = i / WIDTH, alpha = expected_alpha(&k, x, y);
        for (unsigned c = 0; c < n; c++)
            assert_int_equal(img.pixels[i * n + c], expected_colour(&k, x, y, c));
        assert_int_equal(img.alpha ? img.alpha[i] : 255, alpha);
        opaque = opaque && alpha == 255;
    }
    assert_int_equal(img.alpha == NULL, opaque);
    image_clear(&img);
    buffer_clear(&b);
}

static void k3_03_all_kinds_are_decoded_to_eight_bits_with_alpha_apart(void **state)
{
    (void)state;
    static const struct kind kinds[] = {
        {0, 1, 0, false},  {0, 2, 0, false},  {0, 4, 0, false}, {0, 8, 0, false},
        {0, 16, 0, false}, {0, 1, 0, true},   {0, 2, 0, true},  {0, 4, 0, true},
        {0, 8, 0, true},   {0, 16, 0, true},  {2, 8, 0, false}, {2, 16, 0, false},
        {2, 8, 0, true},   {2, 16, 0, true},  {3, 1, 0, false}, {3, 2, 0, false},
        {3, 4, 0, false},  {3, 8, 0, false},  {3, 1, 0, true},  {3, 2, 0, true},
        {3, 4, 0, true},   {3, 8, 0, true},   {4, 8, 0, false}, {4, 16, 0, false},
        {6, 8, 0, false},  {6, 16, 0, false},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        for (int interlace = 0; interlace < 2; interlace++) {
            struct kind k = kinds[i];
            k.interlace = interlace;
            is_decoded(k);
        }
    }
}

static void chunk(struct buffer *b, const char *type, const void *data, size_t len)
{
    put32(b, (uint32_t)len);
    size_t start = b->len;
    buffer_add(b, type, 4);
    buffer_add(b, data, len);
    put32(b, (uint32_t)crc32(0, b->data + start, (uInt)len + 4));
}

static void signature(struct buffer *b)
{
    buffer_add(b, "\x89PNG\r\n\x1A\n", 8);
}

static void ihdr(struct buffer *b, uint32_t width, uint32_t height, int depth, int colour,
                 int interlace)
{
    struct buffer body = {0};
    put32(&body, width);
    put32(&body, height);
    buffer_putc(&body, depth);
    buffer_putc(&body, colour);
    buffer_add(&body, "\0\0", 2);
    buffer_putc(&body, interlace);
    chunk(b, "IHDR", body.data, body.len);
    buffer_clear(&body);
}

/* One chunk of so many zero bytes, deflated. */
static void deflated(struct buffer *b, const char *type, const char *before, size_t before_len,
                     size_t zeros)
{
    static const unsigned char block[65536];
    struct buffer body = {0};
    z_stream z = {0};
    int end;
    buffer_add(&body, before, before_len);
    assert_int_equal(deflateInit(&z, 9), Z_OK);
    do {
        unsigned char out[65536];
        if (z.avail_in == 0) {
            z.next_in = (Bytef *)block;
            z.avail_in = (uInt)(zeros < sizeof block ? zeros : sizeof block);
            zeros -= z.avail_in;
        }
        z.next_out = out;
        z.avail_out = sizeof out;
        end = deflate(&z, zeros == 0 ? Z_FINISH : Z_NO_FLUSH);
        buffer_add(&body, out, sizeof out - z.avail_out);
    } while (end != Z_STREAM_END);
    deflateEnd(&z);
    chunk(b, type, body.data, body.len);
    buffer_clear(&body);
}

/* A black grey 4 x 4 picture in pieces; more chunks may come before and between. */
static void begin(struct buffer *b)
{
    signature(b);
    ihdr(b, 4, 4, 8, 0, 0);
}

static void pixels(struct buffer *b)
{
    deflated(b, "IDAT", NULL, 0, 4 * 5);
}

static void finish(struct buffer *b)
{
    chunk(b, "IEND", NULL, 0);
}

static void is_accepted(struct buffer *b)
{
    struct diag d = {0};
    struct media_image img;
    if (!load(&img, b, &d))
        fail_msg("%s", d.list[0].text[LANGUAGE_EN]);
    assert_int_equal(d.n, 0);
    assert_int_equal(img.pixels[15], 0);
    assert_null(img.alpha);
    image_clear(&img);
    buffer_clear(b);
}

static void is_refused(struct buffer *b, const char *zh, const char *en)
{
    refused(b, zh, en);
    buffer_clear(b);
}

/* Sound by its chunks, so that only decoding shows the fault. */
static void is_refused_when_decoded(struct buffer *b, const char *zh, const char *en)
{
    struct diag d = {0};
    struct media_image img;
    assert_true(probe(&img, b, &d));
    assert_false(load(&img, b, &d));
    found(&d, SEVERITY_ERROR, zh, en);
    assert_null(img.pixels);
    image_clear(&img);
    buffer_clear(b);
}

/* Does byte i belong to the chunk of that type, but for its length? The length stays the same. */
static bool in_chunk(const unsigned char *sound, size_t len, size_t i, const char *type)
{
    for (size_t at = 4; at + 4 <= len; at++)
        if (!memcmp(sound + at, type, 4))
            return i >= at && i < at + 4 + ((size_t)sound[at - 2] << 8 | sound[at - 1]) + 4;
    return false;
}

static void k3_07_cut_and_changed_pngs_are_refused_without_decoding(void **state)
{
    (void)state;
    struct buffer b = png((struct kind){3, 4, 1, true});
    const size_t end = 12; /* of the last chunk, without which all is there */
    for (size_t cut = 8; cut < b.len - end; cut++) {
        struct buffer part = {.data = malloc(cut), .len = cut, .cap = cut};
        memcpy(part.data, b.data, cut);
        refused(&part, "不完整", "cut short");
        free(part.data);
    }
    unsigned char *sound = malloc(b.len);
    memcpy(sound, b.data, b.len);
    for (size_t i = 8; i < b.len; i++) {
        for (int bit = 0; bit < 8; bit++) {
            b.data[i] ^= (unsigned char)(1 << bit);
            /* but for chunks that may be left out */
            bool unmarked = i == b.len - 8 && 1 << bit == 0x20; /* "iEND" */
            if (!in_chunk(sound, b.len, i, "tRNS") && !in_chunk(sound, b.len, i, "pHYs") &&
                !unmarked)
                refused(&b, "", ""); /* whichever of the faults it looks like */
            b.data[i] ^= (unsigned char)(1 << bit);
        }
    }
    free(sound);
    struct buffer zero = {0};
    refused(&zero, "空文件", "is empty");
    buffer_clear(&b);
}

static void a_last_chunk_that_is_cut_is_warned_of(void **state)
{
    (void)state;
    struct buffer b = png((struct kind){3, 4, 1, true});
    for (size_t cut = b.len - 12; cut < b.len; cut++) {
        struct buffer part = {.data = malloc(cut), .len = cut, .cap = cut};
        struct media_image img;
        struct diag d = {0};
        memcpy(part.data, b.data, cut);
        assert_true(load(&img, &part, &d));
        found(&d, SEVERITY_WARNING, "缺少结尾标记", "lacks the mark of its end");
        image_clear(&img);
        free(part.data);
    }
    buffer_clear(&b);
}

static void chunks_must_come_in_order(void **state)
{
    (void)state;
    struct buffer b = {0};
    begin(&b), pixels(&b), finish(&b);
    is_accepted(&b);
    begin(&b), finish(&b);
    is_refused(&b, "没有图像", "no picture");
    begin(&b);
    is_refused(&b, "不完整", "cut short");
    signature(&b), pixels(&b), finish(&b);
    is_refused(&b, "已损坏", "damaged");
    begin(&b), ihdr(&b, 4, 4, 8, 0, 0), pixels(&b), finish(&b);
    is_refused(&b, "已损坏", "damaged");
    begin(&b), pixels(&b), chunk(&b, "tEXt", "a\0b", 3), pixels(&b), finish(&b);
    is_refused(&b, "已损坏", "damaged");
    signature(&b), ihdr(&b, 4, 4, 8, 3, 0), pixels(&b), finish(&b); /* no palette */
    is_refused(&b, "已损坏", "damaged");
    signature(&b), ihdr(&b, 4, 4, 8, 3, 0), chunk(&b, "PLTE", "ab", 2), pixels(&b), finish(&b);
    is_refused(&b, "已损坏", "damaged");
    begin(&b), pixels(&b), chunk(&b, "PLTE", "abc", 3), finish(&b);
    is_refused(&b, "已损坏", "damaged");
    begin(&b), chunk(&b, "ABCD", "", 0), pixels(&b), finish(&b);
    is_refused(&b, "不合规范", "no PNG by the standard");
    begin(&b), chunk(&b, "abcd", "", 0), pixels(&b), chunk(&b, "efgh", "x", 1), finish(&b);
    is_accepted(&b);
    begin(&b), chunk(&b, "a\nbc", "", 0), pixels(&b), finish(&b);
    is_refused(&b, "已损坏", "damaged");
}

static void headers_must_say_what_there_is(void **state)
{
    (void)state;
    static const struct {
        uint32_t width, height;
        int depth, colour, interlace;
        const char *zh, *en;
    } cases[] = {
        {0, 4, 8, 0, 0, "没有写明宽和高", "does not say how wide"},
        {4, 0, 8, 0, 0, "没有写明宽和高", "does not say how wide"},
        {4, 4, 3, 0, 0, "不合规范", "no PNG by the standard"},
        {4, 4, 0, 0, 0, "不合规范", "no PNG by the standard"},
        {4, 4, 24, 0, 0, "不合规范", "no PNG by the standard"},
        {4, 4, 4, 2, 0, "不合规范", "no PNG by the standard"},
        {4, 4, 16, 3, 0, "不合规范", "no PNG by the standard"},
        {4, 4, 8, 1, 0, "不合规范", "no PNG by the standard"},
        {4, 4, 8, 7, 0, "不合规范", "no PNG by the standard"},
        {4, 4, 8, 255, 0, "不合规范", "no PNG by the standard"},
        {4, 4, 8, 0, 2, "不合规范", "no PNG by the standard"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer b = {0};
        signature(&b);
        ihdr(&b, cases[i].width, cases[i].height, cases[i].depth, cases[i].colour,
             cases[i].interlace);
        pixels(&b), finish(&b);
        is_refused(&b, cases[i].zh, cases[i].en);
    }
    struct buffer b = {0};
    signature(&b), chunk(&b, "CgBI", "\x50\0\x20\x02", 4), ihdr(&b, 4, 4, 8, 6, 0), pixels(&b),
        finish(&b);
    is_refused(&b, "CgBI", "Apple's developer tools");
}

static void pixels_must_all_be_there(void **state)
{
    (void)state;
    struct buffer b = {0};
    begin(&b), deflated(&b, "IDAT", NULL, 0, 4 * 5 - 1), finish(&b);
    is_refused_when_decoded(&b, "已损坏", "damaged");
    begin(&b), chunk(&b, "IDAT", "rubbish", 7), finish(&b);
    is_refused_when_decoded(&b, "已损坏", "damaged");
    begin(&b), chunk(&b, "IDAT", "", 0), finish(&b);
    is_refused_when_decoded(&b, "已损坏", "damaged");
    begin(&b), deflated(&b, "IDAT", NULL, 0, 4 * 5 + 100000), finish(&b); /* too many do no harm */
    is_accepted(&b);
    begin(&b), chunk(&b, "IDAT", "", 0), pixels(&b), chunk(&b, "IDAT", "", 0), finish(&b);
    is_accepted(&b);
}

/* The chunks' checksums made right again. */
static void check_anew(struct buffer *b)
{
    for (size_t at = 8; at + 12 <= b->len;) {
        uint32_t len = (uint32_t)b->data[at] << 24 | (uint32_t)b->data[at + 1] << 16 |
                       (uint32_t)b->data[at + 2] << 8 | b->data[at + 3];
        uint32_t sum = (uint32_t)crc32(0, b->data + at + 4, len + 4);
        for (int i = 0; i < 4; i++)
            b->data[at + 8 + len + (size_t)i] = (unsigned char)(sum >> (24 - 8 * i));
        at += 12 + len;
    }
}

static bool judged(struct buffer *b, bool decoded, struct diag *d)
{
    struct media_file file = file_of(b);
    struct media_image img;
    bool ok = decoded ? image_load(&img, &file, NULL, &where, d)
                      : image_judge(&img, &file, NULL, &where, d);
    if (ok)
        image_clear(&img);
    return ok;
}

/* Whatever byte of the pixels is spoilt, all its bits or one: the same verdict with decoding and
 * without. */
static void rows_are_judged_as_they_are_decoded(void **state)
{
    static const struct kind kinds[] = {{PNG_COLOR_TYPE_GRAY, 1, PNG_INTERLACE_NONE, false},
                                        {PNG_COLOR_TYPE_RGB, 8, PNG_INTERLACE_NONE, false},
                                        {PNG_COLOR_TYPE_PALETTE, 4, PNG_INTERLACE_ADAM7, false},
                                        {PNG_COLOR_TYPE_RGB_ALPHA, 16, PNG_INTERLACE_ADAM7, false}};
    static const unsigned char spoils[] = {0, 0xFF, 0x01, 0x10};
    size_t refusals = 0, all = 0;
    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct buffer b = png(kinds[k]);
        size_t from = 0, to = b.len - 16; /* a checksum, and IEND */
        while (memcmp(b.data + from, "IDAT", 4))
            from++;
        from += 4;
        for (size_t at = from; at < to; at++)
            for (size_t i = 0; i < sizeof spoils; i++) {
                struct diag drawn = {0}, seen = {0};
                b.data[at] ^= spoils[i];
                check_anew(&b);
                bool ok = judged(&b, true, &drawn);
                if (judged(&b, false, &seen) != ok || seen.n != drawn.n)
                    fail_msg("kind %zu, byte %zu of the pixels, %02x: decoded %d", k, at - from,
                             spoils[i], ok);
                if (!ok)
                    assert_string_equal(seen.list[0].text[0], drawn.list[0].text[0]);
                b.data[at] ^= spoils[i];
                refusals += !ok;
                all++;
                diag_clear(&drawn);
                diag_clear(&seen);
            }
        buffer_clear(&b);
    }
    assert_in_range(refusals, all / 4, all * 3 / 4);
}

static void what_comes_beside_the_picture_is_passed_over(void **state)
{
    (void)state;
    struct buffer b = {0};
    begin(&b), chunk(&b, "gAMA", "\0\0\0\0", 4), chunk(&b, "iCCP", "x\0\0rubbish", 10), pixels(&b),
        finish(&b);
    is_accepted(&b);
    begin(&b), chunk(&b, "tRNS", "toolong", 7), chunk(&b, "pHYs", "short", 5), pixels(&b),
        finish(&b);
    is_accepted(&b);
    begin(&b), pixels(&b), finish(&b), buffer_puts(&b, "bytes behind the end");
    is_accepted(&b);
    begin(&b), chunk(&b, "acTL", "\0\0\0\2\0\0\0\0", 8); /* an animation: its first picture */
    chunk(&b, "fcTL", "\0\0\0\0\0\0\0\4\0\0\0\4\0\0\0\0\0\0\0\0\0\1\0\1\0\0", 26), pixels(&b);
    chunk(&b, "fcTL", "\0\0\0\1\0\0\0\4\0\0\0\4\0\0\0\0\0\0\0\0\0\1\0\1\0\0", 26);
    chunk(&b, "fdAT", "\0\0\0\2rubbish", 11), finish(&b);
    is_accepted(&b);
}

/* The image of a PNG that is used; free it. */
static struct media_image used(struct buffer *b)
{
    struct media_image img;
    struct diag d = {0};
    if (!load(&img, b, &d))
        fail_msg("%s", d.list[0].text[LANGUAGE_EN]);
    assert_int_equal(d.n, 0);
    buffer_clear(b);
    return img;
}

static void k3_09_exif_in_a_png_turns_it(void **state)
{
    (void)state;
    static const char held[] = "MM\0*\0\0\0\10\0\1\1\22\0\3\0\0\0\1\0\6\0\0\0\0\0\0";
    for (int behind = 0; behind < 2; behind++) { /* before or behind the pixels */
        struct buffer b = {0};
        begin(&b);
        if (!behind)
            chunk(&b, "eXIf", held, 26);
        pixels(&b);
        if (behind)
            chunk(&b, "eXIf", held, 26);
        finish(&b);
        struct media_image img = used(&b);
        assert_int_equal(img.orientation, 6);
        image_clear(&img);
    }
}

static void k4_14_a_wrong_checksum_beside_the_picture_is_warned_of(void **state)
{
    (void)state;
    struct buffer b = {0};
    struct media_image img;
    struct diag d = {0};
    begin(&b);
    chunk(&b, "tEXt", "a\0b", 3);
    b.data[b.len - 1] ^= 1;
    pixels(&b), finish(&b);
    assert_true(load(&img, &b, &d));
    found(&d, SEVERITY_WARNING, "校验和不符", "a checksum is wrong");
    assert_non_null(img.pixels);
    image_clear(&img);
    buffer_clear(&b);
}

/* As readers pass it over: the transparent would be white on paper, whatever is there. */
static void what_is_transparent_by_a_wrong_checksum_is_printed(void **state)
{
    (void)state;
    struct buffer b = {0};
    struct media_image img;
    struct diag d = {0};
    begin(&b);
    chunk(&b, "tRNS", "\0", 2);
    b.data[b.len - 1] ^= 1;
    pixels(&b), finish(&b);
    assert_true(load(&img, &b, &d));
    found(&d, SEVERITY_WARNING, "透明信息有损坏", "what is transparent");
    assert_null(img.alpha);
    image_clear(&img);
    buffer_clear(&b);
}

/* A profile of nothing but a header and one tag, for pixels of this space. What is behind the tag
 * does not pack: libpng passes over chunks of less than 92 bytes. */
static struct buffer profile(const char *space)
{
    struct buffer p = {0};
    memset(buffer_room(&p, 128 + 4 + 12 + 20), 0, 128 + 4 + 12 + 20);
    for (unsigned i = 0, v = 1; i < 80; i++, v = v * 69069 + 1)
        buffer_putc(&p, (int)(v >> 24));
    p.data[3] = (unsigned char)p.len;
    p.data[8] = 2;
    memcpy(p.data + 12, "mntr", 4);
    memcpy(p.data + 16, space, 4);
    memcpy(p.data + 20, "XYZ ", 4);
    memcpy(p.data + 36, "acsp", 4);
    /* the illuminant that all profiles have, D50 */
    memcpy(p.data + 68, "\0\0\xF6\xD6\0\1\0\0\0\0\xD3\x2D", 12);
    p.data[131] = 1;
    memcpy(p.data + 132, "wtpt\0\0\0\x90\0\0\0\x14", 12);
    memcpy(p.data + 144, "XYZ ", 4);
    return p;
}

static void packed_profile(struct buffer *b, const struct buffer *profile)
{
    unsigned char data[1024] = "name\0";
    uLongf len = sizeof data - 6;
    assert_int_equal(compress(data + 6, &len, profile->data, profile->len), Z_OK);
    chunk(b, "iCCP", data, len + 6);
}

static void k3_08_a_profile_is_kept_when_it_fits(void **state)
{
    (void)state;
    struct buffer b = {0}, rgb = profile("RGB "), grey = profile("GRAY");
    signature(&b), ihdr(&b, 4, 4, 8, 2, 0), packed_profile(&b, &rgb);
    deflated(&b, "IDAT", NULL, 0, 4 * (3 * 4 + 1)), finish(&b);
    struct media_image img = used(&b);
    assert_int_equal(img.profile_size, rgb.len);
    assert_memory_equal(img.profile, rgb.data, rgb.len);
    image_clear(&img);
    signature(&b), ihdr(&b, 4, 4, 8, 2, 0), packed_profile(&b, &grey);
    deflated(&b, "IDAT", NULL, 0, 4 * (3 * 4 + 1)), finish(&b);
    img = used(&b);
    assert_null(img.profile);
    image_clear(&img);
    buffer_clear(&rgb);
    buffer_clear(&grey);
}

/* gamma: 0: none. */
static struct media_calibration calibrated(uint32_t gamma, const uint32_t *chromaticities,
                                           bool srgb)
{
    struct buffer b = {0}, body = {0};
    begin(&b);
    if (srgb)
        chunk(&b, "sRGB", "\0", 1);
    if (gamma) {
        put32(&body, gamma);
        chunk(&b, "gAMA", body.data, body.len);
        body.len = 0;
    }
    for (int i = 0; chromaticities && i < 8; i++)
        put32(&body, chromaticities[i]);
    if (chromaticities)
        chunk(&b, "cHRM", body.data, body.len);
    pixels(&b), finish(&b);
    buffer_clear(&body);
    struct media_image img = used(&b);
    struct media_calibration c = img.calibration;
    image_clear(&img);
    return c;
}

static void k3_08_gamma_and_chromaticities_are_kept(void **state)
{
    (void)state;
    static const uint32_t srgb[] = {31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000};
    static const uint32_t wide[] = {31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000};
    static const uint32_t absurd[] = {31270, 0, 64000, 33000, 64000, 33000, 15000, 6000};
    assert_true(calibrated(45455, srgb, false).gamma == 0); /* as every viewer has it */
    assert_true(calibrated(45455, NULL, false).gamma == 0);
    assert_true(calibrated(100000, wide, true).gamma == 0); /* sRGB has the last word */
    assert_true(calibrated(45455, absurd, false).gamma == 0);
    assert_true(calibrated(1, NULL, false).gamma == 0);
    assert_true(calibrated(100000, NULL, false).gamma == 1);
    struct media_calibration c = calibrated(0, wide, false);
    assert_true(c.gamma == 2.2);
    for (int i = 0; i < 3; i++) { /* the primaries together are white */
        double sum = c.primaries[i] + c.primaries[3 + i] + c.primaries[6 + i];
        assert_true(sum > c.white[i] - 1e-9 && sum < c.white[i] + 1e-9);
    }
    assert_true(c.primaries[1] > 0.22 && c.primaries[1] < 0.24); /* red's luminance in P3: 0.229 */
}

static void k3_04_absurd_densities_are_none(void **state)
{
    (void)state;
    static const struct {
        uint32_t per_metre;
        int unit;
        double dpi;
    } cases[] = {
        {11811, 1, 300},    {39, 1, 0},    {0, 1, 0}, {787402, 1, 0},
        {0xFFFFFFFF, 1, 0}, {11811, 0, 0}, {1, 0, 0}, /* only a ratio */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer b = {0}, body = {0};
        struct diag d = {0};
        struct media_image img;
        put32(&body, cases[i].per_metre);
        put32(&body, cases[i].per_metre);
        buffer_putc(&body, cases[i].unit);
        begin(&b), chunk(&b, "pHYs", body.data, body.len), pixels(&b), finish(&b);
        assert_true(probe(&img, &b, &d));
        assert_true(img.dpi_x > cases[i].dpi - 0.01 && img.dpi_x < cases[i].dpi + 0.01);
        buffer_clear(&b);
        buffer_clear(&body);
    }
}

/* Loads the buffer in a process of its own and brings the English message, or nothing. */
static void load_alone(void *data, struct buffer *result)
{
    struct diag d = {0};
    struct media_image img;
    if (!load(&img, data, &d))
        buffer_puts(result, d.list[0].text[LANGUAGE_EN]);
}

static void loads_within(struct buffer *b, unsigned seconds, size_t bytes, const char *message)
{
    struct workers_limits limits = {seconds * SLACK, bytes * SLACK};
    struct buffer result = {0};
    assert_int_equal(workers_alone(load_alone, b, limits, &result), WORKERS_DONE);
    buffer_putc(&result, 0);
    if (!strstr((char *)result.data, message) || (result.len > 1 && !*message))
        fail_msg("'%s' instead of '%s'", (char *)result.data, message);
    buffer_clear(&result);
    buffer_clear(b);
}

static void k3_06_bombs_cost_neither_memory_nor_time(void **state)
{
    (void)state;
    enum { MB = 1 << 20 };
    struct buffer b = {0};
    signature(&b), ihdr(&b, 60000, 60000, 1, 0, 0), pixels(&b), finish(&b);
    loads_within(&b, 1, 16 * MB, "60000x60000 pixels, more than the limit of 100000000");
    signature(&b), ihdr(&b, 1, 100000000, 16, 6, 0), pixels(&b), finish(&b);
    loads_within(&b, 1, 16 * MB, "or of 65500 a side");
    signature(&b), ihdr(&b, 0x7FFFFFFF, 0x7FFFFFFF, 16, 6, 0), pixels(&b), finish(&b);
    loads_within(&b, 1, 16 * MB, "more than the limit");
    static const struct {
        const char *type, *before;
        size_t len;
    } texts[] = {{"zTXt", "a\0\0", 3}, {"iTXt", "a\0\1\0\0\0", 6}, {"iCCP", "a\0\0", 3}};
    for (size_t i = 0; i < 3; i++) {
        begin(&b);
        for (int k = 0; k < 3; k++) /* before the pixels, then behind them */
            k == 1 ? pixels(&b)
                   : deflated(&b, texts[i].type, texts[i].before, texts[i].len, 100 * MB);
        finish(&b);
        loads_within(&b, 1, 16 * MB, "");
    }
    begin(&b);
    for (int i = 0; i < 300000; i++)
        chunk(&b, i == 200000 ? "IDAT" : "tEXt", "a\0", 2);
    finish(&b);
    loads_within(&b, 2, 16 * MB, "damaged");
}

/* The promise of media.h: five bytes a pixel at most, the file itself apart. */
static void the_largest_kind_needs_five_bytes_a_pixel(void **state)
{
    (void)state;
    enum { W = 4000, H = 2500 };
    for (int interlace = 0; interlace < 2; interlace++) {
        struct buffer b = {0};
        signature(&b), ihdr(&b, W, H, 16, 6, interlace);
        /* Passes have their own filter bytes: a few more zeros than needed serve both. */
        deflated(&b, "IDAT", NULL, 0, (size_t)H * (W * 8 + 16)), finish(&b);
        loads_within(&b, 10, (size_t)W * H * 5 + (4 << 20), "");
    }
}

static void limits_may_be_set(void **state)
{
    (void)state;
    struct media_limits exact = {.pixels = 16}, tight = {.pixels = 15};
    struct buffer b = {0};
    struct diag d = {0};
    struct media_image img;
    begin(&b), pixels(&b), finish(&b);
    struct media_file file = file_of(&b);
    assert_true(image_load(&img, &file, &exact, &where, &d));
    image_clear(&img);
    assert_false(image_load(&img, &file, &tight, &where, &d));
    found(&d, SEVERITY_ERROR, "4×4 像素，超过上限（共 15", "4x4 pixels, more than the limit of 15");
    buffer_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(k3_03_all_kinds_are_decoded_to_eight_bits_with_alpha_apart),
        cmocka_unit_test(k3_07_cut_and_changed_pngs_are_refused_without_decoding),
        cmocka_unit_test(a_last_chunk_that_is_cut_is_warned_of),
        cmocka_unit_test(chunks_must_come_in_order),
        cmocka_unit_test(headers_must_say_what_there_is),
        cmocka_unit_test(pixels_must_all_be_there),
        cmocka_unit_test(rows_are_judged_as_they_are_decoded),
        cmocka_unit_test(what_comes_beside_the_picture_is_passed_over),
        cmocka_unit_test(k3_09_exif_in_a_png_turns_it),
        cmocka_unit_test(k4_14_a_wrong_checksum_beside_the_picture_is_warned_of),
        cmocka_unit_test(what_is_transparent_by_a_wrong_checksum_is_printed),
        cmocka_unit_test(k3_08_a_profile_is_kept_when_it_fits),
        cmocka_unit_test(k3_08_gamma_and_chromaticities_are_kept),
        cmocka_unit_test(k3_04_absurd_densities_are_none),
        cmocka_unit_test(k3_06_bombs_cost_neither_memory_nor_time),
        cmocka_unit_test(the_largest_kind_needs_five_bytes_a_pixel),
        cmocka_unit_test(limits_may_be_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
