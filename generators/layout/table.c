/* table.c - see table.h. */
#include "layout/table.h"

#include "core/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct cursor START = {0, 0};

static double padding_of(const struct set_cell *c)
{
    return c->box->padding[SIDE_TOP] + c->box->padding[SIDE_BOTTOM];
}

static size_t last_row(const struct set_cell *c)
{
    return c->row + (size_t)c->box->rowspan - 1;
}

/* --- setting --- */

static void set_columns(struct setter *s, struct set_table *t, const struct box *box, double width)
{
    const struct box_table *b = t->box;
    double fixed = 0, fractions = 0, whole = b->width > 0 ? fmin(b->width, width) : width;

    for (size_t i = 0; i < b->n_columns; i++) {
        fixed += b->columns[i].width;
        fractions += b->columns[i].fraction;
    }
    if (fixed > whole + LENGTH_SLACK || (fractions > 0 && fixed >= whole))
        diag_system(s->fit, box->at, "各列共宽 %.1f mm，可用宽度只有 %.1f mm",
                    "the columns are %.1f mm wide together, but there are %.1f mm",
                    length_in_mm(fixed), length_in_mm(whole));
    t->edges = ARENA_ARRAY(s->arena, double, b->n_columns + 1);
    for (size_t i = 0; i < b->n_columns; i++) {
        double share =
            fractions > 0 ? fmax(0, whole - fixed) * b->columns[i].fraction / fractions : 0;
        t->edges[i + 1] = t->edges[i] + b->columns[i].width + share;
    }
    double free = width - t->edges[b->n_columns];
    t->left = b->align == ALIGN_CENTER ? free / 2 : b->align == ALIGN_RIGHT ? free : 0;
}

static void place_cells(struct setter *s, struct set_table *t)
{
    const struct box_table *b = t->box;
    int *busy = ARENA_ARRAY(s->arena, int, b->n_columns + 1);
    size_t n = 0;

    for (size_t r = 0; r < b->n; r++)
        n += b->rows[r].n;
    t->cells = ARENA_ARRAY(s->arena, struct set_cell, n + 1);
    t->rows = ARENA_ARRAY(s->arena, struct set_row, b->n + 1);
    for (size_t r = 0; r < b->n; r++) {
        size_t column = 0;
        t->rows[r] = (struct set_row){
            .box = &b->rows[r], .first = t->n_cells, .n = b->rows[r].n, .group_end = r};
        for (size_t i = 0; i < b->rows[r].n; i++) {
            const struct box_cell *c = &b->rows[r].cells[i];
            while (busy[column] > 0)
                column++;
            t->cells[t->n_cells++] = (struct set_cell){
                .box = c,
                .row = r,
                .column = column,
                .width = t->edges[column + (size_t)c->colspan] - t->edges[column]};
            if (c->rowspan > 1)
                *ARENA_PUSH(s->arena, t->spanning, t->n_spanning, t->cap_spanning) =
                    &t->cells[t->n_cells - 1];
            for (int k = 0; k < c->colspan; k++)
                busy[column++] = c->rowspan;
        }
        for (size_t k = 0; k < b->n_columns; k++)
            busy[k] -= busy[k] > 0;
    }
    /* Rows that a span ties together, directly or through another span. */
    for (size_t i = t->n_cells; i-- > 0;) {
        struct set_cell *c = &t->cells[i];
        size_t end = c->row;
        for (size_t r = c->row; r <= last_row(c); r++)
            end = t->rows[r].group_end > end ? t->rows[r].group_end : end;
        for (size_t r = c->row; r < end; r++)
            t->rows[r].group_end = end;
        if (last_row(c) > c->row)
            for (size_t r = c->row; r <= last_row(c); r++)
                t->rows[r].group_end = last_row(c) > end ? last_row(c) : end;
    }
}

static double inner_width(const struct set_cell *c)
{
    return c->width - c->box->padding[SIDE_LEFT] - c->box->padding[SIDE_RIGHT];
}

