/* temporary.h - files without a name, for what need not fit into memory. They are in the folder
 * that TMPDIR names, else in /tmp, and go with their last descriptor.
 *
 * A file that must have a name before it is whole (a file system without nameless files, one that
 * is about to take another's place) is called .shenbao-MACHINE-PROCESS-N: whoever comes next knows
 * whose it was, and removes it when that process is gone. */
#ifndef CORE_TEMPORARY_H
#define CORE_TEMPORARY_H

#include "core/finding.h"

const char *temporary_folder(void);
/* A descriptor to read and write, the caller's to close. -1: reported; about: the file or kind of
 * file that it is for, NULL: none to name. */
int temporary_open(const char *about, struct diag *diag);
/* The same as a stream; NULL: reported. */
FILE *temporary_file(struct diag *diag);
/* As temporary_open, in a folder of one's choice; -1: not reported, errno says why. */
int temporary_in(const char *folder);

/* A name of this process that it has not asked for before; folder: "" or ended by '/'. */
char *temporary_name(struct arena *arena, const char *folder);
/* Makes a file of such a name, for writing. -1: errno says why. */
int temporary_create(struct arena *arena, const char *folder, char **name);
/* Has a file of the user's own with such a name in the folder lost its process? That of another
 * machine counts as gone when the file is a day old. */
bool temporary_is_abandoned(const char *folder, const char *name);
/* Removes those of the folder that are. */
void temporary_sweep(const char *folder);
/* The same of all folders below, links not followed; how many they were. */
size_t temporary_sweep_tree(const char *root);

#endif
