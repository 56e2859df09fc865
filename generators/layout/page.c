/* page.c - pages joined to others, and laid over one another. */
#include "layout/page.h"

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

static void move_item(struct page_item *item, double dx, double dy)
{
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
    case ITEM_COPY:
        shift(&item->u.copy.x, &item->u.copy.y, dx, dy);
        break;
    }
}

void page_move(struct page *page, double dx, double dy)
{
    for (size_t i = 0; i < page->n; i++)
        move_item(&page->items[i], dx, dy);
}

void page_turn(struct page *page)
{
    double width = page->width;
    page->width = page->height;
    page->height = width;
    page->turned = page->n;
}

void page_overlay(struct arena *arena, struct page *to, const struct page *from, double dx,
                  double dy)
{
    for (size_t i = 0; i < from->n; i++) {
        struct page_item *item = ARENA_PUSH(arena, to->items, to->n, to->cap);
        *item = from->items[i];
        move_item(item, dx, dy);
    }
}
