/* test_paragraph.c - line ends, punctuation widths, spreading; nothing is lost at any measure. */
#include "core/utf8.h"
#include "text/paragraph.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const ours[] = {"fonts", NULL};
static struct fonts *fonts;
static struct arena arena;

static int begin(void **state)
{
    (void)state;
    struct diag d = {0};
    fonts = fonts_new(ours, &d);
    for (int r = 0; fonts && r < ROLE_COUNT; r++)
        if (!fonts_require(fonts, (enum font_role)r, &d))
            return -1;
    diag_clear(&d);
    return fonts ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    fonts_free(fonts);
    arena_free(&arena);
    return 0;
}

static struct text_lines *set(const char *text, double ems, enum text_align align)
{
    struct text_span span = {.text = text, .len = strlen(text), .role = ROLE_SONG, .size = 10};
    struct paragraph_style style = {.width = ems * 10, .align = align};
    return paragraph_set(&arena, fonts, &span, 1, &style);
}

/* The lines joined by |. */
static const char *broken(const char *text, double ems)
{
    struct text_lines *l = set(text, ems, ALIGN_JUSTIFY);
    char *out = arena_alloc(&arena, strlen(text) + l->n + 2, 1), *p = out;
    for (size_t i = 0; i < l->n; i++) {
        if (i)
            *p++ = '|';
        for (size_t k = 0; k < l->lines[i].n; k++)
            p += utf8_put(l->lines[i].glyphs[k].cp, p);
    }
    return out;
}

static void lines_end_where_clreq_lets_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double ems;
        const char *want;
    } cases[] = {
        {"一二三四五六", 3, "一二三|四五六"},
        {"一二，三四", 2.5, "一二，|三四"},             /* a mark at the line's end takes half an em */
        {"一二三（四）", 4, "一二三|（四）"},           /* no opening mark at an end */
        {"阿不都·买买提", 3, "阿不|都·买|买提"},        /* no · at a start */
        {"任职2012～2016年", 5, "任职|2012～|2016年"},  /* nor ～; a number keeps its unit */
        {"单次装药12.6 t以上", 5, "单次装药|12.6 t以上"},
        {"单次装药量12.6 t以上", 7.5, "单次装药量|12.6 t以上"}, /* across the space too */
        {"一二\n三", 9, "一二|三"},
        {"一二\n", 9, "一二"},
        {"一二 三四", 2.2, "一二|三四"}, /* the space at a line's end goes */
        {"", 9, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(broken(cases[i].text, cases[i].ems), cases[i].want);
}

static void adjacent_marks_share_their_blank(void **state)
{
    (void)state;
    struct text_span span = {.text = "（一）、二", .role = ROLE_SONG, .size = 10};
    span.len = strlen(span.text);
    assert_true(paragraph_natural_width(fonts, &span, 1) < 45.01);
    struct text_lines *l = set("（一）、", 20, ALIGN_LEFT);
    assert_true(l->lines[0].right < 25.01); /* both ends gave up half an em too */
    assert_true(l->lines[0].glyphs[0].shift < -4.99);
}

static void justified_lines_fill_the_measure(void **state)
{
    (void)state;
    struct text_lines *l = set("负责深孔台阶爆破方案设计与现场技术管理，单次最大装药量12.6 t，最近保护对象水平距离38 m。",
                               12.3, ALIGN_JUSTIFY);
    assert_true(l->n > 3);
    for (size_t i = 0; i + 1 < l->n; i++)
        assert_true(l->lines[i].right > 122.9 && l->lines[i].right < 123.1);
    assert_true(l->lines[l->n - 1].last);
}

static void an_empty_line_overflows_nothing(void **state)
{
    (void)state;
    struct text_lines *l = set("\n\n甲\n\n", 20, ALIGN_LEFT);
    assert_int_equal(l->n, 4);
    assert_int_equal(l->lines[2].n, 1);
    assert_false(l->overflow);
}

static void spreading_is_positions(void **state)
{
    (void)state;
    struct text_span span = {.text = "姓名", .len = 6, .role = ROLE_SONG, .size = 10, .spread = 40};
    struct paragraph_style style = {.width = 100};
    struct text_lines *l = paragraph_set(&arena, fonts, &span, 1, &style);
    assert_int_equal(l->lines[0].n, 2);
    assert_true(l->lines[0].spread);
    assert_true(l->lines[0].glyphs[1].x > 29.99 && l->lines[0].right < 40.01);
    l = set("张三", 3, ALIGN_SPREAD);
    assert_true(l->lines[0].glyphs[1].x > 19.99 && l->lines[0].glyphs[1].x < 20.01);
}

static void what_no_face_draws_is_named(void **state)
{
    (void)state;
    struct text_lines *l = set("甲\xF0\xBF\xBF\xBD乙", 20, ALIGN_LEFT); /* U+3FFFD */
    assert_int_equal(l->n_missing, 1);
    assert_int_equal(l->missing[0].cp, 0x3FFFD);
    assert_int_equal(l->lines[0].n, 3);
}

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16 & 0x7FFF;
}

