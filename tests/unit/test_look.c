/* test_look.c - what a page shows, as a number: it changes with whatever is seen, and with nothing
 * else. */
#include "layout/look.h"
#include "text/face.h"
#include "text/font.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_GLYPHS = 130 };

static struct fonts *fonts;
static struct glyph glyph;

static int begin(void **state)
{
    static const char *const dirs[] = {"tests/fonts", "fonts", NULL};
    struct diag d = {0};
    (void)state;
    fonts = fonts_new(dirs, &d);
    bool ok = fonts && fonts_require(fonts, ROLE_SONG, &d) &&
              fonts_glyph(fonts, ROLE_SONG, 0x4E00, 0, &glyph);
    diag_clear(&d);
    return ok ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    fonts_free(fonts);
    return 0;
}

static uint64_t look_of(struct page page)
{
    struct pages pages = {.list = &page, .n = 1};
    return page_look(&pages, 0);
}

static uint64_t item_look(struct page_item item)
{
    return look_of((struct page){.width = 500, .height = 700, .items = &item, .n = 1});
}

/* The numbers of an item one after the other changed by what is seen (a hundredth of a point), and
 * by what is not. */
static void check_lengths(struct page_item *item, double *const *lengths, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t look = item_look(*item);
        *lengths[i] += 0.01;
        assert_true(item_look(*item) != look);
        *lengths[i] -= 0.01;
        *lengths[i] += 0.00001;
        assert_true(item_look(*item) == look);
    }
}

static void every_length_is_seen(void **state)
{
    (void)state;
    struct page_item line = {.kind = ITEM_LINE}, box = {.kind = ITEM_CHECKBOX};
    struct item_line *l = &line.u.line;
    struct item_checkbox *c = &box.u.checkbox;
    check_lengths(&line, (double *[]){&l->x0, &l->y0, &l->x1, &l->y1, &l->weight, &l->gray}, 6);
    check_lengths(&box, (double *[]){&c->x, &c->y, &c->size}, 3);
    uint64_t black = item_look(line), empty = item_look(box);
    l->color = COLOR_RED;
    c->checked = true;
    assert_true(item_look(line) != black);
    assert_true(item_look(box) != empty);
    assert_true(look_of((struct page){.width = 1}) != look_of((struct page){.height = 1}));
    assert_true(look_of((struct page){.width = 1}) != look_of((struct page){.width = 2}));
}

/* Of runs of every length each glyph counts, and none behind the last. */
static void every_glyph_is_seen(void **state)
{
    (void)state;
    struct text_glyph glyphs[MOST_GLYPHS + 1];
    struct page_item item = {.kind = ITEM_TEXT};
    struct item_text *t = &item.u.text;
    for (size_t i = 0; i <= MOST_GLYPHS; i++)
        glyphs[i] = (struct text_glyph){.gid = (uint32_t)i, .x = (double)i};
    *t = (struct item_text){.size = 10, .face = glyph.face, .glyphs = glyphs};
    uint64_t before = item_look(item);
    for (t->n = 1; t->n <= MOST_GLYPHS; t->n++) {
        uint64_t look = item_look(item);
        assert_true(look != before);
        before = look;
        glyphs[t->n].gid++;
        assert_true(item_look(item) == look);
        glyphs[t->n].gid--;
        for (size_t i = 0; i < t->n; i++) {
            glyphs[i].gid++;
            assert_true(item_look(item) != look);
            glyphs[i].gid--;
            glyphs[i].shift = 1;
            assert_true(item_look(item) != look);
            glyphs[i].shift = 0;
        }
        assert_true(item_look(item) == look);
    }
    t->n = 3;
    check_lengths(&item, (double *[]){&t->x, &t->y, &t->size, &t->gray, &glyphs[2].x}, 5);
    uint64_t black = item_look(item);
    t->actual = "copied";
    assert_true(item_look(item) == black);
    t->color = COLOR_RED;
    assert_true(item_look(item) != black);
}

