/* workers.h - forked processes: many for numbered jobs, or one as a cage for what cannot be
 * trusted.
 *
 * A worker that dies costs the job it was at: its result is empty, and another worker takes its
 * place. No child outlives its parent, however that ends. */
#ifndef CORE_WORKERS_H
#define CORE_WORKERS_H

#include "core/buffer.h"

#include <stdbool.h>

enum workers_end {
    WORKERS_DONE,
    WORKERS_DIED,    /* a crash, or more memory than allowed */
    WORKERS_KILLED,  /* by a signal from outside: the system for want of memory, or somebody */
    WORKERS_SLOW,    /* more time than allowed */
    WORKERS_REFUSED, /* the system gave no process; errno says why */
    WORKERS_MACHINE  /* the machine failed under it: machine_reason says how */
};

/* What to do in a worker: begin once per process, then job after job in rising order. */
struct workers_job {
    /* The worker's own state; NULL: it cannot work, and its jobs' results stay empty. */
    void *(*begin)(void *data);
    /* Appends the result's bytes. */
    void (*run)(void *state, size_t number, struct buffer *result);
    /* When all was done in this process; a forked worker just leaves. NULL is fine. */
    void (*end)(void *state);
    void *data;
};

/* results has n empty buffers. With processes <= 1 all is done in this process; when the system
 * gives fewer than were wished, those do it all. false: it gave none for jobs that are left (fork,
 * pipe); errno says why. */
bool workers_run(const struct workers_job *job, size_t n, int processes, struct buffer *results);

/* For who must outlive what it runs: even one process is forked, and this one watches. */
struct workers_watch {
    unsigned seconds; /* that one job may take, by the clock, less what this process was stopped
                         or did not get to run; 0: as long as it likes */
    size_t bytes;     /* of memory beyond what this process has, for each worker; 0: no limit */
    /* As each job ends: all but WORKERS_REFUSED. May take the result away. */
    void (*ended)(void *data, size_t number, enum workers_end end, struct buffer *result);
    /* Several times a second. false: stop at once, and kill what is at work. */
    bool (*going)(void *data);
    void *data;
};
bool workers_watched(const struct workers_job *job, const struct workers_watch *watch, size_t n,
                     int processes, struct buffer *results);
/* In a worker, or a process that a worker forks: notes what is being worked on just now, like the
 * name of a file from outside ("": nothing in particular), for the message should the process end
 * over it. Elsewhere nothing happens. */
void workers_note(const char *what);
/* In the watch's ended, of all but WORKERS_DONE: what the worker noted last; "". */
const char *workers_noted(void);
/* Likewise, of WORKERS_SLOW: what it noted took more than its slice of CPU time, and the job not
 * more than the watch's seconds. */
bool workers_noted_slice(void);

struct workers_limits {
    unsigned seconds; /* of CPU time */
    size_t bytes;     /* of memory beyond what this process has */
};

/* Calls run(data, result) in a process of its own within limits (0: none) and without standard
 * error. The result is left empty unless all of it came (WORKERS_DONE). */
enum workers_end workers_alone(void (*run)(void *data, struct buffer *result), void *data,
                               struct workers_limits limits, struct buffer *result);

/* Within a process of workers_alone: its work from now on, a part of the whole, may take so much
 * time and memory, whatever the parts before took. {0}: the part has ended; the limits that the
 * process began with hold, its seconds anew. */
void workers_slice(struct workers_limits limits);

/* A process as of workers_alone that is kept for the next call as long as all goes well, since
 * forking a large process costs more than most jobs. {0} is ready for use. A cage belongs to the
 * process that opened it, and ends with that; a forked child that calls with its parent's cage gets
 * one of its own. The limits hold for each call anew; bytes: beyond the job's own. data: run sees
 * what it was when the cage's process began. */
struct workers_cage {
    int fd, pid, owner;
};

enum workers_end workers_caged(struct workers_cage *cage,
                               void (*run)(const void *data, const void *job, size_t len,
                                           struct buffer *result),
                               const void *data, const void *job, size_t len,
                               struct workers_limits limits, struct buffer *result);
void workers_cage_close(struct workers_cage *cage); /* one that no process was begun for is fine */

#endif
