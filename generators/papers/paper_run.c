/* paper_run.c - see paper_run.h: record -> subjects -> workers -> files, messages, report. */
#include "papers/paper_run.h"

#include "core/finding_json.h"
#include "core/machine.h"
#include "core/names.h"
#include "core/output.h"
#include "core/tally.h"
#include "core/worker_fault.h"
#include "media/quarantine.h"
#include "papers/preview.h"
#include "papers/report.h"
#include "record/gather.h"

#include <stdlib.h>
#include <string.h>

/* What a document may take that reads files from outside, beside what each of them may: CPU time,
 * and memory. */
enum { DOCUMENT_SECONDS = 120 };
#define DOCUMENT_BYTES ((size_t)6 << 30)

/* What one document is about: an applicant, or a delegation with all of its applicants. */
struct subject {
    const char *id, *name, *unit, *dir;
    record_node *node;
    struct src_pos at;
};

struct job {
    const struct paper_run *run;
    const struct options *options;
    struct paper_maker *maker;
    int paper;
    struct record *record;
    struct gathering *gathering;
    const struct gathered *gathered; /* NULL: subjects are applicants */
    bool left_out;                   /* somebody is in no delegation, so that no paper names him */
    size_t n;                        /* subjects */
    struct diag *batch;              /* what was found before any paper is drawn */
    const char *directory;           /* NULL: one document, to options->output */
    struct arena arena;
    struct names names; /* of the files, one a subject, where the subjects' own would fall together;
                         * n 0: they do not */
};

struct worker {
    const struct job *job;
    struct record_cursor *cursor;
    struct query_context *query;
};

static void *begin(void *job)
{
    struct worker *w = mem_alloc(1, sizeof *w);
    w->job = job;
    w->cursor = record_cursor_new(w->job->record, NULL);
    w->query = query_context_new(w->job->run->setting->tables);
    quarantine_watch();
    return w;
}

static void end(void *worker)
{
    struct worker *w = worker;
    if (!w)
        return;
    record_cursor_free(w->cursor);
    query_context_free(w->query);
    free(w);
}

/* number: the subject's. */
static const char *document_path(const struct job *job, const struct subject *who, size_t number,
                                 struct arena *arena)
{
    if (!job->directory)
        return job->options->output ? job->options->output : "-";
    const char *stem = arena_printf(arena, "%s-%s-%s", who->id, who->name, job->run->paper);
    return arena_printf(arena, "%s/%s%s", job->directory,
                        job->names.n ? names_get(&job->names, number)
                                     : output_safe_name(arena, stem),
                        job->run->setting->pages_only ? "" : ".pdf");
}

static bool find_delegation(const struct job *job, size_t number, struct subject *out,
                            struct diag *diag)
{
    const struct gathered *g = &job->gathered[number];
    *out = (struct subject){g->id, g->issuer, "", ".", g->node, g->at};
    if (!g->faulty)
        return true;
    return diag_error(diag, g->at,
                      "其中申报人 %s 的数据有误（见上），为免漏名，%s未出；请改正后重做",
                      "applicants %s of it are faulty (see above): not to leave out a name, %s was "
                      "not made; mend them and run again",
                      g->faulty, paper_maker_title(job->maker, job->paper));
}

/* false: no document can be made of it, and why has been reported. */
static bool find_subject(struct worker *w, size_t number, struct subject *out, struct diag *diag)
{
    const struct job *job = w->job;
    struct applicant who = {0};

    if (job->gathered)
        return find_delegation(job, number, out, diag);
    if (!record_reread(w->cursor, record_indices(job->record)[number], &who, diag))
        return false;
    *out = (struct subject){who.id, who.name, who.unit, who.dir, who.node, who.at};
    return !who.faulty;
}

/* --- one document --- */

struct task {
    struct worker *worker;
    size_t number;
    struct subject subject;
    struct diag diag;
    bool make;  /* else it is only reported */
    bool alone; /* in a process of its own, which just leaves: closing costs a seventh of binding */
};

/* Makes it and gives it its name. false: there is no document. */
static bool make_document(struct task *task, const char *path, struct arena *arena,
                          struct document *out)
{
    const struct job *job = task->worker->job;
    struct query_context *query = task->worker->query;
    const struct document_job what = {.query = query,
                                      .node = task->subject.node,
                                      .dir = task->subject.dir,
                                      .asof = record_asof(job->record),
                                      .arena = arena,
                                      .diag = &task->diag};

