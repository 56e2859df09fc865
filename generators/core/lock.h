/* lock.h - one run at a time on an output tree, or the shards of one division side by side; one
 * after the other who changes a small file of a folder.
 *
 * The lock is the system's: it ends with the last process of the run, however that ends. OUT/.lock
 * is an empty file that stays. */
#ifndef CORE_LOCK_H
#define CORE_LOCK_H

#include "core/finding.h"

enum { LOCK_SHARDS_MOST = 100000 };

/* shards 0: the whole tree; else shard (1..shards) of so many. The descriptor that holds the lock,
 * inherited by forked processes; -1: reported (another run has it, or the system refuses). */
int lock_tree(const char *root, unsigned shard, unsigned shards, struct diag *diag);

/* Waits until nobody else holds the folder; closing the descriptor lets go of it. -1: errno says
 * why. */
int lock_folder(const char *folder);

#endif
