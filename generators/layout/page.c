/* page.c - pages as text, for the goldens: one line an item, in drawing order. */
#include "layout/page.h"

#include "core/utf8.h"

#include <string.h>

/* Items a, then items b, in new memory: what pages_append adds to may be borrowed. */
static void *join_arrays(struct arena *arena, const void *a, size_t n, const void *b, size_t m,
                         size_t size)
{
    char *all = arena_alloc(arena, n + m + 1, size);
    if (n)
        memcpy(all, a, n * size);
    if (m)
        memcpy(all + n * size, b, m * size);
    return all;
}

void pages_note_fallback(struct arena *arena, struct pages *p, struct page_fallback f)
{
    for (size_t i = 0; i < p->n_fallback; i++)
        if (p->fallback[i].cp == f.cp && p->fallback[i].role == f.role)
            return;
    *ARENA_PUSH(arena, p->fallback, p->n_fallback, p->cap_fallback) = f;
}

void pages_append(struct arena *arena, struct pages *to, const struct pages *from)
{
    size_t page = to->n, mark = to->n_watermarks;

    to->watermarks = join_arrays(arena, to->watermarks, mark, from->watermarks, from->n_watermarks,
                                 sizeof *to->watermarks);
    to->n_watermarks += from->n_watermarks;
    for (size_t i = 0; i < from->n; i++) {
        struct page *p = ARENA_PUSH(arena, to->list, to->n, to->cap);
        *p = from->list[i];
        p->items = join_arrays(arena, p->items, p->n, NULL, 0, sizeof *p->items);
        p->cap = p->n;
        p->watermark_first = mark + (p->marked ? p->watermark_first : 0);
        p->watermark_end = mark + (p->marked ? p->watermark_end : from->n_watermarks);
        p->marked = true;
    }
    for (size_t i = 0; i < from->n_anchors; i++) {
        struct page_anchor *a = ARENA_PUSH(arena, to->anchors, to->n_anchors, to->cap_anchors);
        *a = from->anchors[i];
        a->page += page;
    }
    for (size_t i = 0; i < from->n_outline; i++) {
        struct page_outline *o = ARENA_PUSH(arena, to->outline, to->n_outline, to->cap_outline);
        *o = from->outline[i];
        o->page += page;
    }
    for (size_t i = 0; i < from->n_fitted; i++)
        *ARENA_PUSH(arena, to->fitted, to->n_fitted, to->cap_fitted) = from->fitted[i];
    for (size_t i = 0; i < from->n_fallback; i++)
        pages_note_fallback(arena, to, from->fallback[i]);
}

static void shift(double *x, double *y, double dx, double dy)
{
    *x += dx;
    *y += dy;
}

void page_overlay(struct arena *arena, struct page *to, const struct page *from, double dx,
                  double dy)
{
    for (size_t i = 0; i < from->n; i++) {
        struct page_item *item = ARENA_PUSH(arena, to->items, to->n, to->cap);
        *item = from->items[i];
        switch (item->kind) {
        case ITEM_TEXT:
            shift(&item->u.text.x, &item->u.text.y, dx, dy);
            break;
        case ITEM_LINE:
            shift(&item->u.line.x0, &item->u.line.y0, dx, dy);
            shift(&item->u.line.x1, &item->u.line.y1, dx, dy);
            break;
        case ITEM_CHECKBOX:
            shift(&item->u.checkbox.x, &item->u.checkbox.y, dx, dy);
            break;
        case ITEM_IMAGE:
            shift(&item->u.image.x, &item->u.image.y, dx, dy);
            break;
        case ITEM_LINK:
            shift(&item->u.link.x, &item->u.link.y, dx, dy);
            break;
        }
    }
}

static void print_glyphs(const struct text_glyph *g, size_t n, FILE *out)
{
    char c[4];
    fputc('"', out);
    for (size_t i = 0; i < n; i++) {
        fwrite(c, 1, utf8_put(g[i].cp, c), out);
        if (g[i].vs)
            fwrite(c, 1, utf8_put(g[i].vs, c), out);
        const struct font_composite *f = g[i].face ? face_composite(g[i].face, g[i].gid) : NULL;
        for (size_t k = 0; f && k < f->sequence.n_marks; k++)
            fwrite(c, 1, utf8_put(f->sequence.marks[k], c), out);
    }
    fputs("\"\n", out);
}

static void print_item(const struct page_item *i, FILE *out)
{
    switch (i->kind) {
    case ITEM_TEXT: {
        const struct item_text *t = &i->u.text;
        const struct text_glyph *last = &t->glyphs[t->n - 1];
        fprintf(out, "  text %.1f..%.1f %.1f %s %g%s%s ", t->x + t->glyphs->x,
                t->x + last->x + last->width, t->y, face_name(t->face), t->size,
                t->color == COLOR_RED ? " red" : "", t->actual ? " spread" : "");
        print_glyphs(t->glyphs, t->n, out);
        break;
    }
    case ITEM_LINE:
        fprintf(out, "  line %.1f,%.1f %.1f,%.1f %g%s\n", i->u.line.x0, i->u.line.y0, i->u.line.x1,
                i->u.line.y1, i->u.line.weight, i->u.line.color == COLOR_RED ? " red" : "");
        break;
    case ITEM_CHECKBOX:
        fprintf(out, "  checkbox %.1f,%.1f %.1f %s\n", i->u.checkbox.x, i->u.checkbox.y,
                i->u.checkbox.size, i->u.checkbox.actual);
        break;
    case ITEM_IMAGE:
        fprintf(out, "  image %.1f,%.1f %.1fx%.1f\n", i->u.image.x, i->u.image.y, i->u.image.width,
                i->u.image.height);
        break;
    case ITEM_LINK:
        fprintf(out, "  link %.1f,%.1f %.1fx%.1f %s\n", i->u.link.x, i->u.link.y, i->u.link.width,
                i->u.link.height, i->u.link.to);
        break;
    }
}

void pages_print(const struct pages *p, FILE *out)
{
    for (size_t i = 0; i < p->n; i++) {
        fprintf(out, "page %zu %.1fx%.1f\n", i + 1, p->list[i].width, p->list[i].height);
        for (size_t k = 0; k < p->list[i].n; k++)
            print_item(&p->list[i].items[k], out);
    }
    for (size_t i = 0; i < p->n_outline; i++)
        fprintf(out, "outline %d page %zu %.1f \"%s\"\n", p->outline[i].level,
                p->outline[i].page + 1, p->outline[i].y, p->outline[i].title);
    for (size_t i = 0; i < p->n_anchors; i++)
        fprintf(out, "anchor %s page %zu %.1f\n", p->anchors[i].name, p->anchors[i].page + 1,
                p->anchors[i].y);
    for (size_t i = 0; i < p->n_watermarks; i++)
        fprintf(out, "watermark \"%s\" at %zu places, %g degrees\n", p->watermarks[i].text,
                p->watermarks[i].n_centres, p->watermarks[i].angle);
    for (size_t i = 0; i < p->n_fitted; i++)
        fprintf(out, "fitted %s %g -> %g%s\n", p->fitted[i].label ? p->fitted[i].label : "-",
                p->fitted[i].from, p->fitted[i].to, p->fitted[i].continued ? " continued" : "");
}
