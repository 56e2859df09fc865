/* subject_run.c - see subject_run.h: record -> subjects -> workers -> messages, report. */
#include "papers/subject_run.h"

#include "core/finding_json.h"
#include "core/machine.h"
#include "core/output.h"
#include "core/tally.h"
#include "core/worker_fault.h"
#include "core/workers.h"
#include "media/quarantine.h"

#include <stdlib.h>
#include <string.h>

/* Who reads subjects one after the other. */
struct subject_reader {
    const struct subject_run *run;
    struct record_cursor *cursor;
    struct query_context *query;
};

static struct subject_reader *reader_new(const struct subject_run *run)
{
    struct subject_reader *r = mem_alloc(1, sizeof *r);
    r->run = run;
    r->cursor = record_cursor_new(run->record, NULL);
    r->query = query_context_new(run->tables);
    return r;
}

static void reader_free(struct subject_reader *r)
{
    if (!r)
        return;
    record_cursor_free(r->cursor);
    query_context_free(r->query);
    free(r);
}

static bool read_delegation(const struct subject_run *run, size_t number, struct applicant *out,
                            struct diag *diag)
{
    const struct gathered *g = &run->gathered[number];
    *out = (struct applicant){
        .id = g->id, .name = g->name, .unit = "", .dir = ".", .node = g->node, .at = g->at};
    if (!g->faulty)
        return true;
    return diag_error(diag, g->at,
                      "其中申报人 %s 的数据有误（见上），为免漏名，%s未出；请改正后重做",
                      "applicants %s of it are faulty (see above): not to leave out a name, %s was "
                      "not made; mend them and run again",
                      g->faulty, run->title);
}

/* out points into the reader until the next call. false: nothing can be made of it, and why was
 * reported. */
static bool read_subject(struct subject_reader *r, size_t number, struct applicant *out,
                         struct diag *diag)
{
    const struct subject_run *run = r->run;
    if (run->gathered)
        return read_delegation(run, number, out, diag);
    return record_reread(r->cursor, record_indices(run->record)[number], out, diag) && !out->faulty;
}

static const char *id_of(const struct subject_run *run, size_t number)
{
    return run->gathered ? run->gathered[number].id
                         : record_id(run->record, record_indices(run->record)[number]);
}

/* --- their names --- */

/* May "ID-NAME" of two be alike? Names are not known yet, and ids nearly always differ enough. */
static bool may_be_alike(const struct subject_run *run)
{
    enum { LONG_ID = 60 };
    struct arena arena = {0};
    struct names ids = {.arena = &arena};
    bool alike = false;

    for (size_t i = 0; i < run->n; i++) {
        const char *id = id_of(run, i);
        names_propose(&ids, id, id);
        alike = alike || strlen(id) > LONG_ID || strchr(id, '-');
    }
    alike = alike || names_alike(&ids);
    arena_free(&arena);
    return alike;
}

bool subject_run_name(const struct subject_run *run, struct subject_names *names)
{
    bool ok = true;

    if (!may_be_alike(run))
        return true;
    names->list.arena = &names->arena;
    struct subject_reader *reader = reader_new(run);
    for (size_t i = 0; ok && i < run->n; i++) {
        struct diag found = {0};
        struct applicant who = {0};
        read_subject(reader, i, &who, &found);
        if (found.system_faults)
            diag_append(run->batch, &found);
        ok = !found.system_faults;
        diag_clear(&found);
        who.id = id_of(run, i);
        who.name = who.name ? who.name : "";
        names_propose(&names->list, names->stem(names->data, &who, &names->arena), who.id);
    }
    names_settle(&names->list);
    reader_free(reader);
    return ok;
}

const char *subject_name(const struct subject_names *names, const struct subject_task *task,
                         struct arena *arena)
{
    return names->list.n ? names_get(&names->list, task->number)
                         : output_safe_name(arena, names->stem(names->data, &task->who, arena));
}

/* --- one of them --- */

static void *begin(void *run)
{
    quarantine_watch();
    return reader_new(run);
}

static void end(void *reader)
{
    reader_free(reader);
}

static void make(void *data, struct buffer *result)
{
    struct subject_task *task = data;
    task->run->make(task, result);
}

/* A file that ends the process costs what is made of that file alone: the rest is made again
 * without it, so that all mistakes are reported in one run. */
static void make_alone(struct subject_task *task, struct buffer *result)
{
    const struct subject_run *run = task->run;
    const struct workers_limits limits = {run->alone_seconds, run->alone_bytes};

    task->alone = true;
    enum workers_end end = quarantine_alone(make, task, limits, result);
    task->alone = false;
    if (end == WORKERS_DONE)
        return;
    worker_fault(
        &task->diag, (struct finding){.at = task->who.at},
        &(struct worker_fault){WORKER_DOCUMENT, end, NULL, {.seconds = run->alone_seconds}});
    task->make = false;
    make(task, result);
}

static struct diag_context context_of(const struct subject_run *run, const struct applicant *who)
{
    return (struct diag_context){who->id, who->name, who->unit, run->title};
}

/* With --strict a warning of the whole batch, or of the first pass about this subject, fails it as
 * one of its own does. */
static bool batch_allows(const struct subject_run *run, const char *id)
{
    for (size_t i = 0; run->options->strict && i < run->batch->n; i++) {
        const struct finding *f = &run->batch->list[i];
        if (f->severity == SEVERITY_WARNING &&
            (run->gathered || !f->applicant || !strcmp(f->applicant, id)))
            return false;
    }
    return true;
}

