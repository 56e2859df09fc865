/* test_pdf_write.c - pages built by hand become a PDF that other programs read back: text, fonts,
 * pictures, links. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "core/utf8.h"
#include "pdf/pdf.h"
#include "svg/svg.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static const double WIDTH = 595.28, HEIGHT = 841.89;
static const char *const ours[] = {"tests/fonts", "fonts", NULL};
static struct fonts *fonts;
static struct arena arena;
static char dir[40];

static int begin(void **state)
{
    (void)state;
    struct diag d = {0};
    fonts = fonts_new(ours, &d);
    for (int r = 0; fonts && r < ROLE_COUNT; r++)
        if (!fonts_require(fonts, (enum font_role)r, &d))
            return -1;
    diag_clear(&d);
    strcpy(dir, "/tmp/shenbao-pdf-XXXXXX");
    return fonts && mkdtemp(dir) ? 0 : -1;
}

static const char *run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static int end(void **state)
{
    (void)state;
    run("rm -r %s", dir);
    fonts_free(fonts);
    arena_free(&arena);
    return 0;
}

/* What the command printed, standard error too; its failure is the test's. */
static const char *run(const char *fmt, ...)
{
    struct buffer out = {0};
    va_list args;
    va_start(args, fmt);
    const char *command = arena_printf(&arena, "( %s ) 2>&1", arena_vprintf(&arena, fmt, args));
    va_end(args);
    FILE *p = popen(command, "r");
    assert_non_null(p);
    for (size_t n = 4096; n > 0;) {
        n = fread(buffer_room(&out, 4096), 1, 4096, p);
        out.len -= 4096 - n;
    }
    const char *text = arena_strndup(&arena, (const char *)out.data, out.len);
    buffer_clear(&out);
    if (pclose(p))
        fail_msg("%s: %s", command, text);
    return text;
}

static const char *path(const char *name)
{
    return arena_printf(&arena, "%s/%s", dir, name);
}

static void save(const char *name, const void *data, size_t len)
{
    FILE *f = fopen(path(name), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static struct page *add_page(struct pages *all)
{
    struct page *p = ARENA_PUSH(&arena, all->list, all->n, all->cap);
    *p = (struct page){.width = WIDTH, .height = HEIGHT};
    return p;
}

static struct page_item *add_item(struct page *p, enum page_item_kind kind)
{
    struct page_item *item = ARENA_PUSH(&arena, p->items, p->n, p->cap);
    item->kind = kind;
    return item;
}

/* Lines of text from x, y downward, one item a run of one face, as layout does. */
static void add_text(struct page *p, double x, double y, struct text_span span,
                     struct paragraph_style style)
{
    span.len = strlen(span.text);
    struct text_lines *lines = paragraph_set(&arena, fonts, &span, 1, &style);
    assert_int_equal(lines->n_missing, 0);
    for (size_t i = 0; i < lines->n; i++) {
        const struct text_line *l = &lines->lines[i];
        for (size_t k = 0, n; k < l->n; k += n) {
            for (n = 1; k + n < l->n && l->glyphs[k + n].face == l->glyphs[k].face;)
                n++;
            add_item(p, ITEM_TEXT)->u.text =
                (struct item_text){.x = x,
                                   .y = y + (double)i * span.size * 1.5,
                                   .size = span.size,
                                   .face = l->glyphs[k].face,
                                   .glyphs = l->glyphs + k,
                                   .n = n,
                                   .actual = l->spread ? span.text : NULL};
        }
    }
}

static void add_words(struct page *p, double x, double y, enum font_role role, double size,
                      const char *text)
{
    add_text(p, x, y, (struct text_span){.text = text, .role = role, .size = size},
             (struct paragraph_style){.width = WIDTH - x - 40, .align = ALIGN_JUSTIFY});
}

static void add_line(struct page *p, double x0, double y0, double x1, double y1, double weight)
{
    add_item(p, ITEM_LINE)->u.line = (struct item_line){x0, y0, x1, y1, .weight = weight};
}

static struct page_watermark *watermark(const char *text, double angle)
{
    struct page_watermark *w = ARENA_NEW(&arena, struct page_watermark);
    struct page scratch = {.width = WIDTH, .height = HEIGHT};
    add_words(&scratch, 0, 0, ROLE_HEI, 24, text);
    *w = (struct page_watermark){.text = text, .gray = 0.85, .angle = angle, .n = scratch.n};
    w->runs = ARENA_ARRAY(&arena, struct item_text, scratch.n);
    double half = 12 * (double)utf8_count(text);
    for (size_t i = 0; i < scratch.n; i++) {
        w->runs[i] = scratch.items[i].u.text;
        w->runs[i].x -= half;
        w->runs[i].y += 24 * (FONT_ASCENT - 0.5);
    }
    w->centres = arena_alloc(&arena, 2, sizeof *w->centres);
    w->n_centres = 2;
    w->centres[0][0] = w->centres[1][0] = WIDTH / 2;
    w->centres[0][1] = 250;
    w->centres[1][1] = 600;
    return w;
}

static struct pages new_pages(void)
{
    return (struct pages){.title = "专业技术职务任职资格评审表",
                          .subject = "申报材料 𬱖",
                          .author = "某某研究院（一）",
                          .language = "zh-CN",
                          .created = "2026-09-30"};
}

/* The document's bytes, also as a file in dir. */
static struct buffer write_pages(const struct pages *pages, const char *name)
{
    struct buffer out = {0};
    struct diag d = {0};
    bool ok = pdf_write(pages, &out, &d);
    if (!ok || d.n)
        diag_print(&d, LANGUAGE_EN, stderr);
    assert_true(ok);
    assert_int_equal(d.n, 0);
    save(name, out.data, out.len);
    diag_clear(&d);
    return out;
}

static void write_file(const struct pages *pages, const char *name)
{
    struct buffer out = write_pages(pages, name);
    buffer_clear(&out);
}

/* Neither white space nor the form feeds between pages. */
static const char *without_space(const char *text)
{
    char *out = arena_alloc(&arena, strlen(text) + 1, 1), *p = out;
    for (; *text; text++)
        if (!strchr(" \n\r\t\f", *text))
            *p++ = *text;
    return out;
}

static void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in \"%s\"", part, text);
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, part)); p += strlen(part))
        n++;
    return n;
}