    paper_maker_begin_query(job->maker, query, what.node, what.asof);
    return paper_maker_begin(job->maker, &what, paper_maker_cites(job->maker, job->paper)) &&
           paper_maker_draw(job->maker, job->paper, path, &task->diag, out) &&
           !diag_failed(&task->diag) &&
           (job->run->setting->pages_only ? preview_write(out, path, &task->diag)
                                          : document_write(out, path, &task->diag));
}

/* path NULL: nothing was written. */
static void report_subject(const struct task *task, const char *path, const struct document *d,
                           struct buffer *out)
{
    const struct job *job = task->worker->job;
    const struct subject *who = &task->subject;
    const struct diag *const findings[] = {job->batch, &task->diag};
    struct json j = {.out = out, .depth = 2};

    json_open(&j, NULL, '{');
    json_string(&j, "id", who->id);
    json_string(&j, "name", who->name);
    json_string(&j, "unit", who->unit);
    json_string(&j, "status",
                !path                                ? "failed"
                : task->diag.count[SEVERITY_WARNING] ? "warned"
                                                     : "ok");
    finding_json_about(&j, findings, 2, who->id, job->options->report_language);
    report_documents(&j, job->run->paper, path, d,
                     job->options->report && !job->run->setting->pages_only);
    report_fits(&j, d->pages, false);
    if (path && d->report)
        d->report(d->data, &j);
    json_close(&j, '}');
}

/* Sends: was it written, is it partial, its report, its findings. */
static void run_task(void *data, struct buffer *result)
{
    struct task *task = data;
    const struct job *job = task->worker->job;
    struct document document = {.file = -1};
    struct buffer report = {0};
    struct arena arena = {0};
    const char *path = task->make ? document_path(job, &task->subject, task->number, &arena) : NULL;
    bool written = path && make_document(task, path, &arena, &document);

    report_subject(task, written ? path : NULL, &document, &report);
    tally_pack(result, written, document.partial, &report, &task->diag);
    document_clear(&document);
    if (task->make && !task->alone)
        paper_maker_end(job->maker);
    buffer_clear(&report);
    arena_free(&arena);
}

/* A file that ends the process costs this one document, or with --skip-bad its own page: it is made
 * again without that file, so that all mistakes are reported in one run. */
static void run_caged(struct task *task, struct buffer *result)
{
    const struct workers_limits limits = {DOCUMENT_SECONDS, DOCUMENT_BYTES};

    task->alone = true;
    enum workers_end end = quarantine_alone(run_task, task, limits, result);
    task->alone = false;
    if (end == WORKERS_DONE)
        return;
    worker_fault(&task->diag, (struct finding){.at = task->subject.at},
                 &(struct worker_fault){WORKER_DOCUMENT, end, NULL, {.seconds = DOCUMENT_SECONDS}});
    task->make = false;
    run_task(task, result);
}

static void run_subject(void *worker, size_t number, struct buffer *result)
{
    struct worker *w = worker;
    const struct job *job = w->job;
    struct task task = {.worker = w, .number = number, .diag = {.strict = job->options->strict}};
    struct subject *who = &task.subject;

    task.make = find_subject(w, number, who, &task.diag);
    task.diag.context = (struct diag_context){who->id, who->name, who->unit,
                                              paper_maker_title(job->maker, job->paper)};
    if (task.make && paper_maker_cites(job->maker, job->paper))
        run_caged(&task, result);
    else
        run_task(&task, result);
    diag_clear(&task.diag);
}

/* --- all of them --- */

/* true: the machine failed. */
static bool tell_death(const struct job *job, struct worker *w, size_t number)
{
    enum workers_end end = machine_has_reason() ? WORKERS_MACHINE : WORKERS_DIED;
    struct diag diag = {0}, unread = {0};
    struct subject who = {0};
    find_subject(w, number, &who, &unread);
    diag.context = (struct diag_context){who.id, who.name, who.unit,
                                         paper_maker_title(job->maker, job->paper)};
    worker_fault(&diag, (struct finding){.at = who.at}, &(struct worker_fault){.end = end});
    diag_print(&diag, job->options->language, stderr);
    diag_clear(&diag);
    diag_clear(&unread);
    return end == WORKERS_MACHINE;
}

