/* attachment_pages.c - see attachment_pages.h.
 *
 * ISO 32000-1: 7.7.3 (pages), 12.3 (destinations, outline), 12.5.6.5 (links). */
#define _GNU_SOURCE /* memmem */
#include "bind/attachment_pages.h"

#include "bind/damaged_graphics.h"
#include "bind/embedded.h"
#include "bind/id_set.h"
#include "bind/layers.h"
#include "bind/name_tree.h"
#include "bind/outside_font.h"
#include "bind/page_list.h"
#include "bind/page_look.h"
#include "bind/page_scan.h"
#include "bind/page_tree.h"
#include "bind/qdoc.h"
#include "bind/salvage.h"
#include "bind/short_names.h"
#include "core/buffer.h"
#include "core/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_PAGES = 5000,
    STRETCH = 256,
    MOST_LINKS = 8000,  /* of a page: it may have 8191 annotations (annex C) */
    DEEPEST_MARK = 100, /* bookmarks below stand beside each other */
};

#define LARGEST 1e6   /* points a side */
#define LONGEST 14400 /* units a side: what readers must open (annex C) */
#define A4_SHORT 595.28
#define A4_LONG 841.89
#define LEAST_SCALE 0.5 /* at which letters of a usual size can be read */

struct reading {
    struct arena *arena;
    struct attachment_pages *s;
    struct qdoc *doc;
    struct finding where;
    struct diag *diag;
    bool repaired;
    size_t links_on_page;
    struct named {
        const char *name; /* bytes: of UTF-16 every other one may be 0 */
        size_t len;
        qref to;
    } * names;
    size_t n_names, cap_names;
    bool names_read;
};

static bool fail(struct reading *r, const char *zh, const char *en)
{
    r->where.severity = SEVERITY_ERROR;
    return diag_add(r->diag, r->where, "PDF“%s”%s%.0s", "PDF '%s' %.0s%s", r->s->href, zh, en);
}

static void warn(struct reading *r, const char *zh, const char *en)
{
    struct finding f = r->where;
    f.severity = SEVERITY_WARNING;
    diag_add(r->diag, f, "PDF“%s”%s%.0s", "PDF '%s' %.0s%s", r->s->href, zh, en);
}

/* --- opening --- */

static struct qdoc *unlock(const void *data, size_t size, const char *href,
                           const char *const *passwords, size_t n)
{
    struct qdoc *d = q_open(data, size, href, NULL);
    for (size_t i = 0; i < n && q_wants_password(d); i++) {
        q_free(d);
        d = q_open(data, size, href, passwords[i]);
    }
    return d;
}

/* The last object that calls itself a catalog, and its generation; 0: none. */
static unsigned long find_catalog(const unsigned char *data, size_t size, unsigned long *generation)
{
    unsigned long found = 0;
    const unsigned char *end = data + size, *object = data, *looked = data;
    for (const unsigned char *at = data;
         (at = memmem(at, (size_t)(end - at), "/Catalog", strlen("/Catalog"))); at++) {
        const unsigned char *next;
        while ((next = memmem(looked, (size_t)(at - looked), " obj", strlen(" obj"))))
            object = looked = next + 1;
        looked = at; /* no byte twice, however many call themselves so */
        const unsigned char *number = object - 1; /* "12 0 obj": back over 0 and the blank to 12 */
        while (number > data && number[-1] >= '0' && number[-1] <= '9')
            number--;
        while (number > data && number[-1] == ' ')
            number--;
        while (number > data && number[-1] >= '0' && number[-1] <= '9')
            number--;
        char *behind;
        unsigned long id = object > data && *number >= '0' && *number <= '9'
                               ? strtoul((const char *)number, &behind, 10)
                               : 0;
        if (id) {
            found = id;
            *generation = strtoul(behind, NULL, 10);
        }
    }
    return found;
}