/* A page with some of everything that a form has. */
static struct pages form(void)
{
    struct pages all = new_pages();
    for (int i = 0; i < 3; i++) {
        struct page *p = add_page(&all);
        add_text(
            p, 120, 90,
            (struct text_span){.text = "评审表", .role = ROLE_BIAOSONG, .size = 22, .spread = 200},
            (struct paragraph_style){.width = 300});
        add_words(p, 60, 140, ROLE_SONG, 10.5,
                  "姓名：曾用名𬱖𫖯𠅤，身份证号 "
                  "330106199001011234，单次装药量12.6 "
                  "t以上；“引号”、《书名》（括号）——破折号……");
        add_words(p, 60, 200, ROLE_FANGSONG, 14,
                  "仿宋正文：本人承诺所填内容真实、准确，如有不实，愿承担一切责任。䶮喆堃犇镕");
        add_words(p, 60, 260, ROLE_KAI, 12, "楷体：2012～2016年在某单位任职，GB/T 9704-2012。");
        add_words(p, 60, 300, ROLE_HEI, 12, "黑体标题 Heading 0123456789");
        for (int k = 0; k < 6; k++) {
            add_line(p, 60, 330 + k * 40, 535, 330 + k * 40, k % 5 ? 0.5 : 1.5);
            add_line(p, 60 + k * 95, 330, 60 + k * 95, 530, 0.5);
        }
        for (int k = 0; k < 2; k++)
            add_item(p, ITEM_CHECKBOX)->u.checkbox =
                (struct item_checkbox){70 + k * 30, 340, 12, k, k ? "■" : "□", NULL};
    }
    all.watermarks = watermark("申报与评审管理平台", 30);
    all.n_watermarks = 1;
    return all;
}

static void every_character_is_read_back(void **state)
{
    (void)state;
    /* Beyond the BMP, a variation sequence (葛 with its own shape), two characters of one glyph,
     * all kinds of spaces. */
    static const char *const lines[] = {"一𬱖二𫖯三𠅤四䶮五",
                                        "葛\xF3\xA0\x84\x80城葛\xF3\xA0\x84\x81城葛城",
                                        "ABC 0123 (c) \\\\ <x>", "甲　乙 丙", "“”‘’—…·～％℃Ⅳ①"};
    struct pages all = new_pages();
    struct page *p = add_page(&all);
    struct buffer want = {0};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        add_words(p, 60, 80 + (double)i * 40, ROLE_SONG, 12, lines[i]);
        buffer_puts(&want, lines[i]);
    }
    buffer_putc(&want, 0);
    write_file(&all, "t.pdf");
    const char *expected = without_space((const char *)want.data);
    char *no_wide_space = arena_strdup(&arena, expected), *wide = strstr(no_wide_space, "　");
    memmove(wide, wide + 3, strlen(wide + 3) + 1); /* pdftotext takes it for a gap */
    const char *got = without_space(run("pdftotext -raw %s -", path("t.pdf")));
    if (strcmp(got, expected))
        assert_string_equal(got, no_wide_space);
    buffer_clear(&want);
    /* MuPDF takes a selector's two halves apart; all else it reads as well. */
    struct pages plain = new_pages();
    add_words(add_page(&plain), 60, 80, ROLE_SONG, 12, lines[0]);
    write_file(&plain, "t.pdf");
    assert_string_equal(without_space(run("mutool draw -q -F txt %s 2>/dev/null", path("t.pdf"))),
                        lines[0]);
}

static void characters_of_one_glyph_stay_themselves(void **state)
{
    (void)state;
    static const char want[] = "乙⼄乙\xF3\xA0\x84\x80⼄乙"; /* U+4E59, U+2F04, U+4E59 U+E0100 */
    struct pages all = new_pages();
    struct glyph g;
    assert_true(fonts_glyph(fonts, ROLE_SONG, 0x4E59, 0, &g));
    const struct {
        uint32_t cp, vs;
    } input[] = {{0x4E59, 0}, {0x2F04, 0}, {0x4E59, 0xE0100}, {0x2F04, 0}, {0x4E59, 0}};
    struct text_glyph glyphs[5] = {0};
    for (int i = 0; i < 5; i++)
        glyphs[i] = (struct text_glyph){.face = g.face,
                                        .gid = g.gid,
                                        .cp = input[i].cp,
                                        .vs = input[i].vs,
                                        .size = 12,
                                        .x = 12 * i,
                                        .width = 12};
    add_item(add_page(&all), ITEM_TEXT)->u.text =
        (struct item_text){.x = 60, .y = 80, .size = 12, .face = g.face, .glyphs = glyphs, .n = 5};
    write_file(&all, "t.pdf");
    assert_string_equal(without_space(run("pdftotext %s -", path("t.pdf"))), want);
}

