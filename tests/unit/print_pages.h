/* print_pages.h - pages as text, for the goldens: one line an item, in drawing order. */
#ifndef TESTS_PRINT_PAGES_H
#define TESTS_PRINT_PAGES_H

#include "core/utf8.h"
#include "layout/page.h"

static inline void print_glyphs(const struct text_glyph *g, size_t n, FILE *out)
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

static inline void print_item(const struct page_item *i, FILE *out)
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
    case ITEM_COPY:
        fprintf(out, "  copy %.1f,%.1f %.1fx%.1f %s %zu\n", i->u.copy.x, i->u.copy.y,
                i->u.copy.width, i->u.copy.height, i->u.copy.file, i->u.copy.page);
        break;
    }
}

static inline void pages_print(const struct pages *p, FILE *out)
{
    for (size_t i = 0; i < p->n; i++) {
        fprintf(out, "page %zu %.1fx%.1f%s\n", i + 1, p->list[i].width, p->list[i].height,
                p->list[i].turned ? " turned" : "");
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

#endif
