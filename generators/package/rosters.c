/* rosters.c - see rosters.h. They are made only when something that they show has changed, since
 * all applicants are read for them; and in a process of its own, since each is laid out as a whole.
 */
#include "package/rosters.h"

#include "core/worker_fault.h"
#include "package/keys.h"
#include "sheet/roster.h"

#include <string.h>

/* All rosters of one kind. */
struct rosters {
    const struct package *package;
    unsigned paper;   /* the catalogue's number */
    const char *name; /* its */
    enum record_scope scope;
    bool workbook;
    /* In the process that makes them: */
    struct diag diag;    /* of writing them */
    struct buffer *sent; /* each that was written: its group's number, and as in its result */
    size_t n;
    bool *listed;                     /* who of the record is in a roster */
    const struct roster_made *roster; /* that is being written */
    const struct key *key;
};

static void describe(struct json *j, const void *data)
{
    const struct rosters *rosters = data;
    const struct roster_made *r = rosters->roster;
    if (r->pages)
        json_integer(j, "pages", (long long)r->pages);
    json_integer(j, "copies", r->copies);
    json_string(j, "kind", rosters->name);
    json_string(j, "title", r->title);
    json_string(j, "paper", r->paper);
    json_string(j, "seals", r->seals);
    json_integer(j, "rows", (long long)r->rows);
    json_string(j, batch_scope_word(rosters->scope), r->party);
    json_string(j, "looks", r->looks);
    if (r->quiet) /* else it is made again, to tell it again */
        key_write(j, rosters->key);
}

static void write_roster(void *data, const struct roster_made *roster)
{
    struct rosters *r = data;
    const struct package *p = r->package;
    const struct batch *b = p->batch;
    struct arena arena = {0};
    struct buffer result = {0};
    size_t i = 0;

    while (i < b->n_groups &&
           (b->groups[i].scope != r->scope || strcmp(b->groups[i].id, roster->party)))
        i++;
    if (i == b->n_groups)
        return;
    struct key key = keys_roster(p->keys, &b->groups[i]);
    struct tree_file file = {.bytes = (struct buffer *)roster->bytes,
                             .describe = describe,
                             .data = r,
                             .document = {.paper = r->paper,
                                          .workbook = r->workbook,
                                          .pages = (unsigned)roster->pages,
                                          .copies = (unsigned)roster->copies},
                             .result = &result};
    r->roster = roster;
    r->key = &key;
    snprintf(file.document.media, sizeof file.document.media, "%s", roster->paper);
    file.path = package_path(p, &arena, b->groups[i].folder, &file.document);
    if (tree_put(p->tree, &file, &r->diag)) {
        pack_number(r->sent, i);
        buffer_add(r->sent, result.data, result.len);
        r->n++;
    }
    buffer_clear(&result);
    arena_free(&arena);
}

/* Are all of the kind there? Then they go into the results; in a dry run also those that are not.
 */
static bool keep_rosters(const struct package *p, unsigned paper, enum record_scope scope,
                         bool workbook)
{
    const struct batch *b = p->batch;
    struct arena arena = {0};
    struct result_document *all = ARENA_ARRAY(&arena, struct result_document, b->n_groups + 1);
    bool there = true;

    for (size_t i = 0; i < b->n_groups; i++) {
        struct result_document *d = &all[i];
        if (b->groups[i].scope != scope || b->groups[i].n_listed == 0)
            continue; /* that it is withheld is told with the letter */
        *d = (struct result_document){.paper = paper, .workbook = workbook};
        struct key key = keys_roster(p->keys, &b->groups[i]);
        const char *path = package_path(p, &arena, b->groups[i].folder, d),
                   *reason = keys_reason(p->keys, path, &key, 0, &arena, d);
        if (reason) {
            d->state = DOCUMENT_DUE;
            d->line = reason;
            d->len = strlen(reason);
        }
        there = there && !reason;
    }
    for (size_t i = 0; i < b->n_groups && (there || p->own->dry_run); i++)
        if (b->groups[i].scope == scope && b->groups[i].n_listed > 0)
            results_add_document(p->results, i, &all[i]);
    arena_free(&arena);
    return there || p->own->dry_run;
}

