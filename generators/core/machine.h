/* machine.h - what ends the process when the machine fails: no memory, a disk that cannot be read,
 * too many open files. Such a failure is never the data's: it has a message of its own, exit status
 * 2, and no document.
 *
 * A forked process ends with MACHINE_STATUS instead and leaves the reason to its parent, which
 * tells of it (worker_fault.h). Nothing here allocates memory. */
#ifndef CORE_MACHINE_H
#define CORE_MACHINE_H

#include "core/finding.h"

#include <sys/resource.h>

/* Of forked processes: the machine has failed; the process wanted more memory than its share. */
enum { MACHINE_STATUS = 71, MACHINE_SHARE_STATUS = 72 };

/* First of all in main: closed standard descriptors become ones that fail, so that no file of ours
 * gets their numbers; a closed pipe ends the process quietly with status 2, a mapped file that
 * cannot be read with a message; a file too large for the limit is an error of its write. */
void machine_begin(void);
void machine_speak(enum language language); /* of the messages from now on */

/* Is this errno the machine's, rather than that of a file that is absent, forbidden or of a kind
 * that cannot be opened? */
bool machine_at_fault(int error);
/* Ends the process by errno; path is the file it is about, NULL: none. */
_Noreturn void machine_failed(const char *path, const char *zh, const char *en);
/* Ends the process, in the words of a read, when errno is the machine's; returns when it is not. */
void machine_ask(const char *path);
/* Ends the process for want of so many bytes. */
_Noreturn void machine_out_of_memory(size_t bytes);
/* Ends the process where there is no /proc: libraries write to files without names by way of it. */
void machine_ask_proc(void);
/* Ends the process since a write to a stream was lost: for want of room in the folder, or by the
 * limit of files. */
_Noreturn void machine_write_lost(const char *folder, bool temporary);
rlim_t machine_address_space(void); /* of this process; 0: it is not to be had */
/* This process has limited its own address space: who wants more has had its share. */
void machine_share(rlim_t bytes);

/* In a parent: why a forked process of ours has ended with MACHINE_STATUS; false: none has since
 * this was last asked. */
enum { MACHINE_REASON = 512 };
bool machine_reason(char text[LANGUAGE_COUNT][MACHINE_REASON]);
bool machine_has_reason(void);

#endif
