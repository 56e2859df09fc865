/* flow.c - boxes -> pages: what comes on which page, and what is the same on every page.
 *
 * The whole document is planned first (struct placement), page by page: when a page is full its
 * spare height is shared out (spare.c), and what of each table stands on it is settled. Nothing is
 * drawn before all has its place, and drawing decides nothing. Every step either places something
 * or begins an empty page, and on an empty page what cannot be placed is an error: it always ends.
 */
#include "layout/flow.h"

#include "core/units.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_STEP 0.5 /* fixed-page forms: from one attempt to the next */
#define END_LINES 2   /* of a text that go with the seal below it */
#define HOLE 0.25     /* of a page: more is not left empty to keep a row in one piece */
#define SMALL 0.125   /* of a page: two rows no higher than this are not parted at a table's ends */

#define CHAIN_MOST 1000 /* things that stand on one page because each must follow another */

/* --- closing a page --- */

static void add_page(struct flow *f)
{
    *ARENA_PUSH(f->arena, f->pages->list, f->pages->n, f->pages->cap) =
        (struct page){.width = f->document->page_width, .height = f->document->page_height};
}

/* For who lays out a table in stretches. */
static void count_row(struct page *page, const struct placement *p)
{
    if (!p->table || p->table->box->n_head == 0 || p->row.row < p->table->box->n_head)
        return;
    page->rows += p->row.is_first;
    page->row_open = !p->row.is_last;
}

/* n rows of one table, one below the other. */
static void settle_rows(struct flow *f, struct placement *first, size_t n)
{
    struct row_part *rows = ARENA_ARRAY(f->arena, struct row_part, n);
    struct cell_part **parts = ARENA_ARRAY(f->arena, struct cell_part *, n);
    for (size_t i = 0; i < n; i++) {
        rows[i] = first[i].row;
        rows[i].height = first[i].height;
        parts[i] = first[i].parts;
    }
    first->part = table_settle(first->table, rows, n, parts);
}

/* Settles the waiting page: nothing is moved from it any more. */
static void settle_page(struct flow *f)
{
    size_t end = f->page_start, to;
    if (!f->waiting.waits)
        return;
    spare_share(f, f->waiting.first, &end, f->waiting.y);
    for (size_t i = f->waiting.first; i < end; i = to) {
        struct placement *p = &f->placements[i];
        for (to = i + 1; p->table && to < end && f->placements[to].table == p->table &&
                         f->placements[to].row.row >= f->placements[to - 1].row.row;)
            to++;
        for (size_t k = i; k < to; k++)
            count_row(&f->pages->list[f->waiting.number], &f->placements[k]);
        if (p->table)
            settle_rows(f, p, to - i);
    }
    f->page_start = end;
    f->waiting.waits = false;
}

/* Whether what was placed last goes on on the next page. */
static bool goes_on(const struct flow *f)
{
    const struct placement *p = f->n_placements > 0 ? &f->placements[f->n_placements - 1] : NULL;
    if (!p)
        return false;
    if (p->table)
        return !p->row.is_last || p->row.row + 1 < p->table->box->n;
    return !content_at_end(p->content, p->to);
}

/* A page that ends between two blocks waits for the one behind it; what goes on there must be
 * settled before. */
static void shut_page(struct flow *f)
{
    settle_page(f);
    f->waiting = (struct waiting_page){true, f->pages->n, f->page_start, f->y};
    add_page(f);
    if (f->document->pages > 0 && f->pages->n > (size_t)f->document->pages)
        f->overflow += f->y;
    f->page_start = f->n_placements;
    f->y = 0;
    f->part = NULL;
    if (goes_on(f))
        settle_page(f);
}

static void close_page(struct flow *f)
{
    spare_balance(f, SPARE_POOR);
    shut_page(f);
}

static bool page_is_empty(const struct flow *f)
{
    return f->n_placements == f->page_start;
}

/* The last page before a break of the template's, or of all, is as full as it is, unless the form
 * says otherwise. */
static void end_pages(struct flow *f)
{
    if (f->document->balance)
        spare_balance(f, 0);
    if (!page_is_empty(f))
        shut_page(f);
    settle_page(f);
}

static struct placement *add_placement(struct flow *f, double height)
{
    struct placement *p = ARENA_PUSH(f->arena, f->placements, f->n_placements, f->cap_placements);
    *p = (struct placement){.page = f->pages->n,
                            .y = f->y,
                            .height = height,
                            .begins = f->begins,
                            .dropped = f->dropped};
    f->begins = false;
    f->dropped = 0;
    f->y += height;
    return p;
}

/* A piece of content. */
static void place_piece(struct flow *f, const struct content *content, struct cursor from,
                        struct cursor to, double height)
{
    struct placement *p = add_placement(f, height);
    p->content = content;
    p->from = from;
    p->to = to;
}

/* --- what must stay together --- */

struct position {
    size_t block, row;
};

static struct position next_position(const struct flow *f, struct position p)
{
    const struct set_table *t = f->content->blocks[p.block].table;
    if (t && p.row + 1 < t->box->n)
        return (struct position){p.block, p.row + 1};
    return (struct position){p.block + 1, 0};
}

/* Rows tied by a row span stay together unless that would leave half a page empty. */
static bool tied(const struct flow *f, const struct set_table *t, size_t row)
{
    size_t end = t->rows[row].group_end, start = row;
    while (start > 0 && t->rows[start - 1].group_end == end)
        start--;
    return row < end && rows_height(t, start, end + 1) <= f->height / 2;
}

