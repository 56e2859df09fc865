/* test_media.c - sniffing, confinement, JPEG walking and PNG decoding on bytes made here. */
#include "core/buffer.h"
#include "media/media.h"

#include <png.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct finding where = {.label = "照片", .field = "person/photo"};

static bool load(struct media_image *img, const struct buffer *b, struct diag *d)
{
    struct media_file file = {"x", b->data, b->len, media_sniff(b->data, b->len), NULL};
    return image_load(img, &file, NULL, &where, d);
}

/* Loading must fail with one finding that contains the words. */
static void refused(const struct buffer *b, const char *words)
{
    struct diag d = {0};
    struct media_image img;
    assert_false(load(&img, b, &d));
    assert_int_equal(d.n, 1);
    assert_string_equal(d.list[0].rule, "R76");
    assert_non_null(strstr(d.list[0].text[LANGUAGE_EN], words));
    image_clear(&img);
    diag_clear(&d);
}

static void put16(struct buffer *b, unsigned v)
{
    buffer_putc(b, (int)(v >> 8));
    buffer_putc(b, (int)(v & 0xFF));
}

static void segment(struct buffer *b, unsigned marker, const void *body, size_t len)
{
    put16(b, 0xFF00 | marker);
    put16(b, (unsigned)len + 2);
    buffer_add(b, body, len);
}

struct jpeg_case {
    int components, orientation;
    bool adobe, fill, little;
};

static struct buffer jpeg(struct jpeg_case c)
{
    struct buffer b = {0};
    buffer_add(&b, "\xFF\xD8", 2);
    if (c.orientation) {
        static const char big[] =
            "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0O\0\0\0\0\0\0";
        static const char little[] =
            "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0O\0\0\0\0\0\0\0";
        char body[sizeof big - 1];
        memcpy(body, c.little ? little : big, sizeof body);
        *(char *)memchr(body, 'O', sizeof body) = (char)c.orientation;
        segment(&b, 0xE1, body, sizeof body);
    }
    if (c.adobe)
        segment(&b, 0xEE, "Adobe\0\x64\0\0\0\0\x02", 12);
    if (c.fill)
        buffer_add(&b, "\xFF\xFF\xFF", 3);
    unsigned char frame[15] = {8, 0, 30, 0, 20, (unsigned char)c.components};
    segment(&b, 0xC0, frame, 6 + 3 * (size_t)c.components > 15 ? 15 : 6 + 3 * (size_t)c.components);
    segment(&b, 0xDA, "\1\1\0\0\x3F\0", 6);
    buffer_add(&b, "\x12\xFF\0\x34\xFF\xD0\x56\xFF\xD9", 9);
    return b;
}

