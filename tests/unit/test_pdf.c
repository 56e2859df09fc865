/* test_pdf.c - subset font files: read back by FreeType with the same advances and nearly the same
 * ink; hostile outlines. */
#include "pdf/font_file.h"
#include "pdf/font_union.h"
#include "pdf/glyph_deflate.h"
#include "pdf/pdf.h"
#include "text/glyph_record.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

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

static void assert_same_ink(const struct face *face, uint32_t gid, unsigned char a[96][96],
                            unsigned char b[96][96])
{
    long ink = 0, off = 0;
    for (int y = 0; y < 96; y++)
        for (int x = 0; x < 96; x++) {
            ink += a[y][x];
            off += abs(a[y][x] - b[y][x]);
        }
    /* 2 % of the ink; two pixels' worth for a dot, whose whole outline feels the rounding to font
     * units. */
    if (off > ink / 50 + 2 * 255)
        fail_msg("%s glyph %u: %ld of %ld off", face_name(face), (unsigned)gid, off, ink);
}

/* The ink of one record, as a PDF's reader sees it. */
static void raster_record(FT_Library library, const struct face *face,
                          const struct glyph_record *record, unsigned char out[96][96])
{
    struct buffer file = {0};
    FT_Face subset;
    font_file_build(glyph_record_em(face), &record, 1, &file);
    assert_int_equal(FT_New_Memory_Face(library, file.data, (FT_Long)file.len, 0, &subset), 0);
    raster(subset, 1, out);
    FT_Done_Face(subset);
    buffer_clear(&file);
}

/* A rare character of another face: its own glyph, scaled and moved. */
static void fitted_glyphs_look_like_their_source(void **state)
{
    (void)state;
    static const char *const ours[] = {"fonts", NULL};
    static const uint32_t rare[] = {0x4DAE, 0x2A6A5, 0x3158E, 0x2CC56};
    static unsigned char a[96][96], b[96][96];
    struct diag d = {0};
    struct fonts *fonts = fonts_new(ours, &d);
    FT_Library library;
    size_t altered = 0;
    assert_int_equal(FT_Init_FreeType(&library), 0);
    for (int role = 0; role < ROLE_COUNT; role++)
        for (size_t i = 0; i < sizeof rare / sizeof *rare; i++) {
            struct glyph g;
            assert_true(fonts_glyph(fonts, (enum font_role)role, rare[i], 0, &g));
            const struct glyph_record *record = glyph_record_get(g.face, g.gid);
            struct face_fit fit = face_fit(g.face);
            FT_Matrix scale = {(FT_Fixed)(fit.scale * 65536), 0, 0, (FT_Fixed)(fit.scale * 65536)};
            FT_Vector move = {(FT_Pos)(fit.dx * 64 * 64 / 1000), (FT_Pos)(fit.dy * 64 * 64 / 1000)};
            altered += fit.scale != 1;
            assert_non_null(record);
            assert_int_equal((long)record->advance * 1000 / glyph_record_em(g.face), g.advance);
            FT_Set_Transform(face_ft(g.face), &scale, &move);
            raster(face_ft(g.face), g.gid, a);
            FT_Set_Transform(face_ft(g.face), NULL, NULL);
            raster_record(library, g.face, record, b);
            assert_same_ink(g.face, g.gid, a, b);
        }
    assert_true(altered >= 8);
    FT_Done_FreeType(library);
    fonts_free(fonts);
    diag_clear(&d);
}