/* Is the applicant of that number in the record in its group's roster? */
static bool is_listed(const void *data, size_t number)
{
    const struct rosters *r = data;
    return r->listed[number];
}

static void list_people(struct rosters *r, struct arena *arena)
{
    const struct batch *b = r->package->batch;
    r->listed = ARENA_ARRAY(arena, bool, b->n_people + 1);
    for (size_t i = 0; i < b->n_groups; i++)
        for (size_t k = 0; k < b->groups[i].n && b->groups[i].scope == r->scope; k++)
            r->listed[b->groups[i].members[k]->number] =
                batch_is_listed(b->groups[i].members[k], &b->groups[i]);
}

static void make_alone(void *data, struct buffer *result)
{
    struct rosters *r = data;
    const struct package *p = r->package;
    const struct catalogue_paper *papers;
    catalogue_papers(p->catalogue, &papers);
    struct roster_request request = {.options = p->options,
                                     .templates = p->papers->templates,
                                     .name = papers[r->paper].name,
                                     .record = p->record,
                                     .fonts = p->papers->fonts,
                                     .tables = p->papers->tables,
                                     .print = !r->workbook,
                                     .is_listed = is_listed,
                                     .data = r};
    struct diag found = {.strict = p->options->strict};
    struct buffer sent = {0};
    struct arena arena = {0};

    list_people(r, &arena);
    r->sent = &sent;
    r->name = request.name;
    bool ok = roster_make(&request, write_roster, r, &found);
    diag_append(&found, &r->diag);
    pack_number(result, ok);
    pack_findings(result, &found);
    pack_number(result, r->n);
    buffer_add(result, sent.data, sent.len);
    arena_free(&arena);
}

/* Into the groups' results and the manifest, where they were intended already. Did all go
 * well? */
static bool unpack_rosters(const struct package *p, const struct buffer *sent, struct diag *found)
{
    struct parcel parcel = parcel_of(sent);
    bool ok = unpack_number(&parcel) != 0;

    unpack_findings(&parcel, found);
    for (size_t n = unpack_number(&parcel); n > 0; n--) {
        size_t group = unpack_number(&parcel);
        struct result_document d;
        if (!result_unpack(&parcel, &d))
            return false;
        results_add_document(p->results, group, &d);
        manifest_take(p->tree->manifest, d.line, d.len);
    }
    return ok;
}

/* The findings of workbook and print are the same, and each is reported once. false: some were not
 * made. */
static bool make_rosters(const struct package *p, unsigned paper, enum record_scope scope,
                         bool workbook)
{
    enum { MOST_SECONDS = 3600 };
    const struct workers_limits limits = {MOST_SECONDS, (size_t)6 << 30};
    struct rosters r = {.package = p, .paper = paper, .scope = scope, .workbook = workbook};
    struct diag found = {.strict = p->options->strict};
    struct buffer sent = {0};
    enum workers_end end = workers_alone(make_alone, &r, limits, &sent);
    bool ok =
        end == WORKERS_DONE
            ? unpack_rosters(p, &sent, &found)
            : worker_fault(&found, (struct finding){0},
                           &(struct worker_fault){
                               .task = WORKER_ROSTERS, .end = end, .limits = {MOST_SECONDS, 0}});

    if (!workbook || diag_failed(&found))
        diag_append(p->diag, &found);
    ok = ok && !diag_failed(&found);
    diag_clear(&found);
    buffer_clear(&sent);
    return ok;
}

/* Workbooks and prints. */
static bool make_both(const struct package *p, unsigned paper, enum record_scope scope)
{
    return (keep_rosters(p, paper, scope, true) || make_rosters(p, paper, scope, true)) &&
           !*p->stopped &&
           (keep_rosters(p, paper, scope, false) || make_rosters(p, paper, scope, false));
}

bool rosters_make(const struct package *p)
{
    const struct catalogue_paper *papers;
    size_t n = catalogue_papers(p->catalogue, &papers);
    bool ok = true;

    for (unsigned i = 0; i < n; i++)
        if (papers[i].sheet)
            ok = make_both(p, i, papers[i].scope) && ok;
    return ok;
}
