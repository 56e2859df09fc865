/* test_font.c - roles and chains, on the fonts that make deps brings and on small hostile ones that
 * tests/hostile_fonts.py writes; coverage means ink. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "core/utf8.h"
#include "text/font.h"
#include "text/glyph_record.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <dlfcn.h>
#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static const char *const ours[] = {"fonts", NULL};

/* FreeType's own, in front of which this program stands. */
static bool engine_fails;

FT_Error FT_Init_FreeType(FT_Library *library)
{
    FT_Error (*own)(FT_Library *);
    *(void **)&own = dlsym(RTLD_NEXT, "FT_Init_FreeType");
    return engine_fails ? FT_Err_Out_Of_Memory : own(library);
}

/* A directory of the hostile fonts, with a fonts.xml of the test's own. */
static char dir[] = "/tmp/shenbao-fonts-XXXXXX";
static const char *const hostile[] = {dir, NULL};

static int make_dir(void **state)
{
    (void)state;
    char command[100];
    if (!mkdtemp(dir))
        return -1;
    snprintf(command, sizeof command, "python3 tests/hostile_fonts.py %s", dir);
    return system(command);
}

static int remove_dir(void **state)
{
    (void)state;
    char command[100];
    snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command);
}

static void write_table(const char *text)
{
    char path[100];
    snprintf(path, sizeof path, "%s/fonts.xml", dir);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

#define FOUR_ROLES                                                                                 \
    "<role name='fangsong'><face file='sound.ttf'/></role><role name='kai'><face "                 \
    "file='sound.ttf'/>"                                                                           \
    "</role><role name='hei'><face file='sound.ttf'/></role><role name='biaosong'/>"

/* The role song with these candidates. */
static struct fonts *with_song(const char *faces, struct diag *d)
{
    char text[2000];
    snprintf(text, sizeof text, "<fonts>" FOUR_ROLES "<role name='song'>%s</role></fonts>", faces);
    write_table(text);
    struct fonts *f = fonts_new(hostile, d);
    assert_non_null(f);
    return f;
}

static const char *said(const struct diag *d, size_t i, enum language lang)
{
    assert_true(i < d->n);
    return d->list[i].text[lang];
}

static void assert_holds(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not hold \"%s\"", text, part);
}

static void every_role_draws_rare_characters(void **state)
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
            assert_true(g.left <= box[0] && g.right >= box[2]);
        }
        assert_false(fonts_glyph(f, (enum font_role)r, 0x3FFFD, 0, &g));
        assert_false(fonts_glyph(f, (enum font_role)r, 0xFFFFFFFF, 0, &g));
        assert_true(fonts_glyph(f, (enum font_role)r, ' ', 0, &g));
    }
    assert_int_equal(d.n, 0);
    fonts_free(f);
    diag_clear(&d);
}

static size_t missing(struct fonts *f, enum font_role role, uint32_t cp)
{
    struct glyph g;
    if (fonts_glyph(f, role, cp, 0, &g))
        return 0;
    print_error("U+%04X is drawn by no face of %s\n", (unsigned)cp, font_role_name(role));
    return 1;
}

static void every_role_draws_all_of_gb_2312(void **state)
{
    (void)state;
    struct diag d = {0};
    struct fonts *f = fonts_new(ours, &d);
    iconv_t to_utf8 = iconv_open("UTF-8", "GB2312");
    size_t count = 0, lacking = 0;
    assert_ptr_not_equal(to_utf8, (iconv_t)-1);
    for (int row = 0xA1; row <= 0xF7; row++)
        for (int cell = 0xA1; cell <= 0xFE; cell++) {
            char in[] = {(char)row, (char)cell}, out[8], *from = in, *to = out;
            size_t n_in = 2, n_out = sizeof out, used;
            if (iconv(to_utf8, &from, &n_in, &to, &n_out) == (size_t)-1) {
                iconv(to_utf8, NULL, NULL, NULL, NULL);
                continue;
            }
            uint32_t cp = utf8_next(out, (size_t)(to - out), &used);
            count++;
            for (int r = 0; r < ROLE_COUNT; r++)
                lacking += missing(f, (enum font_role)r, cp);
        }
    assert_int_equal(count, 7445);
    assert_int_equal(lacking, 0);
    iconv_close(to_utf8);
    fonts_free(f);
    diag_clear(&d);
}

