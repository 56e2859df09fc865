/* glyph_deflate.c - see glyph_deflate.h. One block of the stream holds all glyphs, the tables
 * before and behind them are blocks of their own; no match leads out of a glyph. RFC 1950, RFC
 * 1951. */
#include "pdf/glyph_deflate.h"

#include "pdf/deflate.h"
#include "pdf/font_file.h"

#include <libdeflate.h>

#include <stdlib.h>
#include <string.h>

enum {
    LITERALS = 286,
    DISTANCES = 30,
    END_OF_BLOCK = 256,
    LONGEST_CODE = 15,
    LEAST_MATCH = 3,
    MOST_MATCH = 258,
    WINDOW = 32768,
    HASHES = 1024,
    TRIED = 4,           /* places where a match may begin */
    LEAST_BYTES = 32768, /* of glyphs: less is quickly compressed, and the table costs */
    HEAD_BYTES = 192     /* of the block, with its end and the next one's beginning */
};

/* How many bits the code of each has, as hexadecimal digits: by the counts of what the glyphs of
 * FandolFang and AR PL KaitiM consist of. */
static const char literal_lengths[] =
    "64655644655756766766766677777777877777668888888888878766989999999999999999A99AA9AA9AA9AAAAAAAA"
    "AAAAAAAAAAAAABAABABBABBABBBABABBBBBBBBBBBBBBBBBBBBBBBBBBBBBBCBBBBBBCBBCBCCBBCBCCBBCBCCBCCCCCCC"
    "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCDCCCCCCCCCCCCCDCCCCCCA89F567789AABCDFEFFFFFFFFFFFF"
    "FFFF";
static const char distance_lengths[] = "8376554434333459AEEEEEEEEEEDDD";

static const uint16_t match_base[29] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                        15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                        67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint16_t distance_base[DISTANCES] = {
    1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
    193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};

struct code {
    uint16_t bits; /* the first to be written lowest */
    uint8_t length;
};

struct codes {
    struct code literals[LITERALS], distances[DISTANCES];
};

/* Bits on their way; the room was made for all of them, and for seven bytes more. */
struct bit_writer {
    unsigned char *to;
    uint64_t held;
    unsigned n_held; /* below 64 */
};

static void store(unsigned char *to, uint64_t v)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    memcpy(to, &v, sizeof v);
}

/* n <= 64; the bits above are 0. */
static void put(struct bit_writer *w, uint64_t bits, unsigned n)
{
    w->held |= bits << w->n_held;
    if (w->n_held + n < 64) {
        w->n_held += n;
        return;
    }
    store(w->to, w->held);
    w->to += 8;
    w->held = w->n_held ? bits >> (64 - w->n_held) : 0;
    w->n_held = w->n_held + n - 64;
}

/* Fills the last byte up; returns the end. */
static unsigned char *end_bits(const struct bit_writer *w)
{
    store(w->to, w->held);
    return w->to + (w->n_held + 7) / 8;
}

static unsigned digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'A' + 10);
}

/* RFC 1951 3.2.2 */
static void make_codes(const char *lengths, size_t n, struct code *codes)
{
    unsigned next[LONGEST_CODE + 2] = {0}, count[LONGEST_CODE + 1] = {0};
    for (size_t i = 0; i < n; i++)
        count[digit(lengths[i])]++;
    for (unsigned length = 1; length <= LONGEST_CODE; length++)
        next[length + 1] = (next[length] + count[length]) << 1;
    for (size_t i = 0; i < n; i++) {
        unsigned length = digit(lengths[i]), code = next[length]++, reversed = 0;
        for (unsigned bit = 0; bit < length; bit++)
            reversed |= (code >> bit & 1) << (length - 1 - bit);
        codes[i] = (struct code){(uint16_t)reversed, (uint8_t)length};
    }
}

/* --- a glyph's bits --- */

/* What a match is written with: two codes, and bits behind each. */
struct match {
    struct code length, distance;
    unsigned length_rest, length_extra, distance_rest, distance_extra;
};

static unsigned class_of(const uint16_t *base, unsigned n, size_t value)
{
    unsigned i = n - 1;
    while (base[i] > value)
        i--;
    return i;
}

static struct match match_of(const struct codes *codes, size_t length, size_t distance)
{
    enum { LENGTHS = sizeof match_base / sizeof *match_base };
    unsigned l = class_of(match_base, LENGTHS, length),
             d = class_of(distance_base, DISTANCES, distance);
    return (struct match){.length = codes->literals[END_OF_BLOCK + 1 + l],
                          .distance = codes->distances[d],
                          .length_rest = (unsigned)length - match_base[l],
                          .length_extra = l < 8 || l + 1 == LENGTHS ? 0 : l / 4 - 1,
                          .distance_rest = (unsigned)distance - distance_base[d],
                          .distance_extra = d < 4 ? 0 : d / 2 - 1};
}

