/* shard.c - see shard.h. */
#include "package/shard.h"

#include "core/digest.h"
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

/* A Slurm array counts from whatever it was told to, a Kubernetes job from 0. */
static bool from_scheduler(struct shard *s)
{
    unsigned id, first, step;
    if (number(getenv("SLURM_ARRAY_TASK_ID"), &id) &&
        number(getenv("SLURM_ARRAY_TASK_COUNT"), &s->n)) {
        number(getenv("SLURM_ARRAY_TASK_MIN"), &first);
        if (!number(getenv("SLURM_ARRAY_TASK_STEP"), &step) || step == 0) /* --array=0-6:2 */
            step = 1;
        s->k = id >= first ? (id - first) / step + 1 : 0;
        return true;
    }
    if (number(getenv("JOB_COMPLETION_INDEX"), &id) && number(getenv("SHENBAO_SHARDS"), &s->n)) {
        s->k = id + 1;
        return true;
    }
    return false;
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
    bool ok = !strcmp(shard, "auto") ? from_scheduler(s)
                                     : slash && number(text, &s->k) && number(slash + 1, &s->n);
    if (ok && s->n > 0 && s->k >= 1 && s->k <= s->n)
        return true;
    return diag_system(
        diag, (struct src_pos){0},
        "--shard 应为 K/N（如 2/4），或 auto（取自 SLURM_ARRAY_TASK_ID 和 "
        "SLURM_ARRAY_TASK_COUNT，或 JOB_COMPLETION_INDEX 和 SHENBAO_SHARDS），而不是 %s",
        "--shard takes K/N, like 2/4, or auto (SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT, or "
        "JOB_COMPLETION_INDEX and SHENBAO_SHARDS), not %s",
        shard);
}

bool shard_has(const struct shard *s, const char *id)
{
    char sum[DIGEST_HEX];
    if (s->n == 0)
        return true;
    digest_hex(id, strlen(id), sum);
    sum[8] = '\0';
    return strtoul(sum, NULL, 16) % s->n + 1 == s->k;
}
