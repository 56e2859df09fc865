/* package_run.h - the whole job for a batch, as its program asks for it. */
#ifndef PACKAGE_PACKAGE_RUN_H
#define PACKAGE_PACKAGE_RUN_H

#include "papers/paper_maker.h"

enum { PACKAGE_SECONDS = 120 }; /* that one applicant may take, unless --timeout says */

/* Those that only package has, as they were given; NULL: not given. */
struct package_options {
    const char *stage; /* prepare or submit; never NULL */
    const char *force, *dry_run, *fail_fast, *prune;
    const char *letter_for_ready; /* letter and roster list those alone who are drawn */
    const char *shard, *part, *name_template, *timeout; /* part: print, or NULL */
    const char *fit_photo; /* of the upload kit: crop and shrink what the platform would refuse */
    const char *log, *stamp, *umask, *group;
    const char *rework; /* a list of returned points */
    const char *since;  /* the tree that changes are told against */
};

struct package_request {
    const struct package_options *own;
    const struct paper_setting *papers;
    const struct record_options *input;
};

/* Prints what is found. The status to leave with. */
int package_run(const struct package_request *request);
/* Compares a tree with its manifest. Likewise. */
int package_verify(const char *tree, const struct options *o);

#endif
