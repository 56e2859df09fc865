/* subject_run.h - something made for everybody who was asked for, applicants or delegations: by
 * workers, in any order, reported in the record's; what one of them costs costs the others nothing.
 */
#ifndef PAPERS_SUBJECT_RUN_H
#define PAPERS_SUBJECT_RUN_H

#include "core/json.h"
#include "core/names.h"
#include "core/options.h"
#include "query/query_tables.h"
#include "record/gather.h"
#include "record/record.h"
#include "record/scope.h"

/* What is made for one of them. */
struct subject_task {
    const struct subject_run *run;
    struct query_context *query; /* of the worker; not yet begun */
    size_t number;               /* of the subject */
    struct applicant who; /* of a delegation: its id, issuer (as name), node and place alone */
    struct diag diag;
    bool make;  /* else it is only reported */
    bool alone; /* in a process of its own, which just leaves: closing costs a seventh of binding */
};

struct subject_run {
    /* Given by who runs it. */
    const char *program; /* as the report calls it */
    const struct options *options;
    const struct query_tables *tables;
    const struct record_options *input;
    enum record_scope scope;     /* what the subjects are */
    const char *const *elements; /* of several applicants: those that are seen of each; NULL: all */
    const char *title;           /* of what is made, in messages */
    unsigned alone_seconds; /* each is made in a process of its own, which may take so much CPU time
                             * and alone_bytes of memory; 0: in the worker */
    size_t alone_bytes;
    void (*make)(struct subject_task *task, struct buffer *result); /* sends what tally_pack does */
    void *job;                                                      /* of who runs it */
    struct diag *batch; /* what is found before anything is made */
    /* Since subject_run_open. */
    struct record *record;
    struct gathering *gathering;
    const struct gathered *gathered;
    size_t n;
    bool left_out; /* somebody or something that was asked for is not among them */
};

/* Reads the record. false: reported to batch. */
bool subject_run_open(struct subject_run *run);
void subject_run_close(struct subject_run *run);

/* What each is called in a folder where no two may be alike. */
struct subject_names {
    const char *(*stem)(const void *data, const struct applicant *who, struct arena *arena);
    const void *data; /* stem's */
    struct arena arena;
    struct names list; /* one a subject, where the stems would fall together; n 0: they do not */
};

/* Since subject_run_open, and before subject_run; arena_free(&names->arena). false: reported. */
bool subject_run_name(const struct subject_run *run, struct subject_names *names);
const char *subject_name(const struct subject_names *names, const struct subject_task *task,
                         struct arena *arena);

/* Opens the subject's object in the report: who it is, how it went, what was found. */
void subject_report_begin(const struct subject_task *task, struct json *j, bool failed);

/* Makes all, prints what was found, writes the report. opened: what came of opening; without it
 * only what was found is printed. The status to leave with. */
int subject_run(struct subject_run *run, bool opened);

#endif