/* The base's outline as it was, and each mark's moved to its place. */
static void composites_are_their_parts(void **state)
{
    (void)state;
    static const char *const ours[] = {"fonts", NULL}, *const texts[] = {"x\u0302", "m\u0303\u0323",
                                                                         "e\u0301"};
    static unsigned char a[96][96], b[96][96];
    struct diag d = {0};
    struct fonts *fonts = fonts_new(ours, &d);
    FT_Library library;
    assert_int_equal(FT_Init_FreeType(&library), 0);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct font_sequence sequence;
        struct glyph g;
        font_next(texts[i], strlen(texts[i]), &sequence);
        assert_true(fonts_sequence(fonts, ROLE_SONG, &sequence, &g));
        const struct font_composite *c = face_composite(g.face, g.gid);
        const struct glyph_record *record = glyph_record_get(g.face, g.gid),
                                  *base = glyph_record_get(g.face, c->parts[0].gid);
        int contours = 0;
        assert_int_equal(c->n, i == 2 ? 1 : 2); /* the face has ṃ */
        for (size_t k = 0; k < c->n; k++)
            contours += glyph_record_get(g.face, c->parts[k].gid)->contours;
        assert_int_equal(record->contours, contours);
        assert_int_equal(record->advance, base->advance);
        assert_ptr_equal(glyph_record_get(g.face, g.gid), record);
        raster_record(library, g.face, record, a);
        raster_record(library, g.face, base, b);
        for (int y = 0; y < 96; y++) /* marks that touch nothing add ink alone */
            for (int x = 0; x < 96; x++)
                assert_true(a[y][x] + 2 >= b[y][x]);
        assert_true(c->n == 1 || record->box[3] > base->box[3]);
    }
    FT_Done_FreeType(library);
    fonts_free(fonts);
    diag_clear(&d);
}

static void subsets_look_like_their_source(void **state)
{
    (void)state;
    static const char *const ours[] = {"tests/fonts", "fonts", NULL};
    static const uint32_t text[] = {0x4E13, 0x4E1A, 0x9F8D, 0x8BC4, 0x2CC56, 'A',
                                    '8',    '.',    ' ',    0xFF0C, 0x56FD,  0x9F98};
    enum { N = sizeof text / sizeof *text };
    struct diag d = {0};
    struct fonts *fonts = fonts_new(ours, &d);
    FT_Library library;
    assert_int_equal(FT_Init_FreeType(&library), 0);
    for (int role = 0; role < ROLE_COUNT; role++) {
        assert_true(fonts_require(fonts, (enum font_role)role, &d));
        const struct face *face = fonts_primary(fonts, (enum font_role)role);
        uint32_t gids[N];
        const struct glyph_record *records[N];
        size_t n = 0;
        for (size_t i = 0; i < N; i++) {
            struct glyph g;
            if (face_glyph(face, text[i], 0, &g)) {
                gids[n] = g.gid;
                records[n] = glyph_record_get(face, g.gid);
                assert_non_null(records[n]);
                assert_ptr_equal(glyph_record_get(face, g.gid), records[n]); /* made once */
                n++;
            }
        }
        assert_true(n > 8);
        struct buffer file = {0};
        font_file_build(glyph_record_em(face), records, n, &file);
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
            assert_same_ink(face, gids[i], a, b);
        }
        FT_Done_Face(subset);
        buffer_clear(&file);
    }
    FT_Done_FreeType(library);
    fonts_free(fonts);
    diag_clear(&d);
}

/* A font file whose glyphs are the given glyf bytes, opened through a fonts.xml of its own. */
struct hostile {
    char dir[32];
    const char *dirs[2];
    struct fonts *fonts;
    const struct face *face;
};

static void write_file(const char *dir, const char *name, const void *data, size_t len)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static void put32(unsigned char *p, size_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(v >> (24 - 8 * i));
}

/* A font file for a PDF has no cmap: to be opened as a font it needs one, here "a" and so on to
 * glyph 1 and so on. */
static void add_cmap(struct buffer *file, size_t n)
{
    enum { ENTRY = 16, CMAP = 40 };
    unsigned char cmap[CMAP] = {0, 0, 0, 1, 0, 3, 0, 10};
    size_t tables = (size_t)file->data[4] << 8 | file->data[5], head = 12 + ENTRY * tables,
           old = file->len;
    buffer_room(file, ENTRY);
    memmove(file->data + head + ENTRY, file->data + head, old - head);
    for (size_t i = 0; i < tables; i++) {
        unsigned char *at = file->data + 12 + ENTRY * i + 8;
        put32(at, ((size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3]) + ENTRY);
    }
    memcpy(file->data + head, "cmap\0\0\0", 8);
    put32(file->data + head + 8, file->len);
    put32(file->data + head + 12, CMAP);
    file->data[5]++;
    put32(cmap + 8, 12);
    cmap[13] = 12; /* format */
    put32(cmap + 16, 28);
    put32(cmap + 24, 1);
    put32(cmap + 28, 'a');
    put32(cmap + 32, 'a' + n - 1);
    put32(cmap + 36, 1);
    buffer_add(file, cmap, CMAP);
}

