/* worker_fault.h - tells of a process that ended before its work was done: one wording for all. */
#ifndef CORE_WORKER_FAULT_H
#define CORE_WORKER_FAULT_H

#include "core/finding.h"
#include "core/workers.h"

/* What the process was for. */
enum worker_task {
    WORKER_DOCUMENT,   /* one document */
    WORKER_CHECK,      /* the preflight of one applicant */
    WORKER_APPLICANT,  /* all papers of one applicant or delegation */
    WORKER_ROSTERS,    /* all rosters: no applicant's fault */
    WORKER_ATTACHMENT, /* one attachment, which is the file */
    WORKER_TASKS
};

struct worker_fault {
    enum worker_task task;
    enum workers_end end; /* not WORKERS_DONE; of WORKERS_REFUSED errno says why */
    const char *file;     /* from outside, which was being read just then; NULL or "": none */
    struct workers_limits limits; /* bytes 0: how much memory there was is not told */
};

/* Adds the finding, which is an error; where: the field that it concerns, with its rule, which what
 * is nobody's data's doing loses. Always false. */
bool worker_fault(struct diag *diag, struct finding where, const struct worker_fault *fault);

#endif
