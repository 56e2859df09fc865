/* page_look.c - see page_look.h. */
#include "bind/page_look.h"

#include "bind/qdoc.h"
#include "core/digest.h"

#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 40 };

/* The looks of objects that are known, by their numbers; of one that is being looked at, 1. */
struct known_looks {
    uint64_t *list;
    size_t n;
};

struct look {
    struct qdoc *doc;
    struct known_looks *known;
};

static uint64_t look_at(const struct look *l, qref r, int depth);

/* What leads elsewhere, or says how long a thing is. */
static bool is_passed_over(const char *key)
{
    static const char *const keys[] = {"/Parent",        "/P",        "/A",      "/AA",
                                       "/Dest",          "/Popup",    "/Length", "/StructParent",
                                       "/StructParents", "/Metadata", "/IRT"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!strcmp(key, keys[i]))
            return true;
    return false;
}

static uint64_t look_at_dictionary(const struct look *l, qref r, int depth)
{
    struct arena arena = {0};
    const char **keys;
    uint64_t h = 2;
    for (size_t i = 0, n = q_keys(l->doc, r, &arena, &keys); i < n; i++) {
        if (is_passed_over(keys[i]))
            continue;
        uint64_t value = look_at(l, q_get(l->doc, r, keys[i]), depth + 1);
        h = digest_mix(digest_mix(h, keys[i], strlen(keys[i])), &value, sizeof value);
    }
    arena_free(&arena);
    return h;
}

static uint64_t look_at_array(const struct look *l, qref r, int depth)
{
    uint64_t h = 3;
    for (size_t i = 0, n = q_length(l->doc, r); i < n; i++) {
        uint64_t value = look_at(l, q_item(l->doc, r, i), depth + 1);
        h = digest_mix(h, &value, sizeof value);
    }
    return h;
}

static uint64_t look_at_stream(const struct look *l, qref r, int depth)
{
    struct buffer data = {0};
    uint64_t h = look_at_dictionary(l, r, depth);
    if (q_raw_data(l->doc, r, &data))
        h = digest_mix(h, data.data, data.len);
    buffer_clear(&data);
    return h;
}

static uint64_t look_at_value(const struct look *l, qref r, int depth)
{
    if (q_is_stream(l->doc, r))
        return look_at_stream(l, r, depth);
    if (q_is_array(l->doc, r))
        return look_at_array(l, r, depth);
    if (q_is_dict(l->doc, r))
        return look_at_dictionary(l, r, depth);
    struct arena arena = {0};
    const char *text = r ? q_unparse(l->doc, r, &arena) : NULL;
    uint64_t h = text ? digest_mix(4, text, strlen(text)) : 5;
    arena_free(&arena);
    return h;
}

static uint64_t *known_look(struct known_looks *known, int id)
{
    size_t at = (size_t)id;
    if (at >= known->n) {
        size_t n = 2 * at + 64;
        known->list = mem_resize(known->list, n, sizeof *known->list);
        memset(known->list + known->n, 0, (n - known->n) * sizeof *known->list);
        known->n = n;
    }
    return &known->list[at];
}

static uint64_t look_at(const struct look *l, qref r, int depth)
{
    int id = q_id(l->doc, r);
    if (depth > DEEPEST)
        return 6;
    if (id <= 0)
        return look_at_value(l, r, depth);
    if (*known_look(l->known, id) == 0) {
        *known_look(l->known, id) = 1;
        uint64_t h = look_at_value(l, r, depth);
        *known_look(l->known, id) = h;
    }
    return *known_look(l->known, id);
}

uint64_t attachment_page_look(struct attachment_pages *s, size_t page)
{
    static const char *const keys[] = {"/Contents", "/Resources", "/Annots", "/Group"};
    const struct fit_page *box = &s->pages[page];
    uint64_t h = digest_mix(0, box->box, sizeof box->box);

    if (!s->looks)
        s->looks = mem_alloc(1, sizeof *s->looks);
    const struct look l = {s->doc, s->looks};
    qref r = q_page(s->doc, page);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        uint64_t value = look_at(&l, q_get(s->doc, r, keys[i]), 0);
        h = digest_mix(h, &value, sizeof value);
    }
    q_release(s->doc);
    return q_ok(s->doc) ? h : 0;
}

void attachment_looks_free(struct attachment_pages *s)
{
    if (s->looks)
        free(s->looks->list);
    free(s->looks);
    s->looks = NULL;
}
