/* content.c - see content.h. ISO 32000-1, 8 (graphics), 9 (text), 14.6 and 14.9.4 (marked content,
 * ActualText). */
#include "pdf/content.h"

#include "core/utf8.h"
#include "pdf/utf16.h"

#include <math.h>
#include <string.h>

enum { PLACE_DIGITS = 2, MATRIX_DIGITS = 5 }; /* 1/100 pt is a sixth of a dot at 1200 dpi */

/* units are 10^-digits; trailing zeros are left out. */
static void put_fixed(struct content *c, long units, int digits)
{
    char text[32], *p = text + sizeof text;
    bool negative = units < 0, point = false;
    unsigned long v = negative ? 0 - (unsigned long)units : (unsigned long)units;
    for (; digits > 0; digits--, v /= 10)
        if (point || v % 10) {
            *--p = (char)('0' + v % 10);
            point = true;
        }
    if (point)
        *--p = '.';
    if (v || !point)
        do
            *--p = (char)('0' + v % 10);
        while (v /= 10);
    if (negative)
        *--p = '-';
    buffer_add(&c->out, p, (size_t)(text + sizeof text - p));
    buffer_putc(&c->out, ' ');
}

static long fixed(struct content *c, double v, double scale)
{
    if (!(fabs(v) <= 32767)) {
        c->bad = true;
        return 0;
    }
    return lround(v * scale);
}

static void put(struct content *c, double v)
{
    put_fixed(c, fixed(c, v, 100), PLACE_DIGITS);
}

static void leave(struct content *c)
{
    if (c->mode == CONTENT_TEXT)
        buffer_puts(&c->out, "ET\n");
    else if (c->mode == CONTENT_PATH)
        buffer_puts(&c->out, "f\n");
    c->mode = CONTENT_PAGE;
}

static void enter_text(struct content *c)
{
    if (c->mode == CONTENT_TEXT)
        return;
    leave(c);
    buffer_puts(&c->out, "BT\n");
    c->mode = CONTENT_TEXT;
    c->line_x = c->line_y = 0;
}

static bool same_ink(struct content_ink a, struct content_ink b)
{
    return a.gray == b.gray && a.color == b.color;
}

static void put_ink(struct content *c, struct content_ink ink, const char *gray, const char *rgb)
{
    if (ink.color == COLOR_RED) {
        buffer_puts(&c->out, "1 0 0 ");
        buffer_puts(&c->out, rgb);
    } else {
        put(c, ink.gray);
        buffer_puts(&c->out, gray);
    }
}

static void set_fill(struct content *c, struct content_ink ink)
{
    if (same_ink(ink, c->fill))
        return;
    c->fill = ink;
    put_ink(c, ink, "g\n", "rg\n");
}

static void set_stroke(struct content *c, struct content_ink ink, double weight)
{
    if (!same_ink(ink, c->stroke)) {
        leave(c);
        put_ink(c, ink, "G\n", "RG\n");
        c->stroke = ink;
    }
    if (weight != c->weight) {
        leave(c);
        put(c, weight);
        buffer_puts(&c->out, "w\n");
        c->weight = weight;
    }
}

/* The next text begins at x, y (upward), set in the font at the size. */
static void start_line(struct content *c, const struct pdf_font *font, double size, double x,
                       double y)
{
    long to_x = fixed(c, x, 100), to_y = fixed(c, y, 100);
    enter_text(c);
    if (font != c->font || size != c->size) {
        buffer_printf(&c->out, "/%s ", pdf_font_name(font));
        put(c, size);
        buffer_puts(&c->out, "Tf\n");
        c->font = font;
        c->size = size;
    }
    put_fixed(c, to_x - c->line_x, PLACE_DIGITS);
    put_fixed(c, to_y - c->line_y, PLACE_DIGITS);
    buffer_puts(&c->out, "Td\n");
    c->line_x = to_x;
    c->line_y = to_y;
}

static void put_code(struct content *c, unsigned code)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char *p = buffer_room(&c->out, 4);
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)digits[code >> (12 - 4 * i) & 15];
}

/* What a stream starts with: black, lines of 1 pt, no font. */
static void plain_state(struct content *c, double height)
{
    *c = (struct content){.out = c->out, .bad = c->bad, .height = height, .weight = 1};
}

void content_begin(struct content *c, double height)
{
    c->bad = false;
    plain_state(c, height);
    c->out.len = 0;
}

void content_turn(struct content *c, double height)
{
    buffer_puts(&c->out, "q 0 1 -1 0 ");
    put_fixed(c, fixed(c, height, 100), PLACE_DIGITS);
    buffer_puts(&c->out, "0 cm\n");
    c->height = height;
}

void content_upright(struct content *c, double height)
{
    leave(c);
    buffer_puts(&c->out, "Q\n");
    plain_state(c, height);
}

