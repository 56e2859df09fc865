/* rows.c - see rows.h. */
#include "sheet/rows.h"

#include "core/output.h"
#include "core/read_at.h"
#include "core/temporary.h"
#include "record/gather.h"
#include "record/node.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct parties {
    struct sheet_party *list;
    size_t n, cap;
};

struct sheet_rows {
    const struct sheet_template *template;
    enum record_scope scope;
    enum sheet_order order;
    struct collation *collation;
    struct diag *diag;
    struct query *issuer;
    struct arena arena;
    struct sheet_row *list; /* malloc: an arena would keep every size it had */
    size_t n, cap;
    struct parties parties, units;
    FILE *spool;
    long long end;
    bool flushed;
    struct buffer block; /* what was read last */
    long long block_at;
    const char **texts;
    struct buffer scratch;
};

enum { BLOCK = 64 * 1024 };

static bool spool_failed(struct sheet_rows *r)
{
    return output_failed(temporary_folder(), r->diag);
}

struct sheet_rows *sheet_rows_new(const struct sheet_template *t, enum record_scope scope,
                                  enum sheet_order order, struct collation *c, struct diag *diag)
{
    struct sheet_rows *r = mem_alloc(1, sizeof *r);
    r->template = t;
    r->scope = scope;
    r->order = order;
    r->collation = c;
    r->diag = diag;
    r->texts = mem_alloc(t->n, sizeof *r->texts);
    r->issuer = query_new("string(@issuer)", (struct src_pos){0}, diag);
    if (!(r->spool = temporary_file(diag))) {
        sheet_rows_free(r);
        return NULL;
    }
    return r;
}

void sheet_rows_free(struct sheet_rows *r)
{
    if (!r)
        return;
    if (r->spool)
        fclose(r->spool);
    query_free(r->issuer);
    buffer_clear(&r->block);
    buffer_clear(&r->scratch);
    free(r->texts);
    free(r->list);
    arena_free(&r->arena);
    free(r);
}

static const char **values(struct sheet_rows *r, struct query_context *q, record_node *node,
                           const struct sheet_fields *fields)
{
    const char **out = ARENA_ARRAY(&r->arena, const char *, fields->n + 1);
    for (size_t i = 0; i < fields->n; i++) {
        struct query_place place = {node, 1, 1};
        struct query *select = fields->list[i].select;
        out[i] = query_string(select, q, place, &r->arena).text;
    }
    return out;
}

/* node NULL: nothing is known of it but the id. */
static size_t add_party(struct sheet_rows *r, struct parties *p, struct query_context *q,
                        record_node *node, const char *id, const char *name)
{
    struct sheet_party *new = ARENA_PUSH(&r->arena, p->list, p->n, p->cap);
    *new = (struct sheet_party){.id = arena_strdup(&r->arena, id),
                                .name = arena_strdup(&r->arena, name)};
    new->heading = values(r, q, node, &r->template->heading);
    new->foot = values(r, q, node, &r->template->foot);
    return p->n - 1;
}

/* The one of the id, or a new one. */
static size_t party(struct sheet_rows *r, struct parties *p, struct query_context *q,
                    record_node *node, const char *id, const char *name)
{
    for (size_t i = p->n; i > 0; i--) /* the last one is asked for most */
        if (!strcmp(p->list[i - 1].id, id))
            return i - 1;
    return add_party(r, p, q, node, id, name);
}

void sheet_rows_add_delegation(struct sheet_rows *r, struct query_context *q,
                               const struct record_delegation *d, const char *asof)
{
    struct arena arena = {0};
    query_context_begin(q, d->node, asof);
    query_context_set_diag(q, r->diag);
    party(r, &r->parties, q, d->node, d->id,
          query_string(r->issuer, q, (struct query_place){d->node, 1, 1}, &arena).text);
    arena_free(&arena);
}

static void put(struct sheet_rows *r, const char *s)
{
    buffer_add(&r->scratch, s, strlen(s) + 1);
}

