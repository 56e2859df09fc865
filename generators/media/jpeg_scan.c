/* jpeg_scan.c - reads the Huffman codes of a scan (ITU-T T.81, annex F) and forgets them: a picture
 * whose codes lead astray, or end before its last block, is shown grey or garbled from there on. */
#include "media/jpeg_scan.h"

#include "core/arena.h"
#include "core/big_endian.h"
#include "media/jpeg_guard.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOOK = 10,     /* bits that one look-up answers */
    LONGEST = 16,  /* bits of a code */
    PADDING = 16,  /* bytes behind the data that may be read */
    LEFT_OVER = 4, /* bytes behind the last block that are no sign of damage */
    BLOCK = 64,    /* coefficients */
    END = 128      /* an advance at a block's end */
};

/* What follows from the next bits: 0 bits: the code is longer than LOOK, or none. */
struct step {
    unsigned char bits;    /* of the code and of the value behind it */
    unsigned char advance; /* coefficients, up to and with this one; END: the block ends */
};

struct decoder {
    struct step look[1 << LOOK];
    struct step runs[1 << LOOK]; /* of as many steps as the bits hold, up to the block's end: a
                                    fifth less time for photographs */
    unsigned first[LONGEST + 1], last[LONGEST + 1]; /* codes of each length: first <= c < last */
    const unsigned char *symbols[LONGEST + 1];      /* of the first code of each length */
    struct jpeg_codes codes;
    bool dc;
};

/* Of a component. */
struct block_decoder {
    const struct decoder *dc, *ac;
    unsigned char
        bits[1 << LOOK]; /* of a block that the next bits hold whole, as most blocks of a
                            scan of paper are; 0: a longer one, or none. A seventh less time. */
};

struct bits {
    const unsigned char *data;
    size_t at, size; /* bytes taken into window; bytes there are */
    uint64_t window;
    unsigned n; /* bits of it, from the top */
};

static struct step step_of(const struct decoder *d, unsigned length, unsigned symbol)
{
    unsigned run = symbol >> 4, size = symbol & 15;
    if (d->dc)
        return (struct step){(unsigned char)(length + symbol), 1};
    return (struct step){(unsigned char)(length + size), (unsigned char)(size        ? run + 1
                                                                         : run == 15 ? 16
                                                                                     : END)};
}

static struct step run_of(const struct decoder *d, unsigned bits)
{
    struct step all = d->look[bits];
    while (all.bits > 0 && all.bits < LOOK && all.advance < BLOCK) {
        struct step next = d->look[bits << all.bits & ((1 << LOOK) - 1)];
        if (next.bits == 0 || all.bits + next.bits > LOOK ||
            (all.advance + next.advance) % END >= BLOCK)
            break;
        all.bits += next.bits;
        all.advance += next.advance;
    }
    return all;
}

static void decoder_init(struct decoder *d, struct jpeg_codes codes, bool dc)
{
    const unsigned char *symbol = codes.symbols;
    unsigned code = 0;

    *d = (struct decoder){.codes = codes, .dc = dc};
    for (unsigned length = 1; length <= LONGEST; length++, code <<= 1) {
        d->first[length] = code;
        d->symbols[length] = symbol;
        for (unsigned i = 0; i < codes.counts[length - 1]; i++, code++, symbol++) {
            unsigned from = length <= LOOK ? code << (LOOK - length) : 0;
            for (unsigned k = 0; length <= LOOK && k < 1u << (LOOK - length); k++)
                d->look[from + k] = step_of(d, length, *symbol);
        }
        d->last[length] = code;
    }
    for (unsigned bits = 0; !dc && bits < 1 << LOOK; bits++)
        d->runs[bits] = run_of(d, bits);
}

static inline __attribute__((always_inline)) void refill(struct bits *b)
{
    if (b->n >= 32)
        return;
    const unsigned char *p = b->data + (b->at < b->size ? b->at : b->size);
    b->window |= (uint64_t)big_endian32(p) << (32 - b->n);
    b->n += 32;
    b->at += 4;
}

