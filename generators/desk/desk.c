/* desk.c - see desk.h. */
#include "desk/desk.h"

#include "core/lock.h"
#include "desk/http.h"
#include "desk/zip_stream.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { DESCRIPTORS = 4096 };

/* A descriptor for each connection, and for the file that it is sent. */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < DESCRIPTORS) {
        limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void sweep(const char *root, struct diag *diag)
{
    struct arena arena = {0};
    struct store_batch *list;
    for (size_t i = 0, n = store_list(root, &arena, &list, diag); i < n; i++)
        zip_sweep(list[i].path);
    arena_free(&arena);
}

/* Signals that end the desk, and those of children that have ended, are waited for; threads that
 * are started later do not get them. */
static sigset_t wanted_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return set;
}

static void serve(struct desk *desk, struct http *http, const sigset_t *signals)
{
    const struct timespec tick = {0, 250000000};
    for (int got = 0; got != SIGTERM && got != SIGINT && got != SIGHUP;) {
        got = sigtimedwait(signals, NULL, &tick);
        http_wake(http, supervisor_tick(desk->supervisor));
    }
}

int desk_run(const struct desk_options *options, struct diag *diag)
{
    struct desk desk = {.options = options};
    int status = 2;

    microhttpd_load();
    raise_descriptors();
    const sigset_t signals = wanted_signals();
    if (!store_open(options->root, diag) || lock_tree(options->root, 0, 0, diag) < 0)
        return 2;
    sweep(options->root, diag);
    desk.gate = gate_new(&options->gate);
    desk.supervisor = supervisor_new(options->root, options->quota, diag);
    struct http *http = desk.supervisor ? http_start(&desk, diag) : NULL;
    if (http) {
        fprintf(stderr, "desk: http://%s/\n", options->gate.listen);
        serve(&desk, http, &signals);
        http_stop(http);
        status = 0;
    }
    supervisor_free(desk.supervisor);
    gate_free(desk.gate);
    return status;
}
