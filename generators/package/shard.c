/* shard.c - see shard.h. */
#include "package/shard.h"

#include "core/lock.h"

#include <stdlib.h>
#include <string.h>

static bool number(const char *text, unsigned *out)
{
    char *end;
    unsigned long v = text ? strtoul(text, &end, 10) : 0;
    *out = (unsigned)v;
    return text && *text >= '0' && *text <= '9' && !*end && v <= LOCK_SHARDS_MOST;
}

/* A Slurm array counts from whatever it was told to. Some of its tasks submitted again
 * (--array=3,5) are no array of two: then SHENBAO_SHARDS says how many there are, and the tasks'
 * numbers are the shards'. */
static bool from_slurm(struct shard *s, bool told, unsigned shards)
{
    unsigned id, first = 1, last = 0, step = 1;
    if (!number(getenv("SLURM_ARRAY_TASK_ID"), &id) ||
        !number(getenv("SLURM_ARRAY_TASK_COUNT"), &s->n))
        return false;
    if (told) {
        *s = (struct shard){id, shards};
        return true;
    }
    number(getenv("SLURM_ARRAY_TASK_MIN"), &first);
    if (!number(getenv("SLURM_ARRAY_TASK_STEP"), &step) || step == 0) /* --array=0-6:2 */
        step = 1;
    if (number(getenv("SLURM_ARRAY_TASK_MAX"), &last) && (last - first) / step + 1 != s->n)
        return false;
    s->k = id >= first ? (id - first) / step + 1 : 0;
    return s->n > 1;
}

/* An indexed job of Kubernetes counts from 0. */
static bool from_scheduler(struct shard *s)
{
    unsigned id, shards = 0;
    bool told = number(getenv("SHENBAO_SHARDS"), &shards) && shards > 0;
    if (getenv("SLURM_ARRAY_TASK_ID"))
        return from_slurm(s, told, shards);
    if (!told || !number(getenv("JOB_COMPLETION_INDEX"), &id))
        return false;
    *s = (struct shard){id + 1, shards};
    return true;
}

bool shard_read(struct shard *s, const char *shard, struct diag *diag)
{
    char text[32] = "";
    *s = (struct shard){0};
    if (!shard)
        return true;
    snprintf(text, sizeof text, "%s", shard);
    char *slash = strchr(text, '/');
    if (slash)
        *slash = '\0';
    bool automatic = !strcmp(shard, "auto"),
         ok = automatic ? from_scheduler(s)
                        : slash && number(text, &s->k) && number(slash + 1, &s->n);
    if (ok && s->n > 0 && s->k >= 1 && s->k <= s->n)
        return true;
    if (automatic)
        return diag_system(
            diag, (struct src_pos){0},
            "--shard auto：环境变量没有说清这是几份之几。Slurm 数组须是完整的（如 "
            "--array=1-8）；只补交"
            "其中几个时，以及在 Kubernetes 中，用 SHENBAO_SHARDS 写明共几份，任务号不能大于它",
            "--shard auto: the environment does not say which part this is. A Slurm array is to be "
            "whole (--array=1-8); where some of its tasks are submitted again, and in Kubernetes, "
            "SHENBAO_SHARDS says how many parts there are, and no task's number is above it");
    return diag_system(diag, (struct src_pos){0}, "--shard 应为 K/N（如 2/4）或 auto，而不是 %s",
                       "--shard takes K/N, like 2/4, or auto, not %s", shard);
}

struct load {
    double weight;
    size_t number;
};

static int heavier_first(const void *a, const void *b)
{
    const struct load *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight < y->weight ? 1 : -1;
    return (x->number > y->number) - (x->number < y->number);
}

/* The heaviest first, each to the shard that has least so far. */
void shard_divide(const double *weights, size_t n, unsigned shards, unsigned *of)
{
    struct load *loads = mem_alloc(n + 1, sizeof *loads);
    double *carried = mem_alloc(shards + 1, sizeof *carried);

    for (size_t i = 0; i < n; i++)
        loads[i] = (struct load){weights[i], i};
    if (n > 0)
        qsort(loads, n, sizeof *loads, heavier_first);
    for (size_t i = 0; i < n; i++) {
        unsigned least = 0;
        for (unsigned k = 1; k < shards; k++)
            if (carried[k] < carried[least])
                least = k;
        carried[least] += loads[i].weight;
        of[loads[i].number] = least + 1;
    }
    free(loads);
    free(carried);
}