static void hostile_open(struct hostile *h, int em, const struct glyph_record *const *records,
                         size_t n)
{
    static const char *const roles[] = {"song", "fangsong", "kai", "hei", "biaosong"};
    struct buffer xml = {0};
    buffer_puts(&xml, "<fonts>");
    for (int i = 0; i < ROLE_COUNT; i++)
        buffer_printf(&xml, "<role name=\"%s\"><face file=\"h.ttf\"/></role>", roles[i]);
    buffer_puts(&xml, "</fonts>");
    struct buffer file = {0};
    struct diag d = {0};
    font_file_build(em, records, n, &file);
    add_cmap(&file, n);
    strcpy(h->dir, "/tmp/shenbao-font-XXXXXX");
    assert_non_null(mkdtemp(h->dir));
    write_file(h->dir, "fonts.xml", xml.data, xml.len);
    buffer_clear(&xml);
    write_file(h->dir, "h.ttf", file.data, file.len);
    buffer_clear(&file);
    h->dirs[0] = h->dir;
    h->dirs[1] = NULL;
    h->fonts = fonts_new(h->dirs, &d);
    assert_non_null(h->fonts);
    h->face = fonts_require(h->fonts, ROLE_SONG, &d) ? fonts_primary(h->fonts, ROLE_SONG) : NULL;
    diag_clear(&d);
}

static void hostile_close(struct hostile *h)
{
    char path[64];
    fonts_free(h->fonts);
    snprintf(path, sizeof path, "%s/fonts.xml", h->dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/h.ttf", h->dir);
    unlink(path);
    rmdir(h->dir);
}

#define GLYPH(...)                                                                                 \
    {                                                                                              \
        .data = (const unsigned char[]){__VA_ARGS__},                                              \
        .size = sizeof((const unsigned char[]){__VA_ARGS__}), .advance = 1000                      \
    }

/* Triangles, by their places: 1 byte of flags a point, long steps in x, none or long ones in y. */
#define TRIANGLE(x1h, x1l, x2h, x2l)                                                               \
    GLYPH(0, 1, 0, 0, 0, 0, 0x40, 0, 0x40, 0, 0, 2, 0, 0, 0x31, 0x21, 0x01, x1h, x1l, x2h, x2l,    \
          0x01, 0x00, 0, 0, 0, 0, 0)

static unsigned gid_at(const struct buffer *gids, size_t i)
{
    return (unsigned)gids->data[2 * i] << 8 | gids->data[2 * i + 1];
}

static void subsets_of_a_face_become_one_file(void **state)
{
    (void)state;
    struct glyph_record a = TRIANGLE(0x10, 0x00, 0xF0, 0x00), b = TRIANGLE(0x08, 0x00, 0xF8, 0x00),
                        wide = TRIANGLE(0x10, 0x00, 0xF0, 0x00), blank = {.advance = 1000},
                        composed = GLYPH(0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x03, 0, 4, 0, 0, 0,
                                         0, 0, 0);
    struct glyph_record *const all[] = {&a, &b, &wide, &blank};
    struct buffer files[4] = {{0}}, gids = {0}, whole = {0}, expected = {0};
    struct font_union *u = font_union_new();

    wide.advance = 1200;
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < all[i]->size; k += 4)
            all[i]->sum += (uint32_t)all[i]->data[k] << 24 | (uint32_t)all[i]->data[k + 1] << 16 |
                           (uint32_t)all[i]->data[k + 2] << 8 | all[i]->data[k + 3];
        for (int k = 0; k < 4 && all[i]->size; k++)
            all[i]->box[k] = all[i]->data[2 + 2 * k] << 8 | all[i]->data[3 + 2 * k];
        all[i]->points = all[i]->size ? 3 : 0;
        all[i]->contours = all[i]->size ? 1 : 0;
    }
    font_file_build(1000, (const struct glyph_record *const[]){&b, &a}, 2, &files[0]);
    font_file_build(1000, (const struct glyph_record *const[]){&a, &blank, &wide}, 3, &files[1]);
    font_file_build(1000, (const struct glyph_record *const[]){&composed}, 1, &files[2]);
    font_file_build(1000, (const struct glyph_record *const[]){&b, &a, &blank, &wide}, 4,
                    &expected);

    assert_int_equal(font_union_em(files[0].data, files[0].len), 1000);
    assert_true(font_union_add(u, files[0].data, files[0].len, &gids));
    assert_int_equal(gids.len, 6);
    assert_true(font_union_add(u, files[1].data, files[1].len, &gids));
    assert_int_equal(gids.len, 14);
    static const unsigned wanted[] = {0, 1, 2, 0, 2, 3, 4};
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(gid_at(&gids, i), wanted[i]);
    assert_false(font_union_add(u, files[2].data, files[2].len, &gids)); /* not one of ours */
    for (size_t cut = 0; cut < files[1].len; cut++) {
        unsigned char *part = malloc(cut + 1); /* exactly, for a build that watches memory */
        memcpy(part, files[1].data, cut);
        font_union_add(u, part, cut, &gids);
        free(part);
    }
    font_union_build(u, &whole);
    assert_int_equal(whole.len, expected.len);
    assert_memory_equal(whole.data, expected.data, whole.len);
    font_union_free(u);
    font_union_free(NULL);
    for (size_t i = 0; i < 4; i++)
        buffer_clear(&files[i]);
    buffer_clear(&gids);
    buffer_clear(&whole);
    buffer_clear(&expected);
}

