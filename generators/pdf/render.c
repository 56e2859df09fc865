/* render.c - see pdf.h. Walks the display list; what stands where was decided by layout.
 *
 * ISO 32000-1: 7.7 (document structure), 12.3 (destinations, outline), 12.5 (link
 * annotations), 14.3 (information). */
#include "pdf/content.h"
#include "pdf/deflate.h"
#include "pdf/pdf.h"
#include "pdf/pdf_image.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct picture {
    const struct media_image *image;
    HPDF_Dict object;
    char name[24];
};

struct render {
    bool (*next)(void *data, const struct pages **stretch);
    void *data;
    bool given_up;             /* next has reported why */
    const struct pages *pages; /* of the stretch that is being drawn */
    size_t n_before;           /* pages of those before */
    struct pdf_file *file;
    HPDF_Page *objects;  /* of the stretch's pages */
    HPDF_Dict resources; /* of the stream that is being drawn */
    struct content content;
    struct pdf_font **fonts; /* in the order of first use */
    size_t n_fonts, cap_fonts;
    struct picture *pictures;
    size_t n_pictures, cap_pictures;
    HPDF_Dict *watermarks;
    const struct page_anchor **anchors; /* by their names; NULL: not sorted yet */
    const char **dangling;              /* anchors that were missed already */
    size_t n_dangling, cap_dangling;
};

static struct pdf_font *font_of(struct render *r, const struct face *face)
{
    for (size_t i = 0; i < r->n_fonts; i++)
        if (pdf_font_face(r->fonts[i]) == face)
            return r->fonts[i];
    struct pdf_font *font = pdf_font_new(r->file, face, (unsigned)r->n_fonts + 1);
    *ARENA_PUSH(&r->file->arena, r->fonts, r->n_fonts, r->cap_fonts) = font;
    return font;
}

static void add_resource(struct render *r, const char *kind, const char *name, HPDF_Dict object)
{
    HPDF_Dict all = pdf_file_dict_in(r->file, r->resources, kind);
    if (!HPDF_Dict_GetItem(all, name, HPDF_OCLASS_DICT))
        HPDF_Dict_Add(all, name, object);
    pdf_file_check(r->file);
}

static void use_font(struct render *r, const struct pdf_font *font)
{
    add_resource(r, "Font", pdf_font_name(font), pdf_font_object(font));
}

static void draw_text(struct render *r, const struct item_text *t)
{
    struct pdf_font *font = font_of(r, t->face);
    use_font(r, font);
    content_text(&r->content, font, t);
}

/* Any font of the document will do; NULL: it has none. */
static struct pdf_font *font_for_blanks(struct render *r)
{
    if (r->n_fonts)
        return r->fonts[0];
    for (size_t p = 0; p < r->pages->n; p++)
        for (size_t i = 0; i < r->pages->list[p].n; i++)
            if (r->pages->list[p].items[i].kind == ITEM_TEXT)
                return font_of(r, r->pages->list[p].items[i].u.text.face);
    return NULL;
}

static void draw_checkbox(struct render *r, const struct item_checkbox *b)
{
    struct pdf_font *font = font_for_blanks(r);
    if (font)
        use_font(r, font);
    content_checkbox(&r->content, font, b);
}

/* The same picture drawn twice is one object. */
static const struct picture *picture_of(struct render *r, const struct media_image *image)
{
    for (size_t i = 0; i < r->n_pictures; i++)
        if (r->pictures[i].image == image)
            return &r->pictures[i];
    struct picture p = {.image = image, .object = pdf_image_new(r->file, image)};
    snprintf(p.name, sizeof p.name, "I%zu", r->n_pictures + 1);
    struct picture *kept = ARENA_PUSH(&r->file->arena, r->pictures, r->n_pictures, r->cap_pictures);
    *kept = p;
    return kept;
}

static void draw_image(struct render *r, const struct item_image *i)
{
    const struct picture *p = picture_of(r, i->image);
    double matrix[6];
    add_resource(r, "XObject", p->name, p->object);
    pdf_image_matrix(i->image, i->x, r->content.height - i->y - i->height, i->width, i->height,
                     matrix);
    content_object(&r->content, p->name, matrix, false);
}

