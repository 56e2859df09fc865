/* supervisor.c - see supervisor.h. */
#include "desk/supervisor.h"

#include "core/output.h"
#include "desk/child.h"
#include "desk/monotonic.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    JOBS_AT_ONCE = 2,
    PREVIEWS_AT_ONCE = 2,
    PREVIEW_SECONDS = 60, /* of processor time */
    PREVIEWS_KEPT = 200,  /* of one state of a batch */
    FAILURE_KEPT = 10     /* seconds for which a preview that failed is not tried again */
};

#define BLANK "blank" /* the key of the blank workbook */

struct task {
    struct task *next;
    char *batch;        /* its folder */
    long number;        /* of a job; 0: a preview */
    enum job_kind kind; /* of a job */
    long upload;
    char *key, *profile, *paper, *person; /* of a preview */
    pid_t pid;                            /* 0: it waits */
    bool cancelled;
    bool over;                 /* a job whose file could not be told so yet */
    enum preview_state failed; /* a preview: how; READY: it has not */
    time_t ended;              /* of a preview that has failed */
};

struct supervisor {
    double quota;
    pthread_mutex_t lock; /* of all below */
    struct task *tasks;   /* in the order in which they were asked for */
    bool changed;
};

static char *copy(const char *s)
{
    char *out = s ? mem_alloc(strlen(s) + 1, 1) : NULL;
    return out ? strcpy(out, s) : NULL;
}

static void task_free(struct task *t)
{
    free(t->batch);
    free(t->key);
    free(t->profile);
    free(t->paper);
    free(t->person);
    free(t);
}

/* The lock is held. */
static struct task *append(struct supervisor *s, const char *batch)
{
    struct task **end = &s->tasks, *t = mem_alloc(1, sizeof *t);
    while (*end)
        end = &(*end)->next;
    *end = t;
    t->batch = copy(batch);
    return t;
}

static void remove_task(struct supervisor *s, struct task *t)
{
    struct task **at = &s->tasks;
    while (*at != t)
        at = &(*at)->next;
    *at = t->next;
    task_free(t);
    s->changed = true;
}

/* --- jobs --- */

/* false: the job's file cannot be read or written just now. */
static bool end_job(const char *batch, long number, enum job_state state, const char *detail,
                    struct diag *diag)
{
    struct arena arena = {0};
    struct job job;
    bool ok = true;
    if (job_read(batch, number, &arena, &job, diag) && !job_is_over(&job)) {
        job.state = state;
        job.detail = detail;
        job.ended = time(NULL);
        ok = job_write(batch, &job, diag);
    }
    arena_free(&arena);
    return ok && !diag_failed(diag);
}

static long same_job(const struct supervisor *s, const char *batch, const struct job *wanted)
{
    for (const struct task *t = s->tasks; t; t = t->next)
        if (t->number && !strcmp(t->batch, batch) && t->kind == wanted->kind &&
            t->upload == wanted->upload && !t->cancelled && !t->over && !(wanted->fresh && t->pid))
            return t->number;
    return 0;
}

long supervisor_add(struct supervisor *s, const char *batch, const struct job *wanted,
                    struct diag *diag)
{
    struct job job = *wanted;

    pthread_mutex_lock(&s->lock);
    job.number = job.kind == JOB_CORRECT ? 0 : same_job(s, batch, wanted);
    job.state = JOB_QUEUED;
    job.status = -1;
    if (!job.number) {
        job.number = job_last(batch, diag) + 1;
        if (diag_failed(diag)) {
            job.number = 0;
        } else if (job_write(batch, &job, diag)) {
            struct task *t = append(s, batch);
            t->number = job.number;
            t->kind = job.kind;
            t->upload = job.upload;
        } else {
            job_withdraw(batch, job.number);
            job.number = 0;
        }
    }
    s->changed = true;
    pthread_mutex_unlock(&s->lock);
    return job.number;
}

bool supervisor_cancel(struct supervisor *s, const char *batch, long number)
{
    bool found = false;
    pthread_mutex_lock(&s->lock);
    for (struct task *t = s->tasks; t && !found; t = t->next)
        if (t->number == number && !strcmp(t->batch, batch)) {
            found = t->cancelled = true;
            if (t->pid)
                child_kill(t->pid); /* its end is noticed like any other */
        }
    pthread_mutex_unlock(&s->lock);
    return found;
}

