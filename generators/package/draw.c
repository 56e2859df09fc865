/* draw.c - what a worker of package does with one applicant, and with one group of them: which
 * papers, are they there already, and if not, drawn and written. An applicant's papers are all
 * written or none. */
#include "package/draw.h"

#include "core/finding_json.h"
#include "core/output.h"
#include "package/kit_documents.h"
#include "papers/report.h"
#include "record/gather.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct worker {
    const struct draw_job *job;
    struct record_cursor *cursor;
    struct query_context *query;
};

static void *begin(void *data)
{
    struct worker *w = mem_alloc(1, sizeof *w);
    w->job = data;
    w->cursor = record_cursor_new(w->job->package->record, NULL);
    w->query = query_context_new(w->job->package->papers->tables);
    return w;
}

static struct task begin_task(const struct worker *w, struct src_pos home, const char *folder,
                              struct diag_context whose)
{
    const struct package *p = w->job->package;
    return (struct task){.package = p,
                         .query = w->query,
                         .diag = {.strict = p->options->strict, .context = whose},
                         .home = home,
                         .folder = folder,
                         .dir = "."};
}

struct planned_document *task_plan(struct task *t, size_t paper, const struct key *key,
                                   const char *leaf)
{
    const struct package *p = t->package;
    const struct catalogue_paper *papers;
    struct planned_document *d = ARENA_PUSH(&t->arena, t->list, t->n, t->cap);

    catalogue_papers(p->catalogue, &papers);
    *d = (struct planned_document){.paper = &papers[paper], .key = *key, .file = -1};
    d->result = (struct result_document){.paper = (unsigned)paper, .leaf = leaf};
    d->path = package_path(p, &t->arena, t->folder, &d->result);
    int copies = leaf ? 0 : d->paper->copies;
    d->reason = keys_reason(p->keys, d->path, key, copies, &t->arena, &d->result);
    d->result.copies = (unsigned)copies;
    return d;
}

static void list_documents(struct task *t, const struct key *key)
{
    const struct package *p = t->package;
    const struct catalogue_paper *papers;
    size_t n = catalogue_papers(p->catalogue, &papers);

    t->n = 0;
    for (size_t i = 0; i < n; i++) {
        struct key own = *key;
        if (papers[i].scope != t->scope || papers[i].sheet ||
            !catalogue_needs(&papers[i], t->query, t->node))
            continue;
        memcpy(own.template, papers[i].digest, KEY_HEX - 1);
        if (papers[i].folder)
            kit_documents_list(t, i, &own);
        else
            task_plan(t, i, &own, NULL);
    }
}

static bool any_to_make(const struct task *t)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->list[i].reason)
            return !t->package->own->dry_run;
    return false;
}

static void write_line(const struct task *t, struct planned_document *d,
                       const struct document *document, long long bytes, const struct diag *diag)
{
    struct json j = {.out = &d->line, .flat = true};

    json_open(&j, NULL, '{');
    json_string(&j, "path", d->path);
    json_string(&j, "sha256", d->result.sha256);
    json_integer(&j, "bytes", bytes);
    if (d->result.pages) /* a sheet to fill in from has none */
        json_integer(&j, "pages", d->result.pages);
    json_integer(&j, "copies", d->result.copies);
    json_string(&j, "kind", d->paper->name);
    json_string(&j, "title", document->facts.title);
    json_string(&j, "paper", document->facts.paper);
    json_string(&j, "seals", document->facts.seals);
    if (document->partial)
        json_bool(&j, "partial", true);
    json_string(&j, batch_scope_word(t->scope), t->diag.context.applicant);
    json_string(&j, "looks", (const char *)document->looks.data);
    key_write(&j, &d->key);
    if (document->pages)
        report_fits(&j, document->pages, true);
    if (document->report)
        document->report(document->data, &j);
    if (diag->n > 0) {
        json_open(&j, "findings", '[');
        for (size_t i = 0; i < diag->n; i++)
            finding_json_keep(&j, &diag->list[i], t->home);
        json_close(&j, ']');
    }
    json_close(&j, '}');
}

bool task_adopt(struct task *t, struct planned_document *d, struct document *document,
                const struct diag *diag)
{
    struct result_document *r = &d->result;
    long long bytes;

    if (!document_digest(document, r->sha256, &bytes))
        return output_failed(d->path, &t->diag);
    if (document->pages)
        r->pages = (unsigned)document->pages->n;
    buffer_putc(&document->looks, '\0');
    write_line(t, d, document, bytes, diag);
    d->pdf = document->pdf;
    d->file = document->file;
    document->pdf = (struct buffer){0};
    document->file = -1;
    r->state = DOCUMENT_MADE;
    r->findings = diag->n > 0;
    r->partial = document->partial;
    snprintf(r->media, sizeof r->media, "%s", document->facts.paper ? document->facts.paper : "");
    r->line = (const char *)d->line.data;
    r->len = d->line.len;
    return true;
}

