/* digest.c - see digest.h; the arithmetic is nettle's. */
#define _DEFAULT_SOURCE /* O_NOFOLLOW, O_CLOEXEC */
#include "core/digest.h"

#include "core/arena.h"
#include "core/machine.h"
#include "core/read_at.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct digest {
    struct sha256_ctx ctx;
};

static void hex(struct sha256_ctx *ctx, char out[DIGEST_HEX])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t sum[SHA256_DIGEST_SIZE];

    sha256_digest(ctx, sizeof sum, sum);
    for (size_t i = 0; i < sizeof sum; i++) {
        out[2 * i] = digits[sum[i] >> 4];
        out[2 * i + 1] = digits[sum[i] & 15];
    }
    out[DIGEST_HEX - 1] = '\0';
}

void digest_hex(const void *data, size_t len, char out[DIGEST_HEX])
{
    struct sha256_ctx ctx;

    sha256_init(&ctx);
    sha256_update(&ctx, len, data);
    hex(&ctx, out);
}

static uint64_t word_at(const unsigned char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

static uint64_t stir(uint64_t h, uint64_t word)
{
    h = (h ^ word) * 0x9E3779B97F4A7C15u;
    return h ^ h >> 29;
}

uint64_t digest_mix(uint64_t h, const void *data, size_t len)
{
    enum { LANES = 4, STRIDE = LANES * sizeof(uint64_t) };
    const unsigned char *p = data;
    uint64_t lanes[LANES] = {h, h + 1, h + 2, h + 3}; /* none waits for another's product */
    unsigned char rest[STRIDE] = {0};

    h = stir(h, len);
    for (; len >= STRIDE; p += STRIDE, len -= STRIDE)
        for (int i = 0; i < LANES; i++)
            lanes[i] = stir(lanes[i], word_at(p + (size_t)i * sizeof(uint64_t)));
    if (len > 0)
        memcpy(rest, p, len);
    for (int i = 0; i < LANES; i++)
        h = stir(h, stir(lanes[i], word_at(rest + (size_t)i * sizeof(uint64_t))));
    return h;
}

uint64_t digest_quick(const void *data, size_t len)
{
    return digest_mix(0, data, len);
}

bool digest_open_file(int fd, char out[DIGEST_HEX], long long *size)
{
    struct stat st;
    struct sha256_ctx ctx;
    static uint8_t block[1 << 16];
    ssize_t n;

    if (fstat(fd, &st) < 0) {
        machine_ask(NULL);
        return false;
    }
    if (!S_ISREG(st.st_mode)) {
        errno = EINVAL;
        return false;
    }
    sha256_init(&ctx);
    *size = 0;
    while ((n = read_at(fd, block, sizeof block, (off_t)*size)) > 0) {
        sha256_update(&ctx, (size_t)n, block);
        *size += n;
    }
    if (n < 0)
        machine_ask(NULL);
    else
        hex(&ctx, out);
    return n == 0;
}

bool digest_file(const char *path, enum digest_links links, char out[DIGEST_HEX], long long *size)
{
    /* A pipe in its place must not make us wait. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
                            (links == DIGEST_LINKS_REFUSED ? O_NOFOLLOW : 0));
    if (fd < 0) {
        machine_ask(path);
        return false;
    }
    bool ok = digest_open_file(fd, out, size);
    int saved = errno;
    close(fd);
    errno = saved;
    return ok;
}

struct digest *digest_new(void)
{
    struct digest *d = mem_alloc(1, sizeof *d);
    sha256_init(&d->ctx);
    return d;
}

void digest_add(struct digest *d, const void *data, size_t len)
{
    uint64_t n = len;
    uint8_t head[8];
    for (size_t i = 0; i < sizeof head; i++)
        head[i] = (uint8_t)(n >> (8 * i));
    sha256_update(&d->ctx, sizeof head, head);
    if (len > 0)
        sha256_update(&d->ctx, len, data);
}

void digest_text(struct digest *d, const char *text)
{
    digest_add(d, text ? "t" : "", text ? 1 : 0);
    if (text)
        digest_add(d, text, strlen(text));
}

void digest_end(struct digest *d, char out[DIGEST_HEX])
{
    hex(&d->ctx, out);
    free(d);
}
