/* report.c - see report.h. */
#include "package/report.h"

#include "core/finding_json.h"
#include "core/output.h"
#include "core/strings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct package_report *report_new(const struct package *p)
{
    struct package_report *r = mem_alloc(1, sizeof *r);
    r->package = p;
    r->check = (struct check_report){.asof = record_asof(p->record),
                                     .stage = p->own->stage,
                                     .strict = p->options->strict,
                                     .language = p->options->report_language,
                                     .n = p->batch->n_chosen};
    r->check.people = ARENA_ARRAY(&r->check.batch.arena, struct check_person, r->check.n + 1);
    return r;
}

void report_free(struct package_report *r)
{
    if (!r)
        return;
    check_clear(&r->check);
    free(r);
}

static bool is_complete(const struct package_report *r, size_t chosen)
{
    return r->package->results->people[r->package->batch->chosen[chosen]->number].complete;
}

size_t report_complete(const struct package_report *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->package->batch->n_chosen; i++)
        n += is_complete(r, i);
    return n;
}

/* --- findings --- */

/* What a worker has found: what kept an applicant or group from being made, and of each
 * document. All are whose's. */
static void all_findings(const struct buffer *result, struct src_pos home,
                         struct diag_context whose, struct diag *diag)
{
    struct arena arena = {0};
    struct result parts;
    struct result_document d;

    if (result_open(&parts, result))
        unpack_findings(&parts.findings, diag);
    while (result_next(&parts, &d)) {
        const struct json_value *line = d.findings ? json_parse(&arena, d.line, d.len) : NULL,
                                *list = json_member(line, "findings");
        for (const struct json_value *f = list ? list->children : NULL; f; f = f->next)
            finding_json_recall(f, home, diag);
    }
    for (size_t i = 0; i < diag->n; i++) {
        diag->list[i].applicant = whose.applicant;
        diag->list[i].name = whose.name;
        diag->list[i].unit = whose.unit;
    }
    arena_free(&arena);
}

static void person_findings(const struct package_report *r, const struct person *person,
                            struct diag *diag)
{
    struct buffer result = {0};
    results_person(r->package->results, person->number, &result);
    all_findings(&result, person->at,
                 (struct diag_context){person->id, person->name, person->unit, NULL}, diag);
    buffer_clear(&result);
}

static void group_findings(const struct package_report *r, size_t number, struct diag *diag)
{
    const struct people_group *d = &r->package->batch->groups[number];
    all_findings(&r->package->results->groups[number].bytes, d->at,
                 (struct diag_context){d->id, d->name, "", NULL}, diag);
}

static bool is_system_fault(const struct finding *f)
{
    return f->fault == FAULT_SYSTEM && f->severity == SEVERITY_ERROR;
}

static void merge_person(struct package_report *r, size_t chosen)
{
    struct check_person *checked = &r->check.people[chosen];
    struct diag diag = {0};

    person_findings(r, r->package->batch->chosen[chosen], &diag);
    for (size_t i = 0; i < diag.n; i++)
        if (is_system_fault(&diag.list[i]))
            diag_pass(r->package->diag, &diag.list[i]);
        else if (!check_has(checked->list, checked->n, &diag.list[i])) /* check lays out, too */
            check_add(&r->check, checked, diag.list[i], true);
    check_sort(checked->list, checked->n);
    diag_clear(&diag);
}

void report_merge_findings(struct package_report *r)
{
    const struct package *p = r->package;

    for (size_t i = 0; i < p->batch->n_chosen; i++)
        merge_person(r, i);
    for (size_t i = 0; i < p->batch->n_groups; i++) {
        struct diag diag = {0};
        group_findings(r, i, &diag);
        for (size_t k = 0; k < diag.n; k++)
            diag_pass(is_system_fault(&diag.list[k]) ? p->diag : &r->check.batch, &diag.list[k]);
        diag_clear(&diag);
    }
    for (int i = 0; i < SEVERITY_COUNT; i++)
        r->check.count[i] += r->check.batch.count[i];
}

/* --- report.json --- */