static void outlines_that_do_not_fit_are_errors(void **state)
{
    (void)state;
    const struct glyph_record fine = TRIANGLE(0x10, 0x00, 0xF0, 0x00), /* 0, 4096, 0 */
        far = TRIANGLE(0x50, 0x00, 0xB0, 0x00), /* 20480: two of them make no 16-bit step */
        empty = {.advance = 500},
                              itself = GLYPH(0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x03, 0, 4, 0,
                                             0, 0, 0, 0, 0), /* glyph 4 in glyph 4 */
        each_other = GLYPH(0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x03, 0, 6, 0, 0, 0, 0, 0, 0),
                              and_back = GLYPH(0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x03, 0, 5, 0,
                                               0, 0, 0, 0, 0),
                              moved = GLYPH(0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x03, 0, 1, 0x70,
                                            0, 0, 0, 0, 0), /* by 28672 */
        scaled = GLYPH(0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0B, 0, 2, 0, 0, 0, 0, 0x7F, 0xFF, 0,
                       0), /* by 2 */
        nobody = GLYPH(0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x03, 0x7F, 0xFF, 0, 0, 0, 0, 0, 0),
                              cut_off = GLYPH(0, 9, 0, 0, 0, 0, 0, 9, 0, 9, 0, 200, 1, 0),
                              backward = GLYPH(0, 2, 0, 0, 0, 0, 0, 9, 0, 9, 0, 2, 0, 1, 0, 0, 0x31,
                                               0x31, 0x31, 0);
    const struct glyph_record *const all[] = {&fine,       &far,      &empty,   &itself,
                                              &each_other, &and_back, &moved,   &scaled,
                                              &nobody,     &cut_off,  &backward};
    static const bool good[] = {true,  false, true,  false, false, false,
                                false, false, false, false, false};
    enum { N = sizeof all / sizeof *all };
    struct hostile h;
    hostile_open(&h, 1000, all, N);
    assert_non_null(h.face);
    for (uint32_t i = 0; i < N; i++)
        for (int again = 0; again < 2; again++)
            if ((glyph_record_get(h.face, i + 1) != NULL) != good[i])
                fail_msg("glyph %u is %s", i + 1, good[i] ? "refused" : "taken");
    assert_int_equal(glyph_record_get(h.face, 1)->box[2], 4096);
    assert_int_equal(glyph_record_get(h.face, 1)->points, 3);
    assert_null(glyph_record_get(h.face, N + 1)); /* no such glyph */
    assert_null(glyph_record_get(h.face, UINT32_MAX));
    hostile_close(&h);
}

