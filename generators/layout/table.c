/* table.c - see table.h. */
#include "layout/table.h"

#include "core/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static void set_inner_width(struct setter *s, struct set_cell *c)
{
    const struct box_cell *b = c->box;
    c->inner_width = c->width - b->padding[SIDE_LEFT] - b->padding[SIDE_RIGHT];
    if (c->inner_width <= 0) {
        diag_system(s->fit, b->at, "格子太窄，除去内边距后没有宽度",
                    "the cell is narrower than its padding");
        c->inner_width = 1;
    }
}

static void place_cells(struct setter *s, struct set_table *t)
{
    const struct box_table *b = t->box;
    int *covered = ARENA_ARRAY(s->arena, int, b->n_columns + 1);
    size_t n = 0, all = b->n + (b->n_fill > 0);

    for (size_t r = 0; r < all; r++)
        n += b->rows[r].n;
    t->cells = ARENA_ARRAY(s->arena, struct set_cell, n + 1);
    t->rows = ARENA_ARRAY(s->arena, struct set_row, all + 1);
    for (size_t r = 0; r < all; r++) {
        size_t column = 0;
        t->rows[r] = (struct set_row){
            .box = &b->rows[r], .first = t->n_cells, .n = b->rows[r].n, .group_end = r};
        for (size_t i = 0; i < b->rows[r].n; i++) {
            const struct box_cell *c = &b->rows[r].cells[i];
            while (covered[column] > 0)
                column++;
            t->cells[t->n_cells++] = (struct set_cell){
                .box = c,
                .row = r,
                .column = column,
                .width = t->edges[column + (size_t)c->colspan] - t->edges[column]};
            set_inner_width(s, &t->cells[t->n_cells - 1]);
            if (c->rowspan > 1)
                *ARENA_PUSH(s->arena, t->spanning, t->n_spanning, t->cap_spanning) =
                    &t->cells[t->n_cells - 1];
            for (int k = 0; k < c->colspan; k++)
                covered[column++] = c->rowspan;
        }
        for (size_t k = 0; k < b->n_columns; k++)
            covered[k] -= covered[k] > 0;
    }
}

