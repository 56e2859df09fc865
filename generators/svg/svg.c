/* svg.c - see svg.h. SVG 1.1 (second edition): 5.3 (groups), 5.6 (use), 8.3 (path data). */
#include "svg/svg.h"

#include "core/cells.h"
#include "core/markup.h"
#include "record/node.h"
#include "svg/outline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_VALUE = 300 }; /* bytes that a group says of its field's value */

struct drawn_glyph {
    const struct face *face;
    uint32_t gid;
};

struct drawing {
    const struct pages *pages;
    const struct page *page;
    const struct svg_options *options;
    struct arena arena;
    struct diag *diag;
    struct buffer outlines, body;
    struct drawn_glyph *glyphs; /* by their numbers */
    size_t n_glyphs, cap_glyphs;
    const struct text_origin *field; /* the group that is open; NULL: none */
    bool failed;
};

/* --- numbers and colours --- */

/* As %.*f, without zeros at its end; thousands of them stand on a page. */
static void put(struct buffer *out, double v, int digits)
{
    enum { MOST_DIGITS = 6 };
    static const long long tens[MOST_DIGITS + 1] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    buffer_decimal(out, llround(v * (double)tens[digits]), digits);
}

/* name="value", in hundredths: as far as the PDF goes. */
static void put_attribute(struct buffer *out, const char *name, double value)
{
    buffer_putc(out, ' ');
    buffer_puts(out, name);
    buffer_puts(out, "=\"");
    put(out, value, 2);
    buffer_putc(out, '"');
}

static void put_box(struct buffer *out, double x, double y, double width, double height)
{
    put_attribute(out, "x", x);
    put_attribute(out, "y", y);
    put_attribute(out, "width", width);
    put_attribute(out, "height", height);
}

static void put_ink(struct buffer *out, const char *name, double gray, enum page_color color)
{
    int level = (int)lround(gray * 255);
    if (color == COLOR_RED)
        buffer_printf(out, " %s=\"#f00\"", name);
    else if (level || strcmp(name, "fill"))
        buffer_printf(out, " %s=\"#%02x%02x%02x\"", name, level, level, level);
}

static void put_word(struct buffer *out, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    buffer_printf(out, " %s=\"", name);
    buffer_markup(out, value);
    buffer_putc(out, '"');
}

/* --- glyphs --- */

static bool cannot_read(struct drawing *d, const struct text_glyph *g)
{
    d->failed = true;
    return diag_system(d->diag, (struct src_pos){face_file(g->face), 0},
                       "字形 %u（U+%04X）的轮廓读不出来；请换一个字体文件",
                       "the outline of glyph %u (U+%04X) cannot be read: use another font file",
                       g->gid, g->cp);
}

/* The glyph's number on this page, its outline told once; SIZE_MAX: it has none to draw. */
static size_t number_of(struct drawing *d, const struct text_glyph *g)
{
    for (size_t i = 0; i < d->n_glyphs; i++)
        if (d->glyphs[i].gid == g->gid && d->glyphs[i].face == g->face)
            return i;
    const struct glyph_record *record = glyph_record_get(g->face, g->gid);
    if (!record)
        cannot_read(d, g);
    if (!record || record->size == 0)
        return SIZE_MAX;
    buffer_printf(&d->outlines, "<path id=\"%sg%zu\" d=\"", d->options->prefix, d->n_glyphs);
    outline_path(record, &d->outlines);
    buffer_puts(&d->outlines, "\"/>\n");
    *ARENA_PUSH(&d->arena, d->glyphs, d->n_glyphs, d->cap_glyphs) =
        (struct drawn_glyph){g->face, g->gid};
    return d->n_glyphs - 1;
}

/* Its glyphs stand in font units, y upward. */
static void draw_run(struct drawing *d, const struct item_text *t, double gray)
{
    struct buffer *out = &d->body;
    double em = glyph_record_em(t->face), scale = em > 0 ? t->size / em : 0;

    if (t->n == 0 || scale == 0)
        return;
    buffer_puts(out, "<g transform=\"translate(");
    put(out, t->x, 2);
    buffer_putc(out, ' ');
    put(out, t->y, 2);
    buffer_puts(out, ") scale(");
    put(out, scale, 6);
    buffer_putc(out, ' ');
    put(out, -scale, 6);
    buffer_puts(out, ")\"");
    put_ink(out, "fill", gray, t->color);
    buffer_putc(out, '>');
    for (size_t i = 0; i < t->n; i++) {
        const struct text_glyph *g = &t->glyphs[i];
        size_t number = number_of(d, g);
        if (number == SIZE_MAX)
            continue;
        buffer_puts(out, "<use href=\"#");
        buffer_puts(out, d->options->prefix);
        buffer_putc(out, 'g');
        put(out, (double)number, 0);
        buffer_putc(out, '"');
        put_attribute(out, "x", (g->x + g->shift) / scale);
        buffer_puts(out, "/>");
    }
    buffer_puts(out, "</g>\n");
}

