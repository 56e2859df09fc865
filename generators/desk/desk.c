/* desk.c - see desk.h. */
#include "desk/desk.h"

#include "core/lock.h"
#include "core/output.h"
#include "core/paths.h"
#include "core/real_path.h"
#include "core/system_error.h"
#include "core/version.h"
#include "desk/desk_profiles.h"
#include "desk/http.h"
#include "desk/zip_stream.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
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

static int run(const struct desk_options *options, struct diag *diag)
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

/* A folder in one that is there: a slip in the path is not to become folders of its own. */
static bool make_folder(const char *directory, struct diag *diag)
{
    if (mkdir(directory, 0700) == 0 || errno == EEXIST)
        return output_make_directory(directory, diag);
    return errno == ENOENT
               ? diag_system(diag, (struct src_pos){directory, 0},
                             "上一级目录不存在；请先建好，或改正路径",
                             "its parent folder does not exist: make it, or correct the path")
               : output_failed(directory, diag);
}

int desk_run(const char *directory, const struct gate_words *words, double quota, struct diag *diag)
{
    struct arena arena = {0};
    struct desk_options o = {.quota = quota,
                             .pages = arena_printf(&arena, "%s/desk", shenbao_templates()),
                             .version = SHENBAO_VERSION};
    int status = 2;
    o.profiles = desk_profiles(&arena, &o.n_profiles, diag);
    if (gate_words_read(words, &o.gate, &arena, diag) && make_folder(directory, diag)) {
        o.root = real_path(&arena, directory);
        if (o.root)
            status = run(&o, diag);
        else
            diag_unreadable(diag, directory);
    }
    arena_free(&arena);
    return status;
}