/* What qpdf would take for the trailer becomes a comment. */
static void hide_trailers(unsigned char *data, size_t size)
{
    static const char word[] = "trailer";
    const unsigned char *end = data + size;
    for (unsigned char *at = data; (at = memmem(at, (size_t)(end - at), word, sizeof word - 1));
         at++)
        if (at > data && (at[-1] == '\n' || at[-1] == '\r'))
            *at = '%';
}

/* A file without a trailer, or with one that leads nowhere, with one that leads to its catalog. */
static struct qdoc *complete(struct attachment_pages *s, const struct media_file *file)
{
    struct buffer b = {0};
    unsigned long generation, catalog = find_catalog(file->data, file->size, &generation);
    if (!catalog)
        return NULL;
    buffer_puts(&b, "%PDF-1.7\n"); /* an object that the file begins with is found behind it */
    buffer_add(&b, file->data, file->size);
    hide_trailers(b.data, b.len);
    buffer_printf(&b, "\ntrailer\n<</Root %lu %lu R/Size %lu>>\nstartxref\n0\n%%%%EOF\n", catalog,
                  generation, catalog + 1);
    s->completed = b.data;
    return q_open(b.data, b.len, file->href, NULL);
}

/* Opened, with its pages counted: by the tree itself where qpdf cannot. */
static void open_document(struct reading *r, const struct media_file *file,
                          const char *const *passwords, size_t n)
{
    struct qdoc *d = unlock(file->data, file->size, file->href, passwords, n);
    if (!q_root(d) && !q_wants_password(d) && !q_unsupported(d)) {
        struct qdoc *completed = complete(r->s, file);
        if (completed && q_root(completed)) {
            q_free(d);
            d = completed;
            r->repaired = true;
        } else {
            q_free(completed);
        }
    }
    if (q_ok(d) && q_page_count(d) == 0) {
        if (!q_ok(d)) { /* some of its tree is in qpdf's hands already */
            q_free(d);
            d = unlock(file->data, file->size, file->href, passwords, n);
        }
        page_tree_flatten(d);
        r->repaired |= q_page_count(d) > 0;
    }
    r->s->doc = r->doc = d;
}

static bool rectangle(struct qdoc *d, qref array, double out[4])
{
    double v[4];
    if (!q_numbers(d, array, v, 4))
        return false;
    out[0] = fmin(v[0], v[2]);
    out[1] = fmin(v[1], v[3]);
    out[2] = fmax(v[0], v[2]);
    out[3] = fmax(v[1], v[3]);
    return true;
}

static bool sensible(const double box[4])
{
    double w = box[2] - box[0], h = box[3] - box[1];
    return w > 0.1 && h > 0.1 && w < LARGEST && h < LARGEST && fabs(box[0]) < LARGEST &&
           fabs(box[1]) < LARGEST;
}

/* The page's size as readers take it, and what is odd about it. */
static unsigned read_media_box(struct qdoc *d, qref page, double box[4])
{
    static const double letter[] = {0, 0, 612, 792}; /* what viewers take for want of one */
    qref array = q_get(d, page, "/MediaBox");
    size_t n = q_length(d, array);
    double v[4];
    bool numbers = n >= 4;

    for (size_t i = 0; i < 4 && numbers; i++)
        numbers = q_number(d, q_item(d, array, i), &v[i]);
    if (numbers) {
        memcpy(box,
               (double[]){fmin(v[0], v[2]), fmin(v[1], v[3]), fmax(v[0], v[2]), fmax(v[1], v[3])},
               4 * sizeof *box);
        if (box[2] - box[0] > 0.1 && box[3] - box[1] > 0.1)
            return n == 4 ? 0 : SOURCE_ODD_BOX;
    }
    memcpy(box, letter, sizeof letter);
    return SOURCE_NO_BOX;
}

