/* join.c - see join.h. Applicants go to a spool as they are read, each without its id; the batch is
 * written when it is known who is whose and who bears which id. */
#include "record/join.h"

#include "core/cells.h"
#include "core/intern.h"
#include "core/markup.h"
#include "core/output.h"
#include "core/real_path.h"
#include "core/spool.h"
#include "core/temporary.h"
#include "record/ids.h"
#include "record/quote.h"
#include "record/write.h"

#include <stdlib.h>
#include <string.h>

struct joined_person {
    const char *id, *name, *identity;
    size_t at, len; /* in the spool, behind the id */
    struct src_pos place;
    size_t unit, next; /* the next of the same unit */
};

struct joined_holder { /* a unit or a delegation */
    record_node *node;
    const char *id;            /* from now on */
    size_t input, first, last; /* of a unit: its people */
};

/* Each table holds numbers of the list, counted from 1. */
struct holders {
    struct joined_holder *list;
    size_t n, cap;
    struct intern keys, ids;
    struct intern names;  /* of units */
    struct intern called; /* what each input calls which of them */
};

struct joined {
    const struct join_input *inputs;
    struct diag *diag;
    struct arena arena;
    struct joined_person *people;
    size_t n_people, cap_people;
    struct holders units, delegations;
    struct spool *spool;
    struct buffer text;
    size_t written;
};

static bool equal(const char *a, const char *b)
{
    return !strcmp(a, b);
}

/* What two inputs say of one thing; what one of them leaves out is taken from the other. */
static void agree(struct joined *j, record_node *first, record_node *second)
{
    struct arena a = {0};
    const char *name;
    for (size_t i = 0; (name = record_attribute_name(second, i)); i++) {
        const char *mine = record_attribute(first, name, &a),
                   *other = record_attribute(second, name, &a);
        struct src_pos at = record_pos(first);
        if (equal(name, "id") || equal(name, "delegation") || equal(mine, other) || !*other)
            continue;
        if (!*mine) {
            record_put(first, name, other);
            continue;
        }
        char cell[CELL_NAME];
        const char *sheet = NULL;
        const char *field = arena_printf(&a, "%s/@%s", record_name(first), name);
        bool book = cells_find(at.file, at.line, field, NULL, &sheet, cell);
        const char *where = book ? arena_printf(&a, "%s:%s!%s", at.file, sheet, cell)
                                 : arena_printf(&a, "%s:%ld", at.file, at.line);
        diag_add(
            j->diag,
            (struct finding){.severity = SEVERITY_ERROR, .field = field, .at = record_pos(second)},
            "与 %s 不同：那里是%s，这里是%s；请改成一样",
            "it differs from %s: there %s, here %s; make them the same", where, quote(&a, mine),
            quote(&a, other));
    }
    arena_free(&a);
}

/* The children that hold no people: each occurs once, but for posts, which are the first's. */
static void agree_on_children(struct joined *j, record_node *first, record_node *second)
{
    for (record_node *n = NULL; (n = record_child(second, n));) {
        struct arena a = {0};
        record_node *m = NULL;
        if (equal(record_name(n), "applicant") || equal(record_name(n), "recommended") ||
            equal(record_name(n), "posts") || equal(record_name(n), "unit") ||
            equal(record_name(n), "delegation"))
            continue;
        while ((m = record_child(first, m)) && strcmp(record_name(m), record_name(n)))
            continue;
        if (!m)
            m = record_add(first, record_name(n));
        agree(j, m, n);
        if (strcmp(record_text(m, &a), record_text(n, &a)) && equal(record_name(n), "plan"))
            diag_error(j->diag, record_pos(n), "评审计划%s与前面的%s不一致",
                       "the plan %s is not that of the others, %s", quote(&a, record_text(n, &a)),
                       quote(&a, record_text(m, &a)));
        arena_free(&a);
    }
}

static const char *unit_key(struct joined *j, const record_node *unit)
{
    const char *uscc = record_attribute(unit, "uscc", &j->arena),
               *name = record_attribute(unit, "name", &j->arena);
    return *uscc ? uscc : name;
}

static const char *delegation_key(struct joined *j, const record_node *d)
{
    return arena_printf(&j->arena, "%s\n%s", record_attribute(d, "issuer", &j->arena),
                        record_attribute(d, "number", &j->arena));
}

