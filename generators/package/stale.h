/* stale.h - documents of the tree that nobody has any more. */
#ifndef PACKAGE_STALE_H
#define PACKAGE_STALE_H

#include "package/package.h"

struct stale_files {
    struct tree_paths files; /* that are still there */
    struct tree_paths gone;  /* folders of applicants who are no more, removed or not */
};

/* Applicants, groups and papers that are no more leave them behind; prints: the print runs
 * that there are. They are removed when that was asked for and first_pass, what the record has
 * reported, leaves no doubt who is no more; else each is reported and listed. More than a tenth of
 * the people go by --prune=all alone: a wrong file in the batch's place looks just like that. */
void stale_settle(const struct package *p, const struct tree_paths *prints,
                  const struct diag *first_pass, struct stale_files *stale);
void stale_clear(struct stale_files *stale);

#endif