/* [page /XYZ null top null]: the reader's zoom stays as it is. */
static void add_destination(struct render *r, HPDF_Dict to, size_t page, double y)
{
    if (page >= r->pages->n)
        pdf_file_fail(r->file, "链接或书签指向第 %zu 页，而文件只有 %zu 页（程序错误）",
                      "a link or bookmark leads to page %zu of %zu (a fault of this program)",
                      page + 1, r->pages->n);
    HPDF_MMgr m = r->file->doc->mmgr;
    HPDF_Array a = HPDF_Array_New(m);
    HPDF_Dict_Add(to, "Dest", a);
    HPDF_Array_Add(a, r->objects[page]);
    HPDF_Array_AddName(a, "XYZ");
    HPDF_Array_Add(a, HPDF_Null_New(m));
    HPDF_Array_AddReal(a, pdf_file_real(r->file, r->pages->list[page].height - y));
    HPDF_Array_Add(a, HPDF_Null_New(m));
    pdf_file_check(r->file);
}

/* Of those with one name the first comes first. */
static int by_name(const void *a, const void *b)
{
    const struct page_anchor *x = *(const struct page_anchor *const *)a,
                             *y = *(const struct page_anchor *const *)b;
    int c = strcmp(x->name, y->name);
    return c ? c : (x > y) - (x < y);
}

static void sort_anchors(struct render *r)
{
    size_t n = r->pages->n_anchors;
    r->anchors = ARENA_ARRAY(&r->file->arena, const struct page_anchor *, n + 1);
    for (size_t i = 0; i < n; i++)
        r->anchors[i] = &r->pages->anchors[i];
    qsort(r->anchors, n, sizeof(struct page_anchor *), by_name);
}

