/* id_set.c - see id_set.h. */
#include "bind/id_set.h"

#include "core/arena.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The byte of an object's bit; NULL: none of its leaf is in the set. */
static unsigned char *byte_of(const struct id_set *set, int id)
{
    size_t leaf = (size_t)id / (ID_LEAF * CHAR_BIT), at = (size_t)id / CHAR_BIT % ID_LEAF;
    return leaf < set->n && set->leaves[leaf] ? &set->leaves[leaf][at] : NULL;
}

static unsigned char bit_of(int id)
{
    return (unsigned char)(1 << id % CHAR_BIT);
}

static void make_leaf(struct id_set *set, size_t leaf)
{
    if (leaf >= set->n) {
        size_t n = 2 * leaf + 1;
        set->leaves = mem_resize(set->leaves, n, sizeof *set->leaves);
        memset(set->leaves + set->n, 0, (n - set->n) * sizeof *set->leaves);
        set->n = n;
    }
    set->leaves[leaf] = mem_alloc(ID_LEAF, 1);
}

bool id_set_add(struct id_set *set, int id)
{
    if (id <= 0)
        return true;
    if (!byte_of(set, id))
        make_leaf(set, (size_t)id / (ID_LEAF * CHAR_BIT));
    unsigned char *byte = byte_of(set, id);
    bool is_new = !(*byte & bit_of(id));
    *byte |= bit_of(id);
    return is_new;
}

bool id_set_has(const struct id_set *set, int id)
{
    const unsigned char *byte = id > 0 ? byte_of(set, id) : NULL;
    return byte && (*byte & bit_of(id));
}

void id_set_remove(struct id_set *set, int id)
{
    if (id_set_has(set, id))
        *byte_of(set, id) &= (unsigned char)~bit_of(id);
}

void id_set_clear(struct id_set *set)
{
    for (size_t i = 0; i < set->n; i++)
        free(set->leaves[i]);
    free(set->leaves);
    *set = (struct id_set){0};
}
