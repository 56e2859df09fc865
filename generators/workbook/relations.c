/* relations.c - see relations.h. */
#include "workbook/relations.h"

#include "core/markup.h"
#include "core/strings.h"
#include "workbook/part.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { RELATIONS_LIMIT = 100000 };

struct reading {
    struct archive *archive;
    int part; /* the .rels */
    struct arena *arena;
    const char *folder; /* of the part that has them: ends with /, or is empty */
    struct relations *out;
};

/* The target from its folder, without . and .. and the / before it. */
static const char *resolve(struct reading *r, struct part_text target)
{
    char *given = arena_strndup(r->arena, target.s, target.len);
    address_undo(given);
    char *path = arena_printf(r->arena, "%s%s", *given == '/' ? "" : r->folder, given);
    char *to = path;
    for (char *at = path; *at;) {
        size_t len = strcspn(at, "/");
        bool up = len == 2 && !strncmp(at, "..", 2);
        for (int levels = up ? 1 : 0; levels > 0 && to > path; levels--)
            for (to--; to > path && to[-1] != '/';)
                to--;
        if (!up && len > 0 && !(len == 1 && *at == '.')) {
            memmove(to, at, len);
            to += len;
            if (at[len])
                *to++ = '/';
        }
        at += len + (at[len] == '/');
    }
    *to = '\0';
    return path;
}

static bool on_start(void *data, const struct part_element *e)
{
    struct reading *r = data;
    struct part_text id = part_attribute(e, "Id"), type = part_attribute(e, "Type"),
                     target = part_attribute(e, "Target");

    if (!part_is(e, SPACE_PACKAGE, "Relationship") || !id.s || !type.s || !target.s)
        return true;
    if (r->out->n == RELATIONS_LIMIT)
        return archive_refuse(r->archive, r->part, "过大：至多 %d 项",
                              "is too large: at most %d entries", RELATIONS_LIMIT);
    const char *last = type.s;
    for (const char *p = type.s; p < type.s + type.len; p++)
        if (*p == '/')
            last = p + 1;
    bool external = part_text_is(part_attribute(e, "TargetMode"), "External");
    *ARENA_PUSH(r->arena, r->out->list, r->out->n, r->out->cap) = (struct relation){
        arena_strndup(r->arena, id.s, id.len),
        arena_strndup(r->arena, last, (size_t)(type.s + type.len - last)),
        external ? arena_strndup(r->arena, target.s, target.len) : resolve(r, target),
        external,
        r->out->n,
    };
    return true;
}

static int compare_ids(const void *a, const void *b)
{
    const struct relation *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    return order ? order : x->nth < y->nth ? -1 : x->nth > y->nth;
}

bool relations_read(struct archive *a, int part, struct arena *arena, struct relations *out)
{
    static const struct part_events events = {.start = on_start};
    const char *of = part == ARCHIVE_NONE ? "" : archive_name(a, part);
    const char *leaf = path_leaf(of), *folder = arena_strndup(arena, of, (size_t)(leaf - of));
    int rels = archive_find(a, arena_printf(arena, "%s_rels/%s.rels", folder, leaf));
    struct reading r = {a, rels, arena, folder, out};

    *out = (struct relations){0};
    if (rels != ARCHIVE_NONE && !part_read(a, rels, &events, &r))
        return false;
    if (out->n)
        qsort(out->list, out->n, sizeof *out->list, compare_ids);
    return true;
}

const struct relation *relation_by_id(const struct relations *r, const char *id)
{
    size_t low = 0, high = r->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(r->list[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < r->n && !strcmp(r->list[low].id, id) ? &r->list[low] : NULL;
}

const struct relation *relation_by_type(const struct relations *r, const char *type)
{
    for (size_t i = 0; i < r->n; i++)
        if (!strcmp(r->list[i].type, type))
            return &r->list[i];
    return NULL;
}

int relation_part(const struct archive *a, const struct relation *r)
{
    return r && !r->external ? archive_find(a, r->target) : ARCHIVE_NONE;
}