/* An id that nobody bears yet: its own, or its own with a number. */
static const char *free_id(struct arena *arena, struct intern *borne, const char *id)
{
    const char *wanted = id;
    for (int k = 2; *intern_number(borne, arena, wanted); k++)
        wanted = arena_printf(arena, "%s-%d", id, k);
    return wanted;
}

/* The one of another input of that number, which is of the earliest that has it. 0: none. */
static size_t of_another(const struct holders *h, size_t number, size_t input)
{
    return number && h->list[number - 1].input != input ? number : 0;
}

static const char *unit_name(const record_node *node, struct arena *arena)
{
    return equal(record_name(node), "unit") ? record_attribute(node, "name", arena) : "";
}

/* The one of another input that has the key; else, of units, that has the name: its code is not
 * filled in, or is another, which is a contradiction. */
static size_t find_same(struct joined *j, struct holders *h, size_t input, const record_node *node,
                        const char *key)
{
    const char *name = unit_name(node, &j->arena);
    size_t same = of_another(h, *intern_number(&h->keys, &j->arena, key), input);
    return same || !*name ? same : of_another(h, *intern_number(&h->names, &j->arena, name), input);
}

/* The first in the list stays who is found. */
static void note_first(struct joined *j, struct intern *table, const char *text, size_t number)
{
    size_t *first = intern_number(table, &j->arena, text);
    if (!*first || number < *first)
        *first = number;
}

static size_t same_holder(struct joined *j, struct holders *h, size_t input, record_node *node,
                          const char *key)
{
    size_t same = find_same(j, h, input, node, key);
    if (same) {
        agree(j, h->list[same - 1].node, node);
        agree_on_children(j, h->list[same - 1].node, node);
    }
    return same;
}

/* The number of the one that an input means by an id. */
static size_t *number_named(struct joined *j, struct holders *h, size_t input, const char *id)
{
    struct arena a = {0};
    size_t *number = intern_number(&h->called, &j->arena, arena_printf(&a, "%zu %s", input, id));
    arena_free(&a);
    return number;
}

static void add_holder(struct joined *j, struct holders *h, size_t input, record_node *node,
                       const char *key)
{
    const char *id = record_attribute(node, "id", &j->arena);
    size_t same = same_holder(j, h, input, node, key);
    if (!same) {
        const char *given = free_id(&j->arena, &h->ids, id);
        bool unit = equal(record_name(node), "unit");
        if (!equal(given, id))
            diag_add(j->diag,
                     (struct finding){.severity = SEVERITY_INFO,
                                      .field = arena_printf(&j->arena, "%s/@id", record_name(node)),
                                      .at = record_pos(node)},
                     "编号 %s 在别的输入里已用于另一个%s%.0s，这里改为 %s",
                     "another input uses the id %s for another %.0s%s: here it becomes %s", id,
                     unit ? "单位" : "委托", unit ? "unit" : "delegation", given);
        *MEM_PUSH(h->list, h->n, h->cap) =
            (struct joined_holder){node, given, input, SIZE_MAX, SIZE_MAX};
        same = *intern_number(&h->ids, &j->arena, given) = h->n;
        note_first(j, &h->keys, key, same);
    }
    note_first(j, &h->names, unit_name(h->list[same - 1].node, &j->arena), same);
    size_t *number = number_named(j, h, input, id);
    *number = *number ? *number : same;
}

/* Which one an input means by an id; NULL: none. */
static struct joined_holder *holder_named(struct joined *j, struct holders *h, size_t input,
                                          const char *id)
{
    size_t number = *number_named(j, h, input, id);
    return number ? &h->list[number - 1] : NULL;
}

static const char *identity_of(struct joined *j, const record_node *applicant)
{
    for (record_node *n = NULL; (n = record_child(applicant, n));)
        for (record_node *m = NULL; equal(record_name(n), "person") && (m = record_child(n, m));)
            if (equal(record_name(m), "id-number"))
                return record_text(m, &j->arena);
    return "";
}