/* Neither its first nor its last row stands alone on a page, apart from the others: as with the
 * lines of a paragraph. Where the pages are counted every row counts. */
static bool is_end(const struct flow *f, const struct set_table *t, size_t row)
{
    return f->document->pages == 0 && row + 1 < t->box->n &&
           (row == t->box->n_head || row + 2 == t->box->n) &&
           rows_height(t, row, row + 2) <= f->height * SMALL;
}

/* The headings above a block, which stay with it. */
static double headings_height(const struct flow *f, size_t block)
{
    double height = 0;
    while (block-- > 0) {
        const struct set_block *above = &f->content->blocks[block];
        if (above->box->kind != BOX_PARAGRAPH || above->box->u.paragraph.keep_with_next != KEEP_ALL)
            break;
        height += above->before + above->height + above->after;
    }
    return height;
}

/* A short table that a page holds, with the headings that stand above it. */
static bool is_whole(const struct flow *f, size_t block)
{
    const struct set_block *b = &f->content->blocks[block];
    const struct box_table *t = &b->box->u.table;
    return t->n - t->n_head <= t->whole &&
           headings_height(f, block) + b->before + rows_height(b->table, 0, t->n) <= f->height;
}

static bool keeps_with_next(const struct flow *f, struct position p)
{
    const struct set_block *b = &f->content->blocks[p.block];
    if (b->table)
        return p.row < b->table->box->n &&
               (p.row < b->table->box->n_head || b->table->rows[p.row].box->keep_with_next ||
                (p.row + 1 < b->table->box->n && is_whole(f, p.block)) ||
                tied(f, b->table, p.row) || is_end(f, b->table, p.row) ||
                (p.row + 1 == b->table->box->n && b->table->box->keep_with_next));
    if (b->box->kind != BOX_PARAGRAPH)
        return false;
    enum keep_next keep = b->box->u.paragraph.keep_with_next;
    return keep == KEEP_ALL || (keep == KEEP_END && b->text->n < 2 * END_LINES);
}

/* A row is split only when it is big: of a small one the hole it leaves is small, too. One that is
 * to be kept together is split only where moving it would leave a big hole, and one that its text
 * does not fill, a box to write in, only when no page can hold it. */
static bool may_split(const struct flow *f, struct position p, double y)
{
    const struct set_table *t = f->content->blocks[p.block].table;
    const struct box_row *r = t->rows[p.row].box;
    double height = t->rows[p.row].height;
    if (r->never_split || r->rule == HEIGHT_EXACT || p.row < t->box->n_head)
        return false;
    double above = t->head_height + (p.row == t->box->n_head ? headings_height(f, p.block) : 0);
    if (height > f->height - above)
        return true;
    return height > r->height + LENGTH_SLACK && !(t->box->whole > 0 && is_whole(f, p.block)) &&
           (r->keep_together ? f->height - y > f->height * HOLE : height > f->height / 3);
}

/* y: of the page, where it would stand. */
static double least_height(const struct flow *f, struct position p, double y)
{
    const struct set_block *b = &f->content->blocks[p.block];
    const struct content block = {.blocks = f->content->blocks + p.block, .n = 1};
    if (b->table && b->table->box->n > 0)
        return (p.row == 0 ? b->before : 0) +
               (may_split(f, p, y) ? row_least(b->table, p.row) : b->table->rows[p.row].height);
    return b->box->kind == BOX_SPACE || b->box->kind == BOX_PAGE_BREAK
               ? 0
               : content_least(&block, CONTENT_START);
}

static double full_height(const struct flow *f, struct position p)
{
    const struct set_block *b = &f->content->blocks[p.block];
    if (b->table && b->table->box->n > 0)
        return (p.row == 0 ? b->before : 0) + b->table->rows[p.row].height +
               (p.row + 1 == b->table->box->n ? b->after : 0);
    return b->before + b->height + b->after;
}

/* The height in which this item and all that must follow it on the same page can begin; 0 when no
 * page could hold it. */
static double chain_height(const struct flow *f, struct position p)
{
    double h = 0;
    for (size_t n = 0; p.block < f->content->n; n++) {
        struct position next = next_position(f, p);
        bool keeps = keeps_with_next(f, p) || f->content->blocks[p.block].box->kind == BOX_SPACE;
        if (!keeps || next.block >= f->content->n ||
            f->content->blocks[next.block].box->kind == BOX_PAGE_BREAK)
            return h + least_height(f, p, f->y + h);
        h += full_height(f, p);
        if (h > f->height || n == CHAIN_MOST)
            return 0;
        p = next;
    }
    return h;
}

/* --- placing --- */

static void report_too_tall(struct flow *f, struct src_pos at, const char *label,
                            const struct text_origin *origin, double need)
{
    diag_add(f->setter.fit, misfit_finding(&f->setter, label, at, origin),
             "整页也放不下：需高 %.1f mm，一页只有 %.1f mm",
             "no page can hold it: %.1f mm high, a page has %.1f mm", length_in_mm(need),
             length_in_mm(f->height));
}

/* The height that what follows a text needs beside its last lines; 0: nothing is to be kept with
 * it, or no page could hold it. */