static void every_role_draws_every_block_of_gb_18030(void **state)
{
    (void)state;
    /* Level 3 of GB 18030-2022: first and last of each block, and a sample between. */
    static const struct {
        uint32_t first, last;
    } blocks[] = {{0x4E00, 0x9FEF},   {0x3400, 0x4DB5},   {0x20000, 0x2A6D6}, {0x2A700, 0x2B734},
                  {0x2B740, 0x2B81D}, {0x2B820, 0x2CEA1}, {0x2CEB0, 0x2EBE0}, {0x2F00, 0x2FD5}};
    struct diag d = {0};
    struct fonts *f = fonts_new(ours, &d);
    size_t count = 0, lacking = 0;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        for (uint32_t cp = blocks[i].first, step = 61; cp <= blocks[i].last; cp += step) {
            count++;
            for (int r = 0; r < ROLE_COUNT; r++)
                lacking += missing(f, (enum font_role)r, cp);
            step = cp < blocks[i].last && cp + step > blocks[i].last ? blocks[i].last - cp : step;
        }
    assert_true(count > 1400);
    assert_int_equal(lacking, 0);
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
    assert_null(fonts_face_for_all(f, ROLE_FANGSONG, "\xF0\xBF\xBF\xBD", 4));
    assert_null(fonts_face_for_all(f, ROLE_FANGSONG, "\xFF", 1));
    fonts_free(f);
    diag_clear(&d);
}

static void an_outline_without_area_covers_nothing(void **state)
{
    (void)state;
    static const char *const files[] = {"empty.ttf", "flat.ttf"};
    for (size_t i = 0; i < 2; i++) {
        char faces[100];
        struct diag d = {0};
        struct glyph g;
        int box[4];
        snprintf(faces, sizeof faces, "<face file='%s'/><face file='sound.ttf'/>", files[i]);
        struct fonts *f = with_song(faces, &d);
        assert_true(fonts_require(f, ROLE_SONG, &d));
        assert_true(fonts_glyph(f, ROLE_SONG, 0x4E00, 0, &g));
        assert_string_equal(face_name(g.face), "Sound");
        assert_true(fonts_glyph(f, ROLE_SONG, 0x4E8C, 0, &g));
        assert_ptr_equal(g.face, fonts_primary(f, ROLE_SONG));
        assert_int_equal(g.left, 100);
        assert_int_equal(g.right, 900);
        assert_false(face_glyph(fonts_primary(f, ROLE_SONG), 0x4E00, 0, &g));
        assert_false(face_ink(fonts_primary(f, ROLE_SONG), 1, box));
        assert_string_equal(face_name(fonts_face_for_all(f, ROLE_SONG, "二一", 6)), "Sound");
        fonts_free(f);
        diag_clear(&d);
    }
}

/* One without width lies on the next one, one of 65 em ends the line: a page as if it were right.
 */
static void a_glyph_that_would_spoil_the_page_covers_nothing(void **state)
{
    (void)state;
    static const char *const files[] = {"narrow.ttf", "wide.ttf", "far.ttf", "fan.ttf", "self.ttf"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char faces[100];
        struct diag d = {0};
        struct glyph g;
        snprintf(faces, sizeof faces, "<face file='%s'/><face file='sound.ttf'/>", files[i]);
        struct fonts *f = with_song(faces, &d);
        assert_true(fonts_glyph(f, ROLE_SONG, 0x4E00, 0, &g));
        assert_string_equal(face_name(g.face), "Sound");
        assert_int_equal(g.advance, 1000);
        assert_true(fonts_glyph(f, ROLE_SONG, 0x4E8C, 0, &g));
        assert_ptr_equal(g.face, fonts_primary(f, ROLE_SONG));
        assert_non_null(glyph_record_get(g.face, g.gid));
        assert_false(fonts_glyph(f, ROLE_SONG, ' ', 0, &g));
        /* what is drawn over the character before needs no width */
        assert_int_equal(fonts_glyph(f, ROLE_SONG, 0x301, 0, &g), i == 0);
        fonts_free(f);
        diag_clear(&d);
    }
}

static void a_glyph_of_other_glyphs_is_drawn_as_they_are(void **state)
{
    (void)state;
    struct diag d = {0};
    struct glyph g;
    struct fonts *f = with_song("<face file='twice.ttf'/>", &d);
    assert_true(fonts_glyph(f, ROLE_SONG, 0x4E00, 0, &g));
    const struct glyph_record *twice = glyph_record_get(g.face, g.gid);
    assert_true(fonts_glyph(f, ROLE_SONG, 0x4E8C, 0, &g));
    const struct glyph_record *part = glyph_record_get(g.face, g.gid);
    assert_non_null(twice);
    assert_non_null(part);
    assert_int_equal(twice->points, 2 * part->points);
    assert_memory_equal(twice->box, part->box, sizeof part->box);
    fonts_free(f);
    diag_clear(&d);
}

static void nobody_draws_letters_one_by_one_that_are_joined_or_go_the_other_way(void **state)
{
    (void)state;
    static const uint32_t shaped[] = {0x627, 0x645, 0x6CC, 0x5D0, 0x1820};
    static const uint32_t plain[] = {0x4E00, 0x660,
                                     0x2135}; /* an Arabic digit, the aleph of sets */
    struct diag d = {0};
    struct glyph g;
    struct fonts *f = with_song("<face file='joined.ttf'/>", &d);
    for (size_t i = 0; i < sizeof shaped / sizeof *shaped; i++)
        assert_false(fonts_glyph(f, ROLE_SONG, shaped[i], 0, &g));
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        assert_true(fonts_glyph(f, ROLE_SONG, plain[i], 0, &g));
    fonts_free(f);
    diag_clear(&d);
}

