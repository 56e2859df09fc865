/* state.h - a batch as its page shows it, out of the files in its folder. */
#ifndef DESK_STATE_H
#define DESK_STATE_H

#include "desk/store.h"

/* Where the runner puts the counts of its last check and package; absent: there is none. */
#define STATE_CHECKED "check.counts.json"
#define STATE_PACKAGED "package.counts.json"

/* {"id", "name", "profile", "created", "upload": the current one, "uploads": […], "job": the last
 * one, "checked": {"people", "errors", "warnings", "time"}, "package": {…}, "taken": when files
 * were last taken over, "data": is there a working copy}. */
void state_put(struct json *j, const struct store_batch *b, struct diag *diag);

#endif
