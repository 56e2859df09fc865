/* digest.h - SHA-256 of bytes, as the reports and manifests give it. */
#ifndef CORE_DIGEST_H
#define CORE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIGEST_HEX = 65 };

void digest_hex(const void *data, size_t len, char out[DIGEST_HEX]);
/* Of a regular file, and its size. false: there is none that can be read; errno says why. What the
 * user configures may be a link to a file elsewhere; a link where a document should be is none. */
enum digest_links { DIGEST_LINKS_FOLLOWED, DIGEST_LINKS_REFUSED };
bool digest_file(const char *path, enum digest_links links, char out[DIGEST_HEX], long long *size);
bool digest_open_file(int fd, char out[DIGEST_HEX], long long *size); /* from its start */

/* Not SHA-256, but for tables, and for what is compared with what we made before: quick, and easily
 * forged. mix: of several things one after the other; h: of those before. */
uint64_t digest_quick(const void *data, size_t len);
uint64_t digest_mix(uint64_t h, const void *data, size_t len);

/* Of several things one after the other, each told apart from the next. */
struct digest;
struct digest *digest_new(void);
void digest_add(struct digest *d, const void *data, size_t len);
void digest_text(struct digest *d, const char *text);    /* NULL is told apart from "" */
void digest_end(struct digest *d, char out[DIGEST_HEX]); /* frees d */

#endif
