/* pages.h - what must hold of the pages of every paper. After cmocka.h. */
#ifndef TESTS_PAGES_H
#define TESTS_PAGES_H

#include "layout/layout.h"
#include "text/clreq.h"

static inline size_t glyphs_on(const struct page *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        n += p->items[i].kind == ITEM_TEXT ? p->items[i].u.text.n : 0;
    return n;
}

/* No rule runs through a text, and no text lies beyond the paper. */
static inline void no_text_touches_a_rule(const struct pages *pages)
{
    for (size_t i = 0; i < pages->n; i++) {
        const struct page *p = &pages->list[i];
        for (size_t k = 0; k < p->n; k++) {
            if (p->items[k].kind != ITEM_TEXT)
                continue;
            const struct item_text *t = &p->items[k].u.text;
            const struct text_glyph *last = &t->glyphs[t->n - 1];
            double left = t->x + t->glyphs->x, right = t->x + last->x + last->width;
            double top = t->y - FONT_ASCENT * t->size, bottom = t->y + FONT_DESCENT * t->size;
            assert_true(left >= 0 && top >= 0 && right <= p->width && bottom <= p->height);
            for (size_t m = 0; m < p->n; m++) {
                const struct item_line *l = &p->items[m].u.line;
                if (p->items[m].kind != ITEM_LINE)
                    continue;
                bool apart = l->x1 <= left + 0.1 || l->x0 >= right - 0.1 || l->y1 <= top + 0.1 ||
                             l->y0 >= bottom - 0.1;
                if (!apart)
                    print_error("page %zu: U+%04X.. at %.1f..%.1f, %.1f touches the rule %.1f,%.1f "
                                "%.1f,%.1f\n",
                                i + 1, (unsigned)t->glyphs->cp, left, right, t->y, l->x0, l->y0,
                                l->x1, l->y1);
                assert_true(apart);
            }
        }
    }
}

static inline const struct item_text *text_item(const struct page *p, size_t i)
{
    return p->items[i].kind == ITEM_TEXT ? &p->items[i].u.text : NULL;
}

/* Does another text of the same line stand at this side, so near that both belong to one line of
 * one cell? */
static inline bool has_neighbour(const struct page *p, const struct item_text *t, bool before)
{
    const struct text_glyph *last = &t->glyphs[t->n - 1];
    double edge = before ? t->x + t->glyphs->x : t->x + last->x + last->width;
    for (size_t i = 0; i < p->n; i++) {
        const struct item_text *o = text_item(p, i);
        if (!o || o == t || o->y != t->y)
            continue;
        const struct text_glyph *end = &o->glyphs[o->n - 1];
        double gap = before ? edge - (o->x + end->x + end->width) : o->x + o->glyphs->x - edge;
        if (gap > -0.5 && gap < 3.5)
            return true;
    }
    return false;
}

static inline void no_line_starts_or_ends_wrongly(const struct pages *pages)
{
    for (size_t i = 0; i < pages->n; i++)
        for (size_t k = 0; k < pages->list[i].n; k++) {
            const struct item_text *t = text_item(&pages->list[i], k);
            if (!t || t->n < 2 || t->actual)
                continue;
            if (text_forbidden_start(t->glyphs->cp) && !has_neighbour(&pages->list[i], t, true))
                fail_msg("page %zu: a line starts with U+%04X", i + 1, (unsigned)t->glyphs->cp);
            if (text_forbidden_end(t->glyphs[t->n - 1].cp) &&
                !has_neighbour(&pages->list[i], t, false))
                fail_msg("page %zu: a line ends with U+%04X", i + 1,
                         (unsigned)t->glyphs[t->n - 1].cp);
        }
}

#endif
