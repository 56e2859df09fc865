/* fuzz_png.c - a PNG. Mutated chunk by chunk: lengths and checksums are true, and the pixels are
 * packed anew. */
#include "picture.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { SIGNATURE = 8, LARGEST = 1 << 16 };

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(struct buffer *out, uint32_t v)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buffer_putc(out, (int)(v >> shift & 0xFF));
}

static void put_chunk(struct buffer *out, const uint8_t *type, const uint8_t *data, size_t n)
{
    put32(out, (uint32_t)n);
    size_t from = out->len;
    buffer_add(out, type, 4);
    buffer_add(out, data, n);
    put32(out, (uint32_t)crc32(0, out->data + from, (uInt)(n + 4)));
}

/* The rows of an IDAT that is whole by itself, altered. */
static void put_rows(struct buffer *out, const uint8_t *data, size_t n)
{
    static uint8_t rows[LARGEST], packed[LARGEST];
    uLongf len = sizeof rows / 2, packed_len = sizeof packed;
    if (uncompress(rows, &len, data, n) != Z_OK) {
        put_chunk(out, (const uint8_t *)"IDAT", data, n);
        return;
    }
    len = LLVMFuzzerMutate(rows, len, sizeof rows / 2);
    if (compress(packed, &packed_len, rows, len) == Z_OK)
        put_chunk(out, (const uint8_t *)"IDAT", packed, packed_len);
}

static void put_altered(struct buffer *out, const uint8_t *type, const uint8_t *data, size_t n,
                        struct dice *dice)
{
    static uint8_t copy[LARGEST];
    if (!memcmp(type, "IDAT", 4) && dice_roll(dice, 3)) {
        put_rows(out, data, n);
        return;
    }
    n = n > sizeof copy / 2 ? sizeof copy / 2 : n;
    memcpy(copy, data, n);
    switch (dice_roll(dice, 4)) {
    case 0:
        put_chunk(out, type, data, n); /* twice */
        put_chunk(out, type, data, n);
        break;
    case 1:
        break;
    default:
        n = LLVMFuzzerMutate(copy, n, sizeof copy / 2);
        put_chunk(out, type, copy, n);
        break;
    }
}

static size_t count_chunks(const uint8_t *data, size_t size)
{
    size_t n = 0;
    for (size_t at = SIGNATURE; at + 12 <= size && get32(data + at) <= size - at - 12; n++)
        at += get32(data + at) + 12;
    return n;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    struct dice dice = {seed};
    size_t n = count_chunks(data, size), at = SIGNATURE;
    if (n == 0 || dice_roll(&dice, 5) == 0)
        return LLVMFuzzerMutate(data, size, max);
    struct buffer out = {0};
    buffer_add(&out, data, SIGNATURE);
    for (size_t i = 0, altered = dice_roll(&dice, n); i < n; i++) {
        uint32_t len = get32(data + at);
        if (i == altered)
            put_altered(&out, data + at + 4, data + at + 8, len, &dice);
        else
            put_chunk(&out, data + at + 4, data + at + 8, len);
        at += len + 12;
    }
    if (out.len <= max) {
        memcpy(data, out.data, out.len);
        size = out.len;
    }
    buffer_clear(&out);
    return size;
}

void door_run(const uint8_t *data, size_t size)
{
    picture_through(data, size);
}
