/* preflight.c - see preflight.h. */
#include "check/preflight.h"

#include "core/parcel.h"
#include "core/worker_fault.h"
#include "core/workers.h"
#include "media/qpdf.h"
#include "record/id_number.h"

#include <stdlib.h>
#include <string.h>

/* --- the workers --- */

struct worker {
    const struct preflight *preflight;
    struct record_cursor *cursor;
    struct engine *engine;
    struct query_context *materials; /* of the dossier's sections */
};

/* Where a proof will be found. Its page is known only when the volume is made, that it has one
 * before. */
static const char *place_of(const char *id, void *materials)
{
    enum place_kind kind = materials_place(materials, id)->kind;
    return kind == PLACE_BOUND ? "999" : materials_word(kind);
}

static void *begin(void *data)
{
    struct worker *w = mem_alloc(1, sizeof *w);
    w->preflight = data;
    w->cursor = record_cursor_new(w->preflight->record, NULL);
    w->engine = engine_new(w->preflight->rules, record_asof(w->preflight->record));
    w->materials = query_context_new(w->preflight->tables);
    return w;
}

static void end(void *state)
{
    struct worker *w = state;
    if (!w)
        return;
    record_cursor_free(w->cursor);
    engine_free(w->engine);
    query_context_free(w->materials);
    free(w);
}

/* What recall knows, or else what the engine finds now. */
static void check_applicant(struct worker *w, const struct applicant *who, struct diag *diag,
                            struct engine_facts *facts, struct buffer *sent)
{
    const struct preflight *p = w->preflight;
    struct arena arena = {0};

    if (p->recall && p->recall(p->data, who, diag, facts, sent))
        return;
    query_context_begin(w->materials, who->node, record_asof(p->record));
    engine_set_pages(w->engine, place_of,
                     materials_list(p->sections, w->materials, who->node, &arena));
    engine_check_applicant(w->engine, who, facts, diag);
    if (p->keep)
        p->keep(p->data, who, diag, facts);
    arena_free(&arena);
}

static void run(void *state, size_t number, struct buffer *result)
{
    struct worker *w = state;
    struct applicant who;
    struct diag diag = {0};
    struct engine_facts facts = {0};
    struct buffer sent = {0};

    if (record_reread(w->cursor, w->preflight->indices[number], &who, &diag))
        check_applicant(w, &who, &diag, &facts, &sent);
    else
        who = (struct applicant){.id = "", .name = "", .unit = "", .unit_name = ""};
    pack_bytes(result, sent.data, sent.len);
    pack_text(result, who.id);
    pack_text(result, who.name);
    pack_text(result, who.unit);
    pack_text(result, who.unit_name);
    pack_number(result, diag.n);
    for (size_t i = 0; i < diag.n; i++)
        pack_finding(result, &diag.list[i], w->preflight->languages);
    pack_bytes(result, facts.list, facts.n * sizeof *facts.list);
    free(facts.list);
    diag_clear(&diag);
    buffer_clear(&sent);
}

/* --- putting together --- */

/* All workers' results as they come in. */
struct collection {
    const struct preflight *preflight;
    struct check_report *report;
    struct engine_claim *claims; /* free() it */
    size_t n_claims, cap_claims;
    struct diag *diag;
    struct worker_end {
        enum workers_end end;
        const char *file; /* that was being read when the process ended; NULL: it has not */
    } * ends;             /* by applicant */
    struct arena arena;   /* of the files' names */
};

/* false: it is not whole. */
static bool unpack(struct collection *c, size_t number, const struct buffer *result)
{
    const struct preflight *preflight = c->preflight;
    struct check_report *r = c->report;
    struct arena *a = &r->batch.arena, strings = {0};
    struct check_person *p = &r->people[number];
    struct parcel parcel = parcel_of(result);
    size_t len;
    const void *sent = unpack_bytes(&parcel, &len);

    if (preflight->ended)
        preflight->ended(preflight->data, number, sent, len);
    p->id = unpack_text(&parcel, a);
    p->name = unpack_text(&parcel, a);
    p->unit = intern(&r->strings, a, unpack_text(&parcel, &strings));
    p->unit_name = intern(&r->strings, a, unpack_text(&parcel, &strings));
    for (size_t n = unpack_number(&parcel); n > 0 && !parcel.broken; n--) {
        struct finding f = unpack_finding(&parcel, &strings);
        if (!parcel.broken && f.fault == FAULT_SYSTEM && f.severity == SEVERITY_ERROR) {
            diag_pass(c->diag, &f);
            p->n_ended += f.ended;
        } else if (!parcel.broken) {
            check_add(r, p, f, preflight->show_ids);
        }
    }
    const unsigned char *facts = unpack_bytes(&parcel, &len);
    for (size_t at = 0; at + sizeof(struct engine_fact) <= len; at += sizeof(struct engine_fact)) {
        struct engine_fact fact;
        memcpy(&fact, facts + at, sizeof fact);
        *MEM_PUSH(c->claims, c->n_claims, c->cap_claims) = (struct engine_claim){fact, number};
    }
    arena_free(&strings);
    return !parcel.broken;
}

