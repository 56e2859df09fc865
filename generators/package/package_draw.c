/* package_draw.c - what a worker of package does with one applicant, and with one delegation: which
 * papers, are they there already, and if not, drawn and written. An applicant's papers are all
 * written or none. */
#include "package/package.h"

#include "core/output.h"
#include "dossier/volume.h"
#include "media/media.h"
#include "papers/report.h"
#include "record/canonical.h"
#include "record/gather.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct worker {
    const struct package *package;
    struct record_cursor *cursor;
    struct query_context *query;
    struct diag diag; /* of the cursor */
};

struct document {
    const struct kit_paper *kit;
    const char *path;
    struct key key;
    const struct manifest_file *old;
    const struct json_value *was; /* its line */
    const char *why;              /* it is to be made; NULL: it is there */
    struct buffer pdf, line;
    int file;       /* of the volume, in place of pdf; else -1 */
    unsigned pages; /* of one that was made, as what follows */
    bool findings, partial;
    const char *media;
    char sha256[DIGEST_HEX];
};

/* One applicant, or one delegation. */
struct task {
    const struct package *package;
    struct query_context *query;
    struct arena arena;
    struct diag diag; /* what keeps it from being made, and what is odd about its files */
    struct src_pos home;
    const char *folder;
    const char *dir;
    record_node *node;
    struct document *list;
    size_t n, cap;
};

static void *begin(void *data)
{
    struct worker *w = mem_alloc(1, sizeof *w);
    w->package = data;
    w->cursor = record_cursor_new(w->package->record, &w->diag);
    w->query = query_context_new();
    return w;
}

static const char *why(const struct task *t, struct document *d, struct arena *arena)
{
    const char *changed;

    d->old = t->package->manifest ? manifest_find(t->package->manifest, d->path) : NULL;
    if (!d->old)
        return "new";
    d->was = json_parse(arena, d->old->line, d->old->len);
    if ((changed = key_changes(&d->key, d->was, arena)))
        return changed;
    if (json_member_number(d->was, "copies") != d->kit->copies)
        return "copies";
    if (!package_there(t->package, d->path))
        return "altered or missing in the tree";
    return t->package->force ? "forced" : NULL;
}

static void list_documents(struct task *t, bool delegation, const struct key *key)
{
    const struct kit_paper *papers;
    size_t n = kit_papers(t->package->kit, &papers);

    for (size_t i = 0; i < n; i++) {
        if (papers[i].delegation != delegation || papers[i].sheet ||
            !kit_wants(&papers[i], t->query, t->node))
            continue;
        struct document *d = ARENA_PUSH(&t->arena, t->list, t->n, t->cap);
        *d = (struct document){.kit = &papers[i], .key = *key, .file = -1};
        d->path = arena_printf(&t->arena, "%s/%s.pdf", t->folder, papers[i].file);
        memcpy(d->key.template, papers[i].digest, KEY_HEX - 1);
        d->why = why(t, d, &t->arena);
    }
}

static bool any_to_make(const struct task *t)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->list[i].why)
            return !t->package->dry_run;
    return false;
}

static bool write_line(struct task *t, struct document *d, const struct paper_made *made,
                       const struct diag *diag)
{
    struct json j = {.out = &d->line, .flat = true};
    long long bytes = (long long)d->pdf.len;

    if (d->file >= 0 && !digest_open_file(d->file, d->sha256, &bytes))
        return output_failed(d->path, &t->diag);
    if (d->file < 0)
        digest_hex(d->pdf.data, d->pdf.len, d->sha256);
    d->pages = (unsigned)made->pages->n;
    d->findings = diag->n > 0;
    d->partial = made->partial;
    d->media = arena_strdup(&t->arena, made->facts.paper);
    json_open(&j, NULL, '{');
    json_string(&j, "path", d->path);
    json_string(&j, "sha256", d->sha256);
    json_integer(&j, "bytes", bytes);
    json_integer(&j, "pages", (long long)made->pages->n);
    json_integer(&j, "copies", d->kit->copies);
    json_string(&j, "kind", d->kit->name);
    json_string(&j, "title", made->facts.title);
    json_string(&j, "paper", made->facts.paper);
    json_string(&j, "seals", made->facts.seals);
    if (made->partial)
        json_bool(&j, "partial", true);
    key_write(&j, &d->key);
    report_fits(&j, made->pages, true);
    if (made->report)
        made->report(made->data, &j);
    if (diag->n > 0) {
        json_open(&j, "findings", '[');
        for (size_t i = 0; i < diag->n; i++)
            report_keep_finding(&j, &diag->list[i], t->home);
        json_close(&j, ']');
    }
    json_close(&j, '}');
    return true;
}