/* Rows that a span ties together, directly or through another span. */
static void tie_rows(struct set_table *t)
{
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

/* Said once: a head is settled on every page. */
static void report_overflow(struct setter *s, struct set_cell *c, struct cursor from, double room,
                            double size)
{
    if (c->overflow_reported)
        return;
    c->overflow_reported = true;
    struct cursor to = content_cut(c->content, from, room);
    diag_add(
        s->fit, misfit_finding(s, c->box->label, c->box->at, content_origin(c->box->content)),
        "内容放不下，超 %zu 字：需高 %.1f mm，格内只有 %.1f mm，字号已是 %g 磅；请缩短内容",
        "%zu characters too many: %.1f mm of text in a cell of %.1f mm, set at %g pt; shorten it",
        content_characters(c->content, to), length_in_mm(c->content->height),
        length_in_mm(fmax(0, room)), size);
}

/* What does not fit goes to an annex; a line in the cell says so. */
static bool continue_elsewhere(struct setter *s, struct set_cell *c, double room)
{
    const struct box *mark = static_paragraph(s->arena, c->box->content, "（转附页）", ALIGN_RIGHT);
    if (!mark)
        return false;
    c->annex_mark = content_set(s, mark, c->inner_width, INFINITY, c->box->floor);
    double used, left = room - c->annex_mark->height;
    c->end = content_break(c->content, CONTENT_START, left, false, &used);

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

/* findings: what is wrong at this size, in place of what was wrong at another. */
static void set_content(struct setter *s, struct set_cell *c, double cap, struct diag *findings)
{
    struct diag *fit = s->fit;
    diag_clear(findings);
    findings->context = fit->context;
    s->fit = findings;
    c->content = content_set(s, c->box->content, c->inner_width, cap, c->box->floor);
    c->end = CONTENT_END(c->content);
    s->fit = fit;
}

/* Steps the content's type down until it has room or is as small as may be; returns its size. */
static double shrink_content(struct setter *s, struct set_cell *c, double size, double room,
                             struct diag *findings)
{
    double smaller = size, floor = c->box->floor;
    size_t n = s->n_fitted;

    while (c->content->height > room + LENGTH_SLACK && smaller > floor + LENGTH_SLACK) {
        smaller = chinese_size_below(smaller, floor);
        s->n_fitted = n; /* only the last size counts */
        set_content(s, c, smaller, findings);
    }
    if (smaller < size - LENGTH_SLACK)
        setter_fitted(s, c->box->label, size, smaller, false);
    return smaller;
}

static void fit_cell(struct setter *s, struct set_table *t, struct set_cell *c, double cap)
{
    const struct box_cell *b = c->box;
    struct diag findings = {0};
    bool exact;
    double declared = declared_height(t, c, &exact),
           size = fmin(content_largest(b->content), fmin(cap, s->cap));

    set_content(s, c, cap, &findings);
    c->foot = content_set(s, b->foot, c->inner_width, cap, b->floor);
    double room = declared > 0 ? declared - padding_of(c) - c->foot->height : INFINITY;
    if (c->content->height > room + LENGTH_SLACK && b->overflow == OVERFLOW_SHRINK &&
        (exact || !s->roomy))
        size = shrink_content(s, c, size, room, &findings);
    diag_append(s->fit, &findings);
    diag_clear(&findings);
    content_settle(c->content);
    content_settle(c->foot);
    if (c->content->height <= room + LENGTH_SLACK || (!exact && b->overflow != OVERFLOW_ERROR))
        return;
    if (b->overflow == OVERFLOW_CONTINUE && continue_elsewhere(s, c, room))
        return;
    report_overflow(s, c, CONTENT_START, room, size);
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

double rows_height(const struct set_table *t, size_t from, size_t to)
{
    double h = 0;
    for (size_t r = from; r < to; r++)
        h += t->rows[r].height;
    return h;
}

static void set_heights(struct set_table *t)
{
    for (size_t r = 0; r < t->box->n + (t->box->n_fill > 0); r++) {
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
        double have = rows_height(t, c->row, last_row(c) + 1), need = natural_height(c);
        struct set_row *grows = NULL;
        for (size_t r = c->row; r <= last_row(c); r++)
            if (t->rows[r].box->rule != HEIGHT_EXACT)
                grows = &t->rows[r];
        if (need > have + LENGTH_SLACK && grows)
            grows->height += need - have;
    }
    t->head_height = rows_height(t, 0, t->box->n_head);
}

struct set_table *table_set(struct setter *s, const struct box *box, double width, double cap)
{
    struct set_table *t = ARENA_NEW(s->arena, struct set_table);
    t->box = &box->u.table;
    t->setter = s;
    set_columns(s, t, box, width);
    place_cells(s, t);
    tie_rows(t);
    for (size_t i = 0; i < t->n_cells; i++)
        fit_cell(s, t, &t->cells[i], cap);
    set_heights(t);
    t->continued = content_set(s, t->box->continued, t->edges[t->box->n_columns], cap, 0);
    return t;
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

bool row_break(struct set_table *t, size_t row, double room, struct cell_part *parts)
{
    bool done = true;
    for (size_t i = 0; i < t->rows[row].n; i++) {
        struct set_cell *c = &t->cells[t->rows[row].first + i];
        if (c->box->rowspan > 1)
            continue;
        double used, inner = room - padding_of(c);
        parts[i].from = c->at;
        parts[i].to = c->at = content_break(c->content, c->at, inner, true, &used);
        bool all = content_at_end(c->content, c->at);
        if (all && !c->foot_done && c->foot->height <= inner - used + LENGTH_SLACK)
            parts[i].foot = c->foot_done = true;
        done = done && all && c->foot_done;
    }
    return done;
}

double row_span_need(const struct set_table *t, size_t row, size_t first_on_page,
                     struct set_cell **of)
{
    double need = 0;
    for (size_t i = 0; i < t->n_spanning && t->spanning[i]->row < row; i++) {
        struct set_cell *c = t->spanning[i];
        bool shown = c->row < first_on_page && (c->label_shown || c->box->repeat == REPEAT_ALWAYS);
        if (last_row(c) != row || c->overflow_reported || (shown && c->foot->height <= 0))
            continue;
        double above = 0, rest = shown ? 0 : content_rest(c->content, c->at);
        for (size_t r = c->row > first_on_page ? c->row : first_on_page; r < row; r++)
            above += t->rows[r].on_page;
        double more = padding_of(c) + rest + c->foot->height - above;
        if (more > need && of)
            *of = c;
        need = fmax(need, more);
    }
    return need;
}

/* --- the part of a table on a page --- */

/* A copy of the boxes; *last: the copy of the last paragraph with text, NULL: none. */
static struct box *copy_boxes(struct arena *arena, const struct box *boxes, struct box **last)
{
    struct box *first = NULL, **tail = &first;
    *last = NULL;
    for (const struct box *b = boxes; b; b = b->next) {
        *tail = ARENA_NEW(arena, struct box);
        **tail = *b;
        if (b->kind == BOX_PARAGRAPH) {
            (*tail)->u.paragraph.outline_level = 0;
            (*tail)->u.paragraph.anchor = NULL;
            if (b->u.paragraph.n > 0)
                *last = *tail;
        }
        (*tail)->next = NULL;
        tail = &(*tail)->next;
    }
    return first;
}

/* Where （续） stands at a repeated label: as the column's width allows. */
enum mark_place {
    MARK_BEHIND, /* the label, in its type */
    MARK_BELOW,  /* smaller, if need be */
    MARK_STACKED,
    MARK_NONE
};

static void add_mark(struct arena *arena, struct box *last, enum mark_place place)
{
    struct box_paragraph *p = &last->u.paragraph;
    bool stack = p->stack || place == MARK_STACKED;
    /* in a stack the brackets lie on their backs, as in vertical writing */
    const char *mark = stack ? "︵续︶" : "（续）";

    if (place == MARK_BEHIND) {
        struct inline_run *runs = ARENA_ARRAY(arena, struct inline_run, p->n + 1);
        memcpy(runs, p->runs, p->n * sizeof *runs);
        runs[p->n] = static_run(&runs[p->n - 1], mark);
        p->runs = runs;
        p->n++;
    } else if (place != MARK_NONE) {
        struct box *below = ARENA_NEW(arena, struct box);
        *below = *static_paragraph(arena, last, mark, p->align);
        below->u.paragraph.stack = stack;
        below->next = last->next;
        last->next = below;
    }
}

/* The label once more, with （续）, which must not be what does not fit: no finding is made of it.
 */
static struct content *repeated_label(struct set_table *t, const struct set_cell *c, double room)
{
    struct setter *s = t->setter;
    struct diag *fit = s->fit;
    size_t n = s->n_fitted;
    struct content *label = NULL;

    for (int k = MARK_BEHIND; k <= MARK_NONE && !label; k++) {
        struct diag findings = {.context = fit->context};
        struct box *last, *boxes = copy_boxes(s->arena, c->box->content, &last);
        if (last)
            add_mark(s->arena, last, (enum mark_place)k);
        s->fit = &findings;
        label = content_set(s, boxes, c->inner_width, INFINITY, c->box->floor);
        bool shrunk = s->n_fitted > n && k == MARK_BEHIND;
        if (findings.n > 0 || shrunk || label->height > room + LENGTH_SLACK)
            label = NULL;
        s->n_fitted = n;
        s->fit = fit;
        diag_clear(&findings);
    }
    return label ? label : c->content;
}

/* Whether what stands in this part is the label, whole, rather than a piece of running text. */
static bool is_label(const struct set_cell *c, double room)
{
    bool whole = c->at.block == 0 && c->at.line == 0 && c->content->height <= room + LENGTH_SLACK;
    return c->box->repeat == REPEAT_ALWAYS ||
           (c->box->repeat == REPEAT_WHOLE && (c->label_shown || whole));
}

/* A label that is repeated stands whole in each part that has the height for it. */
static void settle_label(struct set_table *t, struct set_cell *c, struct cell_piece *p, double room,
                         bool is_first, bool is_last)
{
    const struct content *label = is_first ? c->content : repeated_label(t, c, room);
    p->content = c->content;
    p->part = (struct cell_part){CONTENT_START, CONTENT_START, is_last};
    if (label->height <= room + LENGTH_SLACK) {
        p->content = label;
        p->part.to = CONTENT_END(label);
        c->label_shown = true;
    }
    if (is_last && !c->label_shown)
        report_overflow(t->setter, c, CONTENT_START, room, content_largest(c->box->content));
}

/* A cell over several rows: what of its content goes into those rows that are on this page. */
static void settle_spanning(struct set_table *t, struct set_cell *c, const struct row_part *rows,
                            struct cell_piece *p)
{
    bool is_first = rows[p->first_row].row == c->row && rows[p->first_row].is_first,
         is_last = rows[p->last_row].row == last_row(c) && rows[p->last_row].is_last;
    double room = -padding_of(c) - (is_last ? c->foot->height : 0), used;

    for (size_t i = p->first_row; i <= p->last_row; i++)
        room += rows[i].height;
    if (!(is_first && is_last) && is_label(c, room)) {
        settle_label(t, c, p, room, is_first, is_last);
        return;
    }
    if (c->row < t->box->n_head)
        c->at = CONTENT_START; /* a head stands on each page from its beginning */
    p->content = c->content;
    p->part = (struct cell_part){.from = c->at, .foot = is_last};
    p->part.to = content_break(c->content, c->at, room, false, &used);
    c->at = p->part.to;
    if (is_last && c->annex_mark)
        p->part.to = c->end;
    else if (is_last && !content_at_end(c->content, p->part.to))
        report_overflow(t->setter, c, p->part.from, room, content_largest(c->box->content));
}

static void settle_row_cells(struct set_table *t, struct table_part *part, size_t row,
                             const struct cell_part *parts)
{
    const struct set_row *r = &t->rows[part->rows[row].row];
    for (size_t k = 0; k < r->n; k++) {
        const struct set_cell *c = &t->cells[r->first + k];
        if (c->box->rowspan > 1)
            continue;
        struct cell_piece *p = &part->pieces[part->n_pieces++];
        *p = (struct cell_piece){.cell = c,
                                 .content = c->content,
                                 .part = parts ? parts[k]
                                               : (struct cell_part){CONTENT_START, c->end, true},
                                 .first_row = row,
                                 .last_row = row};
        if (c->annex_mark)
            p->part.to = c->end;
    }
}

struct table_part *table_settle(struct set_table *t, const struct row_part *rows, size_t n,
                                struct cell_part *const *parts)
{
    struct arena *arena = t->setter->arena;
    struct table_part *part = ARENA_NEW(arena, struct table_part);
    size_t most = t->n_spanning;

    for (size_t i = 0; i < n; i++)
        most += t->rows[rows[i].row].n;
    *part = (struct table_part){.table = t,
                                .rows = rows,
                                .n = n,
                                .pieces = ARENA_ARRAY(arena, struct cell_piece, most + 1)};
    for (size_t i = 0; i < n; i++)
        settle_row_cells(t, part, i, parts ? parts[i] : NULL);
    for (size_t k = 0; k < t->n_spanning; k++) {
        struct set_cell *c = t->spanning[k];
        struct cell_piece *p = &part->pieces[part->n_pieces];
        *p = (struct cell_piece){.cell = c, .first_row = n};
        for (size_t i = 0; i < n; i++)
            if (rows[i].row >= c->row && rows[i].row <= last_row(c)) {
                p->first_row = p->first_row == n ? i : p->first_row;
                p->last_row = i;
            }
        if (p->first_row == n)
            continue;
        part->n_pieces++;
        settle_spanning(t, c, rows, p);
    }
    return part;
}

struct table_part *table_settle_whole(struct set_table *t)
{
    struct row_part *rows = ARENA_ARRAY(t->setter->arena, struct row_part, t->box->n + 1);
    for (size_t r = 0; r < t->box->n; r++)
        rows[r] = (struct row_part){r, t->rows[r].height, true, true};
    return table_settle(t, rows, t->box->n, NULL);
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
    double half = e->weight / 2; /* closes the corners */
    if (e->upright)
        draw_line(canvas, (struct item_line){e->at, e->from - half, e->at, e->to + half,
                                             .weight = e->weight});
    else
        draw_line(canvas, (struct item_line){e->from - half, e->at, e->to + half, e->at,
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

/* Where a piece of a cell stands on the page. */
struct frame {
    double x, y, width, height;
};

/* outer: the sides that lie on an edge of the table's part. */
static void cell_edges(const struct canvas *canvas, const struct set_table *t,
                       const struct box_cell *c, const struct frame *p,
                       const bool outer[SIDE_COUNT], struct edges *e)
{
    const double right = p->x + p->width, bottom = p->y + p->height;
    double weight[SIDE_COUNT];
    for (int i = 0; i < SIDE_COUNT; i++)
        weight[i] = outer[i] && c->framed[i] ? fmax(t->box->frame, c->line[i]) : c->line[i];
    add_edge(canvas->arena, e, false, p->y, p->x, right, weight[SIDE_TOP]);
    add_edge(canvas->arena, e, false, bottom, p->x, right, weight[SIDE_BOTTOM]);
    add_edge(canvas->arena, e, true, p->x, p->y, bottom, weight[SIDE_LEFT]);
    add_edge(canvas->arena, e, true, right, p->y, bottom, weight[SIDE_RIGHT]);
}

/* Where the piece's content begins when it stands whole in its cell. */
static double content_top(const struct cell_piece *p, const struct frame *frame)
{
    const struct set_cell *c = p->cell;
    double foot = p->part.foot ? c->foot->height : 0;
    double free = frame->height - padding_of(c) - foot - p->content->height;
    double y = frame->y + c->box->padding[SIDE_TOP];
    if (free <= 0)
        return y;
    return y + (c->box->valign == VALIGN_MIDDLE   ? free / 2
                : c->box->valign == VALIGN_BOTTOM ? free
                                                  : 0);
}

/* The line of a cell that holds one, in its middle; NULL: it holds more, or stands elsewhere. */
static const struct text_line *only_line(const struct cell_piece *p)
{
    const struct content *c = p->content;
    bool middle = p->cell->box->rowspan == 1 && p->cell->box->valign == VALIGN_MIDDLE;
    if (!middle || !c || c->n != 1 || !c->blocks[0].text || c->blocks[0].text->n != 1 ||
        c->blocks[0].box->u.paragraph.stack)
        return NULL;
    return &c->blocks[0].text->lines[0];
}

static double baseline_of(const struct cell_piece *p, const struct frame *frame)
{
    const struct set_block *b = &p->content->blocks[0];
    double size = b->text->lines[0].size;
    return content_top(p, frame) + b->before + (b->pitch - size) / 2 + FONT_ASCENT * size;
}

/* lower: the single lines of a row stand on one baseline, whatever their sizes. */
static void draw_piece(const struct canvas *canvas, const struct cell_piece *p,
                       const struct frame *frame, double lower)
{
    const struct set_cell *c = p->cell;
    const struct box_cell *b = c->box;
    const struct cell_part *part = &p->part;
    double x = frame->x + b->padding[SIDE_LEFT], y = frame->y + b->padding[SIDE_TOP];
    bool start = part->from.block == 0 && part->from.line == 0;
    double foot = part->foot ? c->foot->height : 0;
    double bottom = frame->y + frame->height - b->padding[SIDE_BOTTOM] - foot;

    if (b->content && b->content->kind == BOX_IMAGE && b->content->u.image.stretch) {
        struct box_image image = b->content->u.image;
        image.width = c->inner_width;
        image.height = frame->height - padding_of(c);
        draw_image(canvas, &image, x, y, c->inner_width);
        return;
    }
    if (start && content_at_end(p->content, part->to))
        y = content_top(p, frame) + lower;
    content_draw(canvas, p->content, part->from, part->to, x, y);
    if (part->foot)
        content_draw_whole(canvas, c->foot, x, bottom);
    if (c->annex_mark && start)
        content_draw_whole(canvas, c->annex_mark, x, bottom - c->annex_mark->height);
}

static struct frame frame_of(const struct table_part *part, const struct cell_piece *p,
                             const double *tops, double x)
{
    const struct set_table *t = part->table;
    const struct set_cell *c = p->cell;
    return (struct frame){x + t->edges[c->column], tops[p->first_row], c->width,
                          c->box->rowspan == 1 ? part->rows[p->first_row].height
                                               : tops[p->last_row + 1] - tops[p->first_row]};
}

/* Of each row the lowest baseline of its single lines; 0: it has none. */
static double *row_baselines(const struct canvas *canvas, const struct table_part *part,
                             const double *tops, double x)
{
    double *baselines = ARENA_ARRAY(canvas->arena, double, part->n + 1);
    for (size_t i = 0; i < part->n_pieces; i++) {
        const struct cell_piece *p = &part->pieces[i];
        const struct frame frame = frame_of(part, p, tops, x);
        if (only_line(p))
            baselines[p->first_row] = fmax(baselines[p->first_row], baseline_of(p, &frame));
    }
    return baselines;
}

void table_draw(const struct canvas *canvas, const struct table_part *part, double x, double y)
{
    const struct set_table *t = part->table;
    struct edges edges = {0};
    double *tops = ARENA_ARRAY(canvas->arena, double, part->n + 1);

    tops[0] = y;
    for (size_t i = 0; i < part->n; i++)
        tops[i + 1] = tops[i] + part->rows[i].height;
    x += t->left;
    const double *baselines = row_baselines(canvas, part, tops, x);
    for (size_t i = 0; i < part->n_pieces; i++) {
        const struct cell_piece *p = &part->pieces[i];
        const struct set_cell *c = p->cell;
        const struct frame frame = frame_of(part, p, tops, x);
        const bool outer[SIDE_COUNT] = {p->first_row == 0,
                                        c->column + (size_t)c->box->colspan == t->box->n_columns,
                                        p->last_row + 1 == part->n, c->column == 0};
        cell_edges(canvas, t, c->box, &frame, outer, &edges);
        if (p->content)
            draw_piece(canvas, p, &frame,
                       only_line(p) ? baselines[p->first_row] - baseline_of(p, &frame) : 0);
    }
    draw_edges(canvas, &edges);
}