static double tail_height(const struct flow *f, size_t i)
{
    const struct set_block *b = &f->content->blocks[i];
    if (b->box->kind != BOX_PARAGRAPH || b->box->u.paragraph.keep_with_next != KEEP_END ||
        i + 1 >= f->content->n)
        return 0;
    double tail = b->after + chain_height(f, (struct position){i + 1, 0});
    return tail + END_LINES * b->pitch <= f->height ? tail : 0;
}

/* The room for a text from a line on: when not all of it and its tail go into what is left of the
 * page, its last lines are not for this one. */
static double room_above_tail(const struct flow *f, const struct set_block *b, size_t line,
                              double tail)
{
    double room = f->height - f->y, before = line > 0 ? 0 : b->before;
    size_t left = tail > 0 ? b->text->n - line : 0;
    if (tail <= 0 || before + (double)left * b->pitch + tail <= room + LENGTH_SLACK)
        return room;
    return left <= END_LINES ? 0 : fmin(room, before + (double)(left - END_LINES) * b->pitch);
}

/* Begins a page for what has no room on the open one and does on an empty one. */
static void open_page_for(struct flow *f, size_t block)
{
    double chain = chain_height(f, (struct position){block, 0});
    if (chain > f->height - f->y + LENGTH_SLACK && !page_is_empty(f) && chain <= f->height)
        close_page(f);
}

static void place_block(struct flow *f, size_t i)
{
    struct set_block *b = &f->content->blocks[i];
    struct content *block = ARENA_NEW(f->arena, struct content);
    struct cursor at = {0, 0};
    double tail = tail_height(f, i);

    *block = (struct content){.blocks = b, .n = 1, .width = f->width};
    open_page_for(f, i);
    while (!content_at_end(block, at)) {
        double used;
        if (page_is_empty(f) && f->pages->n > 0 && at.line == 0) {
            f->dropped = fmax(f->dropped, b->before);
            b->before = 0;
        }
        double room = room_above_tail(f, b, at.line, tail);
        struct cursor to = content_break(block, at, room, page_is_empty(f) && tail <= 0, &used);
        if (to.block == at.block && to.line == at.line) {
            if (page_is_empty(f) && tail > 0) {
                tail = 0; /* the text is too short to be parted */
                continue;
            }
            if (page_is_empty(f)) {
                report_too_tall(f, b->box->at, NULL, NULL, b->height);
                return;
            }
            close_page(f);
            continue;
        }
        place_piece(f, block, at, to, used);
        at = to;
        if (!content_at_end(block, at))
            close_page(f);
    }
    f->y += b->after;
}

static void place_space(struct flow *f, size_t i)
{
    struct set_block *b = &f->content->blocks[i];
    double chain = chain_height(f, (struct position){i, 0});

    if (chain > f->height - f->y + LENGTH_SLACK && !page_is_empty(f))
        close_page(f);
    if (page_is_empty(f) && f->pages->n > 0 && b->box->u.space.stretch == 0)
        return; /* a gap between two things that a page break has parted */
    struct placement *p = add_placement(f, fmin(b->height, fmax(0, f->height - f->y)));
    p->content = ARENA_NEW(f->arena, struct content);
    p->stretch = b->box->u.space.stretch;
}

static void place_head(struct flow *f, struct set_table *t)
{
    if (t->continued->n > 0)
        place_piece(f, t->continued, CONTENT_START, CONTENT_END(t->continued),
                    t->continued->height);
    for (size_t r = 0; r < t->box->n_head; r++) {
        struct placement *p = add_placement(f, t->rows[r].height);
        p->table = t;
        p->row = (struct row_part){r, t->rows[r].height, true, true};
    }
}

static void place_row_part(struct flow *f, struct set_table *t, struct row_part part,
                           struct cell_part *parts)
{
    if (f->part != t) {
        if (part.row >= t->box->n_head && (part.row > 0 || !part.is_first))
            place_head(f, t);
        f->part = t;
        f->part_first = part.row;
    }
    t->rows[part.row].on_page = part.height;
    struct placement *p = add_placement(f, part.height);
    p->table = t;
    p->row = part;
    p->parts = parts;
    p->stretch = t->rows[part.row].box->stretch;
}

static bool any_placed(const struct cell_part *parts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (parts[i].foot || parts[i].from.block != parts[i].to.block ||
            parts[i].from.line != parts[i].to.line)
            return true;
    return false;
}

/* The first of those whose content is the highest; bound: that hold a text of the record. */
static const struct set_cell *tallest_cell(const struct set_table *t, size_t row, bool bound)
{
    const struct set_cell *tallest = NULL;
    for (size_t i = 0; i < t->rows[row].n; i++) {
        const struct set_cell *c = &t->cells[t->rows[row].first + i];
        if ((!tallest || c->content->height > tallest->content->height) &&
            (!bound || content_origin(c->box->content)))
            tallest = c;
    }
    return tallest;
}

static void report_tall_row(struct flow *f, const struct set_table *t, size_t row, bool fixed,
                            double need)
{
    const struct set_cell *c = tallest_cell(t, row, false);
    report_too_tall(f, t->rows[row].box->at, c ? c->box->label : NULL,
                    c && !fixed ? content_origin(c->box->content) : NULL, need);
}

/* A cell over several rows of which nothing goes on any page any more. */
static void report_tall_span(struct flow *f, struct set_cell *c, double need)
{
    if (!c->overflow_reported)
        report_too_tall(f, c->box->at, c->box->label, content_origin(c->box->content), need);
    c->overflow_reported = true;
}