static void hundreds_of_characters_keep_their_order(void **state)
{
    (void)state;
    struct pages all = new_pages();
    struct page *p = add_page(&all);
    struct buffer want = {0};
    for (uint32_t line = 0; line < 20; line++) {
        char text[40 * 3 + 1], *end = text;
        for (uint32_t i = 0; i < 40; i++) /* 771 different ones, some again */
            end += utf8_put(0x4E00 + (line * 40 + i) % 771, end);
        *end = 0;
        add_words(p, 60, 80 + line * 30, ROLE_SONG, 10.5, text);
        buffer_puts(&want, text);
    }
    buffer_putc(&want, 0);
    write_file(&all, "t.pdf");
    assert_string_equal(without_space(run("pdftotext %s -", path("t.pdf"))), want.data);
    const char *ranges =
        run("qpdf --qdf --object-streams=disable %s - | grep -a -A 4 beginbfrange", path("t.pdf"));
    /* a range's codes have one first byte */
    assert_contains(ranges, "4 beginbfrange\n<0001><00FF>[<4E00><4E01>");
    assert_contains(ranges, "\n<0100><01FF>[<4EFF>");
    assert_contains(ranges, "\n<0300><0303>[<50FF><5100><5101><5102>]\n");
    buffer_clear(&want);
}

/* A bracket that gave up half an em is drawn to the left of its place. */
static void a_shift_moves_the_glyph(void **state)
{
    (void)state;
    struct pages shifted = new_pages(), placed = new_pages();
    add_words(add_page(&shifted), 60, 80, ROLE_SONG, 12, "甲乙丙丁");
    add_words(add_page(&placed), 60, 80, ROLE_SONG, 12, "甲乙丙丁");
    struct item_text *a = &shifted.list[0].items[0].u.text, *b = &placed.list[0].items[0].u.text;
    struct text_glyph *moved = arena_alloc(&arena, 4, sizeof *moved);
    memcpy(moved, a->glyphs, 4 * sizeof *moved);
    moved[0].shift = moved[2].shift = -6;
    a->glyphs = moved;
    moved = arena_alloc(&arena, 4, sizeof *moved);
    memcpy(moved, b->glyphs, 4 * sizeof *moved);
    moved[0].x -= 6;
    moved[2].x -= 6;
    b->glyphs = moved;
    struct buffer one = write_pages(&shifted, "t.pdf"), two = write_pages(&placed, "a.pdf");
    assert_int_equal(one.len, two.len);
    assert_memory_equal(one.data, two.data, one.len);
    assert_contains(run("qpdf --qdf %s - | grep -a TJ", path("t.pdf")),
                    "[<0001>-500<0002>500<0003>-500<0004>]TJ");
    assert_contains(run("qpdf --qdf %s - | grep -a Td", path("t.pdf")), "54 761.89 Td");
    buffer_clear(&one);
    buffer_clear(&two);
}

static void glyphs_stand_where_layout_put_them(void **state)
{
    (void)state;
    struct pages all = new_pages();
    struct page *p = add_page(&all);
    add_words(p, 60, 80, ROLE_SONG, 10,
              "（甲）、「乙」，丙１２３abc，天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成"
              "岁律吕调阳云腾致雨露结为霜");
    write_file(&all, "t.pdf");
    const char *xml = run("pdftotext -bbox-layout %s - | grep '<word'", path("t.pdf"));
    assert_contains(xml, "xMin=\"60.0");
    /* Every glyph alone, at its place, makes the same picture. */
    struct pages apart = new_pages();
    struct page *q = add_page(&apart);
    for (size_t k = 0; k < p->n; k++)
        for (size_t i = 0; i < p->items[k].u.text.n; i++) {
            struct item_text t = p->items[k].u.text;
            t.glyphs += i;
            t.n = 1;
            add_item(q, ITEM_TEXT)->u.text = t;
        }
    write_file(&apart, "a.pdf");
    run("cd %s && pdftoppm -gray -r 144 -singlefile t.pdf t && pdftoppm -gray -r 144 -singlefile "
        "a.pdf a",
        dir);
    run("cd %s && python3 -c \"a,b=open('t.pgm','rb').read(),open('a.pgm','rb').read(); "
        "n=sum(abs(x-y)>64 for x,y in zip(a,b)); print(n); assert len(a)==len(b) and "
        "n*5000<len(a)\"",
        dir);
}

static void fonts_are_embedded_subset_and_unicode(void **state)
{
    (void)state;
    struct pages all = form();
    write_file(&all, "t.pdf");
    const char *list = run("pdffonts %s", path("t.pdf"));
    size_t n = count(list, "\n") - 2;
    assert_true(n >= 5);
    assert_int_equal(count(list, "CID TrueType      Identity-H       yes yes yes"), n);
    const char *check = run("qpdf --check %s", path("t.pdf"));
    assert_contains(check, "No syntax or stream encoding errors found");
    assert_null(strstr(check, "WARNING"));
    assert_string_equal(run("pdftotext %s - >/dev/null", path("t.pdf")), "");
    assert_int_equal(count(run("mutool draw -q -o /dev/null %s", path("t.pdf")), "\n"),
                     1); /* no ICC: how it was built */
}

