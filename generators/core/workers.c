/* workers.c - see workers.h. Jobs are taken from a shared counter; results come back over one pipe per worker as
 * {number, length, bytes}. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, which POSIX.1-2008 lacks */
#include "core/workers.h"

#include "core/arena.h"
#include "core/output.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct head {
    uint64_t number, length;
};

struct worker {
    pid_t pid;
    int fd;
    struct buffer in; /* what has arrived and is not yet a whole result */
};

static _Noreturn void work(const struct workers_job *job, size_t n, atomic_size_t *next, int fd)
{
    void *state = job->begin(job->data);
    for (size_t i; state && (i = atomic_fetch_add(next, 1)) < n;) {
        struct buffer result = {0};
        job->run(state, i, &result);
        struct head h = {i, result.len};
        if (!output_bytes(fd, &h, sizeof h) || !output_bytes(fd, result.data, result.len))
            _exit(1);
        buffer_clear(&result);
    }
    _exit(0); /* no handlers, no shared stdio buffers flushed twice */
}

static bool start(struct worker *w, size_t n_workers, struct worker *all, const struct workers_job *job, size_t n,
                  atomic_size_t *next)
{
    int ends[2];
    if (pipe(ends) < 0)
        return false;
    pid_t pid = fork();
    if (pid < 0) {
        close(ends[0]);
        close(ends[1]);
        return false;
    }
    if (pid == 0) {
        close(ends[0]);
        for (size_t i = 0; i < n_workers; i++)
            if (&all[i] != w && all[i].fd >= 0)
                close(all[i].fd);
        work(job, n, next, ends[1]);
    }
    close(ends[1]);
    *w = (struct worker){.pid = pid, .fd = ends[0]};
    return true;
}

static void take_results(struct worker *w, size_t n, struct buffer *results)
{
    size_t at = 0;
    struct head h;
    while (w->in.len - at >= sizeof h) {
        memcpy(&h, w->in.data + at, sizeof h);
        if (w->in.len - at - sizeof h < h.length)
            break;
        if (h.number < n)
            buffer_add(&results[h.number], w->in.data + at + sizeof h, h.length);
        at += sizeof h + h.length;
    }
    if (at > 0) {
        memmove(w->in.data, w->in.data + at, w->in.len - at);
        w->in.len -= at;
    }
}

bool workers_run(const struct workers_job *job, size_t n, int processes, struct buffer *results)
{
    if (processes <= 1 || n <= 1) {
        void *state = job->begin(job->data);
        for (size_t i = 0; state && i < n; i++)
            job->run(state, i, &results[i]);
        job->end(state);
        return true;
    }
    size_t n_workers = (size_t)processes < n ? (size_t)processes : n;
    atomic_size_t *next = mmap(NULL, sizeof *next, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (next == MAP_FAILED)
        return false;
    atomic_init(next, 0);
    struct worker *all = mem_alloc(n_workers, sizeof *all);
    struct pollfd *polls = mem_alloc(n_workers, sizeof *polls);
    bool ok = true;
    size_t alive = 0;

    for (size_t i = 0; i < n_workers; i++)
        all[i].fd = -1;
    for (size_t i = 0; i < n_workers && ok; i++)
        if ((ok = start(&all[i], n_workers, all, job, n, next)))
            alive++;
    while (alive > 0) {
        for (size_t i = 0; i < n_workers; i++)
            polls[i] = (struct pollfd){.fd = all[i].fd, .events = POLLIN};
        if (poll(polls, n_workers, -1) < 0 && errno != EINTR)
            break;
        for (size_t i = 0; i < n_workers; i++) {
            if (all[i].fd < 0 || !polls[i].revents)
                continue;
            unsigned char chunk[65536];
            ssize_t got = read(all[i].fd, chunk, sizeof chunk);
            if (got > 0) {
                buffer_add(&all[i].in, chunk, (size_t)got);
                take_results(&all[i], n, results);
                continue;
            }
            if (got < 0 && errno == EINTR)
                continue;
            int status = 0;
            close(all[i].fd);
            all[i].fd = -1;
            waitpid(all[i].pid, &status, 0);
            buffer_clear(&all[i].in);
            alive--;
            bool died = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
            if (died && atomic_load(next) < n && start(&all[i], n_workers, all, job, n, next))
                alive++;
        }
    }
    free(polls);
    free(all);
    munmap(next, sizeof *next);
    return ok;
}
