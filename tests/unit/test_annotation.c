/* test_annotation.c - what a field's appearance shows, how its text is to look and is set, and
 * layers in merged files. */
#include "bind/drawing.h"
#include "bind/layers.h"
#include "bind/lettering.h"
#include "bind/merge.h"
#include "bind/shown_text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void check_shown(const char *content, bool anything, bool only_text, const char *text)
{
    struct shown_text shown;
    shown_text_read(&shown, (const unsigned char *)content, strlen(content));
    if (shown.anything != anything || shown.only_text != only_text ||
        shown.text.len != strlen(text) ||
        (shown.text.len && memcmp(shown.text.data, text, shown.text.len))) {
        print_error("%s: %d %d %.*s\n", content, shown.anything, shown.only_text,
                    (int)shown.text.len, (char *)shown.text.data);
        fail();
    }
    buffer_clear(&shown.text);
}

static void empty_appearances_are_told_from_filled_ones(void **state)
{
    (void)state;
    check_shown("", false, true, "");
    check_shown("/Tx BMC EMC", false, true, "");
    check_shown("1 g 0 0 100 20 re f /Tx BMC q BT 0 g /F 12 Tf ( ) Tj ET Q EMC", false, true, "");
    check_shown("BT (a \\(b\\) (c) \\101\\n\\\n) Tj ET", true, true, "a(b)(c)A");
    check_shown("BT [(ab)-20(cd)<65 6>] TJ (x)' 1 2(y)\" ET", true, true, "abcde`xy");
    check_shown("BT (never shown) pop (Tj) Tj", true, true, "Tj");
    check_shown("% (comment) Tj\n/Tj (x) <</A(b)>> BDC", false, true, "");
    check_shown("/Im Do", true, false, "");
    check_shown("0 0 m 1 1 2 2 3 3 c f", true, false, "");
    check_shown("BT (unfinished", false, true, "");
    check_shown("<41", false, true, "");
    check_shown("(a\\", false, true, "");
}

static void default_appearances_are_read(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct drawing_maker m = {.arena = &arena};
    struct drawing_look look = drawing_look(&m, "0.5 0 1 rg /Helv 12.5 Tf");
    assert_string_equal(look.font, "Helv");
    assert_true(fabs(look.size - 12.5) < 1e-9);
    assert_string_equal(look.fill, "0.5000 0.0000 1.0000 rg ");
    assert_string_equal(look.stroke, "0.5000 0.0000 1.0000 RG ");
    look = drawing_look(&m, NULL);
    assert_string_equal(look.font, "");
    assert_true(look.size == 0);
    assert_string_equal(look.fill, "0 g ");
    /* what lacks its operands, or would end what is drawn */
    look = drawing_look(&m, "rg 1 Tf /F -3 Tf nan g ) Tj Q 7 g");
    assert_string_equal(look.font, "F");
    assert_true(look.size == 0);
    assert_string_equal(look.fill, "1.0000 g ");
    arena_free(&arena);
}

static void fonts_find_the_role_that_is_nearest(void **state)
{
    (void)state;
    assert_int_equal(drawing_role("Helv"), ROLE_HEI);
    assert_int_equal(drawing_role("TimesNewRomanPSMT"), ROLE_SONG);
    assert_int_equal(drawing_role("ABCDEF+STSong-Light"), ROLE_SONG);
    assert_int_equal(drawing_role("FangSong_GB2312"), ROLE_FANGSONG);
    assert_int_equal(drawing_role("KaiTi"), ROLE_KAI);
    assert_int_equal(drawing_role("NotoSansCJK"), ROLE_HEI);
}

static struct fonts *song_fonts(struct diag *diag)
{
    static const char *const dirs[] = {"tests/fonts", "fonts", NULL};
    struct fonts *fonts = fonts_new(dirs, diag);
    assert_non_null(fonts);
    assert_true(fonts_require(fonts, ROLE_SONG, diag));
    return fonts;
}

/* As large as it is asked for, or as its box allows; narrower boxes take it smaller, down to the
 * least size. It stands at the left, the right or in the middle. */
