/* xlsx_rich_values.c - pictures that Excel has put into cells, "=IMAGE()" among them. A cell's vm=
 * counts xl/metadata.xml's values, each of which counts rich values (rdrichvalue.xml); their
 * structure says which of its values counts the relations of richValueRel.xml. See xlsx.h. */
#include "workbook/part.h"
#include "workbook/xlsx_book.h"

#include <stdlib.h>
#include <string.h>

enum { VALUES_KEPT = 4 /* of a rich value: the number of a picture is the first of them */ };

struct structure {
    bool local, web; /* a picture in the file; one of the network */
    int key;         /* which value is its number; -1: none */
    int n_keys;
};

struct rich_value {
    long long structure, values[VALUES_KEPT];
    int n;
};

struct reading {
    struct xlsx *x;
    int part;
    struct arena arena;
    struct structure *structures;
    struct rich_value *values;
    long long *of_metadata; /* XLRICHVALUE's entries: a rich value's number each */
    long long *of_cells;    /* vm= from 1: an entry's number each */
    const char **relations; /* ids */
    size_t n_structures, structures_cap, n_values, values_cap, n_metadata, metadata_cap, n_cells,
        cells_cap, n_relations, relations_cap;
    bool in_future, in_cells, in_value;
};

static bool full(const struct reading *r)
{
    return r->n_structures + r->n_values + r->n_metadata + r->n_cells + r->n_relations >=
           XLSX_THINGS;
}

static bool on_metadata(void *data, const struct part_element *e)
{
    struct reading *r = data;

    if (full(r))
        return xlsx_too_many(r->x, r->part, XLSX_THINGS);
    if (part_is(e, SPACE_SHEET, "futureMetadata"))
        r->in_future = part_text_is(part_attribute(e, "name"), "XLRICHVALUE");
    else if (part_is(e, SPACE_SHEET, "valueMetadata"))
        r->in_cells = true;
    else if (part_is(e, SPACE_SHEET, "cellMetadata"))
        r->in_cells = false;
    else if (r->in_future && part_is(e, SPACE_RICH, "rvb"))
        *ARENA_PUSH(&r->arena, r->of_metadata, r->n_metadata, r->metadata_cap) =
            part_number(part_attribute(e, "i"));
    else if (r->in_cells && part_is(e, SPACE_SHEET, "rc"))
        *ARENA_PUSH(&r->arena, r->of_cells, r->n_cells, r->cells_cap) =
            part_number(part_attribute(e, "v"));
    return true;
}

static bool on_structure(void *data, const struct part_element *e)
{
    struct reading *r = data;

    if (full(r))
        return xlsx_too_many(r->x, r->part, XLSX_THINGS);
    if (part_is(e, SPACE_RICH, "s")) {
        struct part_text type = part_attribute(e, "t");
        *ARENA_PUSH(&r->arena, r->structures, r->n_structures, r->structures_cap) =
            (struct structure){.local = part_text_is(type, "_localImage"),
                               .web = part_text_is(type, "_webimage"),
                               .key = -1};
    } else if (part_is(e, SPACE_RICH, "k") && r->n_structures) {
        struct structure *s = &r->structures[r->n_structures - 1];
        if (part_text_is(part_attribute(e, "n"), "_rvRel:LocalImageIdentifier"))
            s->key = s->n_keys;
        s->n_keys++;
    }
    return true;
}

static bool on_value(void *data, const struct part_element *e)
{
    struct reading *r = data;

    if (full(r))
        return xlsx_too_many(r->x, r->part, XLSX_THINGS);
    if (part_is(e, SPACE_RICH, "rv"))
        *ARENA_PUSH(&r->arena, r->values, r->n_values, r->values_cap) =
            (struct rich_value){.structure = part_number(part_attribute(e, "s"))};
    r->in_value = part_is(e, SPACE_RICH, "v") && r->n_values > 0;
    if (r->in_value)
        r->values[r->n_values - 1].n++;
    return true;
}

static bool on_value_text(void *data, struct part_text text)
{
    struct reading *r = data;
    struct rich_value *v = r->in_value ? &r->values[r->n_values - 1] : NULL;
    if (v && v->n <= VALUES_KEPT)
        v->values[v->n - 1] = part_number(text);
    return true;
}

static bool on_value_end(void *data, enum part_space space, const char *name)
{
    struct reading *r = data;
    (void)space, (void)name;
    r->in_value = false;
    return true;
}

static bool on_relation(void *data, const struct part_element *e)
{
    struct reading *r = data;
    struct part_text id = part_attribute_in(e, SPACE_RELATION, "id");

    if (full(r))
        return xlsx_too_many(r->x, r->part, XLSX_THINGS);
    if (part_is(e, SPACE_RICH, "rel"))
        *ARENA_PUSH(&r->arena, r->relations, r->n_relations, r->relations_cap) =
            arena_strndup(&r->arena, id.s ? id.s : "", id.len);
    return true;
}

/* The part of a relation of the workbook, if there is one, with these events. */
static bool read_related(struct reading *r, const char *type, const struct part_events *events)
{
    r->part = relation_part(r->x->archive, relation_by_type(&r->x->relations, type));
    return r->part == ARCHIVE_NONE || part_read(r->x->archive, r->part, events, r);
}

/* The picture of a rich value; false: it is none. */
static bool image_of(const struct reading *r, const struct relations *relations, long long number,
                     int *part)
{
    const struct rich_value *v =
        number >= 0 && (size_t)number < r->n_values ? &r->values[number] : NULL;
    const struct structure *s = v && v->structure >= 0 && (size_t)v->structure < r->n_structures
                                    ? &r->structures[v->structure]
                                    : NULL;
    *part = ARCHIVE_NONE;
    if (!s || (!s->local && !s->web))
        return false;
    long long relation =
        s->key >= 0 && s->key < v->n && s->key < VALUES_KEPT ? v->values[s->key] : -1;
    if (relation >= 0 && (size_t)relation < r->n_relations)
        *part = relation_part(r->x->archive, relation_by_id(relations, r->relations[relation]));
    return true;
}

static void add_images(struct reading *r, const struct relations *relations)
{
    struct xlsx *x = r->x;
    int part;

    for (size_t i = 0; i < r->n_cells && x->n_images < XLSX_THINGS; i++) {
        long long entry = r->of_cells[i];
        if (entry >= 0 && (size_t)entry < r->n_metadata &&
            image_of(r, relations, r->of_metadata[entry], &part))
            *ARENA_PUSH(&x->arena, x->images, x->n_images, x->images_cap) =
                (struct cell_image){.number = (long long)i + 1, .part = part};
    }
}

bool xlsx_read_rich_values(struct xlsx *x)
{
    static const struct part_events metadata = {.start = on_metadata},
                                    structures = {.start = on_structure},
                                    values = {.start = on_value,
                                              .end = on_value_end,
                                              .text = on_value_text},
                                    rels = {.start = on_relation};
    struct reading r = {.x = x};
    struct relations relations = {0};

    bool ok = read_related(&r, "sheetMetadata", &metadata);
    if (ok && r.n_cells)
        ok = read_related(&r, "rdRichValueStructure", &structures) &&
             read_related(&r, "rdRichValue", &values) && read_related(&r, "richValueRel", &rels) &&
             (r.part == ARCHIVE_NONE || relations_read(x->archive, r.part, &r.arena, &relations));
    if (ok)
        add_images(&r, &relations);
    arena_free(&r.arena);
    return ok;
}
