/* shard.h - --shard K/N: the part of a batch that one of several machines makes. */
#ifndef PACKAGE_SHARD_H
#define PACKAGE_SHARD_H

#include "core/finding.h"

struct shard {
    unsigned k, n; /* the k-th of n, from 1; n 0: the whole */
};

/* "2/4", or "auto": what a scheduler has put into the environment. NULL: the whole. false:
 * reported. */
bool shard_read(struct shard *s, const char *text, struct diag *diag);
/* Gives each of n things to one of the shards, so that what those carry is about the same; of[i]: 1
 * to shards. The same for all who know the same weights. */
void shard_divide(const double *weights, size_t n, unsigned shards, unsigned *of);

#endif