void content_begin_actual(struct content *c, const char *text)
{
    struct buffer unicode = {0};
    if (!text || !*text)
        return;
    utf16_string(&unicode, text);
    buffer_puts(&c->out, "/Span<</ActualText");
    utf16_hex(&c->out, unicode.data, unicode.len);
    buffer_puts(&c->out, ">>BDC\n");
    buffer_clear(&unicode);
}

void content_end_actual(struct content *c, const char *text)
{
    if (text && *text)
        buffer_puts(&c->out, "EMC\n");
}

void content_end(struct content *c)
{
    leave(c);
}

void content_clear(struct content *c)
{
    buffer_clear(&c->out);
}

void content_text(struct content *c, struct pdf_font *font, const struct item_text *t)
{
    if (t->n == 0)
        return;
    double pen = t->glyphs[0].x + t->glyphs[0].shift;
    enter_text(c);
    set_fill(c, (struct content_ink){t->gray, t->color});
    content_begin_actual(c, t->actual);
    start_line(c, font, t->size, t->x + pen, c->height - t->y);
    buffer_puts(&c->out, "[<");
    for (size_t i = 0; i < t->n; i++) {
        const struct text_glyph *g = &t->glyphs[i];
        unsigned code = pdf_font_code(font, g->cp, g->vs, g->gid);
        /* Thousandths of an em, taken off the pen; what rounding leaves is made up for by the next
         * glyph. */
        long back = t->size > 0 ? fixed(c, (pen - g->x - g->shift) / t->size, 1000) : 0;
        if (back) {
            buffer_putc(&c->out, '>');
            put_fixed(c, back, 0);
            c->out.data[c->out.len - 1] = '<';
            pen -= (double)back * t->size / 1000;
        }
        put_code(c, code);
        pen += pdf_font_width(font, code) * t->size / 1000;
    }
    buffer_puts(&c->out, ">]TJ\n");
    content_end_actual(c, t->actual);
}

/* A rule is a filled area, not a stroke: renderers widen thin strokes to whole pixels, each in its
 * own way, but agree on what an area covers. Rules of one shade are one path. */
void content_line(struct content *c, const struct item_line *l)
{
    struct content_ink ink = {l->gray, l->color};
    bool upright = fabs(l->x1 - l->x0) < fabs(l->y1 - l->y0);
    double half = l->weight / 2, dx = upright ? half : 0, dy = upright ? 0 : half;
    double left = fmin(l->x0, l->x1) - dx, bottom = fmax(l->y0, l->y1) + dy;
    if (c->mode != CONTENT_PATH || !same_ink(ink, c->fill))
        leave(c);
    set_fill(c, ink);
    c->mode = CONTENT_PATH;
    put(c, left);
    put(c, c->height - bottom);
    put(c, fabs(l->x1 - l->x0) + 2 * dx);
    put(c, fabs(l->y1 - l->y0) + 2 * dy);
    buffer_puts(&c->out, "re\n");
}

/* The square is a path, since few faces have both; a blank glyph under it carries the character for
 * those who copy text without minding ActualText. */
void content_checkbox(struct content *c, struct pdf_font *font, const struct item_checkbox *b)
{
    double weight = fmax(b->size * 0.06, 0.4), inset = b->checked ? 0 : weight / 2,
           side = b->size - 2 * inset;
    size_t used, len = b->actual ? strlen(b->actual) : 0;
    leave(c); /* no colour is set within a path */
    if (b->checked)
        set_fill(c, (struct content_ink){0, COLOR_BLACK});
    else
        set_stroke(c, (struct content_ink){0, COLOR_BLACK}, weight);
    content_begin_actual(c, b->actual);
    put(c, b->x + inset);
    put(c, c->height - b->y - b->size + inset);
    put(c, side);
    put(c, side);
    buffer_puts(&c->out, b->checked ? "re f\n" : "re S\n");
    if (len && font) {
        unsigned code = pdf_font_blank(font, utf8_next(b->actual, len, &used));
        start_line(c, font, b->size, b->x, c->height - b->y - b->size * FONT_ASCENT);
        buffer_putc(&c->out, '<');
        put_code(c, code);
        buffer_puts(&c->out, ">Tj\n");
        leave(c);
    }
    content_end_actual(c, b->actual);
}

void content_object(struct content *c, const char *name, const double matrix[6], bool artifact)
{
    leave(c);
    if (artifact)
        buffer_puts(&c->out, "/Artifact<</Type/Pagination/Subtype/Watermark>>BDC\n");
    buffer_puts(&c->out, "q ");
    for (int i = 0; i < 6; i++)
        put_fixed(c, fixed(c, matrix[i], 100000), MATRIX_DIGITS);
    buffer_printf(&c->out, "cm /%s Do Q\n", name);
    if (artifact)
        buffer_puts(&c->out, "EMC\n");
}