/* The height that the template gives to the cell; 0: its content decides. *exact: and no more. */
static double declared_height(const struct set_table *t, const struct set_cell *c, bool *exact)
{
    double h = 0;
    *exact = true;
    for (size_t r = c->row; r <= last_row(c); r++) {
        const struct box_row *row = t->rows[r].box;
        if (row->rule == HEIGHT_AUTO)
            return *exact = false, 0;
        *exact = *exact && row->rule == HEIGHT_EXACT;
        h += row->height;
    }
    return h;
}

static void report_overflow(struct setter *s, const struct set_cell *c, double room, double size)
{
    const struct text_source *source = content_source(c->box->content);
    struct finding f = {
        .rule = "R79", .label = c->box->label, .at = c->box->at, .fault = FAULT_SYSTEM};
    double used;
    struct cursor to = content_take(c->content, START, room, false, &used);

    if (source) {
        f = source_finding(source, "R79", s->arena);
        f.label = c->box->label ? c->box->label : f.label;
    }
    diag_add(
        s->fit, f,
        "内容放不下，超 %zu 字：需高 %.1f mm，格内只有 %.1f mm，字号已是 %g 磅；请缩短内容",
        "%zu characters too many: %.1f mm of text in a cell of %.1f mm, set at %g pt; shorten it",
        content_characters(c->content, to), length_in_mm(c->content->height),
        length_in_mm(fmax(0, room)), size);
}

/* What does not fit goes to an annex; a line in the cell says so. */
static bool continue_elsewhere(struct setter *s, struct set_cell *c, double room)
{
    const struct box *first = c->box->content;
    while (first && (first->kind != BOX_PARAGRAPH || first->u.paragraph.n == 0))
        first = first->next;
    if (!first)
        return false;
    struct box *mark = ARENA_NEW(s->arena, struct box);
    struct inline_run *run = ARENA_NEW(s->arena, struct inline_run);
    *mark = (struct box){.kind = BOX_PARAGRAPH, .at = first->at};
    *run = first->u.paragraph.runs[0];
    run->text = "（转附页）";
    run->kind = INLINE_TEXT;
    run->spread = 0;
    run->source.bound = false;
    mark->u.paragraph = (struct box_paragraph){
        .runs = run, .n = 1, .align = ALIGN_RIGHT, .pitch = first->u.paragraph.pitch};
    c->annex_mark = content_set(s, mark, inner_width(c), INFINITY, c->box->floor);
    double used, left = room - c->annex_mark->height;
    c->end = content_take(c->content, START, left, false, &used);

    struct annex *annex = ARENA_NEW(s->arena, struct annex);
    *annex = (struct annex){.cell = c->box, .content = c->content, .from = c->end};
    if (!s->annex_tail)
        s->annex_tail = &s->annexes;
    *s->annex_tail = annex;
    s->annex_tail = &annex->next;
    double size = content_largest(c->box->content);
    setter_fitted(s, c->box->label, size, size, true);
    return true;
}

static void fit_cell(struct setter *s, struct set_table *t, struct set_cell *c, double cap)
{
    const struct box_cell *b = c->box;
    double width = inner_width(c);
    bool exact;

    if (width <= 0) {
        diag_system(s->fit, b->at, "格子太窄，除去内边距后没有宽度",
                    "the cell is narrower than its padding");
        width = 1;
    }
    double declared = declared_height(t, c, &exact),
           size = fmin(content_largest(b->content), fmin(cap, s->cap));
    c->content = content_set(s, b->content, width, cap, b->floor);
    c->foot = content_set(s, b->foot, width, cap, b->floor);
    c->end = (struct cursor){c->content->n, 0};
    double room = declared - padding_of(c) - c->foot->height;
    if (declared <= 0 || c->content->height <= room + LENGTH_SLACK)
        return;
    if (b->overflow == OVERFLOW_SHRINK) {
        double smaller = size;
        size_t n = s->n_fitted;
        while (c->content->height > room + LENGTH_SLACK && smaller > b->floor + LENGTH_SLACK) {
            smaller = chinese_size_below(smaller, b->floor);
            s->n_fitted = n; /* only the last try counts */
            c->content = content_set(s, b->content, width, smaller, b->floor);
        }
        c->end = (struct cursor){c->content->n, 0};
        if (smaller < size - LENGTH_SLACK)
            setter_fitted(s, b->label, size, smaller, false);
        size = smaller;
    }
    if (c->content->height <= room + LENGTH_SLACK || (!exact && b->overflow != OVERFLOW_ERROR))
        return;
    if (b->overflow == OVERFLOW_CONTINUE && continue_elsewhere(s, c, room))
        return;
    report_overflow(s, c, room, size);
}

