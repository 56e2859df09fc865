/* test_paragraph.c - line ends, punctuation widths, justification, spreading; nothing is lost at
 * any measure. */
#include "core/buffer.h"
#include "core/utf8.h"
#include "text/paragraph_memo.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const ours[] = {"tests/fonts", "fonts", NULL};
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
    return 0;
}

static int clear(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

#define SIZE 10.0
#define ZWSP "\u200B"
#define SHY "\u00AD"
#define WJ "\u2060"

static struct text_span plain(const char *text)
{
    return (struct text_span){.text = text, .len = strlen(text), .role = ROLE_SONG, .size = SIZE};
}

static struct text_lines *set_in(const char *text, const struct paragraph_style *style)
{
    struct text_span span = plain(text);
    return paragraph_set(&arena, fonts, &span, 1, style);
}

static struct text_lines *set(const char *text, double ems, enum text_align align)
{
    struct paragraph_style style = {.width = ems * SIZE, .align = align};
    return set_in(text, &style);
}

/* The lines joined by |. */
static const char *joined(const struct text_lines *l)
{
    size_t n = l->n + 1;
    for (size_t i = 0; i < l->n; i++)
        n += l->lines[i].n * 4;
    char *out = arena_alloc(&arena, n, 1), *p = out;
    for (size_t i = 0; i < l->n; i++) {
        if (i)
            *p++ = '|';
        for (size_t k = 0; k < l->lines[i].n; k++)
            p += l->lines[i].glyphs[k].face ? utf8_put(l->lines[i].glyphs[k].cp, p)
                                            : utf8_put('@', p);
    }
    return out;
}

/* On one line, without breaking. */
static double natural_width(const struct text_span *spans, size_t n)
{
    const struct paragraph_style style = {.width = 1e9};
    struct text_lines *l = paragraph_set(&arena, fonts, spans, n, &style);
    double widest = 0;
    for (size_t i = 0; i < l->n; i++)
        widest = fmax(widest, l->lines[i].right);
    return widest;
}

static const char *broken(const char *text, double ems)
{
    return joined(set(text, ems, ALIGN_JUSTIFY));
}

/* In hundredths of an em, so that they print and compare well. */
static int hundredths(double points)
{
    return (int)lround(points * 100 / SIZE);
}

/* Where each glyph of the first line is drawn. */
static const char *places(const struct text_lines *l)
{
    const char *all = "";
    for (size_t k = 0; k < l->lines[0].n; k++) {
        const struct text_glyph *g = &l->lines[0].glyphs[k];
        all = arena_printf(&arena, "%s%s%d", all, k ? " " : "", hundredths(g->x + g->shift));
    }
    return all;
}

/* The room that each glyph of the first line takes. */
static const char *widths(const struct text_lines *l)
{
    const char *all = "";
    for (size_t k = 0; k < l->lines[0].n; k++)
        all = arena_printf(&arena, "%s%s%d", all, k ? " " : "",
                           hundredths(l->lines[0].glyphs[k].width));
    return all;
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
        {"一二，三四", 2.5, "一二，|三四"},      /* a mark at the line's end takes half an em */
        {"一二三（四）", 4, "一二三|（四）"},    /* no opening mark at an end */
        {"阿不都·买买提", 3, "阿不|都·买|买提"}, /* no · at a start */
        {"任职2012～2016年", 5, "任职|2012～|2016年"}, /* nor ～; a number keeps its unit */
        {"单次装药12.6 t以上", 5, "单次装药|12.6 t以上"},
        {"单次装药量12.6 t以上", 7.5, "单次装药量|12.6 t以上"}, /* across the space too */
        {"刊号ISSN 1000-0003", 7.5, "刊号|ISSN 1000-0003"},
        {"生于２０１２年", 6, "生于|２０１２年"}, /* full-width digits are a number too */
        {"标准（ 一二）", 3.4, "标准|（ 一二）"}, /* the space behind （ hides no line's end */
        {"一二\n三", 9, "一二|三"},
        {"一二\n", 9, "一二"},
        {"一二 三四", 2.2, "一二|三四"}, /* the space at a line's end goes */
        {"一二……三四", 3, "一|二……|三四"},
        {"一二——三四", 3, "一|二——|三四"},
        {"装药，12%，￥38", 3, "装药，|12%，|￥38"},
        {"", 9, ""},
        {"   ", 9, ""},
        {"　　一二三四", 4, "　　一二|三四"}, /* a typed indent stays */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(broken(cases[i].text, cases[i].ems), cases[i].want);
}

static void line_ends_of_every_kind_become_one(void **state)
{
    (void)state;
    assert_string_equal(broken("一\r\n二\r三\n\r四\xE2\x80\xA8五", 9), "一|二|三||四|五");
    struct text_lines *l = set("一\t二\r\n", 9, ALIGN_LEFT);
    assert_string_equal(joined(l), "一 二");
    assert_int_equal(l->n_missing, 0);
}

static void a_piece_wider_than_the_measure_breaks_where_it_hurts_least(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double ems;
        const char *want;
        bool cut, overflow;
    } cases[] = {
        {"internationalization", 5, "internatio|nalization", true, false},
        {"2012012年", 3, "20120|12年", true, false},
        {"ISSN 1000-0003", 4, "ISSN|1000-|0003", false, false},
        {"GB/T9704", 2.6, "GB/T|9704", true, false},
        {"见https://www.example.com/a/b", 6, "见https://|www.|example.|com/a/b", false, false},
        {"（（（一二", 2.6, "（（（一|二", false, false},
        {"一）））二", 2.6, "一）））|二", false, false},
        {"……………………", 4, "…………|…………", false, false}, /* between the pairs */
        /* One piece, and no place in it that is not forbidden: it stands alone, whole. */
        {"甲乙（（（（（（丙）））丁戊", 3, "甲乙|（（（（（（丙）））|丁戊", false, true},
        {"甲乙————丙丁", 3, "甲|乙————|丙丁", false, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text_lines *l = set(cases[i].text, cases[i].ems, ALIGN_JUSTIFY);
        assert_string_equal(joined(l), cases[i].want);
        assert_int_equal(l->word_broken, cases[i].cut);
        assert_int_equal(l->overflow, cases[i].overflow);
    }
}

static void what_belongs_together_stays_on_one_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double ems;
        const char *want;
    } cases[] = {
        {"单次装药12.6 t以上", 6.6, "单次装药|12.6 t以上"},
        {"共任职2012年间", 5.5, "共任职|2012年间"},
        {"执行标准GB/T 9704", 5, "执行标准|GB/T 9704"},
        {"产量达到5.6 万/m³以上", 6.5, "产量达到|5.6 万/m³|以上"},
        {"产量达到5.6 万 m³以上", 6.5, "产量达到|5.6 万 m³|以上"},
        {"产量达到5.6万m³以上", 7.2, "产量达到|5.6万m³以上"},
        {"面积达到3万㎡以上", 6.4, "面积达到|3万㎡以上"},
        {"方量达到680万立方米", 7.6, "方量达到|680万立方米"},
        {"运输达到12万千米", 7.2, "运输达到|12万千米"},
        {"博士、硕士学位，8 分；本科并有学士学位，7 分", 20,
         "博士、硕士学位，8 分；|本科并有学士学位，7 分"},
        {"产量1.2×10⁴ m³以上", 7, "产量|1.2×10⁴ m³|以上"},
        {"总方量10⁴方", 4.2, "总方量|10⁴方"},
        {"质量评定为7 分", 6, "质量评定为|7 分"},
        {"继续教育共90学时", 7, "继续教育共|90学时"},
        {"作业面积3平方米", 6.2, "作业面积|3平方米"},
        {"运输距离12 公里", 6.2, "运输距离|12 公里"},
        {"见国家标准第3章", 6, "见国家标准|第3章"},
        {"单价为120元/t左右", 6, "单价为|120元/t左右"},
        {"单价为5.6 万元/年", 7, "单价为|5.6 万元/年"},
        {"起2012.07—2016.08止", 8.5, "起|2012.07—2016.08|止"},
        {"起止2012.07-2016.08", 8.5, "起止|2012.07-2016.08"},
        {"起止2012～2016年", 7, "起止|2012～2016年"},
        {"任职于2012.07至今", 6, "任职于|2012.07至今"},
        {"任职于2012.07—至今", 7.1, "任职于|2012.07—至今"},
        {"任职2012年7月—2016年8月止", 13.5, "任职|2012年7月—2016年8月止"},
        {"用engineering", 6, "用|engineering"},
        {"用于工engineering", 6, "用于工|engineering"},
        {"一二，（三四）", 3, "一二，|（三四）"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text_lines *l = set(cases[i].text, cases[i].ems, ALIGN_LEFT);
        assert_string_equal(joined(l), cases[i].want);
        assert_false(l->word_broken || l->overflow);
        for (size_t k = 0; k < l->n; k++) /* set by their own width, from the left */
            for (size_t g = 1; g < l->lines[k].n; g++) {
                double gap = l->lines[k].glyphs[g].x - l->lines[k].glyphs[g - 1].x -
                             l->lines[k].glyphs[g - 1].width;
                assert_true(gap < SIZE / 4 + 0.001 && gap > -0.001);
            }
    }
    /* A date is parted before a filled line has to be left ragged. */
    assert_string_equal(broken("一二三四五六2012年7月12日—2016年8月31日", 16),
                        "一二三四五六2012年7月12日—|2016年8月31日");
}