static void a_role_has_no_thousands_of_files(void **state)
{
    (void)state;
    static char text[20000] = "<fonts>" FOUR_ROLES "<role name='song'>";
    for (int i = 0; i < 201; i++)
        strcat(text, "<face file='none.ttf'/>\n");
    strcat(text, "</role></fonts>");
    write_table(text);
    struct diag d = {0};
    assert_null(fonts_new(hostile, &d));
    assert_int_equal(d.n, 1);
    assert_holds(said(&d, 0, LANGUAGE_EN), "at most 200 of <face>, and this one 201");
    diag_clear(&d);
}

static void a_sequence_goes_to_the_face_that_knows_it(void **state)
{
    (void)state;
    static const char text[] = "葛\xF3\xA0\x84\x81", both[] = "葛\xF3\xA0\x84\x81一"; /* U+E0101 */
    struct diag d = {0};
    struct glyph g;
    struct fonts *f = with_song(
        "<face file='plain.ttf'/><face file='hollow.ttf'/><face file='variant.ttf'/>", &d);
    assert_true(fonts_require(f, ROLE_SONG, &d));
    assert_true(fonts_glyph(f, ROLE_SONG, 0x845B, 0, &g));
    assert_string_equal(face_name(g.face), "Plain");
    assert_true(fonts_glyph(f, ROLE_SONG, 0x845B, 0xE0101, &g));
    assert_string_equal(face_name(g.face), "Variant"); /* not Hollow: its shape has no ink */
    assert_int_equal(g.gid, 2);
    assert_int_equal(g.vs, 0xE0101);
    /* Known by none: the base's shape, in the first face that has it; the sequence is kept. */
    assert_true(fonts_glyph(f, ROLE_SONG, 0x845B, 0xE0102, &g));
    assert_string_equal(face_name(g.face), "Plain");
    assert_int_equal(g.vs, 0xE0102);

    assert_string_equal(face_name(fonts_face_for_all(f, ROLE_SONG, text, strlen(text))), "Variant");
    assert_null(fonts_face_for_all(f, ROLE_SONG, both, strlen(both))); /* Variant has no 一 */
    assert_string_equal(face_name(fonts_face_for_all(f, ROLE_SONG, "葛一\n", 7)), "Plain");
    fonts_free(f);
    diag_clear(&d);
}

static void unusable_files_are_named_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *face;
        enum font_source_state state;
        const char *zh, *en;
    } cases[] = {
        {"file='restricted.ttf'", FONT_BARRED, "许可不允许嵌入或取子集，fsType 0x0002", "licence"},
        {"file='restricted.pfa'", FONT_BARRED, "fsType 0x0002", "fsType 0x0002"},
        {"file='nosubset.ttf'", FONT_BARRED, "fsType 0x0100", "fsType 0x0100"},
        {"file='bitmap.ttf'", FONT_BARRED, "fsType 0x0200", "fsType 0x0200"},
        {"file='truncated.ttf'", FONT_BROKEN, "文件不完整", "breaks off"},
        {"file='garbage.ttf'", FONT_BROKEN, "不是字体或已损坏",
         "not a font, or damaged: unknown file"},
        {"file='noglyf.ttf'", FONT_BROKEN, "不是字体或已损坏", "damaged"},
        {"file='nocmap.ttf'", FONT_BROKEN, "没有 Unicode 字符表", "no table of Unicode"},
        {"file='zero.ttf'", FONT_BROKEN, "空文件", "an empty file"},
        {"file='folder.ttf'", FONT_BROKEN, "不是普通文件", "not a regular file"},
        {"file='pipe.ttf'", FONT_BROKEN, "不是普通文件", "not a regular file"},
        {"file='sound.ttf' index='3'", FONT_BROKEN, "只有 1 个字面（从 0 数起），没有 index 3",
         "has 1 faces, counted from 0, and none of index 3"},
        {"file='two.ttc' index='2'", FONT_BROKEN, "只有 2 个字面（从 0 数起），没有 index 2",
         "has 2 faces"},
        {"file='variable.ttf'", FONT_BROKEN, "请在 fonts.xml 中写明字重 weight，可取 100-900",
         "say its weight in fonts.xml, from the range 100-900"},
        {"file='variable.ttf' weight='950'", FONT_BROKEN,
         "没有 fonts.xml 所写的字重 weight，可取 100-900",
         "does not have the weight that fonts.xml asks for, but 100-900"},
        {"file='bomb.woff'", FONT_BROKEN, "解开后超过 64 MB", "unpacks to more than 64 MB"},
        {"file='preview.ttf'", FONT_READY, NULL, NULL},
        {"file='preview.pfa'", FONT_READY, NULL, NULL},
        {"file='packed.woff'", FONT_READY, NULL, NULL},
        {"file='nowhere.ttf'", FONT_ABSENT, NULL, NULL},
    };
    enum { CASES = sizeof cases / sizeof *cases };
    char faces[2000] = "", path[100];
    struct diag d = {0};
    size_t n, told = 0;

    snprintf(path, sizeof path, "%s/folder.ttf", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/pipe.ttf", dir);
    assert_int_equal(mkfifo(path, 0600), 0);
    for (size_t i = 0; i < CASES; i++)
        snprintf(faces + strlen(faces), sizeof faces - strlen(faces), "<face %s/>", cases[i].face);
    struct fonts *f = with_song(faces, &d);
    const struct font_source *list = fonts_sources(f, ROLE_SONG, &n);
    assert_int_equal(n, CASES);
    assert_int_equal(d.n, 0);
    assert_true(fonts_require(f, ROLE_SONG, &d)); /* preview.ttf */
    assert_string_equal(face_name(fonts_primary(f, ROLE_SONG)), "Preview");
    for (size_t i = 0; i < CASES; i++) {
        assert_int_equal(list[i].state, cases[i].state);
        if (!cases[i].zh)
            continue;
        assert_holds(list[i].reason[LANGUAGE_ZH], cases[i].zh);
        assert_holds(list[i].reason[LANGUAGE_EN], cases[i].en);
        assert_string_equal(d.list[told].at.file, list[i].file);
        assert_int_equal(d.list[told].severity, SEVERITY_WARNING);
        assert_holds(said(&d, told, LANGUAGE_ZH), cases[i].zh);
        assert_holds(said(&d, told++, LANGUAGE_EN), cases[i].en);
    }
    assert_int_equal(d.n, told);
    assert_true(fonts_require(f, ROLE_SONG, &d)); /* once is enough */
    assert_int_equal(d.n, told);
    fonts_free(f);
    diag_clear(&d);
}

