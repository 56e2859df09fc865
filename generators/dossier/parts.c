/* parts.c - see parts.h. */
#include "dossier/parts.h"

struct part *parts_add(struct parts *parts, enum part_kind kind, size_t pages)
{
    struct part *p = ARENA_PUSH(parts->arena, parts->list, parts->n, parts->cap);
    *p = (struct part){.kind = kind,
                       .run = {.pages = pages,
                               .front = kind <= PART_SEPARATOR,
                               .numbered = kind >= PART_SEPARATOR}};
    return p;
}

void parts_number(struct parts *parts)
{
    struct numbering numbering = {.duplex = parts->duplex};
    for (size_t i = 0; i < parts->n; i++)
        numbering_place(&numbering, &parts->list[i].run);
    const struct page_run *last = &parts->list[parts->n - 1].run;
    parts->total = numbering.physical;
    parts->stamped = last->numbered ? last->stamped + last->pages - 1 : 0;
}

const char *parts_page_of(const char *id, void *data)
{
    struct parts *parts = data;
    const struct place *p = materials_place(parts->materials, id);
    if (p->kind != PLACE_BOUND)
        return materials_word(p->kind);
    size_t number = parts->stamped ? parts->list[parts->part_of[p->material]].run.stamped : 0;
    return number ? arena_printf(parts->arena, "%zu", number) : NULL;
}