/* At any measure that both fit in. */
static void a_number_and_its_unit_stay_on_one_line(void **state)
{
    (void)state;
    static const char *const whole[] = {
        "220千伏",
        "10 千伏",
        "300千瓦时",
        "50万千瓦",
        "5万千伏安",
        "0.6 兆帕",
        "101千帕",
        "50赫兹",
        "2.4吉赫",
        "15安培",
        "220伏",
        "60瓦",
        "20千牛",
        "30千牛·米",
        "45焦耳",
        "3微米",
        "100毫升",
        "5升",
        "5立方厘米",
        "50平方毫米",
        "12平方公里",
        "35 摄氏度",
        "8海里",
        "60分贝",
        "30兆字节",
        "5毫克",
        "8安",
        "10 \u2126",
        "5千米/小时",
        "120立方米/小时",
        "2.5克/立方厘米",
        "1500转/分钟",
        "680万标准立方米",
        "1.2亿千瓦时",
        "6百万元",
        "5千亿元",
        "20余人",
        "30余万元",
        "3余万m³",
        "5多万吨",
        "7个百分点",
        "40班次",
        "25工时",
        "12套",
        "3种",
        "5根",
        "30%～40%",
        "5 m～8 m",
        "8 ℃～10 ℃",
        "5万元～8万元",
        "≤ 5 mm",
        "≥ 30 MPa",
        "第 12 期",
    };
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        const struct text_span span = plain(whole[i]);
        double least = natural_width(&span, 1) / SIZE + 0.7;
        const char *text = arena_printf(&arena, "累计达到%s。", whole[i]);
        for (double ems = least; ems < least + 5; ems += 0.5)
            if (!strstr(joined(set(text, ems, ALIGN_LEFT)), whole[i]))
                fail_msg("%s at %.1f: %s", whole[i], ems, joined(set(text, ems, ALIGN_LEFT)));
    }
    assert_string_equal(joined(set("购置8安全帽", 4, ALIGN_LEFT)), "购置8|安全帽");
    assert_string_equal(joined(set("编号2019千岛湖", 5.5, ALIGN_LEFT)), "编号2019|千岛湖");
}

/* A cell's lines end at its marks and before its brackets, where that costs no line and leaves no
 * half empty one; no last line is a runt. */
static void lines_of_a_cell_end_where_its_phrases_do(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double ems;
        enum text_align align;
        const char *want;
    } cases[] = {
        {"国家、行业标准每项4 分；地方标准每项3 分", 18.8, ALIGN_LEFT,
         "国家、行业标准每项4 分；|地方标准每项3 分"},
        {"核心期刊、EI、SCI第一或通讯作者每篇2 分", 18.8, ALIGN_LEFT,
         "核心期刊、EI、SCI第一或通讯作者|每篇2 分"},
        {"省级学会奖，6 分；设区市级或行业奖，3 分", 18.8, ALIGN_LEFT,
         "省级学会奖，6 分；设区市级或|行业奖，3 分"},
        {"主持市级一项，主要参加省级一项。", 12, ALIGN_LEFT, "主持市级一项，|主要参加省级一项。"},
        {"一二三四五六七八，九十甲", 8.5, ALIGN_LEFT, "一二三四五六七八，|九十甲"},
        {"一，二三四五六七八九", 8.5, ALIGN_LEFT, "一，二三四五六七|八九"},
        {"助理工程师（初级）", 7, ALIGN_CENTER, "助理工程师|（初级）"},
        {"工程师、项目技术负责人", 7.5, ALIGN_CENTER, "工程师、|项目技术负责人"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(joined(set(cases[i].text, cases[i].ems, cases[i].align)),
                            cases[i].want);
}

static void centred_lines_have_like_widths(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double ems;
        const char *want;
    } cases[] = {
        {"设区市人力资源和社会保障局", 12, "设区市人力资源|和社会保障局"},
        {"统一社会信用代码", 5, "统一社会|信用代码"},
        {"参加工作时间和地点", 7, "参加工作|时间和地点"},
        {"甲丙丁乙己戊庚辛癸丑", 4.5, "甲丙丁乙|己戊庚|辛癸丑"},
        {"学历（学位）", 5, "学历|（学位）"},
        {"任职以来每项7 分", 8, "任职以来|每项7 分"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(joined(set(cases[i].text, cases[i].ems, ALIGN_CENTER)), cases[i].want);
}

static void a_last_line_has_two_characters(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double ems;
        const char *want;
    } cases[] = {
        {"任职年限", 3, "任职|年限"},
        {"一二三四五。", 5, "一二三|四五。"},
        {"一二三四五六七。\n八", 5, "一二三四五|六七。|八"},
        {"一二三四五\n六", 4, "一二三|四五|六"},
        {"一二三", 2, "一二|三"}, /* not by leaving one on the line before */
        {"一二三四2012年", 4.6, "一二三四|2012年"},
        {"一二三四五（六）", 5, "一二三四五|（六）"},
        {"一internationalization二", 11, "一internationalization|二"}, /* nor by emptying it */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(broken(cases[i].text, cases[i].ems), cases[i].want);
}

static void marks_give_up_half_an_em(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum font_role role;
        int width; /* of the line */
        const char *places;
    } cases[] = {
        {"（一）、", ROLE_SONG, 250, "-50 50 150 200"},
        {"说：“好”", ROLE_SONG, 400, "0 100 150 250 350"},
        {"“一”；“二”", ROLE_SONG, 500, "-50 50 150 200 250 350 450"},
        {"《（一）》", ROLE_SONG, 300, "-50 0 100 200 250"},
        {"一：", ROLE_SONG, 150, "0 100"},
        {"一；", ROLE_SONG, 150, "0 100"},
        {"一！", ROLE_SONG, 150, "0 100"},
        {"一？", ROLE_SONG, 150, "0 100"},
        {"一？！二", ROLE_SONG, 350, "0 100 150 250"},
        /* Fandol's ？ stands in the middle of its square: a quarter from each side. */
        {"一？", ROLE_FANGSONG, 150, "0 75"},
        {"一？”二", ROLE_FANGSONG, 350, "0 75 150 250"},
        {"一。……", ROLE_SONG, 400, "0 100 200 300"}, /* no mark with a blank follows */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text_span span = plain(cases[i].text);
        struct paragraph_style style = {.width = 200};
        span.role = cases[i].role;
        struct text_lines *l = paragraph_set(&arena, fonts, &span, 1, &style);
        assert_string_equal(places(l), cases[i].places);
        assert_int_equal(hundredths(l->lines[0].right), cases[i].width);
        assert_int_equal(hundredths(natural_width(&span, 1)), cases[i].width);
    }
}

static void dots_hyphens_and_slashes_among_han_are_half_an_em(void **state)
{
    (void)state;
    static const char *const texts[] = {"一·二", "一-二", "一/二", "一–二", "一•二", "一・二"};
    for (int role = 0; role < ROLE_COUNT; role++)
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            struct text_span span = plain(texts[i]);
            struct paragraph_style style = {.width = 200};
            int ink[4];
            span.role = (enum font_role)role;
            struct text_lines *l = paragraph_set(&arena, fonts, &span, 1, &style);
            const struct text_glyph *g = &l->lines[0].glyphs[1];
            assert_int_equal(hundredths(g->width), 50);
            /* Its ink stands in the middle of the half em. */
            assert_true(face_ink(g->face, g->gid, ink));
            double middle = g->x + g->shift + (ink[0] + ink[2]) * SIZE / 2000;
            assert_in_range(hundredths(middle), 124, 126);
        }
    /* Among Latin they keep their own width. */
    struct text_lines *l = set("GB/T 9704-2012", 20, ALIGN_LEFT);
    assert_true(l->lines[0].glyphs[2].shift == 0 && l->lines[0].glyphs[9].shift == 0);
    assert_string_equal(widths(set("一／二", 20, ALIGN_LEFT)),
                        "100 100 100"); /* too wide to halve */
}