static void spread_text_and_checkboxes_are_copied_as_words(void **state)
{
    (void)state;
    struct pages all = form();
    write_file(&all, "t.pdf");
    const char *text = run("pdftotext -f 2 -l 2 %s -", path("t.pdf"));
    assert_contains(text, "评审表");
    assert_int_equal(count(text, "□"), 1);
    assert_int_equal(count(text, "■"), 1);
    text = run("mutool draw -q -F txt %s 2 2>/dev/null", path("t.pdf"));
    assert_int_equal(count(text, "□"), 1);
    assert_int_equal(count(text, "■"), 1);
    /* A path ends before the colour of what follows is set. */
    struct pages mixed = new_pages();
    struct page *p = add_page(&mixed);
    add_words(p, 60, 80, ROLE_SONG, 12, "甲");
    p->items[0].u.text.gray = 0.5;
    add_line(p, 60, 100, 90, 100, 0.5);
    add_item(p, ITEM_CHECKBOX)->u.checkbox = (struct item_checkbox){70, 340, 12, true, "■", NULL};
    write_file(&mixed, "a.pdf");
    assert_contains(run("qpdf --qdf %s - | tr '\\n' ' '", path("a.pdf")), " re f /Span");
    /* A document of nothing but checkboxes is drawn, too. */
    struct pages alone = new_pages();
    add_item(add_page(&alone), ITEM_CHECKBOX)->u.checkbox =
        (struct item_checkbox){70, 340, 12, true, "■", NULL};
    write_file(&alone, "a.pdf");
    assert_contains(run("qpdf --check %s", path("a.pdf")),
                    "No syntax or stream encoding errors found");
}

static void the_watermark_is_behind_each_page(void **state)
{
    (void)state;
    struct pages all = form();
    write_file(&all, "t.pdf");
    for (int page = 1; page <= 3; page++) {
        const char *text = run("pdftotext -f %d -l %d %s -", page, page, path("t.pdf"));
        assert_int_equal(count(text, "申报与评审管理平台"), 2);
        assert_int_equal(count(text, "如有不实，愿承担"), 1); /* across which it runs */
    }
    run("qpdf --qdf --object-streams=disable %s %s", path("t.pdf"), path("q.pdf"));
    assert_contains(run("grep -a -c Watermark %s", path("q.pdf")), "3");
    const char *qdf = run("grep -a -E '^/Artifact|^EMC|^BT' %s", path("q.pdf"));
    assert_true(strstr(qdf, "/Artifact") < strstr(qdf, "BT")); /* before all else */
}

static void equal_pages_are_equal_bytes(void **state)
{
    (void)state;
    struct pages all = form();
    struct buffer one = write_pages(&all, "t.pdf");
    setenv("TZ", "America/New_York", 1);
    setenv("LANG", "de_DE.UTF-8", 1);
    tzset();
    setlocale(LC_ALL, "");
    struct buffer two = write_pages(&all, "t.pdf");
    setlocale(LC_ALL, "C");
    /* Other faces first: nothing of their numbers shows. */
    struct fonts *mine = fonts;
    struct diag d = {0};
    fonts = fonts_new(ours, &d);
    for (int r = ROLE_COUNT; r-- > 0;)
        assert_true(fonts_require(fonts, (enum font_role)r, &d));
    struct pages again = form();
    struct buffer three = write_pages(&again, "t.pdf");
    fonts_free(fonts);
    fonts = mine;
    diag_clear(&d);
    assert_int_equal(one.len, two.len);
    assert_memory_equal(one.data, two.data, one.len);
    assert_int_equal(one.len, three.len);
    assert_memory_equal(one.data, three.data, one.len);
    buffer_clear(&one);
    buffer_clear(&two);
    buffer_clear(&three);
}

static void two_renderers_agree(void **state)
{
    (void)state;
    struct pages all = form();
    /* Whole pixels, since each has its own way with what is thinner, or left over at a page's edge.
     */
    const double px = 72.0 / 70;
    for (size_t i = 0; i < all.n; i++) {
        struct page *p = &all.list[i];
        p->width = 579 * px - 0.001;
        p->height = 819 * px - 0.001;
        for (size_t k = 0; k < p->n; k++)
            if (p->items[k].kind == ITEM_LINE) {
                struct item_line *l = &p->items[k].u.line;
                *l = (struct item_line){
                    (floor(l->x0 / px) + 0.5) * px, (floor(l->y0 / px) + 0.5) * px,
                    (floor(l->x1 / px) + 0.5) * px, (floor(l->y1 / px) + 0.5) * px, .weight = px};
            }
    }
    write_file(&all, "t.pdf");
    run("cd %s && pdftoppm -gray -r 70 t.pdf p && mutool draw -q -c gray -r 70 -o m-%%d.pgm t.pdf",
        dir);
    run("cd %s && python3 -c \"\n"
        "def read(name):\n"
        "    magic, w, h, most, px = open(name, 'rb').read().split(None, 4)\n"
        "    return int(w), int(h), px\n"
        "for i in '123':\n"
        "    (w, h, a), (v, k, b) = read('p-%%s.pgm' %% i), read('m-%%s.pgm' %% i)\n"
        "    assert abs(w - v) < 2 and abs(h - k) < 2\n"
        "    n = sum(abs(a[y * w + x] - b[y * v + x]) > 64 for y in range(min(h, k)) for x in "
        "range(min(w, v)))\n"
        "    dark = sum(p < 128 for p in a)\n"
        "    assert n * 100 < w * h and dark > 2000, (n, dark)\n\"",
        dir);
}

static unsigned char *read_gray(const char *name, int *width, int *height)
{
    FILE *f = fopen(path(name), "rb");
    int most;
    assert_non_null(f);
    assert_int_equal(fscanf(f, "P5 %d %d %d", width, height, &most), 3);
    getc(f);
    unsigned char *px = arena_alloc(&arena, (size_t)*width * (size_t)*height, 1);
    assert_int_equal(fread(px, 1, (size_t)*width * (size_t)*height, f), *width * *height);
    fclose(f);
    return px;
}

/* Is the picture dark at a place, in points from its upper left corner? Rendered at 72 dpi. */
static bool is_dark(const unsigned char *px, int width, double x, double y)
{
    return px[(int)y * width + (int)x] < 100;
}

/* A landscape page with a bar below its head, a link on it and a watermark, and what is laid over
 * it once it is turned. */