static int finish(struct job *job, const struct buffer *results)
{
    const struct tally_run run = {.program = job->run->paper,
                                  .asof = record_asof(job->record),
                                  .subjects = job->gathered ? "delegations" : "applicants",
                                  .n = job->n,
                                  .options = job->options,
                                  .batch = job->batch,
                                  .all_findings = job->gathered != NULL};
    struct tally t = tally_begin(&run);
    struct worker *reader = NULL;

    for (size_t i = 0; i < job->n; i++)
        if (!tally_take(&t, &results[i])) {
            reader = reader ? reader : begin(job);
            t.system_faults += tell_death(job, reader, i);
        }
    end(reader);
    /* whatever is wrong with another unit, all that was asked for is there; but who stands behind a
     * break in the file is not known */
    bool known = record_is_whole(job->record) || !diag_failed(job->batch);
    return tally_end(&t, known && !job->left_out);
}

/* --- their names --- */

static const char *id_of(const struct job *job, size_t number)
{
    return job->gathered ? job->gathered[number].id
                         : record_id(job->record, record_indices(job->record)[number]);
}

/* May "ID-NAME" of two be alike? Names are not known yet, and ids nearly always differ enough. */
static bool may_be_alike(const struct job *job)
{
    enum { LONG_ID = 60 };
    struct arena arena = {0};
    struct names ids = {.arena = &arena};
    bool alike = false;

    for (size_t i = 0; i < job->n; i++) {
        const char *id = id_of(job, i);
        names_propose(&ids, id, id);
        alike = alike || strlen(id) > LONG_ID || strchr(id, '-');
    }
    alike = alike || names_alike(&ids);
    arena_free(&arena);
    return alike;
}

/* false: reported. */
static bool name_documents(struct job *job)
{
    struct worker *reader = NULL;
    bool ok = true;

    if (!may_be_alike(job))
        return true;
    job->names = (struct names){.arena = &job->arena};
    reader = begin(job);
    for (size_t i = 0; ok && i < job->n; i++) {
        struct diag found = {0};
        struct subject who = {0};
        find_subject(reader, i, &who, &found);
        if (found.system_faults)
            diag_append(job->batch, &found);
        ok = !found.system_faults;
        diag_clear(&found);
        const char *id = id_of(job, i);
        names_propose(
            &job->names,
            arena_printf(&job->arena, "%s-%s-%s", id, who.name ? who.name : "", job->run->paper),
            id);
    }
    names_settle(&job->names);
    end(reader);
    return ok;
}

/* Template and record; who gets a document. */
static bool open_job(struct job *job)
{
    const struct paper_run *run = job->run;

    job->maker = paper_maker_new(run->setting);
    job->paper = paper_maker_load(job->maker, run->paper, (struct src_pos){0}, job->batch);
    if (job->paper < 0 || !(job->record = record_open(run->input, job->batch)))
        return false;
    job->n = record_count(job->record);
    if (run->elements) {
        size_t before = job->batch->count[SEVERITY_ERROR];
        if (!(job->gathering = record_gather(job->record, run->elements, job->batch)))
            return false;
        job->n = gathering_list(job->gathering, &job->gathered);
        job->left_out = job->batch->count[SEVERITY_ERROR] > before;
    }
    if (job->n == 0)
        return false;
    bool chosen = run->setting->pages_only
                      ? output_make_directory(job->directory = job->options->output, job->batch)
                      : output_choose(job->options->output, job->n, &job->directory, job->batch);
    return chosen && (!job->directory || name_documents(job));
}

static int draw_all(struct job *job)
{
    const struct workers_job work = {begin, run_subject, end, job};
    struct buffer *results = mem_alloc(job->n, sizeof *results);

    if (!workers_run(&work, job->n, job->options->jobs, results))
        worker_fault(job->batch, (struct finding){0},
                     &(struct worker_fault){.end = WORKERS_REFUSED});
    int status = finish(job, results);
    for (size_t i = 0; i < job->n; i++)
        buffer_clear(&results[i]);
    free(results);
    return status;
}

int paper_run(const struct paper_run *run, struct diag *diag)
{
    struct job job = {.run = run, .options = run->setting->options, .batch = diag};
    int status;

    if (open_job(&job)) {
        status = draw_all(&job);
    } else {
        diag_print(diag, job.options->language, stderr);
        status = diag->system_faults ? 2 : diag_failed(diag) ? 1 : 0;
    }
    gathering_free(job.gathering);
    record_free(job.record);
    paper_maker_free(job.maker);
    arena_free(&job.arena);
    diag_clear(diag);
    return status;
}