/* The code at the window's top is longer than LOOK. */
static struct step long_step(const struct decoder *d, uint64_t window)
{
    for (unsigned length = LOOK + 1; length <= LONGEST; length++) {
        unsigned code = (unsigned)(window >> (64 - length));
        if (code >= d->first[length] && code < d->last[length])
            return step_of(d, length, d->symbols[length][code - d->first[length]]);
    }
    return (struct step){0};
}

static inline void skip(struct bits *b, struct step s)
{
    b->window <<= s.bits;
    b->n -= s.bits;
}

static inline __attribute__((always_inline)) struct step next_step(const struct decoder *d,
                                                                   struct bits *b)
{
    refill(b);
    struct step s = d->look[b->window >> (64 - LOOK)];
    if (s.bits == 0)
        s = long_step(d, b->window);
    skip(b, s);
    return s;
}

static bool read_long_block(const struct block_decoder *d, struct bits *b)
{
    if (next_step(d->dc, b).bits == 0)
        return false;
    for (unsigned k = 1; k < BLOCK;) {
        refill(b);
        struct step s = d->ac->runs[b->window >> (64 - LOOK)];
        if (s.bits > 0 && (k + s.advance) % END < BLOCK)
            skip(b, s);
        else if ((s = next_step(d->ac, b)).bits == 0)
            return false;
        if (s.advance >= END)
            return true;
        k += s.advance;
        if (k > BLOCK)
            return false;
    }
    return true;
}

static inline bool read_block(const struct block_decoder *d, struct bits *b)
{
    refill(b);
    unsigned bits = d->bits[b->window >> (64 - LOOK)];
    b->window <<= bits;
    b->n -= bits;
    return bits > 0 || read_long_block(d, b);
}

/* Of the block at the beginning of so many bits, when it ends there. */
static unsigned block_bits(const struct block_decoder *d, unsigned bits)
{
    unsigned used = 0, k = 0;
    do {
        struct step s = (k == 0 ? d->dc : d->ac)->look[bits << used & ((1 << LOOK) - 1)];
        used += s.bits;
        if (s.bits == 0 || used > LOOK)
            return 0;
        if (s.advance == END)
            return used;
        k += s.advance;
    } while (k < BLOCK && used < LOOK);
    return k == BLOCK ? used : 0;
}

static size_t share(size_t n, size_t part)
{
    return (n + part - 1) / part;
}

/* Minimum coded units of a scan (A.2). */
static size_t units_of(const struct jpeg_scan *s)
{
    if (s->components > 1)
        return share(s->width, 8 * s->most_across) * share(s->height, 8 * s->most_down);
    const struct jpeg_scan_component *c = &s->component[0];
    return share(share(s->width * c->across, s->most_across), 8) *
           share(share(s->height * c->down, s->most_down), 8);
}

/* The decoders of a scan's components, each table's once. */
struct decoders {
    struct decoder list[8];
    struct block_decoder blocks[4];
    size_t n, n_blocks;
    const struct block_decoder *of[4];
};

static const struct decoder *decoder_of(struct decoders *all, const struct jpeg_codes *codes,
                                        bool dc)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->list[i].codes.counts == codes->counts && all->list[i].dc == dc)
            return &all->list[i];
    decoder_init(&all->list[all->n], *codes, dc);
    return &all->list[all->n++];
}

static const struct block_decoder *block_decoder_of(struct decoders *all,
                                                    const struct jpeg_scan_component *c)
{
    const struct decoder *dc = decoder_of(all, &c->dc, true), *ac = decoder_of(all, &c->ac, false);
    for (size_t i = 0; i < all->n_blocks; i++)
        if (all->blocks[i].dc == dc && all->blocks[i].ac == ac)
            return &all->blocks[i];
    struct block_decoder *d = &all->blocks[all->n_blocks++];
    d->dc = dc;
    d->ac = ac;
    for (unsigned bits = 0; bits < 1 << LOOK; bits++)
        d->bits[bits] = (unsigned char)block_bits(d, bits);
    return d;
}

