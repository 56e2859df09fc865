/* source.c - see source.h.
 *
 * ISO 32000-1: 7.7.3 (pages), 12.3 (destinations, outline), 12.5 (annotations), 12.7 (forms). */
#include "bind/source.h"

#include "bind/qdoc.h"
#include "core/buffer.h"
#include "core/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_PAGES = 5000,
    MOST_BOOKMARKS = 5000,
    MOST_LINKS = 20000,
    MOST_NAMES = 50000, /* nodes and names of a tree of destinations */
    MOST_FIELDS = 20000,
    DEEPEST = 16
};

#define LARGEST 1e6 /* points a side */

struct reading {
    struct arena *arena;
    struct source *s;
    struct qdoc *doc;
    struct finding where;
    struct diag *diag;
    bool repaired;
    struct named {
        const char *name;
        qref to;
    } * names;
    size_t n_names, cap_names, names_seen;
    bool names_read;
    size_t bare_fields; /* with a value and no appearance */
    size_t fields_seen;
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

static struct qdoc *unlock(const struct media_file *file, const char *const *passwords, size_t n)
{
    struct qdoc *d = q_open(file->data, file->size, file->href, NULL);
    for (size_t i = 0; i < n && q_wants_password(d); i++) {
        q_free(d);
        d = q_open(file->data, file->size, file->href, passwords[i]);
    }
    return d;
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

static bool read_page(struct reading *r, size_t i)
{
    struct qdoc *d = r->doc;
    qref page = q_page(d, i);
    struct fit_source *p = &r->s->pages[i];
    double media[4], crop[4], unit;

    if (!rectangle(d, q_get(d, page, "/MediaBox"), media))
        memcpy(media, (double[]){0, 0, 612, 792}, sizeof media); /* what viewers take */
    memcpy(p->box, media, sizeof media);
    if (rectangle(d, q_get(d, page, "/CropBox"), crop)) {
        double seen[] = {fmax(media[0], crop[0]), fmax(media[1], crop[1]), fmin(media[2], crop[2]),
                         fmin(media[3], crop[3])};
        if (sensible(seen))
            memcpy(p->box, seen, sizeof seen);
    }
    if (!sensible(p->box))
        return fail(r, "的页面尺寸不合理，请重新导出",
                    "has a page of no sensible size: export it again");
    long rotate = q_integer(d, q_get(d, page, "/Rotate"), 0) % 360;
    p->rotate = (int)(rotate < 0 ? rotate + 360 : rotate);
    if (p->rotate % 90)
        p->rotate = 0;
    p->unit =
        q_number(d, q_get(d, page, "/UserUnit"), &unit) && unit >= 0.01 && unit <= 1000 ? unit : 1;
    if (r->repaired && !q_get(d, page, "/Contents") && !q_get(d, page, "/Annots"))
        return fail(r, "已损坏，有的页丢失了内容，请重新导出",
                    "is damaged and a page has lost its content: export it again");
    return true;
}

/* --- destinations --- */

static void read_name_tree(struct reading *r, qref node, int depth)
{
    struct qdoc *d = r->doc;
    qref names = q_get(d, node, "/Names"), kids = q_get(d, node, "/Kids");

    if (!node || depth > DEEPEST || r->names_seen++ > MOST_NAMES)
        return;
    for (size_t i = 0; i + 1 < q_length(d, names) && r->names_seen++ < MOST_NAMES; i += 2) {
        const char *name = q_key_text(d, q_item(d, names, i), r->arena);
        if (name)
            *ARENA_PUSH(r->arena, r->names, r->n_names, r->cap_names) =
                (struct named){name, q_item(d, names, i + 1)};
    }
    for (size_t i = 0; i < q_length(d, kids) && r->names_seen < MOST_NAMES; i++)
        read_name_tree(r, q_item(d, kids, i), depth + 1);
}

static int by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static qref named_destination(struct reading *r, qref name)
{
    struct qdoc *d = r->doc;
    struct named key = {q_key_text(d, name, r->arena), 0};

    if (!key.name)
        return 0;
    qref old = q_get(d, q_get(d, q_root(d), "/Dests"), arena_printf(r->arena, "/%s", key.name));
    if (old)
        return old;
    if (!r->names_read) {
        r->names_read = true;
        read_name_tree(r, q_get(d, q_get(d, q_root(d), "/Names"), "/Dests"), 0);
        if (r->n_names > 1)
            qsort(r->names, r->n_names, sizeof *r->names, by_name);
    }
    const struct named *found =
        r->n_names ? bsearch(&key, r->names, r->n_names, sizeof key, by_name) : NULL;
    return found ? found->to : 0;
}

/* Of an outline item or a link: its /Dest, or that of its GoTo action. */
static bool target_of(struct reading *r, qref item, struct source_target *out)
{
    struct qdoc *d = r->doc;
    qref to = q_get(d, item, "/Dest"), action = q_get(d, item, "/A");

    if (!to && q_is_name(d, q_get(d, action, "/S"), "/GoTo"))
        to = q_get(d, action, "/D");
    if (to && !q_is_array(d, to) && !q_is_dict(d, to))
        to = named_destination(r, to);
    if (q_is_dict(d, to))
        to = q_get(d, to, "/D");
    long page = q_page_index(d, q_item(d, to, 0));
    if (page < 0)
        return false;

    const double *box = r->s->pages[page].box;
    double v;
    qref kind = q_item(d, to, 1);
    *out = (struct source_target){(size_t)page, box[0], box[3]};
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

static void read_outline(struct reading *r, qref parent, int level)
{
    struct qdoc *d = r->doc;
    qref item = q_get(d, parent, "/First");

    for (size_t steps = 0;
         item && level <= DEEPEST && r->s->n_bookmarks < MOST_BOOKMARKS && steps < MOST_BOOKMARKS;
         item = q_get(d, item, "/Next"), steps++) {
        const char *title = q_text(d, q_get(d, item, "/Title"), r->arena);
        struct source_target to;
        bool found = title && *title && target_of(r, item, &to);
        if (found)
            *ARENA_PUSH(r->arena, r->s->bookmarks, r->s->n_bookmarks, r->s->cap_bookmarks) =
                (struct source_bookmark){level, readable(title, r->arena), to};
        read_outline(r, item, found ? level + 1 : level);
    }
}

/* --- annotations and forms --- */

static bool has_appearance(struct qdoc *d, qref annot)
{
    return q_get(d, q_get(d, annot, "/AP"), "/N") != 0;
}

/* A value of its own or of the field that it is part of. */
static bool has_value(struct qdoc *d, qref field)
{
    for (int depth = 0; field && depth < DEEPEST; field = q_get(d, field, "/Parent"), depth++) {
        qref v = q_get(d, field, "/V");
        if (v)
            return !q_is_name(d, v, "/Off");
    }
    return false;
}

static void read_annotations(struct reading *r, size_t page)
{
    struct qdoc *d = r->doc;
    qref annots = q_get(d, q_page(d, page), "/Annots");
    size_t n = q_length(d, annots);

    for (size_t i = 0; i < n && r->s->n_links < MOST_LINKS && r->fields_seen < MOST_FIELDS; i++) {
        qref a = q_item(d, annots, i), kind = q_get(d, a, "/Subtype");
        struct source_link link = {.page = page};
        if (q_is_name(d, kind, "/Link")) {
            if (q_numbers(d, q_get(d, a, "/Rect"), link.rect, 4) &&
                fit_clip(r->s->pages[page].box, link.rect) && target_of(r, a, &link.to))
                *ARENA_PUSH(r->arena, r->s->links, r->s->n_links, r->s->cap_links) = link;
        } else if (q_is_name(d, kind, "/Widget")) {
            r->fields_seen++;
            r->bare_fields += !has_appearance(d, a) && has_value(d, a);
        }
    }
}

static bool has_signature(struct reading *r, qref fields, int depth, size_t *seen)
{
    struct qdoc *d = r->doc;
    for (size_t i = 0, n = q_length(d, fields); i < n && depth < DEEPEST && (*seen)++ < MOST_FIELDS;
         i++) {
        qref f = q_item(d, fields, i);
        if (q_is_name(d, q_get(d, f, "/FT"), "/Sig") && q_get(d, f, "/V"))
            return true;
        if (has_signature(r, q_get(d, f, "/Kids"), depth + 1, seen))
            return true;
    }
    return false;
}

static void warn_of_forms(struct reading *r)
{
    struct qdoc *d = r->doc;
    qref form = q_get(d, q_root(d), "/AcroForm");
    size_t seen = 0;

    if (q_get(d, form, "/XFA"))
        warn(r, "是 XFA 动态表单，装订后可能只显示“请稍候”，请打印成普通 PDF 后重新引用",
             "is an XFA form, of which may be seen no more than \"please wait\": print it to a "
             "plain PDF and cite that");
    if (has_signature(r, q_get(d, form, "/Fields"), 0, &seen))
        warn(r, "带有电子签名，装订后只保留签名的外观",
             "is signed: of the signature its appearance stays, bound it proves nothing");
    if (r->bare_fields)
        warn(r, "有填写了却没有外观的表单域，装订后看不到，请打印成普通 PDF 后重新引用",
             "has form fields that are filled in and have no appearance: print it to a plain PDF "
             "and cite that");
}

/* --- all of it --- */

static bool read_source(struct reading *r, const struct media_limits *limits)
{
    struct source *s = r->s;
    struct qdoc *d = r->doc;
    size_t most = limits && limits->pages ? limits->pages : MOST_PAGES;

    if (q_wants_password(d))
        return fail(r, "有打开密码，请去掉密码后重新导出，或用 --password-file 给出密码",
                    "needs a password: export it without one, or give it with --password-file");
    s->n = q_page_count(d);
    if (!q_ok(d)) {
        struct finding f = r->where;
        f.severity = SEVERITY_ERROR;
        return diag_add(r->diag, f, "PDF“%s”已损坏，请重新导出（%s）",
                        "PDF '%s' is damaged: export it again (%s)", s->href, q_fault(d));
    }
    r->repaired = q_warned(d);
    long declared = q_integer(d, q_get(d, q_get(d, q_root(d), "/Pages"), "/Count"), -1);
    if (s->n == 0 || s->n > most) {
        struct finding f = r->where;
        f.severity = SEVERITY_ERROR;
        return diag_add(r->diag, f, "PDF“%s”有 %zu 页，应为 1 至 %zu 页",
                        "PDF '%s' has %zu pages, not 1 to %zu", s->href, s->n, most);
    }
    if (declared > (long)s->n) {
        struct finding f = r->where;
        f.severity = SEVERITY_ERROR;
        return diag_add(r->diag, f, "PDF“%s”应有 %ld 页，只读得出 %zu 页，请重新导出",
                        "PDF '%s' should have %ld pages, of which %zu can be read: export it again",
                        s->href, declared, s->n);
    }
    q_push_inherited(d);
    s->pages = ARENA_ARRAY(r->arena, struct fit_source, s->n);
    for (size_t i = 0; i < s->n; i++)
        if (!read_page(r, i))
            return false;
    for (size_t i = 0; i < s->n; i++)
        read_annotations(r, i);
    read_outline(r, q_get(d, q_root(d), "/Outlines"), 1);
    warn_of_forms(r);
    if (q_encrypted(d))
        warn(r, "设有权限密码，已照常装订",
             "is protected by its owner's password; it was bound all the same");
    if (!q_ok(d))
        return fail(r, "已损坏，请重新导出", "is damaged: export it again");
    q_warned(d); /* a viewer would pass over those, too */
    if (r->repaired)
        warn(r, "的结构有损坏，已修复后装订，请核对",
             "is damaged in its structure and was repaired: check its pages");
    q_release(d);
    return true;
}

struct source *source_open(struct arena *arena, const struct media_file *file,
                           const char *const *passwords, size_t n_passwords,
                           const struct media_limits *limits, const struct finding *where,
                           struct diag *diag)
{
    struct reading r = {
        .arena = arena, .s = ARENA_NEW(arena, struct source), .where = *where, .diag = diag};

    if (!r.where.rule)
        r.where.rule = "R76";
    r.s->href = file->href;
    r.s->doc = r.doc = unlock(file, passwords, n_passwords);
    if (read_source(&r, limits))
        return r.s;
    source_close(r.s);
    return NULL;
}

bool source_check(struct source *s, size_t page, const struct finding *where, struct diag *diag)
{
    struct buffer content = {0};
    struct finding f = *where;
    bool ok = q_page_content(s->doc, q_page(s->doc, page), &content);

    buffer_clear(&content);
    f.severity = SEVERITY_ERROR;
    if (!ok)
        diag_add(diag, f, "PDF“%s”第 %zu 页的内容已损坏，请重新导出（%s）",
                 "PDF '%s': the content of page %zu is damaged: export it again (%s)", s->href,
                 page + 1, q_fault(s->doc));
    q_forgive(s->doc);
    q_release(s->doc);
    return ok;
}

void source_close(struct source *s)
{
    if (!s)
        return;
    q_free(s->doc);
    s->doc = NULL;
}
