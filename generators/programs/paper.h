/* paper.h - what all programs that draw papers have in common. */
#ifndef PROGRAMS_PAPER_H
#define PROGRAMS_PAPER_H

#include "core/options.h"

/* name: the program's and its template's ("evaluation-form" -> templates/evaluation-form.xml). The exit status. */
int paper_main(const char *name, const char *purpose, int argc, char **argv);

/* A paper that is not one applicant's, or has switches of its own. */
struct paper_kind {
    const char *const *elements; /* one PDF a delegation, which sees these elements of its applicants; NULL: one an applicant */
    const struct option_own *switches; /* the template's variables: 'true' or 'false' under the switch's name */
    size_t n_switches;
};
int paper_main_of(const struct paper_kind *kind, const char *name, const char *purpose, int argc, char **argv);

#endif
