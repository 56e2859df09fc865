/* paragraph_memo.c - see paragraph_memo.h. */
#include "text/paragraph_memo.h"

#include "core/arena.h"
#include "core/digest.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of a key, and how many are kept, of how many bytes: the papers of a notice have some
 * hundred labels, those of one applicant some hundred texts, and a statement has 3,000 bytes, whose
 * letters in their lines take some twenty times as many. */
enum { LONGEST_KEY = 8192, SLOTS = 16384, MOST = SLOTS / 2, MOST_BYTES = 4 << 20 };

/* All that a paragraph's lines depend on but the fonts. */
struct key {
    size_t len;
    unsigned char bytes[LONGEST_KEY];
};

struct kept {
    struct key *key;
    struct text_lines *lines;
};

struct paragraph_memo {
    struct arena arena;
    struct fonts *fonts;
    struct kept slots[SLOTS];
    size_t n, bytes; /* of the keys */
};

struct paragraph_memo *paragraph_memo_new(struct fonts *fonts)
{
    struct paragraph_memo *m = mem_alloc(1, sizeof *m);
    m->fonts = fonts;
    return m;
}

void paragraph_memo_free(struct paragraph_memo *m)
{
    if (!m)
        return;
    arena_free(&m->arena);
    free(m);
}

void paragraph_memo_begin(struct paragraph_memo *m)
{
    if (m->n < MOST / 2 && m->bytes < MOST_BYTES / 2)
        return;
    arena_free(&m->arena);
    memset(m->slots, 0, sizeof m->slots);
    m->n = m->bytes = 0;
}

static bool key_add(struct key *k, const void *data, size_t len)
{
    if (len > sizeof k->bytes - k->len)
        return false;
    if (len)
        memcpy(k->bytes + k->len, data, len);
    k->len += len;
    return true;
}

static bool key_add_span(struct key *k, const struct text_span *s)
{
    const double lengths[] = {s->size, s->object_width, s->spread};
    const size_t rest[] = {s->len,         (size_t)s->role, !s->text,
                           s->single_face, s->tabular,      s->unbreakable};
    return key_add(k, lengths, sizeof lengths) && key_add(k, rest, sizeof rest) &&
           (!s->text || key_add(k, s->text, s->len));
}

/* false: it is too long. */
static bool key_make(struct key *k, const struct text_span *spans, size_t n,
                     const struct paragraph_style *style)
{
    const double lengths[] = {style->width, style->first_indent, style->hang_indent,
                              style->tracking};
    const size_t rest[] = {(size_t)style->align, style->at_interpuncts_only, n};
    bool ok = key_add(k, lengths, sizeof lengths) && key_add(k, rest, sizeof rest);
    for (size_t i = 0; i < n && ok; i++)
        ok = key_add_span(k, &spans[i]);
    return ok;
}

static struct kept *find(struct paragraph_memo *m, const struct key *key)
{
    size_t i = digest_quick(key->bytes, key->len) % SLOTS;
    for (; m->slots[i].key; i = (i + 1) % SLOTS)
        if (m->slots[i].key->len == key->len &&
            !memcmp(m->slots[i].key->bytes, key->bytes, key->len))
            break;
    return &m->slots[i];
}

struct text_lines *paragraph_memo_set(struct paragraph_memo *m, const struct text_span *spans,
                                      size_t n, const struct paragraph_style *style)
{
    struct key key;
    key.len = 0;
    if (!key_make(&key, spans, n, style))
        return NULL;
    struct kept *k = find(m, &key);
    size_t size = offsetof(struct key, bytes) + key.len;
    if (!k->key && m->n < MOST && m->bytes + size <= MOST_BYTES) {
        k->key = arena_alloc(&m->arena, 1, size);
        memcpy(k->key, &key, size);
        k->lines = paragraph_set(&m->arena, m->fonts, spans, n, style);
        m->n++;
        m->bytes += size;
    }
    return k->lines;
}