static void check_allowed(struct sheet_rows *r, const struct sheet_column *c, const char *text,
                          const record_node *node, const struct applicant *who)
{
    struct arena arena = {0};
    for (size_t i = 0; i < c->n_allowed; i++)
        if (!strcmp(c->allowed[i], text))
            return;
    struct finding f = {.severity = SEVERITY_WARNING,
                        .label = c->label,
                        .field = node ? record_path(node, &arena) : NULL,
                        .at = node ? record_pos(node) : who->at};
    diag_add(r->diag, f, "“%s”不在可选值之内（%s 等 %zu 个）",
             "\"%s\" is none of the values to choose from (%s ..., %zu of them)", text,
             c->allowed[0], c->n_allowed);
    arena_free(&arena);
}

static void evaluate(struct sheet_rows *r, struct query_context *q, const struct applicant *who)
{
    const struct sheet_template *t = r->template;
    struct query_place place = {who->node, 1, 1};
    struct arena arena = {0};

    for (size_t i = 0; i < t->n; i++) {
        const struct sheet_column *c = &t->columns[i];
        struct query_value v = query_string(c->select, q, place, &arena);
        if (*v.text && c->n_allowed)
            check_allowed(r, c, v.text, v.node, who);
        put(r, *v.text ? v.text : c->empty);
    }
    arena_free(&arena);
}

static void add_key(struct sheet_rows *r, struct sheet_row *row, const struct applicant *who)
{
    struct buffer key = {0};
    switch (r->order) {
    case ORDER_GIVEN:
        break;
    case ORDER_UNIT: /* then the unit's number: two of one name stay apart */
        collation_text_key(r->collation, who->unit_name, &key);
        buffer_printf(&key, "%010zu", row->unit);
        break;
    case ORDER_PINYIN:
    case ORDER_STROKES:
        collation_key(r->collation, who->name, &key);
        break;
    }
    row->key_len = key.len;
    if (key.len) {
        unsigned char *copy = arena_alloc(&r->arena, key.len, 1);
        memcpy(copy, key.data, key.len);
        row->key = copy;
    }
    buffer_clear(&key);
}

/* Whose list the applicant stands in. */
static size_t party_of(struct sheet_rows *r, struct query_context *q, const struct applicant *who)
{
    record_node *unit = record_parent(who->node);
    switch (r->scope) {
    case SCOPE_APPLICANT:
        return add_party(r, &r->parties, q, who->node, who->id, who->name);
    case SCOPE_UNIT:
        return party(r, &r->parties, q, unit, who->unit, who->unit_name);
    case SCOPE_DELEGATION:
        return party(r, &r->parties, q, NULL, who->delegation, who->delegation);
    case SCOPE_BATCH:
    case SCOPE_COUNT:
        break;
    }
    return party(r, &r->parties, q, record_parent(unit), GATHERED_BATCH_ID, "");
}

bool sheet_rows_add(struct sheet_rows *r, struct query_context *q, const struct applicant *who,
                    const char *asof)
{
    const struct sheet_template *t = r->template;
    struct arena arena = {0};
    struct sheet_row row = {.at = r->end};

    query_context_begin(q, who->node, asof);
    query_context_set_diag(q, r->diag);
    row.unit = party(r, &r->units, q, record_parent(who->node), who->unit, who->unit_name);
    row.party = party_of(r, q, who);
    for (size_t i = 0; i < t->n_variables; i++)
        query_set_variable(
            q, t->variables[i].name,
            query_string(t->variables[i].select, q, (struct query_place){who->node, 1, 1}, &arena)
                .text);
    for (size_t i = 0; i < t->n_tests; i++)
        row.counted |= (unsigned)query_bool(t->tests[i], q, (struct query_place){who->node, 1, 1})
                       << i;

    r->scratch.len = 0;
    put(r, who->id);
    put(r, who->name);
    put(r, who->unit);
    put(r, who->at.file ? who->at.file : "");
    put(r, arena_printf(&arena, "%ld", who->at.line));
    evaluate(r, q, who);
    add_key(r, &row, who);
    arena_free(&arena);

    row.len = r->scratch.len;
    r->end += (long long)row.len;
    if (r->n == r->cap)
        r->list = mem_resize(r->list, r->cap = r->cap * 2 + 64, sizeof *r->list);
    r->list[r->n++] = row;
    return fwrite(r->scratch.data, 1, row.len, r->spool) == row.len || spool_failed(r);
}