/* What is seen of the page; and what is odd about the box that says so. */
static unsigned read_crop_box(struct qdoc *d, qref page, const double media[4], double box[4])
{
    double crop[4];
    qref array = q_get(d, page, "/CropBox");

    memcpy(box, media, 4 * sizeof *box);
    if (!rectangle(d, array, crop))
        return array ? SOURCE_ODD_CROP : 0;
    const double seen[] = {fmax(media[0], crop[0]), fmax(media[1], crop[1]),
                           fmin(media[2], crop[2]), fmin(media[3], crop[3])};
    if (!sensible(seen))
        return SOURCE_NO_CROP;
    memcpy(box, seen, sizeof seen);
    for (int i = 0; i < 2; i++)
        if (crop[i + 2] - crop[i] > media[i + 2] - media[i] &&
            seen[i + 2] - seen[i] < media[i + 2] - media[i])
            return SOURCE_WIDE_CROP;
    return 0;
}

static bool has_lost_content(struct qdoc *d, qref page)
{
    qref contents = q_get(d, page, "/Contents");
    if (!contents)
        return q_dangles(d, page, "/Contents");
    if (!q_is_array(d, contents))
        return !q_is_stream(d, contents);
    for (size_t i = 0, n = q_length(d, contents); i < n; i++)
        if (!q_is_stream(d, q_item(d, contents, i)))
            return true;
    return false;
}

/* 0, 90, 180 or 270; and what is odd about it: readers differ in what they make of it. */
static unsigned read_turn(struct qdoc *d, qref page, int *out)
{
    double turn = 0;
    qref stated = q_get(d, page, "/Rotate");
    bool whole = !stated || (q_number(d, stated, &turn) && fmod(turn, 90) == 0);
    *out = whole ? (int)fmod(fmod(turn, 360) + 360, 360) : 0;
    return whole ? 0 : SOURCE_ODD_TURN;
}

static unsigned size_oddities(const struct fit_page *p)
{
    double w, h;
    fit_size(p, &w, &h);
    if (p->box[2] - p->box[0] > LONGEST || p->box[3] - p->box[1] > LONGEST)
        return SOURCE_ENORMOUS;
    return fmin(A4_SHORT / fmin(w, h), A4_LONG / fmax(w, h)) < LEAST_SCALE ? SOURCE_SMALL_TYPE : 0;
}

static bool read_page(struct reading *r, size_t i)
{
    struct qdoc *d = r->doc;
    qref page = q_page(d, i);
    struct fit_page *p = &r->s->pages[i];
    double media[4], unit;

    if (!q_is_dict(d, page)) {
        struct finding f = r->where;
        f.severity = SEVERITY_ERROR;
        return diag_add(r->diag, f, "PDF“%s”的第 %zu 页（共 %zu 页）缺失，请重新导出或扫描",
                        "PDF '%s' lacks its page %zu of %zu: export or scan it again", r->s->href,
                        i + 1, r->s->n);
    }
    unsigned odd = read_media_box(d, page, media);
    odd |= read_crop_box(d, page, media, p->box);
    if (!sensible(p->box))
        return fail(r, "的页面尺寸不合理，请重新导出",
                    "has a page of no sensible size: export it again");
    odd |= read_turn(d, page, &p->rotate);
    p->unit =
        q_number(d, q_get(d, page, "/UserUnit"), &unit) && unit >= 0.01 && unit <= 1000 ? unit : 1;
    odd |= size_oddities(p) | (has_lost_content(d, page) ? SOURCE_NO_CONTENT : 0);
    r->s->oddities[i] = (unsigned short)odd;
    return true;
}

/* --- destinations --- */

static void add_name(void *data, qref name, qref value)
{
    struct reading *r = data;
    struct named named = {.to = value};
    if ((named.name = q_bytes(r->doc, name, r->arena, &named.len)))
        *ARENA_PUSH(r->arena, r->names, r->n_names, r->cap_names) = named;
}

static int by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int c = memcmp(x->name, y->name, x->len < y->len ? x->len : y->len);
    return c ? c : (x->len > y->len) - (x->len < y->len);
}

