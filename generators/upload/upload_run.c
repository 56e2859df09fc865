/* upload_run.c - see upload_run.h: a kit becomes files in the applicant's folder. */
#include "upload/upload_run.h"

#include "core/find.h"
#include "core/output.h"
#include "core/strings.h"
#include "core/tally.h"
#include "media/qpdf.h"
#include "papers/subject_run.h"
#include "upload/kit.h"

#include <string.h>

/* What one applicant's files may take, beside what each attachment may: CPU time, and memory. */
enum { APPLICANT_SECONDS = 600 };
#define APPLICANT_BYTES ((size_t)6 << 30)

struct job {
    const struct upload_request *request;
    struct platform *platform;
    struct attachment_reader reader;
    struct subject_names folders;
};

/* --- one applicant --- */

struct making {
    struct subject_task *task;
    const struct job *job;
    struct arena arena;
    const char *name, *folder; /* of the applicant's folder: in the tree, and with it */
    struct kit kit;
};

static const char *path_in(struct making *m, const char *leaf)
{
    return arena_printf(&m->arena, "%s/%s", m->folder, leaf);
}

static bool write_file(struct making *m, size_t i)
{
    struct sheet_file *f = &m->kit.made[i];
    bool written;
    kit_make_file(&m->kit, i, &m->task->diag);
    return !f->path ||
           output_update_name(path_in(m, f->path), f->made.fd, &written, &m->task->diag);
}

static bool write_bytes(struct making *m, const char *leaf, struct buffer *bytes)
{
    bool written;
    bool ok = output_update(path_in(m, leaf), bytes->data, bytes->len, &written, &m->task->diag);
    buffer_clear(bytes);
    return ok;
}

static bool write_photo(struct making *m)
{
    struct buffer bytes = {0};
    kit_make_photo(&m->kit, &bytes, &m->task->diag);
    return !m->kit.photo.path || write_bytes(m, m->kit.photo.path, &bytes);
}

static bool write_sheet(struct making *m)
{
    struct buffer page = {0};
    kit_make_sheet(&m->kit, &page);
    return write_bytes(m, m->kit.sheet_path, &page);
}

static bool is_made(const struct making *m, const char *leaf)
{
    size_t n = strlen(m->job->platform->folder) + 1;
    for (size_t i = 0; i < m->kit.files->n; i++)
        if (m->kit.made[i].path && !strcmp(m->kit.made[i].path + n, leaf))
            return true;
    return m->kit.photo.path && !strcmp(m->kit.photo.path + n, leaf);
}

/* What an earlier run made, and what somebody else put there, is easily uploaded by mistake. */
static void warn_of_others(struct making *m)
{
    const char *const dirs[] = {path_in(m, m->job->platform->folder), NULL};
    const char *others = "";
    char **found;
    for (size_t i = 0, n = find_files(&m->arena, dirs, "*", &found); i < n; i++) {
        const char *leaf = path_leaf(found[i]);
        if (!is_made(m, leaf))
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

/* After a fault of the machine nothing more is made: the sheet would say of the data what the
 * machine is at fault of. */
static bool make_kit(struct making *m)
{
    struct subject_task *task = m->task;
    const struct kit_job what = {.platform = m->job->platform,
                                 .who = &task->who,
                                 .query = task->query,
                                 .asof = record_asof(task->run->record),
                                 .near = m->folder,
                                 .reader = &m->job->reader,
                                 .fit_photo = m->job->request->fit_photo,
                                 .arena = &m->arena};

    query_context_begin(task->query, task->who.node, what.asof);
    query_context_set_diag(task->query, &task->diag);
    if (!output_make_folder(task->run->options->output,
                            arena_printf(&m->arena, "%s/%s", m->name, m->job->platform->folder),
                            &task->diag))
        return false;
    m->kit = kit_begin(&what);
    for (size_t i = 0; i < m->kit.files->n; i++)
        if (!write_file(m, i) || task->diag.system_faults)
            return false;
    if (!write_photo(m) || task->diag.system_faults)
        return false;
    warn_of_others(m);
    return write_sheet(m);
}

static void report_kit(const struct making *m, bool written, struct buffer *out)
{
    const struct kit *k = &m->kit;
    struct json j = {.out = out, .depth = 2};

    subject_report_begin(m->task, &j, !written || kit_failed(k) > 0);
    if (written)
        json_string(&j, "folder", m->name);
    json_open(&j, "documents", '[');
    for (size_t i = 0; k->files && i < k->files->n; i++) {
        if (!k->made[i].path)
            continue;
        json_open(&j, NULL, '{');
        json_string(&j, "kind", k->made[i].file->kind->kind);
        json_string(&j, "title", k->made[i].file->title);
        json_string(&j, "file", k->made[i].path);
        json_integer(&j, "pages", (long long)k->made[i].made.pages);
        json_integer(&j, "bytes", k->made[i].made.bytes);
        kit_describe(k, i, &j);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
}

static const char *folder_stem(const void *data, const struct applicant *who, struct arena *arena)
{
    (void)data;
    return arena_printf(arena, "%s-%s", who->id, who->name);
}

static void run_task(struct subject_task *task, struct buffer *result)
{
    struct making m = {.task = task, .job = task->run->job};
    struct buffer report = {0};

    m.name = subject_name(&m.job->folders, task, &m.arena);
    m.folder = arena_printf(&m.arena, "%s/%s", task->run->options->output, m.name);
    bool written = task->make && make_kit(&m);
    report_kit(&m, written, &report);
    tally_pack(result, written, kit_failed(&m.kit) > 0, &report, &task->diag);
    kit_end(&m.kit);
    buffer_clear(&report);
    arena_free(&m.arena);
}

/* --- all of them --- */

static bool open_job(struct job *job, struct subject_run *run)
{
    const struct upload_request *r = job->request;
    if (!r->options->output || !strcmp(r->options->output, "-"))
        return diag_system(run->batch, (struct src_pos){0},
                           "请用 -o 目录 指定写到哪里：每人有若干个文件",
                           "-o DIR tells where to write: there are several files an applicant");
    if (!(job->platform = platform_load(r->templates, run->batch)) || !subject_run_open(run))
        return false;
    run->left_out = diag_failed(run->batch); /* what is marked as uploaded counts, too */
    qpdf_load();                             /* once, before workers are forked */
    return subject_run_name(run, &job->folders) &&
           output_make_directory(r->options->output, run->batch);
}

int upload_run(const struct upload_request *request, struct diag *diag)
{
    struct job job = {.request = request,
                      .folders.stem = folder_stem,
                      .reader = {.fonts = request->fonts,
                                 .passwords = request->passwords,
                                 .n_passwords = request->n_passwords}};
    struct subject_run run = {.program = "upload",
                              .options = request->options,
                              .tables = request->tables,
                              .input = request->input,
                              .title = "平台上传材料",
                              .alone_seconds = APPLICANT_SECONDS,
                              .alone_bytes = APPLICANT_BYTES,
                              .make = run_task,
                              .job = &job,
                              .batch = diag};
    int status = subject_run(&run, open_job(&job, &run));

    subject_run_close(&run);
    platform_free(job.platform);
    arena_free(&job.folders.arena);
    return status;
}
