/* roster_print.c - see roster_print.h.
 *
 * A laid-out row takes two hundred times the room of its text. So a long roster is laid out in
 * stretches of rows that end where a page ends, and each is drawn and let go before the next. All
 * are laid out twice: how many pages there are stands on every page. */
#include "sheet/roster_print.h"

#include "layout/look.h"
#include "pdf/pdf.h"

enum { STRETCH = 256 }; /* rows: some 15 pages, 40 MB */

struct stretch {
    size_t rows, pages;
};

struct printing {
    const struct sheet_document *document;
    const struct form *form;
    struct fonts *fonts;
    struct query_context *query;
    struct diag *diag;
    struct arena arena;
    struct stretch *stretches;
    size_t n, cap, pages; /* pages: of all */
    size_t at, row, page; /* the stretch to be drawn next, and where it begins */
    /* the one that is laid out now */
    struct arena laid;
    struct record_table *table;
    struct pages *current;
    struct buffer *looks;
};

static void let_go(struct printing *p)
{
    pages_close(p->current);
    record_table_free(p->table);
    arena_free(&p->laid);
    p->current = NULL;
    p->table = NULL;
}

/* Lays out n rows from first on; all is the number of pages, when it is known. */
static bool lay_out(struct printing *p, size_t first, size_t n, size_t before, size_t all,
                    struct diag *found)
{
    const struct sheet_document *d = p->document;
    struct layout_options options = {
        .asof = d->created, .draft = d->draft, .pages_before = before, .pages_all = all};
    let_go(p);
    if (!(p->table = print_record(d, first, n)))
        return false;
    record_node *root = record_table_root(p->table);
    query_context_begin(p->query, root, d->created);
    p->current = layout_form(&p->laid, p->form, p->fonts, p->query, root, ".", &options, found);
    return p->current && !diag_failed(found);
}

/* What of it can stand for itself when more rows follow: the pages but the last, up to one that
 * ends with a whole row. No pages: too little was laid out. */
static struct stretch whole_pages(const struct pages *pages)
{
    struct stretch s = {0, pages->n - 1};
    while (s.pages > 0 && pages->list[s.pages - 1].row_open)
        s.pages--;
    for (size_t i = 0; i < s.pages; i++)
        s.rows += pages->list[i].rows;
    return s;
}

/* Where each stretch ends. false: some row does not fit, or the like; all was reported. */
static bool divide(struct printing *p)
{
    size_t all = p->document->lists[0].n, row = 0, want = STRETCH;
    bool ok = true;

    while (row < all) {
        size_t n = want < all - row ? want : all - row;
        struct diag found = {.strict = p->diag->strict, .context = p->diag->context};
        bool fits = lay_out(p, row, n, p->pages, 0, &found);
        if (!p->table)
            return false;
        struct stretch s = {n, fits ? p->current->n : 0};
        if (fits && row + n < all)
            s = whole_pages(p->current);
        if (!fits || s.pages > 0) {
            for (size_t i = 0; i < found.n; i++)
                print_finding(p->document, row, s.rows, &found.list[i], p->diag);
            *ARENA_PUSH(&p->arena, p->stretches, p->n, p->cap) = s;
            row += s.rows;
            p->pages += s.pages;
        }
        want = fits && s.pages == 0 ? 2 * want : STRETCH;
        ok = ok && fits;
        diag_clear(&found);
    }
    return ok;
}

static bool next_stretch(void *data, const struct pages **out)
{
    struct printing *p = data;
    if (p->at == p->n) {
        *out = NULL;
        return true;
    }
    const struct stretch *s = &p->stretches[p->at++];
    if (p->n > 1) {              /* else it is there */
        struct diag again = {0}; /* what is found was reported */
        bool ok = lay_out(p, p->row, s->rows, p->page, p->pages, &again);
        diag_clear(&again);
        if (!ok || p->current->n != s->pages)
            return diag_system(p->diag, (struct src_pos){0}, "名单两次排版的结果不同（程序错误）",
                               "the roster was laid out differently when it was laid out again (a "
                               "fault of this program)");
    }
    p->row += s->rows;
    p->page += s->pages;
    looks_put(p->looks, p->current);
    *out = p->current;
    return true;
}

bool roster_print(const struct sheet_document *d, const struct form *form, struct fonts *fonts,
                  struct query_context *query, struct buffer *out, struct buffer *looks,
                  size_t *pages, struct diag *diag)
{
    struct printing p = {
        .document = d, .form = form, .fonts = fonts, .query = query, .looks = looks, .diag = diag};
    bool ok = divide(&p) && pdf_write_stretches(next_stretch, &p, out, diag);
    *pages = ok ? p.pages : 0;
    let_go(&p);
    arena_free(&p.arena);
    return ok;
}
