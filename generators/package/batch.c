/* batch.c - see batch.h. */
#include "package/batch.h"

#include "core/intern.h"
#include "core/manifest.h"
#include "core/names.h"
#include "core/output.h"
#include "media/media.h"
#include "record/canonical.h"
#include "record/gather.h"
#include "record/node.h"

#include <stdlib.h>
#include <string.h>

const char *batch_scope_word(enum record_scope scope)
{
    static const char *const words[SCOPE_COUNT] = {"applicant", "unit", "delegation", "batch"};
    return words[scope];
}

bool batch_is_in(const struct person *person, const struct people_group *group)
{
    return group->scope == SCOPE_BATCH ||
           !strcmp(group->scope == SCOPE_UNIT ? person->unit : person->delegation, group->id);
}

/* Measured: what is drawn without attachments takes as long as 16 MB of them. */
static double weight_of(const struct applicant *who)
{
    enum { PAPERS = 16 << 20 };
    struct arena arena = {0};
    const char **hrefs;
    struct stat st;
    double weight = PAPERS;
    for (size_t i = 0, n = record_hrefs(who, &arena, &hrefs); i < n; i++)
        if (media_look(who->dir, hrefs[i], &st))
            weight += (double)st.st_size;
    arena_free(&arena);
    return weight;
}

static void list_people(struct batch *b, struct record *record, enum batch_scope scope, bool weigh,
                        struct diag *diag)
{
    struct diag again = {0}; /* the first pass has reported what is wrong with the data */
    struct intern strings = {0};
    struct record_cursor *cursor = record_cursor_new(record, &again);
    struct arena *a = &b->arena, scratch = {0};
    struct applicant who;
    size_t cap = 0;

    for (size_t i = 0; record_seek(cursor, i, &who); i++) {
        *MEM_PUSH(b->people, b->n_people, cap) = (struct person){
            .id = arena_strdup(a, who.id),
            .name = arena_strdup(a, who.name),
            .unit = intern(&strings, a, who.unit),
            .unit_name = intern(&strings, a, who.unit_name),
            .delegation = intern(&strings, a, who.delegation),
            .target = intern(&strings, a, record_attribute(who.node, "target", &scratch)),
            .at = {intern(&strings, a, who.at.file), who.at.line},
            .number = i,
            .weight = weigh ? weight_of(&who) : 1,
            .faulty = who.faulty};
        arena_free(&scratch);
        if (scope == BATCH_WHOLE)
            record_is_delegated(record, &who, diag);
    }
    record_cursor_free(cursor);
    intern_clear(&strings);
    for (size_t i = 0; i < again.n; i++)
        if (again.list[i].fault == FAULT_SYSTEM)
            diag_pass(diag, &again.list[i]);
    diag_clear(&again);
}

/* Of which shard each of the people is. */
static unsigned *divide_people(const struct batch *b, unsigned shards, struct arena *arena)
{
    double *weights = ARENA_ARRAY(arena, double, b->n_people + 1);
    unsigned *of = ARENA_ARRAY(arena, unsigned, b->n_people + 1);
    for (size_t i = 0; i < b->n_people; i++)
        weights[i] = b->people[i].weight;
    shard_divide(weights, b->n_people, shards, of);
    return of;
}

/* Likewise, all of a delegation together: by how many they are. */
static unsigned *divide_delegations(const struct batch *b, unsigned shards, struct arena *arena)
{
    const struct record_delegation *all;
    size_t n = record_delegations(b->record, &all);
    double *weights = ARENA_ARRAY(arena, double, n + 1);
    unsigned *of = ARENA_ARRAY(arena, unsigned, n + 1),
             *of_person = ARENA_ARRAY(arena, unsigned, b->n_people + 1);

    for (size_t d = 0; d < n; d++)
        for (size_t i = 0; i < b->n_people; i++)
            weights[d] += !strcmp(b->people[i].delegation, all[d].id);
    shard_divide(weights, n, shards, of);
    for (size_t d = 0; d < n; d++)
        for (size_t i = 0; i < b->n_people; i++)
            if (!strcmp(b->people[i].delegation, all[d].id))
                of_person[i] = of[d];
    return of_person;
}

static void choose_people(struct batch *b, const struct record *record, const struct shard *part,
                          enum batch_scope scope)
{
    const size_t *indices = record_indices(record);
    size_t n = record_count(record);
    struct arena arena = {0};
    const unsigned *of = !part->n                     ? NULL
                         : scope == BATCH_DELEGATIONS ? divide_delegations(b, part->n, &arena)
                                                      : divide_people(b, part->n, &arena);

    b->chosen = ARENA_ARRAY(&b->arena, const struct person *, n + 1);
    for (size_t i = 0; i < n; i++)
        if (indices[i] < b->n_people && (!of || of[indices[i]] == part->k))
            b->chosen[b->n_chosen++] = &b->people[indices[i]];
    arena_free(&arena);
}

