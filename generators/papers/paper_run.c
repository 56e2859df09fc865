/* paper_run.c - see paper_run.h: what is made of one subject of the run, and what it is called. */
#include "papers/paper_run.h"

#include "core/output.h"
#include "core/tally.h"
#include "papers/preview.h"
#include "papers/report.h"
#include "papers/subject_run.h"

/* What a document may take that reads files from outside, beside what each of them may: CPU time,
 * and memory. */
enum { DOCUMENT_SECONDS = 120 };
#define DOCUMENT_BYTES ((size_t)6 << 30)

struct job {
    const struct paper_run *request;
    struct paper_maker *maker;
    int paper;
    const char *directory;      /* NULL: one document, to options->output */
    struct subject_names names; /* of the files */
};

static const char *document_stem(const void *data, const struct applicant *who, struct arena *arena)
{
    const char *paper = ((const struct job *)data)->request->paper;
    return *who->name ? arena_printf(arena, "%s-%s-%s", who->id, who->name, paper)
                      : arena_printf(arena, "%s-%s", who->id, paper);
}

static const char *document_path(const struct subject_task *task, struct arena *arena)
{
    const struct job *job = task->run->job;
    const struct options *options = task->run->options;
    if (!job->directory)
        return options->output ? options->output : "-";
    return arena_printf(arena, "%s/%s%s", job->directory, subject_name(&job->names, task, arena),
                        job->request->setting->pages_only ? "" : ".pdf");
}

/* --- one document --- */

/* Makes it and gives it its name. false: there is no document. */
static bool make_document(struct subject_task *task, const char *path, struct arena *arena,
                          struct document *out)
{
    const struct job *job = task->run->job;
    const struct document_job what = {.query = task->query,
                                      .node = task->who.node,
                                      .dir = task->who.dir,
                                      .asof = record_asof(task->run->record),
                                      .arena = arena,
                                      .diag = &task->diag};

    paper_maker_begin_query(job->maker, task->query, what.node, what.asof);
    return paper_maker_begin(job->maker, &what, paper_maker_cites(job->maker, job->paper)) &&
           paper_maker_draw(job->maker, job->paper, path, &task->diag, out) &&
           !diag_failed(&task->diag) &&
           (job->request->setting->pages_only ? preview_write(out, path, &task->diag)
                                              : document_write(out, path, &task->diag));
}

/* path NULL: nothing was written. */
static void report_document(const struct subject_task *task, const char *path,
                            const struct document *d, struct buffer *out)
{
    const struct options *options = task->run->options;
    const struct job *job = task->run->job;
    struct json j = {.out = out, .depth = 2};

    subject_report_begin(task, &j, path == NULL);
    report_documents(&j, job->request->paper, path, d,
                     options->report && !job->request->setting->pages_only);
    report_fits(&j, d->pages, false);
    if (path && d->report)
        d->report(d->data, &j);
    json_close(&j, '}');
}

static void run_task(struct subject_task *task, struct buffer *result)
{
    const struct job *job = task->run->job;
    struct document document = {.file = -1};
    struct buffer report = {0};
    struct arena arena = {0};
    const char *path = task->make ? document_path(task, &arena) : NULL;
    bool written = path && make_document(task, path, &arena, &document);

    report_document(task, written ? path : NULL, &document, &report);
    tally_pack(result, written, document.partial, &report, &task->diag);
    document_clear(&document);
    if (task->make && !task->alone)
        paper_maker_end(job->maker);
    buffer_clear(&report);
    arena_free(&arena);
}

/* Template and record; who gets a document. */
static bool open_job(struct job *job, struct subject_run *run)
{
    job->paper = paper_maker_load(job->maker, run->program, (struct src_pos){0}, run->batch);
    if (job->paper < 0)
        return false;
    run->title = paper_maker_title(job->maker, job->paper);
    run->scope = paper_maker_scope(job->maker, job->paper);
    run->elements = paper_maker_elements(job->maker, job->paper);
    if (paper_maker_cites(job->maker, job->paper)) {
        run->alone_seconds = DOCUMENT_SECONDS;
        run->alone_bytes = DOCUMENT_BYTES;
    }
    if (!subject_run_open(run))
        return false;
    bool chosen = job->request->setting->pages_only
                      ? output_make_directory(job->directory = run->options->output, run->batch)
                      : output_choose(run->options->output, run->n, &job->directory, run->batch);
    return chosen && (!job->directory || subject_run_name(run, &job->names));
}

int paper_run(const struct paper_run *request, struct diag *diag)
{
    const struct paper_setting *setting = request->setting;
    struct job job = {.request = request, .maker = paper_maker_new(setting)};
    struct subject_run run = {.program = request->paper,
                              .options = setting->options,
                              .tables = setting->tables,
                              .input = request->input,
                              .make = run_task,
                              .job = &job,
                              .batch = diag};
    job.names = (struct subject_names){.stem = document_stem, .data = &job};
    int status = subject_run(&run, open_job(&job, &run));

    subject_run_close(&run);
    paper_maker_free(job.maker);
    arena_free(&job.names.arena);
    return status;
}