/* One row, over as many pages as it takes. */
static void place_row(struct flow *f, size_t block, size_t r)
{
    struct set_table *t = f->content->blocks[block].table;
    size_t n = t->rows[r].n;
    double chain = chain_height(f, (struct position){block, r}), placed = 0, owed = INFINITY;
    if (r == 0) /* place_table has left the space before */
        chain -= f->content->blocks[block].before;

    for (;;) {
        bool is_first = placed <= 0, empty = page_is_empty(f);
        bool head = f->part != t && r >= t->box->n_head && (r > 0 || !is_first);
        double before = head ? t->head_height + t->continued->height : 0;
        double room = f->height - f->y - before,
               capacity = f->height - t->head_height - t->continued->height;
        double rest = row_rest(t, r, placed);
        size_t first = f->part == t ? f->part_first : r;
        rest = fmax(rest, row_span_need(t, r, first, NULL));
        if (is_first && !empty && chain > room + LENGTH_SLACK && chain <= capacity) {
            close_page(f);
            continue;
        }
        struct cell_part *parts = ARENA_ARRAY(f->arena, struct cell_part, n + 1);
        if (rest <= room + LENGTH_SLACK) {
            row_break(t, r, rest, parts);
            place_row_part(f, t, (struct row_part){r, rest, is_first, true}, parts);
            return;
        }
        bool may = may_split(f, (struct position){block, r}, f->y),
             splits = may && room >= row_least(t, r) - LENGTH_SLACK;
        if (!empty && !splits) {
            close_page(f);
            continue;
        }
        if (!may) {
            const struct box_row *row = t->rows[r].box;
            report_tall_row(f, t, r, row->rule == HEIGHT_EXACT || row->height > capacity, rest);
            return;
        }
        bool done = row_break(t, r, room, parts);
        if (!done && !any_placed(parts, n)) {
            report_tall_row(f, t, r, false, row_least(t, r));
            return;
        }
        struct set_cell *spanning = NULL;
        double need = row_span_need(t, r, first, &spanning);
        bool is_last = done && need <= room + LENGTH_SLACK;
        if (done && !is_last && empty && need >= owed - LENGTH_SLACK) {
            report_tall_span(f, spanning, need);
            return;
        }
        owed = done && empty ? need : INFINITY;
        place_row_part(f, t, (struct row_part){r, room, is_first, is_last}, parts);
        placed += room;
        close_page(f);
        if (is_last)
            return;
    }
}

static void place_table(struct flow *f, size_t i)
{
    struct set_block *b = &f->content->blocks[i];
    struct set_table *t = b->table;

    if (t->box->n > 0)
        open_page_for(f, i);
    if (t->box->n > 0 && !page_is_empty(f))
        f->y += b->before;
    else
        f->dropped = b->before;
    for (size_t r = 0; r < t->box->n; r++)
        place_row(f, i, r);
    f->part = NULL;
    f->y += b->after;
}

static void place_break(struct flow *f, const struct box *b)
{
    if (b->u.page_break.soft && !f->attempt->soft_breaks)
        return;
    if (!spare_reaches(f, b->u.page_break.least))
        return;
    end_pages(f);
    if (!b->u.page_break.soft && f->pages->n > 0)
        *ARENA_PUSH(f->arena, f->starts, f->n_starts, f->cap_starts) = f->pages->n;
    if (b->u.page_break.to_front && f->pages->n % 2 == 1)
        add_page(f);
}

/* Whether what follows the block stays on its page. */
static bool follows_closely(const struct set_block *b)
{
    return b->box->kind == BOX_SPACE ||
           (b->box->kind == BOX_PARAGRAPH && b->box->u.paragraph.keep_with_next != KEEP_NONE) ||
           (b->table && b->box->u.table.keep_with_next);
}

static void place_all(struct flow *f, struct content *content)
{
    f->content = content;
    for (size_t i = 0; i < content->n; i++) {
        f->begins = i > 0 && !follows_closely(&content->blocks[i - 1]);
        switch (content->blocks[i].box->kind) {
        case BOX_PARAGRAPH:
        case BOX_IMAGE:
        case BOX_RULE:
            place_block(f, i);
            break;
        case BOX_SPACE:
            place_space(f, i);
            break;
        case BOX_TABLE:
            place_table(f, i);
            break;
        case BOX_PAGE_BREAK:
            place_break(f, content->blocks[i].box);
            break;
        }
    }
    end_pages(f);
    if (f->pages->n == 0)
        shut_page(f);
}

/* The rest of a cell keeps the cell's width: its lines were counted with it. */
static void place_rest(struct flow *f, const struct annex *a)
{
    struct cursor to;
    for (struct cursor at = a->from; !content_at_end(a->content, at); at = to) {
        double used;
        bool empty = page_is_empty(f);
        to = content_break(a->content, at, f->height - f->y, empty, &used);
        if (to.block != at.block || to.line != at.line) {
            place_piece(f, a->content, at, to, used);
        } else if (empty) {
            report_too_tall(f, a->cell->at, a->cell->label, content_origin(a->cell->content),
                            content_rest(a->content, at));
            return;
        }
        if (!content_at_end(a->content, to))
            close_page(f);
    }
}