/* One that nobody is in is left out. */
static void add_group(struct batch *b, size_t *cap, struct people_group new)
{
    for (size_t k = 0; k < b->n_chosen; k++)
        new.n += batch_is_in(b->chosen[k], &new);
    if (new.n > 0)
        *ARENA_PUSH(&b->arena, b->groups, b->n_groups, *cap) = new;
}

static struct src_pos position(struct batch *b, const record_node *node)
{
    const struct src_pos at = record_pos(node);
    return (struct src_pos){arena_strdup(&b->arena, at.file), at.line};
}

static bool has_unit(const struct batch *b, const char *id)
{
    for (size_t i = b->n_groups; i-- > 0;)
        if (b->groups[i].scope == SCOPE_UNIT && !strcmp(b->groups[i].id, id))
            return true;
    return false;
}

static void list_units(struct batch *b, const struct record *record, size_t *cap)
{
    record_node *unit;
    for (size_t i = 0; (unit = record_unit(record, i)); i++) {
        const char *id = record_attribute(unit, "id", &b->arena);
        if (!has_unit(b, id)) /* files of one batch may bring it again */
            add_group(
                b, cap,
                (struct people_group){.scope = SCOPE_UNIT,
                                      .id = id,
                                      .name = record_attribute(unit, "name", &b->arena),
                                      .delegation = record_attribute(unit, "delegation", &b->arena),
                                      .at = position(b, unit)});
    }
}

static void list_groups(struct batch *b, const struct record *record, enum batch_scope made)
{
    const struct record_delegation *all;
    size_t n = record_delegations(record, &all), cap = 0;
    record_node *unit = record_unit(record, 0);

    for (size_t i = 0; i < n; i++)
        add_group(b, &cap,
                  (struct people_group){.scope = SCOPE_DELEGATION,
                                        .id = all[i].id,
                                        .name = record_attribute(all[i].node, "issuer", &b->arena),
                                        .delegation = all[i].id,
                                        .at = position(b, all[i].node)});
    b->n_delegations = b->n_groups;
    if (catalogue_has(b->papers, SCOPE_UNIT))
        list_units(b, record, &cap);
    if (unit && made == BATCH_WHOLE && catalogue_has(b->papers, SCOPE_BATCH))
        add_group(b, &cap,
                  (struct people_group){.scope = SCOPE_BATCH,
                                        .id = GATHERED_BATCH_ID,
                                        .name = "",
                                        .delegation = "",
                                        .at = position(b, record_parent(unit))});
}

struct batch *batch_new(struct record *record, const struct catalogue *papers,
                        const struct shard *part, enum batch_scope scope, struct diag *diag)
{
    struct batch *b = mem_alloc(1, sizeof *b);
    b->record = record;
    b->papers = papers;
    list_people(b, record, scope, part->n > 0 && scope == BATCH_PEOPLE, diag);
    choose_people(b, record, part, scope);
    if (scope != BATCH_PEOPLE)
        list_groups(b, record, scope);
    return b;
}

void batch_set_drawn(struct batch *b, size_t number)
{
    b->people[number].drawn = true;
}

bool batch_is_listed(const struct person *person, const struct people_group *group)
{
    return group->n_listed > 0 && person->drawn && batch_is_in(person, group);
}

void batch_settle(struct batch *b, bool ready_only)
{
    for (size_t i = 0; i < b->n_groups; i++) {
        struct people_group *d = &b->groups[i];
        d->n_listed = 0;
        d->undrawn = NULL;
        size_t n_undrawn = 0;
        for (size_t k = 0; k < b->n_chosen; k++) {
            const struct person *person = b->chosen[k];
            if (!batch_is_in(person, d))
                continue;
            d->n_listed += person->drawn;
            if (!person->drawn)
                d->undrawn = finding_add_name(&b->arena, d->undrawn, n_undrawn++, person->id);
        }
        if ((d->undrawn && !ready_only) || !record_is_whole(b->record))
            d->n_listed = 0; /* nobody knows who else is in a file that was not read to its end */
    }
}

void batch_free(struct batch *b)
{
    if (!b)
        return;
    free(b->people);
    arena_free(&b->arena);
    free(b);
}

/* --- folders --- */

/* A folder while the names of what is in it are being found. */
struct folder {
    struct names names;
    const char *id, *path; /* path: once it is settled */
    struct folder *above;
    size_t number; /* of its own name, in the folder above */
};

/* The folders of one level. */
struct folders {
    struct folder **list;
    size_t n, cap;
};

static struct folder *find_folder(const struct folders *level, const char *id)
{
    for (size_t i = level->n; i-- > 0;) /* units stand together: the last one is the likely one */
        if (!strcmp(level->list[i]->id, id))
            return level->list[i];
    return NULL;
}

static struct folder *add_folder(struct folders *level, struct folder *above, const char *id,
                                 const char *name)
{
    struct arena *a = above->names.arena;
    struct folder *f = ARENA_NEW(a, struct folder);
    *f = (struct folder){.names = {.arena = a}, .id = id, .above = above};
    f->number = names_propose(&above->names, name, id);
    *ARENA_PUSH(a, level->list, level->n, level->cap) = f;
    return f;
}

