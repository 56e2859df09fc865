/* job.h - what was asked for in a batch, and how far it is: a small file, written whole. */
#ifndef DESK_JOB_H
#define DESK_JOB_H

#include "desk/change.h"
#include "desk/store.h"

enum job_kind {
    JOB_TAKE,    /* an upload becomes the batch's state, and is checked */
    JOB_PACKAGE, /* the papers of everybody who can have them */
    JOB_CORRECT  /* one field is given another text, and all is checked again */
};
enum job_state {
    JOB_QUEUED,
    JOB_RUNNING,
    JOB_DONE,
    JOB_FAILED, /* detail or reason says why */
    JOB_CANCELLED,
    JOB_INTERRUPTED /* the desk ended under it */
};

struct job {
    enum job_kind kind;
    enum job_state state;
    long number, upload;  /* upload: of JOB_TAKE */
    const char *step;     /* "files", "book", "check", "papers": what it is at; NULL: not begun */
    long done, of;        /* people, where that is known; of 0: it is not */
    struct change change; /* of JOB_CORRECT */
    bool fresh;           /* as it is asked for: one at work may have read what was before */
    int status;           /* of the program that did it: 0 to 3; -1: none yet */
    const char *detail;   /* the step that was not done, "died" */
    const char *reason[LANGUAGE_COUNT]; /* in words; NULL: none are known */
    long long started, ended;           /* seconds since 1970; 0: not yet */
};

/* false: there is none of the number. */
bool job_read(const char *batch, long number, struct arena *arena, struct job *out,
              struct diag *diag);
bool job_write(const char *batch, const struct job *job, struct diag *diag);
/* One that nobody will do: its file may stand there though it could not be written for good. */
void job_withdraw(const char *batch, long number);
/* The number of the last one; 0: there was none. */
long job_last(const char *batch, struct diag *diag);
bool job_is_over(const struct job *job);
void job_put(struct json *j, const char *key, const struct job *job);

#endif
