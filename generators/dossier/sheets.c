/* sheets.c - see sheets.h. */
#include "dossier/sheets.h"

#include "core/units.h"

#include <math.h>
#include <string.h>

struct sheet_maker {
    struct arena *arena;
    const struct parts *parts;
    const struct pages *stamps;
    bool keep_a3;
    struct pages *pages;
    struct bind_copy *copies;
    size_t n_copies, cap_copies, n_links;
};

static struct page *add_sheet(struct sheet_maker *m, double width, double height)
{
    struct page *p = ARENA_PUSH(m->arena, m->pages->list, m->pages->n, m->pages->cap);
    /* those of the stamps come first: 草稿 lies behind copies, too */
    *p = (struct page){
        .width = width, .height = height, .marked = true, .watermark_end = m->stamps->n_watermarks};
    return p;
}

/* At the head of the next page. */
static void add_anchor(struct sheet_maker *m, const char *name)
{
    if (name && *name)
        *ARENA_PUSH(m->arena, m->pages->anchors, m->pages->n_anchors, m->pages->cap_anchors) =
            (struct page_anchor){name, m->pages->n, 0};
}

static void add_outline(struct sheet_maker *m, int level, const char *title, size_t page, double y)
{
    *ARENA_PUSH(m->arena, m->pages->outline, m->pages->n_outline, m->pages->cap_outline) =
        (struct page_outline){level, title, page, y};
}

/* Of a volume that is printed on both sides every other page is one, glued at its right side. */
static bool is_verso(const struct sheet_maker *m, size_t sheet)
{
    return m->parts->duplex && sheet % 2 == 1;
}

/* How far a page of ours moves to the right, whose margins are these at its left and at its right:
 * at the glued side it leaves what copies leave there, as far as the other side has it to give. */
static double to_glued_side(const struct sheet_maker *m, double left, double right, bool verso)
{
    const double *copies = m->parts->facts->margin;
    double glued = fmax(left, fmin(copies[3], left + right - copies[1]));
    return verso ? right - glued : glued - left;
}

/* A landscape page of A4 is bound at its head; on a verso, too, its head is at the left (GB/T 9704,
 * 8). */
static void bind_page(struct sheet_maker *m, size_t sheet, const double margin[4])
{
    struct page *page = &m->pages->list[sheet];
    bool verso = is_verso(m, sheet);
    if (page->width > page->height && page->height < A4_HEIGHT - 1) {
        page_move(page, 0, to_glued_side(m, margin[0], margin[2], verso));
        page_turn(page);
    } else {
        page_move(page, to_glued_side(m, margin[3], margin[1], verso), 0);
    }
}

/* Adds a paper's pages; its bookmarks go beneath the entry of the volume, at this level. */
static void add_laid(struct sheet_maker *m, const struct pages *laid, int level)
{
    size_t before = m->pages->n_outline, first = m->pages->n, anchor = m->pages->n_anchors;
    pages_append(m->arena, m->pages, laid);
    for (size_t i = first; i < m->pages->n; i++)
        bind_page(m, i, laid->margin);
    for (size_t i = before; i < m->pages->n_outline; i++) {
        struct page_outline *o = &m->pages->outline[i];
        o->level += level;
        o->y = m->pages->list[o->page].turned ? 0 : o->y;
    }
    for (size_t i = anchor; i < m->pages->n_anchors; i++) {
        struct page_anchor *a = &m->pages->anchors[i];
        a->y = m->pages->list[a->page].turned ? 0 : a->y;
    }
}

static struct fit_sheet sheet_for(struct sheet_maker *m, double width, double height)
{
    const struct sections_facts *f = m->parts->facts;
    struct fit_sheet s = {.width = A4_WIDTH, .height = A4_HEIGHT};
    if (m->keep_a3 && fit_is_a3(width, height)) {
        s.width = width > height ? A3_HEIGHT : A3_WIDTH;
        s.height = width > height ? A3_WIDTH : A3_HEIGHT;
    }
    memcpy(s.margin, f->margin, sizeof s.margin);
    if (is_verso(m, m->pages->n)) {
        s.margin[1] = f->margin[3];
        s.margin[3] = f->margin[1];
    }
    return s;
}

