/* supervisor.h - the processes that work for the desk: jobs, one a batch at a time and few at once,
 * in the order in which they were asked for; and previews of papers, which wait for nobody's job.
 *
 * What is asked for comes from any thread; processes are started and their ends noticed by the
 * thread that calls supervisor_tick, which must live as long as the desk. */
#ifndef DESK_SUPERVISOR_H
#define DESK_SUPERVISOR_H

#include "desk/job.h"

struct supervisor;

/* Jobs that were running when an earlier desk ended are interrupted; those that waited go on. NULL:
 * reported. */
struct supervisor *supervisor_new(const char *root, double quota, struct diag *diag);
void supervisor_free(struct supervisor *s); /* kills what runs */

/* A job of the batch, of which kind and what it is about are read. One like it that waits already,
 * or runs, is that one, but for corrections. Its number; 0: reported. */
long supervisor_add(struct supervisor *s, const char *batch, const struct job *wanted,
                    struct diag *diag);
/* false: there is no such job, or it is over. */
bool supervisor_cancel(struct supervisor *s, const char *batch, long number);
/* Before a batch is deleted: what runs for it ends. */
void supervisor_forget(struct supervisor *s, const char *batch);

/* FAILED: for what the data say; STOPPED: for want of anything else. */
enum preview_state { PREVIEW_READY, PREVIEW_PENDING, PREVIEW_FAILED, PREVIEW_STOPPED };
/* A paper of a person as SVG in batch/pages/<key>/, made if it is not there. PENDING: ask again, or
 * diag says that it cannot be known. */
enum preview_state supervisor_preview(struct supervisor *s, const char *batch, const char *profile,
                                      const char *paper, const char *person, const char *key,
                                      struct diag *diag);

/* Likewise the batch's blank workbook, batch/pages/blank/book.xlsx. */
enum preview_state supervisor_blank(struct supervisor *s, const char *batch, const char *profile,
                                    struct diag *diag);

/* Starts what waits, ends what has ended. true: something has changed since the last call. */
bool supervisor_tick(struct supervisor *s);

#endif