static double natural_height(const struct set_cell *c)
{
    double h = c->content->height;
    if (c->annex_mark) {
        h -= content_rest(c->content, c->end);
        h += c->annex_mark->height;
    }
    return h + c->foot->height + padding_of(c);
}

static void set_heights(struct set_table *t)
{
    for (size_t r = 0; r < t->box->n; r++) {
        struct set_row *row = &t->rows[r];
        double h = 0;
        for (size_t i = 0; i < row->n; i++) {
            const struct set_cell *c = &t->cells[row->first + i];
            if (c->box->rowspan == 1)
                h = fmax(h, natural_height(c));
        }
        row->height = row->box->rule == HEIGHT_EXACT ? row->box->height : fmax(h, row->box->height);
    }
    for (size_t i = 0; i < t->n_spanning; i++) {
        const struct set_cell *c = t->spanning[i];
        double have = 0, need = natural_height(c);
        struct set_row *grows = NULL;
        for (size_t r = c->row; r <= last_row(c); r++) {
            have += t->rows[r].height;
            if (t->rows[r].box->rule != HEIGHT_EXACT)
                grows = &t->rows[r];
        }
        if (need > have + LENGTH_SLACK && grows)
            grows->height += need - have;
    }
    for (size_t r = 0; r < t->box->n_head; r++)
        t->head_height += t->rows[r].height;
}

struct set_table *table_set(struct setter *s, const struct box *box, double width, double cap)
{
    struct set_table *t = ARENA_NEW(s->arena, struct set_table);
    t->box = &box->u.table;
    t->setter = s;
    set_columns(s, t, box, width);
    place_cells(s, t);
    for (size_t i = 0; i < t->n_cells; i++)
        fit_cell(s, t, &t->cells[i], cap);
    set_heights(t);
    t->continued = content_set(s, t->box->continued, t->edges[t->box->n_columns], cap, 0);
    return t;
}

double table_height(const struct set_table *t)
{
    double h = 0;
    for (size_t r = 0; r < t->box->n; r++)
        h += t->rows[r].height;
    return h;
}

/* --- rows over pages --- */

double row_least(const struct set_table *t, size_t row)
{
    double h = 0;
    for (size_t i = 0; i < t->rows[row].n; i++) {
        const struct set_cell *c = &t->cells[t->rows[row].first + i];
        if (c->box->rowspan == 1)
            h = fmax(h, padding_of(c) + content_least(c->content, c->at));
    }
    return h;
}

double row_rest(const struct set_table *t, size_t row, double placed)
{
    const struct set_row *r = &t->rows[row];
    double h = r->height - placed;
    if (placed <= 0)
        return h;
    h = fmax(0, r->box->height - placed); /* growth for the text is counted anew below */
    for (size_t i = 0; i < r->n; i++) {
        const struct set_cell *c = &t->cells[r->first + i];
        double foot = c->foot_done ? 0 : c->foot->height;
        if (c->box->rowspan == 1 && (foot > 0 || !content_at_end(c->content, c->at)))
            h = fmax(h, padding_of(c) + content_rest(c->content, c->at) + foot);
    }
    return h;
}