static void han_and_latin_stand_a_quarter_em_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int gaps; /* quarters */
    } cases[] = {
        {"完成98%的", 2},
        {"共￥5元", 1},
        {"共$5元", 2},
        {"A座3#楼", 3},
        {"温度38°左右", 2},
        {"“A”二", 0},
        {"一 A 二", 0},
        {"（A，B）", 0},
        {"A", 0},
        {"千分之3‰的", 2},
        {"一\xC2\xA0"
         "A",
         0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text_line *line = &set(cases[i].text, 40, ALIGN_LEFT)->lines[0];
        double own = 0;
        for (size_t k = 0; k < line->n; k++)
            own += line->glyphs[k].width;
        assert_int_equal(hundredths(line->right - own), cases[i].gaps * 25);
    }
}

/* The widths of a line that is a little too long, in 楷 (whose word space is 0.35 em). */
static const char *shrunk(double by)
{
    /* One piece: elsewhere a line ends before its marks give up anything. */
    struct text_span span =
        plain("甲 " WJ "乙" WJ "（丙）" WJ "丁，" WJ "戊。" WJ "己" WJ "A" WJ "庚" WJ "辛");
    span.role = ROLE_KAI;
    struct paragraph_style style = {.align = ALIGN_JUSTIFY};
    style.width = natural_width(&span, 1) - by * SIZE;
    struct text_lines *l = paragraph_set(&arena, fonts, &span, 1, &style);
    struct text_line *line = &l->lines[0];
    if (l->overflow)
        return "too long";
    assert_int_equal(hundredths(line->right), hundredths(style.width));
    const struct text_glyph *g = line->glyphs;
    return arena_printf(&arena, "%d %d %d %d %d %d %d", hundredths(g[1].width),
                        hundredths(g[3].width), hundredths(g[5].width), hundredths(g[7].width),
                        hundredths(g[11].x - g[10].x - g[10].width),
                        hundredths(g[12].x - g[11].x - g[11].width), hundredths(g[9].width));
}

static void a_line_shrinks_in_order(void **state)
{
    (void)state;
    /* space, （, ）, ，, the two gaps, 。 */
    assert_string_equal(shrunk(0), "35 100 100 100 25 25 100");
    assert_string_equal(shrunk(0.05), "30 100 100 100 25 25 100");
    assert_string_equal(shrunk(0.7), "25 70 70 100 25 25 100");
    assert_string_equal(shrunk(1.35), "25 50 50 75 25 25 100");
    assert_string_equal(shrunk(1.7), "25 50 50 50 20 20 100");
    assert_string_equal(shrunk(2.05), "25 50 50 50 13 13 80");
    assert_string_equal(shrunk(2.35), "25 50 50 50 13 13 50");
    assert_string_equal(shrunk(2.36), "too long");
}

/* Where the glyphs stand in a line that is a little too short. */
static const char *stretched(const char *text, double by)
{
    struct text_span spans[] = {plain(text), plain("wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww")};
    spans[0].role = ROLE_KAI;
    spans[1].unbreakable = true;
    struct paragraph_style style = {.align = ALIGN_JUSTIFY};
    style.width = natural_width(spans, 1) + by * SIZE;
    struct text_lines *l = paragraph_set(&arena, fonts, spans, 2, &style);
    assert_int_equal(l->n, 2);
    assert_int_equal(l->lines[0].n, utf8_count(text));
    return places(l);
}

static void a_line_stretches_in_order(void **state)
{
    (void)state;
    static const char text[] = "甲 乙1丙丁，（庚）辛—壬";
    /* 甲 _ 乙 1 丙 丁 ， （ 庚 ） 辛 — 壬 */
    assert_string_equal(stretched(text, 0), "0 100 135 260 345 445 545 595 695 795 895 995 1095");
    assert_string_equal(stretched(text, 0.1),
                        "0 110 145 270 355 455 555 605 705 805 905 1005 1105");
    assert_string_equal(stretched(text, 0.2),
                        "0 115 150 278 365 465 565 615 715 815 915 1015 1115");
    /* Then alike between 丙丁, ，（ and ）辛; not before a closing mark, behind an opening one, at
     * —. */
    assert_string_equal(stretched(text, 0.9),
                        "0 115 150 283 377 496 596 666 766 866 985 1085 1185");
    /* No Han side by side: spaces and gaps take it all. */
    assert_string_equal(stretched("甲 乙", 0.35), "0 135 170");
    assert_string_equal(stretched("甲1乙", 0.6), "0 155 270");
    /* The space between a number and its unit is none between words. */
    assert_string_equal(stretched("甲1 m乙丙", 0.4), "0 133 193 228 343 467");
    /* No further than a quarter em between characters: rather not at all. */
    assert_string_equal(stretched(text, 1.05),
                        "0 115 150 283 377 501 601 676 776 876 1000 1100 1200");
    assert_string_equal(stretched(text, 1.3), "0 100 135 260 345 445 545 595 695 795 895 995 1095");
    assert_string_equal(stretched("甲 乙", 0.55), "0 100 135");
}

