/* test_font.c - roles and chains on the fonts that make deps brings; coverage means ink. */
#include "text/font.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const ours[] = {"fonts", NULL};

static void every_role_draws_han_and_rare_characters(void **state)
{
    (void)state;
    static const uint32_t rare[] = {0x4DAE, 0x36C3, 0x2CC56, 0x2B5AF, 0x20164, 0x3158E, 0x2EBE0};
    struct diag d = {0};
    struct fonts *f = fonts_new(ours, &d);
    struct glyph g;
    assert_non_null(f);
    for (int r = 0; r < ROLE_COUNT; r++) {
        assert_true(fonts_require(f, (enum font_role)r, &d));
        assert_true(fonts_glyph(f, (enum font_role)r, 0x4E00, 0, &g));
        assert_int_equal(g.advance, 1000);
        for (size_t i = 0; i < sizeof rare / sizeof *rare; i++) {
            assert_true(fonts_glyph(f, (enum font_role)r, rare[i], 0, &g));
            int box[4];
            assert_true(face_ink(g.face, g.gid, box));
            assert_true(box[0] < box[2] && box[1] < box[3]);
        }
        assert_false(fonts_glyph(f, (enum font_role)r, 0x3FFFD, 0, &g));
        assert_false(fonts_glyph(f, (enum font_role)r, 0xFFFFFFFF, 0, &g));
        assert_true(fonts_glyph(f, (enum font_role)r, ' ', 0, &g));
    }
    assert_int_equal(d.count[SEVERITY_ERROR], 0);
    fonts_free(f);
    diag_clear(&d);
}

static void a_name_is_set_in_one_face(void **state)
{
    (void)state;
    struct diag d = {0};
    struct fonts *f = fonts_new(ours, &d);
    static const char name[] = "\xF0\xB1\x96\x8E某"; /* U+3158E */
    assert_true(fonts_require(f, ROLE_FANGSONG, &d));
    const struct face *face = fonts_face_for_all(f, ROLE_FANGSONG, name, strlen(name));
    struct glyph g;
    assert_non_null(face);
    assert_ptr_not_equal(face, fonts_primary(f, ROLE_FANGSONG));
    assert_true(face_glyph(face, 0x3158E, 0, &g) && face_glyph(face, 0x67D0, 0, &g));
    fonts_free(f);
    diag_clear(&d);
}

static void a_broken_table_names_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long line; /* 0: sound */
    } cases[] = {
        {"<fonts>\n<role name=\"song\">\n<face file=\"x.ttf\"/></role></fonts>", 0},
        {"<fonts>\n<role name=\"ming\"/></fonts>", 2},
        {"<fonts>\n<role name=\"song\">\n<face index=\"1\"/></role></fonts>", 3},
        {"<fonts>\n\n<glyph/></fonts>", 3},
        {"<fonts>\n<!-- no end", 2},
        {"<fonts>", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char dir[] = "/tmp/shenbao-fonts-XXXXXX", path[64];
        assert_non_null(mkdtemp(dir));
        snprintf(path, sizeof path, "%s/fonts.xml", dir);
        FILE *out = fopen(path, "w");
        fputs(cases[i].text, out);
        fclose(out);
        const char *const dirs[] = {dir, NULL};
        struct diag d = {0};
        struct fonts *f = fonts_new(dirs, &d);
        if (cases[i].line == 0) {
            assert_non_null(f);
            assert_false(fonts_require(f, ROLE_SONG, &d)); /* x.ttf is nowhere */
            assert_int_equal(d.system_faults, 1);
        } else {
            assert_null(f);
            assert_int_equal(d.list[0].at.line, cases[i].line);
        }
        fonts_free(f);
        diag_clear(&d);
        unlink(path);
        rmdir(dir);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_role_draws_han_and_rare_characters),
        cmocka_unit_test(a_name_is_set_in_one_face),
        cmocka_unit_test(a_broken_table_names_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
