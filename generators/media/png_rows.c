/* png_rows.c - inflates the rows of a PNG and forgets them: what is asked of them alone is that all
 * are there, each with one of the five filters (PNG, 9.2). */
#include "media/png_rows.h"

#include "core/arena.h"
#include "core/big_endian.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>
#include <zlib.h>

enum {
    SIGNATURE = 8,
    FRAME = 12, /* a chunk's length, type and checksum */
    FILTERS = 5,
    PIECE = 16384,     /* bytes inflated at a time */
    AT_ONCE = 32 << 20 /* bytes of rows that are inflated in one piece */
};

/* The passes of a picture, each of so many rows of so many bytes; one without interlacing. */
struct rows {
    struct {
        uint64_t rows, bytes; /* bytes: with that of the filter */
    } passes[7];
    size_t n, pass;
    uint64_t row, at; /* that come next: the row of the pass, the byte of the row */
    bool damaged;
};

static void add_pass(struct rows *r, uint64_t width, uint64_t height, unsigned bits)
{
    if (width == 0 || height == 0)
        return;
    r->passes[r->n].rows = height;
    r->passes[r->n++].bytes = 1 + (width * bits + 7) / 8;
}

/* header: the data of IHDR. */
static void begin(struct rows *r, const unsigned char *header)
{
    static const unsigned channels[] = {[0] = 1, [2] = 3, [3] = 1, [4] = 2, [6] = 4};
    /* PNG, 8.2: where each pass begins, and its steps. */
    static const struct {
        uint32_t x, y, across, down;
    } adam7[] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                 {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
    uint32_t width = big_endian32(header), height = big_endian32(header + 4);
    unsigned bits = header[8] * channels[header[9]];

    *r = (struct rows){0};
    if (!header[12]) {
        add_pass(r, width, height, bits);
        return;
    }
    for (size_t i = 0; i < sizeof adam7 / sizeof *adam7; i++)
        add_pass(r, ((uint64_t)width + adam7[i].across - 1 - adam7[i].x) / adam7[i].across,
                 ((uint64_t)height + adam7[i].down - 1 - adam7[i].y) / adam7[i].down, bits);
}

static bool ended(const struct rows *r)
{
    return r->pass == r->n;
}

/* Bytes that are still wanted, as far as a piece. */
static unsigned wanted(const struct rows *r)
{
    uint64_t most = (r->passes[r->pass].rows - r->row) * r->passes[r->pass].bytes - r->at;
    return most < PIECE ? (unsigned)most : PIECE;
}

/* Takes the bytes, none more than were wanted. */
static void take(struct rows *r, const unsigned char *p, size_t n)
{
    while (n > 0) {
        uint64_t left = r->passes[r->pass].bytes - r->at, step = left < n ? left : n;
        r->damaged = r->damaged || (r->at == 0 && *p >= FILTERS);
        p += step;
        n -= step;
        r->at += step;
        if (r->at < r->passes[r->pass].bytes)
            return;
        r->at = 0;
        if (++r->row == r->passes[r->pass].rows) {
            r->row = 0;
            r->pass++;
        }
    }
}

enum verdict { UNDECIDED, WHOLE, DAMAGED };

/* Inflates the data of one chunk. Behind the last row the stream must end, or go astray: libpng
 * looks as far as that, and minds only if there is nothing to look at. */
static enum verdict inflate_chunk(z_stream *z, struct rows *r, const unsigned char *data,
                                  uint32_t size)
{
    unsigned char piece[PIECE];
    z->next_in = (unsigned char *)data;
    z->avail_in = size;
    while (z->avail_in > 0) {
        bool behind = ended(r);
        unsigned room = behind ? PIECE : wanted(r);
        z->next_out = piece;
        z->avail_out = room;
        int status = inflate(z, Z_NO_FLUSH);
        if (behind) {
            if (status != Z_OK || z->avail_out == room)
                return WHOLE;
            continue;
        }
        take(r, piece, room - z->avail_out);
        if (r->damaged || (status != Z_OK && status != Z_STREAM_END))
            return DAMAGED;
        if (status == Z_STREAM_END)
            return ended(r) ? WHOLE : DAMAGED;
    }
    return UNDECIDED; /* the next chunk may have more */
}

/* The data of all IDAT chunks, one behind the other. free() it. */
static unsigned char *join_chunks(const unsigned char *data, size_t size, size_t *len)
{
    const unsigned char *p = data + SIGNATURE, *end = data + size;
    unsigned char *out = mem_resize(NULL, size, 1);
    for (*len = 0; end - p >= FRAME; p += FRAME + big_endian32(p))
        if (!memcmp(p + 4, "IDAT", 4)) {
            memcpy(out + *len, p + 8, big_endian32(p));
            *len += big_endian32(p);
        }
    return out;
}

/* In one piece and by libdeflate, which takes half of zlib's time: 5 % of check. false: the picture
 * is too large for that, or something is amiss, which is looked at piece by piece. */
static bool are_whole_at_once(const unsigned char *data, size_t size)
{
    struct rows rows;
    uint64_t wanted = 0;
    begin(&rows, data + SIGNATURE + 8);
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.passes[i].rows > AT_ONCE / rows.passes[i].bytes)
            return false;
        wanted += rows.passes[i].rows * rows.passes[i].bytes;
    }
    if (wanted > AT_ONCE)
        return false;

    size_t len;
    unsigned char *stream = join_chunks(data, size, &len), *out = mem_resize(NULL, wanted, 1);
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    bool whole =
        libdeflate_zlib_decompress(d, stream, len, out, wanted, NULL) == LIBDEFLATE_SUCCESS;
    libdeflate_free_decompressor(d);
    if (whole)
        take(&rows, out, wanted);
    free(stream);
    free(out);
    return whole && !rows.damaged;
}

bool png_rows_are_whole(const unsigned char *data, size_t size)
{
    if (are_whole_at_once(data, size))
        return true;
    const unsigned char *p = data + SIGNATURE, *end = data + size;
    struct rows rows;
    z_stream z = {0};
    enum verdict verdict = inflateInit(&z) == Z_OK ? UNDECIDED : DAMAGED;

    begin(&rows, p + 8);
    while (verdict == UNDECIDED && end - p >= FRAME) {
        uint32_t length = big_endian32(p);
        if (!memcmp(p + 4, "IDAT", 4))
            verdict = inflate_chunk(&z, &rows, p + 8, length);
        p += FRAME + length;
    }
    inflateEnd(&z);
    return verdict == WHOLE;
}
