/* Pictures made smaller, photos fitted, marks of what is uploaded: arithmetic and parsing, without
 * a record. */
#include "media/portrait.h"
#include "media/recode.h"
#include "record/upload_marks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Left half dark, right half light. */
static unsigned char *halves(uint32_t width, uint32_t height, int components)
{
    unsigned char *p = mem_alloc((size_t)width * height, (size_t)components);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            memset(p + ((size_t)y * width + x) * (size_t)components, x < width / 2 ? 20 : 230,
                   (size_t)components);
    return p;
}

static struct recoded recode(uint32_t width, uint32_t height, int components, double scale)
{
    struct recoded out;
    unsigned char *p = halves(width, height, components);
    const struct recode how = {80, scale};
    assert_true(recode_pixels(p, width, height, components, &how, &out));
    free(p);
    return out;
}

static void fewer_pixels_keep_the_shape(void **state)
{
    static const struct {
        double scale;
        uint32_t width, height;
    } rows[] = {{2, 300, 201}, {1, 300, 201}, {0.5, 150, 101}, {0.8, 240, 161}, {0.001, 1, 1}};
    (void)state;
    for (int components = 1; components <= 3; components += 2)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            struct recoded out = recode(300, 201, components, rows[i].scale);
            assert_int_equal(out.width, rows[i].width);
            assert_int_equal(out.height, rows[i].height);
            assert_memory_equal(out.jpeg.data, "\xff\xd8\xff", 3);
            assert_memory_equal(out.jpeg.data + out.jpeg.len - 2, "\xff\xd9", 2);
            buffer_clear(&out.jpeg);
        }
}

static void a_jpeg_keeps_no_fewer_pixels_than_asked_for(void **state)
{
    static const double scales[] = {1, 0.9, 0.75, 0.6, 0.5, 0.3, 0.126, 0.01};
    struct recoded whole = recode(800, 400, 3, 1), out;
    (void)state;
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        const struct recode how = {70, scales[i]};
        assert_true(recode_jpeg(whole.jpeg.data, whole.jpeg.len, &how, &out));
        assert_true(out.width >= 800 * scales[i] && out.width <= 800 * scales[i] + 100);
        assert_int_equal(out.width, out.height * 2);
        buffer_clear(&out.jpeg);
    }
    buffer_clear(&whole.jpeg);
}

static void a_damaged_jpeg_is_left_alone(void **state)
{
    const struct recode how = {70, 0.5};
    struct recoded whole = recode(400, 400, 3, 1), out;
    (void)state;
    for (size_t n = 0; n < whole.jpeg.len - 2; n += 97) {
        assert_false(recode_jpeg(whole.jpeg.data, n, &how, &out));
        assert_int_equal(out.jpeg.len, 0);
    }
    buffer_clear(&whole.jpeg);
}

/* Of 网4, but for the bytes. */
static const struct portrait_limits limits = {100, 1 << 20, 215, 300, 0.65, 0.8};

static void a_photo_is_cut_to_the_nearest_shape(void **state)
{
    static const struct {
        uint32_t width, height;
        int orientation;
        bool possible;
        double ratio;
    } rows[] = {{800, 600, 1, true, 0.8},  {400, 900, 1, true, 0.65}, {700, 1000, 1, true, 0.7},
                {1000, 700, 6, true, 0.7}, {215, 300, 1, false, 0},   {800, 301, 1, true, 0.8},
                {216, 330, 1, true, 0.65}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct recoded out;
        struct media_image image = {.type = MEDIA_PNG,
                                    .width = rows[i].width,
                                    .height = rows[i].height,
                                    .components = 3,
                                    .orientation = rows[i].orientation,
                                    .pixels = halves(rows[i].width, rows[i].height, 3)};
        bool ok = portrait_fit(&image, &limits, &out);
        assert_int_equal(ok, rows[i].possible);
        if (ok) {
            double ratio = (double)out.width / out.height;
            assert_true(ratio >= 0.65 && ratio <= 0.8);
            assert_true(ratio > rows[i].ratio - 0.01 && ratio < rows[i].ratio + 0.01);
        }
        buffer_clear(&out.jpeg);
        free(image.pixels);
    }
}

static size_t read_marks(struct upload_marks *marks, const char *text, struct arena *arena,
                         struct diag *diag)
{
    char path[] = "/tmp/shenbao-marks-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    *marks = (struct upload_marks){0};
    upload_marks_read(marks, arena_strdup(arena, path), arena, diag);
    unlink(path);
    return marks->n;
}

static void marks_are_read_sorted_and_written_once_each(void **state)
{
    struct arena arena = {0};
    struct diag diag = {0};
    struct upload_marks marks;
    struct buffer out = {0};
    (void)state;
    assert_int_equal(
        read_marks(&marks, "# x\n\nB\tb.pdf\t2\r\nA\ta.pdf\nB\tb.pdf\t2\thonour H1\nB\tb.pdf\t2\n",
                   &arena, &diag),
        3);
    assert_string_equal(marks.list[0].applicant, "A");
    assert_string_equal(marks.list[0].pages, "");
    upload_marks_write(&marks, &out);
    buffer_putc(&out, '\0');
    assert_non_null(
        strstr((char *)out.data, "\nA\ta.pdf\t\nB\tb.pdf\t2\nB\tb.pdf\t2\thonour H1\n"));
    assert_int_equal(diag.n, 0);
    buffer_clear(&out);
    arena_free(&arena);
}

static void a_line_that_is_no_mark_is_named_and_the_others_hold(void **state)
{
    static const char *const lines[] = {"A", "A\t", "\ta.pdf", "A\ta.pdf\t1\thonour\t2"};
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct arena arena = {0};
        struct diag diag = {0};
        struct upload_marks marks;
        const char *text = arena_printf(&arena, "B\tb.pdf\t\n%s\n", lines[i]);
        assert_int_equal(read_marks(&marks, text, &arena, &diag), 1);
        assert_int_equal(diag.count[SEVERITY_ERROR], 1);
        assert_int_equal(diag.list[0].at.line, 2);
        diag_clear(&diag);
        arena_free(&arena);
    }
}

static void standard_input_has_no_file_of_marks(void **state)
{
    struct arena arena = {0};
    (void)state;
    assert_null(upload_marks_path("-", &arena));
    assert_null(upload_marks_path("/dev/stdin", &arena));
    assert_null(upload_marks_path("/dev/fd/63", &arena));
    assert_null(upload_marks_path("/proc/self/fd/0", &arena));
    assert_string_equal(upload_marks_path("a/b.xml", &arena), "a/b.xml.uploaded");
    /* a folder in memory has files like any other */
    assert_string_equal(upload_marks_path("/dev/shm/b.xml", &arena), "/dev/shm/b.xml.uploaded");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fewer_pixels_keep_the_shape),
        cmocka_unit_test(a_jpeg_keeps_no_fewer_pixels_than_asked_for),
        cmocka_unit_test(a_damaged_jpeg_is_left_alone),
        cmocka_unit_test(a_photo_is_cut_to_the_nearest_shape),
        cmocka_unit_test(marks_are_read_sorted_and_written_once_each),
        cmocka_unit_test(a_line_that_is_no_mark_is_named_and_the_others_hold),
        cmocka_unit_test(standard_input_has_no_file_of_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