static void adjacent_marks_share_their_blank(void **state)
{
    (void)state;
    struct text_span span = plain("（一）、二");
    assert_int_equal(hundredths(natural_width(&span, 1)), 400);
    struct text_lines *l = set("（一）、", 20, ALIGN_LEFT);
    assert_true(l->lines[0].right < 25.01); /* both ends gave up half an em too */
    assert_true(l->lines[0].glyphs[0].shift < -4.99);
}

static void justified_lines_fill_the_measure(void **state)
{
    (void)state;
    struct text_lines *l = set(
        "负责深孔台阶爆破方案设计与现场技术管理，单次最大装药量12.6 t，最近保护对象水平距离38 m。",
        12.3, ALIGN_JUSTIFY);
    assert_true(l->n > 3);
    for (size_t i = 0; i + 1 < l->n; i++)
        assert_int_equal(hundredths(l->lines[i].right), 1230);
    /* But one that would be torn open. */
    l = set("一二internationalization三四", 11, ALIGN_JUSTIFY);
    assert_int_equal(hundredths(l->lines[0].right), 200);
}

static void lines_are_aligned_and_indented(void **state)
{
    (void)state;
    static const struct {
        enum text_align align;
        int left[2], right[2];
    } cases[] = {
        {ALIGN_LEFT, {200, 100}, {400, 200}},
        {ALIGN_CENTER, {220, 220}, {420, 320}},
        {ALIGN_RIGHT, {240, 340}, {440, 440}},
        {ALIGN_SPREAD, {200, 220}, {440, 320}}, /* a single character in the middle */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct paragraph_style style = {
            .width = 44, .first_indent = 20, .hang_indent = 10, .align = cases[i].align};
        struct text_lines *l = set_in("一二\n三", &style);
        for (size_t k = 0; k < 2; k++) {
            assert_int_equal(hundredths(l->lines[k].left), cases[i].left[k]);
            assert_int_equal(hundredths(l->lines[k].right), cases[i].right[k]);
        }
    }
    struct paragraph_style style = {.width = 40, .first_indent = 20, .hang_indent = 10};
    assert_string_equal(joined(set_in("一二三四五六七", &style)), "一二|三四五|六七");
    assert_string_equal(places(set_in("（一", &style)), "150 250"); /* its ink at the indent */
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
    struct text_span span = plain("姓名");
    span.spread = 40;
    struct paragraph_style style = {.width = 100};
    struct text_lines *l = paragraph_set(&arena, fonts, &span, 1, &style);
    assert_string_equal(places(l), "0 300");
    assert_true(l->lines[0].spread);
    assert_int_equal(hundredths(l->lines[0].right), 400);
    l = set("张三", 3, ALIGN_SPREAD);
    assert_string_equal(places(l), "0 200");

    /* A spread span is one piece, keeps its width at a line's ends and among marks, and its dot. */
    struct text_span spans[] = {plain("（"), plain("阿·明："), plain("）A")};
    spans[1].spread = 60;
    l = paragraph_set(&arena, fonts, spans, 3, &style);
    assert_int_equal(hundredths(l->lines[0].glyphs[5].x - l->lines[0].glyphs[1].x), 600);
    assert_int_equal(hundredths(l->lines[0].glyphs[2].width), 50 + 83);
    style.width = 45;
    l = paragraph_set(&arena, fonts, spans + 1, 1, &style);
    assert_int_equal(l->n, 1);
    assert_true(l->overflow);
    spans[1].spread = 10; /* narrower than the text: left as it is */
    l = paragraph_set(&arena, fonts, spans + 1, 1, &style);
    assert_int_equal(hundredths(l->lines[0].right), 350);
}

static void names_break_only_after_the_dot(void **state)
{
    (void)state;
    struct paragraph_style style = {.width = 60, .at_interpuncts_only = true};
    struct text_lines *l = set_in("阿卜杜热合·买买提·吐尔逊", &style);
    assert_string_equal(joined(l), "阿卜杜热合·|买买提·|吐尔逊");
    assert_false(l->overflow);
    l = set_in("阿卜杜热合曼·买买提", &style); /* the dot hangs over by half an em */
    assert_string_equal(joined(l), "阿卜杜热合曼·|买买提");
    assert_true(l->overflow);
    l = set_in("欧阳修文 Smith", &style);
    assert_int_equal(l->n, 1);
    assert_true(l->overflow);
}

static void an_unbreakable_span_is_never_broken_nor_stretched(void **state)
{
    (void)state;
    struct text_span spans[] = {plain("身份证号"), plain("330199198503120013"),
                                plain("一二三四五六")};
    spans[1].unbreakable = true;
    struct paragraph_style style = {.width = 70, .align = ALIGN_JUSTIFY};
    struct text_lines *l = paragraph_set(&arena, fonts, spans, 3, &style);
    assert_true(l->overflow);
    assert_string_equal(joined(l), "身份证号|330199198503120013|一二三四五六");
    assert_true(l->widest > 70);
    /* Inside it nothing moves when the line is opened; at its ends there is a gap. */
    struct text_span plate[] = {plain("一二"), plain("甲乙（丙）"), plain("三四五六七八")};
    plate[1].unbreakable = true;
    style = (struct paragraph_style){.width = 85, .align = ALIGN_JUSTIFY};
    l = paragraph_set(&arena, fonts, plate, 3, &style);
    const struct text_glyph *g = l->lines[0].glyphs;
    assert_int_equal(hundredths(l->lines[0].right), 850);
    assert_int_equal(hundredths(g[3].x - g[2].x), 100);
    assert_int_equal(hundredths(g[6].x - g[5].x), 100);
    assert_true(hundredths(g[2].x - g[1].x) > 100);
}

/* A volume, its issue and pages are parted only where no line holds them: then the word is broken,
 * and whoever sets them tries a smaller size first. */
static void unbreakable_spans_in_a_row_stay_together(void **state)
{
    (void)state;
    struct text_span spans[] = {plain("示例学报，"), plain("12"), plain("（6）："),
                                plain("101—106")};
    for (int i = 1; i < 4; i++)
        spans[i].unbreakable = true;
    struct paragraph_style style = {.width = 90, .align = ALIGN_LEFT};
    struct text_lines *l = paragraph_set(&arena, fonts, spans, 4, &style);
    assert_string_equal(joined(l), "示例学报，|12（6）：101—106");
    assert_false(l->overflow || l->word_broken);
    style.width = 60;
    l = paragraph_set(&arena, fonts, spans, 4, &style);
    assert_string_equal(joined(l), "示例学报，|12（6）：|101—106");
    assert_true(l->word_broken && !l->overflow);
}