/* No face draws for anybody what another machine shows as something else. */
static void nobody_draws_private_codes_and_what_is_no_character(void **state)
{
    (void)state;
    static const uint32_t codes[] = {0xE000, 0xF0B7, 0xFFFD, 0xFDD0, 0x100000};
    struct diag d = {0};
    struct fonts *f = with_song("<face file='private.ttf'/>", &d);
    struct glyph g;
    assert_true(fonts_glyph(f, ROLE_SONG, 0x4E00, 0, &g));
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        assert_false(fonts_glyph(f, ROLE_SONG, codes[i], 0, &g));
        assert_false(face_glyph(fonts_primary(f, ROLE_SONG), codes[i], 0, &g));
    }
    assert_false(fonts_glyph(f, ROLE_SONG, 0xE000, 0xFE00, &g));
    fonts_free(f);
    diag_clear(&d);
}

/* Every code point there is: the glyph is the one that its face has for it, or there is none. */
static void what_is_drawn_is_the_character(void **state)
{
    (void)state;
    struct diag d = {0};
    struct fonts *f = fonts_new(ours, &d);
    for (int r = 0; r < ROLE_COUNT; r++) {
        size_t drawn = 0;
        for (uint32_t cp = 0x20; cp <= 0x10FFFF; cp++) {
            struct glyph g;
            if (!fonts_glyph(f, (enum font_role)r, cp, 0, &g))
                continue;
            drawn++;
            if (utf8_is_unprintable(cp) || face_composite(g.face, g.gid) || g.cp != cp ||
                g.gid != FT_Get_Char_Index(face_ft(g.face), cp))
                fail_msg("U+%04X is drawn as glyph %u of %s", (unsigned)cp, (unsigned)g.gid,
                         face_name(g.face));
        }
        assert_true(drawn > 90000);
    }
    fonts_free(f);
    diag_clear(&d);
}

static void a_variable_font_is_drawn_at_the_weight_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *face;
        int right, advance;
    } cases[] = {{"<face file='variable.ttf' weight='400'/>", 900, 1000},
                 {"<face file='variable.ttf' weight='650'/>", 950, 1050},
                 {"<face file='variable.ttf' weight='900'/>", 1000, 1100}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diag d = {0};
        struct fonts *f = with_song(cases[i].face, &d);
        struct glyph g;
        int box[4];
        assert_true(fonts_require(f, ROLE_SONG, &d));
        assert_int_equal(d.n, 0);
        assert_true(fonts_glyph(f, ROLE_SONG, 0x4E00, 0, &g));
        assert_int_equal(g.right, cases[i].right);
        assert_int_equal(g.advance, cases[i].advance);
        assert_true(face_ink(g.face, g.gid, box));
        assert_int_equal(box[2], cases[i].right);
        assert_int_equal(glyph_record_get(g.face, g.gid)->box[2], cases[i].right);
        assert_int_equal(glyph_record_get(g.face, g.gid)->advance, cases[i].advance);
        fonts_free(f);
        diag_clear(&d);
    }
}

static struct font_sequence sequence_of(const char *text)
{
    struct font_sequence s;
    assert_int_equal(font_next(text, strlen(text), &s), strlen(text));
    return s;
}