void supervisor_forget(struct supervisor *s, const char *batch)
{
    pthread_mutex_lock(&s->lock);
    for (struct task *t = s->tasks; t; t = t->next)
        if (!strcmp(t->batch, batch)) {
            t->cancelled = true;
            if (t->pid)
                child_kill(t->pid);
        }
    pthread_mutex_unlock(&s->lock);
}

/* --- previews --- */

static const char *preview_folder(const struct task *t, struct arena *arena)
{
    return arena_printf(arena, "%s/pages/%s", t->batch, t->key);
}

static struct task *find_preview(struct supervisor *s, const char *batch, const char *key)
{
    struct task *t = s->tasks;
    while (t && (t->number || strcmp(t->batch, batch) || strcmp(t->key, key)))
        t = t->next;
    return t;
}

enum preview_state supervisor_preview(struct supervisor *s, const char *batch, const char *profile,
                                      const char *paper, const char *person, const char *key,
                                      struct diag *diag)
{
    enum preview_state state = PREVIEW_PENDING;
    struct arena arena = {0};
    struct stat st;

    pthread_mutex_lock(&s->lock);
    struct task *t = find_preview(s, batch, key);
    const char *done = arena_printf(&arena, "%s/pages/%s/done", batch, key);
    if (stat(done, &st) == 0)
        state = PREVIEW_READY;
    else
        store_ask(done, diag);
    if (state == PREVIEW_READY || diag_failed(diag)) {
        ;
    } else if (t && t->failed) {
        state = t->failed;
    } else if (!t) {
        t = append(s, batch);
        t->key = copy(key);
        t->profile = copy(profile);
        t->paper = copy(paper);
        t->person = copy(person);
    }
    pthread_mutex_unlock(&s->lock);
    arena_free(&arena);
    return state;
}

enum preview_state supervisor_blank(struct supervisor *s, const char *batch, const char *profile,
                                    struct diag *diag)
{
    return supervisor_preview(s, batch, profile, NULL, NULL, BLANK, diag);
}

/* A file says that all pages are there. status: of the program; 2, or none, is the machine's. */
static void end_preview(struct supervisor *s, struct task *t, int status)
{
    bool ok = status == 0 || status == 3;
    struct arena arena = {0};
    struct diag silent = {0};
    const char *done = arena_printf(&arena, "%s/done", preview_folder(t, &arena));
    if (ok && output_write(done, "", 0, &silent)) {
        remove_task(s, t);
    } else {
        t->failed = status == 1 ? PREVIEW_FAILED : PREVIEW_STOPPED;
        t->ended = monotonic_seconds();
        t->pid = 0;
        s->changed = true;
    }
    diag_clear(&silent);
    arena_free(&arena);
}

/* --- processes --- */

static void start_job(const struct supervisor *s, struct task *t, struct diag *diag)
{
    char number[24], quota[40];
    snprintf(number, sizeof number, "%ld", t->number);
    snprintf(quota, sizeof quota, "%.0f", s->quota);
    const char *const argv[] = {"desk", "--run", t->batch, "--job", number, "--quota", quota, NULL};
    const struct child_call call = {.argv = argv};
    t->pid = child_start(&call, diag);
}

struct kept_pages {
    const char *path;
    struct timespec made;
};