static bool cites(const struct task *t, const struct planned_document *d)
{
    return !d->paper->folder && paper_maker_cites(t->package->maker, d->paper->paper);
}

/* planning: what is odd about attachments, which is reported once, with the volume. */
static bool draw_document(struct task *t, struct planned_document *d, const struct diag *planning)
{
    struct paper_maker *maker = t->package->maker;
    const char *near = tree_path(t->package->tree, &t->arena, "volume");
    struct document document;
    struct diag diag = {.strict = t->diag.strict, .context = t->diag.context};

    if (paper_maker_is_volume(maker, d->paper->paper))
        diag_append(&diag, planning);
    diag.context.paper = paper_maker_title(maker, d->paper->paper);
    bool ok = paper_maker_draw(maker, d->paper->paper, near, &diag, &document);
    if (ok)
        ok = task_adopt(t, d, &document, &diag);
    else
        diag_append(&t->diag, &diag);
    document_clear(&document);
    diag_clear(&diag);
    return ok;
}

/* Draws all documents that are to be made. false: reported, and none of them is kept. */
static bool draw_all(struct task *t)
{
    const struct package *p = t->package;
    struct diag planning = {.strict = t->diag.strict, .context = t->diag.context};
    struct attachments opened = {0};
    const struct document_job job = {.query = t->query,
                                     .node = t->node,
                                     .dir = t->dir,
                                     .asof = record_asof(p->record),
                                     .arena = &t->arena,
                                     .diag = &planning,
                                     .looks = true,
                                     .attachments = &opened};
    bool ok = true, cited = false;

    for (size_t i = 0; i < t->n; i++)
        cited = cited || (t->list[i].reason && cites(t, &t->list[i]));
    bool planned = paper_maker_begin(p->maker, &job, cited);
    t->kit.scans.before = &opened;
    for (size_t i = 0; i < t->n; i++) { /* though planning has failed: all mistakes in one run */
        struct planned_document *d = &t->list[i];
        if (!d->reason)
            continue;
        if (d->paper->folder)
            ok = kit_document_make(t, d) && ok;
        else if (planned || !cites(t, d))
            ok = draw_document(t, d, &planning) && ok;
    }
    if (!planned)
        diag_append(&t->diag, &planning);
    paper_maker_end(p->maker);
    t->kit.scans.before = NULL;
    diag_clear(&planning);
    return ok && planned;
}

static bool write_all(struct task *t)
{
    const struct output_tree *tree = t->package->tree;
    struct output_file *files = ARENA_ARRAY(&t->arena, struct output_file, t->n + 1);
    struct buffer lines = {0};
    size_t n = 0;
    bool ok = true;

    for (size_t i = 0; i < t->n; i++) {
        const struct planned_document *d = &t->list[i];
        if (!d->reason)
            continue;
        buffer_add(&lines, d->line.data, d->line.len);
        buffer_putc(&lines, '\n');
        files[n++] = (struct output_file){tree_path(tree, &t->arena, d->path), d->pdf.data,
                                          d->pdf.len, d->file};
    }
    if (n > 0)
        ok = output_make_folder(tree->root, t->folder, &t->diag) && kit_documents_folder(t) &&
             manifest_intend(tree->manifest, (const char *)lines.data, lines.len, &t->diag) &&
             output_update_all(files, n, &t->diag);
    buffer_clear(&lines);
    return ok;
}

static void end_task(struct task *t, bool complete, struct buffer *result)
{
    bool dry_run = t->package->own->dry_run;

    result_begin(result, complete, &t->diag);
    for (size_t i = 0; i < t->n; i++) {
        struct planned_document *d = &t->list[i];
        if (dry_run && d->reason) {
            d->result.state = DOCUMENT_DUE;
            d->result.line = d->reason;
            d->result.len = strlen(d->reason);
        }
        d->result.partial = d->result.partial && !dry_run;
        if (complete && !d->absent)
            result_add(result, &d->result);
        if (d->file >= 0)
            close(d->file);
        buffer_clear(&d->pdf);
        buffer_clear(&d->line);
    }
    kit_documents_end(t);
    diag_clear(&t->diag);
    arena_free(&t->arena);
}

/* Nothing is kept of which nobody can tell what it was made of. */
static bool are_as_they_were(struct task *t)
{
    const char *changed = t->files.n ? keys_changed_file(&t->files, t->who) : NULL;
    return !changed ||
           diag_system(&t->diag, t->home, "“%s”在出材料时被改动；请在改完后重做",
                       "'%s' was changed while the papers were made: run again when it is done",
                       changed);
}