static qref named_destination(struct reading *r, qref name)
{
    struct arena arena = {0}; /* many links may have one long name */
    struct qdoc *d = r->doc;
    struct named key = {0};
    const struct named *found = NULL;
    qref to = 0;

    if ((key.name = q_bytes(d, name, &arena, &key.len)))
        to = q_get(d, q_get(d, q_root(d), "/Dests"), arena_printf(&arena, "/%s", key.name));
    if (key.name && !to && !r->names_read) {
        r->names_read = true;
        name_tree_walk(d, q_get(d, q_get(d, q_root(d), "/Names"), "/Dests"), add_name, r);
        if (r->n_names > 1)
            qsort(r->names, r->n_names, sizeof *r->names, by_name);
    }
    if (key.name && !to && r->n_names)
        found = bsearch(&key, r->names, r->n_names, sizeof key, by_name);
    arena_free(&arena);
    return found ? found->to : to;
}

/* Of an outline item or a link: its /Dest, or that of its GoTo action. */
static bool target_of(struct reading *r, qref item, struct attachment_target *out)
{
    struct qdoc *d = r->doc;
    qref to = q_get(d, item, "/Dest"), action = q_get(d, item, "/A");

    if (!to && q_is_name(d, q_get(d, action, "/S"), "/GoTo"))
        to = q_get(d, action, "/D");
    if (to && !q_is_array(d, to) && !q_is_dict(d, to))
        to = named_destination(r, to);
    if (q_is_dict(d, to))
        to = q_get(d, to, "/D");
    qref at = q_item(d, to, 0);
    double v;
    /* an index stands for a page of another file, and readers take it here, too */
    long page = q_number(d, at, &v) ? q_integer(d, at, -1) : q_page_index(d, at);
    if (page < 0 || (size_t)page >= r->s->n)
        return false;

    const double *box = r->s->pages[page].box;
    qref kind = q_item(d, to, 1);
    *out = (struct attachment_target){(size_t)page, box[0], box[3]};
    if (q_is_name(d, kind, "/XYZ")) {
        if (q_number(d, q_item(d, to, 2), &v))
            out->x = v;
        if (q_number(d, q_item(d, to, 3), &v))
            out->y = v;
    } else if (q_is_name(d, kind, "/FitH") || q_is_name(d, kind, "/FitBH")) {
        if (q_number(d, q_item(d, to, 2), &v))
            out->y = v;
    } else if (q_is_name(d, kind, "/FitR")) {
        if (q_number(d, q_item(d, to, 5), &v))
            out->y = v;
    }
    out->x = fmin(fmax(out->x, box[0]), box[2]);
    out->y = fmin(fmax(out->y, box[1]), box[3]);
    return true;
}

/* Codes that nobody else can read are named, as in messages. */
static const char *readable(const char *title, struct arena *arena)
{
    struct buffer out = {0};
    size_t len = strlen(title);
    for (size_t i = 0, used; i < len; i += used) {
        char shown[UTF8_SHOWN];
        bool plain = !utf8_is_unprintable(utf8_next(title + i, len - i, &used));
        if (plain)
            buffer_add(&out, title + i, used);
        else
            buffer_add(&out, shown, utf8_show(title + i, len - i, &used, shown));
    }
    const char *kept = arena_strndup(arena, (const char *)out.data, out.len);
    buffer_clear(&out);
    return kept;
}

struct outline_item {
    qref item;
    int level;
};