/* Whatever the bytes are: a record or none, and never anything else (the sanitizers watch). */
static void random_outlines_are_survived(void **state)
{
    (void)state;
    enum { N = 400, SIZE = 64 };
    static unsigned char bytes[N][SIZE];
    static struct glyph_record records[N];
    static const struct glyph_record *all[N];
    uint32_t seed = 7;
    size_t taken = 0;
    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < SIZE; k++) {
            seed = seed * 1103515245 + 12345;
            bytes[i][k] = (unsigned char)(seed >> 16 & (k < 12 && k != 1 && k != 11 ? 0x00
                                                        : k == 1                    ? 3
                                                        : k == 11                   ? 7
                                                                                    : 0xFF));
        }
        records[i] = (struct glyph_record){.data = bytes[i], .size = SIZE, .advance = 1000};
        all[i] = &records[i];
    }
    struct hostile h;
    hostile_open(&h, 1000, all, N);
    assert_non_null(h.face);
    for (uint32_t i = 0; i < N; i++) {
        const struct glyph_record *r = glyph_record_get(h.face, i + 1);
        taken += r != NULL;
        assert_true(!r || (r->box[0] >= -16383 && r->box[3] <= 16383 && r->size % 4 == 0));
    }
    assert_true(taken > 0);
    hostile_close(&h);
}

static void an_em_out_of_range_gives_no_glyphs(void **state)
{
    (void)state;
    const struct glyph_record fine = TRIANGLE(0x10, 0x00, 0xF0, 0x00), *const all[] = {&fine};
    static const int ems[] = {1, 15, 16, 16384, 16385, 65535};
    for (size_t i = 0; i < sizeof ems / sizeof *ems; i++) {
        struct hostile h;
        hostile_open(&h, ems[i], all, 1);
        bool good = ems[i] >= 16 && ems[i] <= 16384;
        if (h.face) { /* else FreeType refused the file itself */
            struct text_glyph glyph = {.face = h.face, .gid = 1, .cp = 'a'};
            struct page_item items[] = {
                {ITEM_CHECKBOX, {.checkbox = {10, 10, 10, true, "■", NULL}}},
                {ITEM_TEXT, {.text = {.size = 10, .face = h.face, .glyphs = &glyph, .n = 1}}}};
            struct page page = {.width = 100, .height = 100, .items = items, .n = 2};
            struct pages pages = {.list = &page, .n = 1};
            struct buffer out = {0};
            struct diag d = {0};
            assert_int_equal(glyph_record_get(h.face, 1) != NULL, good);
            assert_int_equal(pdf_write(&pages, &out, &d), good);
            assert_int_equal(d.system_faults, !good);
            buffer_clear(&out);
            diag_clear(&d);
        } else {
            assert_false(good);
        }
        hostile_close(&h);
    }
}

/* false: the face is compressed as a whole. Else the stream is the file again, to its last byte. */
static bool packs(const struct face *face, const struct glyph_record *const *records, size_t n,
                  struct buffer *packed)
{
    struct buffer file = {0};
    font_file_build(glyph_record_em(face), records, n, &file);
    bool packs = glyph_deflate(face, records, n, &file, packed);
    if (packs) {
        uLongf len = file.len + 1;
        unsigned char *again = malloc(len);
        uLong used = packed->len;
        assert_int_equal(uncompress2(again, &len, packed->data, &used), Z_OK);
        assert_int_equal(used, packed->len);
        assert_int_equal(len, file.len);
        assert_memory_equal(again, file.data, len);
        free(again);
    } else {
        assert_int_equal(packed->len, 0);
    }
    buffer_clear(&file);
    return packs;
}

enum { MOST_RECORDS = 1500 };

/* Every step'th glyph of the face that has ink, from this one on. */
static size_t some_records(const struct face *face, uint32_t from, uint32_t step,
                           const struct glyph_record **records)
{
    size_t n = 0;
    for (uint32_t gid = from; gid < face_ft(face)->num_glyphs && n < MOST_RECORDS; gid += step) {
        const struct glyph_record *r = glyph_record_get(face, gid);
        if (r)
            records[n++] = r;
    }
    return n;
}