/* What cells could not hold, each under its label. */
static void place_annexes(struct flow *f)
{
    for (const struct annex *a = f->setter.annexes; a; a = a->next) {
        const char *title =
            arena_printf(f->arena, "附页：%s（续）", a->cell->label ? a->cell->label : "");
        const struct content *heading =
            content_set(&f->setter, static_paragraph(f->arena, a->cell->content, title, ALIGN_LEFT),
                        f->width, INFINITY, 0);
        place_piece(f, heading, CONTENT_START, CONTENT_END(heading), heading->height);
        place_rest(f, a);
        end_pages(f);
    }
}

/* --- the same on every page --- */

static bool runs_on(const struct running *r, size_t number)
{
    bool odd = number % 2 == 1;
    return !((number == 1 && !r->on_first) || (number > 1 && r->parity == RUNNING_FIRST) ||
             (r->parity == RUNNING_ODD && !odd) || (r->parity == RUNNING_EVEN && odd));
}

/* Of a form whose pages are counted by its page breaks: 6, and 6-1 of a page that is inserted
 * behind it. NULL: pages are counted as they come. */
static const char *inserted_number(const struct flow *f, size_t page)
{
    size_t form_page = 0, begins = 0;
    if (f->document->form_pages == 0)
        return NULL;
    for (size_t i = 0; i < f->n_starts && f->starts[i] <= page; i++, form_page++)
        begins = f->starts[i];
    return page == begins ? arena_printf(f->arena, "%zu", form_page + 1)
                          : arena_printf(f->arena, "%zu-%zu", form_page + 1, page - begins);
}

/* Where text, tables and pictures of each page begin, from the text block's top; INFINITY: there
 * are none. */
static const double *tops_of_pages(struct flow *f)
{
    double *tops = ARENA_ARRAY(f->arena, double, f->pages->n + 1);
    for (size_t i = 0; i < f->pages->n; i++)
        tops[i] = INFINITY;
    for (size_t i = 0; i < f->n_placements; i++) {
        const struct placement *p = &f->placements[i];
        if (!p->content || p->content->n > 0)
            tops[p->page] = fmin(tops[p->page], p->y);
    }
    return tops;
}

/* The longest text of the record in paragraphs; NULL: all is the template's. */
static const struct text_origin *longest_origin(const struct box *boxes)
{
    const struct inline_run *longest = NULL;
    for (const struct box *b = boxes; b; b = b->next)
        for (size_t i = 0; b->kind == BOX_PARAGRAPH && i < b->u.paragraph.n; i++) {
            const struct inline_run *r = &b->u.paragraph.runs[i];
            if (r->origin.bound && (!longest || strlen(r->text) > strlen(longest->text)))
                longest = r;
        }
    return longest ? &longest->origin : NULL;
}

/* Does a head, which begins at y, end below top? What is between its lines may. */
static bool reaches_text(const struct content *head, double y, double top)
{
    const struct set_block *last = &head->blocks[head->n - 1]; /* of nothing it is not asked */
    double between = last->text ? (last->pitch - last->text->lines[0].size) / 2 : 0;
    return y + head->height - between > top + LENGTH_SLACK;
}

static void place_running(struct flow *f, size_t page, const struct running *r, double top)
{
    const struct document *d = f->document;

    f->setter.page = d->pages_before + page + 1;
    f->setter.pages = d->form_pages  ? (size_t)d->form_pages
                      : d->pages_all ? d->pages_all
                                     : f->pages->n;
    f->setter.page_text = inserted_number(f, page);
    if (!runs_on(r, f->setter.page))
        return;
    struct content *c = content_set(&f->setter, r->content, f->width, INFINITY, 0);
    double y =
        r->foot ? d->page_height - d->margin[SIDE_BOTTOM] - d->leading + r->offset : r->offset;
    if ((y < 0 || y + c->height > d->page_height + LENGTH_SLACK) && !f->off_paper)
        f->off_paper = !diag_system(f->setter.fit, d->at, "页眉或页脚超出纸边",
                                    "a running head or foot lies beyond the paper's edge");
    if (!r->foot && c->n > 0 && reaches_text(c, y, f->top + top) && !f->off_paper)
        f->off_paper = !diag_add(
            f->setter.fit, misfit_finding(&f->setter, NULL, d->at, longest_origin(r->content)),
            "页眉高 %.1f mm，会压住正文；请缩短内容",
            "the running head is %.1f mm high and would lie upon the text: shorten it",
            length_in_mm(c->height));
    content_settle(c);
    place_piece(f, c, CONTENT_START, CONTENT_END(c), 0);
    struct placement *p = &f->placements[f->n_placements - 1];
    p->page = page;
    p->y = y;
    p->running = true;
}

/* Blanks have none. */
static void place_running_heads(struct flow *f)
{
    bool *has_content = ARENA_ARRAY(f->arena, bool, f->pages->n + 1);
    const double *tops = tops_of_pages(f);
    for (size_t i = 0; i < f->n_placements; i++)
        has_content[f->placements[i].page] = true;
    for (size_t i = 0; i < f->pages->n; i++)
        for (const struct running *r = f->document->running; r && has_content[i]; r = r->next)
            place_running(f, i, r, tops[i]);
}

/* In the middle of the page, or in rows across it, every other row moved by half a step. */
static void centre_watermark(struct flow *f, const struct watermark *w, double width,
                             struct page_watermark *out)
{
    double turn = w->angle * acos(-1) / 180, cx = f->document->page_width / 2,
           cy = f->document->page_height / 2;
    double along = width + 3 * w->size, across = 7 * w->size;
    int reach = w->tiled ? (int)((cx + cy) / fmin(along, across)) + 1 : 0;
    size_t cap = 0;