/* Each item once: those beneath it come before its next one. */
static void read_outline(struct reading *r)
{
    struct qdoc *d = r->doc;
    struct id_set seen = {0};
    struct outline_item *waiting = NULL;
    size_t n = 0, cap = 0;
    qref first = q_get(d, q_get(d, q_root(d), "/Outlines"), "/First");

    *ARENA_PUSH(r->arena, waiting, n, cap) = (struct outline_item){first, 1};
    while (n > 0) {
        struct outline_item at = waiting[--n];
        struct attachment_target to;
        if (!at.item || !id_set_add(&seen, q_id(d, at.item)))
            continue;
        const char *title = q_text(d, q_get(d, at.item, "/Title"), r->arena);
        bool found = title && *title && target_of(r, at.item, &to);
        if (found)
            *ARENA_PUSH(r->arena, r->s->bookmarks, r->s->n_bookmarks, r->s->cap_bookmarks) =
                (struct attachment_bookmark){at.level < DEEPEST_MARK ? at.level : DEEPEST_MARK,
                                             readable(title, r->arena), to};
        *ARENA_PUSH(r->arena, waiting, n, cap) =
            (struct outline_item){q_get(d, at.item, "/Next"), at.level};
        *ARENA_PUSH(r->arena, waiting, n, cap) =
            (struct outline_item){q_get(d, at.item, "/First"), at.level + found};
    }
    id_set_clear(&seen);
}

/* --- links --- */

static void read_link(struct reading *r, qref a, size_t page, size_t at)
{
    struct qdoc *d = r->doc;
    struct attachment_link link = {.page = page};
    struct annotation_places *places = &r->s->places[page];
    if (q_is_name(d, q_get(d, a, "/Subtype"), "/Link") && target_of(r, a, &link.to) &&
        q_corners(d, q_get(d, a, "/Rect"), link.rect) &&
        fit_clip(r->s->pages[page].box, link.rect)) {
        if (r->links_on_page++ < MOST_LINKS)
            *ARENA_PUSH(r->arena, r->s->links, r->s->n_links, r->s->cap_links) = link;
        else
            r->s->oddities[page] |= SOURCE_MANY_LINKS;
    }
    if (!annotation_is_plain_link(d, a) || q_is_name(d, q_get(d, q_get(d, a, "/A"), "/S"), "/URI"))
        *ARENA_PUSH(r->arena, places->list, places->n, places->cap) = at;
}

/* So many that the handles on their objects do not fill the memory; those on names are kept. */
static void read_links(struct reading *r, size_t page)
{
    struct qdoc *d = r->doc;
    size_t n = q_length(d, q_get(d, q_page(d, page), "/Annots"));
    r->links_on_page = 0;
    for (size_t i = 0; i < n;) {
        qref annots = q_get(d, q_page(d, page), "/Annots");
        for (size_t end = i + STRETCH; i < n && i < end; i++)
            read_link(r, q_item(d, annots, i), page, i);
        if (r->n_names == 0)
            q_release(d);
    }
}

/* --- all of it --- */

/* Why it cannot be opened, in words for who is to mend it. */
static bool fail_to_open(struct reading *r, const struct media_file *file)
{
    struct finding f = r->where;
    static const char by_certificate[] = "/Adobe.PubSec";

    if (q_wants_password(r->doc))
        return fail(r,
                    "有打开密码，请去掉密码后重新导出，或制作成册材料时用 --password-file 给出密码",
                    "needs a password: export it without one, or give it to the dossier with "
                    "--password-file");
    if (memmem(file->data, file->size, by_certificate, sizeof by_certificate - 1))
        return fail(r, "是用数字证书加密的，只有证书的主人能打开，请用“打印成 PDF”重新生成",
                    "is encrypted for the owner of a certificate: print it to a new PDF");
    if (q_unsupported(r->doc))
        return fail(r, "是用无法识别的方式加密的，请用“打印成 PDF”重新生成",
                    "is encrypted in an unknown way: print it to a new PDF");
    f.severity = SEVERITY_ERROR;
    return diag_add(r->diag, f, "PDF“%s”已损坏，请重新导出或扫描%.0s",
                    "PDF '%s' is damaged: export or scan it again (%s)", r->s->href,
                    q_fault(r->doc));
}

static bool right_number_of_pages(struct reading *r, size_t most)
{
    struct finding f = r->where;
    f.severity = SEVERITY_ERROR;
    if (r->s->n == 0)
        return fail(r, "没有一页，请重新导出或扫描", "has no page: export or scan it again");
    return r->s->n <= most ||
           diag_add(r->diag, f, "PDF“%s”有 %zu 页，超过上限 %zu 页，请拆分",
                    "PDF '%s' has %zu pages, more than the limit of %zu: split it", r->s->href,
                    r->s->n, most);
}

