/* workers.h - spreads numbered jobs over forked processes and brings their results back in order.
 *
 * A worker that dies costs the job it was at: its result is empty, and another worker takes its place. */
#ifndef CORE_WORKERS_H
#define CORE_WORKERS_H

#include "core/buffer.h"

#include <stdbool.h>

/* What to do in a worker: begin once per process, then job after job in rising order. */
struct workers_job {
    void *(*begin)(void *data);                                   /* the worker's own state; NULL: it cannot work */
    void (*run)(void *state, size_t number, struct buffer *result); /* appends the result's bytes */
    void (*end)(void *state); /* when all was done in this process; a forked worker just leaves. NULL is fine */
    void *data;
};

/* results has n empty buffers. With processes <= 1 all is done in this process. false: the system refused
 * (fork, pipe); errno says why. */
bool workers_run(const struct workers_job *job, size_t n, int processes, struct buffer *results);

#endif
