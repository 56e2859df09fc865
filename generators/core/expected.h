/* expected.h - files that a run is to write, most of them when all else is done: the report, the
 * log, the stamp, a document that -o names. Whether they can be written is asked before anything is
 * made. Kept for the process and those that it forks. */
#ifndef CORE_EXPECTED_H
#define CORE_EXPECTED_H

#include "core/finding.h"

/* The program has an option of that name, which names the file; path stays the caller's. NULL, "-"
 * and folders are nothing to ask about. made: what -o names, which the run may
 * make, be it a folder with the file in it; NULL: nothing. */
void expect_output(const char *option, const char *path, const char *made);
/* Is each of them none that is read so far (core/protected.h), no other's, and can be written?
 * Asked again when more files are known to be read. false: reported, each once. */
bool expected_outputs(struct diag *diag);
/* A descriptor to write, the caller's to close: of a pipe, which was opened when it was asked
 * about, so that its reader has not read an end; else of a file that is added to. -1: errno says
 * why. */
int expected_append(const char *path);
/* The same of the pipe alone; -1: it is none. */
int expected_pipe(const char *path);

#endif
