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
    const struct record_delegation *all, *own;
    size_t n = record_delegations(b->record, &all);
    double *weights = ARENA_ARRAY(arena, double, n + 1);
    unsigned *of = ARENA_ARRAY(arena, unsigned, n + 1),
             *of_person = ARENA_ARRAY(arena, unsigned, b->n_people + 1);

    for (size_t i = 0; i < b->n_people; i++)
        if ((own = record_delegation(b->record, b->people[i].delegation)))
            weights[own - all]++;
    shard_divide(weights, n, shards, of);
    for (size_t i = 0; i < b->n_people; i++)
        if ((own = record_delegation(b->record, b->people[i].delegation)))
            of_person[i] = of[own - all];
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

static struct src_pos position(struct batch *b, const record_node *node)
{
    const struct src_pos at = record_pos(node);
    return (struct src_pos){arena_strdup(&b->arena, at.file), at.line};
}

/* Groups while they are being found: by scope and id, numbers of them from 1. */
struct group_list {
    struct batch *batch;
    size_t cap;
    struct intern numbers[SCOPE_COUNT];
};

/* Files of one batch may bring one again. */
static void add_group(struct group_list *l, struct people_group new)
{
    struct batch *b = l->batch;
    size_t *number = intern_number(&l->numbers[new.scope], &b->arena, new.id);
    if (*number)
        return;
    *ARENA_PUSH(&b->arena, b->groups, b->n_groups, l->cap) = new;
    *number = b->n_groups;
}

static void list_units(struct group_list *l, const struct record *record)
{
    struct arena *a = &l->batch->arena;
    record_node *unit;
    for (size_t i = 0; (unit = record_unit(record, i)); i++)
        add_group(l, (struct people_group){.scope = SCOPE_UNIT,
                                           .id = record_attribute(unit, "id", a),
                                           .name = record_attribute(unit, "name", a),
                                           .delegation = record_attribute(unit, "delegation", a),
                                           .at = position(l->batch, unit)});
}

static struct people_group *group_of(struct group_list *l, const struct person *who,
                                     enum record_scope scope)
{
    const char *id = scope == SCOPE_BATCH  ? GATHERED_BATCH_ID
                     : scope == SCOPE_UNIT ? who->unit
                                           : who->delegation;
    size_t number = *intern_number(&l->numbers[scope], &l->batch->arena, id);
    return number ? &l->batch->groups[number - 1] : NULL;
}

static void list_members(struct group_list *l)
{
    static const enum record_scope scopes[] = {SCOPE_DELEGATION, SCOPE_UNIT, SCOPE_BATCH};
    struct batch *b = l->batch;
    size_t n_scopes = sizeof scopes / sizeof *scopes;
    struct people_group *g;

    for (size_t i = 0; i < b->n_chosen * n_scopes; i++)
        if ((g = group_of(l, b->chosen[i / n_scopes], scopes[i % n_scopes])))
            g->n++;
    for (size_t i = 0; i < b->n_groups; i++) {
        b->groups[i].members = ARENA_ARRAY(&b->arena, const struct person *, b->groups[i].n + 1);
        b->groups[i].n = 0;
    }
    for (size_t i = 0; i < b->n_chosen * n_scopes; i++)
        if ((g = group_of(l, b->chosen[i / n_scopes], scopes[i % n_scopes])))
            g->members[g->n++] = b->chosen[i / n_scopes];
}

/* Those that nobody is in are left out. */
static void drop_empty(struct batch *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n_groups; i++)
        if (b->groups[i].n > 0)
            b->groups[n++] = b->groups[i];
    b->n_groups = n;
}

static void list_groups(struct batch *b, const struct record *record, enum batch_scope made)
{
    struct group_list l = {.batch = b};
    const struct record_delegation *all;
    size_t n = record_delegations(record, &all);
    record_node *unit = record_unit(record, 0);

    for (size_t i = 0; i < n; i++)
        add_group(&l,
                  (struct people_group){.scope = SCOPE_DELEGATION,
                                        .id = all[i].id,
                                        .name = record_attribute(all[i].node, "issuer", &b->arena),
                                        .delegation = all[i].id,
                                        .at = position(b, all[i].node)});
    if (catalogue_has(b->papers, SCOPE_UNIT))
        list_units(&l, record);
    if (unit && made == BATCH_WHOLE && catalogue_has(b->papers, SCOPE_BATCH))
        add_group(&l, (struct people_group){.scope = SCOPE_BATCH,
                                            .id = GATHERED_BATCH_ID,
                                            .name = "",
                                            .delegation = "",
                                            .at = position(b, record_parent(unit))});
    list_members(&l);
    drop_empty(b);
    for (int i = 0; i < SCOPE_COUNT; i++)
        intern_clear(&l.numbers[i]);
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
    return group->n_listed > 0 && person->drawn;
}

void batch_settle(struct batch *b, bool ready_only)
{
    for (size_t i = 0; i < b->n_groups; i++) {
        struct people_group *d = &b->groups[i];
        d->n_listed = 0;
        d->undrawn = NULL;
        size_t n_undrawn = 0;
        for (size_t k = 0; k < d->n; k++) {
            const struct person *person = d->members[k];
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
    struct intern numbers; /* by id, from 1 */
};

static struct folder *find_folder(struct folders *level, const char *id, struct arena *a)
{
    size_t number = *intern_number(&level->numbers, a, id);
    return number ? level->list[number - 1] : NULL;
}

static struct folder *add_folder(struct folders *level, struct folder *above, const char *id,
                                 const char *name)
{
    struct arena *a = above->names.arena;
    struct folder *f = ARENA_NEW(a, struct folder);
    *f = (struct folder){.names = {.arena = a}, .id = id, .above = above};
    f->number = names_propose(&above->names, name, id);
    *ARENA_PUSH(a, level->list, level->n, level->cap) = f;
    *intern_number(&level->numbers, a, id) = level->n;
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
    const struct record_delegation *d = record_delegation(b->record, id);
    const char *issuer = d ? record_attribute(d->node, "issuer", arena) : "";
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
        struct folder *d = find_folder(&all->delegations, who->delegation, a),
                      *u = find_folder(&all->units, who->unit, a);
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

static bool name_folders(struct batch *b, const char *applicant, struct levels *all,
                         struct arena *a, struct diag *diag)
{
    struct folder top = {.names = {.arena = a}};

    reserve_top(b, &top.names);
    if (!add_folders(b, applicant, &top, all, a, diag))
        return false;
    names_settle(&top.names);
    settle(&all->delegations);
    settle(&all->units);
    settle(&all->people);
    for (size_t i = 0; i < b->n_people; i++)
        b->people[i].folder = arena_strdup(&b->arena, all->people.list[i]->path);
    for (size_t i = 0; i < b->n_groups; i++) {
        struct people_group *g = &b->groups[i];
        g->folder =
            g->scope == SCOPE_BATCH
                ? output_safe_name(&b->arena, catalogue_folders(b->papers)->batch)
                : arena_strdup(&b->arena,
                               find_folder(g->scope == SCOPE_UNIT ? &all->units : &all->delegations,
                                           g->id, a)
                                   ->path);
    }
    return true;
}

bool batch_name_folders(struct batch *b, const char *applicant, struct diag *diag)
{
    struct arena scratch = {0};
    struct levels all = {0};
    bool ok = name_folders(b, applicant, &all, &scratch, diag);
    intern_clear(&all.delegations.numbers);
    intern_clear(&all.units.numbers);
    intern_clear(&all.people.numbers);
    arena_free(&scratch);
    return ok;
}
