/* digest_cache.h - digests of files that are as they were: who finds size, device, inode and both
 * times of a file unchanged need not read it again.
 *
 * A change of a file always moves its ctime, which nobody can set back; but a clock that ticks
 * slowly may give a change right after the reading the same time. So a digest is kept only if the
 * file had not changed for RACY_SECONDS when its reading began. The cache is one file of
 * the user's own (0600), replaced whole; one that is damaged, another's or not there is as good as
 * empty, and what cannot be written is not. */
#ifndef CORE_DIGEST_CACHE_H
#define CORE_DIGEST_CACHE_H

#include "core/digest.h"

#include <sys/stat.h>
#include <time.h>

struct digest_cache;

/* The cache's file; read: what is in it is believed. fill: digest_cache_write writes it. Never
 * NULL. Forked processes use their parent's. */
struct digest_cache *digest_cache_open(const char *path, bool read, bool fill);
void digest_cache_free(struct digest_cache *c); /* NULL is fine */

bool digest_cache_find(struct digest_cache *c, const struct stat *st, char out[DIGEST_HEX]);
/* The digest of a file that was so before and after it was read; began: when that was. */
void digest_cache_add(struct digest_cache *c, const struct stat *st, time_t began,
                      const char sum[DIGEST_HEX]);
/* As digest_file, through the cache. */
bool digest_cache_file(struct digest_cache *c, const char *path, enum digest_links links,
                       char out[DIGEST_HEX], long long *size);
bool digest_cache_same(const struct stat *a, const struct stat *b); /* the same state of one file */
/* Between two passes, while no other process adds: what was found and added since it was opened, by
 * whichever process, is found from now on, here and in processes that are forked after. false: it
 * cannot be read, or is not kept; who asks reads files again. */
bool digest_cache_settle(struct digest_cache *c);
/* Puts that, and nothing else, into the cache's file. */
void digest_cache_write(struct digest_cache *c);

#endif
