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
/* Does the id of an applicant hash to this shard? */
bool shard_has(const struct shard *s, const char *id);

#endif
