/* font_file.c - see font_file.h. OpenType specification 1.9: glyf, head, hhea, hmtx, loca, maxp. */
#include "pdf/font_file.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct point {
    long x, y;
    bool on;
};

/* One glyph's contours as quadratic points. */
struct contours {
    struct point *points;
    size_t n, cap;
    size_t *ends;
    size_t n_ends, cap_ends;
    struct arena *arena;
    FT_Vector at;
};

static void add(struct contours *c, double x, double y, bool on)
{
    *ARENA_PUSH(c->arena, c->points, c->n, c->cap) = (struct point){lround(x), lround(y), on};
}

static void close_contour(struct contours *c)
{
    size_t first = c->n_ends ? c->ends[c->n_ends - 1] + 1 : 0;
    if (c->n == first)
        return;
    struct point *a = &c->points[first], *b = &c->points[c->n - 1];
    if (c->n - first > 1 && a->on && b->on && a->x == b->x && a->y == b->y)
        c->n--; /* closed by itself */
    *ARENA_PUSH(c->arena, c->ends, c->n_ends, c->cap_ends) = c->n - 1;
}

static int move_to(const FT_Vector *to, void *user)
{
    struct contours *c = user;
    close_contour(c);
    add(c, (double)to->x, (double)to->y, true);
    c->at = *to;
    return 0;
}

static int line_to(const FT_Vector *to, void *user)
{
    struct contours *c = user;
    add(c, (double)to->x, (double)to->y, true);
    c->at = *to;
    return 0;
}

static int conic_to(const FT_Vector *control, const FT_Vector *to, void *user)
{
    struct contours *c = user;
    add(c, (double)control->x, (double)control->y, false);
    add(c, (double)to->x, (double)to->y, true);
    c->at = *to;
    return 0;
}

/* As many quadratics as keep within a fifth of a font unit of the cubic; rounding to whole units comes on top. */
static int cubic_to(const FT_Vector *c1, const FT_Vector *c2, const FT_Vector *to, void *user)
{
    struct contours *c = user;
    double x0 = (double)c->at.x, y0 = (double)c->at.y, x1 = (double)c1->x, y1 = (double)c1->y, x2 = (double)c2->x,
           y2 = (double)c2->y, x3 = (double)to->x, y3 = (double)to->y;
    double dx = x3 - 3 * x2 + 3 * x1 - x0, dy = y3 - 3 * y2 + 3 * y1 - y0;
    /* The error of one quadratic is |third difference| * sqrt(3)/36; of k of them, that over k cubed. */
    int pieces = (int)ceil(cbrt(hypot(dx, dy) * sqrt(3) / 36 / 0.2));
    pieces = pieces < 1 ? 1 : pieces > 8 ? 8 : pieces;
    for (int i = 0; i < pieces; i++) {
        double t0 = (double)i / pieces, t1 = (double)(i + 1) / pieces, h = (t1 - t0) / 2;
#define AT(p0, p1, p2, p3, t)                                                                      \
    ((1 - (t)) * (1 - (t)) * (1 - (t)) * (p0) + 3 * (1 - (t)) * (1 - (t)) * (t) * (p1) +           \
     3 * (1 - (t)) * (t) * (t) * (p2) + (t) * (t) * (t) * (p3))
#define SLOPE(p0, p1, p2, p3, t)                                                                   \
    (3 * ((1 - (t)) * (1 - (t)) * ((p1) - (p0)) + 2 * (1 - (t)) * (t) * ((p2) - (p1)) + (t) * (t) * ((p3) - (p2))))
        double ax = AT(x0, x1, x2, x3, t0), bx = AT(x0, x1, x2, x3, t1);
        double ay = AT(y0, y1, y2, y3, t0), by = AT(y0, y1, y2, y3, t1);
        double sx = SLOPE(x0, x1, x2, x3, t0), ex = SLOPE(x0, x1, x2, x3, t1);
        double sy = SLOPE(y0, y1, y2, y3, t0), ey = SLOPE(y0, y1, y2, y3, t1);
        /* The mean of where the two end tangents lead. */
        add(c, (ax + bx) / 2 + (sx - ex) * h / 2, (ay + by) / 2 + (sy - ey) * h / 2, false);
        add(c, bx, by, true);
#undef AT
#undef SLOPE
    }
    c->at = *to;
    return 0;
}