static void spool_person(struct joined *j, const struct applicant *who, size_t input,
                         const char *prefix)
{
    struct buffer piece = {0};
    const struct record_write how = {.prefix = prefix, .id = ""};
    struct joined_holder *u = holder_named(j, &j->units, input, who->unit);
    size_t number = j->n_people;
    record_write(who->node, 2, &how, &piece);
    struct joined_person *p = MEM_PUSH(j->people, j->n_people, j->cap_people);
    *p = (struct joined_person){.id = arena_strdup(&j->arena, who->id),
                                .name = arena_strdup(&j->arena, who->name),
                                .identity = identity_of(j, who->node),
                                .at = j->written,
                                .len = piece.len,
                                .place = {arena_strdup(&j->arena, who->at.file), who->at.line},
                                .unit = (size_t)(u - j->units.list),
                                .next = SIZE_MAX};
    buffer_add(&j->text, piece.data, piece.len);
    j->written += piece.len;
    buffer_clear(&piece);
    if (u->first == SIZE_MAX)
        u->first = number;
    else
        j->people[u->last].next = number;
    u->last = number;
}

static void read_input(struct joined *j, size_t input)
{
    struct record *r = j->inputs[input].record;
    const struct record_delegation *delegations;
    size_t n = record_delegations(r, &delegations);
    struct applicant who;
    if (input > 0 && record_unit(r, 0)) {
        record_node *first = record_parent(record_unit(j->inputs[0].record, 0)),
                    *batch = record_parent(record_unit(r, 0));
        agree(j, first, batch);
        agree_on_children(j, first, batch);
    }
    for (size_t i = 0; i < n; i++)
        add_holder(j, &j->delegations, input, delegations[i].node,
                   delegation_key(j, delegations[i].node));
    record_node *unit;
    for (size_t i = 0; (unit = record_unit(r, i)); i++)
        add_holder(j, &j->units, input, unit, unit_key(j, unit));
    struct record_cursor *c = record_cursor_new(r, j->diag);
    while (record_next(c, &who))
        spool_person(j, &who, input, j->inputs[input].prefix);
    record_cursor_free(c);
}

/* --- who bears which id --- */

static const char *where(struct joined *j, struct src_pos at)
{
    const char *sheet;
    char cell[CELL_NAME];
    return cells_find(at.file, at.line, "@id", NULL, &sheet, cell)
               ? arena_printf(&j->arena, "%s:%s!%s", at.file, sheet, cell)
               : arena_printf(&j->arena, "%s:%ld", at.file, at.line);
}

static void refuse_twins(struct joined *j)
{
    struct ids identities = {0};
    for (size_t i = 0; i < j->n_people; i++)
        if (*j->people[i].identity)
            ids_add(&identities, &j->arena, j->people[i].identity, i);
    ids_sort(&identities);
    for (size_t i = 0; i < identities.n; i++) {
        const struct id_bearer *b = &identities.list[i];
        const struct joined_person *p = &j->people[b->number], *first = &j->people[b->first];
        if (b->first == b->number || equal(p->place.file, first->place.file))
            continue; /* within one input the rules find it */
        diag_add(
            j->diag,
            (struct finding){.severity = SEVERITY_ERROR,
                             .applicant = p->id,
                             .name = p->name,
                             .field = "person/id-number",
                             .at = p->place},
            "与 %s 的 %s %s 是同一个人（证件号码相同）；请只留一处",
            "%s holds the same person, %s %s (by the number of the identity document): keep one",
            where(j, first->place), first->id, first->name);
    }
}

static void make_distinct(struct joined *j)
{
    struct ids ids = {0};
    struct intern borne = {0};
    for (size_t i = 0; i < j->n_people; i++) {
        ids_add(&ids, &j->arena, j->people[i].id, i);
        *intern_number(&borne, &j->arena, j->people[i].id) = 1;
    }
    ids_sort(&ids);
    for (size_t i = 0; i < ids.n; i++) {
        const struct id_bearer *b = &ids.list[i];
        struct joined_person *p = &j->people[b->number];
        const char *id = p->id;
        if (b->first == b->number)
            continue;
        const char *given = arena_printf(&j->arena, "%s-%s", j->units.list[p->unit].id, id);
        given = free_id(&j->arena, &borne, given);
        *intern_number(&borne, &j->arena, given) = 1;
        p->id = given;
        diag_add(j->diag,
                 (struct finding){.severity = SEVERITY_INFO,
                                  .applicant = id,
                                  .name = p->name,
                                  .field = "@id",
                                  .at = p->place},
                 "编号 %s 在 %s 已用于另一个人，这里改为 %s",
                 "the id %s is another person's in %s: here it becomes %s", id,
                 where(j, j->people[b->first].place), given);
    }
    intern_clear(&borne);
}

/* --- the batch --- */