static bool draw_one(struct task *t, struct document *d, const struct diag *plan)
{
    struct press *press = t->package->press;
    struct paper_made made;
    struct diag diag = {.strict = t->diag.strict, .context = t->diag.context};

    if (press_is_volume(press, d->kit->paper))
        diag_append(&diag, plan); /* what is odd about attachments is told once, with the volume */
    diag.context.paper = press_title(press, d->kit->paper);
    bool ok = press_draw(press, d->kit->paper, &diag, &made);
    if (ok) {
        d->pdf = made.pdf;
        d->file = made.file;
        made.pdf = (struct buffer){0};
        made.file = -1;
        ok = write_line(t, d, &made, &diag);
    } else {
        diag_append(&t->diag, &diag);
    }
    press_clear(&made);
    diag_clear(&diag);
    return ok;
}

/* All that are to be made; false: reported, and none is. */
static bool draw_all(struct task *t)
{
    const struct package *p = t->package;
    struct diag plan = {.strict = t->diag.strict, .context = t->diag.context};
    struct paper_job job = {p->options, p->fonts, t->query, t->node, t->dir, record_asof(p->record),
                            &t->arena,  &plan};
    bool ok = true, cites = false;

    for (size_t i = 0; i < t->n; i++)
        cites = cites || (t->list[i].why && press_cites(p->press, t->list[i].kit->paper));
    query_context_set_diag(t->query, &plan);
    bool planned = press_begin(p->press, &job, cites);
    for (size_t i = 0; i < t->n; i++) /* though the plan has failed: all mistakes in one run */
        if (t->list[i].why && (planned || !press_cites(p->press, t->list[i].kit->paper)))
            ok = draw_one(t, &t->list[i], &plan) && ok;
    if (!planned)
        diag_append(&t->diag, &plan);
    press_end(p->press);
    diag_clear(&plan);
    return ok && planned;
}

static bool write_all(struct task *t)
{
    const struct package *p = t->package;
    struct output_file *files = ARENA_ARRAY(&t->arena, struct output_file, t->n + 1);
    struct buffer lines = {0};
    size_t n = 0;
    bool ok = true;

    for (size_t i = 0; i < t->n; i++)
        if (t->list[i].why) {
            buffer_add(&lines, t->list[i].line.data, t->list[i].line.len);
            buffer_putc(&lines, '\n');
            files[n++] =
                (struct output_file){arena_printf(&t->arena, "%s/%s", p->out, t->list[i].path),
                                     t->list[i].pdf.data, t->list[i].pdf.len, t->list[i].file};
        }
    if (n > 0)
        ok = output_make_directory(arena_printf(&t->arena, "%s/%s", p->out, t->folder), &t->diag) &&
             manifest_intend(p->manifest, (const char *)lines.data, lines.len, &t->diag) &&
             output_update_all(files, n, &t->diag);
    buffer_clear(&lines);
    return ok;
}

static void tell(struct task *t, struct document *d, struct buffer *result)
{
    const struct kit_paper *papers;
    kit_papers(t->package->kit, &papers);
    struct made m = {.how = MADE_BEFORE,
                     .paper = (unsigned)(d->kit - papers),
                     .copies = (unsigned)d->kit->copies};
    if (d->why && t->package->dry_run) {
        m.how = MADE_NOT;
        m.line = d->why;
        m.len = strlen(d->why);
    } else if (d->why) {
        m.how = MADE_ANEW;
        m.line = (const char *)d->line.data;
        m.len = d->line.len;
        m.pages = d->pages;
        m.findings = d->findings;
        memcpy(m.sha256, d->sha256, DIGEST_HEX);
        snprintf(m.media, sizeof m.media, "%s", d->media ? d->media : "");
    } else {
        m.line = d->old->line;
        m.len = d->old->len;
        m.pages = (unsigned)json_member_number(d->was, "pages");
        m.findings = json_member(d->was, "findings") != NULL;
        const char *media = json_member_text(d->was, "paper");
        snprintf(m.media, sizeof m.media, "%s", media ? media : "");
        memcpy(m.sha256, d->old->sha256, DIGEST_HEX);
    }
    result_add(result, &m);
}

static void finish(struct task *t, bool complete, struct buffer *result)
{
    struct buffer findings = {0};
    struct json j = {.out = &findings, .flat = true};
    struct outcome o = {.complete = complete, .system_faults = t->diag.system_faults};

    for (size_t i = 0; i < t->n && complete && !t->package->dry_run; i++)
        o.partial = o.partial || (t->list[i].why ? t->list[i].partial
                                                 : json_member(t->list[i].was, "partial") != NULL);
    json_open(&j, NULL, '[');
    for (size_t i = 0; i < t->diag.n; i++)
        report_keep_finding(&j, &t->diag.list[i], t->home);
    json_close(&j, ']');
    o.findings = (const char *)findings.data;
    o.findings_len = findings.len;
    result_begin(result, &o);
    for (size_t i = 0; i < t->n; i++) {
        struct document *d = &t->list[i];
        if (complete)
            tell(t, d, result);
        if (d->file >= 0)
            close(d->file);
        buffer_clear(&d->pdf);
        buffer_clear(&d->line);
    }
    buffer_clear(&findings);
    diag_clear(&t->diag);
    arena_free(&t->arena);
}

static bool make_all(struct task *t)
{
    return t->package->dry_run || (draw_all(t) && write_all(t));
}