static void put16(struct buffer *b, long v)
{
    buffer_putc(b, (int)(v >> 8 & 0xFF));
    buffer_putc(b, (int)(v & 0xFF));
}

static void put32(struct buffer *b, uint32_t v)
{
    put16(b, (long)(v >> 16));
    put16(b, (long)(v & 0xFFFF));
}

struct limits {
    long x_min, y_min, x_max, y_max;
    size_t points, contours;
};

/* Simple glyph record; no flags are repeated, deflate does that. */
static void put_glyph(struct buffer *glyf, const struct contours *c, struct limits *all)
{
    if (c->n_ends == 0)
        return;
    struct limits l = {c->points[0].x, c->points[0].y, c->points[0].x, c->points[0].y, c->n, c->n_ends};
    for (size_t i = 0; i < c->n; i++) {
        const struct point *p = &c->points[i];
        l.x_min = p->x < l.x_min ? p->x : l.x_min;
        l.x_max = p->x > l.x_max ? p->x : l.x_max;
        l.y_min = p->y < l.y_min ? p->y : l.y_min;
        l.y_max = p->y > l.y_max ? p->y : l.y_max;
    }
    put16(glyf, (long)c->n_ends);
    put16(glyf, l.x_min);
    put16(glyf, l.y_min);
    put16(glyf, l.x_max);
    put16(glyf, l.y_max);
    for (size_t i = 0; i < c->n_ends; i++)
        put16(glyf, (long)c->ends[i]);
    put16(glyf, 0); /* no instructions */
    struct buffer xs = {0}, ys = {0};
    long x = 0, y = 0;
    for (size_t i = 0; i < c->n; i++) {
        long dx = c->points[i].x - x, dy = c->points[i].y - y;
        int flag = c->points[i].on ? 0x01 : 0;
        if (dx == 0)
            flag |= 0x10;
        else if (labs(dx) < 256) {
            flag |= dx > 0 ? 0x12 : 0x02;
            buffer_putc(&xs, (int)labs(dx));
        } else
            put16(&xs, dx);
        if (dy == 0)
            flag |= 0x20;
        else if (labs(dy) < 256) {
            flag |= dy > 0 ? 0x24 : 0x04;
            buffer_putc(&ys, (int)labs(dy));
        } else
            put16(&ys, dy);
        buffer_putc(glyf, flag);
        x = c->points[i].x;
        y = c->points[i].y;
    }
    buffer_add(glyf, xs.data, xs.len);
    buffer_add(glyf, ys.data, ys.len);
    buffer_clear(&xs);
    buffer_clear(&ys);
    while (glyf->len % 4)
        buffer_putc(glyf, 0);
    all->x_min = l.x_min < all->x_min ? l.x_min : all->x_min;
    all->y_min = l.y_min < all->y_min ? l.y_min : all->y_min;
    all->x_max = l.x_max > all->x_max ? l.x_max : all->x_max;
    all->y_max = l.y_max > all->y_max ? l.y_max : all->y_max;
    all->points = l.points > all->points ? l.points : all->points;
    all->contours = l.contours > all->contours ? l.contours : all->contours;
}

static uint32_t checksum(const struct buffer *b)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < b->len; i++)
        sum += (uint32_t)b->data[i] << (24 - i % 4 * 8);
    return sum;
}

static void assemble(struct buffer *tables, struct buffer *out)
{
    static const char *const tags[] = {"glyf", "head", "hhea", "hmtx", "loca", "maxp"};
    enum { N = 6 };
    size_t offset = 12 + 16 * N, start = out->len;
    put32(out, 0x00010000);
    put16(out, N);
    put16(out, 64); /* searchRange, entrySelector, rangeShift of six tables */
    put16(out, 2);
    put16(out, N * 16 - 64);
    for (int i = 0; i < N; i++) {
        buffer_add(out, tags[i], 4);
        put32(out, checksum(&tables[i]));
        put32(out, (uint32_t)offset);
        put32(out, (uint32_t)tables[i].len);
        offset += (tables[i].len + 3) / 4 * 4;
    }
    for (int i = 0; i < N; i++) {
        buffer_add(out, tables[i].data, tables[i].len);
        while ((out->len - start) % 4)
            buffer_putc(out, 0);
    }
}