static const char *const facts[] = {"pages", "copies", "paper", "seals", "sha256", "partial", NULL};
static const char *const notes[] = {"fitted", "fallback", "ledger", NULL};

/* Of all that was made, line after line: the documents, and then what they say of themselves. */
static void put_documents(struct json *j, const struct package_report *r,
                          const struct owner_changes *owner, const struct buffer *result)
{
    const struct package *p = r->package;
    struct arena arena = {0};
    const struct json_value **lines = NULL;
    size_t n = 0, cap = 0;
    struct result parts;
    struct result_document d;

    json_open(j, "documents", '[');
    result_open(&parts, result);
    while (result_next(&parts, &d)) {
        const struct json_value *v = json_parse(&arena, d.line, d.len);
        *ARENA_PUSH(&arena, lines, n, cap) = v;
        json_open(j, NULL, '{');
        json_string(j, "kind", json_member_text(v, "kind"));
        json_string(j, "title", json_member_text(v, "title"));
        const char *path = package_path(p, &arena, owner->folder, &d);
        json_string(j, "file", path);
        if (r->changes)
            change_json(j, r->changes, owner, path, &d);
        for (const char *const *f = facts; *f; f++)
            if (json_member(v, *f))
                json_put(j, *f, json_member(v, *f));
        json_close(j, '}');
    }
    if (r->changes)
        changes_json_removed(j, r->changes, owner);
    json_close(j, ']');
    for (const char *const *name = notes; *name; name++) {
        json_open(j, *name, '[');
        for (size_t i = 0; i < n; i++) {
            const struct json_value *list = json_member(lines[i], *name);
            for (const struct json_value *v = list ? list->children : NULL; v; v = v->next)
                json_put(j, NULL, v);
        }
        json_close(j, ']');
    }
    arena_free(&arena);
}

static void put_person(struct json *j, const struct package_report *r, size_t chosen)
{
    const struct package *p = r->package;
    const struct person *person = p->batch->chosen[chosen];
    const struct check_person *checked = &r->check.people[chosen];
    struct buffer result = {0};

    results_person(p->results, person->number, &result);
    json_open(j, NULL, '{');
    json_string(j, "id", person->id);
    json_string(j, "name", person->name);
    json_string(j, "unit", person->unit);
    json_string(j, "status", check_status(!is_complete(r, chosen), checked->count));
    json_string(j, "folder", person->folder);
    check_json_findings(j, checked->list, checked->n, p->options->report_language);
    put_documents(j, r, &(struct owner_changes){.id = person->id, .folder = person->folder},
                  &result);
    json_close(j, '}');
    buffer_clear(&result);
}

static void put_group(struct json *j, const struct package_report *r, size_t number)
{
    const struct package *p = r->package;
    const struct people_group *d = &p->batch->groups[number];
    struct diag diag = {0};

    group_findings(r, number, &diag);
    json_open(j, NULL, '{');
    json_string(j, "id", d->id);
    json_string(j, "name", d->name);
    json_string(j, "status", check_status(!p->results->groups[number].complete, diag.count));
    json_string(j, "folder", d->folder);
    check_json_findings(j, diag.list, diag.n, p->options->report_language);
    put_documents(j, r,
                  &(struct owner_changes){.scope = d->scope, .id = d->id, .folder = d->folder},
                  &p->results->groups[number].bytes);
    json_close(j, '}');
    diag_clear(&diag);
}

static void put_groups(struct json *j, const struct package_report *r, enum record_scope scope)
{
    static const char *const words[SCOPE_COUNT] = {"applicants", "units", "delegations", "batch"};
    const struct batch *b = r->package->batch;
    bool open = false;

    for (size_t i = 0; i < b->n_groups; i++) {
        if (b->groups[i].scope != scope)
            continue;
        if (!open)
            json_open(j, words[scope], '[');
        open = true;
        put_group(j, r, i);
    }
    if (open)
        json_close(j, ']');
}

static void put_counts(struct json *j, const struct package_report *r)
{
    size_t written = report_complete(r);
    json_open(j, "counts", '{');
    json_integer(j, "applicants", (long long)r->check.n);
    json_integer(j, "written", (long long)written);
    json_integer(j, "failed", (long long)(r->check.n - written));
    check_json_counts(j, r->check.count);
    json_close(j, '}');
}

