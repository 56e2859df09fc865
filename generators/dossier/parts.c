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

const char *parts_number_text(const struct parts *parts, size_t stamped)
{
    return arena_printf(parts->arena, "%s%zu", parts->facts->mark, stamped);
}

const char *parts_page_of(const char *id, void *data)
{
    const struct parts *volumes = data;
    const struct materials *m = volumes->materials;
    const struct place *p = materials_place(m, id);
    if (p->kind != PLACE_BOUND)
        return materials_word(p->kind);
    const struct parts *in =
        &volumes[sections_volume_of(volumes->sections, m->list[p->material].section)];
    size_t number = in->stamped ? in->list[in->part_of[p->material]].run.stamped : 0;
    return number ? parts_number_text(in, number) : NULL;
}