    for (int row = -reach; row <= reach; row++)
        for (int k = -reach; k <= reach; k++) {
            double u = (k + (row % 2 ? 0.5 : 0)) * along, v = row * across;
            double x = cx + u * cos(turn) + v * sin(turn), y = cy - u * sin(turn) + v * cos(turn);
            if (x < 0 || y < 0 || x > 2 * cx || y > 2 * cy)
                continue;
            double(*centre)[2] = ARENA_PUSH(f->arena, out->centres, out->n_centres, cap);
            (*centre)[0] = x;
            (*centre)[1] = y;
        }
}

static void set_watermark(struct flow *f, const struct watermark *w, struct page_watermark *out)
{
    struct inline_run *run = ARENA_NEW(f->arena, struct inline_run);
    struct box box = {.kind = BOX_PARAGRAPH, .at = f->document->at};
    *run = (struct inline_run){
        .text = w->text, .role = w->role, .size = w->size, .origin = {.at = f->document->at}};
    box.u.paragraph =
        (struct box_paragraph){.runs = run, .n = 1, .align = ALIGN_LEFT, .pitch = w->size};
    struct content *c = content_set(&f->setter, &box, 1e6, INFINITY, 0);
    const struct text_line *line = &c->blocks[0].text->lines[0];
    double middle = (FONT_ASCENT - FONT_DESCENT) / 2 * w->size;
    size_t cap = 0;

    *out = (struct page_watermark){.text = w->text, .gray = w->gray, .angle = w->angle};
    for (size_t i = 0, to; i < line->n; i = to) {
        for (to = i + 1; to < line->n && line->glyphs[to].face == line->glyphs[i].face;)
            to++;
        *ARENA_PUSH(f->arena, out->runs, out->n, cap) =
            (struct item_text){.x = -line->right / 2,
                               .y = middle,
                               .size = w->size,
                               .gray = w->gray,
                               .face = line->glyphs[i].face,
                               .glyphs = &line->glyphs[i],
                               .n = to - i};
    }
    centre_watermark(f, w, line->right, out);
}

static void set_watermarks(struct flow *f)
{
    const struct document *d = f->document;
    struct page_watermark *marks =
        ARENA_ARRAY(f->arena, struct page_watermark, d->n_watermarks + 1);
    for (size_t i = 0; i < d->n_watermarks; i++)
        set_watermark(f, &d->watermarks[i], &marks[i]);
    f->pages->watermarks = marks;
    f->pages->n_watermarks = d->n_watermarks;
}

/* --- attempts --- */

static struct flow *flow_begin(struct arena *arena, const struct document *d, struct fonts *fonts,
                               struct diag *diag, struct diag *fit, const struct attempt *attempt)
{
    struct flow *f = ARENA_NEW(arena, struct flow);
    /* on a grid the first and the last line keep their places when the lines move closer */
    double closer = d->leading > 0 ? (d->pitch - attempt->pitch) / 2 : 0;
    *f = (struct flow){.arena = arena, .document = d, .attempt = attempt};
    f->top = d->margin[SIDE_TOP] + closer;
    f->width = d->page_width - d->margin[SIDE_LEFT] - d->margin[SIDE_RIGHT];
    f->height = d->page_height - f->top - d->margin[SIDE_BOTTOM] - closer;
    f->pages = ARENA_NEW(arena, struct pages);
    *f->pages = (struct pages){.title = d->title,
                               .subject = d->subject,
                               .author = d->author,
                               .margin = {d->margin[SIDE_TOP], d->margin[SIDE_RIGHT],
                                          d->margin[SIDE_BOTTOM], d->margin[SIDE_LEFT]},
                               .language = "zh-CN",
                               .created = d->created};
    f->setter = (struct setter){.arena = arena,
                                .fonts = fonts,
                                .document = d,
                                .diag = diag,
                                .fit = fit,
                                .cap = attempt->cap,
                                .pitch = attempt->pitch,
                                .memo = d->memo,
                                .roomy = attempt->roomy};
    return f;
}

/* A text of the record that makes a fixed form too long. */
struct tall_text {
    const struct text_origin *origin;
    const char *label;
    struct src_pos at;
    double height, excess; /* over its row's least height, or over one line */
    size_t number;         /* in the form's order */
};

static int taller_first(const void *a, const void *b)
{
    const struct tall_text *x = a, *y = b;
    return x->excess != y->excess ? (x->excess < y->excess) - (x->excess > y->excess)
                                  : (x->number > y->number) - (x->number < y->number);
}

/* The row's first text of the record that stands there as it is; else one made of such; NULL: the
 * row has none. */
static const struct set_cell *telling_cell(const struct set_table *t, size_t row)
{
    const struct set_cell *first = NULL;
    for (size_t i = 0; i < t->rows[row].n; i++) {
        const struct set_cell *c = &t->cells[t->rows[row].first + i];
        const struct text_origin *origin = content_origin(c->box->content);
        if (origin && origin->node)
            return c;
        if (origin && !first)
            first = c;
    }
    return first;
}

/* A row of the template that the record fills many times. */
struct row_kind {
    const struct src_pos *at;
    size_t n;
    const struct set_cell *last; /* of the latest of them */
};