static int by_id(const void *a, const void *b)
{
    const struct check_person *x = *(struct check_person *const *)a,
                              *y = *(struct check_person *const *)b;
    return strcmp(x->id, y->id);
}

/* sorted: all of the report's people. */
static struct check_person *person(struct check_person *const *sorted, size_t n, const char *id)
{
    const struct check_person key = {.id = id}, *wanted = &key;
    struct check_person *const *found =
        id && n ? bsearch(&wanted, sorted, n, sizeof *sorted, by_id) : NULL;
    return found ? *found : NULL;
}

void preflight_distribute(const struct preflight *preflight, struct check_report *r,
                          const struct diag *from)
{
    struct arena *a = &r->batch.arena;
    struct check_person **sorted = mem_alloc(r->n + 1, sizeof *sorted);
    for (size_t i = 0; i < r->n; i++)
        sorted[i] = &r->people[i];
    qsort(sorted, r->n, sizeof *sorted, by_id);
    for (size_t i = 0; i < from->n; i++) {
        struct finding f = from->list[i];
        struct check_person *p = person(sorted, r->n, f.applicant);
        bool narrowed = preflight->options->n_applicants || preflight->options->n_units;
        if (!p && f.applicant && (narrowed || !preflight->whole))
            continue; /* of somebody who was not asked for */
        if (!p) {
            for (int l = 0; l < LANGUAGE_COUNT && !preflight->show_ids; l++)
                f.text[l] = id_number_mask(a, f.text[l]);
            diag_pass(&r->batch, &f);
            continue;
        }
        check_add(r, p, f, preflight->show_ids);
    }
    free(sorted);
}

static bool has_applicant(const char *unit, void *data)
{
    const struct check_report *r = data;
    for (size_t i = 0; i < r->n; i++)
        if (r->people[i].unit && !strcmp(r->people[i].unit, unit))
            return true;
    return false;
}

struct naming {
    const struct check_report *report;
    struct arena *arena;
};

static const char *name_of(size_t order, void *data)
{
    const struct naming *n = data;
    const struct check_person *p = &n->report->people[order];
    return arena_printf(n->arena, "%s %s", p->id, p->name);
}

static bool going(void *data)
{
    const struct collection *c = data;
    return !c->preflight->going || c->preflight->going(c->preflight->data);
}

/* What applicants hold beside each other, and the rules on what they share. */
static void check_shared(struct collection *c, struct diag *diag)
{
    const struct preflight *preflight = c->preflight;
    struct check_report *r = c->report;
    struct arena arena = {0};
    struct naming naming = {r, &arena};
    struct engine_conflict *conflicts;
    struct applicant who;
    struct engine *engine = engine_new(preflight->rules, record_asof(preflight->record));
    struct record_cursor *cursor = record_cursor_new(preflight->record, diag);
    size_t n = engine_compare(engine, c->claims, c->n_claims, &arena, &conflicts);

    for (size_t i = 0, end; i < n && going(c); i = end) {
        for (end = i + 1; end < n && conflicts[end].order == conflicts[i].order;)
            end++;
        if (record_seek(cursor, preflight->indices[conflicts[i].order], &who))
            engine_report_conflicts(engine, &who, &conflicts[i], end - i, name_of, &naming, diag);
    }
    engine_check_shared(engine, preflight->record, has_applicant, r, diag);
    record_cursor_free(cursor);
    engine_free(engine);
    arena_free(&arena);
}

static void ended(void *data, size_t number, enum workers_end end, struct buffer *result)
{
    struct collection *c = data;
    const struct preflight *p = c->preflight;
    if (end == WORKERS_DONE && !unpack(c, number, result))
        end = WORKERS_DIED;
    else if (end != WORKERS_DONE && p->ended)
        p->ended(p->data, number, NULL, 0);
    c->ends[number].end = end;
    if (end != WORKERS_DONE)
        c->ends[number].file = arena_strdup(&c->arena, workers_noted());
    buffer_clear(result);
}

