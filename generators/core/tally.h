/* tally.h - what came of a run's applicants or delegations: each sends whether it was written, its
 * part of the report and its findings; all together give the report and the exit status. */
#ifndef CORE_TALLY_H
#define CORE_TALLY_H

#include "core/options.h"

/* Who is counted, and for whom. */
struct tally_run {
    const char *program, *asof;
    const char *subjects; /* applicants, delegations: their name in the report */
    size_t n;
    const struct options *options;
    const struct diag *batch; /* what was found before anything was made */
    bool all_findings;        /* of the batch: else those alone that are nobody's */
};

struct tally {
    const struct tally_run *run;
    size_t written, partial, died, system_faults, errors, warnings;
    struct buffer reports; /* JSON objects, with commas between */
};

/* Prints what was found of the batch, and begins with that. */
struct tally tally_begin(const struct tally_run *run);
/* What the process of one sends. */
void tally_pack(struct buffer *result, bool written, bool partial, const struct buffer *report,
                const struct diag *findings);
/* Takes it in and prints its findings. false: its process has died, which is to be told. */
bool tally_take(struct tally *t, const struct buffer *result);
/* Writes the report where one was asked for, frees the tally and gives the status: 0 all is
 * written, 1 the data is at fault and nothing was written, 2 system trouble whatever else, 3
 * partial. complete: nobody but those n was asked for. */
int tally_end(struct tally *t, bool complete);

#endif