/* Where the tree says that there should be more pages than can be read, some are lost, or the
 * number is wrong. */
static bool has_all_pages(struct reading *r)
{
    qref tree = q_get(r->doc, q_root(r->doc), "/Pages");
    long stated = q_integer(r->doc, q_get(r->doc, tree, "/Count"), -1);
    struct finding f = r->where;

    if (stated <= (long)r->s->n) {
        r->repaired |= stated != (long)r->s->n;
        return true;
    }
    if (page_tree_is_whole(r->doc)) {
        f.severity = SEVERITY_WARNING;
        return diag_add(r->diag, f, "PDF“%s”写明有 %ld 页，只有 %zu 页，已全部装订，请核对是否缺页",
                        "PDF '%s' says that it has %ld pages and has %zu, all of which are bound: "
                        "check that none is missing",
                        r->s->href, stated, r->s->n);
    }
    f.severity = SEVERITY_ERROR;
    return diag_add(r->diag, f, "PDF“%s”应有 %ld 页，只读得出 %zu 页，请重新导出或扫描",
                    "PDF '%s' should have %ld pages, but only %zu can be read: export or scan it "
                    "again",
                    r->s->href, stated, r->s->n);
}

/* Readers look for the end in the last kilobyte. */
static bool ends_well(const struct media_file *file)
{
    enum { TAIL = 1024 };
    size_t tail = file->size < TAIL ? file->size : TAIL;
    return memmem(file->data + file->size - tail, tail, "%%EOF", strlen("%%EOF"));
}

static bool read_source(struct reading *r, const struct media_file *file,
                        const struct media_limits *limits)
{
    struct attachment_pages *s = r->s;
    struct qdoc *d = r->doc;

    s->n = q_page_count(d);
    if (!q_ok(d))
        return fail_to_open(r, file);
    r->repaired |= q_warned(d) || !ends_well(file);
    if (!right_number_of_pages(r, limits && limits->pages ? limits->pages : MOST_PAGES) ||
        !has_all_pages(r))
        return false;
    q_push_inherited(d);
    short_names_expand(d, file->data, file->size);
    s->pages = ARENA_ARRAY(r->arena, struct fit_page, s->n);
    s->oddities = ARENA_ARRAY(r->arena, unsigned short, s->n);
    s->places = ARENA_ARRAY(r->arena, struct annotation_places, s->n);
    for (size_t i = 0; i < s->n; i++)
        if (!read_page(r, i))
            return false;
    for (size_t i = 0; i < s->n; i++)
        read_links(r, i);
    read_outline(r);
    s->layers = layers_read(r->arena, d);
    embedded_warn(d, s->href, &r->where, r->diag);
    s->encrypted = q_encrypted(d);
    if (s->encrypted)
        warn(r, "设有权限密码，已照常使用，请确认允许打印",
             "is protected by an owner password, and used all the same: make sure that it may be "
             "printed");
    if (!q_ok(d))
        return fail_to_open(r, file);
    r->repaired |= q_damaged(d);
    s->repaired = r->repaired;
    if (r->repaired)
        warn(r, "有损坏，已修复后使用，请核对各页，最好重新导出",
             "is damaged, and used as far as it could be repaired: check its pages, or better "
             "export it again");
    q_release(d);
    return true;
}

struct attachment_pages *attachment_pages_open(struct arena *arena, const struct media_file *file,
                                               const char *const *passwords, size_t n_passwords,
                                               const struct media_limits *limits,
                                               struct fonts *fonts, const struct finding *where,
                                               struct diag *diag)
{
    struct reading r = {.arena = arena,
                        .s = ARENA_NEW(arena, struct attachment_pages),
                        .where = *where,
                        .diag = diag};

