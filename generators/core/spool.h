/* spool.h - bytes too many for memory: in a file without a name, which vanishes with its process.
 *
 * Errors stick: after one nothing more is written or read, and spool_ok says so. Forked processes
 * may read, but not add. */
#ifndef CORE_SPOOL_H
#define CORE_SPOOL_H

#include "core/buffer.h"

#include <stdbool.h>

struct spool;

/* In a file that is empty and becomes the spool's (of output_temporary; -1 when that has failed).
 * Never NULL: ask spool_ok. */
struct spool *spool_new(int fd);
void spool_free(struct spool *s);     /* NULL is fine */
bool spool_ok(const struct spool *s); /* false: errno says why */

size_t spool_add(struct spool *s, const void *data, size_t len); /* where it begins */
/* Appends those bytes to the buffer. */
bool spool_read(struct spool *s, size_t at, size_t len, struct buffer *out);
int spool_fd(const struct spool *s); /* for reading, with pread; the spool's own */

#endif
