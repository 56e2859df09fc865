/* bind.c - see bind.h.
 *
 * ISO 32000-1: 8.10 (form XObjects), 8.11 (optional content), 12.5.5 (appearance streams), 12.6.4.7
 * (URI actions). */
#include "bind/bind.h"

#include "bind/qdoc.h"
#include "core/digest.h"
#include "core/machine.h"
#include "pdf/utf16.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum {
    MOST_ANNOTATIONS = 20000, /* of a page */
    MOST_ROUNDS = 8,          /* of merging: as deep as page resources nest */
    DEEPEST = 40,
    MOST_HASHED = 1 << 18, /* bytes, for the document's ID */
    LONGEST_ADDRESS = 2048,
    FIRST_LOOK = 4096, /* bytes of a stream, before all of it is compared */
    HIDDEN = 2,
    PRINTED = 4,
    NO_VIEW = 32 /* annotation flags */
};

struct bind_form {
    int id; /* in the volume; 0: not made yet */
    double matrix[6];
    int content; /* id of the content stream that became it; 0: a new one */
};

struct binding {
    struct qdoc *volume;
    struct arena arena;
    struct diag *diag;
    int first_new; /* ids from here on came with the attachments */
};

static bool lost(struct binding *b, const struct bind_copy *c, struct qdoc *d)
{
    return diag_add(b->diag, (struct finding){.severity = SEVERITY_ERROR, .rule = "R76"},
                    "PDF“%s”第 %zu 页无法装订，请重新导出（%s）",
                    "PDF '%s': page %zu cannot be bound: export it again (%s)", c->source->href,
                    c->page + 1, q_fault(d));
}

static qref numbers(struct qdoc *d, const double *v, size_t n)
{
    char text[400];
    size_t used = 0;
    text[used++] = '[';
    for (size_t i = 0; i < n && used < sizeof text - 32; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%.5f ", v[i]);
    snprintf(text + used, sizeof text - used, "]");
    return q_parse(d, text);
}

/* --- a page as a form --- */

static bool content_taken(const struct source *s, int id)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->forms[i].content == id)
            return true;
    return false;
}

/* Whatever the page draws, as a stream of the volume: its own untouched where it has just one that
 * no other page has. */
static qref content_stream(struct binding *b, const struct bind_copy *c, qref page, int *id)
{
    struct qdoc *from = c->source->doc;
    qref content = q_get(from, page, "/Contents");
    struct buffer data = {0};
    qref stream = 0;

    if (q_length(from, content) == 1)
        content = q_item(from, content, 0);
    *id = q_is_stream(from, content) ? q_id(from, content) : 0;
    if (*id && !content_taken(c->source, *id)) {
        stream = q_copy(b->volume, from, content);
    } else if (q_page_content(from, page, &data)) {
        *id = 0;
        stream = q_indirect(b->volume, q_new_stream(b->volume, data.data, data.len));
    }
    buffer_clear(&data);
    return stream;
}

static void copy_key(struct binding *b, struct qdoc *from, qref page, const char *key, qref form)
{
    qref value = q_get(from, page, key);
    if (q_is_dict(from, value))
        q_put(b->volume, form, key, q_copy(b->volume, from, q_indirect(from, value)));
}

static qref make_form(struct binding *b, const struct bind_copy *c)
{
    static const char *const outside[] = {"/F", "/FFilter",
                                          "/FDecodeParms"}; /* data in other files */
    struct source *s = c->source;
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
    q_put(v, form, "/BBox", numbers(v, s->pages[c->page].box, 4));
    q_put(v, form, "/Matrix", numbers(v, c->matrix, 6));
    q_put(v, form, "/Resources", q_parse(v, "<<>>"));
    copy_key(b, s->doc, page, "/Resources", form);
    copy_key(b, s->doc, page, "/Group", form);
    if (!known->id) {
        known->id = q_id(v, form);
        known->content = content;
        memcpy(known->matrix, c->matrix, sizeof c->matrix);
    }
    return form;
}

/* --- annotations: what is seen of them becomes content --- */

/* The appearance in its state. */
static qref appearance(struct qdoc *d, qref annot)
{
    struct arena arena = {0};
    qref n = q_get(d, q_get(d, annot, "/AP"), "/N");
    const char *state = q_text(d, q_get(d, annot, "/AS"), &arena);
    if (!q_is_stream(d, n) && state)
        n = q_get(d, n, arena_printf(&arena, "/%s", state));
    arena_free(&arena);
    return q_is_stream(d, n) ? n : 0;
}