static void glyphs_packed_one_by_one_unpack_as_the_file(void **state)
{
    (void)state;
    static const char *const ours[] = {"tests/fonts", "fonts", NULL};
    static const struct glyph_record *records[MOST_RECORDS];
    struct diag d = {0};
    size_t n_packed = 0;
    for (int role = 0; role < ROLE_COUNT; role++) {
        struct fonts *fonts = fonts_new(ours, &d), *others = fonts_new(ours, &d);
        assert_true(fonts_require(fonts, (enum font_role)role, &d));
        assert_true(fonts_require(others, (enum font_role)role, &d));
        const struct face *face = fonts_primary(fonts, (enum font_role)role),
                          *other = fonts_primary(others, (enum font_role)role);
        struct buffer many = {0}, few = {0}, again = {0};
        bool packed = packs(face, records, some_records(face, 1, 7, records), &many);
        assert_false(packs(face, records, some_records(face, 1, 2000, records), &few));
        /* what the process has packed before makes no difference */
        assert_int_equal(packs(other, records, some_records(other, 3, 11, records), &again),
                         packed);
        again.len = 0;
        assert_int_equal(packs(other, records, some_records(other, 1, 7, records), &again), packed);
        assert_int_equal(again.len, many.len);
        assert_memory_equal(again.data, many.data, many.len);
        n_packed += packed;
        buffer_clear(&many);
        buffer_clear(&again);
        fonts_free(fonts);
        fonts_free(others);
    }
    assert_true(n_packed > 0 && n_packed < ROLE_COUNT);
    diag_clear(&d);
}

/* Records of anything: every byte, the longest matches, the farthest, and such as are too far. */
static void any_bytes_are_packed(void **state)
{
    (void)state;
    enum { N = 6, SIZE = 80000 };
    static const char *const ours[] = {"tests/fonts", "fonts", NULL};
    static unsigned char data[N][SIZE];
    struct glyph_record records[N];
    struct glyph_bits coded[N] = {{0}};
    const struct glyph_record *list[N];
    struct diag d = {0};
    struct buffer packed = {0};
    struct fonts *fonts = fonts_new(ours, &d);
    uint32_t random = 1;
    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < SIZE; k++) {
            random = random * 1664525 + 1013904223;
            data[i][k] = (unsigned char)(i == 0      ? random >> 24
                                         : i == 1    ? 0
                                         : i == 2    ? k >> 3
                                         : i == 3    ? k % 259
                                         : i == 4    ? (random >> 24) % 3
                                         : k < 40000 ? random >> 24
                                                     : 0);
        }
        records[i] = (struct glyph_record){.data = data[i], .size = SIZE, .coded = &coded[i]};
        list[i] = &records[i];
    }
    memcpy(data[5] + 32768, data[5], 4); /* as far as a match may lead, and farther */
    memcpy(data[5] + 32768 + 200, data[5] + 100, 60);
    memcpy(data[5] + 70000, data[5], 600);
    records[3].size = 4;
    size_t n_packed = 0;
    for (int role = 0; role < ROLE_COUNT; role++) {
        assert_true(fonts_require(fonts, (enum font_role)role, &d));
        const struct face *face = fonts_primary(fonts, (enum font_role)role);
        memset(coded, 0, sizeof coded);
        packed.len = 0;
        n_packed += packs(face, list, N, &packed);
    }
    assert_true(n_packed > 0);
    buffer_clear(&packed);
    fonts_free(fonts);
    diag_clear(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subsets_look_like_their_source),
        cmocka_unit_test(fitted_glyphs_look_like_their_source),
        cmocka_unit_test(composites_are_their_parts),
        cmocka_unit_test(subsets_of_a_face_become_one_file),
        cmocka_unit_test(outlines_that_do_not_fit_are_errors),
        cmocka_unit_test(glyphs_packed_one_by_one_unpack_as_the_file),
        cmocka_unit_test(any_bytes_are_packed),
        cmocka_unit_test(random_outlines_are_survived),
        cmocka_unit_test(an_em_out_of_range_gives_no_glyphs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