static void marks_stand_at_their_base(void **state)
{
    (void)state;
    struct diag d = {0};
    struct glyph g;
    struct font_sequence acute = sequence_of("e\u0301"), dotless = sequence_of("i\u0301"),
                         both = sequence_of("e\u0323\u0301"), none = sequence_of("e\u0308");
    struct fonts *f = with_song("<face file='marks.ttf'/><face file='composed.ttf'/>", &d);

    /* The square's top is at 800; the mark keeps its distance from the letters that it is for. */
    assert_true(fonts_sequence(f, ROLE_SONG, &acute, &g));
    const struct font_composite *c = face_composite(g.face, g.gid);
    assert_non_null(c);
    assert_int_equal(c->n, 2);
    assert_int_equal(c->parts[1].dx, 300); /* its own place is 100 to 300 */
    assert_int_equal(c->parts[1].dy, 350);
    assert_int_equal(g.advance, 1000);
    uint32_t gid = g.gid;
    assert_true(fonts_sequence(f, ROLE_SONG, &acute, &g));
    assert_int_equal(g.gid, gid); /* made once */

    assert_true(fonts_sequence(f, ROLE_SONG, &both, &g));
    c = face_composite(g.face, g.gid);
    assert_int_equal(c->n, 3);
    assert_int_equal(c->sequence.n_marks, 2);
    int below = c->parts[1].dy < c->parts[2].dy ? 1 : 2;
    assert_true(700 + c->parts[below].dy < 0);

    assert_true(fonts_sequence(f, ROLE_SONG, &dotless, &g));
    c = face_composite(g.face, g.gid);
    assert_int_equal(c->parts[0].gid, FT_Get_Char_Index(face_ft(g.face), 0x131));
    assert_false(fonts_sequence(f, ROLE_SONG, &none, &g));
    fonts_free(f);

    /* A face that has the composed letter draws that. */
    f = with_song("<face file='composed.ttf'/>", &d);
    assert_true(fonts_sequence(f, ROLE_SONG, &acute, &g));
    c = face_composite(g.face, g.gid);
    assert_int_equal(c->n, 1);
    assert_int_equal(c->parts[0].gid, FT_Get_Char_Index(face_ft(g.face), 0xE9));
    assert_int_equal(c->sequence.marks[0], 0x301);
    fonts_free(f);
    diag_clear(&d);
}

/* Faces whose letters all stand in one box draw their marks for the highest of them. */
static void marks_stand_close_to_their_base_in_every_role(void **state)
{
    (void)state;
    struct diag d = {0};
    struct fonts *f = fonts_new(ours, &d);
    static const char *const texts[] = {"x\u0302", "n\u0302", "H\u0302", "q\u0323", "g\u0331"};
    for (int role = 0; role < ROLE_COUNT; role++)
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            struct glyph g;
            int base[4], mark[4];
            struct font_sequence s = sequence_of(texts[i]);
            assert_true(fonts_sequence(f, (enum font_role)role, &s, &g));
            const struct font_composite *c = face_composite(g.face, g.gid);
            if (c->n < 2)
                continue;
            assert_true(face_ink(g.face, c->parts[0].gid, base));
            assert_true(face_ink(g.face, c->parts[1].gid, mark));
            int gap = s.marks[0] == 0x302 ? mark[1] + c->parts[1].dy - base[3]
                                          : base[1] - mark[3] - c->parts[1].dy;
            if (gap < 0 || gap > 160)
                fail_msg("%s of %s: %d", texts[i], font_role_name((enum font_role)role), gap);
        }
    fonts_free(f);
    diag_clear(&d);
}

/* A keycap is drawn around its digit, in a place of its own. */
static void what_encloses_a_letter_stands_around_it(void **state)
{
    (void)state;
    struct diag d = {0};
    struct fonts *f = fonts_new(ours, &d);
    static const char *const texts[] = {"1\uFE0F\u20E3", "1\u20DD", "A\u20DD", "国\u20DD"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct font_sequence s = sequence_of(texts[i]);
        struct glyph g;
        int base[4], ring[4];
        assert_true(fonts_sequence(f, ROLE_FANGSONG, &s, &g));
        const struct font_composite *c = face_composite(g.face, g.gid);
        assert_non_null(c);
        assert_true(face_ink(g.face, c->parts[0].gid, base));
        assert_true(face_ink(g.face, c->parts[1].gid, ring));
        assert_in_range(base[0] + base[2] + 2 * c->parts[0].dx - ring[0] - ring[2] -
                            2 * c->parts[1].dx + 2,
                        0, 4);
        assert_in_range(base[1] + base[3] - ring[1] - ring[3] - 2 * c->parts[1].dy + 2, 0, 4);
        assert_true(c->left >= 0 && c->right <= g.advance);
    }
    fonts_free(f);
    diag_clear(&d);
}

