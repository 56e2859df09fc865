/* upload_run.c - see upload_run.h: record -> applicants -> workers -> folders, messages, report. */
#include "upload/upload_run.h"

#include "core/find.h"
#include "core/finding_json.h"
#include "core/machine.h"
#include "core/output.h"
#include "core/tally.h"
#include "core/worker_fault.h"
#include "media/qpdf.h"
#include "media/quarantine.h"
#include "upload/fill_sheet.h"
#include "upload/photo.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What one applicant's files may take, beside what each attachment may: CPU time, and memory. */
enum { APPLICANT_SECONDS = 600 };
#define APPLICANT_BYTES ((size_t)6 << 30)

struct job {
    const struct upload_request *request;
    struct platform *platform;
    struct record *record;
    struct attachment_reader reader;
    size_t n;           /* applicants */
    struct diag *batch; /* what was found before anything is made */
    const char *directory;
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
    w->query = query_context_new(w->job->request->tables);
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

/* --- one applicant --- */

struct task {
    struct worker *worker;
    struct applicant who;
    struct diag diag;
    bool make; /* else the applicant is only reported */
};

struct making {
    struct task *task;
    const struct platform *platform;
    struct arena arena;
    const char *name, *folder; /* of the applicant's folder: in the tree, and with it */
    struct attachments scans;
    struct upload_files *files;
    struct sheet_file *made;
    size_t n_failed;
};

static const char *path_in(struct making *m, const char *leaf)
{
    return arena_printf(&m->arena, "%s/%s", m->folder, leaf);
}

static void warn_of_gaps(struct making *m, const struct upload_file *f)
{
    struct finding where = {.severity = SEVERITY_WARNING,
                            .rule = "R08",
                            .clause = *f->kind->clause ? f->kind->clause : NULL,
                            .label = f->kind->kind,
                            .at = f->at};
    const char *title = *f->title ? f->title : f->kind->kind;
    if (f->state == UPLOAD_MISSING)
        diag_add(&m->task->diag, where, "“%s”没有引用扫描件，平台上传时会缺这一份；请补扫描件",
                 "'%s' cites no scan, and will be lacking on the platform: add one", title);
    else if (*f->lacking)
        diag_add(&m->task->diag, where, "“%s”缺 %s，请补上后再上传",
                 "'%s' lacks %s: add it before it is uploaded", title, f->lacking);
}

static void make_file(struct making *m, size_t i)
{
    const struct upload_file *f = &m->files->list[i];
    struct sheet_file *out = &m->made[i];
    bool written;

    *out = (struct sheet_file){.file = f, .made.fd = -1};
    warn_of_gaps(m, f);
    if (f->state != UPLOAD_CITED)
        return;
    const char *near = path_in(m, m->platform->folder);
    out->made = assemble(m->platform, &m->scans, f, arena_printf(&m->arena, "%s/%s", near, f->name),
                         record_asof(m->task->worker->job->record), &m->task->diag);
    if (out->made.fd >= 0) {
        const char *leaf =
            arena_printf(&m->arena, "%s/%s.%s", m->platform->folder, f->name, out->made.suffix);
        if (output_update_name(path_in(m, leaf), out->made.fd, &written, &m->task->diag))
            out->path = leaf;
        close(out->made.fd);
    }
    m->n_failed += !out->path;
}

static bool write_sheet(struct making *m, const struct sheet_photo *photo)
{
    struct task *task = m->task;
    const struct fill_sheet sheet = {.platform = m->platform,
                                     .who = &task->who,
                                     .asof = record_asof(task->worker->job->record),
                                     .files = m->made,
                                     .n_files = m->files->n,
                                     .photo = *photo,
                                     .ctx = task->worker->query,
                                     .arena = &m->arena};
    struct buffer page = {0};
    bool written;
    fill_sheet_write(&sheet, &page);
    bool ok = output_update(path_in(m, arena_printf(&m->arena, "%s.html", m->platform->sheet)),
                            page.data, page.len, &written, &task->diag);
    buffer_clear(&page);
    return ok;
}

static bool is_made(const struct making *m, const char *leaf, const struct sheet_photo *photo)
{
    size_t n = strlen(m->platform->folder) + 1;
    for (size_t i = 0; i < m->files->n; i++)
        if (m->made[i].path && !strcmp(m->made[i].path + n, leaf))
            return true;
    return photo->path && !strcmp(photo->path + n, leaf);
}

/* What an earlier run made, and what somebody else put there, is easily uploaded by mistake. */
static void warn_of_others(struct making *m, const struct sheet_photo *photo)
{
    const char *const dirs[] = {path_in(m, m->platform->folder), NULL};
    const char *others = "";
    char **found;
    for (size_t i = 0, n = find_files(&m->arena, dirs, "*", &found); i < n; i++) {
        const char *leaf = strrchr(found[i], '/') + 1;
        if (!is_made(m, leaf, photo))
            others = arena_printf(&m->arena, "%s%s%s", others, *others ? "、" : "", leaf);
    }
    if (*others)
        diag_warn(
            &m->task->diag, (struct src_pos){dirs[0], 0},
            "里面还有不是这次制作的文件：%s；没用的请删去，以免误传",
            "there are files that were not made this time: %s; delete what is of no use, lest "
            "it be uploaded",
            others);
}

static bool make_all(struct making *m)
{
    struct task *task = m->task;
    const struct job *job = task->worker->job;
    struct query_context *query = task->worker->query;

    query_context_begin(query, task->who.node, record_asof(job->record));
    query_context_set_diag(query, &task->diag);
    m->scans =
        (struct attachments){.arena = &m->arena, .reader = &job->reader, .dir = task->who.dir};
    if (!output_make_folder(job->directory,
                            arena_printf(&m->arena, "%s/%s", m->name, m->platform->folder),
                            &task->diag))
        return false;
    m->files = upload_files_list(m->platform, query, &task->who, &m->arena);
    m->made = ARENA_ARRAY(&m->arena, struct sheet_file, m->files->n + 1);
    for (size_t i = 0; i < m->files->n && !task->diag.system_faults; i++)
        make_file(m, i);
    attachments_close(&m->scans);
    if (task->diag.system_faults)
        return false;
    const struct photo_task photo = {
        .limits = &m->platform->photo,
        .who = &task->who,
        .folder = m->folder,
        .leaf = arena_printf(&m->arena, "%s/%s.jpg", m->platform->folder, m->files->photo),
        .fit = job->request->fit_photo,
        .arena = &m->arena,
        .diag = &task->diag};
    struct sheet_photo shown = photo_make(&photo);
    if (task->diag
            .system_faults) /* the sheet would say of the data what the machine is at fault of */
        return false;
    warn_of_others(m, &shown);
    return write_sheet(m, &shown);
}

static void report_files(struct json *j, const struct making *m)
{
    json_open(j, "documents", '[');
    for (size_t i = 0; m->made && i < m->files->n; i++) {
        const struct sheet_file *f = &m->made[i];
        if (!f->path)
            continue;
        json_open(j, NULL, '{');
        json_string(j, "kind", f->file->kind->kind);
        json_string(j, "title", f->file->title);
        json_string(j, "file", f->path);
        json_integer(j, "pages", (long long)f->made.pages);
        json_integer(j, "bytes", f->made.bytes);
        json_integer(j, "bytes_before", f->made.before);
        json_bool(j, "uploaded", f->file->done);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void report_applicant(const struct making *m, bool written, struct buffer *out)
{
    const struct task *task = m->task;
    const struct job *job = task->worker->job;
    const struct diag *const findings[] = {job->batch, &task->diag};
    struct json j = {.out = out, .depth = 2};

    json_open(&j, NULL, '{');
    json_string(&j, "id", task->who.id);
    json_string(&j, "name", task->who.name);
    json_string(&j, "unit", task->who.unit);
    json_string(&j, "status",
                !written || m->n_failed              ? "failed"
                : task->diag.count[SEVERITY_WARNING] ? "warned"
                                                     : "ok");
    if (written)
        json_string(&j, "folder", m->name);
    finding_json_about(&j, findings, 2, task->who.id, job->request->options->report_language);
    report_files(&j, m);
    json_close(&j, '}');
}

/* Sends: was it written, is it partial, its report, its findings. */
static void run_task(void *data, struct buffer *result)
{
    struct task *task = data;
    const struct job *job = task->worker->job;
    struct making m = {.task = task, .platform = job->platform};
    struct buffer report = {0};
    const char *leaf = arena_printf(&m.arena, "%s-%s", task->who.id, task->who.name);

    m.name = output_safe_name(&m.arena, leaf);
    m.folder = arena_printf(&m.arena, "%s/%s", job->directory, m.name);
    bool written = task->make && make_all(&m);
    report_applicant(&m, written, &report);
    tally_pack(result, written, m.n_failed > 0, &report, &task->diag);
    buffer_clear(&report);
    arena_free(&m.arena);
}

/* A scan that ends the process is named, and costs its own file: the rest is made again without
 * it. */
static void run_caged(struct task *task, struct buffer *result)
{
    const struct workers_limits limits = {APPLICANT_SECONDS, APPLICANT_BYTES};
    enum workers_end end = quarantine_alone(run_task, task, limits, result);
    if (end == WORKERS_DONE)
        return;
    worker_fault(
        &task->diag, (struct finding){.at = task->who.at},
        &(struct worker_fault){WORKER_DOCUMENT, end, NULL, {.seconds = APPLICANT_SECONDS}});
    task->make = false;
    run_task(task, result);
}

static void run_applicant(void *worker, size_t number, struct buffer *result)
{
    struct worker *w = worker;
    const struct job *job = w->job;
    struct task task = {.worker = w, .diag = {.strict = job->request->options->strict}};

    task.make =
        record_reread(w->cursor, record_indices(job->record)[number], &task.who, &task.diag) &&
        !task.who.faulty;
    task.diag.context =
        (struct diag_context){task.who.id, task.who.name, task.who.unit, "平台上传材料"};
    if (task.make)
        run_caged(&task, result);
    else
        run_task(&task, result);
    diag_clear(&task.diag);
}

/* --- all of them --- */

static void tell_death(const struct job *job, struct tally *t)
{
    struct diag diag = {0};
    worker_fault(
        &diag, (struct finding){0},
        &(struct worker_fault){.end = machine_has_reason() ? WORKERS_MACHINE : WORKERS_DIED});
    diag_print(&diag, job->request->options->language, stderr);
    t->system_faults += diag.system_faults;
    diag_clear(&diag);
}

static int finish(struct job *job, const struct buffer *results)
{
    const struct tally_run run = {.program = "upload",
                                  .asof = record_asof(job->record),
                                  .subjects = "applicants",
                                  .n = job->n,
                                  .options = job->request->options,
                                  .batch = job->batch};
    struct tally t = tally_begin(&run);

    for (size_t i = 0; i < job->n; i++)
        if (!tally_take(&t, &results[i]))
            tell_death(job, &t);
    return tally_end(&t, !diag_failed(job->batch)); /* what is marked as uploaded counts, too */
}

static bool open_job(struct job *job)
{
    const struct upload_request *r = job->request;
    if (!r->options->output || !strcmp(r->options->output, "-"))
        return diag_system(job->batch, (struct src_pos){0},
                           "请用 -o 目录 指定写到哪里：每人有若干个文件",
                           "-o DIR tells where to write: there are several files an applicant");
    if (!(job->platform = platform_load(r->templates, job->batch)) ||
        !(job->record = record_open(r->input, job->batch)))
        return false;
    job->n = record_count(job->record);
    qpdf_load(); /* once, before workers are forked */
    return job->n > 0 && output_make_directory(r->options->output, job->batch);
}

static int make_everything(struct job *job)
{
    const struct workers_job work = {begin, run_applicant, end, job};
    struct buffer *results = mem_alloc(job->n, sizeof *results);

    if (!workers_run(&work, job->n, job->request->options->jobs, results))
        worker_fault(job->batch, (struct finding){0},
                     &(struct worker_fault){.end = WORKERS_REFUSED});
    int status = finish(job, results);
    for (size_t i = 0; i < job->n; i++)
        buffer_clear(&results[i]);
    free(results);
    return status;
}

int upload_run(const struct upload_request *request, struct diag *diag)
{
    struct job job = {.request = request,
                      .batch = diag,
                      .directory = request->options->output,
                      .reader = {.fonts = request->fonts,
                                 .passwords = request->passwords,
                                 .n_passwords = request->n_passwords}};
    int status;

    if (open_job(&job)) {
        status = make_everything(&job);
    } else {
        diag_print(diag, request->options->language, stderr);
        status = diag->system_faults ? 2 : diag_failed(diag) ? 1 : 0;
    }
    record_free(job.record);
    platform_free(job.platform);
    diag_clear(diag);
    return status;
}
