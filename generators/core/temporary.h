/* temporary.h - files without a name, for what need not fit into memory. They are in the folder
 * that TMPDIR names, else in /tmp, and go with their last descriptor. */
#ifndef CORE_TEMPORARY_H
#define CORE_TEMPORARY_H

#include "core/finding.h"

const char *temporary_folder(void);
/* A descriptor to read and write, the caller's to close. -1: reported; about: the file or kind of
 * file that it is for, NULL: none to name. */
int temporary_open(const char *about, struct diag *diag);
/* The same as a stream; NULL: reported. */
FILE *temporary_file(const char *about, struct diag *diag);
/* As temporary_open, in a folder of one's choice; -1: not reported, errno says why. */
int temporary_in(const char *folder);

#endif
