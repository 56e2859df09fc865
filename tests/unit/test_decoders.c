/* test_decoders.c - pictures beside what the libraries' own simplest interfaces make of them: PNGs
 * by png_image of libpng, JPEGs by a plain loop of libjpeg; of the samples and the fuzz targets'
 * corpus, damaged ones among them. */
#include "test_media.h"

#include "media/portrait.h"

#include <png.h>
#include <stdio.h> /* jpeglib.h needs FILE */
#include <stdlib.h>

#include <jpeglib.h>

#include <glob.h>

static size_t compared;

static void read_file(const char *name, struct buffer *out)
{
    FILE *in = fopen(name, "rb");
    assert_non_null(in);
    for (int c; (c = getc(in)) != EOF;)
        buffer_putc(out, c);
    fclose(in);
}

static void each(void (*compare)(const char *, const struct buffer *), const char *const *patterns)
{
    for (; *patterns; patterns++) {
        glob_t all;
        assert_int_equal(glob(*patterns, 0, NULL, &all), 0);
        for (size_t i = 0; i < all.gl_pathc; i++) {
            struct buffer b = {0};
            read_file(all.gl_pathv[i], &b);
            if (b.len > 0)
                compare(all.gl_pathv[i], &b);
            buffer_clear(&b);
        }
        globfree(&all);
    }
}

/* As stored, but that 16 bits become 8 by a rule of its own, and colours of a gamma are altered:
 * such pictures are left out. */
static void compare_png(const char *name, const struct buffer *b)
{
    png_image simple = {.version = PNG_IMAGE_VERSION};
    struct media_image ours;
    struct diag d = {0};
    if (!load(&ours, b, &d) || ours.type != MEDIA_PNG || ours.calibration.gamma > 0 ||
        ours.oddities) {
        image_clear(&ours);
        diag_clear(&d);
        return;
    }
    if (!png_image_begin_read_from_memory(&simple, b->data, b->len))
        fail_msg("%s: libpng does not read what we do: %s", name, simple.message);
    assert_int_equal(simple.width, ours.width);
    assert_int_equal(simple.height, ours.height);
    if (!(simple.format & PNG_FORMAT_FLAG_LINEAR)) {
        size_t n = (size_t)ours.width * ours.height, channels = (size_t)ours.components;
        simple.format = channels == 1 ? PNG_FORMAT_GA : PNG_FORMAT_RGBA;
        unsigned char *pixels = mem_alloc(PNG_IMAGE_SIZE(simple), 1);
        if (!png_image_finish_read(&simple, NULL, pixels, 0, NULL))
            fail_msg("%s: libpng does not read what we do: %s", name, simple.message);
        for (size_t i = 0; i < n; i++) {
            const unsigned char *p = pixels + i * (channels + 1);
            if ((p[channels] && memcmp(p, ours.pixels + i * channels, channels)) ||
                p[channels] != (ours.alpha ? ours.alpha[i] : 255))
                fail_msg("%s: pixel %zu differs", name, i);
        }
        free(pixels);
        compared++;
    }
    png_image_free(&simple);
    image_clear(&ours);
    diag_clear(&d);
}

static void pngs(void **state)
{
    static const char *const patterns[] = {"samples/scans/*/*.png", "tests/attachments/*.png",
                                           "tests/fuzz/corpus/png/*", NULL};
    (void)state;
    compared = 0;
    each(compare_png, patterns);
    assert_true(compared > 10);
}

struct guard {
    struct jpeg_error_mgr errors;
    jmp_buf back;
};

static void leave(j_common_ptr jpeg)
{
    longjmp(((struct guard *)jpeg->err)->back, 1);
}

static void say_nothing(j_common_ptr jpeg)
{
    (void)jpeg;
}

/* What libjpeg says of it, decoded as grey; false: it cannot. */
static bool plain_loop(const unsigned char *data, size_t size, uint32_t *width, uint32_t *height,
                       int *components, struct buffer *grey)
{
    struct jpeg_decompress_struct jpeg;
    struct guard guard;
    jpeg.err = jpeg_std_error(&guard.errors);
    guard.errors.error_exit = leave;
    guard.errors.output_message = say_nothing;
    jpeg_create_decompress(&jpeg);
    if (setjmp(guard.back)) {
        jpeg_destroy_decompress(&jpeg);
        return false;
    }
    jpeg_mem_src(&jpeg, data, size);
    jpeg_read_header(&jpeg, TRUE);
    *width = jpeg.image_width;
    *height = jpeg.image_height;
    *components = jpeg.num_components;
    if (*components != 4) {
        jpeg.out_color_space = JCS_GRAYSCALE;
        jpeg_start_decompress(&jpeg);
        while (jpeg.output_scanline < jpeg.output_height) {
            JSAMPROW row = buffer_room(grey, jpeg.output_width);
            jpeg_read_scanlines(&jpeg, &row, 1);
        }
    }
    jpeg_destroy_decompress(&jpeg);
    return true;
}

static double distance(const struct buffer *a, const struct buffer *b)
{
    double sum = 0;
    assert_int_equal(a->len, b->len);
    for (size_t i = 0; i < a->len; i++)
        sum += abs(a->data[i] - b->data[i]);
    return a->len ? sum / (double)a->len : 0;
}

/* Sizes and colours are libjpeg's; a picture made anew at the best quality shows the same. */
static void compare_jpeg(const char *name, const struct buffer *b)
{
    const struct recode best = {.quality = 100, .scale = 1};
    struct buffer grey = {0}, again = {0};
    struct recoded made = {0};
    struct media_image ours;
    struct diag d = {0};
    uint32_t width, height;
    int components;
    bool used = load(&ours, b, &d) && ours.type == MEDIA_JPEG && !ours.oddities;
    if (used && !plain_loop(b->data, b->len, &width, &height, &components, &grey))
        fail_msg("%s: libjpeg does not read what we do", name);
    if (used) {
        assert_int_equal(ours.width, width);
        assert_int_equal(ours.height, height);
        assert_int_equal(ours.components, components);
        compared++;
    }
    if (used && components != 4 && (size_t)width * height < 1000000 &&
        recode_jpeg(b->data, b->len, &best, &made)) {
        assert_true(
            plain_loop(made.jpeg.data, made.jpeg.len, &width, &height, &components, &again));
        if (distance(&grey, &again) > 3)
            fail_msg("%s: %g apart when it is made anew", name, distance(&grey, &again));
    }
    buffer_clear(&grey);
    buffer_clear(&again);
    buffer_clear(&made.jpeg);
    image_clear(&ours);
    diag_clear(&d);
}

static void jpegs(void **state)
{
    static const char *const patterns[] = {"samples/photos/*.jpg", "samples/scans/A00[12]/*.jpg",
                                           "tests/attachments/*.jpg", "tests/fuzz/corpus/jpeg/*",
                                           NULL};
    (void)state;
    compared = 0;
    each(compare_jpeg, patterns);
    assert_true(compared > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pngs), cmocka_unit_test(jpegs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
