/* digest.h - SHA-256 of bytes, as the reports and manifests give it. */
#ifndef CORE_DIGEST_H
#define CORE_DIGEST_H

#include <stddef.h>

enum { DIGEST_HEX = 65 };

void digest_hex(const void *data, size_t len, char out[DIGEST_HEX]);

#endif