static void tally_row(struct flow *f, struct row_kind **kinds, size_t *n, size_t *cap,
                      const struct src_pos *at, const struct set_cell *cell)
{
    size_t i = 0;
    while (i < *n && ((*kinds)[i].at->line != at->line || (*kinds)[i].at->file != at->file))
        i++;
    if (i == *n)
        *ARENA_PUSH(f->arena, *kinds, *n, *cap) = (struct row_kind){.at = at};
    (*kinds)[i].n++;
    (*kinds)[i].last = cell;
}

/* Of what there is the most; false: nothing is there twice. */
static bool report_many_rows(struct flow *f)
{
    struct row_kind *kinds = NULL, most = {.n = 1};
    size_t n = 0, cap = 0;

    for (size_t i = 0; i < f->content->n; i++) {
        const struct set_table *t = f->content->blocks[i].table;
        for (size_t r = 0; t && r < t->box->n; r++) {
            const struct set_cell *cell = telling_cell(t, r);
            if (cell)
                tally_row(f, &kinds, &n, &cap, &t->rows[r].box->at, cell);
        }
    }
    for (size_t i = 0; i < n; i++)
        if (kinds[i].n > most.n)
            most = kinds[i];
    if (most.n > 1)
        diag_add(f->setter.fit,
                 misfit_finding(&f->setter, most.last->box->label, most.last->box->at,
                                content_origin(most.last->box->content)),
                 "本表限 %d 页，还超出 %.1f mm：这样的行有 %zu 行，请减少",
                 "the form has %d pages and is %.1f mm too long: there are %zu rows like this, "
                 "write fewer",
                 f->document->pages, length_in_mm(f->overflow), most.n);
    return most.n > 1;
}

/* Of each row the tallest, and texts that stand outside tables. */
static size_t find_tall_texts(struct flow *f, struct tall_text **tall)
{
    size_t n = 0, cap = 0;
    for (size_t i = 0; i < f->content->n; i++) {
        const struct set_block *b = &f->content->blocks[i];
        const struct set_table *t = b->table;
        for (size_t r = 0; t && r < t->box->n; r++) {
            const struct set_cell *c = tallest_cell(t, r, true);
            double excess = c ? c->content->height - t->rows[r].box->height : 0;
            if (excess > 0)
                *ARENA_PUSH(f->arena, *tall, n, cap) =
                    (struct tall_text){content_origin(c->box->content),
                                       c->box->label,
                                       c->box->at,
                                       c->content->height,
                                       excess,
                                       0};
        }
        const struct text_origin *origin =
            b->text && b->text->n > 1 ? paragraph_origin(&b->box->u.paragraph) : NULL;
        if (origin)
            *ARENA_PUSH(f->arena, *tall, n, cap) = (struct tall_text){
                origin, NULL, b->box->at, b->height, b->height - b->height / (double)b->text->n, 0};
    }
    for (size_t i = 0; i < n; i++)
        (*tall)[i].number = i;
    if (n > 1)
        qsort(*tall, n, sizeof **tall, taller_first);
    return n;
}

/* The texts that make a fixed form too long, tallest first, until what they take beyond the least
 * would make up for what is too much; and what there is many times, where that does not do. */
static void report_tall_texts(struct flow *f)
{
    struct tall_text *tall = NULL;
    size_t n = find_tall_texts(f, &tall);
    double too_much = f->overflow;

    for (size_t i = 0; i < n && (i == 0 || too_much > 0); i++) {
        diag_add(f->setter.fit,
                 misfit_finding(&f->setter, tall[i].label, tall[i].at, tall[i].origin),
                 "本表限 %d 页，字号缩到 %g 磅仍超出 %.1f mm，此处占高 %.1f mm，请精简",
                 "the form has %d pages; at %g pt it is still %.1f mm too long, this text takes "
                 "%.1f mm: shorten it",
                 f->document->pages, f->document->floor, length_in_mm(f->overflow),
                 length_in_mm(tall[i].height));
        too_much -= tall[i].excess;
    }
    bool many = too_much > 0 && report_many_rows(f);
    if (n == 0 && !many)
        diag_system(f->setter.fit, f->document->at, "本表限 %d 页，模板本身就超出 %.1f mm",
                    "the form has %d pages, but the template itself is %.1f mm longer",
                    f->document->pages, length_in_mm(f->overflow));
}

/* NULL: something has no place in this attempt; the last attempt says what. */
static struct flow *plan_pages(struct arena *arena, const struct document *d, struct fonts *fonts,
                               struct diag *diag, struct diag *fit, const struct attempt *attempt,
                               bool last)
{
    struct flow *f = flow_begin(arena, d, fonts, diag, fit, attempt);
    place_all(f, content_set(&f->setter, d->content, f->width, INFINITY, d->floor));
    if (d->pages > 0 && f->pages->n > (size_t)d->pages) {
        if (last)
            report_tall_texts(f);
        return NULL;
    }
    if (d->form_pages > 0 && f->n_starts + 1 != (size_t)d->form_pages)
        diag_system(fit, d->at, "这张表应有 %d 页，模板分了 %zu 页（按 page-break 计）",
                    "the form has %d pages, and its page-breaks make %zu", d->form_pages,
                    f->n_starts + 1);
    place_annexes(f);
    if (d->even && f->pages->n % 2 == 1 && d->spare_page)
        place_all(f, content_set(&f->setter, d->spare_page, f->width, INFINITY, d->floor));
    if (d->even && f->pages->n % 2 == 1)
        add_page(f);
    place_running_heads(f);
    set_watermarks(f);
    return diag_failed(fit) ? NULL : f;
}