static void put_stale(struct json *j, const struct tree_paths *paths)
{
    if (!paths || paths->n == 0)
        return;
    json_open(j, "stale", '[');
    for (size_t i = 0; i < paths->n; i++)
        json_string(j, NULL, paths->list[i]);
    json_close(j, ']');
}

static void write_json(const struct package_report *r, const struct tree_paths *stale,
                       struct buffer *out)
{
    const struct package *p = r->package;
    const struct diag *batch[] = {&r->check.batch, p->diag};
    struct json j = {.out = out};

    json_open(&j, NULL, '{');
    json_integer(&j, "version", 1);
    json_string(&j, "program", "package");
    json_string(&j, "asof", r->check.asof);
    json_string(&j, "stage", r->check.stage);
    if (r->changes && r->rework)
        rework_json(&j, r->rework, p->options->report_language);
    if (r->changes)
        changes_json(&j, r->changes);
    put_counts(&j, r);
    finding_json_overlays(&j);
    finding_json_about(&j, batch, 2, NULL, p->options->report_language);
    check_json_common(&j, &r->check);
    json_open(&j, "applicants", '[');
    for (size_t i = 0; i < r->check.n; i++)
        put_person(&j, r, i);
    json_close(&j, ']');
    for (enum record_scope scope = SCOPE_UNIT; scope < SCOPE_COUNT; scope++)
        put_groups(&j, r, scope);
    put_stale(&j, stale);
    json_close(&j, '}');
}

/* --- the page --- */

static void add_link(struct check_links *to, struct check_document d)
{
    d.title = d.print || to->whole_names ? d.href : path_leaf(d.href);
    *ARENA_PUSH(&to->arena, to->list, to->n, to->cap) = d;
}

/* Of a paper that is many files, the folder that they are in, and what lies beside it. */
static void link_documents(const struct package *p, const char *folder, const struct buffer *result,
                           struct check_links *to)
{
    const struct catalogue_paper *papers;
    struct result parts;
    struct result_document d;
    const char *within = NULL;
    size_t files = 0;

    catalogue_papers(p->catalogue, &papers);
    result_open(&parts, result);
    while (result_next(&parts, &d)) {
        const char *path = package_path(p, &to->arena, folder, &d);
        const struct catalogue_paper *paper = &papers[d.paper];
        bool printed = d.pages > 0 && paper->print != PRINT_NOT;
        size_t depth = d.leaf ? strcspn(d.leaf, "/") : 0;
        if (d.leaf && d.leaf[depth]) {
            within = arena_strndup(&to->arena, path, strlen(path) - strlen(d.leaf) + depth + 1);
            files++;
            continue;
        }
        add_link(to, (struct check_document){.href = path,
                                             .pages = d.pages,
                                             .copies = printed ? paper->loose_copies : 0,
                                             .duplex = paper->duplex,
                                             .paper = arena_strdup(&to->arena, d.media)});
    }
    if (files)
        *ARENA_PUSH(&to->arena, to->list, to->n, to->cap) = (struct check_document){
            .title = arena_printf(&to->arena, "%s (%zu)", within + strlen(folder) + 1, files),
            .href = within};
}

/* A document's address is its own name in the tree. */
static void link_papers(void *data, size_t chosen, struct check_links *to)
{
    const struct package_report *r = data;
    const struct package *p = r->package;
    const struct batch *b = p->batch;
    struct buffer result = {0};

    if (chosen < b->n_chosen) {
        results_person(p->results, b->chosen[chosen]->number, &result);
        link_documents(p, b->chosen[chosen]->folder, &result, to);
        buffer_clear(&result);
        return;
    }
    to->whole_names = true; /* each delegation has files of these names */
    for (size_t i = 0; i < b->n_groups; i++)
        link_documents(p, b->groups[i].folder, &p->results->groups[i].bytes, to);
    for (size_t i = 0; i < r->prints->n; i++)
        add_link(to, (struct check_document){.href = r->prints->list[i], .print = true});
}