static void settle(const struct folders *level)
{
    for (size_t i = 0; i < level->n; i++) {
        struct folder *f = level->list[i];
        const char *name = names_get(&f->above->names, f->number), *above = f->above->path;
        names_settle(&f->names);
        f->path = above ? arena_printf(f->names.arena, "%s/%s", above, name) : name;
    }
}

/* What the folder of a delegation or unit is to be called, by its template, whose words the
 * catalogue has looked over. */
static const char *fill_name(const char *template, const char *id, const char *name,
                             struct arena *arena)
{
    const char *values[] = {"id", id, "name", name, NULL}, *unknown;
    const char *filled = names_fill(arena, template, values, &unknown);
    return *name ? filled : id;
}

static const char *delegation_name(const struct batch *b, const char *id, struct arena *arena)
{
    const struct record_delegation *list;
    const char *issuer = "";
    size_t n = record_delegations(b->record, &list);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i].id, id))
            issuer = record_attribute(list[i].node, "issuer", arena);
    return fill_name(catalogue_folders(b->papers)->delegation, id, issuer, arena);
}

static const char *applicant_name(const struct person *who, const char *template,
                                  const char **unknown, struct arena *arena)
{
    const char *values[] = {"id",      who->id,     "name",         who->name, "unit",
                            who->unit, "unit-name", who->unit_name, NULL};
    return names_fill(arena, template, values, unknown);
}

/* What stands in every tree beside the folders of the batch. */
static const char *const reserved[] = {
    "print",         "report.json",         "report.html",
    "manifest.json", MANIFEST_CHANGES_JSON, MANIFEST_CHANGES_HTML};
enum { RESERVED = sizeof reserved / sizeof *reserved };

bool batch_is_reserved(const char *path)
{
    size_t len = strcspn(path, "/");
    for (size_t i = 0; i < RESERVED; i++)
        if (strlen(reserved[i]) == len && !strncmp(path, reserved[i], len))
            return true;
    return !strcmp(path, ".lock") || !strncmp(path, ".journal", strlen(".journal"));
}

static void reserve_top(const struct batch *b, struct names *top)
{
    for (size_t i = 0; i < RESERVED; i++)
        names_reserve(top, reserved[i]);
    if (catalogue_has(b->papers, SCOPE_BATCH))
        names_reserve(top, output_safe_name(top->arena, catalogue_folders(b->papers)->batch));
}

struct levels {
    struct folders delegations, units, people;
};

/* a: for what only the finding of names takes. */
static bool add_folders(const struct batch *b, const char *applicant, struct folder *top,
                        struct levels *all, struct arena *a, struct diag *diag)
{
    const char *template = applicant ? applicant : catalogue_folders(b->papers)->applicant;
    for (size_t i = 0; i < b->n_people; i++) {
        const struct person *who = &b->people[i];
        const char *unknown = NULL, *name = applicant_name(who, template, &unknown, a);
        struct folder *d = find_folder(&all->delegations, who->delegation),
                      *u = find_folder(&all->units, who->unit);
        if (unknown)
            return diag_system(
                diag, (struct src_pos){0},
                "--name-template 中的 %s 不认识，可用 {id} {name} {unit} {unit-name}",
                "--name-template %s is not known: {id} {name} {unit} {unit-name} are", unknown);
        if (!d)
            d = add_folder(&all->delegations, top, who->delegation,
                           delegation_name(b, who->delegation, a));
        if (!u)
            u = add_folder(
                &all->units, d, who->unit,
                fill_name(catalogue_folders(b->papers)->unit, who->unit, who->unit_name, a));
        add_folder(&all->people, u, who->id, name);
    }
    return true;
}

static bool name_folders(struct batch *b, const char *applicant, struct arena *a, struct diag *diag)
{
    struct folder top = {.names = {.arena = a}};
    struct levels all = {0};

    reserve_top(b, &top.names);
    if (!add_folders(b, applicant, &top, &all, a, diag))
        return false;
    names_settle(&top.names);
    settle(&all.delegations);
    settle(&all.units);
    settle(&all.people);
    for (size_t i = 0; i < b->n_people; i++)
        b->people[i].folder = arena_strdup(&b->arena, all.people.list[i]->path);
    for (size_t i = 0; i < b->n_groups; i++) {
        struct people_group *g = &b->groups[i];
        g->folder =
            g->scope == SCOPE_BATCH
                ? output_safe_name(&b->arena, catalogue_folders(b->papers)->batch)
                : arena_strdup(
                      &b->arena,
                      find_folder(g->scope == SCOPE_UNIT ? &all.units : &all.delegations, g->id)
                          ->path);
    }
    return true;
}

bool batch_name_folders(struct batch *b, const char *applicant, struct diag *diag)
{
    struct arena scratch = {0};
    bool ok = name_folders(b, applicant, &scratch, diag);
    arena_free(&scratch);
    return ok;
}
