/* ids.c - see ids.h. */
#include "record/ids.h"

#include "core/spelling.h"
#include "record/correction.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void ids_add(struct ids *ids, struct arena *arena, const char *id, size_t number)
{
    *ARENA_PUSH(arena, ids->list, ids->n, ids->cap) = (struct id_bearer){id, number, number};
}

static int by_id(const void *a, const void *b)
{
    const struct id_bearer *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    return order ? order : x->number < y->number ? -1 : x->number > y->number;
}

void ids_sort(struct ids *ids)
{
    if (ids->n)
        qsort(ids->list, ids->n, sizeof *ids->list, by_id);
    for (size_t i = 1; i < ids->n; i++)
        if (!strcmp(ids->list[i].id, ids->list[i - 1].id))
            ids->list[i].first = ids->list[i - 1].first;
}

const struct id_bearer *ids_find(const struct ids *ids, const char *id)
{
    size_t low = 0, high = ids->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(ids->list[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < ids->n && !strcmp(ids->list[low].id, id) ? &ids->list[low] : NULL;
}

bool ids_doubled_like(const struct ids *ids, const char *id)
{
    size_t letters = strcspn(id, "0123456789");
    for (size_t i = 0; i < ids->n; i++)
        if (ids->list[i].first != ids->list[i].number &&
            strcspn(ids->list[i].id, "0123456789") == letters &&
            !strncmp(ids->list[i].id, id, letters))
            return true;
    return false;
}

bool ids_misspelt_as(const struct ids *ids, const char *id, struct arena *arena)
{
    for (size_t i = 0; i < ids->n; i++)
        if (strcmp(ids->list[i].id, id) && !strcmp(correction_folded(ids->list[i].id, arena), id))
            return true;
    return false;
}

const char *ids_nearest(const struct ids *ids, const char *id)
{
    struct spelling_guess guess = {.word = id};
    for (size_t i = 0; i < ids->n; i++)
        if (toupper((unsigned char)*ids->list[i].id) == toupper((unsigned char)*id))
            spelling_guess(&guess, ids->list[i].id); /* the letter says of which kind */
    return guess.best;
}