static void add_image(struct sheet_maker *m, struct part *p)
{
    /* of an orientation, what it is after a quarter to the left */
    static const int turned[] = {8, 5, 6, 7, 4, 1, 2, 3};
    struct media_image *image = &p->attachment->image;
    double w, h;
    bool known = image_printed_size(image, &w, &h);
    struct fit_sheet sheet = sheet_for(m, known ? w : 0, known ? h : 0);
    struct fit_placement at = fit_place(&sheet, w, h, !known, m->parts->facts->turn);
    struct page *page = add_sheet(m, sheet.width, sheet.height);
    if (at.turned) {
        struct media_image *copy = ARENA_NEW(m->arena, struct media_image);
        *copy = *image;
        image->jpeg_lent = false; /* its memory can go to one place */
        copy->orientation = turned[(image->orientation + 7) % 8];
        image = copy;
    }
    struct page_item *item = ARENA_PUSH(m->arena, page->items, page->n, page->cap);
    *item = (struct page_item){
        .kind = ITEM_IMAGE,
        .u.image = {at.x, sheet.height - at.y - at.height, at.width, at.height, image, NULL}};
}

/* Copies of one attachment by their pages in it: 0 for a page that is not bound, else one more than
 * the copy's number. */
static size_t *copies_by_page(struct sheet_maker *m, const struct bind_copy *copies, size_t n,
                              size_t pages)
{
    size_t *by_page = ARENA_ARRAY(m->arena, size_t, pages);
    for (size_t i = n; i-- > 0;)
        by_page[copies[i].page] = i + 1;
    return by_page;
}

/* Where a place in an attachment has come to; copy: of its page. */
static void find_target(struct sheet_maker *m, const struct bind_copy *copy,
                        const struct attachment_target *to, size_t *sheet, double *y)
{
    double x, up;
    fit_point(copy->matrix, to->x, to->y, &x, &up);
    *sheet = copy->sheet;
    *y = m->pages->list[*sheet].height - up;
}

static void add_link(struct sheet_maker *m, const struct bind_copy *from,
                     const struct attachment_link *link, size_t sheet, double y)
{
    struct page *page = &m->pages->list[from->sheet];
    const char *name = arena_printf(m->arena, "link %zu", ++m->n_links);
    double r[4];

    fit_rect(from->matrix, link->rect, r);
    *ARENA_PUSH(m->arena, m->pages->anchors, m->pages->n_anchors, m->pages->cap_anchors) =
        (struct page_anchor){name, sheet, y};
    struct page_item *item = ARENA_PUSH(m->arena, page->items, page->n, page->cap);
    *item = (struct page_item){
        .kind = ITEM_LINK, .u.link = {r[0], page->height - r[3], r[2] - r[0], r[3] - r[1], name}};
}

/* The attachment's own bookmarks and links, as far as they lead to pages that are bound. */
static void add_marks(struct sheet_maker *m, const struct attachment_pages *s,
                      const struct bind_copy *copies, size_t n)
{
    const size_t *by_page = copies_by_page(m, copies, n, s->n);
    size_t sheet;
    double y;

    for (size_t i = 0; i < s->n_bookmarks; i++) {
        const struct attachment_bookmark *b = &s->bookmarks[i];
        if (by_page[b->to.page] == 0)
            continue;
        find_target(m, &copies[by_page[b->to.page] - 1], &b->to, &sheet, &y);
        add_outline(m, 2 + b->level, b->title, sheet, y);
    }
    for (size_t i = 0; i < s->n_links; i++) {
        const struct attachment_link *l = &s->links[i];
        if (by_page[l->page] == 0 || by_page[l->to.page] == 0)
            continue;
        find_target(m, &copies[by_page[l->to.page] - 1], &l->to, &sheet, &y);
        add_link(m, &copies[by_page[l->page] - 1], l, sheet, y);
    }
}

