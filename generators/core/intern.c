/* intern.c - see intern.h. Open addressing; the table doubles when it is half full. */
#include "core/intern.h"

#include "core/digest.h"

#include <stdlib.h>
#include <string.h>

static size_t place(const struct intern *t, const char *s)
{
    size_t i = (size_t)digest_quick(s, strlen(s)) & (t->size - 1);
    while (t->slots[i] && strcmp(t->slots[i], s))
        i = (i + 1) & (t->size - 1);
    return i;
}

static void grow(struct intern *t)
{
    struct intern old = *t;
    t->size = old.size ? old.size * 2 : 64;
    t->slots = mem_alloc(t->size, sizeof *t->slots);
    for (size_t i = 0; i < old.size; i++)
        if (old.slots[i])
            t->slots[place(t, old.slots[i])] = old.slots[i];
    free(old.slots);
}

const char *intern(struct intern *t, struct arena *arena, const char *s)
{
    if (!s)
        return NULL;
    if (2 * t->n >= t->size)
        grow(t);
    size_t i = place(t, s);
    if (!t->slots[i]) {
        t->slots[i] = arena_strdup(arena, s);
        t->n++;
    }
    return t->slots[i];
}

void intern_clear(struct intern *t)
{
    free(t->slots);
    *t = (struct intern){0};
}
