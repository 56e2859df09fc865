/* test_page_graphics.c - pictures, forms and content of a PDF's pages: what is found, and how much
 * is unpacked for that. */
#include "bind/page_scan.h"
#include "core/arena.h"
#include "core/buffer.h"
#include "pdf/deflate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MB = 1 << 20 };

static struct arena arena;
static struct diag diag;
static struct buffer file;

static void stream(int number, const char *dict, const void *data, size_t len)
{
    buffer_printf(&file, "%d 0 obj<</Length %zu%s>>stream\n", number, len, dict);
    buffer_add(&file, data, len);
    buffer_puts(&file, "\nendstream endobj\n");
}

/* The same packed. */
static void packed(int number, const char *dict, const void *data, size_t len)
{
    struct buffer deflated = {0};
    deflate_add(&deflated, data, len, DEFLATE_FAST);
    stream(number, arena_printf(&arena, "/Filter/FlateDecode%s", dict), deflated.data,
           deflated.len);
    buffer_clear(&deflated);
}

/* A page that draws object 5, whatever that is, by object 4. */
static int begin_page(void **state)
{
    (void)state;
    buffer_puts(&file, "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                       "2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 300 300]>>endobj\n"
                       "3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources"
                       "<</XObject<</X 5 0 R>>>>>>endobj\n");
    stream(4, "", "300 0 0 300 0 0 cm /X Do", 24);
    return 0;
}

static int end_page(void **state)
{
    (void)state;
    buffer_clear(&file);
    diag_clear(&diag);
    arena_free(&arena);
    return 0;
}

static struct attachment_pages *opened(void)
{
    const struct finding where = {.label = "证书"};
    buffer_puts(&file, "trailer<</Root 1 0 R/Size 9>>\n");
    struct media_file media = {
        .href = "x.pdf", .data = file.data, .size = file.len, .type = MEDIA_PDF};
    struct attachment_pages *s =
        attachment_pages_open(&arena, &media, NULL, 0, NULL, NULL, &where, &diag);
    assert_non_null(s);
    return s;
}

static void check(struct attachment_pages *s)
{
    const struct finding where = {.label = "证书"};
    assert_true(attachment_pages_check(s, &(size_t){1}, 1, &where, &diag));
}

#define FORM "/Subtype/Form/BBox[0 0 1 1]"

static void what_is_unpacked_of_forms_is_counted(void **state)
{
    (void)state;
    packed(5, FORM "/Resources<</XObject<</Y 6 0 R>>>>", arena_alloc(&arena, MB, 1), MB);
    stream(6, FORM, "0 0 1 1 re f", 12);
    struct attachment_pages *s = opened();
    check(s);
    assert_int_equal(s->unpacked_forms, MB + 12);
    attachment_pages_close(s);
}

static void forms_are_not_looked_at_without_end(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        stream(5, FORM "/Filter/FlateDecode", "x", 1);
        struct attachment_pages *s = opened();
        s->unpacked_forms = i ? SIZE_MAX / 2 : 0;
        check(s);
        assert_int_equal(s->oddities[0] & SOURCE_DAMAGED, i ? 0 : SOURCE_DAMAGED);
        attachment_pages_close(s);
    }
}

/* --- scans --- */

enum { SIDE = 60, MOST_COMPONENTS = 3, NO_FILTER = 9 };

static int foretold(int filter, const unsigned char *samples, size_t at, size_t row, size_t pixel)
{
    bool first = at % row < pixel, top = at < row;
    int a = first ? 0 : samples[at - pixel], b = top ? 0 : samples[at - row],
        c = first || top ? 0 : samples[at - row - pixel], p = a + b - c;
    int nearest = abs(p - a) <= abs(p - b) && abs(p - a) <= abs(p - c) ? a
                  : abs(p - b) <= abs(p - c)                           ? b
                                                                       : c;
    return filter == 1   ? a
           : filter == 2 ? b
           : filter == 3 ? (a + b) / 2
           : filter == 4 ? nearest
                         : 0;
}

/* Rough paper, with a stroke of ink or without; its rows behind each of PNG's filters in turn, and
 * behind a number that is none, or plain. */
static void put_scan(int components, bool filtered, bool inked)
{
    unsigned char samples[SIDE * SIDE * MOST_COMPONENTS], rows[SIDE * (SIDE * MOST_COMPONENTS + 1)];
    static const int filters[] = {4, 0, 1, 2, 3, NO_FILTER, 4};
    size_t row = SIDE * (size_t)components, n = 0;

    for (size_t i = 0; i < SIDE * row; i++)
        samples[i] = (unsigned char)(235 + i * i % 17);
    if (inked)
        memset(samples + 50 * row + row / 2, 90, row / 4);
    for (size_t i = 0; i < SIDE * row; i++) {
        int filter = filtered ? filters[i / row % 7] : 0;
        if (filtered && i % row == 0)
            rows[n++] = (unsigned char)filter;
        rows[n++] =
            (unsigned char)(samples[i] - foretold(filter, samples, i, row, (size_t)components));
    }
    packed(5,
           arena_printf(&arena,
                        "/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/%s%s",
                        SIDE, SIDE, components == 1 ? "DeviceGray" : "DeviceRGB",
                        filtered ? arena_printf(&arena,
                                                "/DecodeParms<</Predictor 15/Columns %d/Colors "
                                                "%d>>",
                                                SIDE, components)
                                 : ""),
           rows, n);
}

static void is_scan(struct attachment_pages *s, bool inked)
{
    struct page_scan scan;
    page_scan(s, 0, &scan);
    assert_int_equal(scan.blank, !inked);
    assert_int_equal(id_set_has(&s->blank, 5), !inked);
    assert_int_equal(id_set_has(&s->inked, 5), inked);
}

static void scans_are_blank_or_not_whatever_their_filters(void **state)
{
    for (int i = 0; i < 8; i++) {
        begin_page(state);
        put_scan(i & 1 ? 1 : 3, i & 2, i & 4);
        struct attachment_pages *s = opened();
        is_scan(s, i & 4);
        attachment_pages_close(s);
        end_page(state);
    }
}

static void a_scan_is_unpacked_once(void **state)
{
    for (int i = 0; i < 2; i++) {
        begin_page(state);
        put_scan(3, true, i);
        struct attachment_pages *s = opened();
        s->scans = true;
        check(s);
        assert_int_equal(id_set_has(&s->blank, 5), !i);
        assert_int_equal(id_set_has(&s->inked, 5), i);
        assert_null(s->pixels);
        is_scan(s, i);
        assert_null(s->pixels); /* the second time nothing was unpacked */
        attachment_pages_close(s);
        end_page(state);
    }
}

/* More than is looked at for damage, and for the dossier, which need not know. */
static void scans_are_looked_at_when_they_have_not_been(void **state)
{
    for (int i = 0; i < 2; i++) {
        begin_page(state);
        put_scan(1, false, true);
        struct attachment_pages *s = opened();
        s->scans = i;
        s->unpacked = i ? SIZE_MAX / 2 : 0;
        check(s);
        assert_false(id_set_has(&s->inked, 5));
        is_scan(s, true);
        attachment_pages_close(s);
        end_page(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_unpacked_of_forms_is_counted, begin_page, end_page),
        cmocka_unit_test_setup_teardown(forms_are_not_looked_at_without_end, begin_page, end_page),
        cmocka_unit_test(scans_are_blank_or_not_whatever_their_filters),
        cmocka_unit_test(a_scan_is_unpacked_once),
        cmocka_unit_test(scans_are_looked_at_when_they_have_not_been),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
