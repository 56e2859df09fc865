/* annotation.c - see annotation.h. ISO 32000-1: 12.5.3 (flags), 12.5.5 (appearance streams), 12.7.2
 * (interactive forms). */
#include "bind/annotation.h"

#include "bind/annotation_look.h"
#include "bind/field.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_ANNOTATIONS = 20000, MOST_FIELDS = 20000, DEEPEST_FIELD = 16, STRETCH = 256 };

/* Bits of /F. */
enum { HIDDEN = 1 << 1, PRINT = 1 << 2, NO_ZOOM = 1 << 3, NO_ROTATE = 1 << 4, NO_VIEW = 1 << 5 };

struct annotations {
    struct arena *arena;
    struct qdoc *doc;
    struct fonts *fonts;
    const struct layers *layers;
    const struct fit_page *places;
    const struct annotation_places *wanted;
    struct page_annotations *pages, document;
};

/* One annotation being read. */
struct annotation_reader {
    struct annotations *all;
    struct page_annotations *out;
    size_t page;
    qref annotation;
    bool widget;
    struct field_form form;
};

struct annotations *annotations_new(struct arena *arena, struct qdoc *doc, struct fonts *fonts,
                                    const struct layers *layers, const struct fit_page *pages,
                                    const struct annotation_places *places, size_t n)
{
    struct annotations *all = ARENA_NEW(arena, struct annotations);
    *all = (struct annotations){.arena = arena,
                                .doc = doc,
                                .fonts = fonts,
                                .layers = layers,
                                .places = pages,
                                .wanted = places,
                                .pages = ARENA_ARRAY(arena, struct page_annotations, n)};
    return all;
}

static struct annotation_note *add_note(struct annotations *all, struct page_annotations *to,
                                        enum annotation_loss loss, size_t page, const char *name)
{
    struct annotation_note *note = ARENA_PUSH(all->arena, to->notes, to->n_notes, to->cap_notes);
    memset(note, 0, sizeof *note); /* its padding travels, too */
    note->loss = loss;
    note->page = page;
    size_t len = strlen(name);
    if (len >= sizeof note->name)
        for (len = sizeof note->name - 1; len > 0 && ((unsigned char)name[len] & 0xC0) == 0x80;)
            len--;
    memcpy(note->name, name, len);
    return note;
}

/* The kind of an annotation, or the name of a field. */
static struct annotation_note *note_loss(struct annotation_reader *r, enum annotation_loss loss)
{
    struct qdoc *d = r->all->doc;
    const char *name = r->widget ? field_name(d, r->annotation, r->all->arena)
                                 : q_text(d, q_get(d, r->annotation, "/Subtype"), r->all->arena);
    return add_note(r->all, r->out, loss, r->page, name ? name : "");
}

/* --- its own appearance --- */

/* 12.5.5: the appearance's box, transformed by its matrix, is stretched onto the annotation's
 * rectangle. */
static bool appearance_matrix(struct qdoc *d, qref annotation, qref appearance, double out[6])
{
    double box[4], rect[4], around[4], own[6] = {1, 0, 0, 1, 0, 0};
    if (!q_corners(d, q_get(d, appearance, "/BBox"), box) ||
        !q_corners(d, q_get(d, annotation, "/Rect"), rect))
        return false;
    q_numbers(d, q_get(d, appearance, "/Matrix"), own, 6);
    fit_rect(own, box, around);
    double w = around[2] - around[0], h = around[3] - around[1];
    double left = fmin(rect[0], rect[2]), bottom = fmin(rect[1], rect[3]);
    if (!(w > 0 && h > 0))
        return false;
    double kx = fabs(rect[2] - rect[0]) / w, ky = fabs(rect[3] - rect[1]) / h;
    memcpy(out, (double[]){kx, 0, 0, ky, left - kx * around[0], bottom - ky * around[1]},
           6 * sizeof *out);
    for (int i = 0; i < 6; i++)
        if (!(fabs(out[i]) < DRAWING_LARGEST))
            return false;
    return kx > 1 / DRAWING_LARGEST && ky > 1 / DRAWING_LARGEST;
}

/* The state of an appearance that has several; "": it has one. */
static const char *appearance_state(struct annotations *all, qref annotation)
{
    struct qdoc *d = all->doc;
    if (!q_get(d, annotation, "/AP"))
        return "";
    const char *state = q_text(d, q_get(d, annotation, "/AS"), all->arena);
    return field_appearance(d, annotation, "") || !state ? "" : state;
}

/* --- one annotation --- */

/* NoRotate: upright on a page that is turned, about the upper left corner of the rectangle. */
static void turn_back(struct annotation_reader *r, struct drawing *out)
{
    double turn = r->all->places[r->page].rotate * acos(-1) / 180, c = round(cos(turn)),
           s = round(sin(turn)), x = out->corner[0], y = out->corner[1];
    fit_multiply(out->matrix, (double[]){c, s, -s, c, x - c * x + s * y, y - s * x - c * y},
                 out->matrix);
}