static void a_line_is_set_into_its_box(void **state)
{
    static const struct {
        double asked, width, height;
        enum lettering_align align;
        enum lettering_end end;
        double size, x;
    } cases[] = {{10, 100, 20, LETTERING_LEFT, LETTERING_SET, 10, 0},
                 {10, 100, 20, LETTERING_CENTRE, LETTERING_SET, 10, 30},
                 {10, 100, 20, LETTERING_RIGHT, LETTERING_SET, 10, 60},
                 {10, 100, 5, LETTERING_RIGHT, LETTERING_SET, 10, 60},
                 {0.5, 100, 20, LETTERING_RIGHT, LETTERING_SET, LETTERING_LEAST, 84},
                 {3, 100, 20, LETTERING_LEFT, LETTERING_SET, LETTERING_LEAST, 0},
                 {0, 100, 10, LETTERING_LEFT, LETTERING_SET, 10 / 1.2, 0},
                 {0, 100, 1, LETTERING_LEFT, LETTERING_SET, LETTERING_LEAST, 0},
                 {0, 100, 700, LETTERING_LEFT, LETTERING_SET, 24, 0},
                 {10, 20, 20, LETTERING_RIGHT, LETTERING_SET, 5, 0},
                 {10, 16, 20, LETTERING_CENTRE, LETTERING_SET, LETTERING_LEAST, 0},
                 {10, 15, 20, LETTERING_LEFT, LETTERING_TOO_LONG, 0, 0}};
    struct diag diag = {0};
    struct fonts *fonts = song_fonts(&diag);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena = {0};
        struct page page = {0};
        uint32_t missing;
        const struct lettering_style style = {
            .role = ROLE_SONG, .size = cases[i].asked, .align = cases[i].align};
        enum lettering_end end = lettering_set(&arena, fonts, "一二三四", cases[i].width,
                                               cases[i].height, &style, &page, &missing);
        const struct item_text *t = page.n ? &page.items[0].u.text : NULL;
        if (end != cases[i].end || (t != NULL) != (end == LETTERING_SET) ||
            (t && (fabs(t->size - cases[i].size) > 0.01 || fabs(t->x - cases[i].x) > 0.1)))
            fail_msg("case %zu: %d, %g points, at %g", i, end, t ? t->size : 0, t ? t->x : 0);
        arena_free(&arena);
    }
    fonts_free(fonts);
    diag_clear(&diag);
}

/* What runs from the right, and private characters, wherever in the text; and nothing else. */
static void what_cannot_be_set_is_named(void **state)
{
    static const struct {
        const char *text;
        uint32_t missing; /* 0: it is set */
    } cases[] = {{"一\u05D0", 0x5D0},      {"\u0627一", 0x627},        {"一\uE000", 0xE000},
                 {"一\uF8FF二", 0xF8FF},   {"\uFB1D", 0xFB1D},         {"\uFE70", 0xFE70},
                 {"\U00010800", 0x10800},  {"\U0001E900", 0x1E900},    {"\U000F0000", 0xF0000},
                 {"\U0010FFFD", 0x10FFFD}, {"一\u0416\u03A9\uFF01", 0}};
    struct diag diag = {0};
    struct fonts *fonts = song_fonts(&diag);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena = {0};
        struct page page = {0};
        uint32_t missing = 0;
        enum lettering_end end =
            lettering_set(&arena, fonts, cases[i].text, 200, 20,
                          &(struct lettering_style){.role = ROLE_SONG}, &page, &missing);
        if (end != (cases[i].missing ? LETTERING_NO_GLYPH : LETTERING_SET) ||
            (cases[i].missing && missing != cases[i].missing))
            fail_msg("case %zu: %d, U+%04X", i, end, (unsigned)missing);
        arena_free(&arena);
    }
    fonts_free(fonts);
    diag_clear(&diag);
}

/* Each character stands in the middle of its cell: of the first, the last, or those between. */
static void characters_stand_in_the_cells_of_a_comb(void **state)
{
    static const char text[] = "ABC";
    static const struct {
        enum lettering_align align;
        size_t cells, first;
    } cases[] = {{LETTERING_LEFT, 7, 0},   {LETTERING_RIGHT, 7, 4},  {LETTERING_CENTRE, 7, 2},
                 {LETTERING_CENTRE, 6, 1}, {LETTERING_CENTRE, 3, 0}, {LETTERING_RIGHT, 3, 0}};
    struct diag diag = {0};
    struct fonts *fonts = song_fonts(&diag);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena = {0};
        struct page page = {0};
        uint32_t missing;
        const struct lettering_style style = {
            .role = ROLE_SONG, .align = cases[i].align, .cells = cases[i].cells};
        const double cell = 20, width = cell * (double)style.cells;
        assert_int_equal(lettering_set(&arena, fonts, text, width, 15, &style, &page, &missing),
                         LETTERING_SET);
        assert_int_equal(page.n, strlen(text));
        for (size_t k = 0; k < page.n; k++) {
            const struct item_text *t = &page.items[k].u.text;
            struct glyph g;
            assert_true(fonts_glyph(fonts, ROLE_SONG, (uint32_t)text[k], 0, &g));
            double centre = t->x + t->glyphs[0].x + g.advance * t->size / 2000;
            assert_true(fabs(centre - cell * ((double)(cases[i].first + k) + 0.5)) < 0.01);
        }
        arena_free(&arena);
    }
    struct arena arena = {0};
    struct page page = {0};
    uint32_t missing;
    assert_int_equal(lettering_set(&arena, fonts, text, 40, 15,
                                   &(struct lettering_style){.role = ROLE_SONG, .cells = 2}, &page,
                                   &missing),
                     LETTERING_TOO_LONG);
    arena_free(&arena);
    fonts_free(fonts);
    diag_clear(&diag);
}