static void tabular_digits_have_one_step(void **state)
{
    (void)state;
    struct text_span span = plain("1180、0018");
    struct paragraph_style style = {.width = 200};
    struct text_lines *l = paragraph_set(&arena, fonts, &span, 1, &style);
    assert_true(l->lines[0].glyphs[0].width !=
                l->lines[0].glyphs[3].width); /* Noto Serif: 1 is narrow */
    span.tabular = true;
    l = paragraph_set(&arena, fonts, &span, 1, &style);
    const struct text_glyph *g = l->lines[0].glyphs;
    for (size_t i = 0; i < l->lines[0].n; i++)
        if (i != 4) {
            assert_int_equal(hundredths(g[i].width), 56); /* the 0's */
            assert_true(g[i].cp == '1' ? g[i].shift > 0.3 : fabs(g[i].shift) < 0.2);
        }
    span.text = "１２"; /* full-width digits have their own step */
    span.len = strlen(span.text);
    l = paragraph_set(&arena, fonts, &span, 1, &style);
    assert_string_equal(widths(l), "100 100");
}

static void a_name_is_set_in_one_face(void **state)
{
    (void)state;
    struct text_span span = plain("\xF0\xB1\x96\x8E某1"); /* U+3158E, which Fandol lacks */
    struct paragraph_style style = {.width = 200};
    span.role = ROLE_FANGSONG;
    struct text_lines *l = paragraph_set(&arena, fonts, &span, 1, &style);
    assert_ptr_not_equal(l->lines[0].glyphs[0].face, l->lines[0].glyphs[1].face);
    assert_int_equal(l->n_fallback, 1);
    span.single_face = span.tabular = true;
    l = paragraph_set(&arena, fonts, &span, 1, &style);
    assert_ptr_equal(l->lines[0].glyphs[0].face, l->lines[0].glyphs[1].face);
    assert_int_equal(l->n_fallback, 3);
    assert_true(fabs(l->lines[0].glyphs[2].shift) < 0.5); /* the digits' step is that face's too */
}

static void an_inline_object_takes_its_room(void **state)
{
    (void)state;
    struct text_span spans[] = {plain("一"), {.object_width = 25, .size = 12}, plain("二三")};
    struct paragraph_style style = {.width = 35};
    struct text_lines *l = paragraph_set(&arena, fonts, spans, 3, &style);
    assert_string_equal(joined(l), "一@|二三");
    assert_null(l->lines[0].glyphs[1].face);
    assert_int_equal(l->lines[0].glyphs[1].span, 1);
    assert_int_equal(hundredths(l->lines[0].right), 350);
    assert_int_equal(l->n_missing, 0);
    assert_true(l->lines[0].size == 12);
    style.width = 20;
    assert_true(paragraph_set(&arena, fonts, spans, 3, &style)->overflow);
}

static void tracking_goes_to_full_width_characters(void **state)
{
    (void)state;
    struct paragraph_style style = {.width = 28 * 9.75, .tracking = -0.25, .align = ALIGN_JUSTIFY};
    char text[300] = "";
    for (int i = 0; i < 30; i++)
        strcat(text, "国");
    struct text_lines *l = set_in(text, &style);
    assert_int_equal(l->lines[0].n, 28);
    assert_int_equal(hundredths(l->lines[0].glyphs[27].x), 2633);
    style.tracking = 1;
    assert_string_equal(places(set_in("一1%二", &style)), "0 135 182 299");
}

static void what_no_face_draws_is_named(void **state)
{
    (void)state;
    struct text_lines *l = set("甲\xF0\xBF\xBF\xBD乙\xFF\x01", 20, ALIGN_LEFT); /* U+3FFFD */
    assert_int_equal(l->n_missing, 3);
    assert_int_equal(l->missing[0].cp, 0x3FFFD);
    assert_int_equal(l->missing[1].cp, UTF8_BAD);
    assert_int_equal(l->missing[2].cp, 1);
    assert_int_equal(l->lines[0].n, 5);
}

static void a_fallback_is_noted_once(void **state)
{
    (void)state;
    struct text_span spans[] = {plain("䶮㛃䶮"), plain("䶮")};
    struct paragraph_style style = {.width = 200};
    spans[0].role = spans[1].role = ROLE_FANGSONG;
    struct text_lines *l = paragraph_set(&arena, fonts, spans, 2, &style);
    assert_int_equal(l->n_fallback, 2);
    spans[1].role = ROLE_SONG; /* whose first face has it */
    assert_int_equal(paragraph_set(&arena, fonts, spans, 2, &style)->n_fallback, 2);
}

static void selectors_stay_with_their_base(void **state)
{
    (void)state;
    struct text_lines *l = set("葛\xF3\xA0\x84\x81葛", 1.5, ALIGN_LEFT); /* U+E0101 */
    assert_int_equal(l->n, 2);
    assert_int_equal(l->lines[0].n, 1);
    assert_int_equal(l->lines[0].glyphs[0].vs, 0xE0101);
    assert_int_equal(l->lines[1].glyphs[0].vs, 0);
    assert_int_equal(l->n_invisible, 0);
}

static void a_selector_of_a_shape_that_no_face_has_is_noted(void **state)
{
    (void)state;
    /* U+E0155; U+FE0F, which asks for colours */
    struct text_lines *l = set("一\xF3\xA0\x85\x95✓\xEF\xB8\x8F", 10, ALIGN_LEFT);
    assert_int_equal(l->lines[0].n, 2);
    assert_int_equal(l->lines[0].glyphs[0].cp, 0x4E00);
    assert_int_equal(l->n_missing, 0);
    assert_int_equal(l->n_invisible, 1);
    assert_int_equal(l->invisible[0].cp, 0x4E00);
    assert_int_equal(l->invisible[0].vs, 0xE0155);
}

/* Generated paragraphs. */

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16 & 0x7FFF;
}

static const char *const pieces[] = {"爆破",
                                     "技",
                                     "露天矿山",
                                     "，",
                                     "。",
                                     "、",
                                     "；",
                                     "：",
                                     "！",
                                     "？",
                                     "《",
                                     "》",
                                     "（",
                                     "）",
                                     "“",
                                     "”",
                                     "【",
                                     "】",
                                     "《规程》",
                                     "（高级）",
                                     "“数码”",
                                     "——",
                                     "……",
                                     "·",
                                     "～",
                                     "%",
                                     "2012",
                                     "年",
                                     "12.6 t",
                                     "￥",
                                     "38",
                                     "℃",
                                     "/",
                                     "-",
                                     " ",
                                     "GB/T 9704-2012",
                                     "ISSN 1000-0003",
                                     "Ammonium",
                                     "internationalization",
                                     "https://www.example.com/a/b?c=1",
                                     "330199198503120013",
                                     "0571-88888888",
                                     "\xF0\xAC\xB1\x96",
                                     "葛\xF3\xA0\x84\x81",
                                     "2012.07—2016.08"};
enum { PIECES = sizeof pieces / sizeof *pieces, MOST_SPANS = 48 };

/* Of the units of a line, may one begin with k? */
static bool may_part(const struct text_line *line, size_t k, const struct text_span *spans)
{
    const struct text_glyph *g = line->glyphs;
    size_t before = k, run = 0;
    while (before > 0 && g[before - 1].cp == ' ')
        before--;
    while (run < k && g[k].cp == 0x2026 && g[k - run - 1].cp == 0x2026)
        run++;
    return g[k].cp != ' ' && before > 0 && !text_forbidden_start(g[k].cp) &&
           !text_forbidden_end(g[before - 1].cp) && run % 2 == 0 &&
           !(g[k].span == g[k - 1].span && spans[g[k].span].unbreakable);
}