static void apply_flags(struct annotation_reader *r, struct drawing *out)
{
    struct qdoc *d = r->all->doc;
    long flags = q_integer(d, q_get(d, r->annotation, "/F"), 0);
    double rect[4];
    if (q_is_name(d, q_get(d, r->annotation, "/Subtype"), "/Text"))
        flags |= NO_ZOOM | NO_ROTATE; /* 12.5.6.4 */
    if (!drawing_rect(d, r->annotation, rect))
        return;
    out->corner[0] = rect[0];
    out->corner[1] = rect[3];
    out->keeps_size = flags & NO_ZOOM;
    if (flags & NO_ROTATE)
        turn_back(r, out);
}

static bool make_markup(struct annotation_reader *r, struct drawing_maker *m)
{
    enum annotation_loss loss = LOSS_NOT_MADE;
    switch (annotation_look_make(m, r->annotation)) {
    case LOOK_MADE:
        return true;
    case LOOK_GUESSED:
        note_loss(r, LOSS_GUESSED);
        return true;
    case LOOK_NOTHING:
        return false;
    case LOOK_UNKNOWN:
        break;
    case LOOK_NO_GLYPH:
        loss = LOSS_GLYPH;
        break;
    case LOOK_TOO_LONG:
        loss = LOSS_ROOM;
        break;
    }
    note_loss(r, loss)->character = m->missing;
    return false;
}

static bool make_field(struct annotation_reader *r, struct drawing_maker *m)
{
    enum annotation_loss loss = LOSS_FIELD_STATE;
    switch (field_make(m, &r->form, r->annotation)) {
    case FIELD_OWN:
    case FIELD_MADE:
        return true;
    case FIELD_NOTHING:
        return false;
    case FIELD_UNSIGNED:
        note_loss(r, LOSS_UNSIGNED);
        return m->drawing->state;
    case FIELD_STALE:
        note_loss(r, LOSS_OUTDATED);
        return true;
    case FIELD_NO_GLYPH:
        loss = LOSS_FIELD_GLYPH;
        break;
    case FIELD_TOO_LONG:
        loss = LOSS_FIELD_ROOM;
        break;
    case FIELD_NO_STATE:
        break;
    }
    note_loss(r, loss)->character = m->missing;
    return false;
}

static bool choose_look(struct annotation_reader *r, struct drawing_maker *m)
{
    struct annotations *all = r->all;
    const char *state = r->widget ? "" : appearance_state(all, r->annotation);
    if (!r->widget && !m->own_is_impossible && field_appearance(all->doc, r->annotation, state)) {
        m->drawing->state = state;
        return true;
    }
    return r->widget ? make_field(r, m) : make_markup(r, m);
}

/* false: nothing is drawn, and what is lost by that has been noted. */
static bool make_drawing(struct annotation_reader *r, struct drawing *out)
{
    struct annotations *all = r->all;
    struct drawing_maker m = {
        .arena = all->arena, .doc = all->doc, .fonts = all->fonts, .drawing = out};
    double rect[4];
    bool ok = choose_look(r, &m);

    if (ok && out->state &&
        !appearance_matrix(all->doc, r->annotation,
                           field_appearance(all->doc, r->annotation, out->state), out->matrix)) {
        out->state = NULL;
        memcpy(out->matrix, (double[]){1, 0, 0, 1, 0, 0}, sizeof out->matrix);
        m.own_is_impossible = true;
        ok = choose_look(r, &m);
        if (!ok && drawing_rect(all->doc, r->annotation, rect))
            note_loss(r, LOSS_IMPOSSIBLE);
    }
    out->content =
        arena_strndup(all->arena, m.content.data ? (char *)m.content.data : "", m.content.len);
    buffer_clear(&m.content);
    return ok;
}

/* What is seen on a screen alone. */
static void note_unprinted(struct annotation_reader *r)
{
    struct qdoc *d = r->all->doc;
    struct drawing unused = {.opacity = 1};
    struct page_annotations *out = r->out, discarded = {0};
    bool filled = r->widget && field_filled(d, r->annotation), seen;

    if (r->widget && !filled && !field_shows(d, r->annotation))
        return;
    r->out = &discarded;
    seen = make_drawing(r, &unused) || discarded.n_notes > 0;
    r->out = out;
    if (seen)
        note_loss(r, filled      ? LOSS_FIELD_NOT_PRINTED
                     : r->widget ? LOSS_FIELD_ON_SCREEN
                                 : LOSS_NOT_PRINTED);
}

/* Of more numbers than four, or of fewer: readers differ in what they make of it. */
static void note_odd_rect(struct annotation_reader *r, enum annotation_loss loss)
{
    qref rect = q_get(r->all->doc, r->annotation, "/Rect");
    double unused[4];
    bool readable = q_corners(r->all->doc, rect, unused);
    if (loss == LOSS_IMPOSSIBLE ? q_length(r->all->doc, rect) > 0 && !readable
                                : readable && q_length(r->all->doc, rect) > 4)
        note_loss(r, loss);
}

bool annotation_is_plain_link(struct qdoc *d, qref annotation)
{
    double width;
    if (!q_is_name(d, q_get(d, annotation, "/Subtype"), "/Link") || q_get(d, annotation, "/AP") ||
        q_get(d, annotation, "/BS"))
        return false;
    qref border = q_get(d, annotation, "/Border");
    return !border || (q_number(d, q_item(d, border, 2), &width) && width <= 0);
}