static void pictures_are_told_by_what_is_drawn(void **state)
{
    (void)state;
    unsigned char pixels[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}, alpha[] = {1, 2, 3, 4, 5};
    struct media_image image = {
        .width = 2, .height = 2, .components = 3, .pixels = pixels, .orientation = 1};
    struct page_item item = {.kind = ITEM_IMAGE, .u.image = {.image = &image}};
    struct item_image *i = &item.u.image;
    check_lengths(&item, (double *[]){&i->x, &i->y, &i->width, &i->height}, 4);
    for (int kind = 0; kind < 3; kind++) {
        if (kind == 1)
            image.alpha = alpha;
        if (kind == 2)
            image.jpeg = pixels, image.jpeg_size = 12;
        uint64_t look = item_look(item);
        for (size_t k = 0; k < sizeof pixels; k++) {
            pixels[k]++;
            assert_true((item_look(item) != look) == (k < 12));
            pixels[k]--;
        }
        for (size_t k = 0; k < sizeof alpha; k++) {
            alpha[k]++;
            assert_true((item_look(item) != look) == (kind == 1 && k < 4));
            alpha[k]--;
        }
        image.orientation = 6;
        assert_true(item_look(item) != look);
        image.orientation = 1;
    }
}

/* Behind a marked page lie those from its first to before its end alone. */
static void watermarks_are_those_of_the_page(void **state)
{
    (void)state;
    double centres[3][2] = {{1, 2}, {3, 4}, {5, 6}};
    struct page_watermark marks[4];
    struct page page = {.width = 9};
    struct pages pages = {.list = &page, .n = 1, .watermarks = marks, .n_watermarks = 4};
    for (size_t i = 0; i < 4; i++)
        marks[i] = (struct page_watermark){.text = "x", .centres = centres, .n_centres = 2};
    for (int marked = 0; marked < 2; marked++) {
        page.marked = marked;
        page.watermark_first = 1;
        page.watermark_end = 3;
        uint64_t look = page_look(&pages, 0);
        for (size_t i = 0; i < 4; i++) {
            bool seen = !marked || i == 1 || i == 2;
            marks[i].text = "y";
            assert_true((page_look(&pages, 0) != look) == seen);
            marks[i].text = "x";
            marks[i].angle = 30;
            assert_true((page_look(&pages, 0) != look) == seen);
            marks[i].angle = 0;
            marks[i].gray = .5;
            assert_true((page_look(&pages, 0) != look) == seen);
            marks[i].gray = 0;
            marks[i].n_centres = 3;
            assert_true((page_look(&pages, 0) != look) == seen);
            marks[i].n_centres = 2;
        }
        for (size_t i = 0; i < 6; i++) {
            centres[i / 2][i % 2]++;
            assert_true((page_look(&pages, 0) != look) == (i < 4));
            centres[i / 2][i % 2]--;
        }
    }
}

static void links_and_copies_are_not_seen(void **state)
{
    (void)state;
    struct page_item link = {.kind = ITEM_LINK, .u.link = {1, 2, 3, 4, "a"}},
                     copy = {.kind = ITEM_COPY, .u.copy = {1, 2, 3, 4, "b", 5}};
    uint64_t nothing = look_of((struct page){.width = 500, .height = 700});
    assert_true(item_look(link) == nothing);
    assert_true(item_look(copy) == nothing);
}

static void digits_are_the_highest(void **state)
{
    (void)state;
    struct buffer out = {0};
    struct page list[2] = {{.width = 1}, {.width = 2}};
    struct pages pages = {.list = list, .n = 2};
    look_put(&out, UINT64_C(0x0123456789abcdef));
    assert_int_equal(out.len, LOOK_HEX);
    assert_memory_equal(out.data, "0123456789ab", LOOK_HEX);
    looks_put(&out, &pages);
    assert_int_equal(out.len, 3 * LOOK_HEX);
    assert_memory_not_equal(out.data + LOOK_HEX, out.data + 2 * LOOK_HEX, LOOK_HEX);
    buffer_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_is_seen),
        cmocka_unit_test(every_glyph_is_seen),
        cmocka_unit_test(pictures_are_told_by_what_is_drawn),
        cmocka_unit_test(watermarks_are_those_of_the_page),
        cmocka_unit_test(links_and_copies_are_not_seen),
        cmocka_unit_test(digits_are_the_highest),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