static void jpegs_are_walked(void **state)
{
    (void)state;
    static const struct jpeg_case cases[] = {
        {1, 0, false, false, false}, {3, 6, false, true, false}, {3, 8, false, false, true},
        {4, 0, true, false, false},  {4, 3, false, false, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer b = jpeg(cases[i]);
        struct diag d = {0};
        struct media_image img;
        assert_true(load(&img, &b, &d));
        assert_int_equal(img.width, 20);
        assert_int_equal(img.height, 30);
        assert_int_equal(img.components, cases[i].components);
        assert_int_equal(img.orientation, cases[i].orientation ? cases[i].orientation : 1);
        assert_int_equal(img.upright_width, cases[i].orientation >= 5 ? 30 : 20);
        assert_int_equal(img.inverted_cmyk, cases[i].adobe);
        assert_int_equal(img.jpeg_size, b.len);
        for (size_t cut = 3; cut < b.len; cut++) {
            struct buffer part = {b.data, cut, cut};
            refused(&part, "damaged");
        }
        image_clear(&img);
        diag_clear(&d);
        buffer_clear(&b);
    }
}

static void sink(png_structp png, png_bytep data, size_t len)
{
    buffer_add(png_get_io_ptr(png), data, len);
}

static void flush(png_structp png)
{
    (void)png;
}

/* A 3 x 2 picture whose samples are all 0xC0 (palette: entry 1, 50 % transparent). */
static struct buffer png(int color, int depth, int interlace)
{
    struct buffer b = {0};
    png_structp p = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(p);
    unsigned char row[32];
    png_set_write_fn(p, &b, sink, flush);
    png_set_IHDR(p, info, 3, 2, depth, color, interlace, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    memset(row, 0xC0, sizeof row);
    if (color == PNG_COLOR_TYPE_PALETTE) {
        png_color colors[2] = {{0, 0, 0}, {0xC0, 0xC0, 0xC0}};
        png_byte alpha[2] = {255, 128};
        png_set_PLTE(p, info, colors, 2);
        png_set_tRNS(p, info, alpha, 2, NULL);
        memset(row, depth == 8 ? 1 : 0x55 * (depth < 4 ? 1 : 0) + (depth == 4 ? 0x11 : 0),
               sizeof row);
    }
    png_set_pHYs(p, info, 11811, 11811, PNG_RESOLUTION_METER);
    png_write_info(p, info);
    int passes = png_set_interlace_handling(p);
    for (int pass = 0; pass < passes; pass++)
        for (int y = 0; y < 2; y++)
            png_write_row(p, row);
    png_write_end(p, NULL);
    png_destroy_write_struct(&p, &info);
    return b;
}

static void pngs_are_decoded_to_eight_bits_with_alpha_apart(void **state)
{
    (void)state;
    static const struct {
        int color, depth, components, alpha;
    } cases[] = {
        {PNG_COLOR_TYPE_GRAY, 8, 1, 255},        {PNG_COLOR_TYPE_GRAY, 16, 1, 255},
        {PNG_COLOR_TYPE_RGB, 8, 3, 255},         {PNG_COLOR_TYPE_RGB, 16, 3, 255},
        {PNG_COLOR_TYPE_GRAY_ALPHA, 8, 1, 0xC0}, {PNG_COLOR_TYPE_RGB_ALPHA, 8, 3, 0xC0},
        {PNG_COLOR_TYPE_RGB_ALPHA, 16, 3, 0xC0}, {PNG_COLOR_TYPE_PALETTE, 8, 3, 128},
        {PNG_COLOR_TYPE_PALETTE, 2, 3, 128},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int interlace = 0; interlace < 2; interlace++) {
            struct buffer b = png(cases[i].color, cases[i].depth, interlace);
            struct diag d = {0};
            struct media_image img;
            assert_true(load(&img, &b, &d));
            assert_int_equal(img.components, cases[i].components);
            assert_true(img.dpi_x > 299.9 && img.dpi_x < 300.1);
            for (size_t k = 0; k < 6; k++) {
                for (int c = 0; c < img.components; c++)
                    assert_int_equal(img.pixels[k * (size_t)img.components + (size_t)c], 0xC0);
                assert_int_equal(img.alpha ? img.alpha[k] : 255, cases[i].alpha);
            }
            image_clear(&img);
            for (size_t cut = 8; cut < b.len - 12; cut++) {
                struct buffer part = {b.data, cut, cut};
                refused(&part, "damaged");
            }
            unsigned char *idat = NULL;
            for (size_t k = 0; k + 4 < b.len && !idat; k++)
                if (!memcmp(b.data + k, "IDAT", 4))
                    idat = b.data + k;
            idat[5] ^= 0x40;
            refused(&b, "damaged");
            buffer_clear(&b);
            diag_clear(&d);
        }
    }
}

static void a_bomb_is_refused_before_anything_is_allocated(void **state)
{
    (void)state;
    struct buffer b = png(PNG_COLOR_TYPE_GRAY, 8, 0);
    memcpy(b.data + 16, "\0\0\xEA\x60\0\0\xEA\x60", 8); /* 60000 x 60000 */
    refused(&b, "more than the limit");
    buffer_clear(&b);
}

static void other_kinds_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *name;
    } cases[] = {
        {"RIFF\x24\0\0\0WEBPVP8 ", 16, "WebP"},
        {"\0\0\0\x18"
         "ftypheic",
         12, "HEIC"},
        {"GIF89a", 6, "GIF"},
        {" <!DOCTYPE html>", 16, "HTML"},
        {"PK\x03\x04", 4, "ZIP"},
        {"%PDF-1.4", 8, "PDF"},
        {"hello", 5, "unknown"},
        {"", 0, "empty"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer b = {0};
        buffer_add(&b, cases[i].bytes, cases[i].len);
        refused(&b, cases[i].name);
        buffer_clear(&b);
    }
}

static void files_outside_the_directory_are_refused(void **state)
{
    (void)state;
    char dir[] = "/tmp/shenbao-media-XXXXXX", path[64], target[64];
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/link", dir);
    snprintf(target, sizeof target, "%s/f", dir);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    FILE *out = fopen(target, "w");
    fputs("GIF8", out);
    fclose(out);
    static const char *const bad[] = {"link", "/etc/passwd", "../../etc/passwd", "none", "", "."};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct media_file m;
        struct diag d = {0};
        assert_false(media_open(&m, dir, bad[i], NULL, &where, &d));
        assert_int_equal(d.n, 1);
        assert_string_equal(d.list[0].label, "照片");
        diag_clear(&d);
    }
    struct media_file m;
    struct diag d = {0};
    assert_true(media_open(&m, dir, "f", NULL, &where, &d));
    assert_int_equal(m.type, MEDIA_GIF);
    assert_int_equal(m.size, 4);
    media_close(&m);
    struct media_limits tight = {.bytes = 3};
    assert_false(media_open(&m, dir, "f", &tight, &where, &d));
    diag_clear(&d);
    unlink(path);
    unlink(target);
    rmdir(dir);
}

static void pdf_pages_are_counted_or_the_fault_is_named(void **state)
{
    (void)state;
    static const char sound[] = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 "
                                "obj<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>endobj\n"
                                "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n4 0 "
                                "obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
                                "trailer<</Root 1 0 R/Size 5>>\nstartxref\n0\n%%EOF\n";
    struct diag d = {0};
    struct media_file file = {"x.pdf", (const unsigned char *)sound, sizeof sound - 1, MEDIA_PDF,
                              NULL};
    assert_int_equal(pdf_page_count(&file, NULL, &where, &d), 2);
    assert_int_equal(d.n, 0);
    struct media_limits one = {.pages = 1};
    assert_int_equal(pdf_page_count(&file, &one, &where, &d), -1);
    file.size = 30;
    assert_int_equal(pdf_page_count(&file, NULL, &where, &d), -1);
    assert_int_equal(d.n, 2);
    diag_clear(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jpegs_are_walked),
        cmocka_unit_test(pngs_are_decoded_to_eight_bits_with_alpha_apart),
        cmocka_unit_test(a_bomb_is_refused_before_anything_is_allocated),
        cmocka_unit_test(other_kinds_are_named),
        cmocka_unit_test(files_outside_the_directory_are_refused),
        cmocka_unit_test(pdf_pages_are_counted_or_the_fault_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
