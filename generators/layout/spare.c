/* spare.c - what becomes of a page's spare height: blank rows, rows that stretch, and what is moved
 * down from the page before, so that no page stays half empty. See flow.h. */
#include "core/units.h"
#include "layout/flow.h"

#include <math.h>
#include <string.h>

#define FULL 0.85 /* of a page: so far blank rows fill it */

/* Blank rows of a table that ends on the page. */
struct fill {
    size_t last; /* the placement of the table's last row */
    const struct set_table *table;
    size_t n; /* rows taken */
};

static bool ends_with_fill(const struct placement *p)
{
    return p->table && p->table->box->n_fill > 0 && p->row.is_last &&
           p->row.row + 1 == p->table->box->n;
}

/* As high as the rows above it become when there is room. */
static double fill_row_height(const struct set_table *t)
{
    const struct set_row *r = &t->rows[t->box->n];
    return r->box->stretch > 0 ? fmax(r->height, r->box->max_height) : r->height;
}

/* So far blank rows fill a page. Where the pages are counted the paper is all form. */
static double full_height_of(const struct flow *f)
{
    return f->document->pages > 0 ? f->height : f->height * FULL;
}

/* How much higher a row may become. */
static double may_grow(const struct placement *p)
{
    double max = p->table ? p->table->rows[p->row.row].box->max_height : 0;
    if (p->stretch <= 0)
        return 0;
    return max > 0 ? fmax(0, max - p->height) : INFINITY;
}

/* The height that these placements, y high, come to at most. */
static double reach(const struct flow *f, size_t first, size_t end, double y)
{
    double growth = 0, fill = 0;
    for (size_t i = first; i < end; i++) {
        const struct placement *p = &f->placements[i];
        growth += may_grow(p);
        if (ends_with_fill(p))
            fill += fill_row_height(p->table) * (double)p->table->box->n_fill;
    }
    return fmax(y + growth, fmin(y + growth + fill, full_height_of(f)));
}

bool spare_reaches(const struct flow *f, double share)
{
    return reach(f, f->page_start, f->n_placements, f->y) >= f->height * share;
}

/* --- blank rows --- */

/* The row's cells, whole. */
static struct cell_part *whole_parts(struct flow *f, const struct set_table *t, size_t row)
{
    struct cell_part *parts = ARENA_ARRAY(f->arena, struct cell_part, t->rows[row].n + 1);
    for (size_t i = 0; i < t->rows[row].n; i++)
        parts[i] = (struct cell_part){CONTENT_START, t->cells[t->rows[row].first + i].end, true};
    return parts;
}

/* Puts the taken rows behind their table's last; what stands below on the page, to end, moves down.
 */
static void place_fill(struct flow *f, const struct fill *fill, size_t end)
{
    const struct placement last = f->placements[fill->last];
    const size_t row = fill->table->box->n;
    double height = fill_row_height(fill->table);

    for (size_t k = 0; k < fill->n; k++) {
        size_t at = fill->last + 1 + k;
        ARENA_PUSH(f->arena, f->placements, f->n_placements, f->cap_placements);
        memmove(&f->placements[at + 1], &f->placements[at],
                (f->n_placements - 1 - at) * sizeof *f->placements);
        struct placement *p = &f->placements[at];
        *p = last;
        p->begins = false;
        p->y = last.y + last.height + (double)k * height;
        p->height = height;
        p->row = (struct row_part){row, height, true, true};
        p->parts = whole_parts(f, fill->table, row);
        p->stretch = p->growth = 0;
    }
    for (size_t i = fill->last + 1 + fill->n; i < end + fill->n; i++)
        f->placements[i].y += (double)fill->n * height;
}

/* A page that is not full when its rows have stretched gets blank rows, one after the other of each
 * table that ends on it. They are given only what would be left empty, and so never move anything
 * to another page. Returns how many. */