bool row_take(struct set_table *t, size_t row, double room, bool force, struct cell_part *parts)
{
    bool done = true;
    for (size_t i = 0; i < t->rows[row].n; i++) {
        struct set_cell *c = &t->cells[t->rows[row].first + i];
        if (c->box->rowspan > 1)
            continue;
        double used, inner = room - padding_of(c);
        parts[i].from = c->at;
        parts[i].to = c->at = content_take(c->content, c->at, inner, force, &used);
        bool all = content_at_end(c->content, c->at);
        if (all && !c->foot_done && c->foot->height <= inner - used + LENGTH_SLACK)
            parts[i].foot = c->foot_done = true;
        done = done && all && c->foot_done;
    }
    return done;
}

double row_span_need(const struct set_table *t, size_t row, size_t first_on_page,
                     const double *heights)
{
    double need = 0;
    for (size_t i = 0; i < t->n_spanning && t->spanning[i]->row < row; i++) {
        const struct set_cell *c = t->spanning[i];
        if (last_row(c) != row || (c->box->repeat && c->row < first_on_page))
            continue;
        double above = 0;
        for (size_t r = c->row > first_on_page ? c->row : first_on_page; r < row; r++)
            above += heights[r - first_on_page];
        need =
            fmax(need, padding_of(c) + content_rest(c->content, c->at) + c->foot->height - above);
    }
    return need;
}

/* --- drawing --- */

struct edge {
    bool upright;
    double at, from, to, weight;
};

struct edges {
    struct edge *list;
    size_t n, cap;
};

static void add_edge(struct arena *arena, struct edges *e, bool upright, double at, double from,
                     double to, double weight)
{
    if (weight > 0 && to > from)
        *ARENA_PUSH(arena, e->list, e->n, e->cap) = (struct edge){upright, at, from, to, weight};
}

