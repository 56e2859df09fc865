/* examine.h - what a profile lacks, for whoever writes next year's. */
#ifndef PROFILE_EXAMINE_H
#define PROFILE_EXAMINE_H

#include "profile/profile.h"

/* Reports, as warnings with file:line: papers without a template, or said of differently in several
 * files; parameters that nothing asks for; clauses that the notice's list lacks, and those of the
 * notice that was copied; steps of XPath that the vocabulary does not have; scoring tables whose
 * sums cannot be; words of the vocabulary that no template names. false: a file is no XML, which
 * was reported, and nothing else was looked for: what it holds would seem to be missing. */
bool profile_examine(const struct profile *p, struct diag *diag);

#endif
