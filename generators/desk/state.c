/* state.c - see state.h. */
#include "desk/state.h"

#include "desk/job.h"
#include "desk/upload.h"

#include <sys/stat.h>

enum { SHOWN_UPLOADS = 50 };

static const char *file(const struct store_batch *b, const char *name, struct arena *arena)
{
    return arena_printf(arena, "%s/%s", b->path, name);
}

static void put_uploads(struct json *j, const struct store_batch *b, struct arena *arena,
                        struct diag *diag)
{
    long last = store_next(file(b, "uploads", arena), diag) - 1;
    struct upload u;
    json_open(j, "uploads", '[');
    for (long i = last; i > 0 && i > last - SHOWN_UPLOADS; i--) {
        if (!upload_read(b->path, i, arena, &u, diag))
            continue;
        json_open(j, NULL, '{');
        json_integer(j, "number", i);
        json_string(j, "created", u.created);
        json_bool(j, "complete", u.complete);
        json_integer(j, "base", u.base);
        change_put(j, &u.change);
        json_integer(j, "files", (long long)u.n);
        json_integer(j, "bytes", (long long)u.bytes);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static bool is_there(const char *path, struct diag *diag)
{
    struct stat st;
    bool there = stat(path, &st) == 0;
    if (!there)
        store_ask(path, diag);
    return there;
}

/* true: the file is there. */
static bool put_time(struct json *j, const char *key, const char *path, struct diag *diag)
{
    struct stat st;
    bool there = stat(path, &st) == 0;
    if (there)
        json_integer(j, key, (long long)st.st_mtime);
    else
        store_ask(path, diag);
    return there;
}

/* The counts of a report, which may be long: they have been put aside. */
static void put_counts(struct json *j, const char *key, const char *path, struct arena *arena,
                       struct diag *diag)
{
    const struct json_value *counts = store_read(path, arena, diag);
    if (!counts || counts->kind != JSON_OBJECT)
        return;
    json_open(j, key, '{');
    for (const struct json_value *c = counts->children; c; c = c->next)
        json_put(j, c->key, c);
    put_time(j, "time", path, diag);
    json_close(j, '}');
}

void state_put(struct json *j, const struct store_batch *b, struct diag *diag)
{
    struct arena arena = {0};
    struct job job;

    json_open(j, NULL, '{');
    json_string(j, "id", b->id);
    json_string(j, "name", b->name);
    json_string(j, "profile", b->profile);
    json_string(j, "created", b->created);
    json_integer(j, "upload", store_current(b->path, diag));
    put_uploads(j, b, &arena, diag);
    if (job_read(b->path, job_last(b->path, diag), &arena, &job, diag))
        job_put(j, "job", &job);
    put_counts(j, "checked", file(b, STATE_CHECKED, &arena), &arena, diag);
    put_counts(j, "package", file(b, STATE_PACKAGED, &arena), &arena, diag);
    put_time(j, "taken", file(b, "taken.json", &arena), diag);
    put_time(j, "changes", file(b, "out/changes.json", &arena), diag);
    json_bool(j, "passwords", is_there(file(b, STORE_PASSWORDS, &arena), diag));
    json_bool(j, "data", put_time(j, "data_time", file(b, "current/book.xlsx", &arena), diag));
    json_close(j, '}');
    arena_free(&arena);
}