    if (!r.where.rule)
        r.where.rule = "R76";
    r.s->href = file->href;
    open_document(&r, file, passwords, n_passwords);
    if (read_source(&r, file, limits)) {
        r.s->annotations =
            annotations_new(arena, r.doc, fonts, r.s->layers, r.s->pages, r.s->places, r.s->n);
        return r.s;
    }
    attachment_pages_close(r.s);
    return NULL;
}

/* --- the pages that are bound --- */

/* false: nothing of it can be read; it may be that a part is what was read. */
static bool read_content(struct attachment_pages *s, size_t page)
{
    struct buffer content = {0};
    qref at = q_page(s->doc, page);
    int single = q_id(s->doc, q_single_content(s->doc, at));
    if (id_set_has(&s->whole, single)) /* as another page's, or cited before */
        return true;
    q_damaged(s->doc); /* what was said of other pages */
    bool ok = q_page_content(s->doc, at, &content), damaged = q_damaged(s->doc);
    s->lacks_graphics |= ok && damaged_graphics_absent(s->doc, at, &content);
    buffer_clear(&content);
    if (q_damaged(s->doc)) /* what it draws with: outside_font.c will not be told again */
        s->oddities[page] |= SOURCE_DAMAGED;
    /* its data end early, or their sum is wrong; of content that is not there at all this is told
     */
    if (ok && damaged && !(s->oddities[page] & SOURCE_NO_CONTENT))
        s->oddities[page] |= SOURCE_PART;
    if (!ok) {
        q_forgive(s->doc);
        ok = salvage_content(s->doc, at, &s->salvaged) && q_page_content(s->doc, at, &content);
        buffer_clear(&content);
    }
    if (salvage_has(s->doc, at, &s->salvaged))
        s->oddities[page] |= SOURCE_PART;
    if (ok && single && !(s->oddities[page] & SOURCE_PART))
        id_set_add(&s->whole, single);
    return ok;
}

static bool check_content(struct attachment_pages *s, const size_t *pages, size_t n,
                          const struct finding *where, struct diag *diag)
{
    struct arena arena = {0};
    struct finding f = *where;
    size_t *damaged = ARENA_ARRAY(&arena, size_t, n), n_damaged = 0;
    const char *fault = "";

    for (size_t i = 0; i < n; i++) {
        if (!read_content(s, pages[i] - 1)) {
            damaged[n_damaged++] = pages[i];
            fault = arena_strdup(&arena, q_fault(s->doc));
        }
        q_forgive(s->doc);
        q_release(s->doc);
    }
    f.severity = SEVERITY_ERROR;
    if (n_damaged > 0)
        diag_add(diag, f, "PDF“%s”第 %s 页的内容已损坏，请重新导出%.0s",
                 "PDF '%s': the content of page %s is damaged: export it again (%s)", s->href,
                 page_list_told(damaged, n_damaged, &arena), fault);
    arena_free(&arena);
    return n_damaged == 0;
}