/* Whose check ended a process: it is an error of theirs, like every file that cannot be read,
 * unless the machine failed. */
static void report_worker(struct collection *c, size_t number, struct record_cursor *cursor)
{
    const struct worker_fault fault = {.task = WORKER_CHECK,
                                       .end = c->ends[number].end,
                                       .file = c->ends[number].file,
                                       .limits = {c->preflight->seconds, 0}};
    struct check_report *r = c->report;
    struct arena *a = &r->batch.arena;
    struct check_person *p = &r->people[number];
    struct finding f = {.rule = "R76"};
    struct applicant who;
    struct diag diag = {0};

    free(p->list);
    *p = (struct check_person){.id = "", .name = "", .unit = "", .unit_name = ""};
    if (record_seek(cursor, c->preflight->indices[number], &who)) {
        diag.context = (struct diag_context){.applicant = who.id, who.name, who.unit};
        p->id = arena_strdup(a, who.id);
        p->name = arena_strdup(a, who.name);
        p->unit = arena_strdup(a, who.unit);
        p->unit_name = arena_strdup(a, who.unit_name);
        f.at = who.at;
    }
    worker_fault(&diag, f, &fault);
    p->n_ended = fault.end == WORKERS_KILLED;
    if (fault.end == WORKERS_REFUSED)
        ; /* said of all at once */
    else if (diag.system_faults)
        diag_append(c->diag, &diag);
    else
        check_add(r, p, diag.list[0], true);
    diag_clear(&diag);
}

/* false: it was stopped, or the system gave no process. */
static bool check_each(struct collection *c)
{
    const struct preflight *preflight = c->preflight;
    size_t n = c->report->n;
    struct workers_job job = {begin, run, end, (void *)preflight};
    struct workers_watch watch = {
        .seconds = preflight->seconds, .ended = ended, .going = going, .data = c};
    struct buffer *results = mem_alloc(n + 1, sizeof *results);

    c->ends = mem_alloc(n + 1, sizeof *c->ends);
    for (size_t i = 0; i < n; i++)
        c->ends[i].end = WORKERS_DIED; /* as long as nothing else is known */
    qpdf_load(); /* nearly every batch cites a PDF: once here, not once a worker */
    bool ok = workers_watched(&job, &watch, n, preflight->options->jobs, results);
    if (!ok)
        worker_fault(c->diag, (struct finding){0}, &(struct worker_fault){.end = WORKERS_REFUSED});
    for (size_t i = 0; i < n; i++) /* nobody has begun with them */
        if (!ok && c->ends[i].end == WORKERS_DIED && !c->ends[i].file)
            c->ends[i].end = WORKERS_REFUSED;
    ok = ok && going(c);
    struct record_cursor *cursor = record_cursor_new(preflight->record, c->diag);
    for (size_t i = 0; i < n; i++)
        if (c->ends[i].end != WORKERS_DONE)
            report_worker(c, i, cursor);
    record_cursor_free(cursor);
    free(results);
    free(c->ends);
    arena_free(&c->arena);
    return ok;
}

bool preflight_people(const struct preflight *preflight, struct check_report *r,
                      const struct diag *first_pass, struct diag *diag)
{
    struct collection c = {.preflight = preflight, .report = r, .diag = diag};
    struct diag shared = {0};
    bool ok = check_each(&c);

    if (preflight->whole)
        check_shared(&c, &shared);
    free(c.claims);
    preflight_distribute(preflight, r, first_pass);
    preflight_distribute(preflight, r, &shared);
    diag_clear(&shared);
    for (size_t i = 0; i < r->n; i++)
        check_sort(r->people[i].list, r->people[i].n);
    check_sort(r->batch.list, r->batch.n);
    return ok && going(&c);
}

bool preflight_batch(struct preflight *preflight, struct record *record, struct check_report *r,
                     const struct diag *first_pass, struct diag *diag)
{
    if (first_pass->system_faults) {
        diag_append(diag, first_pass);
        return false;
    }
    if (record) {
        r->asof = record_asof(record);
        r->n = record_count(record);
        r->people = ARENA_ARRAY(&r->batch.arena, struct check_person, r->n + 1);
        preflight->record = record;
        preflight->indices = record_indices(record);
        preflight_people(preflight, r, first_pass, diag);
    } else {
        preflight_distribute(preflight, r, first_pass);
        check_sort(r->batch.list, r->batch.n);
    }
    for (int i = 0; i < SEVERITY_COUNT; i++)
        r->count[i] += r->batch.count[i];
    return true;
}