static bool is_seen(struct qdoc *d, qref annot)
{
    qref kind = q_get(d, annot, "/Subtype");
    long flags = q_integer(d, q_get(d, annot, "/F"), 0);
    if (flags & (HIDDEN | NO_VIEW) || q_is_name(d, kind, "/Popup") || q_is_name(d, kind, "/Link"))
        return false;
    return flags & PRINTED || !q_is_name(d, kind, "/Widget"); /* buttons to press are not printed */
}

/* What a page can hold; a reader that cannot make out a number may drop all that follows, the stamp
 * too. */
#define LARGEST 1e6

/* 12.5.5: the appearance's box, transformed by its matrix, is stretched onto the annotation's
 * rectangle. */
static bool appearance_matrix(struct qdoc *d, qref annot, qref look, double out[6])
{
    double box[4], rect[4], around[4], own[6] = {1, 0, 0, 1, 0, 0};
    if (!q_numbers(d, q_get(d, look, "/BBox"), box, 4) ||
        !q_numbers(d, q_get(d, annot, "/Rect"), rect, 4))
        return false;
    q_numbers(d, q_get(d, look, "/Matrix"), own, 6);
    fit_rect(own, box, around);
    double w = around[2] - around[0], h = around[3] - around[1];
    double left = fmin(rect[0], rect[2]), bottom = fmin(rect[1], rect[3]);
    if (!(w > 0 && h > 0))
        return false;
    double kx = fabs(rect[2] - rect[0]) / w, ky = fabs(rect[3] - rect[1]) / h;
    memcpy(out, (double[]){kx, 0, 0, ky, left - kx * around[0], bottom - ky * around[1]},
           6 * sizeof *out);
    for (int i = 0; i < 6; i++)
        if (!(fabs(out[i]) < LARGEST))
            return false;
    return kx > 1 / LARGEST && ky > 1 / LARGEST;
}

/* An address as it may be handed on: of a kind that only a browser or a mail program opens, and
 * all of it ASCII, as 12.6.4.7 wants it. */