/* Of three layers: whichever are named on and off, and whatever they are unless they are named. */
static void layers_are_printed_as_the_document_says(void **state)
{
    enum { LAYERS = 3, SETS = 1 << LAYERS };
    (void)state;
    for (int set = 0; set < 2 * SETS * SETS; set++) {
        const int lists[] = {set % SETS, set / SETS % SETS};
        const bool base = set < SETS * SETS;
        struct arena arena = {0};
        struct buffer b = {0};
        buffer_printf(&b,
                      "%%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[3 0 R 4 0 "
                      "R 5 0 R]/D<<%s",
                      base ? "" : "/BaseState/OFF");
        for (int k = 0; k < 2; k++) {
            buffer_puts(&b, k ? "/OFF[" : "/ON[");
            for (int i = 0; i < LAYERS; i++)
                if (lists[k] & 1 << i)
                    buffer_printf(&b, "%d 0 R ", 3 + i);
            buffer_puts(&b, "]");
        }
        buffer_puts(&b, ">>>>>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n");
        for (int i = 0; i < LAYERS; i++)
            buffer_printf(&b, "%d 0 obj<</Type/OCG/Name(one)>>endobj\n", 3 + i);
        buffer_puts(&b, "trailer<</Root 1 0 R/Size 6>>\n");
        struct qdoc *d = q_open(b.data, b.len, "x", NULL);
        const struct layers *layers = layers_read(&arena, d);
        for (int i = 0; i < LAYERS; i++) {
            bool on = lists[0] & 1 << i, off = lists[1] & 1 << i;
            assert_int_equal(layers_printed(layers, d, q_object(d, 3 + i)), !off && (on || base));
        }
        q_free(d);
        buffer_clear(&b);
        arena_free(&arena);
    }
}

/* Two files, each with two layers of one name; the first is off. */
static const char layered[] =
    "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[5 0 R 6 0 R]/D<</OFF[5 0 "
    "R]>>>>>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n3 0 obj<</Type/Page/Parent "
    "2 "
    "0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Properties<</A 5 0 R/B 6 0 "
    "R>>>>>>endobj\n4 0 obj<</Length 26>>stream\n/OC /A BDC 0 0 9 9 re f EMC\nendstream endobj\n"
    "5 0 obj<</Type/OCG/Name(one)>>endobj\n6 0 obj<</Type/OCG/Name(one)>>endobj\n"
    "trailer<</Root 1 0 R/Size 7>>\n";

static void a_print_run_has_the_layers_of_its_parts(void **state)
{
    (void)state;
    char paths[2][32];
    struct merge_part parts[2];
    struct diag diag = {0};
    struct arena arena = {0};
    size_t pages, size;
    for (int i = 0; i < 2; i++) {
        snprintf(paths[i], sizeof paths[i], "/tmp/shenbao-layers-XXXXXX");
        int fd = mkstemp(paths[i]);
        assert_int_equal(write(fd, layered, sizeof layered - 1), sizeof layered - 1);
        close(fd);
        parts[i] = (struct merge_part){paths[i], "甲", 1};
    }
    FILE *file = tmpfile();
    assert_true(merge_parts(parts, 2, false, fileno(file), &pages, &diag));
    fseek(file, 0, SEEK_END);
    size = (size_t)ftell(file);
    rewind(file);
    char *data = arena_alloc(&arena, size, 1);
    assert_int_equal(fread(data, 1, size, file), size);
    struct qdoc *d = q_open(data, size, "run", NULL);
    const struct layers *layers = layers_read(&arena, d);
    assert_int_equal(q_length(d, q_get(d, q_get(d, q_root(d), "/OCProperties"), "/OCGs")), 4);
    for (size_t i = 0; i < 2; i++) {
        qref used = q_get(d, q_get(d, q_page(d, i), "/Resources"), "/Properties");
        assert_false(layers_printed(layers, d, q_get(d, used, "/A")));
        assert_true(layers_printed(layers, d, q_get(d, used, "/B")));
        unlink(paths[i]);
    }
    q_free(d);
    fclose(file);
    diag_clear(&diag);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_appearances_are_told_from_filled_ones),
        cmocka_unit_test(default_appearances_are_read),
        cmocka_unit_test(fonts_find_the_role_that_is_nearest),
        cmocka_unit_test(a_line_is_set_into_its_box),
        cmocka_unit_test(what_cannot_be_set_is_named),
        cmocka_unit_test(characters_stand_in_the_cells_of_a_comb),
        cmocka_unit_test(layers_are_printed_as_the_document_says),
        cmocka_unit_test(a_print_run_has_the_layers_of_its_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