static int by_age(const void *a, const void *b)
{
    const struct timespec *x = &((const struct kept_pages *)a)->made,
                          *y = &((const struct kept_pages *)b)->made;
    return x->tv_sec != y->tv_sec ? (x->tv_sec > y->tv_sec) - (x->tv_sec < y->tv_sec)
                                  : (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

/* The folders in a folder, the oldest first. */
static size_t list_folders(const char *folder, struct kept_pages **out, struct arena *arena)
{
    struct kept_pages *list = NULL;
    size_t n = 0, cap = 0;
    struct diag silent = {0};
    struct stat st;
    DIR *dir = store_folder(folder, &silent);
    for (struct dirent *e; (e = store_entry(dir, folder, &silent));) {
        const char *path = arena_printf(arena, "%s/%s", folder, e->d_name);
        if (e->d_name[0] != '.' && lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
            *ARENA_PUSH(arena, list, n, cap) = (struct kept_pages){path, st.st_mtim};
    }
    if (dir)
        closedir(dir);
    diag_clear(&silent);
    if (n)
        qsort(list, n, sizeof *list, by_age);
    *out = list;
    return n;
}

/* Is a preview, of which the folder is or lies in that one, still being made? */
static bool is_in_work(const struct supervisor *s, const char *folder, struct arena *arena)
{
    size_t len = strlen(folder);
    for (const struct task *t = s->tasks; t; t = t->next) {
        const char *own = t->number ? "" : preview_folder(t, arena);
        if (!strncmp(own, folder, len) && (own[len] == '\0' || own[len] == '/'))
            return true;
    }
    return false;
}

/* Before another is made: those of an earlier state go, and the oldest of many. */
static void drop_pages(const struct supervisor *s, const struct task *t, struct arena *arena)
{
    const char *pages = arena_printf(arena, "%s/pages", t->batch),
               *state = arena_printf(arena, "%s/%.*s", pages, (int)strcspn(t->key, "/"), t->key),
               *blank = arena_printf(arena, "%s/" BLANK, pages);
    struct kept_pages *list;
    size_t n = list_folders(pages, &list, arena);
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].path, state) && strcmp(list[i].path, blank) &&
            !is_in_work(s, list[i].path, arena))
            store_remove(list[i].path);
    n = list_folders(state, &list, arena);
    for (size_t i = 0; i + PREVIEWS_KEPT <= n; i++)
        if (!is_in_work(s, list[i].path, arena))
            store_remove(list[i].path);
}

static void start_blank(struct task *t, const char *folder, struct arena *arena, struct diag *diag)
{
    const char *const argv[] = {"workbook", "-q", "--profile",
                                t->profile, "-o", arena_printf(arena, "%s/book.xlsx", folder),
                                NULL};
    const struct child_call call = {argv, t->batch, NULL, PREVIEW_SECONDS};
    t->pid = child_start(&call, diag);
}

/* As the package is made, with the passwords that it has. */
static void start_paper(struct task *t, const char *folder, struct arena *arena, struct diag *diag)
{
    const char *passwords = arena_printf(arena, "%s/" STORE_PASSWORDS, t->batch);
    bool locked = access(passwords, F_OK) == 0;
    if (!locked)
        store_ask(passwords, diag);
    const char *const argv[] = {t->paper,
                                "--svg",
                                "-q",
                                "-j",
                                "1",
                                "-a",
                                t->person,
                                "--profile",
                                t->profile,
                                "--excerpts",
                                arena_printf(arena, "%s/" STORE_EXCERPTS, t->batch),
                                "-o",
                                folder,
                                "book.xlsx",
                                locked ? "--password-file" : NULL,
                                passwords,
                                NULL};
    const struct child_call call = {argv, arena_printf(arena, "%s/current", t->batch), NULL,
                                    PREVIEW_SECONDS};
    t->pid = diag_failed(diag) ? -1 : child_start(&call, diag); /* -1: at the next tick */
}

static void start_preview(const struct supervisor *s, struct task *t, struct diag *diag)
{
    struct arena arena = {0};
    const char *folder = preview_folder(t, &arena);
    if (t->paper)
        drop_pages(s, t, &arena);
    store_remove(folder);
    if (!output_make_directory(folder, diag)) {
        t->failed = PREVIEW_STOPPED;
        t->ended = monotonic_seconds();
    } else if (t->paper) {
        start_paper(t, folder, &arena, diag);
    } else {
        start_blank(t, folder, &arena, diag);
    }
    arena_free(&arena);
}

static bool has_running_job(const struct supervisor *s, const char *batch)
{
    for (const struct task *t = s->tasks; t; t = t->next)
        if (t->number && t->pid > 0 && !strcmp(t->batch, batch))
            return true;
    return false;
}