static size_t fill_page(struct flow *f, size_t first, size_t end, double *y)
{
    struct fill *fills = NULL;
    size_t n = 0, cap = 0, rows = 0;
    bool taken = true;

    for (size_t i = first; i < end; i++)
        if (ends_with_fill(&f->placements[i]))
            *ARENA_PUSH(f->arena, fills, n, cap) = (struct fill){i, f->placements[i].table, 0};
    while (taken) {
        taken = false;
        for (size_t i = 0; i < n && *y < full_height_of(f); i++) {
            const struct set_table *t = fills[i].table;
            if (fills[i].n == t->box->n_fill || *y + fill_row_height(t) > f->height + LENGTH_SLACK)
                continue;
            *y += fill_row_height(t);
            fills[i].n++;
            taken = true;
        }
    }
    while (n-- > 0) { /* from below: the places of those above stay */
        place_fill(f, &fills[n], end + rows);
        rows += fills[n].n;
    }
    return rows;
}

/* --- stretching --- */

/* Rows that have reached their greatest height leave the rest to the others. Returns what is left
 * of the spare height. */
static double stretch_rows(struct flow *f, size_t first, size_t end, double spare)
{
    double shares = 1, moved = 0;
    while (shares > 0 && spare > LENGTH_SLACK) {
        double given = 0;
        shares = 0;
        for (size_t i = first; i < end; i++)
            shares += may_grow(&f->placements[i]) > 0 ? f->placements[i].stretch : 0;
        for (size_t i = first; i < end && shares > 0; i++) {
            struct placement *p = &f->placements[i];
            double share = fmin(may_grow(p), spare * p->stretch / shares);
            p->growth += share;
            p->height += share;
            given += share;
        }
        spare -= given;
    }
    for (size_t i = first; i < end; i++) {
        f->placements[i].y += moved;
        moved += f->placements[i].growth;
    }
    return spare;
}

void spare_share(struct flow *f, size_t first, size_t *end, double y)
{
    y = f->height - stretch_rows(f, first, *end, f->height - y);
    *end += fill_page(f, first, *end, &y);
}

/* --- moving down --- */

/* The space above a text: left out at a page's top, and given back below it. */
static void set_lead(struct placement *p, double lead)
{
    struct set_block *b = p->content ? &p->content->blocks[0] : NULL;
    if (!b)
        return;
    p->height += lead - b->before;
    b->before = lead;
}

static void move_down(struct flow *f, size_t from)
{
    struct waiting_page *w = &f->waiting;
    double lead = f->placements[from].content ? f->placements[from].content->blocks[0].before : 0,
           top = f->placements[from].y, moved = w->y - top - lead,
           gap = f->placements[f->page_start].dropped;

    for (size_t i = from; i < f->page_start; i++) {
        f->placements[i].page = f->pages->n;
        f->placements[i].y -= i == from ? top : top + lead;
    }
    for (size_t i = f->page_start; i < f->n_placements; i++)
        f->placements[i].y += i == f->page_start ? moved : moved + gap;
    set_lead(&f->placements[f->page_start], gap);
    f->placements[f->page_start].dropped = 0;
    set_lead(&f->placements[from], 0);
    f->placements[from].dropped = lead;
    w->y = top;
    f->y += moved + gap;
    f->page_start = from;
}

void spare_balance(struct flow *f, double share)
{
    const struct waiting_page *w = &f->waiting;
    double fuller = 0; /* of the two pages, the emptier one's height */
    size_t from = 0;

    if (!w->waits || f->document->pages > 0 || spare_reaches(f, SPARE_POOR))
        return;
    for (size_t i = f->page_start; i-- > w->first + 1;) {
        double top = f->placements[i].y,
               y = f->y + w->y - top + f->placements[f->page_start].dropped;
        if (y > f->height || reach(f, w->first, i, top) < f->height * share)
            break;
        if (!f->placements[i].begins || fmin(top, y) <= fuller ||
            reach(f, i, f->n_placements, y) < f->height * share)
            continue;
        fuller = fmin(top, y);
        from = i;
    }
    if (from > 0)
        move_down(f, from);
}