/* All that must be true of any paragraph at any measure. */
static void check_lines(const struct text_lines *l, const struct text_span *spans, size_t n,
                        const struct paragraph_style *style)
{
    bool over = false;
    size_t span = 0, at = 0;
    for (size_t i = 0; i < l->n; i++) {
        const struct text_line *line = &l->lines[i];
        if (i > 0 && line->n > 0)
            assert_false(text_forbidden_start(line->glyphs[0].cp));
        if (i + 1 < l->n && line->n > 0)
            assert_false(text_forbidden_end(line->glyphs[line->n - 1].cp));
        if (line->right > style->width + 0.0015) { /* one piece that cannot be parted */
            over = true;
            for (size_t k = 1; k < line->n; k++)
                assert_false(may_part(line, k, spans));
        }
        for (size_t k = 0; k < line->n; k++) {
            const struct text_glyph *g = &line->glyphs[k];
            assert_true(g->x > -0.01 && g->width > -0.01);
            assert_true(k == 0 || g->x + 0.01 > line->glyphs[k - 1].x + line->glyphs[k - 1].width);
            /* Nothing is lost but the spaces at a line's end. */
            struct font_sequence input = {0};
            for (size_t used; span < n; at += used) {
                if (at == spans[span].len) {
                    span++;
                    at = used = 0;
                    continue;
                }
                used = font_next(spans[span].text + at, spans[span].len - at, &input);
                if (input.cp != ' ' || g->cp == ' ') {
                    at += used;
                    break;
                }
            }
            assert_int_equal(input.cp, g->cp);
            assert_int_equal(input.vs, g->vs);
            assert_int_equal(span, g->span);
        }
    }
    for (; span < n; span++, at = 0)
        assert_int_equal(strspn(spans[span].text + at, " "), spans[span].len - at);
    assert_int_equal(l->overflow, over);
    if (over)
        assert_true(l->widest > style->width + 0.001);
}

/* The least measure that holds the paragraph: that of its widest piece. */
static double narrowest_measure(const struct text_span *spans, size_t n,
                                struct paragraph_style style)
{
    style.width = 0;
    return paragraph_set(&arena, fonts, spans, n, &style)->widest + 0.01;
}

static void any_paragraph_at_any_measure_is_set_right(void **state)
{
    (void)state;
    unsigned seed = 20260930;
    size_t overflows = 0, cuts = 0;
    for (int round = 0; round < 3000; round++) {
        struct text_span spans[MOST_SPANS];
        size_t n = 5 + next_random(&seed) % (MOST_SPANS - 5);
        for (size_t i = 0; i < n; i++) {
            size_t piece = next_random(&seed) % PIECES;
            spans[i] = plain(pieces[piece]);
            spans[i].unbreakable = round % 4 == 3 && spans[i].len > 9;
            if (next_random(&seed) % 8 == 0) /* a run of a mark, up to 6 */
                for (size_t more = next_random(&seed) % 6; more > 0 && i + 1 < n; more--, i++)
                    spans[i + 1] = spans[i];
        }
        struct paragraph_style style = {
            .width = 25 + next_random(&seed) % 3750 / 10.0,
            .align = (enum text_align)(round % 5),
        };
        struct text_lines *l = paragraph_set(&arena, fonts, spans, n, &style);
        check_lines(l, spans, n, &style);
        overflows += l->overflow;
        cuts += l->word_broken;
        style.width = narrowest_measure(spans, n, style);
        l = paragraph_set(&arena, fonts, spans, n, &style);
        assert_false(l->overflow);
        check_lines(l, spans, n, &style);
        /* And for all of it. */
        style.width = natural_width(spans, n);
        assert_int_equal(paragraph_set(&arena, fonts, spans, n, &style)->n, 1);
        arena_free(&arena);
    }
    print_message("%zu of 3000 hold a piece wider than the measure, %zu a broken word\n", overflows,
                  cuts);
    assert_true(overflows > 100 && cuts > 100); /* or the paragraphs would prove little */
}

/* Paragraphs as applicants write them. */

static const char *const phrases[] = {
    "主持完成露天矿山深孔台阶爆破设计与施工",
    "负责编制《爆破设计方案》",
    "参与《爆破安全规程》（GB 6722—2014）宣贯",
    "采用数码电子雷管逐孔起爆技术",
    "单次最大装药量12.6 t",
    "爆破方量达1.2×10⁴ m³",
    "年产量120万吨",
    "振动速度控制在1.5 cm/s以内",
    "大块率由8%降至3.5%",
    "节约成本560 万元",
    "获省级科技进步“二等奖”",
    "发表论文3篇（其中核心期刊2篇）",
    "2012年7月至2016年8月任项目技术负责人",
    "取得发明专利（ZL201510012345.6）",
    "培养技术人员15名",
    "经专家组鉴定",
    "达到国内先进水平",
    "在复杂环境下",
    "针对孔网参数不合理、飞石难以控制等问题",
    "结合现场实际",
    "应用ANFO与乳化炸药混装技术",
    "详见https://www.example.com/blasting/2019",
    "安全无事故",
    "得到业主好评",
};
enum { PHRASES = sizeof phrases / sizeof *phrases };

static const char *sentences(unsigned *seed)
{
    static const char *const ends[] = {"，", "，", "，", "、", "；", "。", "：", "。"};
    struct buffer text = {0};
    for (unsigned n = 6 + next_random(seed) % 25; n > 0; n--) {
        buffer_puts(&text, phrases[next_random(seed) % PHRASES]);
        buffer_puts(&text, n > 1 ? ends[next_random(seed) % 8] : "。");
    }
    const char *copy = arena_strndup(&arena, (char *)text.data, text.len);
    buffer_clear(&text);
    return copy;
}

/* How paragraphs look. */
struct look {
    size_t lines, marks, full, halved, ragged, lonely;
    double loosest; /* ems between two characters */
};

static bool is_mark_with_blank(uint32_t cp)
{
    static const char marks[] = "，、；：。！？（）《》“”";
    char one[8] = "";
    utf8_put(cp, one);
    return strstr(marks, one) != NULL;
}

/* Marks inside a line; adjacent ones are set together always. */
static void count_marks(const struct text_line *line, struct look *look)
{
    for (size_t k = 1; k + 1 < line->n; k++) {
        const struct text_glyph *g = &line->glyphs[k];
        if (!is_mark_with_blank(g->cp) || is_mark_with_blank(g[-1].cp) ||
            is_mark_with_blank(g[1].cp))
            continue;
        look->marks++;
        look->full += g->width > 0.99 * g->size;
        look->halved += g->width < 0.51 * g->size;
    }
}

static bool has_two_characters(const struct text_line *line)
{
    size_t n = 0;
    for (size_t k = 0; k < line->n; k++)
        n += !is_mark_with_blank(line->glyphs[k].cp);
    return n >= 2;
}

static void count_lines(const struct text_lines *l, double width, struct look *look)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct text_line *line = &l->lines[i];
        count_marks(line, look);
        for (size_t k = 1; k < line->n; k++) {
            const struct text_glyph *g = &line->glyphs[k];
            bool han = g->cp > 0x2E80 && g[-1].cp > 0x2E80;
            double gap = (g->x - g[-1].x - g[-1].width) / g->size;
            look->loosest = fmax(look->loosest, han ? gap : 0);
        }
        look->ragged += i + 1 < l->n && line->right < width - 0.01;
        look->lonely += i > 0 && i + 1 == l->n && !has_two_characters(line);
    }
    look->lines += l->n;
}

