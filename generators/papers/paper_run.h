/* paper_run.h - one paper for everybody who was asked for: drawn by workers, written, reported. */
#ifndef PAPERS_PAPER_RUN_H
#define PAPERS_PAPER_RUN_H

#include "papers/paper_maker.h"

struct paper_run {
    const char *paper; /* its name: "evaluation-form" -> templates/evaluation-form.xml */
    const struct paper_setting *setting;
    const struct record_options *input;
    const char *const *elements; /* one PDF a delegation, which sees these elements of its
                                    applicants; NULL: one an applicant */
};

/* diag: what was found before. All is printed, and put into the report that the options ask for.
 * The status to leave with. */
int paper_run(const struct paper_run *run, struct diag *diag);

#endif
