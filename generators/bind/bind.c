/* bind.c - see bind.h.
 *
 * ISO 32000-1: 8.10 (form XObjects), 11.4.7 (page groups), 11.6.4 (opacity), 12.6.4.7 (URI
 * actions). */
#include "bind/bind.h"

#include "bind/field.h"
#include "bind/layers.h"
#include "bind/open_marks.h"
#include "bind/qdoc.h"
#include "core/digest.h"
#include "core/machine.h"
#include "pdf/deflate.h"
#include "pdf/pdf.h"
#include "pdf/utf16.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum {
    MOST_ROUNDS = 8, /* of merging: as deep as page resources nest */
    DEEPEST = 40,
    MOST_HASHED = 1 << 18, /* bytes, for the document's ID */
    LONGEST_ADDRESS = 2048,
    FIRST_LOOK = 4096, /* bytes of a stream, before all of it is compared */
    HIDDEN = 2,
    NO_VIEW = 32 /* annotation flags */
};

/* Renderers differ in what becomes of a path that a form has begun and not painted. MuPDF adds it
 * to the next one: so it is ended here, with nothing drawn. */
#define END_PATH "0 0 m n"

static const char draw_form[] = "q /A0 Do " END_PATH " Q\n";

struct bind_form {
    int id; /* of the form in the volume; 0: not made yet */
    double matrix[6];
    int content; /* id of the page's content stream that became the form; 0: a new stream */
};

struct binding {
    struct qdoc *volume;
    struct arena arena;
    struct diag *diag;
    int first_new;          /* object ids from here on came with the attachments */
    int plain_stream;       /* id of the stream that draws a copy alone; 0: none yet */
    struct qdoc *lettering; /* texts that annotations are drawn with; NULL: there are none */
    struct buffer lettering_data;
    size_t letterings_drawn;
};

static bool report_unbindable(struct binding *b, const struct bind_copy *c, struct qdoc *d)
{
    return diag_add(b->diag, (struct finding){.severity = SEVERITY_ERROR, .rule = "R76"},
                    "PDF“%s”第 %zu 页无法装订，请重新导出%.0s",
                    "PDF '%s': page %zu cannot be bound: export it again (%s)", c->attachment->href,
                    c->page + 1, q_fault(d));
}

static qref number_array(struct qdoc *d, const double *v, size_t n)
{
    char text[400];
    size_t used = 0;
    text[used++] = '[';
    for (size_t i = 0; i < n && used < sizeof text - 32; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%.5f ", v[i]);
    snprintf(text + used, sizeof text - used, "]");
    return q_parse(d, text);
}

/* The dictionary below a key, made where there is none. */
static qref sub_dictionary(struct qdoc *d, qref dict, const char *key)
{
    qref found = q_get(d, dict, key);
    if (!found) {
        found = q_parse(d, "<<>>");
        q_put(d, dict, key, found);
    }
    return found;
}

/* --- a page as a form --- */

static bool is_content_of_form(const struct attachment_pages *s, int id)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->forms[i].content == id)
            return true;
    return false;
}

/* Is there nothing about a stream but how it is packed? Whatever else its dictionary says would be
 * said of the form; and the stream of a form or an appearance is drawn elsewhere, too. */
static bool is_plain_stream(struct qdoc *d, qref stream)
{
    static const char *const packing[] = {"/Length", "/Filter",  "/DecodeParms", "/DL",
                                          "/F",      "/FFilter", "/FDecodeParms"};
    struct arena arena = {0};
    const char **keys;
    size_t known = 0, n = q_keys(d, stream, &arena, &keys);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof packing / sizeof *packing; k++)
            known += !strcmp(keys[i], packing[k]);
    arena_free(&arena);
    return known == n;
}

/* A stream of the same data, packed as they are: many pages may share what unpacks to megabytes. */
static qref same_data(struct binding *b, struct qdoc *from, qref stream)
{
    static const char *const packing[] = {"/Filter", "/DecodeParms"};
    struct qdoc *v = b->volume;
    struct buffer data = {0};
    qref same = 0;

    if (q_raw_data(from, stream, &data))
        same = q_indirect(v, q_new_stream(v, data.data, data.len));
    for (size_t i = 0; i < sizeof packing / sizeof *packing; i++)
        q_put(v, same, packing[i],
              q_copy(v, from, q_indirect(from, q_get(from, stream, packing[i]))));
    buffer_clear(&data);
    return same;
}