static size_t count_running(const struct supervisor *s, bool jobs)
{
    size_t n = 0;
    for (const struct task *t = s->tasks; t; t = t->next)
        n += t->pid > 0 && (t->number > 0) == jobs;
    return n;
}

static void start_waiting(struct supervisor *s)
{
    for (struct task *t = s->tasks; t; t = t->next) {
        struct diag silent = {0};
        if (t->pid || t->failed || t->cancelled || t->over)
            continue;
        if (t->number && count_running(s, true) < JOBS_AT_ONCE && !has_running_job(s, t->batch))
            start_job(s, t, &silent);
        else if (!t->number && count_running(s, false) < PREVIEWS_AT_ONCE)
            start_preview(s, t, &silent);
        if (t->pid < 0)
            t->pid = 0; /* no process is to be had just now: again at the next tick */
        s->changed |= t->pid > 0 || t->failed;
        diag_clear(&silent);
    }
}

/* The task may be gone from the list then; a job that cannot be told over stays, for the next tick:
 * else its page would wait for ever. */
static void end_task(struct supervisor *s, struct task *t, int status)
{
    struct diag silent = {0};
    if (!t->number) {
        end_preview(s, t, status);
        return;
    }
    t->over = true;
    t->pid = 0;
    /* it has said itself how it ended, unless it was killed */
    if (end_job(t->batch, t->number, t->cancelled ? JOB_CANCELLED : JOB_FAILED,
                t->cancelled ? NULL : "died", &silent))
        remove_task(s, t);
    diag_clear(&silent);
}

static void notice_ends(struct supervisor *s)
{
    time_t now = monotonic_seconds();
    for (struct task *t = s->tasks, *next; t; t = next) {
        int status = 0;
        next = t->next;
        if (t->pid > 0 && waitpid(t->pid, &status, WNOHANG) == t->pid)
            end_task(s, t, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
        else if (!t->pid && (t->cancelled || t->over))
            end_task(s, t, -1);
        else if (t->failed && now - t->ended > FAILURE_KEPT)
            remove_task(s, t);
    }
}

bool supervisor_tick(struct supervisor *s)
{
    pthread_mutex_lock(&s->lock);
    notice_ends(s);
    start_waiting(s);
    bool changed = s->changed;
    s->changed = false;
    pthread_mutex_unlock(&s->lock);
    return changed;
}

/* --- from one desk to the next --- */

static void take_over(struct supervisor *s, const struct store_batch *b, struct arena *arena,
                      struct diag *diag)
{
    struct job job;
    long last = job_last(b->path, diag);
    for (long i = 1; i <= last; i++) {
        if (!job_read(b->path, i, arena, &job, diag) || job_is_over(&job))
            continue;
        if (job.state == JOB_RUNNING) {
            end_job(b->path, i, JOB_INTERRUPTED, NULL, diag);
            continue;
        }
        struct task *t = append(s, b->path);
        t->number = i;
        t->kind = job.kind;
        t->upload = job.upload;
    }
}

struct supervisor *supervisor_new(const char *root, double quota, struct diag *diag)
{
    struct supervisor *s = mem_alloc(1, sizeof *s);
    struct arena arena = {0};
    struct store_batch *list;

    s->quota = quota;
    pthread_mutex_init(&s->lock, NULL);
    for (size_t i = 0, n = store_list(root, &arena, &list, diag); i < n; i++)
        take_over(s, &list[i], &arena, diag);
    arena_free(&arena);
    if (diag_failed(diag)) { /* what waits would be forgotten */
        supervisor_free(s);
        return NULL;
    }
    return s;
}

void supervisor_free(struct supervisor *s)
{
    if (!s)
        return;
    for (struct task *t = s->tasks, *next; t; t = next) {
        struct diag silent = {0};
        next = t->next;
        if (t->pid > 0) {
            child_kill(t->pid);
            child_wait(t->pid);
            if (t->number) /* the next desk will say so, where this one cannot */
                end_job(t->batch, t->number, JOB_INTERRUPTED, NULL, &silent);
        }
        diag_clear(&silent);
        task_free(t);
    }
    pthread_mutex_destroy(&s->lock);
    free(s);
}
