/* laid_pages.c - see laid_pages.h. */
#include "laid_pages.h"

#include "core/utf8.h"
#include "door.h"
#include "layout/box.h"
#include "record/node.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* --- every text is there --- */

/* A text of the record, as it was filled in. */
struct text {
    const char *text; /* the same one wherever it was split or set */
    size_t times;     /* so many runs hold it */
    bool repeats;     /* it may come again on the next page */
    size_t printed;   /* characters */
};

struct texts {
    struct arena arena;
    struct text *list;
    size_t n, cap;
    /* of the paragraphs one after the other */
    const struct text_origin *origin; /* of the last one */
    size_t characters;                /* of it so far */
    size_t stacked, stacked_printed;  /* characters of texts that are set anew */
};

static bool is_visible(uint32_t cp)
{
    return cp > 0x20 && !(cp >= 0x7F && cp <= 0xA0) && cp != 0x1680 &&
           !(cp >= 0x2000 && cp <= 0x200F) && !text_is_odd_line_end(cp) && cp != 0x202F &&
           cp != 0x205F && cp != 0x3000 && !utf8_is_ignorable(cp) &&
           !utf8_is_variation_selector(cp);
}

static size_t count_visible(const char *text)
{
    size_t n = 0, len = strlen(text);
    for (size_t at = 0, used; at < len; at += used)
        n += is_visible(utf8_next(text + at, len - at, &used));
    return n;
}

/* The text from *at on that is drawn in one place; 0: there is no more. */
static uint32_t next_drawn(const char *text, size_t *at)
{
    size_t len = strlen(text);
    while (*at < len) {
        struct font_sequence s;
        *at += font_next(text + *at, len - *at, &s);
        if (is_visible(s.cp))
            return s.cp;
    }
    return 0;
}

static size_t count_drawn(const char *text)
{
    size_t n = 0;
    for (size_t at = 0; next_drawn(text, &at);)
        n++;
    return n;
}

/* What a value-of has printed of a place of the record, over all its lines, is what stands there.
 */
static void hold_value(struct texts *t)
{
    const struct text_origin *o = t->origin;
    size_t whole = o ? count_visible(record_text(o->node, &t->arena)) : 0;
    door_hold(whole == 0 || (t->characters > 0 && t->characters % whole == 0));
    t->origin = NULL;
    t->characters = 0;
}

static void expect_run(struct texts *t, const struct inline_run *r, bool stacked, bool repeats)
{
    if (r->kind != INLINE_TEXT || !r->origin.bound)
        return;
    const struct text_origin *o = &r->origin;
    if (t->origin && (o->node != t->origin->node || o->at.line != t->origin->at.line ||
                      o->at.file != t->origin->at.file))
        hold_value(t);
    if (o->node) {
        t->origin = o;
        t->characters += count_visible(r->text);
    }
    if (stacked)
        t->stacked += count_drawn(r->text);
    else
        *ARENA_PUSH(&t->arena, t->list, t->n, t->cap) = (struct text){r->text, 1, repeats, 0};
}

static void expect_boxes(struct texts *t, const struct box *b, bool repeats);

static void expect_table(struct texts *t, const struct box_table *table, bool repeats)
{
    for (size_t r = 0; r < table->n; r++)
        for (size_t i = 0; i < table->rows[r].n; i++) {
            const struct box_cell *c = &table->rows[r].cells[i];
            expect_boxes(t, c->content,
                         repeats || r < table->n_head ||
                             (c->rowspan > 1 && c->repeat != REPEAT_NEVER));
            expect_boxes(t, c->foot, repeats || r < table->n_head);
        }
}

static void expect_boxes(struct texts *t, const struct box *b, bool repeats)
{
    for (; b; b = b->next) {
        if (b->kind == BOX_TABLE)
            expect_table(t, &b->u.table, repeats);
        if (b->kind != BOX_PARAGRAPH)
            continue;
        for (size_t i = 0; i < b->u.paragraph.n; i++)
            expect_run(t, &b->u.paragraph.runs[i], b->u.paragraph.stack, repeats);
        expect_boxes(t, b->u.paragraph.end, repeats);
    }
}

static int by_address(const void *a, const void *b)
{
    const struct text *x = a, *y = b;
    return (x->text > y->text) - (x->text < y->text);
}

static void expect_document(struct texts *t, const struct document *d)
{
    size_t n = 0;
    expect_boxes(t, d->content, false);
    hold_value(t);
    if (t->n > 1)
        qsort(t->list, t->n, sizeof *t->list, by_address);
    for (size_t i = 0; i < t->n; i++)
        if (n > 0 && t->list[n - 1].text == t->list[i].text) {
            t->list[n - 1].times++;
            t->list[n - 1].repeats |= t->list[i].repeats;
        } else {
            t->list[n++] = t->list[i];
        }
    t->n = n;
}

/* The text is printed from where it was printed to; of one that stands in several places the order
 * is not known. */