static void a_turned_page_has_its_head_at_the_left(void **state)
{
    (void)state;
    struct pages all = new_pages();
    struct page_anchor anchor = {"a", 0, 0};
    struct page *p = add_page(&all);
    p->width = HEIGHT;
    p->height = WIDTH;
    add_line(p, 100, 50, 300, 50, 8);
    add_words(p, 400, 54, ROLE_SONG, 20, "横排");
    add_item(p, ITEM_LINK)->u.link = (struct item_link){100, 40, 200, 20, "a"};
    page_move(p, 0, 20);
    page_turn(p);
    add_line(p, 500, 800, 560, 800, 8);
    all.anchors = &anchor;
    all.n_anchors = 1;
    all.watermarks = watermark("水印", 0);
    all.n_watermarks = 1;
    write_file(&all, "t.pdf");
    run("cd %s && pdftoppm -gray -r 72 -singlefile t.pdf t", dir);
    int width, height;
    const unsigned char *px = read_gray("t.pgm", &width, &height);
    assert_true(width < height);
    assert_true(is_dark(px, width, 70, HEIGHT - 105) && is_dark(px, width, 70, HEIGHT - 295));
    assert_false(is_dark(px, width, 70, HEIGHT - 310) || is_dark(px, width, 60, HEIGHT - 200));
    assert_true(is_dark(px, width, 505, 800) && is_dark(px, width, 555, 800));
    assert_contains(
        run("qpdf --qdf --object-streams=disable %s - | grep -a -A6 /Rect", path("t.pdf")),
        "60\n    100\n    80\n    300\n");
    struct buffer svg = {0};
    struct diag d = {0};
    const struct svg_options how = {.prefix = "p"};
    assert_true(svg_page(&all, 0, &how, &svg, &d));
    buffer_putc(&svg, '\0');
    const char *turned = strstr((char *)svg.data, "<g transform=\"matrix(0 -1 1 0 0 841.89)\">");
    assert_non_null(turned);
    assert_true(strstr(turned, "watermark") && strstr(turned, "</g>\n<"));
    buffer_clear(&svg);
    diag_clear(&d);
}

/* A dark bar along the first row's beginning: 40 x 20, the bar 24 x 5. */
static void make_marked_jpeg(void)
{
    struct pages all = new_pages();
    struct page *p = add_page(&all);
    p->width = 40;
    p->height = 20;
    add_line(p, 0, 2.5, 24, 2.5, 5);
    write_file(&all, "mark.pdf");
    run("pdftoppm -jpeg -jpegopt quality=100 -r 72 -singlefile %s %s", path("mark.pdf"),
        path("mark"));
}

/* The JPEG file with an EXIF orientation put behind its first marker. */
static void oriented(const char *name, int orientation)
{
    unsigned char exif[] = {0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0,    0,    'M', 'M',
                            0,    42,   0, 0,  0,   8,   0,   1,   0x01, 0x12, 0,   3,
                            0,    0,    0, 1,  0,   0,   0,   0,   0,    0,    0,   0};
    struct buffer file = {0};
    exif[29] = (unsigned char)orientation;
    FILE *f = fopen(path("mark.jpg"), "rb");
    assert_non_null(f);
    buffer_add(&file, "\xFF\xD8", 2);
    buffer_add(&file, exif, sizeof exif);
    fseek(f, 2, SEEK_SET);
    for (int c; (c = getc(f)) != EOF;)
        buffer_putc(&file, c);
    fclose(f);
    save(name, file.data, file.len);
    buffer_clear(&file);
}

static void pictures_stand_upright(void **state)
{
    (void)state;
    /* Where the stored first row's beginning comes to be, and whether the bar stands. */
    static const struct {
        bool right, bottom, stands;
    } want[8] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0},
                 {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}};
    make_marked_jpeg();
    for (int o = 1; o <= 8; o++) {
        struct media_file file = {0};
        struct media_image image = {0};
        struct diag d = {0};
        const struct finding where = {.label = "照片"};
        oriented("o.jpg", o);
        assert_true(media_open(&file, dir, "o.jpg", &(struct media_limits){0}, &where, &d));
        assert_true(image_load(&image, &file, &(struct media_limits){0}, &where, &d));
        assert_int_equal(image.orientation, o);
        struct pages all = new_pages();
        struct page *p = add_page(&all);
        p->width = p->height = 144;
        double w = image.upright_width * 2, h = image.upright_height * 2;
        assert_true(want[o - 1].stands ? w < h : w > h);
        for (int twice = 0; twice < 2; twice++) /* one object all the same */
            add_item(p, ITEM_IMAGE)->u.image = (struct item_image){20, 30, w, h, &image, NULL};
        write_file(&all, "o.pdf");
        assert_int_equal(count(run("pdfimages -list %s", path("o.pdf")), " jpeg "), 2);
        assert_int_equal(
            count(run("qpdf --qdf %s - | grep -a -c DCTDecode; true", path("o.pdf")), "1\n"), 1);
        run("cd %s && pdfimages -all o.pdf out && cmp out-000.jpg o.jpg", dir); /* byte for byte */
        run("pdftoppm -gray -r 72 -singlefile %s %s", path("o.pdf"), path("o"));
        int width, height;
        const unsigned char *px = read_gray("o.pgm", &width, &height);
        assert_int_equal(width, 144);
        for (double u = 0.05; u < 1; u += 0.1)
            for (double v = 0.05; v < 1; v += 0.1) {
                double along = want[o - 1].stands ? (want[o - 1].bottom ? 1 - v : v)
                                                  : (want[o - 1].right ? 1 - u : u);
                double across = want[o - 1].stands ? (want[o - 1].right ? 1 - u : u)
                                                   : (want[o - 1].bottom ? 1 - v : v);
                int x = (int)(20 + u * w), y = (int)(30 + v * h);
                bool dark = along < 0.6 && across < 0.25;
                bool edge = fabs(along - 0.6) < 0.06 || fabs(across - 0.25) < 0.06;
                if (!edge && (px[y * width + x] < 128) != dark)
                    fail_msg("orientation %d: at %.2f %.2f", o, u, v);
            }
        /* nothing beside the box */
        assert_int_equal(px[(30 + (int)h / 2) * width + 17], 255);
        assert_int_equal(px[(30 + (int)h + 3) * width + 22], 255);
        image_clear(&image);
        media_close(&file);
        diag_clear(&d);
    }
}