static void run_subject(void *state, size_t number, struct buffer *result)
{
    struct subject_reader *reader = state;
    const struct subject_run *run = reader->run;
    struct subject_task task = {.run = run,
                                .query = reader->query,
                                .number = number,
                                .diag = {.strict = run->options->strict}};

    task.make =
        read_subject(reader, number, &task.who, &task.diag) && batch_allows(run, task.who.id);
    task.diag.context = context_of(run, &task.who);
    if (task.make && run->alone_seconds)
        make_alone(&task, result);
    else
        make(&task, result);
    diag_clear(&task.diag);
}

/* What was found when the batch was read counts as what is found now. */
static bool is_warned(const struct subject_task *task)
{
    const struct diag *batch = task->run->batch;
    bool warned = task->diag.count[SEVERITY_WARNING] > 0;
    for (size_t i = 0; i < batch->n && !warned; i++)
        warned = batch->list[i].severity == SEVERITY_WARNING && batch->list[i].applicant &&
                 !strcmp(batch->list[i].applicant, task->who.id);
    return warned;
}

void subject_report_begin(const struct subject_task *task, struct json *j, bool failed)
{
    const struct applicant *who = &task->who;
    const struct diag *const findings[] = {task->run->batch, &task->diag};

    json_open(j, NULL, '{');
    json_string(j, "id", who->id);
    json_string(j, "name", who->name);
    json_string(j, "unit", who->unit);
    json_string(j, "status", failed ? "failed" : is_warned(task) ? "warned" : "ok");
    finding_json_about(j, findings, 2, who->id, task->run->options->report_language);
}

/* --- all of them --- */

/* true: the machine failed. */
static bool tell_death(struct subject_reader *reader, size_t number, enum workers_end end)
{
    const struct subject_run *run = reader->run;
    struct diag diag = {0}, unread = {0};
    struct applicant who = {0};

    read_subject(reader, number, &who, &unread);
    diag.context = context_of(run, &who);
    worker_fault(&diag, (struct finding){.at = who.at}, &(struct worker_fault){.end = end});
    bool failed = diag.system_faults > 0;
    diag_print(&diag, run->options->language, stderr);
    diag_clear(&diag);
    diag_clear(&unread);
    return failed;
}

/* ends: of those without a result; a crash where the machine gives no reason and none is known. */
static int finish(const struct subject_run *run, const struct buffer *results,
                  const enum workers_end *ends)
{
    static const char *const subjects[SCOPE_COUNT] = {"applicants", "units", "delegations",
                                                      "batch"};
    const struct tally_run of_run = {.program = run->program,
                                     .asof = record_asof(run->record),
                                     .subjects = subjects[run->scope],
                                     .n = run->n,
                                     .options = run->options,
                                     .batch = run->batch,
                                     .all_findings = run->gathered != NULL};
    struct tally t = tally_begin(&of_run);
    struct subject_reader *reader = NULL;

    for (size_t i = 0; i < run->n; i++)
        if (!tally_take(&t, &results[i])) {
            reader = reader ? reader : reader_new(run);
            enum workers_end end = machine_has_reason()      ? WORKERS_MACHINE
                                   : ends[i] == WORKERS_DONE ? WORKERS_DIED
                                                             : ends[i];
            t.system_faults += tell_death(reader, i, end);
        }
    reader_free(reader);
    /* whatever is wrong with another unit, all that was asked for is there; but who stands behind a
     * break in the file is not known */
    bool known = record_is_whole(run->record) || !diag_failed(run->batch);
    return tally_end(&t, known && !run->left_out);
}

bool subject_run_open(struct subject_run *run)
{
    if (!(run->record = record_open(run->input, run->batch)))
        return false;
    run->n = record_count(run->record);
    if (run->scope != SCOPE_APPLICANT) {
        size_t before = run->batch->count[SEVERITY_ERROR];
        if (!record_ask_whole(run->record, run->title, run->batch))
            return false;
        if (!(run->gathering = record_gather(run->record, run->scope, run->elements, run->batch)))
            return false;
        run->n = gathering_list(run->gathering, &run->gathered);
        run->left_out = run->batch->count[SEVERITY_ERROR] > before;
    }
    return run->n > 0;
}

static void ended(void *data, size_t number, enum workers_end end, struct buffer *result)
{
    enum workers_end *ends = data;
    (void)result;
    ends[number] = end;
}

static int make_all(struct subject_run *run)
{
    enum workers_end *ends = mem_alloc(run->n, sizeof *ends);
    const struct workers_watch watch = {.ended = ended, .data = ends};
    int jobs = run->options->jobs;
    const struct workers_job work = {begin, run_subject, end, run};
    struct buffer *results = mem_alloc(run->n, sizeof *results);

    if (!(jobs > 1 && run->n > 1 ? workers_watched(&work, &watch, run->n, jobs, results)
                                 : workers_run(&work, run->n, jobs, results)))
        worker_fault(run->batch, (struct finding){0},
                     &(struct worker_fault){.end = WORKERS_REFUSED});
    int status = finish(run, results, ends);
    free(ends);
    for (size_t i = 0; i < run->n; i++)
        buffer_clear(&results[i]);
    free(results);
    return status;
}

int subject_run(struct subject_run *run, bool opened)
{
    const struct diag *found = run->batch;
    if (opened)
        return make_all(run);
    diag_print(found, run->options->language, stderr);
    return found->system_faults ? 2 : diag_failed(found) ? 1 : 0;
}

void subject_run_close(struct subject_run *run)
{
    gathering_free(run->gathering);
    record_free(run->record);
    diag_clear(run->batch);
}
