/* test_pdf.c - a subset font file is read back by FreeType with the same advances and nearly the same ink. */
#include "pdf/font_file.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Pixels of the glyph at 64 px in a 96 x 96 square. */
static void raster(FT_Face face, uint32_t gid, unsigned char out[96][96])
{
    memset(out, 0, 96 * 96);
    assert_int_equal(FT_Set_Pixel_Sizes(face, 64, 64), 0);
    assert_int_equal(FT_Load_Glyph(face, gid, FT_LOAD_NO_HINTING | FT_LOAD_RENDER), 0);
    FT_GlyphSlot s = face->glyph;
    for (unsigned y = 0; y < s->bitmap.rows; y++)
        for (unsigned x = 0; x < s->bitmap.width; x++) {
            int px = s->bitmap_left + (int)x + 8, py = 72 - s->bitmap_top + (int)y;
            if (px >= 0 && px < 96 && py >= 0 && py < 96)
                out[py][px] = s->bitmap.buffer[y * (unsigned)s->bitmap.pitch + x];
        }
}

static void subsets_look_like_their_source(void **state)
{
    (void)state;
    static const char *const ours[] = {"fonts", NULL};
    static const uint32_t text[] = {0x4E13, 0x4E1A, 0x9F8D, 0x8BC4, 0x2CC56, 'A', '8', '.', ' ', 0xFF0C, 0x56FD, 0x9F98};
    enum { N = sizeof text / sizeof *text };
    struct diag d = {0};
    struct fonts *fonts = fonts_new(ours, &d);
    FT_Library library;
    assert_int_equal(FT_Init_FreeType(&library), 0);
    for (int role = 0; role < ROLE_COUNT; role++) {
        assert_true(fonts_require(fonts, (enum font_role)role, &d));
        const struct face *face = fonts_primary(fonts, (enum font_role)role);
        uint32_t gids[N];
        size_t n = 0, bad;
        for (size_t i = 0; i < N; i++) {
            struct glyph g;
            if (face_glyph(face, text[i], 0, &g))
                gids[n++] = g.gid;
        }
        assert_true(n > 8);
        struct buffer file = {0}, again = {0};
        assert_true(font_file_build(face, gids, n, &file, &bad));
        assert_true(font_file_build(face, gids, n, &again, &bad));
        assert_int_equal(file.len, again.len);
        assert_memory_equal(file.data, again.data, file.len);
        FT_Face subset;
        assert_int_equal(FT_New_Memory_Face(library, file.data, (FT_Long)file.len, 0, &subset), 0);
        assert_int_equal(subset->num_glyphs, n + 1);
        for (size_t i = 0; i < n; i++) {
            static unsigned char a[96][96], b[96][96];
            assert_int_equal(FT_Load_Glyph(face_ft(face), gids[i], FT_LOAD_NO_SCALE), 0);
            long advance = face_ft(face)->glyph->metrics.horiAdvance;
            assert_int_equal(FT_Load_Glyph(subset, (uint32_t)i + 1, FT_LOAD_NO_SCALE), 0);
            assert_int_equal(subset->glyph->metrics.horiAdvance, advance);
            raster(face_ft(face), gids[i], a);
            raster(subset, (uint32_t)i + 1, b);
            long ink = 0, off = 0;
            for (int y = 0; y < 96; y++)
                for (int x = 0; x < 96; x++) {
                    ink += a[y][x];
                    off += abs(a[y][x] - b[y][x]);
                }
            /* 2 % of the ink; two pixels' worth for a dot, whose whole outline feels the rounding to font units. */
            if (off > ink / 50 + 2 * 255)
                fail_msg("%s glyph %zu: %ld of %ld off", face_name(face), i, off, ink);
        }
        FT_Done_Face(subset);
        buffer_clear(&file);
        buffer_clear(&again);
    }
    FT_Done_FreeType(library);
    fonts_free(fonts);
    diag_clear(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(subsets_look_like_their_source)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