static void transparent_and_grey_pixels(void **state)
{
    (void)state;
    /* Left half black, right half transparent red, over a thick line. */
    unsigned char rgb[4 * 2 * 3], alpha[4 * 2], gray[] = {0, 85, 170, 255};
    for (int i = 0; i < 8; i++) {
        rgb[3 * i] = i % 4 < 2 ? 0 : 255;
        rgb[3 * i + 1] = rgb[3 * i + 2] = 0;
        alpha[i] = i % 4 < 2 ? 255 : 0;
    }
    struct media_image seal = {.type = MEDIA_PNG,
                               .width = 4,
                               .height = 2,
                               .orientation = 1,
                               .upright_width = 4,
                               .upright_height = 2,
                               .components = 3,
                               .pixels = rgb,
                               .alpha = alpha};
    struct media_image steps = {.type = MEDIA_PNG,
                                .width = 4,
                                .height = 1,
                                .orientation = 1,
                                .upright_width = 4,
                                .upright_height = 1,
                                .components = 1,
                                .pixels = gray};
    struct media_image cmyk = {.type = MEDIA_JPEG,
                               .width = 1,
                               .height = 1,
                               .components = 4,
                               .inverted_cmyk = true,
                               .jpeg = (const unsigned char *)"\xFF\xD8\xFF\xD9",
                               .jpeg_size = 4};
    struct pages all = new_pages();
    struct page *p = add_page(&all);
    p->width = p->height = 100;
    add_line(p, 0, 20, 100, 20, 10);
    add_item(p, ITEM_IMAGE)->u.image = (struct item_image){20, 10, 40, 20, &seal, NULL};
    add_item(p, ITEM_IMAGE)->u.image = (struct item_image){20, 60, 40, 10, &steps, NULL};
    write_file(&all, "i.pdf");
    run("pdftoppm -gray -r 72 -singlefile %s %s", path("i.pdf"), path("i"));
    int width, height;
    const unsigned char *px = read_gray("i.pgm", &width, &height);
    assert_int_equal(px[12 * width + 30], 0);   /* opaque */
    assert_int_equal(px[12 * width + 50], 255); /* nothing */
    assert_int_equal(px[20 * width + 50], 0);   /* the line behind it */
    for (int i = 0; i < 4; i++)
        assert_in_range(px[65 * width + 25 + 10 * i] + 3, gray[i], gray[i] + 6);
    add_item(p, ITEM_IMAGE)->u.image = (struct item_image){20, 80, 10, 10, &cmyk, NULL};
    write_file(&all, "i.pdf");
    assert_contains(
        run("qpdf --qdf --decode-level=none %s - | tr -d '\\000\\n' | tr -s ' '", path("i.pdf")),
        "/Decode [ 1 0 1 0 1 0 1 0 ]");
}

static void links_outline_and_information(void **state)
{
    (void)state;
    struct pages all = form();
    static const struct page_outline outline[] = {{1, "一、基本情况", 0, 100},
                                                  {2, "曾用名𬱖", 0, 140},
                                                  {3, "(c) \\ 深", 1, 90},
                                                  {2, "学历", 1, 200},
                                                  {1, "二、业绩", 2, 50}};
    static const struct page_anchor anchors[] = {{"p1", 2, 300}, {"p2", 0, 0}};
    all.outline = (struct page_outline *)outline;
    all.n_outline = sizeof outline / sizeof *outline;
    all.anchors = (struct page_anchor *)anchors;
    all.n_anchors = 2;
    for (int i = 0; i < 2; i++)
        add_item(&all.list[0], ITEM_LINK)->u.link =
            (struct item_link){60, 400 + i * 20, 100, 15, i ? "p2" : "p1"};
    write_file(&all, "t.pdf");
    const char *check = run("qpdf --check %s", path("t.pdf"));
    assert_contains(check, "PDF Version: 1.7");
    assert_null(strstr(check, "WARNING"));
    const char *tree = run("qpdf --json=2 --json-key=outlines %s | python3 -c \"\n"
                           "import json, sys\n"
                           "def show(items, depth):\n"
                           "    for o in items:\n"
                           "        print(depth, o['title'], o['destpageposfrom1'], o['dest'][1], "
                           "round(o['dest'][3], 2))\n"
                           "        show(o['kids'], depth + 1)\n"
                           "show(json.load(sys.stdin)['outlines'], 1)\"",
                           path("t.pdf"));
    assert_string_equal(
        tree, "1 一、基本情况 1 /XYZ 741.89\n2 曾用名𬱖 1 /XYZ 701.89\n3 (c) \\ "
              "深 2 /XYZ 751.89\n"
              "2 学历 2 /XYZ 641.89\n1 二、业绩 3 /XYZ 791.89\n");
    const char *links = run("qpdf --json=2 --json-key=qpdf %s | python3 -c \"\n"
                            "import json, sys\n"
                            "objects = json.load(sys.stdin)['qpdf'][1]\n"
                            "values = [o['value'] for o in objects.values() if 'value' in o]\n"
                            "pages = next(v for v in values if isinstance(v, dict) and "
                            "v.get('/Type') == '/Pages')['/Kids']\n"
                            "for v in values:\n"
                            "    if isinstance(v, dict) and v.get('/Subtype') == '/Link':\n"
                            "        print([round(x) for x in v['/Rect']], "
                            "pages.index(v['/Dest'][0]), round(v['/Dest'][3], 2))\n"
                            "    if isinstance(v, dict) and v.get('/Type') == '/Catalog':\n"
                            "        print(v['/Lang'], v['/PageMode'])\"",
                            path("t.pdf"));
    assert_contains(links, "[60, 427, 160, 442] 2 541.89\n[60, 407, 160, 422] 0 841.89\n");
    assert_contains(links, "u:zh-CN /UseOutlines");
    const char *info = run("TZ=UTC pdfinfo -rawdates %s", path("t.pdf"));
    assert_contains(info, "专业技术职务任职资格评审表");
    assert_contains(info, "申报材料 𬱖");
    assert_contains(info, "某某研究院（一）");
    assert_contains(info, "Creator:         shenbao");
    assert_contains(info, "D:20260930000000+08'00'");
}

