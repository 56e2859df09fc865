/* lettering.c - see lettering.h. */
#include "bind/lettering.h"

#include "core/utf8.h"

#include <math.h>
#include <string.h>

#define LEADING 1.2         /* of the size, from baseline to baseline */
#define LARGEST_ONE_LINE 24 /* points, where the box decides */
#define LARGEST_OF_LINES 12
#define STEP 0.5
#define SMALLEST 3  /* a page's side in a PDF (annex C) */
#define ENDLESS 1e6 /* a measure that breaks no line */

struct setting {
    struct arena *arena;
    struct fonts *fonts;
    const char *text;
    double width, height;
    const struct lettering_style *style;
};

static enum text_align paragraph_align(enum lettering_align align)
{
    switch (align) {
    case LETTERING_CENTRE:
        return ALIGN_CENTER;
    case LETTERING_RIGHT:
        return ALIGN_RIGHT;
    case LETTERING_LEFT:
        break;
    }
    return ALIGN_LEFT;
}

static struct text_lines *set_lines(const struct setting *s, const char *text, size_t len,
                                    double size, double measure, enum text_align align)
{
    const struct text_span span = {.text = text, .len = len, .role = s->style->role, .size = size};
    const struct paragraph_style style = {.width = measure, .align = align};
    return paragraph_set(s->arena, s->fonts, &span, 1, &style);
}

/* A line's glyphs as runs of one face, from x on the baseline y (downward). */
static void add_line(const struct setting *s, struct page *page, const struct text_line *line,
                     double x, double y)
{
    for (size_t from = 0, to; from < line->n; from = to) {
        const struct face *face = line->glyphs[from].face;
        for (to = from + 1; to < line->n && line->glyphs[to].face == face;)
            to++;
        *ARENA_PUSH(s->arena, page->items, page->n, page->cap) =
            (struct page_item){.kind = ITEM_TEXT,
                               .u.text = {.x = x,
                                          .y = y,
                                          .size = line->size,
                                          .face = face,
                                          .glyphs = &line->glyphs[from],
                                          .n = to - from}};
    }
}

/* The baseline of one line whose em box stands in the middle of the height. */
static double middle_baseline(const struct setting *s, double size)
{
    return s->height / 2 + size * (FONT_ASCENT - FONT_DESCENT) / 2;
}

static double largest_size(const struct setting *s, double at_most)
{
    if (s->style->size > 0)
        return fmax(s->style->size, LETTERING_LEAST);
    return fmax(fmin(s->height / LEADING, at_most), LETTERING_LEAST);
}

static enum lettering_end set_one_line(const struct setting *s, struct page *page)
{
    double size = largest_size(s, LARGEST_ONE_LINE);
    size_t len = strlen(s->text);
    double width = set_lines(s, s->text, len, size, ENDLESS, ALIGN_LEFT)->lines[0].right;

    if (width > s->width)
        size = floor(size * s->width / width * 100) / 100;
    if (size < LETTERING_LEAST)
        return LETTERING_TOO_LONG;
    struct text_lines *lines = set_lines(s, s->text, len, size, ENDLESS, ALIGN_LEFT);
    double slack = fmax(s->width - lines->lines[0].right, 0);
    double x = s->style->align == LETTERING_RIGHT    ? slack
               : s->style->align == LETTERING_CENTRE ? slack / 2
                                                     : 0;
    add_line(s, page, &lines->lines[0], x, middle_baseline(s, size));
    return LETTERING_SET;
}

static enum lettering_end set_several_lines(const struct setting *s, struct page *page)
{
    enum text_align align = paragraph_align(s->style->align);
    for (double size = largest_size(s, LARGEST_OF_LINES);; size -= STEP) {
        size = fmax(size, LETTERING_LEAST);
        struct text_lines *lines =
            set_lines(s, s->text, strlen(s->text), size, fmax(s->width, size), align);
        if ((double)(lines->n - 1) * LEADING * size + size <= s->height + 0.01 &&
            ((!lines->overflow && !lines->word_broken) || size <= LETTERING_LEAST)) {
            for (size_t i = 0; i < lines->n; i++)
                add_line(s, page, &lines->lines[i], 0, size * (FONT_ASCENT + (double)i * LEADING));
            return LETTERING_SET;
        }
        if (size <= LETTERING_LEAST)
            return LETTERING_TOO_LONG;
    }
}

static enum lettering_end set_cells(const struct setting *s, struct page *page)
{
    double cell = s->width / (double)s->style->cells;
    double size = fmin(largest_size(s, LARGEST_ONE_LINE), fmax(cell, LETTERING_LEAST));
    size_t count = utf8_count(s->text), at = 0;

    if (count > s->style->cells)
        return LETTERING_TOO_LONG;
    if (s->style->align == LETTERING_RIGHT)
        at = s->style->cells - count;
    else if (s->style->align == LETTERING_CENTRE)
        at = (s->style->cells - count) / 2;
    for (size_t i = 0, len = strlen(s->text), used; i < len; i += used, at++) {
        utf8_next(s->text + i, len - i, &used);
        struct text_lines *one = set_lines(s, s->text + i, used, size, ENDLESS, ALIGN_LEFT);
        add_line(s, page, &one->lines[0], ((double)at + 0.5) * cell - one->lines[0].right / 2,
                 middle_baseline(s, size));
    }
    return LETTERING_SET;
}

static const char *on_one_line(struct arena *arena, const char *text)
{
    char *line = arena_strdup(arena, text);
    for (char *p = line; *p; p++)
        if (*p == '\n' || *p == '\r')
            *p = ' ';
    return line;
}

/* What a private-use character looks like is known to the font alone that it was typed in. Text
 * that runs from the right (Unicode's blocks of the bidirectional classes R and AL) is not set
 * here: whichever font has its letters, they would stand in the wrong order and unjoined. */
static uint32_t find_unset(const char *text)
{
    static const uint32_t ranges[][2] = {{0x590, 0x8FF},     {0xE000, 0xF8FF},   {0xFB1D, 0xFDFF},
                                         {0xFE70, 0xFEFE},   {0x10800, 0x10FFF}, {0x1E800, 0x1EFFF},
                                         {0xF0000, 0x10FFFF}};
    for (size_t i = 0, len = strlen(text), used; i < len; i += used) {
        uint32_t cp = utf8_next(text + i, len - i, &used);
        for (size_t k = 0; k < sizeof ranges / sizeof *ranges; k++)
            if (cp >= ranges[k][0] && cp <= ranges[k][1])
                return cp;
    }
    return 0;
}

enum lettering_end lettering_set(struct arena *arena, struct fonts *fonts, const char *text,
                                 double width, double height, const struct lettering_style *style,
                                 struct page *out, uint32_t *missing)
{
    struct setting s = {arena, fonts, text, fmax(width, SMALLEST), fmax(height, SMALLEST), style};
    if (!style->lines)
        s.text = on_one_line(arena, text);
    const struct text_lines *trial =
        set_lines(&s, s.text, strlen(s.text), LETTERING_LEAST, ENDLESS, ALIGN_LEFT);
    *out = (struct page){.width = s.width, .height = s.height, .marked = true};
    *missing = trial->n_missing ? trial->missing[0].cp : find_unset(s.text);
    if (*missing)
        return LETTERING_NO_GLYPH;
    if (style->lines)
        return set_several_lines(&s, out);
    return style->cells ? set_cells(&s, out) : set_one_line(&s, out);
}
