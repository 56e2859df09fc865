/* test_media_backdrop.c - the colour behind a portrait's head: of every kind of JPEG and PNG, lying
 * as it may; and what cannot be told is not told. */
#include "test_media.h"

#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <png.h>

enum { WIDTH = 240, HEIGHT = 320 };

struct portrait {
    unsigned char behind[3];
    unsigned grain;  /* the backdrop varies by so much, as a camera leaves it */
    int orientation; /* EXIF; 0: 1 */
    int components;  /* 0: 3 */
    bool progressive;
    bool many_scans; /* one for each coefficient of each colour */
    int times;       /* larger by; 0: 1 */
    size_t cut;      /* so many hundredths of the file are missing before its end */
};

/* The upright portrait: a dark figure below and in the middle. */
static void upright(const struct portrait *p, double x, double y, unsigned char out[3])
{
    static unsigned seed = 1;
    bool figure = y > 0.6 || (x > 0.3 && x < 0.7 && y > 0.1);
    for (int k = 0; k < 3; k++) {
        seed = seed * 1103515245 + 12345;
        unsigned noise = p->grain && !figure ? seed >> 16 & (p->grain - 1) : 0;
        out[k] = figure ? 40 : (unsigned char)(p->behind[k] - noise);
    }
}

/* What the camera stored that noted this orientation. */
static void stored(const struct portrait *p, double x, double y, unsigned char out[3])
{
    static const signed char turns[9][4] = {/* from stored to upright: x from x or y, y likewise */
                                            {1, 0, 0, 1},   {1, 0, 0, 1},   {-1, 0, 0, 1},
                                            {-1, 0, 0, -1}, {1, 0, 0, -1},  {0, 1, 1, 0},
                                            {0, -1, 1, 0},  {0, -1, -1, 0}, {0, 1, -1, 0}};
    const signed char *t = turns[p->orientation];
    double u = t[0] ? x : y, v = t[3] ? y : x;
    upright(p, t[0] + t[1] > 0 ? u : 1 - u, t[2] + t[3] > 0 ? v : 1 - v, out);
}

static void write_jpeg(struct buffer *b, const struct portrait *p)
{
    struct jpeg_compress_struct c = {0};
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL;
    unsigned long size = 0;
    int times = p->times ? p->times : 1, components = p->components ? p->components : 3;
    bool lying = p->orientation >= 5;
    jpeg_scan_info scans[3 + 3 * 63];
    int n = 0;

    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &data, &size);
    c.image_width = (unsigned)((lying ? HEIGHT : WIDTH) * times);
    c.image_height = (unsigned)((lying ? WIDTH : HEIGHT) * times);
    c.input_components = components;
    c.in_color_space = components == 1 ? JCS_GRAYSCALE : components == 3 ? JCS_RGB : JCS_CMYK;
    jpeg_set_defaults(&c);
    if (p->progressive)
        jpeg_simple_progression(&c);
    if (p->many_scans) {
        for (int k = 0; k < 3; k++)
            scans[n++] = (jpeg_scan_info){1, {k, 0, 0, 0}, 0, 0, 0, 0};
        for (int k = 0; k < 3; k++)
            for (int i = 1; i < 64; i++)
                scans[n++] = (jpeg_scan_info){1, {k, 0, 0, 0}, i, i, 0, 0};
        c.scan_info = scans;
        c.num_scans = n;
    }
    jpeg_start_compress(&c, TRUE);
    if (p->orientation) {
        unsigned char exif[] = "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0?\0\0\0\0\0";
        exif[25] = (unsigned char)p->orientation;
        jpeg_write_marker(&c, JPEG_APP0 + 1, exif, sizeof exif);
    }
    unsigned char *row = calloc(c.image_width, (size_t)components);
    while (c.next_scanline < c.image_height) {
        for (unsigned x = 0; x < c.image_width; x++) {
            unsigned char rgb[3];
            stored(p, (x + 0.5) / c.image_width, (c.next_scanline + 0.5) / c.image_height, rgb);
            for (int k = 0; k < components; k++)
                row[x * (unsigned)components + (unsigned)k] = rgb[k < 3 ? k : 0];
        }
        JSAMPROW rows[] = {row};
        jpeg_write_scanlines(&c, rows, 1);
    }
    jpeg_finish_compress(&c);
    buffer_add(b, data, size - 2 - size / 100 * p->cut);
    buffer_add(b, "\xFF\xD9", 2);
    free(data);
    free(row);
    jpeg_destroy_compress(&c);
}

static bool look(struct media_backdrop *backdrop, struct portrait p)
{
    struct buffer b = {0};
    struct media_image img;
    struct diag d = {0};
    write_jpeg(&b, &p);
    if (!load(&img, &b, &d))
        fail_msg("%s", d.list[0].text[LANGUAGE_EN]);
    bool told = image_backdrop(backdrop, &img);
    image_clear(&img);
    buffer_clear(&b);
    diag_clear(&d);
    return told;
}

