/* workers.c - see workers.h. Jobs are taken from a shared counter; results come back over one pipe
 * per worker as {number, length, bytes}. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, which POSIX.1-2008 lacks */
#include "core/workers.h"

#include "core/arena.h"
#include "core/clock.h"
#include "core/machine.h"
#include "core/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef COUNT_COVERAGE
void __gcov_dump(void);
#endif

/* No handlers run, and no buffers that the parent has, too, are flushed twice. What a build that
 * counts what the tests reach has counted is kept. */
static _Noreturn void leave(int status)
{
#ifdef COUNT_COVERAGE
    __gcov_dump();
#endif
    _exit(status);
}

/* Stands before each result in the pipe. */
struct result_head {
    uint64_t number, length;
};

/* What a worker is at: IDLE, BEGINNING, or AT_WORK plus the number of its job. AT_WORK plus the
 * count of all jobs stands for the time before the first job. */
enum { IDLE, BEGINNING, AT_WORK };

/* Workers that may end before their first job. */
enum { MOST_FALSE_STARTS = 8 };

/* What a worker tells its parent in memory that both see. A worker that ends while it is at work
 * has died: that holds even where an inherited SIGCHLD setting hides exit statuses. */
struct announcement {
    atomic_size_t at_work;
    char note[512]; /* a dead worker may have left any last byte */
};

struct shared {
    atomic_size_t next;
    struct announcement announcements[]; /* by worker */
};

static char *own_note;      /* in this worker's announcement; NULL: this process is no worker */
static char last_note[512]; /* of the worker that has ended just now */
static bool last_slice;     /* whose CPU time was spent */

struct worker {
    pid_t pid;
    int fd;           /* -1: it has ended */
    struct buffer in; /* what has arrived and is not yet a whole result */
    size_t watched;   /* the at_work that the watch saw last */
    double since;     /* when the watch first saw that */
    bool slow;        /* killed because its job took too long */
};

struct pool {
    const struct workers_job *job;
    const struct workers_watch *watch; /* NULL: nobody watches */
    size_t n;
    struct shared *shared;
    struct worker *all;
    size_t n_workers;
    bool *ended; /* by number */
    struct buffer *results;
    bool stopped;
    double looked;         /* when the watch last did */
    unsigned false_starts; /* workers that ended before their first job */
};

static void job_ended(struct pool *p, size_t number, enum workers_end end)
{
    if (number >= p->n || p->ended[number])
        return;
    p->ended[number] = true;
    if (p->watch && p->watch->ended)
        p->watch->ended(p->watch->data, number, end, &p->results[number]);
}

/* fork with a pipe from the child to us; 0 in the child, which has *fd to write to. */
static pid_t fork_child(int *fd)
{
    int ends[2];
    pid_t parent = getpid();

    if (pipe(ends) < 0)
        return -1;
    pid_t pid = fork();
    if (pid < 0) {
        int saved = errno;
        close(ends[0]);
        close(ends[1]);
        errno = saved;
        return -1;
    }
    close(ends[pid == 0 ? 0 : 1]);
    *fd = ends[pid == 0 ? 1 : 0];
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) /* it ended before we could ask */
            leave(1);
    }
    return pid;
}

/* What a child must do to be heard. */
static _Noreturn void unheard(void)
{
    machine_failed(NULL, "进程之间的管道出错", "a pipe between processes failed");
}

/* How a process ended that has left no whole result. */
static enum workers_end end_of(int status)
{
    static const int of_others[] = {SIGKILL, SIGTERM, SIGHUP, SIGINT, SIGQUIT};
    int signal_number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

    if (WIFEXITED(status) && WEXITSTATUS(status) == MACHINE_STATUS)
        return WORKERS_MACHINE;
    for (size_t i = 0; i < sizeof of_others / sizeof *of_others; i++)
        if (signal_number == of_others[i]) /* none is raised by what a process does itself */
            return WORKERS_KILLED;
    return signal_number == SIGXCPU ? WORKERS_SLOW : WORKERS_DIED;
}