static void add_pdf(struct sheet_maker *m, struct part *p, size_t n)
{
    struct attachment_pages *s = p->attachment->source;
    size_t first = m->n_copies;

    for (size_t i = 0; i < n; i++) {
        const struct fit_page *from = &s->pages[p->selected[i] - 1];
        double w, h;
        fit_size(from, &w, &h);
        struct fit_sheet on = sheet_for(m, w, h);
        struct fit_placement at = fit_place(&on, w, h, false, m->parts->facts->turn);
        struct bind_copy *c = ARENA_PUSH(m->arena, m->copies, m->n_copies, m->cap_copies);
        *c = (struct bind_copy){.sheet = m->pages->n, .attachment = s, .page = p->selected[i] - 1};
        fit_matrix(from, &at, c->matrix);
        add_sheet(m, on.width, on.height);
    }
    add_marks(m, s, m->copies + first, n);
}

/* Is the part the first of what proves the item, and in this volume? */
static bool is_first_of(const struct parts *parts, const char *item, size_t part)
{
    const struct place *place = materials_place(parts->materials, item);
    const struct material *m = &parts->materials->list[place->material];
    return place->kind == PLACE_BOUND && parts->list[part].material == m;
}

static void add_part_sheets(struct sheet_maker *m, size_t i)
{
    struct part *p = &m->parts->list[i];
    const char *item = p->material ? p->material->item : "";

    for (size_t k = 0; k < p->run.blanks; k++)
        add_sheet(m, A4_WIDTH, A4_HEIGHT);
    add_anchor(m, p->anchor);
    if (*item && is_first_of(m->parts, item, i))
        add_anchor(m, item);
    if (p->kind != PART_COVER)
        add_outline(m, p->material ? 2 : 1, p->title, m->pages->n, 0);
    if (p->kind != PART_COPY)
        add_laid(m, p->laid, 2);
    else if (p->attachment->source)
        add_pdf(m, p, p->run.pages);
    else
        add_image(m, p);
}

static void stamp_all(struct sheet_maker *m)
{
    size_t first = m->parts->total - m->parts->stamped; /* all sheets from there on have a number */
    if (m->parts->stamped > 0)
        m->pages->numbered_from = first;
    for (size_t i = 0; i < m->parts->stamped; i++) {
        struct page *sheet = &m->pages->list[first + i];
        const struct page *stamp = &m->stamps->list[i];
        double side = to_glued_side(m, m->stamps->margin[3], m->stamps->margin[1],
                                    is_verso(m, first + i)),
               across = is_verso(m, first + i) ? 0 : sheet->width - stamp->width;
        page_overlay(m->arena, sheet, stamp, across + side, sheet->height - stamp->height);
    }
}

struct sheets sheets_make(const struct parts *parts, const struct pages *stamps, bool keep_a3)
{
    const struct pages *cover = parts->list[0].laid;
    struct pages marks = *stamps; /* watermarks and what the report says; the pages are laid over */
    struct pages all = {.title = parts->facts->title,
                        .subject = cover->subject,
                        .author = cover->author,
                        .language = cover->language,
                        .created = cover->created};
    struct sheet_maker m = {.arena = parts->arena,
                            .parts = parts,
                            .stamps = stamps,
                            .keep_a3 = keep_a3,
                            .pages = ARENA_NEW(parts->arena, struct pages)};

    *m.pages = all;
    marks.n = marks.n_anchors = marks.n_outline = 0;
    pages_append(m.arena, m.pages, &marks);
    for (size_t i = 0; i < parts->n; i++)
        add_part_sheets(&m, i);
    stamp_all(&m);
    return (struct sheets){m.pages, m.copies, m.n_copies, m.cap_copies};
}