size_t sheet_rows_count(const struct sheet_rows *r)
{
    return r->n;
}

const struct sheet_row *sheet_rows_at(const struct sheet_rows *r, size_t i)
{
    return &r->list[i];
}

size_t sheet_rows_parties(const struct sheet_rows *r, const struct sheet_party **out)
{
    *out = r->parties.list;
    return r->parties.n;
}

size_t sheet_rows_units(const struct sheet_rows *r, const struct sheet_party **out)
{
    *out = r->units.list;
    return r->units.n;
}

struct sort_item {
    const unsigned char *key;
    size_t len, at;
};

static int in_order(const void *a, const void *b)
{
    const struct sort_item *x = a, *y = b;
    size_t n = x->len < y->len ? x->len : y->len;
    int c = n ? memcmp(x->key, y->key, n) : 0;
    if (!c)
        c = (x->len > y->len) - (x->len < y->len);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

size_t *sheet_rows_of(const struct sheet_rows *r, size_t party, const size_t *unit, size_t *n)
{
    struct sort_item *items = mem_alloc(r->n + 1, sizeof *items);
    *n = 0;
    for (size_t i = 0; i < r->n; i++)
        if (r->list[i].party == party && (!unit || r->list[i].unit == *unit))
            items[(*n)++] = (struct sort_item){r->list[i].key, r->list[i].key_len, i};
    qsort(items, *n, sizeof *items, in_order);
    size_t *out = mem_alloc(*n + 1, sizeof *out);
    for (size_t i = 0; i < *n; i++)
        out[i] = items[i].at;
    free(items);
    return out;
}

static bool fill_block(struct sheet_rows *r, const struct sheet_row *row)
{
    /* Rows asked for in their own order are read many at once. */
    bool onward = row->at >= r->block_at && row->at <= r->block_at + (long long)r->block.len;
    size_t want = onward && row->len < BLOCK ? BLOCK : row->len;
    if (!r->flushed && fflush(r->spool))
        return spool_failed(r);
    r->flushed = true;
    r->block.len = 0;
    r->block_at = row->at;
    unsigned char *p = buffer_room(&r->block, want);
    ssize_t got = read_at(fileno(r->spool), p, want, (off_t)row->at);
    if (got < 0)
        return spool_failed(r);
    r->block.len = (size_t)got;
    errno = EIO; /* fewer bytes than were written */
    return r->block.len >= row->len || spool_failed(r);
}

bool sheet_rows_read(struct sheet_rows *r, size_t i, struct sheet_cells *out)
{
    const struct sheet_row *row = &r->list[i];
    if ((row->at < r->block_at ||
         row->at + (long long)row->len > r->block_at + (long long)r->block.len) &&
        !fill_block(r, row))
        return false;
    const char *p = (const char *)r->block.data + (row->at - r->block_at), *line;
    const char **head[] = {&out->id, &out->name, &out->unit, &out->file, &line};
    for (size_t k = 0; k < sizeof head / sizeof *head; k++) {
        *head[k] = p;
        p += strlen(p) + 1;
    }
    out->line = strtol(line, NULL, 10);
    for (size_t k = 0; k < r->template->n; k++) {
        r->texts[k] = p;
        p += strlen(p) + 1;
    }
    out->texts = r->texts;
    return true;
}

const char *sheet_sum(const struct sheet_rows *r, const size_t *rows, size_t n, struct arena *arena)
{
    const struct sheet_parts *sum = &r->template->sum;
    const char *out = "";
    for (size_t i = 0; i < sum->n; i++) {
        size_t count = 0;
        for (size_t k = 0; k < n && sum->list[i].kind == PART_COUNT; k++)
            count += sum->list[i].bit < 0 || r->list[rows[k]].counted >> sum->list[i].bit & 1;
        out = sum->list[i].kind == PART_COUNT ? arena_printf(arena, "%s%zu", out, count)
                                              : arena_printf(arena, "%s%s", out, sum->list[i].text);
    }
    return out;
}
