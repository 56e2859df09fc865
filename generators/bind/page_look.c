/* page_look.c - see page_look.h. */
#include "bind/page_look.h"

#include "bind/qdoc.h"
#include "core/digest.h"
#include "layout/look.h"

#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 40 };

/* The look of an object; while it is being looked at, 1. */
struct known_look {
    int id; /* 0: a free slot */
    uint64_t look;
};

/* Of the objects that have been looked at, which may have any numbers: hashed. */
struct known_looks {
    struct known_look *slots;
    size_t n, cap; /* cap: 0, or a power of two */
    bool cut;      /* something lay too deep, and is in no look */
};

struct look {
    struct attachment_pages *source;
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
    uint64_t h = layers_printed(l->source->layers, l->doc, r) ? 2 : 7;
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

/* The object's slot, or the free one for it. */
static struct known_look *slot_of(const struct known_looks *known, int id)
{
    size_t at = (uint32_t)id * UINT32_C(2654435761) & (known->cap - 1);
    while (known->slots[at].id && known->slots[at].id != id)
        at = (at + 1) & (known->cap - 1);
    return &known->slots[at];
}

static void make_room(struct known_looks *known)
{
    const struct known_looks old = *known;
    if (2 * known->n < known->cap)
        return;
    known->cap = known->cap ? 2 * known->cap : 64;
    known->slots = mem_alloc(known->cap, sizeof *known->slots);
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i].id)
            *slot_of(known, old.slots[i].id) = old.slots[i];
    free(old.slots);
}

static uint64_t look_at(const struct look *l, qref r, int depth)
{
    int id = q_id(l->doc, r);
    if (depth > DEEPEST) {
        l->known->cut = true;
        return 6;
    }
    if (id <= 0)
        return look_at_value(l, r, depth);
    make_room(l->known);
    struct known_look *slot = slot_of(l->known, id);
    if (slot->id)
        return slot->look;
    *slot = (struct known_look){id, 1};
    l->known->n++;
    uint64_t h = look_at_value(l, r, depth);
    slot_of(l->known, id)->look = h;
    return h;
}

/* What is drawn of the annotations, whatever says so: a field's value may stand in its parent. */
static uint64_t look_at_annotations(struct attachment_pages *s, size_t page, uint64_t h)
{
    const struct page_annotations *all = annotations_of(s->annotations, page);
    for (size_t i = 0; i < all->n; i++) {
        const struct drawing *d = &all->drawings[i];
        const char *text = d->state ? d->state : d->content;
        h = digest_mix(digest_mix(h, text, strlen(text)), d->matrix, sizeof d->matrix);
        for (size_t t = 0; t < d->n_texts; t++) {
            const struct drawing_text *set = &d->texts[t];
            uint64_t look = page_look(&(struct pages){.list = &d->texts[t].page, .n = 1}, 0);
            h = digest_mix(digest_mix(h, &look, sizeof look), set->colour, strlen(set->colour));
        }
    }
    return h;
}

uint64_t attachment_page_look(struct attachment_pages *s, size_t page)
{
    static const char *const keys[] = {"/Contents", "/Resources", "/Annots", "/Group"};
    const struct fit_page *box = &s->pages[page];
    uint64_t h = look_at_annotations(s, page, digest_mix(0, box->box, sizeof box->box));

    if (!s->looks)
        s->looks = mem_alloc(1, sizeof *s->looks);
    const struct look l = {s, s->doc, s->looks};
    qref r = q_page(s->doc, page);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        uint64_t value = look_at(&l, q_get(s->doc, r, keys[i]), 0);
        h = digest_mix(h, &value, sizeof value);
    }
    q_release(s->doc);
    return q_ok(s->doc) && !s->looks->cut ? h : 0;
}

void attachment_looks_free(struct attachment_pages *s)
{
    if (s->looks)
        free(s->looks->slots);
    free(s->looks);
    s->looks = NULL;
}
