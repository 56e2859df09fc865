/* paper_run.h - one paper for everybody who was asked for: drawn by workers, written, reported. Its
 * template says what it is about: one PDF an applicant, a unit, a delegation, or one of the batch.
 */
#ifndef PAPERS_PAPER_RUN_H
#define PAPERS_PAPER_RUN_H

#include "papers/paper_maker.h"

struct paper_run {
    const char *paper; /* its name: "evaluation-form" -> templates/evaluation-form.xml */
    const struct paper_setting *setting;
    const struct record_options *input;
};

/* diag: what was found before. All is printed, and put into the report that the options ask for.
 * The status to leave with. */
int paper_run(const struct paper_run *run, struct diag *diag);

#endif