static bool put_report(const struct package *p, const char *path, struct buffer *bytes)
{
    return tree_put(p->tree, &(struct tree_file){.path = path, .bytes = bytes}, p->diag);
}

/* The report that was asked for, which says what has changed. */
static bool copy_report(struct package_report *r, const struct tree_paths *stale,
                        const struct changes *changes)
{
    const struct package *p = r->package;
    struct buffer json = {.spool = tree_spool(p->tree, "report.json", p->diag)};
    r->changes = changes;
    write_json(r, stale, &json);
    r->changes = NULL;
    buffer_flush(&json);
    bool ok =
        spool_ok(json.spool) && output_copy(p->options->report, spool_fd(json.spool), p->diag);
    spool_free(json.spool);
    buffer_clear(&json);
    return ok;
}

static void write_changes_json(const struct package_report *r, const struct changes *c,
                               struct buffer *out)
{
    const struct package *p = r->package;
    struct json j = {.out = out};
    json_open(&j, NULL, '{');
    json_integer(&j, "version", 1);
    json_string(&j, "program", "package");
    json_string(&j, "since", p->own->since);
    if (r->rework)
        rework_json(&j, r->rework, p->options->report_language);
    changes_json(&j, c);
    json_close(&j, '}');
}

/* Into the tree, but not into its manifest. */
static bool put_beside(const struct package *p, const char *path, struct buffer *bytes)
{
    struct arena arena = {0};
    const char *place = tree_path(p->tree, &arena, path);
    bool written;

    buffer_flush(bytes);
    bool ok = spool_ok(bytes->spool)
                  ? output_update_name(place, spool_fd(bytes->spool), &written, p->diag)
                  : output_failed(place, p->diag);
    arena_free(&arena);
    return ok;
}

static bool is_readable(const struct package *p, const char *path)
{
    struct arena arena = {0};
    bool is = access(tree_path(p->tree, &arena, path), R_OK) == 0;
    arena_free(&arena);
    return is;
}

/* What tells of the run stays where nothing has happened, so that it tells of the run that changed
 * something until another does. Of a first run it lists all that there is. */
static bool write_changes(const struct package_report *r, const struct changes *c)
{
    const struct package *p = r->package;

    if (!c->any && !r->rework && !p->own->since && is_readable(p, MANIFEST_CHANGES_JSON) &&
        is_readable(p, MANIFEST_CHANGES_HTML))
        return true;
    struct buffer json = {.spool = tree_spool(p->tree, MANIFEST_CHANGES_JSON, p->diag)},
                  html = {.spool = tree_spool(p->tree, MANIFEST_CHANGES_HTML, p->diag)};
    write_changes_json(r, c, &json);
    changes_write_html(c, r->rework, &html);
    bool ok =
        put_beside(p, MANIFEST_CHANGES_JSON, &json) && put_beside(p, MANIFEST_CHANGES_HTML, &html);
    spool_free(json.spool);
    spool_free(html.spool);
    buffer_clear(&json);
    buffer_clear(&html);
    return ok;
}

bool report_write(struct package_report *r, const struct tree_paths *prints,
                  const struct tree_paths *stale, const struct changes *changes)
{
    const struct package *p = r->package;
    struct buffer json = {.spool = tree_spool(p->tree, "report.json", p->diag)},
                  html = {.spool = tree_spool(p->tree, "report.html", p->diag)};

    write_json(r, stale, &json);
    r->prints = prints;
    r->check.links = link_papers;
    r->check.changes = MANIFEST_CHANGES_HTML;
    r->check.data = r;
    check_html(&r->check, &html);
    bool ok = put_report(p, "report.json", &json) && put_report(p, "report.html", &html) &&
              write_changes(r, changes);
    if (p->options->report)
        ok = copy_report(r, stale, changes) && ok;
    spool_free(json.spool);
    spool_free(html.spool);
    buffer_clear(&json);
    buffer_clear(&html);
    return ok;
}

void report_write_part(struct package_report *r, const struct changes *changes)
{
    if (r->package->options->report)
        copy_report(r, NULL, changes);
}