static bool make_all(struct task *t)
{
    return !any_to_make(t) || (draw_all(t) && are_as_they_were(t) && write_all(t));
}

static bool make_person(struct task *t, const struct person *person, const struct applicant *who)
{
    const struct package *p = t->package;
    const struct key key = keys_person(p->keys, person, who, &t->arena, &t->files);

    t->node = who->node;
    t->dir = who->dir;
    t->who = who;
    paper_maker_begin_query(p->maker, t->query, t->node, record_asof(p->record));
    list_documents(t, &key);
    return make_all(t);
}

static void run_person(void *state, size_t number, struct buffer *result)
{
    struct worker *w = state;
    const struct person *person = w->job->people[number];
    struct task t = begin_task(
        w, person->at, person->folder,
        (struct diag_context){.applicant = person->id, .name = person->name, .unit = person->unit});
    struct applicant who = {0};
    bool complete = false;

    if (record_reread(w->cursor, person->number, &who, &t.diag))
        complete = make_person(&t, person, &who);
    end_task(&t, complete, result);
}

/* The group with all its applicants, as its papers see them: only when there is something to make,
 * since it is large. */
static bool gather(struct worker *w, struct task *t, const struct people_group *g,
                   struct gathering **out)
{
    const struct package *p = t->package;
    const struct gathered *found;
    size_t *numbers = ARENA_ARRAY(&t->arena, size_t, g->n + 1), n = 0;

    for (size_t i = 0; i < g->n; i++)
        if (batch_is_listed(g->members[i], g))
            numbers[n++] = g->members[i]->number;
    *out = record_gather_one(p->record, &w->cursor, g->scope, numbers, n,
                             catalogue_elements(p->catalogue), &t->diag);
    if (!*out || gathering_list(*out, &found) != 1)
        return false;
    t->node = found->node;
    paper_maker_begin_query(p->maker, t->query, t->node, record_asof(p->record));
    return true;
}

/* Does it depend on the group whether it gets each of its papers? */
static bool papers_depend(const struct package *p, enum record_scope scope)
{
    const struct catalogue_paper *papers;
    size_t n = catalogue_papers(p->catalogue, &papers);
    for (size_t i = 0; i < n; i++)
        if (papers[i].scope == scope && !papers[i].sheet && papers[i].when)
            return true;
    return false;
}

static bool make_group(struct worker *w, struct task *t, const struct people_group *g,
                       struct gathering **gathering)
{
    const struct key key = keys_group(t->package->keys, g);

    if (papers_depend(t->package, g->scope) && !gather(w, t, g, gathering))
        return false;
    list_documents(t, &key);
    return !any_to_make(t) || ((*gathering || gather(w, t, g, gathering)) && make_all(t));
}

/* What a group's papers are called, rosters among them. */
static const char *names_of_papers(struct task *t, enum record_scope scope)
{
    const struct catalogue_paper *papers;
    size_t n = catalogue_papers(t->package->catalogue, &papers);
    const char *names = "";
    for (size_t i = 0; i < n; i++)
        if (papers[i].scope == scope)
            names = arena_printf(&t->arena, "%s%s%s", names, *names ? "、" : "", papers[i].file);
    return names;
}

static void run_group(void *state, size_t number, struct buffer *result)
{
    struct worker *w = state;
    const struct package *p = w->job->package;
    const struct people_group *g = &p->batch->groups[number];
    struct gathering *gathering = NULL;
    struct task t =
        begin_task(w, g->at, g->folder,
                   (struct diag_context){.applicant = g->id, .name = g->name, .unit = ""});
    bool any = catalogue_has(p->catalogue, g->scope), complete = !any;

    t.scope = g->scope;
    if (any && g->n_listed == 0) {
        const char *names = names_of_papers(&t, g->scope);
        if (record_ask_whole(p->record, names, &t.diag))
            diag_error(&t.diag, g->at,
                       "其中申报人 %s 有错误，材料未出（见上），%s也就未出；请改正后重做，"
                       "或加 --letter-for-ready 只列材料已出的人",
                       "applicants %s of it have errors and no papers (see above), so %s were not "
                       "made; mend them and run again, or list those alone who are ready with "
                       "--letter-for-ready",
                       g->undrawn, names);
    } else if (any) {
        complete = make_group(w, &t, g, &gathering);
    }
    end_task(&t, complete, result);
    gathering_free(gathering);
}

const struct workers_job draw_people = {begin, run_person, NULL, NULL};
const struct workers_job draw_groups = {begin, run_group, NULL, NULL};