/* The status; 0 when it is not to be had. */
static int reap(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return 0;
    return status;
}

/* The soft limit, which may be raised again. */
static void lower(int resource, rlim_t to)
{
    struct rlimit r;
    if (getrlimit(resource, &r) == 0) {
        r.rlim_cur = r.rlim_max == RLIM_INFINITY || to < r.rlim_max ? to : r.rlim_max;
        setrlimit(resource, &r);
    }
}

/* Memory is counted from what the process already has, so that an inherited font or sanitizer's
 * shadow does not eat the allowance. */
static void limit_memory(size_t more)
{
    rlim_t now = machine_address_space();
    if (now == 0)
        return;
    machine_share(now + more);
    lower(RLIMIT_AS, now + more);
}

void workers_note(const char *what)
{
    if (own_note)
        snprintf(own_note, sizeof last_note, "%s", what);
}

const char *workers_noted(void)
{
    return last_note;
}

bool workers_noted_slice(void)
{
    return last_slice;
}

static _Noreturn void work(const struct pool *p, size_t self, int fd)
{
    atomic_size_t *at_work = &p->shared->announcements[self].at_work;

    own_note = p->shared->announcements[self].note;
    if (p->watch && p->watch->bytes)
        limit_memory(p->watch->bytes);
    void *state = p->job->begin(p->job->data);
    atomic_store(at_work, state ? AT_WORK + p->n : IDLE);
    for (size_t i; state && (i = atomic_fetch_add(&p->shared->next, 1)) < p->n;) {
        struct buffer result = {0};
        workers_note("");
        atomic_store(at_work, AT_WORK + i);
        p->job->run(state, i, &result);
        struct result_head h = {i, result.len};
        if (!output_bytes(fd, &h, sizeof h) || !output_bytes(fd, result.data, result.len))
            unheard();
        buffer_clear(&result);
    }
    atomic_store(at_work, IDLE);
    leave(0);
}

static bool start(struct pool *p, size_t i)
{
    int fd;

    atomic_store(&p->shared->announcements[i].at_work, BEGINNING);
    pid_t pid = fork_child(&fd);
    if (pid == 0) {
        for (size_t k = 0; k < p->n_workers; k++)
            if (p->all[k].fd >= 0)
                close(p->all[k].fd);
        work(p, i, fd);
    }
    if (pid > 0)
        p->all[i] = (struct worker){.pid = pid, .fd = fd};
    return pid > 0;
}

static void unpack_results(struct pool *p, struct worker *w)
{
    size_t at = 0;
    struct result_head h;
    while (w->in.len - at >= sizeof h) {
        memcpy(&h, w->in.data + at, sizeof h);
        if (w->in.len - at - sizeof h < h.length)
            break;
        if (h.number < p->n) {
            buffer_add(&p->results[h.number], w->in.data + at + sizeof h, h.length);
            job_ended(p, h.number, WORKERS_DONE);
        }
        at += sizeof h + h.length;
    }
    if (at > 0) {
        memmove(w->in.data, w->in.data + at, w->in.len - at);
        w->in.len -= at;
    }
}

/* Appends what can be read now; false at the end. */
static bool read_some(int fd, struct buffer *in)
{
    unsigned char chunk[65536];
    ssize_t got = read(fd, chunk, sizeof chunk);
    if (got > 0)
        buffer_add(in, chunk, (size_t)got);
    if (got < 0 && errno != EINTR && errno != EAGAIN)
        unheard();
    return got != 0;
}