/* Packed here: when qpdf does it, binding takes longer than all else of it together. */
static qref packed_stream(struct binding *b, const struct buffer *content)
{
    struct buffer packed = {0};
    deflate_add(&packed, content->data, content->len, DEFLATE_SMALL);
    qref stream = q_indirect(b->volume, q_new_stream(b->volume, packed.data, packed.len));
    q_put(b->volume, stream, "/Filter", q_parse(b->volume, "/FlateDecode"));
    buffer_clear(&packed);
    return stream;
}

/* What the page draws, as a stream of the volume: the page's own stream untouched where it has a
 * single one, which nothing else draws. */
static qref content_stream(struct binding *b, const struct bind_copy *c, qref page, int *id)
{
    struct qdoc *from = c->attachment->doc;
    qref content = q_single_content(from, page), stream = 0;
    struct buffer data = {0};

    *id = q_id(from, content);
    if (*id && !is_content_of_form(c->attachment, *id) && is_plain_stream(from, content))
        return q_copy(b->volume, from, content);
    if (*id && id_set_has(&c->attachment->whole, *id))
        stream = same_data(b, from, content);
    else if (q_page_content(from, page, &data))
        stream = packed_stream(b, &data);
    *id = 0;
    buffer_clear(&data);
    return stream;
}

/* A dictionary that is a part of the page tree by mistake leads to all pages, and qpdf's copy of it
 * ends in itself. */
static bool is_of_page_tree(struct qdoc *d, qref dict)
{
    static const char *const types[] = {"/Pages", "/Page", "/Catalog"};
    qref type = q_get(d, dict, "/Type");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (q_is_name(d, type, types[i]))
            return true;
    return false;
}

static void copy_key(struct binding *b, struct qdoc *from, qref page, const char *key, qref form)
{
    qref value = q_get(from, page, key);
    if (q_is_dict(from, value) && !is_of_page_tree(from, value))
        q_put(b->volume, form, key, q_copy(b->volume, from, q_indirect(from, value)));
}