/* Faces know 葛 with this selector, and a letter with this mark. */
static void a_mark_behind_a_selector_is_drawn(void **state)
{
    (void)state;
    struct diag d = {0};
    struct fonts *f = fonts_new(ours, &d);
    for (int role = 0; role < ROLE_COUNT; role++) {
        struct font_sequence s = sequence_of("葛\U000E0100\u3099");
        struct glyph g;
        assert_int_equal(s.n_marks, 1);
        if (!fonts_sequence(f, (enum font_role)role, &s, &g))
            continue; /* said to be missing */
        const struct font_composite *c = face_composite(g.face, g.gid);
        assert_non_null(c);
        assert_int_equal(c->n, 2);
    }
    fonts_free(f);
    diag_clear(&d);
}

static void a_mark_without_a_base_stands_alone(void **state)
{
    (void)state;
    struct font_sequence s;
    assert_int_equal(font_next("\u0301a", 3, &s), 2);
    assert_int_equal(s.cp, 0x301);
    assert_int_equal(font_next(" \u0301", 3, &s), 1);
    assert_int_equal(font_next("\n\u0301", 3, &s), 1);
    /* What is over six marks is text as well. */
    assert_int_equal(font_next("e\u0301\u0301\u0301\u0301\u0301\u0301\u0301", 15, &s), 13);
    assert_int_equal(s.n_marks, SEQUENCE_MARKS);
}

static void latin_letters_come_from_one_face(void **state)
{
    (void)state;
    static const uint32_t letters[] = {'e',   0xE9,  0xE8,  0xFC,  0xC9,
                                       0x144, 0x151, 0x1DA, 0x1F9, 0x1EC7};
    struct diag d = {0};
    struct fonts *f = fonts_new(ours, &d);
    struct glyph first, g;
    assert_true(fonts_glyph(f, ROLE_FANGSONG, 'e', 0, &first));
    for (size_t i = 0; i < 5; i++) {
        assert_true(fonts_glyph(f, ROLE_FANGSONG, letters[i], 0, &g));
        assert_ptr_equal(g.face, first.face);
        assert_false(fonts_falls_back(f, ROLE_FANGSONG, &g));
        /* in a name that the first face draws whole as well */
        assert_true(fonts_sequence_of(f, ROLE_FANGSONG, fonts_primary(f, ROLE_FANGSONG),
                                      &(struct font_sequence){.cp = letters[i]}, &g));
        assert_ptr_equal(g.face, first.face);
    }
    for (size_t i = 5; i < sizeof letters / sizeof *letters; i++) {
        assert_true(fonts_glyph(f, ROLE_FANGSONG, letters[i], 0, &g));
        assert_ptr_not_equal(g.face, fonts_primary(f, ROLE_FANGSONG));
    }
    const char *word = "Sz\u0151ke";
    const struct face *face = fonts_face_for_word(f, ROLE_FANGSONG, word, strlen(word));
    assert_non_null(face);
    assert_true(face_glyph(face, 0x151, 0, &g) && face_glyph(face, 'S', 0, &g));
    fonts_free(f);
    diag_clear(&d);
}

/* The middle of the ink and its size, over characters whose strokes fill the square. */
static void mean_ink(struct fonts *f, enum font_role role, const uint32_t *cps, size_t n,
                     double *size, double *middle)
{
    *size = *middle = 0;
    for (size_t i = 0; i < n; i++) {
        struct glyph g;
        int box[4];
        assert_true(fonts_glyph(f, role, cps[i], 0, &g));
        assert_int_equal(g.advance, 1000);
        assert_true(face_ink(g.face, g.gid, box));
        *size += (box[2] - box[0] + box[3] - box[1]) / 2.0 / (double)n;
        *middle += (box[1] + box[3]) / 2.0 / (double)n;
    }
}

static void rare_characters_have_their_neighbours_body(void **state)
{
    (void)state;
    static const uint32_t common[] = {0x56FD, 0x56ED, 0x9E70, 0x9898,
                                      0x8B66, 0x9ED8, 0x9F13, 0x95F4},
                          rare[] = {0x2A6A5, 0x3158E, 0x2EBE0, 0x30EDE,
                                    0x2CC56, 0x4DAE,  0x36C3,  0x2B5AF};
    struct diag d = {0};
    struct fonts *f = fonts_new(ours, &d);
    for (int r = 0; r < ROLE_COUNT; r++) {
        double size, middle, rare_size, rare_middle;
        mean_ink(f, (enum font_role)r, common, 8, &size, &middle);
        mean_ink(f, (enum font_role)r, rare, 8, &rare_size, &rare_middle);
        if (rare_size / size > 1.07 || rare_size / size < 0.93 || rare_middle - middle > 25 ||
            middle - rare_middle > 25)
            fail_msg("%s: %.0f around %.0f beside %.0f around %.0f",
                     font_role_name((enum font_role)r), rare_size, rare_middle, size, middle);
    }
    fonts_free(f);
    diag_clear(&d);
}