/* Kills what is too slow, and all when the caller wants to stop. */
static void watch(struct pool *p)
{
    enum { PAUSE = 2 }; /* seconds without a look: this process, and most likely all, stood still */
    const struct workers_watch *w = p->watch;
    double now = clock_seconds(), pause = now - p->looked;
    bool stop = w && w->going && !p->stopped && !w->going(w->data);

    p->looked = now;
    if (stop) {
        p->stopped = true;
        atomic_store(&p->shared->next, p->n);
    }
    for (size_t i = 0; w && i < p->n_workers; i++) {
        struct worker *worker = &p->all[i];
        size_t at = atomic_load(&p->shared->announcements[i].at_work);
        if (worker->fd < 0)
            continue;
        if (at != worker->watched) {
            worker->watched = at;
            worker->since = now;
        } else if (pause > PAUSE) {
            worker->since += pause;
        }
        worker->slow =
            worker->slow || (w->seconds && at >= AT_WORK && now - worker->since > w->seconds);
        if (stop || worker->slow)
            kill(worker->pid, SIGKILL);
    }
}

/* Until all workers have ended. false: a worker that died could not be replaced (errno). */
static bool collect(struct pool *p, size_t alive)
{
    enum { TICK = 100 };
    struct pollfd *polls = mem_alloc(p->n_workers, sizeof *polls);
    int refused = 0;

    while (alive > 0) {
        for (size_t i = 0; i < p->n_workers; i++)
            polls[i] = (struct pollfd){.fd = p->all[i].fd, .events = POLLIN};
        bool blind = poll(polls, p->n_workers, p->watch ? TICK : -1) < 0 && errno != EINTR;
        watch(p);
        for (size_t i = 0; i < p->n_workers; i++) {
            struct worker *w = &p->all[i];
            if (w->fd < 0 || !(blind || polls[i].revents)) /* blind: each is waited for in turn */
                continue;
            if (read_some(w->fd, &w->in)) {
                unpack_results(p, w);
                continue;
            }
            close(w->fd);
            w->fd = -1;
            enum workers_end end = w->slow ? WORKERS_SLOW : end_of(reap(w->pid));
            buffer_clear(&w->in);
            alive--;
            size_t at = atomic_load(&p->shared->announcements[i].at_work);
            if (p->stopped || (at == IDLE && end != WORKERS_MACHINE))
                continue;
            if (at >= AT_WORK && at - AT_WORK < p->n) {
                memcpy(last_note, p->shared->announcements[i].note, sizeof last_note - 1);
                last_slice = end == WORKERS_SLOW && !w->slow;
                job_ended(p, at - AT_WORK, end);
            } else if (end == WORKERS_MACHINE) {
                refused = ENOMEM; /* the next one would fare no better */
                continue;
            } else if (++p->false_starts > MOST_FALSE_STARTS) {
                continue; /* likewise: what is left stays without a result */
            }
            if (atomic_load(&p->shared->next) >= p->n)
                continue;
            if (start(p, i))
                alive++;
            else
                refused = errno;
        }
    }
    free(polls);
    errno = refused;
    return !refused;
}

static void run_here(const struct workers_job *job, size_t n, struct buffer *results)
{
    void *state = job->begin(job->data);
    for (size_t i = 0; state && i < n; i++)
        job->run(state, i, &results[i]);
    if (job->end)
        job->end(state);
}

bool workers_run(const struct workers_job *job, size_t n, int processes, struct buffer *results)
{
    if (processes > 1 && n > 1)
        return workers_watched(job, NULL, n, processes, results);
    run_here(job, n, results);
    return true;
}

bool workers_watched(const struct workers_job *job, const struct workers_watch *watch, size_t n,
                     int processes, struct buffer *results)
{
    if (n == 0)
        return true;
    struct pool p = {
        .job = job, .watch = watch, .n = n, .results = results, .looked = clock_seconds()};
    p.n_workers = processes <= 1 ? 1 : (size_t)processes < n ? (size_t)processes : n;
    size_t size = sizeof *p.shared + p.n_workers * sizeof p.shared->announcements[0];
    p.shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p.shared == MAP_FAILED)
        return false;
    p.all = mem_alloc(p.n_workers, sizeof *p.all);
    p.ended = mem_alloc(n, sizeof *p.ended);
    for (size_t i = 0; i < p.n_workers; i++)
        p.all[i].fd = -1;

    size_t alive = 0;
    while (alive < p.n_workers && start(&p, alive))
        alive++;
    int why = errno;
    bool ok = alive > 0;
    if (ok && !collect(&p, alive) && atomic_load(&p.shared->next) < n) {
        ok = false;
        why = errno;
    }
    free(p.all);
    free(p.ended);
    munmap(p.shared, size);
    errno = why;
    return ok;
}