/* --- fields --- */

static void end_field(struct drawing *d)
{
    if (d->field)
        buffer_puts(&d->body, "</g>\n");
    d->field = NULL;
}

/* Where in the input a field stands, or the element below which it would. */
struct field_place {
    struct src_pos at;
    const char *path;
    const char *value; /* NULL: too long, or nobody can tell */
};

/* false: nothing of the record is shown. */
static bool find_field(struct drawing *d, const struct text_origin *o, struct field_place *out)
{
    const char *rest = "", *base;
    if (!o || (!o->node && !o->path))
        return false;
    if (o->node) {
        *out = (struct field_place){record_pos(o->node), record_path(o->node, &d->arena),
                                    record_text(o->node, &d->arena)};
    } else {
        record_node *n = record_follow((record_node *)o->from, o->path, &rest);
        base = record_path(n, &d->arena);
        *out = (struct field_place){
            record_pos(n), arena_printf(&d->arena, "%s%s%s", base, *base && *rest ? "/" : "", rest),
            !*rest         ? record_text(n, &d->arena)
            : *rest == '@' ? record_attribute(n, rest + 1, &d->arena)
                           : ""};
    }
    if (strlen(out->value) > LONGEST_VALUE)
        out->value = NULL;
    return true;
}

static const char *place_of(struct drawing *d, const struct text_origin *o,
                            const struct field_place *p)
{
    const char *sheet, *file = p->at.file ? p->at.file : "";
    char cell[CELL_NAME];
    if (cells_find(file, p->at.line, p->path, o->label, &sheet, cell))
        return arena_printf(&d->arena, "%s:%s!%s", file, sheet, cell);
    return arena_printf(&d->arena, "%s:%ld", file, p->at.line);
}

static void begin_field(struct drawing *d, const struct text_origin *o)
{
    struct field_place p;
    if (!find_field(d, o, &p))
        return;
    buffer_puts(&d->body, "<g class=\"field\"");
    put_word(&d->body, "data-field", p.path);
    put_word(&d->body, "data-label", o->label);
    put_word(&d->body, "data-place", place_of(d, o, &p));
    if (p.value && !*p.value)
        buffer_puts(&d->body, " data-value=\"\""); /* it is empty, and not unknown */
    else if (p.value)
        put_word(&d->body, "data-value", p.value);
    buffer_puts(&d->body, ">\n");
    d->field = o;
}

static void put_area(struct drawing *d, double x, double y, double width, double height)
{
    buffer_puts(&d->body, "<rect class=\"area\" fill=\"none\" pointer-events=\"all\"");
    put_box(&d->body, x, y, width, height);
    buffer_puts(&d->body, "/>\n");
}

/* What a pointer meets: the line's height, from the first glyph to the last. */
static void add_area(struct drawing *d, const struct item_text *t)
{
    const struct text_glyph *first = &t->glyphs[0], *last = &t->glyphs[t->n - 1];
    put_area(d, t->x + first->x, t->y - FONT_ASCENT * t->size, last->x + last->width - first->x,
             t->size);
}

static void draw_text(struct drawing *d, const struct item_text *t)
{
    if (t->n == 0)
        return;
    if (t->origin != d->field) {
        end_field(d);
        begin_field(d, t->origin);
    }
    if (d->field)
        add_area(d, t);
    draw_run(d, t, t->gray);
}

/* --- the rest of what stands on a page --- */

/* An area, not a stroke, as in the PDF. */
static void draw_rule(struct drawing *d, const struct item_line *l)
{
    bool upright = fabs(l->x1 - l->x0) < fabs(l->y1 - l->y0);
    double half = l->weight / 2, dx = upright ? half : 0, dy = upright ? 0 : half;
    buffer_puts(&d->body, "<rect");
    put_box(&d->body, fmin(l->x0, l->x1) - dx, fmin(l->y0, l->y1) - dy,
            fabs(l->x1 - l->x0) + 2 * dx, fabs(l->y1 - l->y0) + 2 * dy);
    put_ink(&d->body, "fill", l->gray, l->color);
    buffer_puts(&d->body, "/>\n");
}

static void draw_checkbox(struct drawing *d, const struct item_checkbox *b)
{
    double weight = fmax(b->size * 0.06, 0.4), inset = b->checked ? 0 : weight / 2;
    begin_field(d, b->origin);
    if (d->field)
        put_area(d, b->x, b->y, b->size, b->size);
    buffer_puts(&d->body, "<rect");
    put_box(&d->body, b->x + inset, b->y + inset, b->size - 2 * inset, b->size - 2 * inset);
    if (!b->checked) {
        buffer_puts(&d->body, " fill=\"none\" stroke=\"#000\"");
        put_attribute(&d->body, "stroke-width", weight);
    }
    buffer_puts(&d->body, "/>\n");
    end_field(d);
}

