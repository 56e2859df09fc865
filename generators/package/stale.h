/* stale.h - documents of the tree that nobody has any more. */
#ifndef PACKAGE_STALE_H
#define PACKAGE_STALE_H

#include "package/package.h"

/* Applicants, delegations and papers that are no more leave them behind; prints: the print runs
 * that there are. They are removed when that was asked for and first_pass, what the record has
 * reported, leaves no doubt who is no more; else each is reported and added to stale. */
void stale_settle(const struct package *p, const struct tree_paths *prints,
                  const struct diag *first_pass, struct tree_paths *stale);

#endif