/* Hands out a document page by page, or gives up before page stop. */
struct stretches {
    const struct pages *all;
    struct pages one;
    size_t at, stop;
};

static bool next_page(void *data, const struct pages **out)
{
    struct stretches *s = data;
    if (s->at == s->stop)
        return false;
    s->one = *s->all;
    s->one.list = &s->all->list[s->at];
    s->one.n = 1;
    *out = s->at++ < s->all->n ? &s->one : NULL;
    return true;
}

static void pages_may_come_in_stretches(void **state)
{
    (void)state;
    struct pages all = form();
    struct stretches s = {.all = &all, .stop = SIZE_MAX};
    struct buffer out = {0};
    struct diag d = {0};
    write_file(&all, "whole.pdf");
    assert_true(pdf_write_stretches(next_page, &s, &out, &d));
    assert_int_equal(s.at, all.n + 1);
    assert_int_equal(d.n, 0);
    save("t.pdf", out.data, out.len);
    for (int i = 0; i < 2; i++) {
        const char *name = path(i ? "t.pdf" : "whole.pdf");
        assert_null(strstr(run("qpdf --check %s", name), "WARNING"));
        run("mutool draw -q -r 40 -F pnm -o %s.pnm %s", name, name);
        run("pdftotext -layout %s %s.txt", name, name);
        run("pdfinfo %s | grep -v -e 'File size' > %s.info", name, name);
    }
    for (int i = 0; i < 3; i++) {
        const char *kind = (const char *[]){"pnm", "txt", "info"}[i];
        run("cmp %s.%s %s.%s", path("whole.pdf"), kind, path("t.pdf"), kind);
    }

    size_t len = out.len;
    s = (struct stretches){.all = &all, .stop = 2};
    assert_false(pdf_write_stretches(next_page, &s, &out, &d));
    assert_int_equal(out.len, len);
    assert_int_equal(d.n, 0); /* who gives up has reported why */
    buffer_clear(&out);
    diag_clear(&d);
}

static void a_dangling_link_is_reported_once_and_left_out(void **state)
{
    (void)state;
    struct pages all = form();
    struct buffer out = {0};
    struct diag d = {0};
    for (size_t i = 0; i < 3; i++)
        add_item(&all.list[i], ITEM_LINK)->u.link = (struct item_link){60, 400, 100, 15, "nowhere"};
    assert_true(pdf_write(&all, &out, &d));
    assert_int_equal(d.n, 1);
    assert_int_equal(d.system_faults, 1);
    assert_contains(d.list[0].text[LANGUAGE_EN], "\"nowhere\"");
    save("t.pdf", out.data, out.len);
    assert_null(strstr(run("qpdf --qdf %s -", path("t.pdf")), "/Link"));
    buffer_clear(&out);
    diag_clear(&d);
}

/* Each is the good form with one thing wrong: one system error, nothing written, nothing leaked
 * (the sanitizers watch). */