/* The system counts whole seconds since the process began: up to one more than asked for, so that
 * one is enough for what takes less. */
static void limit_time(unsigned seconds)
{
    struct rusage used = {0};
    getrusage(RUSAGE_SELF, &used);
    rlim_t both = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec),
           rest = (rlim_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    lower(RLIMIT_CPU, both + (rest + 999999) / 1000000 + seconds);
}

/* What this process began with, for when a slice has ended. */
static struct {
    bool known;
    unsigned seconds;
    rlim_t time, memory;
} own;

/* Memory and time from now on. */
static void limit(struct workers_limits limits)
{
    own.known = false;
    own.seconds = limits.seconds;
    if (limits.bytes)
        limit_memory(limits.bytes);
    if (limits.seconds)
        limit_time(limits.seconds);
}

static rlim_t soft_limit(int resource)
{
    struct rlimit r;
    return getrlimit(resource, &r) == 0 ? r.rlim_cur : RLIM_INFINITY;
}

void workers_slice(struct workers_limits limits)
{
    unsigned seconds = limits.seconds ? limits.seconds : own.seconds;

    if (!own.known) {
        own.known = true;
        own.time = soft_limit(RLIMIT_CPU);
        own.memory = soft_limit(RLIMIT_AS);
    }
    lower(RLIMIT_AS, own.memory);
    machine_share(own.memory);
    if (limits.bytes)
        limit_memory(limits.bytes);
    if (seconds)
        limit_time(seconds);
    else
        lower(RLIMIT_CPU, own.time);
}

/* Makes this process quiet, and its end plain. */
static void confine(void)
{
    static const int fatal[] = {SIGSEGV, SIGILL, SIGFPE, SIGABRT, SIGXCPU};
    int null = open("/dev/null", O_WRONLY);

    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        signal(fatal[i], SIG_DFL); /* a handler of the parent's would go on in its name */
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    if (null >= 0)
        dup2(null, STDERR_FILENO);
}

enum workers_end workers_alone(void (*run)(void *data, struct buffer *result), void *data,
                               struct workers_limits limits, struct buffer *result)
{
    static const char whole = 'w'; /* the last byte of all that came */
    int fd;
    pid_t pid = fork_child(&fd);

    if (pid < 0)
        return WORKERS_REFUSED;
    if (pid == 0) {
        struct buffer out = {0};
        confine();
        limit(limits);
        run(data, &out);
        if (!output_bytes(fd, out.data, out.len) || !output_bytes(fd, &whole, 1))
            unheard();
        leave(0);
    }
    while (read_some(fd, result))
        ;
    close(fd);
    int status = reap(pid);
    if (result->len > 0 && result->data[result->len - 1] == whole && !WIFSIGNALED(status)) {
        result->len--;
        return WORKERS_DONE;
    }
    buffer_clear(result);
    return end_of(status);
}

/* --- the cage that is kept --- */

/* Before the bytes of a job that a cage is given. */
struct cage_request {
    size_t len;
    struct workers_limits limits;
};

/* The other process has ended, which is no failure of the machine's. */
static bool other_ended(ssize_t n)
{
    if (n < 0 && errno != ECONNRESET && errno != EPIPE)
        unheard();
    return n <= 0;
}