static const struct page_anchor *find_anchor(struct render *r, const char *name)
{
    size_t low = 0, high = r->pages->n_anchors;
    if (!r->anchors)
        sort_anchors(r);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(r->anchors[middle]->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < r->pages->n_anchors && !strcmp(r->anchors[low]->name, name);
    return found ? r->anchors[low] : NULL;
}

/* Each missing anchor is reported once. */
static void miss_anchor(struct render *r, const char *name)
{
    for (size_t i = 0; i < r->n_dangling; i++)
        if (!strcmp(r->dangling[i], name))
            return;
    *ARENA_PUSH(&r->file->arena, r->dangling, r->n_dangling, r->cap_dangling) = name;
    diag_system(r->file->diag, (struct src_pos){0}, "链接的目标“%s”不存在，链接已略去，请改正模板",
                "a link leads to the anchor \"%s\", which does not exist: it was left out; mend "
                "the template",
                name);
}

static void draw_link(struct render *r, HPDF_Page page, const struct item_link *l, bool turned)
{
    static const double no_border[] = {0, 0, 0};
    double bottom = r->content.height - l->y - l->height;
    double rect[] = {l->x, bottom, l->x + l->width, bottom + l->height};
    double turned_rect[] = {l->y, l->x, l->y + l->height, l->x + l->width};
    const struct page_anchor *to = find_anchor(r, l->to);
    if (!to) {
        miss_anchor(r, l->to);
        return;
    }
    HPDF_Array all = HPDF_Dict_GetItem(page, "Annots", HPDF_OCLASS_ARRAY);
    if (!all) {
        all = HPDF_Array_New(r->file->doc->mmgr);
        HPDF_Dict_Add(page, "Annots", all);
    }
    HPDF_Dict link = pdf_file_dict(r->file);
    HPDF_Array_Add(all, link);
    HPDF_Dict_AddName(link, "Type", "Annot");
    HPDF_Dict_AddName(link, "Subtype", "Link");
    pdf_file_array_in(r->file, link, "Rect", turned ? turned_rect : rect, 4);
    pdf_file_array_in(r->file, link, "Border", no_border, 3);
    add_destination(r, link, to->page, to->y);
}

static void draw_item(struct render *r, HPDF_Page page, const struct page_item *item, bool turned)
{
    switch (item->kind) {
    case ITEM_TEXT:
        draw_text(r, &item->u.text);
        break;
    case ITEM_LINE:
        content_line(&r->content, &item->u.line);
        break;
    case ITEM_CHECKBOX:
        draw_checkbox(r, &item->u.checkbox);
        break;
    case ITEM_IMAGE:
        draw_image(r, &item->u.image);
        break;
    case ITEM_LINK:
        draw_link(r, page, &item->u.link, turned);
        break;
    case ITEM_COPY: /* bound when all is written */
        break;
    }
}

static struct buffer packed_content(struct render *r)
{
    struct buffer packed = {0};
    content_end(&r->content);
    deflate_add(&packed, r->content.out.data, r->content.out.len, DEFLATE_FAST);
    return packed;
}

static void watermark_name(size_t i, char out[24])
{
    snprintf(out, 24, "W%zu", i + 1);
}

/* What has been drawn since content_begin, with r->resources, as an object of its own. */
static HPDF_Dict end_form(struct render *r, const double box[4])
{
    struct buffer packed = packed_content(r);
    HPDF_Dict form = pdf_file_stream(r->file, &packed);
    HPDF_Dict_AddName(form, "Type", "XObject");
    HPDF_Dict_AddName(form, "Subtype", "Form");
    pdf_file_array_in(r->file, form, "BBox", box, 4);
    HPDF_Dict_Add(form, "Resources", r->resources);
    pdf_file_check(r->file);
    return form;
}

/* A form of the glyphs around the origin. */
static HPDF_Dict watermark_glyphs(struct render *r, const struct page_watermark *w)
{
    double box[4] = {0, 0, 0, 0};
    r->resources = pdf_file_dict(r->file);
    content_begin(&r->content, 0);
    content_begin_actual(&r->content,
                         w->text); /* else it is copied letter by letter, being aslant */
    for (size_t i = 0; i < w->n; i++) {
        struct item_text t = w->runs[i];
        t.gray = w->gray;
        draw_text(r, &t);
        for (size_t k = 0; k < t.n; k++) { /* an em around each glyph: nothing reaches farther */
            double x = t.x + t.glyphs[k].x + t.glyphs[k].shift;
            box[0] = fmin(box[0], x - t.size);
            box[1] = fmin(box[1], -t.y - t.size);
            box[2] = fmax(box[2], x + 2 * t.size);
            box[3] = fmax(box[3], -t.y + 2 * t.size);
        }
    }
    content_end(&r->content);
    content_end_actual(&r->content, w->text);
    return end_form(r, box);
}

/* A form of all its places below the origin; every page draws the same one, at its upper edge. */
static HPDF_Dict watermark_form(struct render *r, const struct page_watermark *w)
{
    static const double all[] = {-20000, -20000, 20000, 20000};
    double turn = w->angle * M_PI / 180, cosine = cos(turn), sine = sin(turn);
    HPDF_Dict glyphs = watermark_glyphs(r, w);
    r->resources = pdf_file_dict(r->file);
    add_resource(r, "XObject", "W", glyphs);
    content_begin(&r->content, 0);
    for (size_t k = 0; k < w->n_centres; k++) {
        double matrix[] = {cosine, sine, -sine, cosine, w->centres[k][0], -w->centres[k][1]};
        content_object(&r->content, "W", matrix, false);
    }
    return end_form(r, all);
}

static void draw_watermarks(struct render *r, const struct page *p)
{
    const double matrix[] = {1, 0, 0, 1, 0, r->content.height};
    size_t end = p->marked ? p->watermark_end : r->pages->n_watermarks;
    for (size_t i = p->marked ? p->watermark_first : 0; i < end; i++) {
        char name[24];
        watermark_name(i, name);
        add_resource(r, "XObject", name, r->watermarks[i]);
        content_object(&r->content, name, matrix, true);
    }
}

static void draw_page(struct render *r, size_t number)
{
    const struct page *p = &r->pages->list[number];
    HPDF_Page page = r->objects[number];
    r->resources = pdf_file_dict_in(r->file, page, "Resources");
    content_begin(&r->content, p->height);
    if (p->turned)
        content_turn(&r->content, p->width);
    draw_watermarks(r, p);
    for (size_t i = 0; i < p->n; i++) {
        if (i > 0 && i == p->turned)
            content_upright(&r->content, p->height);
        draw_item(r, page, &p->items[i], i < p->turned);
    }
    if (p->turned && p->turned == p->n)
        content_upright(&r->content, p->height);
    struct buffer packed = packed_content(r);
    pdf_file_set_content(r->file, page, &packed);
    if (r->content.bad)
        pdf_file_fail(
            r->file, "第 %zu 页有内容落在页面之外无法表示的位置，请检查模板的尺寸",
            "something on page %zu is placed beyond what a page can be; check the template's sizes",
            r->n_before + number + 1);
}

/* Top, or under the nearest entry before it that is of a higher level. */
static void add_outline(struct render *r)
{
    struct {
        HPDF_Outline item;
        int level;
    } *above = arena_alloc(&r->file->arena, r->pages->n_outline, sizeof *above);
    size_t depth = 0;
    for (size_t i = 0; i < r->pages->n_outline; i++) {
        const struct page_outline *o = &r->pages->outline[i];
        while (depth > 0 && above[depth - 1].level >= o->level)
            depth--;
        HPDF_Outline item =
            HPDF_CreateOutline(r->file->doc, depth ? above[depth - 1].item : NULL, "?", NULL);
        pdf_file_text(r->file, item, "Title", o->title);
        add_destination(r, item, o->page, o->y);
        above[depth].item = item;
        above[depth++].level = o->level;
    }
    if (r->pages->n_outline)
        HPDF_SetPageMode(r->file->doc, HPDF_PAGE_MODE_USE_OUTLINE);
}

static void add_information(struct render *r)
{
    HPDF_Dict info = r->file->doc->info;
    const char *d = r->pages->created;
    pdf_file_text(r->file, info, "Title", r->pages->title);
    pdf_file_text(r->file, info, "Subject", r->pages->subject);
    pdf_file_text(r->file, info, "Author", r->pages->author);
    pdf_file_text(r->file, info, "Creator", "shenbao");
    if (d) {
        if (strlen(d) != 10 || strspn(d, "0123456789-") != 10 || d[4] != '-' || d[7] != '-')
            pdf_file_fail(r->file, "文件日期“%s”不是 年-月-日 的形式",
                          "the document's date \"%s\" is not yyyy-mm-dd", d);
        pdf_file_ascii(
            r->file, info, "CreationDate",
            arena_printf(&r->file->arena, "D:%.4s%.2s%.2s000000+08'00'", d, d + 5, d + 8));
    }
    if (r->pages->language)
        pdf_file_ascii(r->file, r->file->doc->catalog, "Lang", r->pages->language);
}

/* What a reader shows in its page box: the number on the page, and before those i, ii, iii. */
static void add_labels(struct render *r)
{
    size_t from = r->pages->numbered_from;
    if (from == 0)
        return;
    HPDF_AddPageLabel(r->file->doc, 0, HPDF_PAGE_NUM_STYLE_LOWER_ROMAN, 1, NULL);
    HPDF_AddPageLabel(r->file->doc, (HPDF_UINT)from, HPDF_PAGE_NUM_STYLE_DECIMAL, 1, NULL);
}

static void draw_stretch(struct render *r)
{
    struct pdf_file *f = r->file;
    r->objects = ARENA_ARRAY(&f->arena, HPDF_Page, r->pages->n);
    r->watermarks = ARENA_ARRAY(&f->arena, HPDF_Dict, r->pages->n_watermarks);
    /* what these point to is the stretch's */
    r->n_pictures = r->n_dangling = 0;
    r->anchors = NULL;
    if (r->n_before == 0)
        add_information(r);
    for (size_t i = 0; i < r->pages->n; i++) { /* before what leads to them */
        r->objects[i] = HPDF_AddPage(f->doc);
        HPDF_Page_SetWidth(r->objects[i], pdf_file_real(f, r->pages->list[i].width));
        HPDF_Page_SetHeight(r->objects[i], pdf_file_real(f, r->pages->list[i].height));
    }
    for (size_t i = 0; i < r->pages->n_watermarks; i++)
        r->watermarks[i] = watermark_form(r, &r->pages->watermarks[i]);
    for (size_t i = 0; i < r->pages->n; i++)
        draw_page(r, i);
    add_outline(r);
    add_labels(r);
    r->n_before += r->pages->n;
}

static void draw(struct pdf_file *f, void *user)
{
    struct render *r = user;
    r->file = f;
    while (!(r->given_up = !r->next(r->data, &r->pages)) && r->pages)
        draw_stretch(r);
    if (!r->given_up && r->n_before == 0)
        pdf_file_fail(f, "没有任何页面（程序错误）",
                      "there are no pages (a fault of this program)");
    for (size_t i = 0; i < r->n_fonts; i++)
        pdf_font_finish(r->fonts[i]);
}

static bool write_stretches(bool (*next)(void *data, const struct pages **stretch), void *data,
                            bool mapped, struct buffer *out, struct diag *diag)
{
    struct render r = {.next = next, .data = data};
    size_t before = out->len;
    bool ok = pdf_file_make(draw, &r, mapped, out, diag) && !r.given_up;
    if (!ok)
        out->len = before;
    content_clear(&r.content);
    return ok;
}

bool pdf_write_stretches(bool (*next)(void *data, const struct pages **stretch), void *data,
                         struct buffer *out, struct diag *diag)
{
    return write_stretches(next, data, false, out, diag);
}

static bool only(void *data, const struct pages **stretch)
{
    const struct pages **pages = data;
    *stretch = *pages;
    *pages = NULL;
    return true;
}

bool pdf_write(const struct pages *pages, struct buffer *out, struct diag *diag)
{
    return write_stretches(only, &pages, false, out, diag);
}

bool pdf_write_mapped(const struct pages *pages, struct buffer *out, struct diag *diag)
{
    return write_stretches(only, &pages, true, out, diag);
}