/* Of marks inside lines nearly all are full, and no line is loose: at the measure of a box of the
 * form, of a cell, and of the letter. */
static void a_thousand_paragraphs_are_distorted_little(void **state)
{
    static const double ems[] = {38, 28, 20, 12};
    (void)state;
    for (size_t w = 0; w < sizeof ems / sizeof *ems; w++) {
        struct look look = {0};
        unsigned seed = 18;
        for (int round = 0; round < 1000; round++) {
            const char *text = sentences(&seed);
            struct paragraph_style style = {
                .width = ems[w] * SIZE, .first_indent = 2 * SIZE, .align = ALIGN_JUSTIFY};
            count_lines(set_in(text, &style), style.width, &look);
            arena_free(&arena);
        }
        print_message(
            "%g em: %zu lines; of %zu marks %.1f %% full, %.1f %% halved; loosest %.3f em; "
            "%zu ragged lines, %zu lonely\n",
            ems[w], look.lines, look.marks, 100.0 * (double)look.full / (double)look.marks,
            100.0 * (double)look.halved / (double)look.marks, look.loosest, look.ragged,
            look.lonely);
        assert_true(look.loosest < 0.251);
        assert_int_equal(look.lonely, 0);
        if (ems[w] >= 20) /* in narrower ones long words leave no choice */
            assert_true((double)look.full >= 0.95 * (double)look.marks);
    }
}

/* Characters that are neither spaces nor line ends, selector and marks counted with their base. */
static size_t solid_characters(const char *text, size_t len)
{
    size_t count = 0;
    for (size_t i = 0, used; i < len; i += used) {
        struct font_sequence sequence;
        used = font_next(text + i, len - i, &sequence);
        uint32_t cp = sequence.cp;
        count += cp != ' ' && cp != '\t' && cp != '\n' && cp != '\r' && cp != 0x3000 && cp != 0xA0;
    }
    return count;
}

static void any_bytes_in_any_style_end_and_lose_nothing(void **state)
{
    (void)state;
    static const char *const bits[] = {"一",
                                       "\xFF",
                                       "\xE4\xB8",
                                       "\r",
                                       "\n",
                                       "\r\n",
                                       "\t",
                                       " ",
                                       "　",
                                       "\xC2\xA0",
                                       "\x01",
                                       "\xF3\xA0\x84\x81",
                                       "\xEF\xB8\x8F",
                                       "e\xCC\x81",
                                       "\xE2\x80\x8D",
                                       ZWSP,
                                       SHY,
                                       "\uFEFF",
                                       "（",
                                       "”",
                                       "—",
                                       "…",
                                       "·",
                                       "/",
                                       "9",
                                       "Q",
                                       "\xF4\x8F\xBF\xBF",
                                       "\xED\xA0\x80",
                                       "\xF0\xA0\x80\x80"};
    static const double widths[] = {0, -5, 0.5, 9.99, 10, 33, 100, 1e6};
    unsigned seed = 7;
    for (int round = 0; round < 2000; round++) {
        char text[5][400] = {""};
        struct text_span spans[5];
        size_t want = 0, have = 0;
        for (size_t i = 0; i < 5; i++) {
            for (unsigned k = next_random(&seed) % 40; k > 0; k--)
                strcat(text[i], bits[next_random(&seed) % (sizeof bits / sizeof *bits)]);
            unsigned r = next_random(&seed);
            spans[i] = plain(text[i]);
            spans[i].role = (enum font_role)(r % ROLE_COUNT);
            spans[i].size = r % 3 ? 10 : 5 + r % 20;
            spans[i].single_face = r & 8;
            spans[i].unbreakable = r & 16;
            spans[i].tabular = r & 32;
            spans[i].spread = r % 7 ? 0 : r % 90;
            if (r % 11 == 0)
                spans[i] = (struct text_span){.object_width = r % 40, .size = 10};
            want += spans[i].text ? solid_characters(text[i], spans[i].len) : 1;
        }
        unsigned r = next_random(&seed);
        struct paragraph_style style = {.width = widths[r % 8],
                                        .first_indent = r & 8 ? 20 : 0,
                                        .hang_indent = r & 16 ? 15 : 0,
                                        .align = (enum text_align)(r / 32 % 5),
                                        .at_interpuncts_only = r & 2048,
                                        .tracking = r & 4096 ? -0.25 : 0};
        struct text_lines *l = paragraph_set(&arena, fonts, spans, 5, &style);
        assert_true(l->n > 0);
        for (size_t i = 0; i < l->n; i++)
            for (size_t k = 0; k < l->lines[i].n; k++) {
                const struct text_glyph *g = &l->lines[i].glyphs[k];
                assert_true(isfinite(g->x) && isfinite(g->width) && isfinite(g->shift));
                have += g->cp != ' ' && g->cp != 0x3000 && g->cp != 0xA0 && g->cp != 0xAD;
            }
        for (size_t i = 0; i < l->n_invisible; i++)
            have += !l->invisible[i].vs; /* a character with a selector is drawn all the same */
        assert_int_equal(have, want);
        assert_true(natural_width(spans, 5) >= 0);
        arena_free(&arena);
    }
}

/* Were the time to grow with the square of the text, this would take hours: the runner ends it. */
static void a_long_text_is_no_hang(void **state)
{
    static const char *const words[] = {
        "负责深孔台阶爆破方案设计，单次装药量12.6 t，最近38 m（GB/T 9704）。",
        "（",
        " ",
        "…",
        "w",
        "1",
        "，",
        "\xF0\xA0\x80\x80\xF0\xA0\x80\x81",
    };
    struct buffer text = {0};
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        for (text.len = 0; text.len < 1000000;)
            buffer_puts(&text, words[i]);
        buffer_putc(&text, '\0');
        struct text_span span = plain((char *)text.data);
        struct paragraph_style style = {.width = 400, .align = ALIGN_JUSTIFY};
        assert_true(paragraph_set(&arena, fonts, &span, 1, &style)->n > 0);
        arena_free(&arena);
    }
    buffer_clear(&text);
}

/* Pasted text: no glyph, but said; a line may end at a zero-width space or a soft hyphen, which
 * then shows, and not at a word joiner or a byte order mark; a number is not broken for any of
 * them. */
static void invisible_characters_have_no_glyph(void **state)
{
    static const uint32_t all[] = {0xAD,   0x34F,  0x61C,  0x115F, 0x180E, 0x200B, 0x200C, 0x200D,
                                   0x200E, 0x202E, 0x2060, 0x2066, 0x3164, 0xFEFF, 0xFFA0, 0xE0020};
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char text[] = "一二\0\0\0\0三", *p = text + 6;
        p += utf8_put(all[i], p);
        strcpy(p, "三");
        struct text_lines *l = set(text, 10, ALIGN_LEFT);
        assert_string_equal(joined(l), "一二三");
        assert_string_equal(places(l), "0 100 200");
        assert_int_equal(l->n_missing, 0);
        assert_int_equal(l->n_invisible, 1);
        assert_int_equal(l->invisible[0].cp, all[i]);
    }
    assert_string_equal(broken("abcdefg" ZWSP "hijk", 5), "abcdefg|hijk");
    assert_string_equal(broken("一" ZWSP "。", 1), "一。");
    assert_string_equal(broken("一二" WJ "三", 2), "一|二三");
    assert_string_equal(broken("一二\uFEFF三", 2), "一|二三");
    assert_string_equal(broken("123" ZWSP "456", 2.6), "1234|56");
    assert_string_equal(broken("一二三四5" ZWSP "年五", 5), "一二三四|5年五");
    assert_string_equal(broken("一" ZWSP, 5), "一");
    assert_string_equal(broken(ZWSP, 5), "");
}