static void a_broken_document_is_given_up_whole(void **state)
{
    (void)state;
    enum {
        PAGE_SIZE,
        GLYPH,
        PLACE,
        NUMBER,
        WIDE,
        LINK,
        NONE,
        OUTLINE,
        DATE,
        PICTURE,
        TITLE,
        CASES
    };
    static const char *const want[CASES] = {
        [PAGE_SIZE] = "0x1054",
        [GLYPH] = "U+4E00",
        [PLACE] = "page 2",
        [NUMBER] = "page 2",
        [WIDE] = "nan",
        [LINK] = "nan",
        [NONE] = "no pages",
        [PICTURE] = "decoded",
        [TITLE] = "libharu",
        [DATE] = "2026/9/30",
        [OUTLINE] = "page 4 of 3",
    };
    static struct media_image picture = {
        .type = MEDIA_PNG, .width = 4, .height = 2, .components = 3};
    static struct page_outline outline = {1, "x", 3, 0};
    static struct page_anchor anchor = {"a", 0, 0};
    for (int i = 0; i < CASES; i++) {
        struct pages all = form();
        struct page *p = &all.list[1];
        struct buffer out = {0};
        struct diag d = {0};
        struct text_glyph glyph = {.face = fonts_primary(fonts, ROLE_SONG), .cp = 0x4E00};
        switch (i) {
        case PAGE_SIZE:
            p->width = 1;
            break;
        case GLYPH:
            add_item(p, ITEM_TEXT)->u.text =
                (struct item_text){.size = 10, .face = glyph.face, .glyphs = &glyph, .n = 1};
            break;
        case PLACE:
            add_line(p, 0, 0, 1e9, 0, 1);
            break;
        case NUMBER:
            add_line(p, 0, 0, (double)NAN, 0, 1);
            break;
        case WIDE:
            p->width = (double)NAN;
            break;
        case LINK:
            all.anchors = &anchor;
            all.n_anchors = 1;
            add_item(p, ITEM_LINK)->u.link = (struct item_link){(double)NAN, 0, 10, 10, "a"};
            break;
        case NONE:
            all.n = 0;
            break;
        case OUTLINE:
            all.outline = &outline;
            all.n_outline = 1;
            break;
        case DATE:
            all.created = "2026/9/30";
            break;
        case PICTURE:
            add_item(p, ITEM_IMAGE)->u.image = (struct item_image){0, 0, 10, 10, &picture, NULL};
            break;
        case TITLE: { /* longer than a PDF string may be */
            char *title = arena_alloc(&arena, 70001, 1);
            memset(title, 'a', 70000);
            all.title = title;
            break;
        }
        }
        buffer_puts(&out, "before");
        assert_false(pdf_write(&all, &out, &d));
        assert_int_equal(out.len, 6);
        assert_memory_equal(out.data, "before", 6);
        assert_int_equal(d.n, 1);
        assert_int_equal(d.system_faults, 1);
        assert_contains(d.list[0].text[LANGUAGE_EN], want[i]);
        assert_true(utf8_count(d.list[0].text[LANGUAGE_ZH]) <
                    strlen(d.list[0].text[LANGUAGE_ZH])); /* Chinese, too */
        buffer_clear(&out);
        diag_clear(&d);
    }
    struct pages good = form(); /* and the next document is none the worse */
    write_file(&good, "t.pdf");
}

enum { LENT = 150001 };

/* No picture, but what of one goes into a file. */
static struct media_image big_jpeg(unsigned char *data, unsigned seed)
{
    for (size_t i = 0; i < LENT; i++)
        data[i] = (unsigned char)(i * 7 + i / 4096 + seed);
    memcpy(data, "\xFF\xD8", 2);
    return (struct media_image){.type = MEDIA_JPEG,
                                .orientation = 1,
                                .width = 40,
                                .height = 20,
                                .components = 1,
                                .jpeg = data,
                                .jpeg_size = LENT,
                                .jpeg_lent = true};
}

static unsigned char *own_pages(void)
{
    void *p = mmap(NULL, LENT, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(p != MAP_FAILED);
    return p;
}

/* Two whose memory moves; between them one that shares the first's, and one in memory that cannot
 * move. */
static void pictures_that_are_lent_go_into_the_file(void **state)
{
    (void)state;
    unsigned char *first = own_pages(), *last = own_pages(), *odd = mem_alloc(LENT + 1, 1);
    struct media_image list[] = {big_jpeg(first, 0), {0}, big_jpeg(odd + 1, 1), big_jpeg(last, 2)};
    struct buffer out = {0}, copied = {0};
    struct diag d = {0};
    struct pages all = new_pages();

    list[1] = list[0];
    list[1].orientation = 8;
    list[1].jpeg_lent = false;
    for (int i = 0; i < 4; i++) {
        struct page *p = add_page(&all);
        add_line(p, 0, 2.5, 24, 2.5, 5);
        add_item(p, ITEM_IMAGE)->u.image = (struct item_image){20, 30, 40, 20, &list[i], NULL};
        save(arena_printf(&arena, "want-00%d.jpg", i), list[i].jpeg, LENT);
    }
    assert_true(pdf_write(&all, &copied, &d));
    save("copied.pdf", copied.data, copied.len);
    assert_true(pdf_write_mapped(&all, &out, &d));
    assert_int_equal(d.n, 0);
    save("lent.pdf", out.data, out.len);
    run("cd %s && pdfimages -all lent.pdf got && for i in 0 1 2 3; do cmp got-00$i.jpg "
        "want-00$i.jpg || exit 1; done",
        dir);
    run("cd %s && for f in lent copied; do qpdf --static-id --decode-level=none "
        "--object-streams=generate $f.pdf $f.q; "
        "done && cmp lent.q copied.q",
        dir);
    assert_int_equal(first[0] | last[0], 0);
    assert_int_equal(odd[1], 0xFF);
    pdf_unmap(&out);
    pdf_unmap(&out);
    buffer_clear(&copied);
    munmap(first, LENT);
    munmap(last, LENT);
    free(odd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_is_read_back),
        cmocka_unit_test(characters_of_one_glyph_stay_themselves),
        cmocka_unit_test(hundreds_of_characters_keep_their_order),
        cmocka_unit_test(a_shift_moves_the_glyph),
        cmocka_unit_test(glyphs_stand_where_layout_put_them),
        cmocka_unit_test(fonts_are_embedded_subset_and_unicode),
        cmocka_unit_test(spread_text_and_checkboxes_are_copied_as_words),
        cmocka_unit_test(the_watermark_is_behind_each_page),
        cmocka_unit_test(equal_pages_are_equal_bytes),
        cmocka_unit_test(two_renderers_agree),
        cmocka_unit_test(pictures_stand_upright),
        cmocka_unit_test(transparent_and_grey_pixels),
        cmocka_unit_test(links_outline_and_information),
        cmocka_unit_test(pages_may_come_in_stretches),
        cmocka_unit_test(a_turned_page_has_its_head_at_the_left),
        cmocka_unit_test(a_dangling_link_is_reported_once_and_left_out),
        cmocka_unit_test(a_broken_document_is_given_up_whole),
        cmocka_unit_test(pictures_that_are_lent_go_into_the_file),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
