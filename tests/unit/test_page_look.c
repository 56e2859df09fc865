/* test_page_look.c - pages of attachments that look alike, and those that do not. */
#include "bind/page_look.h"
#include "core/buffer.h"
#include "text/font.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct fonts *fonts;

static int begin(void **state)
{
    static const char *const dirs[] = {"tests/fonts", "fonts", NULL};
    struct diag diag = {0};
    (void)state;
    fonts = fonts_new(dirs, &diag);
    return fonts && fonts_require(fonts, ROLE_SONG, &diag) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    fonts_free(fonts);
    return 0;
}

/* Of the first page of a PDF of these objects. */
static uint64_t look(const char *objects)
{
    struct arena arena = {0};
    struct diag diag = {0};
    struct buffer text = {0};
    const struct finding where = {.label = "证书"};

    buffer_printf(&text, "%%PDF-1.7\n%s\ntrailer<</Root 1 0 R/Size 100>>\n", objects);
    struct media_file file = {
        .href = "x.pdf", .data = text.data, .size = text.len, .type = MEDIA_PDF};
    struct attachment_pages *s =
        attachment_pages_open(&arena, &file, NULL, 0, NULL, fonts, &where, &diag);
    assert_non_null(s);
    uint64_t found = attachment_page_look(s, 0);
    attachment_pages_close(s);
    buffer_clear(&text);
    diag_clear(&diag);
    arena_free(&arena);
    return found;
}

#define TREE "2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
#define FIRST "1 0 obj<</Type/Catalog/Pages 2 0 R"
#define PAGE "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]"
#define STREAM "<</Length 12>>stream\n1 1 1 1 re f\nendstream endobj\n"

static void a_page_looks_as_it_did_wherever_its_objects_stand(void **state)
{
    (void)state;
    uint64_t one = look(FIRST ">>endobj\n" TREE PAGE "/Contents 4 0 R>>endobj\n4 0 obj" STREAM);
    assert_true(one != 0);
    /* the number is one that a file may have, and no table */
    assert_true(look(FIRST ">>endobj\n" TREE PAGE "/Contents 2147480000 0 R>>endobj\n"
                           "2147480000 0 obj" STREAM) == one);
    assert_true(look(FIRST ">>endobj\n" TREE PAGE "/Contents 4 0 R/Rotate 0>>endobj\n"
                           "4 0 obj<</Length 12>>stream\n1 1 1 2 re f\nendstream endobj\n") != one);
}

#define LAYERED(off)                                                                               \
    FIRST "/OCProperties<</OCGs[5 0 R]/D<<" off ">>>>>>endobj\n" TREE PAGE                         \
          "/Contents 4 0 R/Resources<</Properties<</L 5 0 R>>>>>>endobj\n4 0 obj" STREAM           \
          "5 0 obj<</Type/OCG/Name(L)>>endobj\n"

static void a_layer_that_is_switched_off_is_seen(void **state)
{
    (void)state;
    assert_true(look(LAYERED("")) == look(LAYERED("/ON[5 0 R]")));
    assert_true(look(LAYERED("")) != look(LAYERED("/OFF[5 0 R]")));
}

#define FIELD(value)                                                                               \
    FIRST "/AcroForm<</Fields[5 0 R]/NeedAppearances true/DA(/Times 12 Tf)>>>>endobj\n" TREE PAGE  \
          "/Contents 4 0 R/Annots[6 0 R]>>endobj\n4 0 obj" STREAM                                  \
          "5 0 obj<</FT/Tx/T(a)/Kids[6 0 R]/V(" value ")>>endobj\n"                                \
          "6 0 obj<</Type/Annot/Subtype/Widget/F 4/Rect[10 10 200 40]/Parent 5 0 R>>endobj\n"

static void a_value_that_stands_in_the_fields_parent_is_seen(void **state)
{
    (void)state;
    assert_true(look(FIELD("yes")) == look(FIELD("yes")));
    assert_true(look(FIELD("yes")) != look(FIELD("no")));
}

/* Forms within forms, the innermost of which draws a square so large. */
static uint64_t nested(int forms, int size)
{
    struct buffer b = {0};
    buffer_puts(&b, FIRST ">>endobj\n" TREE PAGE "/Contents 4 0 R/Resources<</XObject<</F 5 0 R"
                          ">>>>>>endobj\n4 0 obj<</Length 5>>stream\n/F Do\nendstream endobj\n");
    for (int i = 0; i < forms; i++)
        buffer_printf(&b,
                      "%d 0 obj<</Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F %d 0 R>>>>"
                      "/Length 5>>stream\n/F Do\nendstream endobj\n",
                      5 + i, 6 + i);
    buffer_printf(&b,
                  "%d 0 obj<</Subtype/Form/BBox[0 0 9 9]/Length 12>>stream\n1 1 1 %d re f\n"
                  "endstream endobj\n",
                  5 + forms, size);
    buffer_add(&b, "", 1);
    uint64_t found = look((char *)b.data);
    buffer_clear(&b);
    return found;
}

static void what_is_nested_too_deep_has_no_look(void **state)
{
    (void)state;
    assert_true(nested(5, 1) != 0 && nested(5, 1) != nested(5, 2));
    assert_true(nested(30, 1) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_looks_as_it_did_wherever_its_objects_stand),
        cmocka_unit_test(a_layer_that_is_switched_off_is_seen),
        cmocka_unit_test(a_value_that_stands_in_the_fields_parent_is_seen),
        cmocka_unit_test(what_is_nested_too_deep_has_no_look),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
