/* test_breaks.c - what a page break may part, over every height that a row can have on a page, and
 * how a picture stands in its box: properties, where a golden shows one case. */
#include "core/buffer.h"
#include "layout/layout.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "layout_case.h"
#include "shipped.h"

enum {
    LINES = 30, /* that a page holds */
    PITCH = 20, /* points */
    MOST_ROWS = 64
};

/* A form in the making, of a page that holds LINES lines and a bit less than one more. */
struct draft {
    struct buffer text;
    struct arena arena;
    struct form *form;
    struct pages *pages;
};

static void open_form(struct draft *d)
{
    *d = (struct draft){0};
    buffer_printf(&d->text,
                  "<form name='x' title='x' margin='%dpt 90pt %dpt 90pt' font='song' size='10pt' "
                  "pitch='%dpt'>",
                  60, 842 - 60 - LINES * PITCH - 10, PITCH);
}

static void put_lines(struct draft *d, const char *letter, int n)
{
    for (int i = 0; i < n; i++)
        buffer_printf(&d->text, "<p>%s%d</p>", letter, i);
}

/* A row of so many lines; other: attributes. */
static void put_row(struct draft *d, const char *letter, int n, const char *other)
{
    buffer_printf(&d->text, "<tr %s><td padding='0pt'>", other);
    put_lines(d, letter, n);
    buffer_puts(&d->text, "</td></tr>");
}

static void lay_out(struct draft *d)
{
    const struct layout_options options = {.asof = "2026-09-30"};
    struct diag diag = {0};
    buffer_puts(&d->text, "</form>");
    d->form = form_load_text("x.xml", (const char *)d->text.data, d->text.len, fonts, &diag);
    query_context_begin(query, who.node, options.asof);
    d->pages = d->form ? layout_form(&d->arena, d->form, fonts, query, who.node, "samples",
                                     &options, &diag)
                       : NULL;
    if (!d->pages)
        fail_msg("%.*s: %s", (int)d->text.len, (char *)d->text.data,
                 diag.list[0].text[LANGUAGE_EN]);
    diag_clear(&diag);
}

static void close_form(struct draft *d)
{
    pages_close(d->pages);
    form_free(d->form);
    buffer_clear(&d->text);
    arena_free(&d->arena);
}

/* Lines that begin with the letter on a page. */
static int lines_on(const struct draft *d, size_t page, char letter)
{
    int n = 0;
    const struct page *p = page < d->pages->n ? &d->pages->list[page] : NULL;
    for (size_t i = 0; p && i < p->n; i++)
        n +=
            p->items[i].kind == ITEM_TEXT && p->items[i].u.text.glyphs->cp == (unsigned char)letter;
    return n;
}

/* Above it `above` lines, so that it does not fit; how many of its own stand on the first page. */
static int lines_before_break(int above, int height, const char *other)
{
    struct draft d;
    open_form(&d);
    put_lines(&d, "a", above);
    buffer_puts(&d.text, "<table columns='1fr'>");
    put_row(&d, "b", height, other);
    put_row(&d, "c", 2, "");
    put_row(&d, "d", 2, "");
    put_row(&d, "e", 2, "");
    buffer_puts(&d.text, "</table>");
    lay_out(&d);
    int first = lines_on(&d, 0, 'b'), second = lines_on(&d, 1, 'b');
    assert_int_equal(first + second, height);
    close_form(&d);
    return first;
}

/* A row of up to a third of the page is moved whole, a higher one is parted. */
static void a_row_is_parted_from_a_third_of_a_page_on(void **state)
{
    (void)state;
    for (int height = 4; height <= 16; height++) {
        int above = LINES - height + 2, first = lines_before_break(above, height, "");
        if (height <= LINES / 3 ? first != 0 : first == 0)
            fail_msg("of %d lines %d stand before the break", height, first);
    }
}

/* One that is to be kept together moves as long as a quarter of the page is left empty by it, or
 * less. */
static void a_row_kept_together_leaves_no_big_hole(void **state)
{
    (void)state;
    for (int room = 4; room <= 14; room++) {
        int first = lines_before_break(LINES - room, room + 4, "keep='together'");
        if (room > LINES / 4 + 1 ? first == 0 : room < LINES / 4 && first != 0)
            fail_msg("where %d lines have room %d stand before the break", room, first);
    }
}