static void set_switches(struct query_context *query, const struct option_own *switches, size_t n)
{
    for (size_t i = 0; i < n; i++)
        query_set_variable(query, switches[i].name, *switches[i].value ? "true" : "false");
}

static void run_person(void *state, size_t number, struct buffer *result)
{
    struct worker *w = state;
    const struct package *p = w->package;
    const struct person *person = p->jobs[number];
    struct task t = {.package = p,
                     .query = w->query,
                     .home = person->at,
                     .folder = person->folder,
                     .diag = {.strict = p->options->strict}};
    struct applicant who = {0};
    const struct option_own *switches;
    bool complete = false;

    t.diag.context =
        (struct diag_context){.applicant = person->id, .name = person->name, .unit = person->unit};
    if (!w->cursor || !record_seek(w->cursor, person->index, &who)) {
        diag_append(&t.diag, &w->diag);
        if (!diag_failed(&t.diag))
            diag_system(
                &t.diag, person->at, "申报人无法再次读取，输入文件可能已改动，请重新运行",
                "the applicant cannot be read again: the input may have changed, run again");
    } else {
        struct key key = p->common;
        t.node = who.node;
        t.dir = who.dir;
        memcpy(key.record, person->record, KEY_HEX);
        memcpy(key.files, person->files, KEY_HEX);
        query_context_begin(t.query, t.node, record_asof(p->record));
        size_t n_switches = volume_options(&switches);
        set_switches(t.query, switches, n_switches);
        list_documents(&t, false, &key);
        if (any_to_make(&t)) { /* of the files as they are when they are drawn, not when checked */
            package_files_key(p, &who, key.files);
            t.n = 0;
            list_documents(&t, false, &key);
        }
        complete = make_all(&t);
    }
    finish(&t, complete, result);
}

/* The delegation with all its applicants, as the letter sees it: only when there is something to
 * make, since it is large. */
static bool gather(struct task *t, const struct delegated *d, struct gathering **out)
{
    const struct package *p = t->package;
    const struct paper_kind *letter = delegation_letter_kind();
    const struct gathered *g;
    size_t *indices = ARENA_ARRAY(&t->arena, size_t, d->n + 1), n = 0;

    for (size_t i = 0; i < p->n_chosen; i++)
        if (!strcmp(p->chosen[i]->delegation, d->id))
            indices[n++] = p->chosen[i]->index;
    *out = record_gather_one(p->record, d->id, indices, n, letter->elements, &t->diag);
    if (!*out || gathering_list(*out, &g) != 1)
        return diag_failed(&t->diag)
                   ? false
                   : diag_system(
                         &t->diag, d->at, "申报人无法再次读取，输入文件可能已改动，请重新运行",
                         "the applicants cannot be read again: the input may have changed, run "
                         "again");
    t->node = g->node;
    query_context_begin(t->query, t->node, record_asof(p->record));
    set_switches(t->query, letter->switches, letter->n_switches);
    return true;
}

/* Does it depend on the delegation whether it gets each of its papers? */
static bool depends(const struct package *p)
{
    const struct kit_paper *papers;
    size_t n = kit_papers(p->kit, &papers);
    for (size_t i = 0; i < n; i++)
        if (papers[i].delegation && papers[i].when)
            return true;
    return false;
}

static bool make_delegation(struct task *t, const struct delegated *d, struct gathering **gathering)
{
    const struct package *p = t->package;
    struct key key = p->common;
    struct digest *digest = digest_new();

    for (size_t i = 0; i < p->n_chosen; i++)
        if (!strcmp(p->chosen[i]->delegation, d->id))
            digest_text(digest, p->chosen[i]->brief);
    key_end(key.record, digest);
    memset(key.files, '0', KEY_HEX - 1);
    if (depends(p) && !gather(t, d, gathering))
        return false;
    list_documents(t, true, &key);
    if (!any_to_make(t))
        return true;
    return (*gathering || gather(t, d, gathering)) && make_all(t);
}

static void run_delegation(void *state, size_t number, struct buffer *result)
{
    struct worker *w = state;
    const struct package *p = w->package;
    const struct delegated *d = &p->delegations[number];
    struct gathering *gathering = NULL;
    struct task t = {.package = p,
                     .query = w->query,
                     .home = d->at,
                     .folder = d->folder,
                     .diag = {.strict = p->options->strict},
                     .dir = "."};
    bool complete = false;

    t.diag.context = (struct diag_context){.applicant = d->id, .name = d->issuer, .unit = ""};
    if (d->faulty)
        diag_error(&t.diag, d->at,
                   "其中申报人 %s 的数据有误（见上），为免漏名，委托书和花名册未出；请改正后重做",
                   "applicants %s of it are faulty (see above): not to leave out a name, letter "
                   "and roster were not made; mend them and run again",
                   d->faulty);
    else
        complete = make_delegation(&t, d, &gathering);
    finish(&t, complete, result);
    gathering_free(gathering);
}

const struct workers_job package_people_job = {begin, run_person, NULL, NULL};
const struct workers_job package_delegations_job = {begin, run_delegation, NULL, NULL};