/* Of resources that are a part of the page tree, too, the kinds that content draws with. */
static void copy_resources(struct binding *b, struct qdoc *from, qref page, qref form)
{
    static const char *const kinds[] = {"/Font",    "/XObject", "/ExtGState", "/ColorSpace",
                                        "/Pattern", "/Shading", "/Properties"};
    qref resources = q_get(from, page, "/Resources");
    if (!is_of_page_tree(from, resources)) {
        copy_key(b, from, page, "/Resources", form);
        return;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        copy_key(b, from, resources, kinds[i], q_get(b->volume, form, "/Resources"));
}

/* A page's group is isolated by definition (11.4.7); as a form's group it has to say so. The
 * dictionary is another one, since a form of the page may share the page's. */
static void copy_group(struct binding *b, struct qdoc *from, qref page, qref form)
{
    struct arena arena = {0};
    struct qdoc *v = b->volume;
    const char **keys;
    qref value = q_get(from, page, "/Group");

    if (q_is_dict(from, value) && q_is_name(from, q_get(from, value, "/S"), "/Transparency")) {
        qref group = q_parse(v, "<<>>"), copy = q_copy(v, from, q_indirect(from, value));
        for (size_t i = 0, n = q_keys(v, copy, &arena, &keys); i < n; i++)
            q_put(v, group, keys[i], q_get(v, copy, keys[i]));
        q_put(v, group, "/I", q_parse(v, "true"));
        q_put(v, form, "/Group", group);
    }
    arena_free(&arena);
}

static qref make_form(struct binding *b, const struct bind_copy *c)
{
    static const char *const outside[] = {"/F", "/FFilter",
                                          "/FDecodeParms"}; /* data in other files */
    struct attachment_pages *s = c->attachment;
    struct bind_form *known = &s->forms[c->page];
    struct qdoc *v = b->volume;
    int content;

    if (known->id && !memcmp(known->matrix, c->matrix, sizeof c->matrix))
        return q_object(v, known->id);
    qref page = q_page(s->doc, c->page), form = content_stream(b, c, page, &content);
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
        q_remove(v, form, outside[i]);
    q_put(v, form, "/Type", q_parse(v, "/XObject"));
    q_put(v, form, "/Subtype", q_parse(v, "/Form"));
    q_put(v, form, "/BBox", number_array(v, s->pages[c->page].box, 4));
    q_put(v, form, "/Matrix", number_array(v, c->matrix, 6));
    q_put(v, form, "/Resources", q_parse(v, "<<>>"));
    copy_resources(b, s->doc, page, form);
    copy_group(b, s->doc, page, form);
    if (!known->id) {
        known->id = q_id(v, form);
        known->content = content;
        memcpy(known->matrix, c->matrix, sizeof c->matrix);
    }
    return form;
}

/* --- annotations --- */

/* The address of a link, if only a browser or a mail program opens its kind, and it is ASCII
 * throughout, as 12.6.4.7 demands. */
static const char *address(struct qdoc *d, qref annot, struct arena *arena)
{
    static const char *const kinds[] = {"http://", "https://", "mailto:"};
    qref action = q_get(d, annot, "/A");
    const char *uri = NULL;
    if (q_is_name(d, q_get(d, action, "/S"), "/URI") &&
        q_is_name(d, q_get(d, annot, "/Subtype"), "/Link") &&
        !(q_integer(d, q_get(d, annot, "/F"), 0) & (HIDDEN | NO_VIEW)))
        uri = q_key_text(d, q_get(d, action, "/URI"), arena);
    for (size_t i = 0; uri && i < sizeof kinds / sizeof *kinds; i++) {
        size_t n = strlen(uri);
        if (strncasecmp(uri, kinds[i], strlen(kinds[i])))
            continue;
        for (size_t k = 0; k < n; k++)
            if (uri[k] <= ' ' || uri[k] > '~')
                return NULL;
        return n <= LONGEST_ADDRESS ? uri : NULL;
    }
    return NULL;
}

static void add_address(struct binding *b, const struct bind_copy *c, qref annot, qref annots)
{
    struct qdoc *from = c->attachment->doc, *v = b->volume;
    struct arena arena = {0};
    struct buffer hex = {0};
    double rect[4], place[4];
    const char *uri = address(from, annot, &arena);

    if (uri && q_numbers(from, q_get(from, annot, "/Rect"), rect, 4) &&
        fit_clip(c->attachment->pages[c->page].box, rect)) {
        fit_rect(c->matrix, rect, place);
        utf16_hex(&hex, (const unsigned char *)uri, strlen(uri));
        q_append(
            v, annots,
            q_indirect(
                v, q_parse(v, arena_printf(
                                  &arena,
                                  "<</Type/Annot/Subtype/Link/Border[0 0 0]"
                                  "/Rect[%.5f %.5f %.5f %.5f]/A<</Type/Action/S/URI/URI%.*s>>>>",
                                  place[0], place[1], place[2], place[3], (int)hex.len,
                                  (const char *)hex.data))));
    }
    buffer_clear(&hex);
    arena_free(&arena);
}

/* A drawing's matrix on the sheet. */
static void drawing_matrix(const struct drawing *drawing, const double copy[6], double out[6])
{
    double scale = sqrt(fabs(copy[0] * copy[3] - copy[1] * copy[2]));
    memcpy(out, drawing->matrix, 6 * sizeof *out);
    if (drawing->keeps_size && scale > 0) {
        double k = 1 / scale, x = drawing->corner[0], y = drawing->corner[1];
        fit_multiply(out, (double[]){k, 0, 0, k, x - k * x, y - k * y}, out);
    }
    fit_multiply(out, copy, out);
}

static void put_matrix(struct buffer *content, const double m[6])
{
    buffer_printf(content, "%.5f %.5f %.5f %.5f %.5f %.5f cm\n", m[0], m[1], m[2], m[3], m[4],
                  m[5]);
}

/* An annotation's own appearance, as a form of the volume. Readers do not ask its layer, only that
 * of the annotation. */
static qref own_appearance(struct binding *b, struct qdoc *from, qref annotation,
                           const struct drawing *drawing)
{
    struct qdoc *v = b->volume;
    qref look = field_appearance(from, annotation, drawing->state),
         form = q_copy(v, from, q_indirect(from, look));
    q_put(v, form, "/Subtype", q_parse(v, "/Form"));
    q_remove(v, form, "/OC");
    return form;
}

/* The next text of the lettering, as a form of the volume. What of a glyph leaves its box is not
 * cut off. */
static qref next_lettering(struct binding *b, const struct page *page)
{
    static const double around = 4;
    const double box[] = {-around, -around, page->width + around, page->height + around};
    struct qdoc *v = b->volume, *from = b->lettering;
    qref text = q_page(from, b->letterings_drawn++),
         form = q_copy(v, from, q_get(from, text, "/Contents"));
    q_put(v, form, "/Type", q_parse(v, "/XObject"));
    q_put(v, form, "/Subtype", q_parse(v, "/Form"));
    q_put(v, form, "/BBox", number_array(v, box, 4));
    q_put(v, form, "/Resources", q_parse(v, "<<>>"));
    copy_key(b, from, text, "/Resources", form);
    return form;
}

/* Opacity and blending, as a graphics state of the sheet. */
static void put_state(struct binding *b, qref resources, const struct drawing *drawing,
                      struct buffer *content)
{
    char name[32], text[96];
    struct qdoc *v = b->volume;
    if (drawing->opacity >= 1 && !drawing->multiplied)
        return;
    snprintf(name, sizeof name, "/AG%zu", drawing->annotation + 1);
    snprintf(text, sizeof text, "<</ca %.4f/CA %.4f%s>>", drawing->opacity, drawing->opacity,
             drawing->multiplied ? "/BM/Multiply" : "");
    q_put(v, sub_dictionary(v, resources, "/ExtGState"), name, q_parse(v, text));
    buffer_printf(content, "%s gs\n", name);
}

static void draw_made(struct binding *b, qref resources, const struct drawing *drawing,
                      struct buffer *content)
{
    char name[48];
    put_state(b, resources, drawing, content);
    buffer_puts(content, drawing->content);
    for (size_t i = 0; i < drawing->n_texts; i++) {
        const struct drawing_text *text = &drawing->texts[i];
        snprintf(name, sizeof name, "/AT%zu-%zu", drawing->annotation + 1, i + 1);
        q_put(b->volume, sub_dictionary(b->volume, resources, "/XObject"), name,
              next_lettering(b, &text->page));
        /* the text sets no colour, for it is black: so it takes this one */
        buffer_printf(content, "q %s\n", text->colour);
        put_matrix(content, text->matrix);
        buffer_printf(content, "%s Do Q\n", name);
    }
}

static void draw_annotations(struct binding *b, const struct bind_copy *c, qref resources,
                             struct buffer *content)
{
    struct qdoc *from = c->attachment->doc, *v = b->volume;
    const struct page_annotations *page = annotations_of(c->attachment->annotations, c->page);

    qref list = q_get(from, q_page(from, c->page), "/Annots");
    for (size_t i = 0; i < page->n; i++) {
        const struct drawing *drawing = &page->drawings[i];
        double m[6];
        char name[32];
        drawing_matrix(drawing, c->matrix, m);
        buffer_puts(content, "q ");
        put_matrix(content, m);
        if (drawing->state) {
            snprintf(name, sizeof name, "/A%zu", drawing->annotation + 1);
            q_put(v, sub_dictionary(v, resources, "/XObject"), name,
                  own_appearance(b, from, q_item(from, list, drawing->annotation), drawing));
            buffer_printf(content, "%s Do " END_PATH " Q\n", name);
        } else {
            draw_made(b, resources, drawing, content);
            buffer_puts(content, "Q\n");
        }
    }
}

static void add_addresses(struct binding *b, const struct bind_copy *c)
{
    struct qdoc *from = c->attachment->doc, *v = b->volume;
    qref sheet = q_page(v, c->sheet), known = q_get(v, sheet, "/Annots"),
         annots = known ? known : q_parse(v, "[]"),
         list = q_get(from, q_page(from, c->page), "/Annots");
    const struct annotation_places *places = &c->attachment->places[c->page];
    for (size_t i = 0; i < places->n; i++)
        add_address(b, c, q_item(from, list, places->list[i]), annots);
    if (!known && q_length(v, annots) > 0)
        q_put(v, sheet, "/Annots", annots);
}

/* --- a sheet --- */

/* What a sheet draws of the copy. Sheets whose copies have no annotations draw the same, by the
 * same stream. */
static qref sheet_stream(struct binding *b, const struct buffer *content)
{
    struct qdoc *v = b->volume;
    bool plain =
        content->len == strlen(draw_form) && !memcmp(content->data, draw_form, content->len);
    if (plain && b->plain_stream)
        return q_object(v, b->plain_stream);
    qref stream = q_indirect(v, q_new_stream(v, content->data, content->len));
    if (plain)
        b->plain_stream = q_id(v, stream);
    return stream;
}

static void place_copy(struct binding *b, const struct bind_copy *c)
{
    struct qdoc *v = b->volume;
    struct buffer content = {0};
    qref sheet = q_page(v, c->sheet), resources = sub_dictionary(v, sheet, "/Resources");

    q_put(v, sub_dictionary(v, resources, "/XObject"), "/A0", make_form(b, c));
    buffer_puts(&content, draw_form);
    draw_annotations(b, c, resources, &content);
    add_addresses(b, c);

    qref all = q_parse(v, "[]");
    q_append(v, all, sheet_stream(b, &content));
    q_append(v, all, q_get(v, sheet, "/Contents"));
    q_put(v, sheet, "/Contents", all);
    buffer_clear(&content);
}

/* --- lettering --- */

/* The texts of all copies' annotations, a page each, in the order in which they will be drawn. */
static bool set_lettering(struct binding *b, const struct bind_copy *copies, size_t n)
{
    struct pages pages = {0};
    for (size_t i = 0; i < n; i++) {
        const struct page_annotations *page =
            annotations_of(copies[i].attachment->annotations, copies[i].page);
        for (size_t k = 0; k < page->n; k++)
            for (size_t t = 0; t < page->drawings[k].n_texts; t++)
                *ARENA_PUSH(&b->arena, pages.list, pages.n, pages.cap) =
                    page->drawings[k].texts[t].page;
    }
    if (pages.n == 0)
        return true;
    if (!pdf_write(&pages, &b->lettering_data, b->diag))
        return false;
    b->lettering = q_open(b->lettering_data.data, b->lettering_data.len, "lettering", NULL);
    return q_ok(b->lettering);
}

/* --- equal objects are stored once --- */

struct stored_object {
    const char *text; /* the object as it is written; of a stream the dictionary */
    bool stream;
    int id;
};

/* Layers of one text are not one layer: which is switched off is said elsewhere, by reference.
 * Their membership dictionaries are as much their own, and an annotation belongs to one page. */
static bool stands_alone(const struct stored_object *o)
{
    return !o->stream && (strstr(o->text, "/Type /OC") || strstr(o->text, "/Type /Annot"));
}

static int compare_text(const void *a, const void *b)
{
    const struct stored_object *x = a, *y = b;
    int c = strcmp(x->text, y->text);
    return c ? c : (x->id > y->id) - (x->id < y->id);
}

/* Tells streams with equal dictionaries apart by a digest of their first `most` bytes. A stream
 * whose dictionary no other has need not be read. */
static void add_digests(struct binding *b, struct stored_object *list, size_t n, size_t most,
                        struct arena *arena)
{
    struct buffer data = {0};
    char digest[DIGEST_HEX];
    for (size_t i = 0, to; i < n; i = to) {
        const char *text = list[i].text;
        for (to = i + 1; to < n && !strcmp(list[to].text, text);)
            to++;
        for (size_t k = i; to > i + 1 && k < to; k++) {
            data.len = 0;
            if (!list[k].stream || !q_raw_data(b->volume, q_object(b->volume, list[k].id), &data))
                continue;
            digest_hex(data.data, data.len < most ? data.len : most, digest);
            list[k].text = arena_printf(arena, "%s%s", text, digest);
            q_release(b->volume);
        }
    }
    buffer_clear(&data);
}

static void redirect(struct qdoc *v, qref r, const int *replacement, int first, int end, int depth)
{
    struct arena arena = {0};
    const char **keys;
    bool array = q_is_array(v, r);
    size_t n = depth > DEEPEST ? 0 : array ? q_length(v, r) : q_keys(v, r, &arena, &keys);

    for (size_t i = 0; i < n; i++) {
        qref value = array ? q_item(v, r, i) : q_get(v, r, keys[i]);
        int id = q_id(v, value);
        if (id >= first && id < end && replacement[id - first]) {
            value = q_object(v, replacement[id - first]);
            if (array)
                q_set_item(v, r, i, value);
            else
                q_put(v, r, keys[i], value);
        } else if (id == 0 && (q_is_dict(v, value) || q_is_array(v, value))) {
            redirect(v, value, replacement, first, end, depth + 1);
        }
    }
    arena_free(&arena);
}

/* Is an object of this text, as it is written, one that refers to a replaced one ("12 0 R")? A
 * string that reads so counts, too. */
static bool refers_to_replaced(const char *text, const int *replacement, int first, int end)
{
    for (const char *r = text; (r = strstr(r, " 0 R")); r++) {
        const char *digits = r;
        while (digits > text && isdigit((unsigned char)digits[-1]))
            digits--;
        long id = digits < r ? strtol(digits, NULL, 10) : 0;
        if (id >= first && id < end && replacement[id - first])
            return true;
    }
    return false;
}

static void redirect_all(struct qdoc *v, const int *replacement, int first, int end)
{
    for (int id = first; id < end; id++) {
        struct arena arena = {0};
        qref r = q_object(v, id);
        if (refers_to_replaced(q_unparse(v, r, &arena), replacement, first, end))
            redirect(v, r, replacement, first, end, 0);
        q_release(v);
        arena_free(&arena);
    }
}

/* One round of merging. The first looks at streams alone: most volumes have no equal streams, and
 * then no dictionary that refers to them is equal either. */
static bool merge_round(struct binding *b, int end, bool *merged_away, bool streams_only)
{
    struct arena arena = {0};
    struct qdoc *v = b->volume;
    size_t n = 0, count = (size_t)(end - b->first_new);
    struct stored_object *list = ARENA_ARRAY(&arena, struct stored_object, count + 1);
    int *replacement = ARENA_ARRAY(&arena, int, count + 1);
    bool any = false;

    for (int id = b->first_new; id < end; id++) {
        qref r = merged_away[id - b->first_new] ? 0 : q_object(v, id);
        bool stream = q_is_stream(v, r);
        if (stream || (!streams_only && (q_is_dict(v, r) || q_is_array(v, r)))) {
            list[n] = (struct stored_object){q_unparse(v, r, &arena), stream, id};
            n += !stands_alone(&list[n]);
        }
        q_release(v);
    }
    if (n > 1) {
        qsort(list, n, sizeof *list, compare_text);
        add_digests(b, list, n, FIRST_LOOK, &arena); /* scans of one size mostly part here */
        qsort(list, n, sizeof *list, compare_text);
        add_digests(b, list, n, SIZE_MAX, &arena);
        qsort(list, n, sizeof *list, compare_text);
    }
    for (size_t i = 1, first = 0; i < n; i++) {
        if (list[i].stream != list[first].stream || strcmp(list[i].text, list[first].text)) {
            first = i;
            continue;
        }
        replacement[list[i].id - b->first_new] = list[first].id;
        merged_away[list[i].id - b->first_new] = any = true;
    }
    if (any)
        redirect_all(v, replacement, b->first_new, end);
    arena_free(&arena);
    return any;
}

static void merge_equal(struct binding *b)
{
    int end = q_next_id(b->volume);
    if (end <= b->first_new)
        return;
    bool *merged_away = ARENA_ARRAY(&b->arena, bool, (size_t)(end - b->first_new));
    for (int round = 0; round < MOST_ROUNDS && q_ok(b->volume); round++)
        if (!merge_round(b, end, merged_away, round == 0))
            break;
}

/* --- the volume --- */

/* Of an attachment with layers, before any of its pages is copied. */
static void end_open_marks(struct attachment_pages *s, const struct bind_copy *copies, size_t n)
{
    struct id_set seen = {0};
    for (size_t i = 0; i < n; i++)
        if (copies[i].attachment == s) {
            open_marks_end(s->doc, q_page(s->doc, copies[i].page), &seen);
            q_release(s->doc);
        }
    id_set_clear(&seen);
}

static bool draw_copies(struct binding *b, const struct bind_copy *copies, size_t n,
                        void (*watch)(void *data, const struct attachment_pages *at), void *data)
{
    size_t attachments = 0;
    for (size_t i = 0; i < n; i++) {
        struct attachment_pages *s = copies[i].attachment;
        watch(data, s);
        if (!s->forms) {
            s->forms = ARENA_ARRAY(&b->arena, struct bind_form, s->n);
            layers_declare(s->layers, s->doc, b->volume);
            if (s->layers)
                end_open_marks(s, copies + i, n - i);
            attachments++;
        }
        place_copy(b, &copies[i]);
        if (!q_ok(s->doc))
            return report_unbindable(b, &copies[i], s->doc);
        if (!q_ok(b->volume))
            return report_unbindable(b, &copies[i], b->volume);
        q_release(s->doc);
        q_release(b->volume);
    }
    watch(data, NULL);
    if (attachments > 1)
        merge_equal(b);
    return true;
}

/* The written file is opened once more: it must have a page for each sheet. */
static bool verify_page_count(struct binding *b, int file)
{
    struct stat st;
    size_t sheets = q_page_count(b->volume), pages = 0;
    void *data = fstat(file, &st) < 0
                     ? MAP_FAILED
                     : mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, file, 0);
    bool ok = data != MAP_FAILED;

    if (!ok)
        machine_ask(NULL);
    if (ok) { /* the count reads only those pages of the mapping that it needs */
        struct qdoc *d = q_open(data, (size_t)st.st_size, "volume", NULL);
        pages = q_page_count(d);
        ok = q_ok(d) && pages == sheets;
        q_free(d);
        munmap(data, (size_t)st.st_size);
    }
    return ok ||
           diag_system(b->diag, (struct src_pos){0},
                       "写出的成册材料读得出 %zu 页，应为 %zu 页（程序错误）",
                       "of the dossier as written %zu pages can be read instead of %zu (a fault of "
                       "this program)",
                       pages, sheets);
}