static void warn_of_pages(const struct attachment_pages *s, const size_t *pages, size_t n,
                          const struct finding *where, struct diag *diag)
{
    static const struct {
        unsigned oddity;
        const char *zh, *en;
    } words[] = {
        {SOURCE_NO_BOX,
         "没有可用的页面尺寸，已像阅读器那样当作信纸（216×279 毫米）装订，请核对是否完整",
         "has no usable size and was bound as a Letter page, as readers show it: check that "
         "nothing "
         "of it is cut off"},
        {SOURCE_ODD_BOX, "的页面尺寸多写了数字，已按前四个装订，请核对是否完整",
         "has too many numbers in its size, of which the first four were taken: check that nothing "
         "of it is cut off"},
        {SOURCE_NO_CONTENT, "的内容不在文件里，装订后缺少这些内容或是空白页，请重新导出",
         "has content that is not in the file, so that it is blank or lacks something: export it "
         "again"},
        {SOURCE_ENORMOUS, "的边长超过 5 米（14400 点），缩到 A4 后多半看不清，请核对或拆成几页",
         "is longer than 5 m (14400 points) and hardly legible when scaled to A4: check it, or "
         "split it"},
        {SOURCE_SMALL_TYPE, "比 A2 还大，缩到 A4 后字会很小，请核对能否看清，或拆成几页",
         "is larger than A2, and its letters will be very small on A4: check that they can be "
         "read, "
         "or split it"},
        {SOURCE_NO_CROP, "的裁切框在页面之外，已装订整页，请核对",
         "has a crop box beside the page, of which all was bound: check it"},
        {SOURCE_ODD_CROP, "的裁切框不是四个数，已装订整页，请核对",
         "has a crop box that is no four numbers, and all of the page was bound: check it"},
        {SOURCE_WIDE_CROP,
         "的裁切框比页面大又只盖住一部分，已装订盖住的部分，有的阅读器会多显示一些，请核对",
         "has a crop box that is larger than the page and covers a part of it, which was bound; "
         "some readers show more: check it"},
        {SOURCE_MANY_LINKS, "的链接超过 8000 个，其余的装订后点击无效，打印不受影响",
         "has more than 8000 links, the rest of which lead nowhere in the volume; what is printed "
         "is the same"},
        {SOURCE_ODD_TURN, "写明的旋转角度不是 90 的倍数，已按不旋转装订，请核对是否正立",
         "is turned by no multiple of 90 degrees, and was bound as if it were not turned: check "
         "that it stands upright"},
        {SOURCE_PART,
         "的内容中途损坏，已像阅读器那样装订读得出的部分，多半不全，请核对，最好重新导出",
         "has content that breaks off damaged, of which what can be read was bound, as readers "
         "show it: something is probably missing; check it, or better export it again"},
        {SOURCE_DAMAGED, "引用的字体或图形有损坏，装订后可能缺字或缺图，请核对，最好重新导出",
         "refers to fonts or graphics that are damaged, so that letters or pictures may be "
         "missing: check it, or better export it again"},
    };
    struct arena arena = {0};
    size_t *found = ARENA_ARRAY(&arena, size_t, n);
    struct finding f = *where;

    f.severity = SEVERITY_WARNING;
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        size_t n_found = 0;
        for (size_t i = 0; i < n; i++)
            if (s->oddities[pages[i] - 1] & words[k].oddity)
                found[n_found++] = pages[i];
        if (n_found > 0)
            diag_add(diag, f, "PDF“%s”第 %s 页%s%.0s", "PDF '%s', page %s: %.0s%s", s->href,
                     page_list_told(found, n_found, &arena), words[k].zh, words[k].en);
    }
    arena_free(&arena);
}

bool attachment_pages_check(struct attachment_pages *s, const size_t *pages, size_t n,
                            const struct finding *where, struct diag *diag)
{
    bool *damaged;

    if (!check_content(s, pages, n, where, diag))
        return false;
    damaged = mem_alloc(n, sizeof *damaged);
    q_damaged(s->doc);
    outside_fonts_warn(s, pages, n, damaged, where, diag);
    damaged_graphics_find(s, pages, n, damaged);
    for (size_t i = 0; i < n; i++)
        if (damaged[i])
            s->oddities[pages[i] - 1] |= SOURCE_DAMAGED;
    warn_of_pages(s, pages, n, where, diag);
    embedded_warn_of_pages(s, pages, n, where, diag);
    free(damaged);
    return true;
}

void attachment_pages_close(struct attachment_pages *s)
{
    if (!s)
        return;
    q_free(s->doc);
    id_set_clear(&s->salvaged);
    id_set_clear(&s->whole);
    id_set_clear(&s->looked_at);
    id_set_clear(&s->damaged);
    id_set_clear(&s->blank);
    id_set_clear(&s->inked);
    page_scan_forget(s);
    free(s->completed);
    attachment_looks_free(s);
    s->doc = NULL;
    s->completed = NULL;
}