static bool put_people(struct joined *j, const struct joined_holder *unit, struct buffer *out)
{
    static const char no_id[] = " id=\"\"";
    struct buffer piece = {0};
    bool ok = true;
    for (size_t i = unit->first; ok && i != SIZE_MAX; i = j->people[i].next) {
        piece.len = 0;
        ok = spool_read(j->spool, j->people[i].at, j->people[i].len, &piece);
        buffer_putc(&piece, '\0');
        const char *text = (const char *)piece.data, *at = ok ? strstr(text, no_id) : NULL;
        size_t before = at ? (size_t)(at - text) + sizeof no_id - 2 : 0;
        buffer_add(out, text, before);
        buffer_markup(out, j->people[i].id);
        buffer_puts(out, text + before);
    }
    buffer_clear(&piece);
    return ok;
}

static void put_batch(struct joined *j, struct buffer *out)
{
    static const char *const holders[] = {"delegation", "unit", NULL}, *const counted[] = {
                                                                           "recommended",
                                                                           "applicant", NULL};
    const struct record_write batch = {.but = holders};
    record_node *root = record_parent(record_unit(j->inputs[0].record, 0));
    bool ok = true;
    buffer_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    record_write_begin(root, 0, &batch, out);
    for (size_t i = 0; i < j->delegations.n; i++) {
        const struct record_write how = {.id = j->delegations.list[i].id};
        record_write(j->delegations.list[i].node, 1, &how, out);
    }
    for (size_t i = 0; ok && i < j->units.n; i++) {
        const struct joined_holder *u = &j->units.list[i];
        const char *own = record_attribute(u->node, "delegation", &j->arena);
        const struct joined_holder *d = holder_named(j, &j->delegations, u->input, own);
        const struct record_write how = {
            .id = u->id, .delegation = d ? d->id : NULL, .but = counted};
        record_write_begin(u->node, 1, &how, out);
        ok = put_people(j, u, out);
        record_write_end(u->node, 1, out);
    }
    record_write_end(root, 0, out);
}

static void free_holders(struct holders *h)
{
    free(h->list);
    intern_clear(&h->keys);
    intern_clear(&h->ids);
    intern_clear(&h->names);
    intern_clear(&h->called);
}

static void join(const struct join_input *inputs, size_t n, struct spool *temporary,
                 struct buffer *out, struct diag *diag)
{
    struct joined j = {
        .inputs = inputs, .diag = diag, .spool = temporary, .text = {.spool = temporary}};
    for (size_t i = 0; i < n; i++)
        read_input(&j, i);
    buffer_flush(&j.text);
    refuse_twins(&j);
    make_distinct(&j);
    put_batch(&j, out);
    buffer_clear(&j.text);
    arena_free(&j.arena);
    free(j.people);
    free_holders(&j.units);
    free_holders(&j.delegations);
}

int record_join(const struct join_input *inputs, size_t n, const char *output, struct diag *diag)
{
    int fd = temporary_open(output, diag), whole = output_temporary(output, diag), status = 2;
    struct spool *people = spool_new(fd), *batch = spool_new(whole);
    struct buffer out = {.spool = batch};
    if (fd >= 0 && whole >= 0) {
        join(inputs, n, people, &out, diag);
        buffer_flush(&out);
        if (!spool_ok(people) || !spool_ok(batch))
            output_failed(output, diag);
        else if (diag_failed(diag))
            status = 1;
        else if (output_name(output, spool_fd(batch), diag))
            status = 0;
    }
    buffer_clear(&out);
    spool_free(people);
    spool_free(batch);
    return status;
}

/* With a slash behind it; "": it is not to be had. */
static const char *folder_of(struct arena *a, const char *path)
{
    const char *real = strcmp(path, "-") ? real_folder(a, path) : real_path(a, ".");
    return real ? arena_printf(a, "%s%s", real, strcmp(real, "/") ? "/" : "") : "";
}

const char *join_prefix(const char *output, const char *input, struct arena *arena,
                        struct diag *diag)
{
    const char *outer = folder_of(arena, output), *inner = folder_of(arena, input);
    size_t len = strlen(outer);
    if (*outer && *inner && !strncmp(outer, inner, len))
        return inner + len;
    diag_warn(diag, (struct src_pos){input, 0},
              "输出文件不在它的文件夹或上级文件夹里，从那里找不到照片和扫描件；请用 -o 写到那里",
              "the output is not in its folder or one above, and finds no photos and scans from "
              "there: write it there with -o");
    return NULL;
}