static bool receive_all(int fd, void *room, size_t len)
{
    for (char *p = room; len > 0;) {
        ssize_t n = read(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (other_ended(n))
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

/* A dead reader is an error here, not a signal. */
static bool send_all(int fd, const void *data, size_t len)
{
    for (const char *p = data; len > 0;) {
        ssize_t n = send(fd, p, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (other_ended(n))
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

typedef void caged_work(const void *data, const void *job, size_t len, struct buffer *result);

static _Noreturn void serve(int fd, caged_work *run, const void *data)
{
    struct cage_request o;

    confine();
    while (receive_all(fd, &o, sizeof o)) {
        struct buffer out = {0};
        o.limits.bytes += o.len;
        limit(o.limits);
        void *job = mem_alloc(o.len + 1, 1);
        if (!receive_all(fd, job, o.len))
            break;
        run(data, job, o.len, &out);
        if (!send_all(fd, &out.len, sizeof out.len) || !send_all(fd, out.data, out.len))
            break;
        free(job);
        buffer_clear(&out);
    }
    leave(0);
}

static bool open_cage(struct workers_cage *c, caged_work *run, const void *data)
{
    int ends[2];
    pid_t parent = getpid();

    if (c->pid && c->owner != parent)
        close(c->fd); /* the parent's */
    else if (c->pid)
        return true;
    *c = (struct workers_cage){0};
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            leave(1);
        serve(ends[1], run, data);
    }
    int saved = errno;
    close(ends[1]);
    if (pid < 0)
        close(ends[0]);
    else
        *c = (struct workers_cage){ends[0], pid, parent};
    errno = saved;
    return pid > 0;
}

static double cpu_time_of(pid_t pid)
{
    clockid_t clock;
    struct timespec t;
    return clock_getcpuclockid(pid, &clock) == 0 && clock_gettime(clock, &t) == 0
               ? (double)t.tv_sec + (double)t.tv_nsec / 1e9
               : 0;
}

/* Who works is ended by the limit of CPU time, however busy the machine is. Who has had next to
 * none of it in twice the seconds waits for the machine, and is killed. The seconds are counted one
 * by one: none pass while all stand still. false: it was killed. */
static bool await(const struct workers_cage *c, struct workers_limits limits)
{
    enum { SECOND = 1000 };
    const double next_to_none = 0.1;
    struct pollfd answer = {.fd = c->fd, .events = POLLIN};
    double before = cpu_time_of(c->pid);
    for (unsigned passed = 0;;) {
        int n = poll(&answer, 1, SECOND);
        if (n > 0 || (n < 0 && errno != EINTR))
            return true;
        if (n < 0 || ++passed < 2 * limits.seconds + 2)
            continue;
        double spent = cpu_time_of(c->pid);
        if (spent - before <= next_to_none) {
            kill(c->pid, SIGKILL);
            return false;
        }
        before = spent;
        passed = 0;
    }
}

static bool request(const struct workers_cage *c, const struct cage_request *o, const void *job,
                    struct buffer *result, bool *in_time)
{
    size_t answer;
    if (!send_all(c->fd, o, sizeof *o) || !send_all(c->fd, job, o->len))
        return false;
    *in_time = await(c, o->limits);
    return receive_all(c->fd, &answer, sizeof answer) &&
           receive_all(c->fd, buffer_room(result, answer), answer);
}

enum workers_end workers_caged(struct workers_cage *cage,
                               void (*run)(const void *data, const void *job, size_t len,
                                           struct buffer *result),
                               const void *data, const void *job, size_t len,
                               struct workers_limits limits, struct buffer *result)
{
    const struct cage_request o = {len, limits};
    bool in_time = true;

    if (!open_cage(cage, run, data))
        return WORKERS_REFUSED;
    if (request(cage, &o, job, result, &in_time))
        return WORKERS_DONE;
    buffer_clear(result);
    close(cage->fd);
    int status = reap(cage->pid);
    *cage = (struct workers_cage){0};
    return in_time ? end_of(status) : WORKERS_MACHINE;
}

void workers_cage_close(struct workers_cage *cage)
{
    if (cage->pid)
        close(cage->fd);
    if (cage->pid && cage->owner == getpid()) {
        kill(cage->pid,
             SIGKILL); /* it waits for a job; other processes may still hold its socket */
        reap(cage->pid);
    }
    *cage = (struct workers_cage){0};
}