/* GB/T 9704 7.3.5.5: where text and seal do not share a page, the lines may move closer. As little
 * as saves a page: the steps between the form's pitch and its floor are halved until it is found.
 */
static struct flow *tighten(struct flow *flow)
{
    const struct document *d = flow->document;
    struct diag *diag = flow->setter.diag;
    struct flow *best = flow;
    int loose = 0, tight = (int)fmin((d->pitch - d->pitch_floor) / LAYOUT_GRID, INT_MAX / 2);

    for (int steps = tight; steps > loose; steps = (loose + tight) / 2) {
        struct attempt *attempt = ARENA_NEW(flow->arena, struct attempt);
        *attempt = (struct attempt){.cap = INFINITY, .pitch = d->pitch - steps * LAYOUT_GRID};
        struct diag fit = {.context = diag->context};
        struct flow *closer =
            plan_pages(flow->arena, d, flow->setter.fonts, diag, &fit, attempt, true);
        diag_clear(&fit);
        bool saves = closer && closer->pages->n < flow->pages->n;
        if (!saves && best == flow)
            break; /* not even the floor does */
        best = saves ? closer : best;
        tight = saves ? steps : tight;
        loose = saves ? loose : steps;
    }
    return best;
}

/* All attempts in their order. A form of any number of pages has one. Of a fixed-page form the
 * texts of the record are set as they are, then smaller by a step each time down to the floor; and
 * each size is tried with the soft page breaks, if there are any, before it is tried without. */
static size_t list_attempts(struct arena *arena, const struct document *d, struct attempt **list)
{
    double size = fmax(d->floor, content_largest_bound(d->content)), cap = INFINITY;
    bool soft = false, smallest = false;
    size_t n = 0, capacity = 0;

    for (const struct box *b = d->content; b; b = b->next)
        soft = soft || (b->kind == BOX_PAGE_BREAK && b->u.page_break.soft);
    for (*list = NULL; !smallest; cap = size) {
        smallest = d->pages == 0 || cap <= d->floor;
        if (soft)
            *ARENA_PUSH(arena, *list, n, capacity) = (struct attempt){cap, d->pitch, true, false};
        if (!soft || d->pages > 0)
            *ARENA_PUSH(arena, *list, n, capacity) = (struct attempt){cap, d->pitch, false, false};
        size = fmax(d->floor, size - SIZE_STEP);
    }
    return n;
}

/* Cells that were set smaller to keep their rows low are set as they are where the pages of a form
 * have room for higher rows. */
static struct flow *loosen(struct flow *flow)
{
    struct attempt *attempt = ARENA_NEW(flow->arena, struct attempt);
    struct diag fit = {.context = flow->setter.diag->context};
    *attempt = *flow->attempt;
    attempt->roomy = true;
    struct flow *roomy = plan_pages(flow->arena, flow->document, flow->setter.fonts,
                                    flow->setter.diag, &fit, attempt, false);
    diag_clear(&fit);
    return roomy ? roomy : flow;
}

static struct pages *draw_pages(struct flow *f)
{
    double left = f->document->margin[SIDE_LEFT];
    for (size_t i = 0; i < f->n_placements; i++) {
        const struct placement *p = &f->placements[i];
        const struct canvas canvas = {f->arena, f->pages, p->page, p->running};
        double y = p->running ? p->y : f->top + p->y;
        if (p->content)
            content_draw(&canvas, p->content, p->from, p->to, left, y);
        else if (p->part)
            table_draw(&canvas, p->part, left, y);
    }
    f->pages->fitted = f->setter.fitted;
    f->pages->n_fitted = f->setter.n_fitted;
    return f->pages;
}

/* The first attempt in which everything has its place. NULL: reported. */
static struct flow *attempt_all(struct arena *arena, const struct document *d, struct fonts *fonts,
                                struct diag *diag)
{
    struct attempt *attempts;
    struct flow *flow = NULL;

    if (d->page_width <= d->margin[SIDE_LEFT] + d->margin[SIDE_RIGHT] ||
        d->page_height <= d->margin[SIDE_TOP] + d->margin[SIDE_BOTTOM]) {
        diag_system(diag, d->at, "页边距占满了纸面", "the margins leave no room on the paper");
        return NULL;
    }
    for (size_t i = 0, n = list_attempts(arena, d, &attempts); i < n && !flow; i++) {
        bool last = i + 1 == n;
        struct diag fit = {.context = diag->context};
        flow = plan_pages(arena, d, fonts, diag, &fit, &attempts[i], last);
        if (flow || last)
            diag_append(diag, &fit);
        diag_clear(&fit);
    }
    return flow;
}

void flow_judge(struct arena *arena, const struct document *d, struct fonts *fonts,
                struct diag *diag)
{
    attempt_all(arena, d, fonts, diag);
}

struct pages *flow_document(struct arena *arena, const struct document *d, struct fonts *fonts,
                            struct diag *diag)
{
    size_t errors = diag->count[SEVERITY_ERROR];
    struct flow *flow = attempt_all(arena, d, fonts, diag);

    if (flow && flow->pages->n > 1 && d->pages == 0 && d->pitch_floor > 0)
        flow = tighten(flow);
    if (flow && d->pages > 0 && flow->setter.n_fitted > 0 && diag->count[SEVERITY_ERROR] == errors)
        flow = loosen(flow);
    return flow && diag->count[SEVERITY_ERROR] == errors ? draw_pages(flow) : NULL;
}