static void a_thousand_paragraphs_keep_every_character_and_no_bad_end(void **state)
{
    (void)state;
    static const char *const pieces[] = {"爆破", "技", "，", "。", "《规程》", "（高级）", "2012", "年", "12.6 t", "“数码”", "——", "……",
                                         "·", "～", "%", "GB/T 9704-2012", "：", "￥", "38", "；", "、", "ISSN 1000-0003", "露天矿山"};
    unsigned seed = 20260930;
    for (int round = 0; round < 1000; round++) {
        char text[600] = "矿";
        size_t count = 5 + next_random(&seed) % 35;
        bool was_mark = false;
        for (size_t i = 0; i < count; i++) {
            const char *piece = pieces[next_random(&seed) % (sizeof pieces / sizeof *pieces)];
            size_t used;
            uint32_t cp = utf8_next(piece, strlen(piece), &used);
            /* A run of marks or words longer than a narrow line has no right place to break: two in a row at the most. */
            bool mark = text_forbidden_start(cp) || text_forbidden_end(cp) || cp == 0x2026 || cp < 0x80;
            strcat(text, mark && was_mark ? "矿" : piece);
            was_mark = mark && !was_mark;
        }
        double ems = 10 + next_random(&seed) % 300 / 10.0;
        struct text_lines *l = set(text, ems, ALIGN_JUSTIFY);
        if (l->overflow)
            print_error("%.1f em: %s\n", ems, text);
        assert_false(l->overflow);
        size_t at = 0, len = strlen(text);
        for (size_t i = 0; i < l->n; i++) {
            struct text_line *line = &l->lines[i];
            assert_true(line->n > 0);
            if (i > 0)
                assert_false(text_forbidden_start(line->glyphs[0].cp));
            if (i + 1 < l->n)
                assert_false(text_forbidden_end(line->glyphs[line->n - 1].cp));
            assert_true(line->right <= ems * 10 + 0.01);
            for (size_t k = 0, used; k < line->n; k++, at += used) {
                uint32_t cp = utf8_next(text + at, len - at, &used);
                while (cp == ' ' && line->glyphs[k].cp != ' ') { /* went at a line's end */
                    at += used;
                    cp = utf8_next(text + at, len - at, &used);
                }
                assert_int_equal(cp, line->glyphs[k].cp);
                if (k > 0)
                    assert_true(line->glyphs[k].x >= line->glyphs[k - 1].x);
            }
        }
        assert_int_equal(at, len);
        arena_free(&arena);
    }
}

static void any_measure_ends_and_loses_nothing(void **state)
{
    (void)state;
    static const char text[] = "（《“——……”》）330199198503120013￥12.6%·～";
    for (double ems = 0; ems < 30; ems += 0.3) {
        struct text_lines *l = set(text, ems, ALIGN_JUSTIFY);
        size_t n = 0;
        for (size_t i = 0; i < l->n; i++)
            n += l->lines[i].n;
        assert_int_equal(n, utf8_count(text));
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_where_clreq_lets_them),
        cmocka_unit_test(adjacent_marks_share_their_blank),
        cmocka_unit_test(justified_lines_fill_the_measure),
        cmocka_unit_test(an_empty_line_overflows_nothing),
        cmocka_unit_test(spreading_is_positions),
        cmocka_unit_test(what_no_face_draws_is_named),
        cmocka_unit_test(a_thousand_paragraphs_keep_every_character_and_no_bad_end),
        cmocka_unit_test(any_measure_ends_and_loses_nothing),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
