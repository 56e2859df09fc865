/* quarantine.h - attachments that have ended the process that read them.
 *
 * What is made of files from outside is made in a process of its own. That notes in memory which it
 * shares with its parent whose turn it is; when it ends, the parent puts the file into quarantine
 * and begins anew, so that all such files are named in one run. State of the process: its children
 * begin with it. */
#ifndef MEDIA_QUARANTINE_H
#define MEDIA_QUARANTINE_H

#include "core/workers.h"

/* What reading one attachment may take: CPU time, and memory beyond what is held when it has its
 * turn. */
enum { ATTACHMENT_SECONDS = 10, ATTACHMENT_MIB = 1024 };

void quarantine_watch(void);            /* before the fork; without it nothing is noted */
void quarantine_note(const char *href); /* its turn; "": nobody's */

/* workers_alone, once more without each file that has ended the process. */
enum workers_end quarantine_alone(void (*run)(void *data, struct buffer *result), void *data,
                                  struct workers_limits limits, struct buffer *result);
bool quarantine_has(const char *href, bool *slow);

#endif
