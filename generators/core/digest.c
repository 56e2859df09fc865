/* digest.c - see digest.h; the arithmetic is nettle's. */
#include "core/digest.h"

#include <nettle/sha2.h>
#include <stdint.h>
#include <stdio.h>

void digest_hex(const void *data, size_t len, char out[DIGEST_HEX])
{
    struct sha256_ctx ctx;
    uint8_t sum[SHA256_DIGEST_SIZE];

    sha256_init(&ctx);
    sha256_update(&ctx, len, data);
    sha256_digest(&ctx, sizeof sum, sum);
    for (size_t i = 0; i < sizeof sum; i++)
        snprintf(out + 2 * i, 3, "%02x", sum[i]);
}