bool font_file_build(const struct face *face, const uint32_t *gids, size_t n, struct buffer *out, size_t *bad)
{
    static const FT_Outline_Funcs funcs = {move_to, line_to, conic_to, cubic_to, 0, 0};
    enum { GLYF, HEAD, HHEA, HMTX, LOCA, MAXP, TABLES };
    struct buffer t[TABLES] = {{0}};
    struct limits all = {0};
    FT_Face ft = face_ft(face);
    long widest = 0;
    bool ok = true;

    put32(&t[LOCA], 0);
    put32(&t[LOCA], 0); /* .notdef is empty */
    put16(&t[HMTX], ft->units_per_EM);
    put16(&t[HMTX], 0);
    for (size_t i = 0; i < n && ok; i++) {
        struct arena arena = {0};
        struct contours c = {.arena = &arena};
        ok = FT_Load_Glyph(ft, gids[i], FT_LOAD_NO_SCALE | FT_LOAD_NO_HINTING) == 0 &&
             FT_Outline_Decompose(&ft->glyph->outline, &funcs, &c) == 0;
        if (ok) {
            close_contour(&c);
            size_t before = t[GLYF].len;
            put_glyph(&t[GLYF], &c, &all);
            long advance = ft->glyph->metrics.horiAdvance;
            widest = advance > widest ? advance : widest;
            put16(&t[HMTX], advance);
            /* The left side bearing is the record's xMin, so that the outline stays where it is. */
            put16(&t[HMTX], t[GLYF].len > before ? (int16_t)(t[GLYF].data[before + 2] << 8 | t[GLYF].data[before + 3]) : 0);
            put32(&t[LOCA], (uint32_t)t[GLYF].len);
        } else {
            *bad = i;
        }
        arena_free(&arena);
    }
    put32(&t[HEAD], 0x00010000);
    put32(&t[HEAD], 0x00010000);
    put32(&t[HEAD], 0); /* checkSumAdjustment: no reader of an embedded file looks */
    put32(&t[HEAD], 0x5F0F3CF5);
    put16(&t[HEAD], 0x0003);
    put16(&t[HEAD], ft->units_per_EM);
    for (int i = 0; i < 4; i++)
        put32(&t[HEAD], 0); /* no dates: equal glyphs give equal bytes */
    put16(&t[HEAD], all.x_min);
    put16(&t[HEAD], all.y_min);
    put16(&t[HEAD], all.x_max);
    put16(&t[HEAD], all.y_max);
    put16(&t[HEAD], 0);
    put16(&t[HEAD], 8);
    put16(&t[HEAD], 2);
    put16(&t[HEAD], 1); /* long offsets */
    put16(&t[HEAD], 0);
    put32(&t[HHEA], 0x00010000);
    put16(&t[HHEA], lround(FONT_ASCENT * ft->units_per_EM));
    put16(&t[HHEA], -lround(FONT_DESCENT * ft->units_per_EM));
    put16(&t[HHEA], 0);
    put16(&t[HHEA], widest);
    for (int i = 0; i < 10; i++) /* bearings, extent, caret slope 1/0, offset, reserved */
        put16(&t[HHEA], i == 3 ? 1 : 0);
    put16(&t[HHEA], 0); /* metricDataFormat */
    put16(&t[HHEA], (long)n + 1);
    put32(&t[MAXP], 0x00010000);
    put16(&t[MAXP], (long)n + 1);
    put16(&t[MAXP], (long)all.points);
    put16(&t[MAXP], (long)all.contours);
    for (int i = 0; i < 11; i++)
        put16(&t[MAXP], i == 2 ? 2 : 0); /* zones */
    if (ok)
        assemble(t, out);
    for (int i = 0; i < TABLES; i++)
        buffer_clear(&t[i]);
    return ok;
}