static struct decoders *decoders_new(const struct jpeg_scan *s)
{
    struct decoders *all = mem_resize(NULL, 1, sizeof *all);
    all->n = all->n_blocks = 0;
    for (size_t c = 0; c < s->components; c++)
        all->of[c] = block_decoder_of(all, &s->component[c]);
    return all;
}

static bool read_units(const struct jpeg_scan *s, const struct decoders *decoders, size_t units,
                       struct bits *b)
{
    for (size_t u = 0; u < units; u++) {
        for (size_t c = 0; c < s->components; c++) {
            unsigned blocks = s->components > 1 ? s->component[c].across * s->component[c].down : 1;
            for (unsigned i = 0; i < blocks; i++)
                if (!read_block(decoders->of[c], b))
                    return false;
        }
        if (b->at > b->size + PADDING)
            return false;
    }
    size_t used = b->at - b->n / 8;
    return used <= b->size && b->size - used <= LEFT_OVER;
}

/* The bytes up to the next marker go to out without what is stuffed behind FF; *at moves to the
 * marker, or to the end. */
static size_t unstuff(const unsigned char *data, size_t size, size_t *at, unsigned char *out)
{
    size_t n = 0;
    while (*at < size) {
        const unsigned char *ff = memchr(data + *at, 0xFF, size - *at);
        size_t plain = (ff ? (size_t)(ff - data) : size) - *at;
        memcpy(out + n, data + *at, plain);
        n += plain;
        *at += plain;
        if (!ff || (*at + 1 < size && data[*at + 1] != 0 && data[*at + 1] != 0xFF))
            break;
        bool stuffed = *at + 1 < size && data[*at + 1] == 0;
        if (stuffed)
            out[n++] = 0xFF;
        *at += stuffed ? 2 : 1;
    }
    memset(out + n, 0, PADDING);
    return n;
}

bool jpeg_scan_is_whole(const struct jpeg_scan *s, const unsigned char *data, size_t size)
{
    struct decoders *decoders = decoders_new(s);
    unsigned char *plain = mem_resize(NULL, size + PADDING, 1);
    size_t units = units_of(s), at = 0;
    bool whole = true;

    for (unsigned restarts = 0; whole && units > 0; restarts++) {
        if (restarts > 0) {
            whole = at + 1 < size && data[at + 1] == 0xD0 + (restarts - 1) % 8;
            at += 2;
        }
        struct bits b = {.data = plain, .size = whole ? unstuff(data, size, &at, plain) : 0};
        size_t now =
            s->restart_interval && s->restart_interval < units ? s->restart_interval : units;
        whole = whole && read_units(s, decoders, now, &b);
        units -= now;
    }
    free(decoders);
    free(plain);
    return whole;
}

/* --- progressive pictures --- */

enum { MOST_PIXELS = 8000000 };

static bool read_scans(j_decompress_ptr jpeg, struct jpeg_guard *guard, const unsigned char *data,
                       size_t size)
{
    if (setjmp(guard->back))
        return false;
    jpeg_create_decompress(jpeg);
    jpeg_mem_src(jpeg, data, (unsigned long)size);
    jpeg_read_header(jpeg, TRUE);
    jpeg->buffered_image = TRUE;
    jpeg->scale_num = 1;
    jpeg->scale_denom = 8;
    jpeg_start_decompress(jpeg);
    while (!jpeg_input_complete(jpeg) && jpeg->input_scan_number <= JPEG_MOST_SCANS)
        jpeg_consume_input(jpeg);
    return true;
}

bool jpeg_progressive_is_whole(const unsigned char *data, size_t size, size_t pixels)
{
    struct jpeg_decompress_struct jpeg = {0};
    struct jpeg_guard guard;

    if (pixels > MOST_PIXELS)
        return true;
    jpeg.err = jpeg_guard_errors(&guard);
    bool whole = read_scans(&jpeg, &guard, data, size);
    jpeg_destroy_decompress(&jpeg);
    return whole;
}
