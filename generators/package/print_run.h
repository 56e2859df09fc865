/* print_run.h - what goes to the printer: each delegation's loose papers merged by kind, a list of
 * all files in the order of printing, and a script that hands them to lp. */
#ifndef PACKAGE_PRINT_RUN_H
#define PACKAGE_PRINT_RUN_H

#include "package/package.h"

/* written: what was, or was there already. false: reported, or the run was stopped. */
bool print_runs_write(const struct package *p, struct tree_paths *written);

#endif
