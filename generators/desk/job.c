/* job.c - see job.h. */
#include "desk/job.h"

#include "core/output.h"

#include <string.h>
#include <unistd.h>

static const char *const kinds[] = {"take", "package", "correct"};
static const char *const states[] = {"queued", "running",   "done",
                                     "failed", "cancelled", "interrupted"};

static int index_of(const char *word, const char *const *words, int n)
{
    for (int i = 0; i < n; i++)
        if (word && !strcmp(word, words[i]))
            return i;
    return -1;
}

static const char *job_path(const char *batch, long number, struct arena *arena)
{
    return arena_printf(arena, "%s/jobs/%ld.json", batch, number);
}

bool job_read(const char *batch, long number, struct arena *arena, struct job *out,
              struct diag *diag)
{
    const struct json_value *v =
        number > 0 ? store_read(job_path(batch, number, arena), arena, diag) : NULL;
    int kind = index_of(json_member_text(v, "kind"), kinds, sizeof kinds / sizeof *kinds);
    int state = index_of(json_member_text(v, "state"), states, sizeof states / sizeof *states);

    if (!v || kind < 0 || state < 0)
        return false;
    const struct json_value *reason = json_member(v, "reason");
    *out =
        (struct job){.kind = (enum job_kind)kind,
                     .state = (enum job_state)state,
                     .number = number,
                     .upload = (long)json_member_count(v, "upload"),
                     .step = json_member_text(v, "step"),
                     .change = change_read(v),
                     .done = (long)json_member_count(v, "done"),
                     .of = (long)json_member_count(v, "of"),
                     .status = json_member(v, "status") ? (int)json_member_count(v, "status") : -1,
                     .detail = json_member_text(v, "detail"),
                     .reason = {json_member_text(reason, "zh"), json_member_text(reason, "en")},
                     .started = json_member_count(v, "started"),
                     .ended = json_member_count(v, "ended")};
    return true;
}

void job_put(struct json *j, const char *key, const struct job *job)
{
    json_open(j, key, '{');
    json_integer(j, "number", job->number);
    json_string(j, "kind", kinds[job->kind]);
    json_string(j, "state", states[job->state]);
    json_integer(j, "upload", job->upload);
    json_string(j, "step", job->step);
    json_integer(j, "done", job->done);
    json_integer(j, "of", job->of);
    if (job->status >= 0)
        json_integer(j, "status", job->status);
    change_put(j, &job->change);
    json_string(j, "detail", job->detail);
    if (*job->reason) {
        json_open(j, "reason", '{');
        json_string(j, "zh", job->reason[LANGUAGE_ZH]);
        json_string(j, "en", job->reason[LANGUAGE_EN]);
        json_close(j, '}');
    }
    json_integer(j, "started", job->started);
    json_integer(j, "ended", job->ended);
    json_close(j, '}');
}

bool job_write(const char *batch, const struct job *job, struct diag *diag)
{
    struct arena arena = {0};
    struct buffer out = {0};
    struct json j = {.out = &out};
    job_put(&j, NULL, job);
    bool ok = output_write(job_path(batch, job->number, &arena), out.data, out.len, diag);
    buffer_clear(&out);
    arena_free(&arena);
    return ok;
}

void job_withdraw(const char *batch, long number)
{
    struct arena arena = {0};
    unlink(job_path(batch, number, &arena));
    arena_free(&arena);
}

long job_last(const char *batch, struct diag *diag)
{
    struct arena arena = {0};
    long last = store_next(arena_printf(&arena, "%s/jobs", batch), diag) - 1;
    arena_free(&arena);
    return last;
}

bool job_is_over(const struct job *job)
{
    return job->state != JOB_QUEUED && job->state != JOB_RUNNING;
}