static void a_later_face_is_reported_too_and_once(void **state)
{
    (void)state;
    struct diag d = {0};
    write_table(
        "<fonts><role name='song'><face file='sound.ttf'/><face file='restricted.ttf'/></role>"
        "<role name='kai'><face file='sound.ttf'/><face file='restricted.ttf'/></role>"
        "<role name='fangsong'/><role name='hei'/><role name='biaosong'/></fonts>");
    struct fonts *f = fonts_new(hostile, &d);
    assert_true(fonts_require(f, ROLE_SONG, &d));
    assert_true(fonts_require(f, ROLE_KAI, &d));
    assert_int_equal(d.n, 1);
    assert_holds(d.list[0].at.file, "/restricted.ttf");
    fonts_free(f);
    diag_clear(&d);
}

static void a_standin_says_what_would_mend_it(void **state)
{
    (void)state;
    struct diag d = {0};
    struct fonts *f =
        with_song("<face file='own.ttf'/><face file='/nowhere/a.ttf' package='fonts-a'/>"
                  "<face file='sound.ttf' standin='true'/>",
                  &d);
    assert_true(fonts_require(f, ROLE_SONG, &d));
    assert_int_equal(d.n, 1);
    assert_int_equal(d.list[0].severity, SEVERITY_WARNING);
    static const char *const parts[] = {"Sound", "/sound.ttf", "own.ttf", "fonts-a",
                                        "/nowhere/a.ttf"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        assert_holds(said(&d, 0, LANGUAGE_ZH), parts[i]);
        assert_holds(said(&d, 0, LANGUAGE_EN), parts[i]);
    }
    assert_holds(said(&d, 0, LANGUAGE_ZH), "没有宋体（song）的字体文件");
    assert_true(fonts_require(f, ROLE_SONG, &d));
    assert_int_equal(d.n, 1);
    /* No file at all: the line of the role, and the same advice. */
    assert_false(fonts_require(f, ROLE_BIAOSONG, &d));
    assert_int_equal(d.system_faults, 1);
    assert_int_equal(d.list[1].at.line, 1);
    fonts_free(f);
    diag_clear(&d);

    f = with_song("\n<face file='own.ttf'/><face file='/nowhere/a.ttf' package='fonts-a'/>", &d);
    assert_false(fonts_require(f, ROLE_SONG, &d));
    assert_int_equal(d.system_faults, 1);
    assert_holds(said(&d, 0, LANGUAGE_ZH), "或安装 fonts-a（/nowhere/a.ttf）");
    assert_holds(said(&d, 0, LANGUAGE_EN), "put own.ttf into");
    fonts_free(f);
    diag_clear(&d);
}

static void letters_of_a_file_name_may_be_large_or_small(void **state)
{
    (void)state;
    struct diag d = {0};
    struct fonts *f = with_song("<face file='SOUND.TTF'/>", &d);
    assert_true(fonts_require(f, ROLE_SONG, &d));
    assert_holds(face_file(fonts_primary(f, ROLE_SONG)), "/sound.ttf");
    fonts_free(f);
    diag_clear(&d);
}

static void an_engine_that_does_not_start_is_reported(void **state)
{
    (void)state;
    struct diag d = {0};
    engine_fails = true;
    struct fonts *f = fonts_new(ours, &d);
    engine_fails = false;
    assert_null(f);
    assert_int_equal(d.system_faults, 1);
    assert_holds(said(&d, 0, LANGUAGE_ZH), "FreeType 无法启动：out of memory");
    diag_clear(&d);
}