static void read_annotation(struct annotation_reader *r, size_t index)
{
    struct qdoc *d = r->all->doc;
    qref kind = q_get(d, r->annotation, "/Subtype");
    struct drawing made = {.annotation = index, .matrix = {1, 0, 0, 1, 0, 0}, .opacity = 1};
    double opacity;

    if (annotation_is_plain_link(d, r->annotation))
        return;
    long flags = q_integer(d, q_get(d, r->annotation, "/F"), 0);
    r->widget = q_is_name(d, kind, "/Widget");
    if (flags & HIDDEN || q_is_name(d, kind, "/Popup") ||
        (r->all->layers && !layers_printed(r->all->layers, d, q_get(d, r->annotation, "/OC"))))
        return;
    if (!(flags & PRINT)) {
        if (!(flags & NO_VIEW))
            note_unprinted(r);
        return;
    }
    if (!make_drawing(r, &made)) {
        note_odd_rect(r, LOSS_IMPOSSIBLE);
        return;
    }
    note_odd_rect(r, LOSS_ODD_RECT);
    if (!made.state && q_number(d, q_get(d, r->annotation, "/CA"), &opacity))
        made.opacity = fmin(fmax(opacity, 0), 1);
    apply_flags(r, &made);
    *ARENA_PUSH(r->all->arena, r->out->drawings, r->out->n, r->out->cap) = made;
}

/* So many that the handles on their objects do not fill the memory. */
static void read_stretch(struct annotations *all, size_t page, size_t first)
{
    struct qdoc *d = all->doc;
    struct annotation_reader r = {
        .all = all, .out = &all->pages[page], .page = page, .form = field_form(d)};
    const struct annotation_places *wanted = &all->wanted[page];
    qref list = q_get(d, q_page(d, page), "/Annots");
    for (size_t i = first; i < first + STRETCH && i < wanted->n && q_ok(d); i++) {
        r.annotation = wanted->list[i] < MOST_ANNOTATIONS ? q_item(d, list, wanted->list[i]) : 0;
        if (q_is_dict(d, r.annotation))
            read_annotation(&r, wanted->list[i]);
    }
    q_release(d);
}

const struct page_annotations *annotations_of(struct annotations *all, size_t page)
{
    struct qdoc *d = all->doc;
    struct page_annotations *out = &all->pages[page];
    if (out->read)
        return out;
    out->read = true;
    size_t n = q_length(d, q_get(d, q_page(d, page), "/Annots"));
    for (size_t i = 0; i < all->wanted[page].n && q_ok(d); i += STRETCH)
        read_stretch(all, page, i);
    if (n > MOST_ANNOTATIONS)
        add_note(all, out, LOSS_TOO_MANY, page, "");
    q_release(d);
    return out;
}

/* --- the document --- */

static bool is_signed(struct qdoc *d, qref field)
{
    return q_is_name(d, q_get(d, field, "/FT"), "/Sig") && q_get(d, field, "/V");
}

/* To be filled in by others than XFA. */
static bool is_fillable(struct qdoc *d, qref field)
{
    qref kind = q_get(d, field, "/FT");
    return kind && !q_is_name(d, kind, "/Sig");
}

static bool has_field(struct qdoc *d, qref fields, bool (*is)(struct qdoc *, qref), int depth,
                      size_t *seen)
{
    for (size_t i = 0, n = q_length(d, fields);
         i < n && depth < DEEPEST_FIELD && (*seen)++ < MOST_FIELDS; i++) {
        qref field = q_item(d, fields, i);
        if (is(d, field) || has_field(d, q_get(d, field, "/Kids"), is, depth + 1, seen))
            return true;
    }
    return false;
}

/* A form of XFA whose pages are made when it is opened: what stands on those of the file is but a
 * request to wait. One beside fields shows on its pages what it holds. */
static bool is_dynamic(struct qdoc *d, qref form)
{
    size_t seen = 0;
    return q_get(d, form, "/XFA") &&
           (q_true(d, q_get(d, q_root(d), "/NeedsRendering")) ||
            !has_field(d, q_get(d, form, "/Fields"), is_fillable, 0, &seen));
}

const struct page_annotations *annotations_of_document(struct annotations *all)
{
    struct page_annotations *out = &all->document;
    qref form = q_get(all->doc, q_root(all->doc), "/AcroForm");
    const char *const *layers;
    size_t seen = 0, n = layers_screen_only(all->layers, &layers);

    if (out->read)
        return out;
    out->read = true;
    if (is_dynamic(all->doc, form))
        add_note(all, out, LOSS_XFA, 0, "");
    if (has_field(all->doc, q_get(all->doc, form, "/Fields"), is_signed, 0, &seen))
        add_note(all, out, LOSS_SIGNATURE, 0, "");
    for (size_t i = 0; i < n; i++)
        add_note(all, out, LOSS_LAYER_NOT_PRINTED, 0, layers[i]);
    q_release(all->doc);
    return out;
}