static void near_to(const unsigned char got[3], const unsigned char want[3])
{
    for (int k = 0; k < 3; k++)
        if (abs(got[k] - want[k]) > 3)
            fail_msg("#%02X%02X%02X is not #%02X%02X%02X", got[0], got[1], got[2], want[0], want[1],
                     want[2]);
}

static void the_backdrop_is_found_however_the_picture_lies(void **state)
{
    (void)state;
    for (int o = 0; o <= 8; o++)
        for (int progressive = 0; progressive < 2; progressive++) {
            struct media_backdrop b;
            struct portrait p = {
                .behind = {67, 142, 219}, .orientation = o, .progressive = progressive};
            unsigned char rest[3];
            assert_true(look(&b, p));
            assert_true(backdrop_white(&b, 210, 25, rest) == 0);
            near_to(rest, p.behind);
            memcpy(p.behind, (unsigned char[]){250, 250, 250}, 3);
            assert_true(look(&b, p));
            assert_true(backdrop_white(&b, 210, 25, rest) == 1);
        }
}

static void shading_and_grain_pass_for_white(void **state)
{
    static const struct {
        unsigned char behind[3];
        unsigned grain;
        bool white;
    } cases[] = {
        {{255, 255, 255}, 0, true},  {{255, 255, 255}, 32, true}, {{240, 240, 240}, 32, true},
        {{215, 215, 215}, 0, true},  {{252, 248, 236}, 0, true},  {{205, 205, 205}, 0, false},
        {{255, 255, 220}, 0, false}, {{214, 234, 248}, 0, false}, {{0, 0, 0}, 0, false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct media_backdrop b;
        struct portrait p = {.grain = cases[i].grain};
        unsigned char rest[3];
        memcpy(p.behind, cases[i].behind, 3);
        assert_true(look(&b, p));
        double share = backdrop_white(&b, 210, 25, rest);
        if ((share > 0.8) != cases[i].white)
            fail_msg("case %zu: %g", i, share);
    }
}

static void grey_pictures_have_a_colour_too(void **state)
{
    struct media_backdrop b;
    unsigned char rest[3];
    (void)state;
    assert_true(look(&b, (struct portrait){.behind = {100, 100, 100}, .components = 1}));
    assert_true(backdrop_white(&b, 210, 25, rest) == 0);
    near_to(rest, (unsigned char[]){100, 100, 100});
}

static void what_cannot_be_told_is_not_told(void **state)
{
    static const unsigned char white[3] = {255, 255, 255};
    struct portrait cases[] = {{.components = 4},
                               {.times = 11}, /* 9.3 million pixels */
                               {.cut = 80, .grain = 64},
                               {.cut = 3, .grain = 64, .progressive = true},
                               {.many_scans = true}};
    struct media_backdrop b;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memcpy(cases[i].behind, white, 3);
        if (look(&b, cases[i]))
            fail_msg("case %zu", i);
    }
    assert_true(look(&b, (struct portrait){.behind = {255, 255, 255}, .times = 10}));
}

/* Transparent is white: so it is printed. */
static void a_png_is_looked_at_as_it_prints(void **state)
{
    (void)state;
    for (int clear = 0; clear < 2; clear++) {
        static unsigned char pixels[WIDTH * HEIGHT][4];
        struct media_backdrop backdrop;
        struct media_image img;
        struct buffer b = {0};
        struct diag d = {0};
        png_image png = {.version = PNG_IMAGE_VERSION,
                         .width = WIDTH,
                         .height = HEIGHT,
                         .format = PNG_FORMAT_RGBA};
        png_alloc_size_t size = sizeof pixels + 10000;
        unsigned char rest[3], *data = malloc(size);
        for (size_t i = 0; i < WIDTH * HEIGHT; i++)
            memcpy(pixels[i], (unsigned char[]){215, 30, 40, clear ? 0 : 255}, 4);
        assert_true(png_image_write_to_memory(&png, data, &size, 0, pixels, 0, NULL));
        buffer_add(&b, data, size);
        assert_true(load(&img, &b, &d));
        assert_true(image_backdrop(&backdrop, &img));
        assert_true(backdrop_white(&backdrop, 210, 25, rest) == clear);
        near_to(rest, clear ? (unsigned char[]){255, 255, 255} : (unsigned char[]){215, 30, 40});
        image_clear(&img);
        buffer_clear(&b);
        free(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_backdrop_is_found_however_the_picture_lies),
        cmocka_unit_test(shading_and_grain_pass_for_white),
        cmocka_unit_test(grey_pictures_have_a_colour_too),
        cmocka_unit_test(what_cannot_be_told_is_not_told),
        cmocka_unit_test(a_png_is_looked_at_as_it_prints),
    };
    return cmocka_run_group_tests_name("media_backdrop", tests, NULL, NULL);
}
