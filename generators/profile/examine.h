/* examine.h - what a profile lacks, for whoever writes next year's. */
#ifndef PROFILE_EXAMINE_H
#define PROFILE_EXAMINE_H

#include "profile/profile.h"

/* Reports, as warnings with file:line: papers without a template, parameters that nothing asks for,
 * clauses that the notice's list lacks, words of the vocabulary that no template names. Files that
 * cannot be read are errors. */
void profile_examine(const struct profile *p, struct diag *diag);

#endif