static const char *address(struct qdoc *d, qref annot, struct arena *arena)
{
    static const char *const kinds[] = {"http://", "https://", "mailto:"};
    qref action = q_get(d, annot, "/A");
    const char *uri = NULL;
    if (q_is_name(d, q_get(d, annot, "/Subtype"), "/Link") &&
        !(q_integer(d, q_get(d, annot, "/F"), 0) & (HIDDEN | NO_VIEW)) &&
        q_is_name(d, q_get(d, action, "/S"), "/URI"))
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

static void add_address(struct binding *b, const struct bind_copy *c, qref annot)
{
    struct qdoc *from = c->source->doc, *v = b->volume;
    struct arena arena = {0};
    struct buffer hex = {0};
    double rect[4], place[4];
    const char *uri = address(from, annot, &arena);

    if (uri && q_numbers(from, q_get(from, annot, "/Rect"), rect, 4) &&
        fit_clip(c->source->pages[c->page].box, rect)) {
        qref sheet = q_page(v, c->sheet), annots = q_get(v, sheet, "/Annots");
        /* no object of its own: equal ones would become one, and an annotation is of one page */
        qref link = q_parse(v, "<</Type/Annot/Subtype/Link/Border[0 0 0]>>"),
             action = q_parse(v, "<</Type/Action/S/URI>>");
        fit_rect(c->matrix, rect, place);
        utf16_hex(&hex, (const unsigned char *)uri, strlen(uri));
        q_put(v, action, "/URI", q_parse(v, arena_strndup(&arena, (char *)hex.data, hex.len)));
        q_put(v, link, "/A", action);
        q_put(v, link, "/Rect", numbers(v, place, 4));
        if (!annots) {
            annots = q_parse(v, "[]");
            q_put(v, sheet, "/Annots", annots);
        }
        q_append(v, annots, link);
    }
    buffer_clear(&hex);
    arena_free(&arena);
}

static void add_annotations(struct binding *b, const struct bind_copy *c, qref names,
                            struct buffer *content)
{
    struct qdoc *from = c->source->doc, *v = b->volume;
    qref annots = q_get(from, q_page(from, c->page), "/Annots");
    size_t n = q_length(from, annots);

    for (size_t i = 0; i < n && i < MOST_ANNOTATIONS; i++) {
        qref annot = q_item(from, annots, i);
        add_address(b, c, annot);
        qref look = is_seen(from, annot) ? appearance(from, annot) : 0;
        double own[6], m[6];
        char name[32];
        if (!look || !appearance_matrix(from, annot, look, own))
            continue;
        qref form = q_copy(v, from, q_indirect(from, look));
        q_put(v, form, "/Subtype", q_parse(v, "/Form"));
        snprintf(name, sizeof name, "/A%zu", i + 1);
        q_put(v, names, name, form);
        fit_multiply(own, c->matrix, m);
        buffer_printf(content, "q %.5f %.5f %.5f %.5f %.5f %.5f cm %s Do Q\n", m[0], m[1], m[2],
                      m[3], m[4], m[5], name);
    }
}

/* --- a sheet --- */

static void place_copy(struct binding *b, const struct bind_copy *c)
{
    struct qdoc *v = b->volume;
    struct buffer content = {0};
    qref sheet = q_page(v, c->sheet), resources = q_get(v, sheet, "/Resources");

    if (!resources) {
        resources = q_parse(v, "<<>>");
        q_put(v, sheet, "/Resources", resources);
    }
    qref names = q_get(v, resources, "/XObject");
    if (!names) {
        names = q_parse(v, "<<>>");
        q_put(v, resources, "/XObject", names);
    }
    q_put(v, names, "/A0", make_form(b, c));
    buffer_puts(&content, "q /A0 Do Q\n");
    add_annotations(b, c, names, &content);

    qref all = q_parse(v, "[]");
    q_append(v, all, q_indirect(v, q_new_stream(v, content.data, content.len)));
    q_append(v, all, q_get(v, sheet, "/Contents"));
    q_put(v, sheet, "/Contents", all);
    buffer_clear(&content);
}

/* --- layers --- */

static void append_all(struct qdoc *v, qref to, qref list)
{
    for (size_t i = 0, n = q_length(v, list); i < n; i++)
        q_append(v, to, q_item(v, list, i));
}

static bool among(struct qdoc *v, qref list, int id)
{
    for (size_t i = 0, n = q_length(v, list); i < n; i++)
        if (q_id(v, q_item(v, list, i)) == id)
            return true;
    return false;
}

/* A layer that was hidden stays hidden. */
static void add_layers(struct binding *b, struct source *s)
{
    struct qdoc *v = b->volume;
    qref theirs = q_get(s->doc, q_root(s->doc), "/OCProperties"), root = q_root(v),
         ours = q_get(v, root, "/OCProperties");

    if (!q_is_dict(s->doc, theirs))
        return;
    if (!ours) {
        ours = q_parse(v, "<</OCGs [] /D <</OFF []>>>>");
        q_put(v, root, "/OCProperties", ours);
    }
    qref copy = q_copy(v, s->doc, q_indirect(s->doc, theirs)), start = q_get(v, copy, "/D"),
         groups = q_get(v, copy, "/OCGs");
    qref off = q_get(v, q_get(v, ours, "/D"), "/OFF");
    append_all(v, q_get(v, ours, "/OCGs"), groups);
    if (!q_is_name(v, q_get(v, start, "/BaseState"), "/OFF"))
        append_all(v, off, q_get(v, start, "/OFF"));
    else
        for (size_t i = 0, n = q_length(v, groups); i < n; i++)
            if (!among(v, q_get(v, start, "/ON"), q_id(v, q_item(v, groups, i))))
                q_append(v, off, q_item(v, groups, i));
}

/* --- equal objects are stored once --- */

struct object {
    const char *text; /* as it is written; of a stream its dictionary */
    bool stream;
    int id;
};

static int by_text(const void *a, const void *b)
{
    const struct object *x = a, *y = b;
    int c = strcmp(x->text, y->text);
    return c ? c : (x->id > y->id) - (x->id < y->id);
}

/* Tells streams of one text apart by what their first bytes hold, `most` at most; of one that is
 * alone its data need not be read. */
static void add_digests(struct binding *b, struct object *list, size_t n, size_t most,
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

static void redirect(struct qdoc *v, qref r, const int *instead, int first, int end, int depth)
{
    struct arena arena = {0};
    const char **keys;
    bool array = q_is_array(v, r);
    size_t n = depth > DEEPEST ? 0 : array ? q_length(v, r) : q_keys(v, r, &arena, &keys);

    for (size_t i = 0; i < n; i++) {
        qref value = array ? q_item(v, r, i) : q_get(v, r, keys[i]);
        int id = q_id(v, value);
        if (id >= first && id < end && instead[id - first]) {
            value = q_object(v, instead[id - first]);
            if (array)
                q_set_item(v, r, i, value);
            else
                q_put(v, r, keys[i], value);
        } else if (id == 0 && (q_is_dict(v, value) || q_is_array(v, value))) {
            redirect(v, value, instead, first, end, depth + 1);
        }
    }
    arena_free(&arena);
}

/* One round: streams only in the first, for most volumes have no equal ones, and then there is
 * nothing to do. */
static bool merge_round(struct binding *b, int end, bool *gone, bool streams_only)
{
    struct arena arena = {0};
    struct qdoc *v = b->volume;
    size_t n = 0, count = (size_t)(end - b->first_new);
    struct object *list = ARENA_ARRAY(&arena, struct object, count + 1);
    int *instead = ARENA_ARRAY(&arena, int, count + 1);
    bool any = false;

    for (int id = b->first_new; id < end; id++) {
        qref r = gone[id - b->first_new] ? 0 : q_object(v, id);
        bool stream = q_is_stream(v, r);
        if (stream || (!streams_only && (q_is_dict(v, r) || q_is_array(v, r))))
            list[n++] = (struct object){q_unparse(v, r, &arena), stream, id};
        q_release(v);
    }
    if (n > 1) {
        qsort(list, n, sizeof *list, by_text);
        add_digests(b, list, n, FIRST_LOOK, &arena); /* scans of one size mostly part here */
        qsort(list, n, sizeof *list, by_text);
        add_digests(b, list, n, SIZE_MAX, &arena);
        qsort(list, n, sizeof *list, by_text);
    }
    for (size_t i = 1, first = 0; i < n; i++) {
        if (list[i].stream != list[first].stream || strcmp(list[i].text, list[first].text)) {
            first = i;
            continue;
        }
        instead[list[i].id - b->first_new] = list[first].id;
        gone[list[i].id - b->first_new] = any = true;
    }
    for (int id = b->first_new; any && id < end; id++) {
        redirect(v, q_object(v, id), instead, b->first_new, end, 0);
        q_release(v);
    }
    arena_free(&arena);
    return any;
}

static void merge_equal(struct binding *b)
{
    int end = q_id(b->volume, q_indirect(b->volume, q_parse(b->volume, "0")));
    if (end <= b->first_new)
        return;
    bool *gone = ARENA_ARRAY(&b->arena, bool, (size_t)(end - b->first_new));
    for (int round = 0; round < MOST_ROUNDS && q_ok(b->volume); round++)
        if (!merge_round(b, end, gone, round == 0))
            break;
}

/* --- all of it --- */

static bool draw_copies(struct binding *b, const struct bind_copy *copies, size_t n,
                        void (*watch)(void *data, const struct source *at), void *data)
{
    size_t sources = 0;
    for (size_t i = 0; i < n; i++) {
        struct source *s = copies[i].source;
        watch(data, s);
        if (!s->forms) {
            s->forms = ARENA_ARRAY(&b->arena, struct bind_form, s->n);
            add_layers(b, s);
            sources++;
        }
        place_copy(b, &copies[i]);
        if (!q_ok(s->doc))
            return lost(b, &copies[i], s->doc);
        if (!q_ok(b->volume))
            return lost(b, &copies[i], b->volume);
        q_release(s->doc);
        q_release(b->volume);
    }
    watch(data, NULL);
    if (sources > 1)
        merge_equal(b);
    return true;
}

/* What was written is read once more: as many pages as there are sheets. */
static bool read_again(struct binding *b, int file)
{
    struct stat st;
    size_t sheets = q_page_count(b->volume), pages = 0;
    void *data = fstat(file, &st) < 0
                     ? MAP_FAILED
                     : mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, file, 0);
    bool ok = data != MAP_FAILED;

    if (!ok)
        machine_ask(NULL);
    if (ok) { /* of the pages of memory only those are read in that the count needs */
        struct qdoc *d = q_open(data, (size_t)st.st_size, "volume", NULL);
        pages = q_page_count(d);
        ok = q_ok(d) && pages == sheets;
        q_free(d);
        munmap(data, (size_t)st.st_size);
    }
    return ok || diag_system(b->diag, (struct src_pos){0},
                             "写出的书面材料读得出 %zu 页，应为 %zu 页（程序错误）",
                             "of the dossier as written %zu pages can be read instead of %zu (a "
                             "fault of this program)",
                             pages, sheets);
}

bool bind_volume(const struct buffer *volume, const struct bind_copy *copies, size_t n,
                 void (*watch)(void *data, const struct source *at), void *data, int file,
                 struct diag *diag)
{
    struct binding b = {.volume = q_open(volume->data, volume->len, "volume", NULL), .diag = diag};
    char id[DIGEST_HEX];
    bool ok = false;

    b.first_new = q_id(b.volume, q_indirect(b.volume, q_parse(b.volume, "0")));
    if (draw_copies(&b, copies, n, watch, data)) {
        digest_hex(volume->data, volume->len < MOST_HASHED ? volume->len : MOST_HASHED, id);
        ok = q_write_file(b.volume, id, file)
                 ? read_again(&b, file)
                 : diag_system(diag, (struct src_pos){0},
                               "书面材料无法完整写出，请检查磁盘空间（%s）",
                               "the dossier cannot be written whole: is there room on the disk? "
                               "(%s)",
                               q_fault(b.volume));
    }
    for (size_t i = 0; i < n; i++)
        copies[i].source->forms = NULL;
    q_free(b.volume);
    arena_free(&b.arena);
    return ok;
}
