/* test_page_graphics.c - pictures, forms and content of a PDF's pages: what is found, and how much
 * is unpacked for that. */
#include "bind/attachment_pages.h"
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
    assert_int_equal(s->unpacked, MB + 12);
    attachment_pages_close(s);
}

static void forms_are_not_looked_at_without_end(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        stream(5, FORM "/Filter/FlateDecode", "x", 1);
        struct attachment_pages *s = opened();
        s->unpacked = i ? SIZE_MAX / 2 : 0;
        check(s);
        assert_int_equal(s->oddities[0] & SOURCE_DAMAGED, i ? 0 : SOURCE_DAMAGED);
        attachment_pages_close(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_unpacked_of_forms_is_counted, begin_page, end_page),
        cmocka_unit_test_setup_teardown(forms_are_not_looked_at_without_end, begin_page, end_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