static void note_printed(struct text *text, const struct item_text *item)
{
    bool exact = text->times == 1 && !strstr(text->text, "\u00AD");
    size_t at = 0, n = exact ? count_drawn(text->text) : 0;
    for (size_t k = 0; n > 0 && k < text->printed % n; k++)
        next_drawn(text->text, &at);
    for (size_t i = 0; i < item->n; i++) {
        uint32_t cp = item->glyphs[i].cp;
        if (!is_visible(cp))
            continue;
        door_hold(!exact || cp == next_drawn(text->text, &at));
        text->printed++;
        if (n > 0 && text->printed % n == 0)
            at = 0;
    }
}

static void note_item(struct texts *t, const struct item_text *item)
{
    const struct inline_run *r =
        (const struct inline_run *)(const void *)((const char *)item->origin -
                                                  offsetof(struct inline_run, origin));
    struct text key = {.text = r->text};
    struct text *text = t->n ? bsearch(&key, t->list, t->n, sizeof *t->list, by_address) : NULL;
    if (text)
        note_printed(text, item);
    else
        for (size_t i = 0; i < item->n; i++)
            t->stacked_printed += is_visible(item->glyphs[i].cp);
}

static void hold_texts(const struct pages *p)
{
    struct texts t = {0};
    expect_document(&t, p->document);
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; k < p->list[i].n; k++) {
            const struct page_item *item = &p->list[i].items[k];
            if (item->kind == ITEM_TEXT && item->u.text.origin)
                note_item(&t, &item->u.text);
        }
    for (size_t i = 0; i < t.n; i++) {
        const struct text *text = &t.list[i];
        size_t n = count_drawn(text->text) * text->times;
        door_hold(strstr(text->text, "\u00AD") || text->printed == n ||
                  (text->repeats && n > 0 && text->printed > n));
    }
    door_hold(t.stacked_printed >= t.stacked);
    arena_free(&t.arena);
}

/* --- and can be read --- */

struct area {
    double left, right, top, bottom;
};

static struct area area_of(const struct item_text *t)
{
    const struct text_glyph *last = &t->glyphs[t->n - 1];
    return (struct area){t->x + t->glyphs[0].x, t->x + last->x + last->width,
                         t->y - FONT_ASCENT * t->size, t->y + FONT_DESCENT * t->size};
}

static bool is_on(const struct page *page, struct area a)
{
    const double slack = 0.5;
    return isfinite(a.left) && isfinite(a.right) && isfinite(a.top) && isfinite(a.bottom) &&
           a.left >= -slack && a.right <= page->width + slack && a.top >= -slack &&
           a.bottom <= page->height + slack;
}

/* Points: less is a matter of the type's own square. */
static const double within = 2;

static bool overlap(struct area a, struct area b)
{
    return fmin(a.right, b.right) - fmax(a.left, b.left) > within &&
           fmin(a.bottom, b.bottom) - fmax(a.top, b.top) > within;
}

/* Does a line go through the midst of it? */
static bool is_struck(struct area a, struct area line)
{
    return line.right > a.left + within && line.left < a.right - within &&
           line.bottom > a.top + within && line.top < a.bottom - within;
}

static struct area area_of_item(const struct page_item *i)
{
    switch (i->kind) {
    case ITEM_TEXT:
        return area_of(&i->u.text);
    case ITEM_LINE:
        return (struct area){i->u.line.x0, i->u.line.x1, i->u.line.y0, i->u.line.y1};
    case ITEM_CHECKBOX:
        return (struct area){i->u.checkbox.x, i->u.checkbox.x + i->u.checkbox.size, i->u.checkbox.y,
                             i->u.checkbox.y + i->u.checkbox.size};
    case ITEM_IMAGE:
        return (struct area){i->u.image.x, i->u.image.x + i->u.image.width, i->u.image.y,
                             i->u.image.y + i->u.image.height};
    case ITEM_LINK:
        return (struct area){i->u.link.x, i->u.link.x + i->u.link.width, i->u.link.y,
                             i->u.link.y + i->u.link.height};
    case ITEM_COPY:
        break;
    }
    return (struct area){0};
}

static bool is_blank(const struct item_text *t)
{
    for (size_t i = 0; i < t->n; i++)
        if (is_visible(t->glyphs[i].cp))
            return false;
    return true;
}

/* No text upon another, or upon anything else. */
static void hold_apart(const struct page *page, size_t text)
{
    struct area a = area_of_item(&page->items[text]);
    for (size_t i = 0; i < page->n; i++) {
        const struct page_item *other = &page->items[i];
        struct area b = area_of_item(other);
        if (other->kind == ITEM_LINE)
            door_hold(!is_struck(a, b));
        else if (other->kind != ITEM_LINK && i != text &&
                 !(other->kind == ITEM_TEXT && is_blank(&other->u.text)))
            door_hold(!overlap(a, b));
    }
}

static void hold_page(const struct page *page)
{
    door_hold(page->width > 0 && page->height > 0);
    for (size_t i = 0; i < page->n; i++) {
        door_hold(is_on(page, area_of_item(&page->items[i])));
        if (page->items[i].kind == ITEM_TEXT && !is_blank(&page->items[i].u.text))
            hold_apart(page, i);
    }
}

void laid_pages_hold(const struct pages *p)
{
    hold_texts(p);
    for (size_t i = 0; i < p->n; i++)
        hold_page(&p->list[i]);
}
