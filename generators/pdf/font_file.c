/* font_file.c - see font_file.h. OpenType specification 1.9: glyf, head, hhea, hmtx, loca, maxp. */
#include "pdf/font_file.h"

#include <math.h>

enum { GLYF, HEAD, HHEA, HMTX, LOCA, MAXP, TABLES };

struct limits {
    int box[4], advance, points, contours;
};

static void put16(struct buffer *b, long v)
{
    unsigned char *p = buffer_room(b, 2);
    p[0] = (unsigned char)(v >> 8 & 0xFF);
    p[1] = (unsigned char)(v & 0xFF);
}

static void put32(struct buffer *b, uint32_t v)
{
    put16(b, (long)(v >> 16));
    put16(b, (long)(v & 0xFFFF));
}

static void widen(struct limits *all, const struct glyph_record *r)
{
    all->advance = r->advance > all->advance ? r->advance : all->advance;
    all->points = r->points > all->points ? r->points : all->points;
    all->contours = r->contours > all->contours ? r->contours : all->contours;
    for (int i = 0; i < 2 && r->size; i++) {
        all->box[i] = r->box[i] < all->box[i] ? r->box[i] : all->box[i];
        all->box[i + 2] = r->box[i + 2] > all->box[i + 2] ? r->box[i + 2] : all->box[i + 2];
    }
}

static void put_head(struct buffer *b, int units_per_em, const struct limits *all)
{
    put32(b, 0x00010000);
    put32(b, 0x00010000);
    put32(b, 0); /* checkSumAdjustment: no reader of an embedded file looks */
    put32(b, 0x5F0F3CF5);
    put16(b, 0x0003);
    put16(b, units_per_em);
    for (int i = 0; i < 4; i++)
        put32(b, 0); /* no dates: equal glyphs give equal bytes */
    for (int i = 0; i < 4; i++)
        put16(b, all->box[i]);
    put16(b, 0);
    put16(b, 8);
    put16(b, 2);
    put16(b, 1); /* long offsets */
    put16(b, 0);
}

static void put_hhea(struct buffer *b, int units_per_em, const struct limits *all, size_t n)
{
    put32(b, 0x00010000);
    put16(b, lround(FONT_ASCENT * units_per_em));
    put16(b, -lround(FONT_DESCENT * units_per_em));
    put16(b, 0);
    put16(b, all->advance);
    for (int i = 0; i < 10; i++) /* bearings, extent, caret slope 1/0, offset, reserved */
        put16(b, i == 3 ? 1 : 0);
    put16(b, 0); /* metricDataFormat */
    put16(b, (long)n + 1);
}

static void put_maxp(struct buffer *b, const struct limits *all, size_t n)
{
    put32(b, 0x00010000);
    put16(b, (long)n + 1);
    put16(b, all->points);
    put16(b, all->contours);
    for (int i = 0; i < 11; i++)
        put16(b, i == 2 ? 2 : 0); /* zones */
}

static uint32_t checksum(const struct buffer *b)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < b->len; i++)
        sum += (uint32_t)b->data[i] << (24 - i % 4 * 8);
    return sum;
}

static void put_directory(struct buffer *out, const struct buffer *tables, const size_t *sizes,
                          uint32_t glyf_sum)
{
    static const char *const tags[TABLES] = {"glyf", "head", "hhea", "hmtx", "loca", "maxp"};
    size_t offset = FONT_FILE_GLYPHS;
    put32(out, 0x00010000);
    put16(out, TABLES);
    put16(out, 64); /* searchRange, entrySelector, rangeShift of six tables */
    put16(out, 2);
    put16(out, TABLES * 16 - 64);
    for (int i = 0; i < TABLES; i++) {
        buffer_add(out, tags[i], 4);
        put32(out, i == GLYF ? glyf_sum : checksum(&tables[i]));
        put32(out, (uint32_t)offset);
        put32(out, (uint32_t)sizes[i]);
        offset += (sizes[i] + 3) / 4 * 4;
    }
}

void font_file_build(int units_per_em, const struct glyph_record *const *records, size_t n,
                     struct buffer *out)
{
    struct buffer t[TABLES] = {{0}}; /* all but glyf, which goes straight to out */
    size_t sizes[TABLES] = {0};
    struct limits all = {.advance = units_per_em};
    uint32_t sum = 0;

    put32(&t[LOCA], 0);
    put32(&t[LOCA], 0); /* .notdef is empty */
    put16(&t[HMTX], units_per_em);
    put16(&t[HMTX], 0);
    for (size_t i = 0; i < n; i++) {
        const struct glyph_record *r = records[i];
        sizes[GLYF] += r->size;
        sum += r->sum;
        widen(&all, r);
        put16(&t[HMTX], r->advance);
        put16(&t[HMTX],
              r->box[0]); /* the bearing is the left edge: the outline stays where it is */
        put32(&t[LOCA], (uint32_t)sizes[GLYF]);
    }
    put_head(&t[HEAD], units_per_em, &all);
    put_hhea(&t[HHEA], units_per_em, &all, n);
    put_maxp(&t[MAXP], &all, n);
    for (int i = HEAD; i < TABLES; i++)
        sizes[i] = t[i].len;
    put_directory(out, t, sizes, sum);
    for (size_t i = 0; i < n; i++)
        buffer_add(out, records[i]->data, records[i]->size);
    for (int i = HEAD; i < TABLES; i++) {
        buffer_add(out, t[i].data, t[i].len);
        for (size_t k = sizes[i]; k % 4; k++)
            buffer_putc(out, 0);
        buffer_clear(&t[i]);
    }
}