static unsigned hash_of(const unsigned char *p)
{
    return (p[0] * 0x9E5u ^ p[1] * 0x65Bu ^ p[2] * 0x1Fu) % HASHES;
}

static size_t equal_bytes(const unsigned char *a, const unsigned char *b, size_t most)
{
    size_t n = 0;
    while (n < most && a[n] == b[n])
        n++;
    return n;
}

/* Places of a glyph by what begins there, from 1; 0: none. */
struct places {
    uint32_t last[HASHES];
    uint32_t *before; /* the place before with the same hash */
};

/* The longest match at i, if it is shorter than its bytes are; returns its length, or 0. */
static size_t find_match(const struct codes *codes, const struct glyph_record *r,
                         const struct places *places, size_t i, struct match *out)
{
    const unsigned char *data = r->data + i;
    size_t most = r->size - i < MOST_MATCH ? r->size - i : MOST_MATCH, longest = 0, far = 0;
    unsigned bits = 0;
    int tried = 0;
    for (uint32_t at = most < LEAST_MATCH ? 0 : places->last[hash_of(data)];
         at && i + 1 - at <= WINDOW && tried < TRIED; at = places->before[at - 1], tried++) {
        size_t n = equal_bytes(r->data + at - 1, data, most);
        if (n > longest) {
            longest = n;
            far = i + 1 - at;
        }
    }
    if (longest < LEAST_MATCH)
        return 0;
    *out = match_of(codes, longest, far);
    for (size_t k = 0; k < longest; k++)
        bits += codes->literals[data[k]].length;
    return out->length.length + out->length_extra + out->distance.length + out->distance_extra <
                   bits
               ? longest
               : 0;
}

static void code_glyph(const struct codes *codes, const struct glyph_record *r, struct arena *keep)
{
    /* no byte's code is longer, and a match is shorter than those of its bytes */
    size_t room = r->size * LONGEST_CODE / 64 + 2;
    struct places places = {{0}, mem_alloc(r->size, sizeof(uint32_t))};
    uint64_t *words = mem_alloc(room, sizeof *words);
    struct bit_writer w = {.to = (unsigned char *)words};
    for (size_t i = 0, next; i < r->size; i = next) {
        struct match m;
        size_t length = find_match(codes, r, &places, i, &m);
        next = i + (length ? length : 1);
        if (length) {
            put(&w, m.length.bits, m.length.length);
            put(&w, m.length_rest, m.length_extra);
            put(&w, m.distance.bits, m.distance.length);
            put(&w, m.distance_rest, m.distance_extra);
        } else {
            put(&w, codes->literals[r->data[i]].bits, codes->literals[r->data[i]].length);
        }
        for (size_t k = i; k < next && k + LEAST_MATCH <= r->size; k++) {
            uint32_t *last = &places.last[hash_of(r->data + k)];
            places.before[k] = *last;
            *last = (uint32_t)k + 1;
        }
    }
    size_t whole = (size_t)(w.to - (unsigned char *)words), n = whole * 8 + w.n_held;
    end_bits(&w);
    r->coded->n = n;
    r->coded->bits = memcpy(arena_alloc(keep, whole + 8, 1), words, whole + 8);
    free(words);
    free(places.before);
}

/* --- the face --- */

/* Components that many glyphs share make a face smaller when it is compressed as a whole: Arphic's
 * Ming by a quarter, Noto's by an eighth; FandolFang, of which the documents have most, by a
 * fiftieth. A few characters tell, always the same. */
static bool is_worth(const struct face *face, const struct codes *codes, struct arena *keep)
{
    static const uint32_t sample[] = U"国圆固圈围回田圃阁阅麟墨鹰酬警题颖翻矗鬻永东鑫森";
    struct buffer joined = {0}, whole = {0};
    size_t bits = 0;
    for (const uint32_t *cp = sample; *cp; cp++) {
        struct glyph g;
        const struct glyph_record *r =
            face_glyph(face, *cp, 0, &g) ? glyph_record_get(face, g.gid) : NULL;
        if (!r || !r->size)
            continue;
        if (!r->coded->n)
            code_glyph(codes, r, keep);
        bits += r->coded->n;
        buffer_add(&joined, r->data, r->size);
    }
    deflate_add(&whole, joined.data, joined.len, DEFLATE_FAST);
    bool worth = joined.len > 0 && bits / 8 <= whole.len + whole.len / 32;
    buffer_clear(&joined);
    buffer_clear(&whole);
    return worth;
}