bool bind_volume(const struct buffer *volume, const struct bind_copy *copies, size_t n,
                 void (*watch)(void *data, const struct attachment_pages *at), void *data, int file,
                 struct qdoc **left, struct diag *diag)
{
    struct binding b = {.volume = q_open(volume->data, volume->len, "volume", NULL), .diag = diag};
    char id[DIGEST_HEX];
    bool ok = false;

    b.first_new = q_next_id(b.volume);
    if (set_lettering(&b, copies, n) && draw_copies(&b, copies, n, watch, data)) {
        digest_hex(volume->data, volume->len < MOST_HASHED ? volume->len : MOST_HASHED, id);
        ok =
            q_write_file(b.volume, id, file)
                ? verify_page_count(&b, file)
                : diag_system(diag, (struct src_pos){0}, "成册材料无法完整写出，请检查磁盘空间%.0s",
                              "the dossier cannot be written whole: is there room on the disk? "
                              "(%s)",
                              q_fault(b.volume));
    }
    for (size_t i = 0; i < n; i++)
        copies[i].attachment->forms = NULL;
    q_free(b.lettering);
    if (left)
        *left = b.volume;
    else
        q_free(b.volume);
    buffer_clear(&b.lettering_data);
    arena_free(&b.arena);
    return ok;
}

void bind_free(struct qdoc *left)
{
    q_free(left);
}