/* A frame where something stands that is not shown. */
static void draw_copy(struct drawing *d, const struct item_copy *c)
{
    struct buffer *out = &d->body;
    buffer_puts(out, "<g class=\"copy\"");
    put_word(out, "data-file", c->file);
    if (c->file)
        put_attribute(out, "data-page", (double)c->page);
    buffer_puts(out, "><rect fill=\"#f4f4f4\" stroke=\"#808080\"");
    put_box(out, c->x, c->y, c->width, c->height);
    buffer_puts(out, "/></g>\n");
}

static void draw_image(struct drawing *d, const struct item_image *i)
{
    const struct svg_options *o = d->options;
    const char *address = o->address ? o->address(o->data, i) : NULL;
    if (!address) {
        draw_copy(
            d, &(struct item_copy){.x = i->x, .y = i->y, .width = i->width, .height = i->height});
        return;
    }
    begin_field(d, i->origin);
    if (d->field)
        put_area(d, i->x, i->y, i->width, i->height);
    buffer_puts(&d->body, "<image preserveAspectRatio=\"none\"");
    put_word(&d->body, "href", address);
    put_box(&d->body, i->x, i->y, i->width, i->height);
    buffer_puts(&d->body, "/>\n");
    end_field(d);
}

static void draw_watermark(struct drawing *d, const struct page_watermark *w)
{
    for (size_t k = 0; k < w->n_centres; k++) {
        buffer_puts(&d->body, "<g class=\"watermark\" transform=\"translate(");
        put(&d->body, w->centres[k][0], 2);
        buffer_putc(&d->body, ' ');
        put(&d->body, w->centres[k][1], 2);
        buffer_puts(&d->body, ") rotate(");
        put(&d->body, -w->angle, 2);
        buffer_puts(&d->body, ")\">\n");
        for (size_t i = 0; i < w->n; i++)
            draw_run(d, &w->runs[i], w->gray);
        buffer_puts(&d->body, "</g>\n");
    }
}

static void draw_item(struct drawing *d, const struct page_item *item)
{
    if (item->kind != ITEM_TEXT)
        end_field(d);
    switch (item->kind) {
    case ITEM_TEXT:
        draw_text(d, &item->u.text);
        break;
    case ITEM_LINE:
        draw_rule(d, &item->u.line);
        break;
    case ITEM_CHECKBOX:
        draw_checkbox(d, &item->u.checkbox);
        break;
    case ITEM_IMAGE:
        draw_image(d, &item->u.image);
        break;
    case ITEM_LINK: /* leads to another page, which stands elsewhere */
        break;
    case ITEM_COPY:
        draw_copy(d, &item->u.copy);
        break;
    }
}

static void draw_page(struct drawing *d)
{
    const struct page *p = d->page;
    size_t end = p->marked ? p->watermark_end : d->pages->n_watermarks;
    if (p->turned) {
        buffer_puts(&d->body, "<g transform=\"matrix(0 -1 1 0 0 ");
        put(&d->body, p->height, 2);
        buffer_puts(&d->body, ")\">\n");
    }
    for (size_t i = p->marked ? p->watermark_first : 0; i < end; i++)
        draw_watermark(d, &d->pages->watermarks[i]);
    for (size_t i = 0; i < p->n; i++) {
        draw_item(d, &p->items[i]);
        if (i + 1 == p->turned) {
            end_field(d);
            buffer_puts(&d->body, "</g>\n");
        }
    }
    end_field(d);
}

bool svg_page(const struct pages *pages, size_t page, const struct svg_options *options,
              struct buffer *out, struct diag *diag)
{
    struct drawing d = {
        .pages = pages, .page = &pages->list[page], .options = options, .diag = diag};

    draw_page(&d);
    if (!d.failed) {
        buffer_puts(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ");
        put(out, d.page->width, 2);
        buffer_putc(out, ' ');
        put(out, d.page->height, 2);
        buffer_putc(out, '"');
        put_attribute(out, "width", d.page->width);
        put_attribute(out, "height", d.page->height);
        put_word(out, "lang", pages->language);
        buffer_puts(out, ">\n<title>");
        buffer_markup(out, pages->title);
        buffer_printf(out, " %zu/%zu</title>\n<defs>\n", page + 1, pages->n);
        buffer_add(out, d.outlines.data, d.outlines.len);
        buffer_puts(out, "</defs>\n");
        buffer_add(out, d.body.data, d.body.len);
        buffer_puts(out, "</svg>\n");
    }
    buffer_clear(&d.outlines);
    buffer_clear(&d.body);
    arena_free(&d.arena);
    return !d.failed;
}