/* --- the stream --- */

static uint64_t load(const unsigned char *from)
{
    uint64_t v;
    memcpy(&v, from, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

static void put_glyph(struct bit_writer *w, const struct glyph_bits *g)
{
    const unsigned char *from = g->bits;
    size_t n = g->n;
    for (; n >= 64; n -= 64, from += 8)
        put(w, load(from), 64);
    put(w, load(from), (unsigned)n);
}

static void put_stored(struct buffer *out, const unsigned char *data, size_t len)
{
    unsigned n = (unsigned)len;
    const unsigned char head[] = {0, n & 0xFF, n >> 8 & 0xFF, ~n & 0xFF, ~n >> 8 & 0xFF};
    buffer_add(out, head, sizeof head);
    buffer_add(out, data, len);
}

/* RFC 1951 3.2.7, without the codes of lengths that repeat others. */
static void put_head(struct bit_writer *w, const struct codes *codes)
{
    enum { REPEATS = 3, LENGTH_CODES = 19, DYNAMIC = 2 };
    put(w, DYNAMIC << 1, 3); /* not the last block */
    put(w, LITERALS - 257, 5);
    put(w, DISTANCES - 1, 5);
    put(w, LENGTH_CODES - 4, 4);
    for (unsigned i = 0; i < LENGTH_CODES; i++)
        put(w, i < REPEATS ? 0 : 4, 3); /* so that each length is its own code, reversed */
    for (size_t i = 0; i < LITERALS + DISTANCES; i++) {
        unsigned v =
            i < LITERALS ? codes->literals[i].length : codes->distances[i - LITERALS].length;
        put(w, (v & 1) << 3 | (v & 2) << 1 | (v & 4) >> 1 | v >> 3, 4);
    }
}

/* The block of all glyphs, and an empty one that ends on a whole byte. */
static void put_glyphs(struct buffer *out, const struct codes *codes,
                       const struct glyph_record *const *records, size_t n, size_t bits)
{
    struct code end = codes->literals[END_OF_BLOCK];
    size_t room = bits / 8 + HEAD_BYTES + 16;
    unsigned char *first = buffer_room(out, room);
    struct bit_writer w = {.to = first};
    put_head(&w, codes);
    for (size_t i = 0; i < n; i++)
        if (records[i]->size)
            put_glyph(&w, records[i]->coded);
    put(&w, end.bits, end.length);
    put(&w, 0, 3); /* stored, and of nothing */
    unsigned char *to = end_bits(&w);
    memcpy(to, "\0\0\xFF\xFF", 4);
    out->len -= room - (size_t)(to + 4 - first);
}

bool glyph_deflate(const struct face *face, const struct glyph_record *const *records, size_t n,
                   const struct buffer *file, struct buffer *out)
{
    struct glyph_shelf *shelf = glyph_record_shelf(face);
    struct codes codes;
    size_t bits = 0, size = 0;
    for (size_t i = 0; i < n; i++)
        size += records[i]->size;
    if (size < LEAST_BYTES || shelf->verdict == GLYPHS_AS_WHOLE)
        return false;
    make_codes(literal_lengths, LITERALS, codes.literals);
    make_codes(distance_lengths, DISTANCES, codes.distances);
    if (!shelf->verdict)
        shelf->verdict = is_worth(face, &codes, shelf->arena) ? GLYPHS_ONE_BY_ONE : GLYPHS_AS_WHOLE;
    if (shelf->verdict == GLYPHS_AS_WHOLE)
        return false;
    for (size_t i = 0; i < n; i++) {
        const struct glyph_record *r = records[i];
        if (r->size && !r->coded->n)
            code_glyph(&codes, r, shelf->arena);
        bits += r->size ? r->coded->n : 0;
    }
    size_t behind = FONT_FILE_GLYPHS + size;
    uint32_t sum = libdeflate_adler32(1, file->data, file->len);
    buffer_add(out, "\x78\x01", 2);
    put_stored(out, file->data, FONT_FILE_GLYPHS);
    put_glyphs(out, &codes, records, n, bits);
    deflate_add_last(out, file->data + behind, file->len - behind, DEFLATE_FAST);
    for (int i = 24; i >= 0; i -= 8)
        buffer_putc(out, (int)(sum >> i & 0xFF));
    return true;
}
