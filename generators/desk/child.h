/* child.h - the desk's work is done by programs of ours in processes of their own: the same binary,
 * which ends with the process that started it. */
#ifndef DESK_CHILD_H
#define DESK_CHILD_H

#include "core/finding.h"

#include <sys/types.h>

struct child_call {
    const char *const *argv; /* "check", options …, NULL */
    const char *directory;   /* where it runs; NULL: here */
    const char *output;      /* what it says goes into this file; NULL: nowhere */
    unsigned seconds;        /* of processor time, for each process; 0: no limit */
};

/* Starts it in a process group of its own, with standard input closed. -1: reported. Call from the
 * thread that lives as long as the process: the child ends with that thread. */
pid_t child_start(const struct child_call *call, struct diag *diag);
/* Waits for its end. The exit status, or -1: it was killed or crashed. */
int child_wait(pid_t pid);
void child_kill(pid_t pid); /* its group, at once */

#endif
