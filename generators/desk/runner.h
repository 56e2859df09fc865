/* runner.h - one job of a batch, from its first program to its last, in a process of its own that
 * the server watches. What comes of it is in the batch's folder; how far it is, in the job's file.
 */
#ifndef DESK_RUNNER_H
#define DESK_RUNNER_H

#include "core/finding.h"

/* The status to leave with: 0 when the job's file says how it ended. */
int runner_run(const char *batch, long job, double most, struct diag *diag);

#endif
