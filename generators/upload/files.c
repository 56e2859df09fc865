/* files.c - see files.h. */
#include "upload/files.h"

#include "core/names.h"
#include "record/node.h"

#include <stdlib.h>
#include <string.h>

struct listing {
    const struct platform *platform;
    struct query_context *ctx;
    struct arena *arena;
    struct upload_files *files;
};

static bool asked(struct listing *l, struct query *q, struct query_place at)
{
    return query_bool(q, l->ctx, at);
}

/* The place of a part among the words; behind all when it is none of them. */
static size_t part_place(const char *parts, const char *part)
{
    size_t len = strlen(part), place = 0;
    for (const char *p = parts; *p; p += strspn(p, " "), place++) {
        size_t word = strcspn(p, " ");
        if (word == len && !memcmp(p, part, len))
            return place;
        p += word;
    }
    return place;
}

struct evidence {
    record_node *node;
    size_t place, at;
};

static int by_place(const void *a, const void *b)
{
    const struct evidence *x = a, *y = b;
    int c = (x->place > y->place) - (x->place < y->place);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

/* The same pages of the same scan need not be shown twice in one file: a cover may bear the
 * serial's number, too. */
static bool cited_before(const struct upload_file *f, const char *href, const char *pages)
{
    for (size_t i = 0; i < f->n; i++)
        if (!strcmp(f->pieces[i].source.href, href) && !strcmp(f->pieces[i].source.pages, pages))
            return true;
    return false;
}

static void add_piece(struct listing *l, struct upload_file *f, record_node *node)
{
    const char *href = record_attribute(node, "href", l->arena),
               *pages = record_attribute(node, "pages", l->arena);

    if (strcmp(record_attribute(node, "uploaded", l->arena), "true")) {
        f->done = false;
        *ARENA_PUSH(l->arena, f->waiting, f->n_waiting, f->cap_waiting) = node;
    }
    if (cited_before(f, href, pages))
        return;
    *ARENA_PUSH(l->arena, f->pieces, f->n, f->cap) = (struct upload_piece){
        {.kind = MATERIAL_COPY,
         .title = f->kind->kind,
         .href = href,
         .pages = pages,
         .field = arena_printf(l->arena, "%s/@href", record_path(node, l->arena)),
         .at = record_pos(node)}};
}

/* The evidence of one element, parts in the order of their words. */
static void add_evidence(struct listing *l, struct upload_file *f, struct query_place item)
{
    const char *parts = f->kind->parts;
    record_node **nodes;
    size_t n = query_nodes(l->platform->evidence, l->ctx, item, l->arena, &nodes);
    struct evidence *list = ARENA_ARRAY(l->arena, struct evidence, n + 1);
    unsigned long long there = 0;

    for (size_t i = 0; i < n; i++) {
        size_t place = part_place(parts, record_attribute(nodes[i], "part", l->arena));
        list[i] = (struct evidence){nodes[i], place, i};
        there |= place < 64 ? 1ull << place : 0;
    }
    qsort(list, n, sizeof *list, by_place);
    for (size_t i = 0; i < n; i++)
        if (*record_attribute(list[i].node, "href", l->arena))
            add_piece(l, f, list[i].node);
    size_t place = 0;
    for (const char *p = parts; f->n > 0 && *p; p += strspn(p, " "), place++) {
        size_t word = strcspn(p, " ");
        if (!(there >> place & 1))
            f->lacking = arena_printf(l->arena, "%s%s%.*s", f->lacking, *f->lacking ? "、" : "",
                                      (int)word, p);
        p += word;
    }
}

static struct upload_file *add_file(struct listing *l, const struct upload_kind *kind,
                                    const char *title, struct src_pos at)
{
    struct upload_file *f = ARENA_PUSH(l->arena, l->files->list, l->files->n, l->files->cap);
    *f = (struct upload_file){
        .kind = kind, .title = title, .name = "", .lacking = "", .at = at, .done = true};
    return f;
}

static void settle(struct upload_file *f, bool extracted)
{
    f->state = f->n > 0 ? UPLOAD_CITED : extracted ? UPLOAD_EXTRACTED : UPLOAD_MISSING;
    f->done &= f->n > 0;
}

static void list_kind(struct listing *l, const struct upload_kind *kind, struct query_place root)
{
    record_node **nodes;
    size_t n = query_nodes_by(kind->select, kind->sort, false, l->ctx, root, l->arena, &nodes);
    struct upload_file *f = NULL;
    bool extracted = n > 0;

    for (size_t i = 0; i < n; i++) {
        struct query_place item = {nodes[i], i + 1, n};
        if (!f || !kind->together)
            f = add_file(l, kind,
                         kind->together ? ""
                                        : query_string(kind->title, l->ctx, item, l->arena).text,
                         record_pos(nodes[i]));
        add_evidence(l, f, item);
        extracted = (kind->together ? extracted : true) && asked(l, kind->extracted, item);
        if (!kind->together)
            settle(f, extracted);
    }
    if (f && kind->together)
        settle(f, extracted);
    if (!f && asked(l, kind->required, root))
        settle(add_file(l, kind, "", record_pos(root.node)), false);
}

/* Without blanks at its end, and with no two in a row: a word between may be empty. */
static const char *tidy(char *name)
{
    char *to = name;
    for (const char *p = name; *p; p++)
        if (*p != ' ' || (to > name && to[-1] != ' '))
            *to++ = *p;
    while (to > name && to[-1] == ' ')
        to--;
    *to = '\0';
    return name;
}

static const char *fill_name(struct listing *l, const struct applicant *who, const char *kind,
                             const char *title)
{
    const char *const values[] = {"id", who->id, "name", who->name, "kind",
                                  kind, "title", title,  NULL};
    const char *unknown;
    return tidy(names_fill(l->arena, l->platform->name, values, &unknown));
}

static void name_files(struct listing *l, const struct applicant *who)
{
    struct names names = {.arena = l->arena};
    const char *photo = l->platform->photo.kind;

    for (size_t i = 0; i < l->files->n; i++) {
        const struct upload_file *f = &l->files->list[i];
        names_propose(&names, fill_name(l, who, f->kind->kind, f->title),
                      arena_printf(l->arena, "%s %zu", f->kind->kind, i));
    }
    size_t number = names_propose(&names, fill_name(l, who, photo, ""), photo);
    names_settle(&names);
    for (size_t i = 0; i < l->files->n; i++)
        l->files->list[i].name = names_get(&names, i);
    l->files->photo = names_get(&names, number);
}

struct upload_files *upload_files_list(const struct platform *p, struct query_context *ctx,
                                       const struct applicant *who, struct arena *arena)
{
    struct upload_files *files = ARENA_NEW(arena, struct upload_files);
    struct listing l = {p, ctx, arena, files};

    for (size_t i = 0; i < p->n_kinds; i++)
        list_kind(&l, &p->kinds[i], (struct query_place){who->node, 1, 1});
    name_files(&l, who);
    return files;
}