static void a_broken_table_names_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long line; /* 0: sound */
        const char *zh;
    } cases[] = {
        {"<?xml version='1.0'?>\n<fonts >\n" FOUR_ROLES
         "<role name = \"song\" ><!-- > -->\n<face\nfile='a&amp;b'></face></role>\n</fonts >\n",
         0, NULL},
        {"\xEF\xBB\xBF<fonts>" FOUR_ROLES "<role name='song'/></fonts>", 0, NULL},
        {"<fonts>\n<role name=\"ming\"/></fonts>", 2, "name=\"ming\""},
        {"<fonts>\n<role name='song'/>\n<role name='song'/></fonts>", 3, "重复，已在第 2 行"},
        {"<fonts>\n" FOUR_ROLES "\n</fonts>", 1, "缺 <role>：song"},
        {"<fonts/>", 1, "缺 <role>：song fangsong kai hei biaosong"},
        {"<fonts>\n<role/></fonts>", 2, "缺属性 name"},
        {"<fonts>\n<role name='song' title='x'/></fonts>", 2, "没有属性 title"},
        {"<fonts version='1'>\n</fonts>", 1, "不带属性，这里却有 version"},
        {"<fonts>\n<role name='song'>\n<face index='1'/></role></fonts>", 3, "缺属性 file"},
        {"<fonts><role name='song'>\n<face file='a' size='1'/></role></fonts>", 2, "没有属性 size"},
        {"<fonts><role name='song'>\n<face file='a' index='-1'/></role></fonts>", 2,
         "index=\"-1\""},
        {"<fonts><role name='song'>\n<face file='a' index='99999999999'/></role></fonts>", 2,
         "index"},
        {"<fonts><role name='song'>\n<face file='a' rare='yes'/></role></fonts>", 2,
         "rare=\"yes\""},
        {"<fonts><role name='song'>\n<face file='a' weight='0'/></role></fonts>", 2,
         "weight=\"0\""},
        {"<fonts><role name='song'>\n<face file='a' weight='bold'/></role></fonts>", 2,
         "weight=\"bold\""},
        {"<fonts><role name='song'>\n<face file='a' file='b'/></role></fonts>", 2, "XML"},
        {"<fonts><role name='song'>\n<face file='a&b'/></role></fonts>", 2, "XML"},
        {"<fonts><role name='song'>\n<face file=a/></role></fonts>", 2, "XML"},
        {"<fonts><role name='song'>\n<face file='a/></role></fonts>", 2, "XML"},
        {"<fonts>\n\n<glyph/></fonts>", 3, "glyph"},
        {"<fonts>\n<face file='a'/></fonts>", 2, "face"},
        {"<fonts>\n</role></fonts>", 2, "XML"},
        {"<fonts>\n<role name='song'></fonts>", 2, "XML"},
        {"<!DOCTYPE fonts>\n<fonts/>", 1, "DOCTYPE"},
        {"<fonts>\nmusic</fonts>", 2, "文字"},
        {"<fonts>" FOUR_ROLES "<role name='song'/></fonts>\n<fonts/>", 2, "XML"},
        {"<fonts>\n<!-- no end", 2, "XML"},
        {"<!-->", 1, "XML"},
        {"<fonts>\n", 2, "XML"},
        {"<fonts>\n\n\xD6\xD0", 3, "XML"},
        {"", 1, "XML"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diag d = {0};
        write_table(cases[i].text);
        struct fonts *f = fonts_new(hostile, &d);
        if (cases[i].line == 0) {
            assert_non_null(f);
            assert_false(fonts_require(f, ROLE_SONG, &d)); /* its file is nowhere */
            assert_int_equal(d.system_faults, 1);
        } else {
            assert_null(f);
            assert_int_equal(d.n, 1);
            assert_int_equal(d.system_faults, 1);
            assert_holds(said(&d, 0, LANGUAGE_ZH), cases[i].zh);
            assert_holds(d.list[0].at.file, "/fonts.xml");
            if (d.list[0].at.line != cases[i].line)
                fail_msg("%s: line %ld, not %ld", cases[i].text, d.list[0].at.line, cases[i].line);
        }
        fonts_free(f);
        diag_clear(&d);
    }
}

static void a_directory_that_is_not_there_is_reported(void **state)
{
    (void)state;
    static const char *const none[] = {"/nowhere/fonts", "fonts", NULL};
    struct diag d = {0};
    assert_null(fonts_new(none, &d));
    assert_int_equal(d.system_faults, 1);
    assert_string_equal(d.list[0].at.file, "/nowhere/fonts");
    diag_clear(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_role_draws_rare_characters),
        cmocka_unit_test(every_role_draws_all_of_gb_2312),
        cmocka_unit_test(every_role_draws_every_block_of_gb_18030),
        cmocka_unit_test(a_name_is_set_in_one_face),
        cmocka_unit_test(an_outline_without_area_covers_nothing),
        cmocka_unit_test(a_glyph_that_would_spoil_the_page_covers_nothing),
        cmocka_unit_test(a_glyph_of_other_glyphs_is_drawn_as_they_are),
        cmocka_unit_test(nobody_draws_letters_one_by_one_that_are_joined_or_go_the_other_way),
        cmocka_unit_test(a_role_has_no_thousands_of_files),
        cmocka_unit_test(a_sequence_goes_to_the_face_that_knows_it),
        cmocka_unit_test(unusable_files_are_named_with_the_reason),
        cmocka_unit_test(nobody_draws_private_codes_and_what_is_no_character),
        cmocka_unit_test(what_is_drawn_is_the_character),
        cmocka_unit_test(a_variable_font_is_drawn_at_the_weight_asked_for),
        cmocka_unit_test(marks_stand_at_their_base),
        cmocka_unit_test(marks_stand_close_to_their_base_in_every_role),
        cmocka_unit_test(a_mark_without_a_base_stands_alone),
        cmocka_unit_test(what_encloses_a_letter_stands_around_it),
        cmocka_unit_test(a_mark_behind_a_selector_is_drawn),
        cmocka_unit_test(latin_letters_come_from_one_face),
        cmocka_unit_test(rare_characters_have_their_neighbours_body),
        cmocka_unit_test(a_later_face_is_reported_too_and_once),
        cmocka_unit_test(a_standin_says_what_would_mend_it),
        cmocka_unit_test(letters_of_a_file_name_may_be_large_or_small),
        cmocka_unit_test(an_engine_that_does_not_start_is_reported),
        cmocka_unit_test(a_broken_table_names_its_line),
        cmocka_unit_test(a_directory_that_is_not_there_is_reported),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
