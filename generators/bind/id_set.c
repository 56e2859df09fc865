/* id_set.c - see id_set.h. */
#include "bind/id_set.h"

#include "core/arena.h"

#include <stdlib.h>
#include <string.h>

bool id_set_add(struct id_set *set, int id)
{
    size_t at = (size_t)id / 8;
    unsigned char bit = (unsigned char)(1 << id % 8);

    if (id <= 0)
        return true;
    if (at >= set->size) {
        size_t size = 2 * at + 64;
        set->bits = mem_resize(set->bits, size, 1);
        memset(set->bits + set->size, 0, size - set->size);
        set->size = size;
    }
    bool is_new = !(set->bits[at] & bit);
    set->bits[at] |= bit;
    return is_new;
}

bool id_set_has(const struct id_set *set, int id)
{
    return id > 0 && (size_t)id / 8 < set->size && (set->bits[id / 8] & 1 << id % 8);
}

void id_set_remove(struct id_set *set, int id)
{
    if (id_set_has(set, id))
        set->bits[id / 8] &= (unsigned char)~(1 << id % 8);
}

void id_set_clear(struct id_set *set)
{
    free(set->bits);
    *set = (struct id_set){0};
}
