/* pipes.h - named pipes (FIFOs), opened without waiting for ever for the other end. Whoever is
 * there, be it that he waits himself, is found at once; somebody who is still being started has a
 * second. A file of any other kind is opened as by open(). */
#ifndef CORE_PIPES_H
#define CORE_PIPES_H

#include "core/finding.h"

/* The descriptor is the caller's to close. -1: errno says why; ENXIO: nobody is at the other end.
 */
int pipe_open_to_read(const char *path);
int pipe_open_to_write(const char *path);
/* Tells of ENXIO when reading (output_failed does when writing). Always false. */
bool pipe_without_writer(const char *path, struct diag *diag);

#endif
