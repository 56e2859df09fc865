/* intern.c - see intern.h. Open addressing; the table doubles when it is half full. */
#include "core/intern.h"

#include "core/digest.h"

#include <stdlib.h>
#include <string.h>

static struct intern_slot *place(const struct intern *t, const char *s)
{
    size_t i = (size_t)digest_quick(s, strlen(s)) & (t->size - 1);
    while (t->slots[i].text && strcmp(t->slots[i].text, s))
        i = (i + 1) & (t->size - 1);
    return &t->slots[i];
}

static void grow(struct intern *t)
{
    struct intern old = *t;
    t->size = old.size ? old.size * 2 : 64;
    t->slots = mem_alloc(t->size, sizeof *t->slots);
    for (size_t i = 0; i < old.size; i++)
        if (old.slots[i].text)
            *place(t, old.slots[i].text) = old.slots[i];
    free(old.slots);
}

static struct intern_slot *add(struct intern *t, struct arena *arena, const char *s)
{
    if (2 * t->n >= t->size)
        grow(t);
    struct intern_slot *slot = place(t, s);
    if (!slot->text) {
        slot->text = arena_strdup(arena, s);
        t->n++;
    }
    return slot;
}

const char *intern(struct intern *t, struct arena *arena, const char *s)
{
    return s ? add(t, arena, s)->text : NULL;
}

size_t *intern_number(struct intern *t, struct arena *arena, const char *s)
{
    return &add(t, arena, s)->number;
}

void intern_clear(struct intern *t)
{
    free(t->slots);
    *t = (struct intern){0};
}