static int by_line(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;
    if (x->upright != y->upright)
        return x->upright ? 1 : -1;
    if (fabs(x->at - y->at) > LENGTH_SLACK)
        return x->at < y->at ? -1 : 1;
    return (x->from > y->from) - (x->from < y->from);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void draw_edge(const struct canvas *canvas, const struct edge *e)
{
    double more = e->weight / 2; /* closes the corners */
    if (e->upright)
        draw_line(canvas, (struct item_line){e->at, e->from - more, e->at, e->to + more,
                                             .weight = e->weight});
    else
        draw_line(canvas, (struct item_line){e->from - more, e->at, e->to + more, e->at,
                                             .weight = e->weight});
}

/* Draws edges that lie on one line: each stretch once, in the heaviest weight that was asked for
 * it. */
static void draw_collinear(const struct canvas *canvas, const struct edge *list, size_t n)
{
    double *cuts = ARENA_ARRAY(canvas->arena, double, 2 * n);
    struct edge run = {0};
    size_t active = 0;

    for (size_t i = 0; i < n; i++) {
        cuts[2 * i] = list[i].from;
        cuts[2 * i + 1] = list[i].to;
    }
    qsort(cuts, 2 * n, sizeof *cuts, by_value);
    for (size_t i = 0; i + 1 < 2 * n; i++) {
        double middle = (cuts[i] + cuts[i + 1]) / 2, weight = 0;
        if (cuts[i + 1] - cuts[i] < LENGTH_SLACK)
            continue;
        while (active < n && list[active].to <= middle)
            active++; /* edges are sorted by where they begin, and those of a table part never nest
                         deeply */
        for (size_t k = active; k < n && list[k].from < middle; k++)
            if (list[k].to > middle)
                weight = fmax(weight, list[k].weight);
        if (run.weight > 0 && weight == run.weight && cuts[i] - run.to < LENGTH_SLACK) {
            run.to = cuts[i + 1];
            continue;
        }
        if (run.weight > 0)
            draw_edge(canvas, &run);
        run = (struct edge){list->upright, list->at, cuts[i], cuts[i + 1], weight};
    }
    if (run.weight > 0)
        draw_edge(canvas, &run);
}

static void draw_edges(const struct canvas *canvas, struct edges *e)
{
    if (e->n > 1)
        qsort(e->list, e->n, sizeof *e->list, by_line);
    for (size_t i = 0, to; i < e->n; i = to) {
        for (to = i + 1; to < e->n && e->list[to].upright == e->list[i].upright &&
                         fabs(e->list[to].at - e->list[i].at) <= LENGTH_SLACK;)
            to++;
        draw_collinear(canvas, &e->list[i], to - i);
    }
}

/* Where a cell's part stands on the page. */
struct place {
    double x, y, width, height;
    bool top, right, bottom, left; /* it lies on that edge of the table's part */
};

static void cell_edges(const struct canvas *canvas, const struct set_table *t,
                       const struct set_cell *c, const struct place *p, struct edges *e)
{
    const bool outer[SIDE_COUNT] = {p->top, p->right, p->bottom, p->left};
    double weight[SIDE_COUNT];
    for (int i = 0; i < SIDE_COUNT; i++)
        weight[i] =
            outer[i] && c->box->framed[i] ? fmax(t->box->frame, c->box->line[i]) : c->box->line[i];
    add_edge(canvas->arena, e, false, p->y, p->x, p->x + p->width, weight[SIDE_TOP]);
    add_edge(canvas->arena, e, false, p->y + p->height, p->x, p->x + p->width, weight[SIDE_BOTTOM]);
    add_edge(canvas->arena, e, true, p->x, p->y, p->y + p->height, weight[SIDE_LEFT]);
    add_edge(canvas->arena, e, true, p->x + p->width, p->y, p->y + p->height, weight[SIDE_RIGHT]);
}

static void draw_content(const struct canvas *canvas, const struct set_cell *c,
                         const struct content *content, struct cell_part part,
                         const struct place *p)
{
    const struct box_cell *b = c->box;
    double x = p->x + b->padding[SIDE_LEFT], y = p->y + b->padding[SIDE_TOP];
    bool whole = part.from.block == 0 && part.from.line == 0 && content_at_end(content, part.to);
    double foot = part.foot ? c->foot->height : 0;
    double free = p->height - padding_of(c) - foot - content->height;

    if (whole && free > 0)
        y += b->valign == VALIGN_MIDDLE ? free / 2 : b->valign == VALIGN_BOTTOM ? free : 0;
    content_draw(canvas, content, part.from, part.to, x, y);
    double bottom = p->y + p->height - b->padding[SIDE_BOTTOM];
    if (part.foot)
        content_draw(canvas, c->foot, START, (struct cursor){c->foot->n, 0}, x, bottom - foot);
    if (c->annex_mark && part.from.block == 0 && part.from.line == 0)
        content_draw(canvas, c->annex_mark, START, (struct cursor){c->annex_mark->n, 0}, x,
                     bottom - foot - c->annex_mark->height);
}

/* The label once more, with （续） behind it. */
static struct content *repeated(struct set_table *t, const struct set_cell *c)
{
    struct arena *arena = t->setter->arena;
    struct box *first = NULL, **tail = &first, *last = NULL;
    for (const struct box *b = c->box->content; b; b = b->next) {
        *tail = ARENA_NEW(arena, struct box);
        **tail = *b;
        if (b->kind == BOX_PARAGRAPH && b->u.paragraph.n > 0)
            last = *tail;
        (*tail)->next = NULL;
        tail = &(*tail)->next;
    }
    if (last) {
        struct box_paragraph *p = &last->u.paragraph;
        struct inline_run *runs = ARENA_ARRAY(arena, struct inline_run, p->n + 1);
        memcpy(runs, p->runs, p->n * sizeof *runs);
        runs[p->n] = runs[p->n - 1];
        /* in a stack the brackets lie on their backs, as in vertical writing */
        runs[p->n].text = p->stack ? "︵续︶" : "（续）";
        runs[p->n].kind = INLINE_TEXT;
        runs[p->n].spread = 0;
        runs[p->n].source.bound = false;
        p->runs = runs;
        p->n++;
        p->outline_level = 0;
        p->anchor = NULL;
    }
    return content_set(t->setter, first, inner_width(c), INFINITY, c->box->floor);
}

/* A cell over several rows: what goes into this part of them. begins, ends: the part has its first,
 * its last row. */
static void draw_spanning(const struct canvas *canvas, struct set_table *t, struct set_cell *c,
                          bool begins, bool ends, const struct place *p)
{
    double room = p->height - padding_of(c), used;
    const struct cursor all = {c->content->n, 0};

    if (c->box->repeat && !(begins && ends)) {
        const struct content *label = begins ? c->content : repeated(t, c);
        if (label->height > room + LENGTH_SLACK)
            label = c->content;
        if (label->height <= room + LENGTH_SLACK) {
            draw_content(canvas, c, label, (struct cell_part){START, {label->n, 0}, false}, p);
            c->label_drawn = true;
        }
        if (ends && !c->label_drawn)
            report_overflow(t->setter, c, room, content_largest(c->box->content));
        return;
    }
    struct cell_part part = {.from = c->at, .foot = ends};
    part.to = content_take(c->content, c->at, room - (ends ? c->foot->height : 0), false, &used);
    c->at = part.to;
    if (ends && c->annex_mark)
        part.to = c->end;
    else if (ends && part.to.block < all.block)
        report_overflow(t->setter, c, room, content_largest(c->box->content));
    draw_content(canvas, c, c->content, part, p);
}

void table_draw(const struct canvas *canvas, struct set_table *t, const struct row_part *rows,
                size_t n, struct cell_part *const *parts, double x, double y)
{
    struct edges edges = {0};
    double *tops = ARENA_ARRAY(canvas->arena, double, n + 1);
    size_t columns = t->box->n_columns;

    tops[0] = y;
    for (size_t i = 0; i < n; i++)
        tops[i + 1] = tops[i] + rows[i].height;
    x += t->left;
    for (size_t i = 0; i < n; i++) {
        const struct set_row *row = &t->rows[rows[i].row];
        for (size_t k = 0; k < row->n; k++) {
            struct set_cell *c = &t->cells[row->first + k];
            if (c->box->rowspan > 1)
                continue;
            struct place p = {x + t->edges[c->column],
                              tops[i],
                              c->width,
                              rows[i].height,
                              i == 0,
                              c->column + (size_t)c->box->colspan == columns,
                              i + 1 == n,
                              c->column == 0};
            struct cell_part part =
                parts && parts[i] ? parts[i][k] : (struct cell_part){START, c->end, true};
            if (c->annex_mark)
                part.to = c->end;
            cell_edges(canvas, t, c, &p, &edges);
            draw_content(canvas, c, c->content, part, &p);
        }
    }
    for (size_t k = 0; k < t->n_spanning; k++) {
        struct set_cell *c = t->spanning[k];
        size_t first = n, last = 0;
        for (size_t i = 0; i < n; i++)
            if (rows[i].row >= c->row && rows[i].row <= last_row(c)) {
                first = first == n ? i : first;
                last = i;
            }
        if (first == n)
            continue;
        struct place p = {x + t->edges[c->column],
                          tops[first],
                          c->width,
                          tops[last + 1] - tops[first],
                          first == 0,
                          c->column + (size_t)c->box->colspan == columns,
                          last + 1 == n,
                          c->column == 0};
        bool begins = rows[first].row == c->row && rows[first].begins;
        bool ends = rows[last].row == last_row(c) && rows[last].ends;
        cell_edges(canvas, t, c, &p, &edges);
        if (c->row < t->box->n_head)
            c->at = START; /* heads are drawn anew on each page */
        draw_spanning(canvas, t, c, begins, ends, &p);
    }
    draw_edges(canvas, &edges);
}

void table_draw_whole(const struct canvas *canvas, struct set_table *t, double x, double y)
{
    struct row_part *rows = ARENA_ARRAY(canvas->arena, struct row_part, t->box->n + 1);
    for (size_t r = 0; r < t->box->n; r++)
        rows[r] = (struct row_part){r, t->rows[r].height, true, true};
    table_draw(canvas, t, rows, t->box->n, NULL, x, y);
}