static void a_soft_hyphen_shows_where_a_line_ends_at_it(void **state)
{
    (void)state;
    assert_string_equal(broken("develop" SHY "ment", 9), "development");
    struct text_lines *l = set("develop" SHY "ment", 4.8, ALIGN_LEFT);
    assert_string_equal(joined(l), "develop" SHY "|ment");
    const struct text_line *first = &l->lines[0];
    assert_int_equal(first->n, 8);
    assert_true(first->right <= 48 && first->glyphs[7].width > 0);
    struct glyph hyphen;
    assert_true(fonts_glyph(fonts, ROLE_SONG, '-', 0, &hyphen));
    assert_int_equal(first->glyphs[7].gid, hyphen.gid);
    /* its width counts */
    double word = natural_width(
        &(struct text_span){.text = "develop", .len = 7, .role = ROLE_SONG, .size = SIZE}, 1);
    l = set("develop" SHY "ment", word / SIZE + 0.05, ALIGN_LEFT);
    for (size_t i = 0; i < l->n; i++)
        assert_true(l->lines[i].right <= word + 0.5);
    /* among Han it is nothing */
    assert_string_equal(broken("爆" SHY "破工程", 2), "爆破|工程");
}

static void a_name_with_an_invisible_character_is_set_in_one_face(void **state)
{
    struct text_span span = plain("欧阳" ZWSP "𱖎");
    struct paragraph_style style = {.width = 200};
    (void)state;
    span.single_face = true;
    struct text_lines *l = paragraph_set(&arena, fonts, &span, 1, &style);
    assert_int_equal(l->lines[0].n, 3);
    assert_ptr_equal(l->lines[0].glyphs[0].face, l->lines[0].glyphs[2].face);
}

static void what_was_set_is_kept_by_all_that_it_depends_on(void **state)
{
    static char text[9000];
    struct paragraph_memo *memo = paragraph_memo_new(fonts);
    struct paragraph_style style = {.width = 30};
    struct text_span a = plain("申报专业"), b = plain("申报专亚"), larger = a, long_one;
    (void)state;
    larger.size = 2 * SIZE;
    memset(text, 'x', sizeof text - 1);
    long_one = plain(text);
    struct text_lines *set = paragraph_memo_set(memo, &a, 1, &style);
    assert_int_equal(set->n, set_in(a.text, &style)->n);
    assert_ptr_equal(paragraph_memo_set(memo, &a, 1, &style), set);
    assert_ptr_not_equal(paragraph_memo_set(memo, &b, 1, &style), set);
    assert_int_equal(paragraph_memo_set(memo, &larger, 1, &style)->n, 4);
    style.width = 100;
    assert_int_equal(paragraph_memo_set(memo, &a, 1, &style)->n, 1);
    assert_null(paragraph_memo_set(memo, &long_one, 1, &style));
    paragraph_memo_begin(memo); /* it is little: nothing is forgotten */
    style.width = 30;
    assert_ptr_equal(paragraph_memo_set(memo, &a, 1, &style), set);
    for (int i = 0; i < 10000; i++) {
        snprintf(text, sizeof text, "%d", i);
        long_one = plain(text);
        paragraph_memo_set(memo, &long_one, 1, &style);
    }
    assert_null(paragraph_memo_set(memo, &long_one, 1, &style)); /* it is full */
    paragraph_memo_begin(memo);
    assert_int_equal(paragraph_memo_set(memo, &long_one, 1, &style)->n, 1);
    assert_int_equal(paragraph_memo_set(memo, &a, 1, &style)->n, set_in(a.text, &style)->n);
    paragraph_memo_free(memo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(lines_end_where_clreq_lets_them, clear),
        cmocka_unit_test_teardown(line_ends_of_every_kind_become_one, clear),
        cmocka_unit_test_teardown(a_piece_wider_than_the_measure_breaks_where_it_hurts_least,
                                  clear),
        cmocka_unit_test_teardown(invisible_characters_have_no_glyph, clear),
        cmocka_unit_test_teardown(a_soft_hyphen_shows_where_a_line_ends_at_it, clear),
        cmocka_unit_test_teardown(a_name_with_an_invisible_character_is_set_in_one_face, clear),
        cmocka_unit_test_teardown(what_belongs_together_stays_on_one_line, clear),
        cmocka_unit_test_teardown(a_number_and_its_unit_stay_on_one_line, clear),
        cmocka_unit_test_teardown(lines_of_a_cell_end_where_its_phrases_do, clear),
        cmocka_unit_test_teardown(centred_lines_have_like_widths, clear),
        cmocka_unit_test_teardown(a_last_line_has_two_characters, clear),
        cmocka_unit_test_teardown(marks_give_up_half_an_em, clear),
        cmocka_unit_test_teardown(dots_hyphens_and_slashes_among_han_are_half_an_em, clear),
        cmocka_unit_test_teardown(han_and_latin_stand_a_quarter_em_apart, clear),
        cmocka_unit_test_teardown(a_line_shrinks_in_order, clear),
        cmocka_unit_test_teardown(a_line_stretches_in_order, clear),
        cmocka_unit_test_teardown(adjacent_marks_share_their_blank, clear),
        cmocka_unit_test_teardown(justified_lines_fill_the_measure, clear),
        cmocka_unit_test_teardown(lines_are_aligned_and_indented, clear),
        cmocka_unit_test_teardown(an_empty_line_overflows_nothing, clear),
        cmocka_unit_test_teardown(spreading_is_positions, clear),
        cmocka_unit_test_teardown(names_break_only_after_the_dot, clear),
        cmocka_unit_test_teardown(an_unbreakable_span_is_never_broken_nor_stretched, clear),
        cmocka_unit_test_teardown(unbreakable_spans_in_a_row_stay_together, clear),
        cmocka_unit_test_teardown(tabular_digits_have_one_step, clear),
        cmocka_unit_test_teardown(a_name_is_set_in_one_face, clear),
        cmocka_unit_test_teardown(an_inline_object_takes_its_room, clear),
        cmocka_unit_test_teardown(tracking_goes_to_full_width_characters, clear),
        cmocka_unit_test_teardown(what_no_face_draws_is_named, clear),
        cmocka_unit_test_teardown(a_fallback_is_noted_once, clear),
        cmocka_unit_test_teardown(selectors_stay_with_their_base, clear),
        cmocka_unit_test_teardown(a_selector_of_a_shape_that_no_face_has_is_noted, clear),
        cmocka_unit_test_teardown(any_paragraph_at_any_measure_is_set_right, clear),
        cmocka_unit_test_teardown(a_thousand_paragraphs_are_distorted_little, clear),
        cmocka_unit_test_teardown(any_bytes_in_any_style_end_and_lose_nothing, clear),
        cmocka_unit_test_teardown(a_long_text_is_no_hang, clear),
        cmocka_unit_test_teardown(what_was_set_is_kept_by_all_that_it_depends_on, clear),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