/* Rows that one cell spans stay on one page up to half a page. */
static void rows_of_a_span_stay_together_up_to_half_a_page(void **state)
{
    (void)state;
    for (int rows = 3; rows <= 10; rows++) {
        struct draft d;
        int height = 2 * rows;
        open_form(&d);
        put_lines(&d, "a", LINES - height + 4);
        buffer_puts(&d.text, "<table columns='30mm 1fr'><tr><td>x</td><td>x</td></tr>");
        for (int i = 0; i < rows; i++) {
            buffer_puts(&d.text, "<tr>");
            if (i == 0)
                buffer_printf(&d.text, "<td rowspan='%d'>y</td>", rows);
            buffer_puts(&d.text, "<td padding='0pt'><p>b</p><p>b</p></td></tr>");
        }
        buffer_puts(&d.text, "<tr><td>x</td><td>x</td></tr><tr><td>x</td><td>x</td></tr></table>");
        lay_out(&d);
        int first = lines_on(&d, 0, 'b'), second = lines_on(&d, 1, 'b');
        assert_int_equal(first + second, height);
        if (height <= LINES / 2 - 1 ? first != 0 : height >= LINES / 2 + 1 && first == 0)
            fail_msg("%d lines in a span: %d before the break", height, first);
        close_form(&d);
    }
}

/* A small table that stays whole, with the text that it is to be kept with: on the first page just
 * when all of it goes there, with what is left free before and after the table. The page holds a
 * line more than LINES, which then stand a bit closer. */
static void a_whole_table_moves_only_when_it_must(void **state)
{
    (void)state;
    for (int rows = 1; rows <= 5; rows++)
        for (int before = 0; before <= 2; before++)
            for (int after = 0; after <= 2; after++)
                for (int spare = -2; spare <= 1; spare++) {
                    struct draft d;
                    open_form(&d);
                    put_lines(&d, "a", LINES + 1 - before - rows - after - 1 - spare);
                    buffer_printf(&d.text,
                                  "<table columns='1fr' whole='5' keep-with-next='true' "
                                  "before='%dpt' after='%dpt'>",
                                  before * PITCH, after * PITCH);
                    for (int i = 0; i < rows; i++)
                        put_row(&d, "b", 1, "");
                    buffer_puts(&d.text, "</table>");
                    put_lines(&d, "c", 1);
                    lay_out(&d);
                    assert_int_equal(lines_on(&d, 0, 'b'), spare < 0 ? 0 : rows);
                    assert_int_equal(lines_on(&d, 0, 'c'), spare >= 0);
                    assert_int_equal(d.pages->n, spare < 0 ? 2 : 1);
                    close_form(&d);
                }
}

/* One that a page holds begins on a page of its own; one that no page holds begins where it is met.
 */
static void a_table_stays_whole_if_a_page_holds_it(void **state)
{
    (void)state;
    for (int height = 6; height <= 10; height++) {
        struct draft d;
        open_form(&d);
        put_lines(&d, "a", 12);
        buffer_puts(&d.text, "<table columns='1fr' whole='5' frame='0pt'>");
        for (int i = 0; i < 4; i++)
            put_row(&d, "b", height, "");
        buffer_puts(&d.text, "</table>");
        lay_out(&d);
        int first = lines_on(&d, 0, 'b');
        assert_true(4 * height > LINES ? first >= height : first == 0);
        assert_int_equal(first + lines_on(&d, 1, 'b'), 4 * height);
        close_form(&d);
    }
}

static const struct item_image *picture_of(const struct draft *d)
{
    for (size_t i = 0; i < d->pages->list[0].n; i++)
        if (d->pages->list[0].items[i].kind == ITEM_IMAGE)
            return &d->pages->list[0].items[i].u.image;
    fail_msg("there is no picture");
    return NULL;
}

/* Inside its box, at its own shape, as large as can be, in the middle. */
static void a_picture_fills_its_box_at_its_own_shape(void **state)
{
    (void)state;
    for (int width = 20; width <= 200; width += 45)
        for (int height = 20; height <= 200; height += 45) {
            struct draft d;
            open_form(&d);
            buffer_printf(&d.text, "<image href=\"'photos/A001.jpg'\" width='%dpt' height='%dpt'/>",
                          width, height);
            lay_out(&d);
            const struct item_image *i = picture_of(&d);
            double shape = (double)i->image->upright_width / i->image->upright_height;
            assert_true(fabs(i->width / i->height - shape) < 1e-6);
            assert_true(i->width <= width + 1e-6 && i->height <= height + 1e-6);
            assert_true(fabs(i->width - width) < 1e-6 || fabs(i->height - height) < 1e-6);
            double beside = i->x - 90, over = i->y - 60;
            assert_true(fabs(beside - (width - i->width) / 2) < 1 || beside > 0);
            assert_true(over >= -1e-6 && over + i->height <= height + 1);
            close_form(&d);
        }
}

int main(void)
{
    use_shipped_profile();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_parted_from_a_third_of_a_page_on),
        cmocka_unit_test(a_row_kept_together_leaves_no_big_hole),
        cmocka_unit_test(rows_of_a_span_stay_together_up_to_half_a_page),
        cmocka_unit_test(a_whole_table_moves_only_when_it_must),
        cmocka_unit_test(a_table_stays_whole_if_a_page_holds_it),
        cmocka_unit_test(a_picture_fills_its_box_at_its_own_shape),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
