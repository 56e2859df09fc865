/* glyph_record.c - see glyph_record.h. OpenType specification 1.9: glyf.
 *
 * A font file may hold anything: what comes out of FreeType is checked against what a record can
 * say. */
#include "text/glyph_record.h"

#include "core/big_endian.h"
#include "core/buffer.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_POINTS = 32767, MOST_GLYPHS = 65536, PAGE = 16 };

struct point {
    int x, y;
    bool on;
};

struct cache {
    struct arena arena;                 /* owns the records, and the pages of them */
    const struct glyph_record ***pages; /* by glyph id, composites' last; few pages are ever used */
    size_t n_pages, n_glyphs;
    double scale, move_x, move_y; /* how the outlines are altered, font units */
    /* The outline at hand: room that is used again and again. */
    struct point *points;
    size_t n_points, cap_points;
    size_t *ends;
    size_t n_ends, cap_ends;
    FT_Vector at;
    bool bad;
    struct buffer record;
    struct glyph_shelf shelf;
};

static const struct glyph_record unreadable;

static void add(struct cache *c, double x, double y, bool on)
{
    x = x * c->scale + c->move_x;
    y = y * c->scale + c->move_y;
    if (!(fabs(x) <= GLYPH_FARTHEST && fabs(y) <= GLYPH_FARTHEST) || c->n_points == MOST_POINTS) {
        c->bad = true;
        return;
    }
    *ARENA_PUSH(&c->arena, c->points, c->n_points, c->cap_points) =
        (struct point){(int)lround(x), (int)lround(y), on};
}

static void end_contour(struct cache *c)
{
    size_t first = c->n_ends ? c->ends[c->n_ends - 1] + 1 : 0;
    if (c->n_points == first)
        return;
    const struct point *a = &c->points[first], *b = &c->points[c->n_points - 1];
    if (c->n_points - first > 1 && a->on && b->on && a->x == b->x && a->y == b->y)
        c->n_points--; /* closed by itself */
    *ARENA_PUSH(&c->arena, c->ends, c->n_ends, c->cap_ends) = c->n_points - 1;
}

static int move_to(const FT_Vector *to, void *user)
{
    struct cache *c = user;
    end_contour(c);
    add(c, (double)to->x, (double)to->y, true);
    c->at = *to;
    return c->bad;
}

static int line_to(const FT_Vector *to, void *user)
{
    struct cache *c = user;
    add(c, (double)to->x, (double)to->y, true);
    c->at = *to;
    return c->bad;
}

static int conic_to(const FT_Vector *control, const FT_Vector *to, void *user)
{
    struct cache *c = user;
    add(c, (double)control->x, (double)control->y, false);
    return line_to(to, c);
}

static double cubic_at(const double p[4], double t)
{
    double s = 1 - t;
    return s * s * s * p[0] + 3 * s * s * t * p[1] + 3 * s * t * t * p[2] + t * t * t * p[3];
}

static double cubic_slope(const double p[4], double t)
{
    double s = 1 - t;
    return 3 * (s * s * (p[1] - p[0]) + 2 * s * t * (p[2] - p[1]) + t * t * (p[3] - p[2]));
}

/* Where the tangents at the ends of the piece lead: the mean of the two answers. */
static double control_of(const double p[4], double t0, double t1)
{
    return (cubic_at(p, t0) + cubic_at(p, t1)) / 2 +
           (cubic_slope(p, t0) - cubic_slope(p, t1)) * (t1 - t0) / 4;
}

/* As many quadratics as keep within a third of a font unit of the cubic; rounding to whole units
 * comes on top. */
static int cubic_to(const FT_Vector *c1, const FT_Vector *c2, const FT_Vector *to, void *user)
{
    struct cache *c = user;
    double x[] = {(double)c->at.x, (double)c1->x, (double)c2->x, (double)to->x};
    double y[] = {(double)c->at.y, (double)c1->y, (double)c2->y, (double)to->y};
    double dx = x[3] - 3 * x[2] + 3 * x[1] - x[0], dy = y[3] - 3 * y[2] + 3 * y[1] - y[0];
    /* The error of one quadratic is |third difference| * sqrt(3)/36; of k of them, that over k
     * cubed. */
    double pieces = fmax(1, fmin(8, ceil(cbrt(hypot(dx, dy) * sqrt(3) / 36 / 0.33))));
    double last_x = 0, last_y = 0;
    for (double i = 0; i < pieces; i++) {
        double t0 = i / pieces, t1 = (i + 1) / pieces;
        double next_x = control_of(x, t0, t1), next_y = control_of(y, t0, t1);
        double join_x = cubic_at(x, t0), join_y = cubic_at(y, t0);
        /* TrueType puts a point midway between two controls by itself. */
        if (i > 0 && (fabs((last_x + next_x) / 2 - join_x) > 0.25 ||
                      fabs((last_y + next_y) / 2 - join_y) > 0.25))
            add(c, join_x, join_y, true);
        add(c, next_x, next_y, false);
        last_x = next_x;
        last_y = next_y;
    }
    add(c, x[3], y[3], true);
    c->at = *to;
    return c->bad;
}

/* TrueType contours are taken as they are. */
static void copy(struct cache *c, const FT_Outline *o)
{
    size_t first = c->n_points;
    for (int i = 0; i < o->n_points; i++)
        add(c, (double)o->points[i].x, (double)o->points[i].y,
            FT_CURVE_TAG(o->tags[i]) == FT_CURVE_TAG_ON);
    for (int i = 0; i < o->n_contours; i++)
        *ARENA_PUSH(&c->arena, c->ends, c->n_ends, c->cap_ends) = first + (size_t)o->contours[i];
}

/* Adds points and contours of the glyph in the face's slot. */
static bool add_outline(struct cache *c, FT_Outline *o)
{
    static const FT_Outline_Funcs funcs = {move_to, line_to, conic_to, cubic_to, 0, 0};
    c->at = (FT_Vector){0, 0};
    c->bad = false;
    if (FT_Outline_Check(o))
        return false;
    bool cubic = false;
    for (int i = 0; i < o->n_points; i++)
        cubic |= FT_CURVE_TAG(o->tags[i]) == FT_CURVE_TAG_CUBIC;
    if (!cubic) {
        copy(c, o);
    } else {
        if (FT_Outline_Decompose(o, &funcs, c))
            return false;
        end_contour(c);
    }
    return !c->bad;
}

static void put16(struct buffer *b, long v)
{
    buffer_putc(b, (int)(v >> 8 & 0xFF));
    buffer_putc(b, (int)(v & 0xFF));
}

/* One coordinate's difference: its flag bits; none, one or two bytes. */
static int put_step(struct buffer *b, int d, int is_short, int same_or_positive)
{
    if (d == 0)
        return same_or_positive;
    if (abs(d) < 256) {
        buffer_putc(b, abs(d));
        return d > 0 ? is_short | same_or_positive : is_short;
    }
    put16(b, d);
    return 0;
}

/* A simple glyph's record, without instructions. No flags are repeated: deflate does that. */
static void write_record(struct cache *c, struct glyph_record *r)
{
    struct buffer *b = &c->record;
    const struct point *p = c->points;
    r->points = (int)c->n_points;
    r->contours = (int)c->n_ends;
    r->box[0] = r->box[2] = p[0].x;
    r->box[1] = r->box[3] = p[0].y;
    for (size_t i = 1; i < c->n_points; i++) {
        r->box[0] = p[i].x < r->box[0] ? p[i].x : r->box[0];
        r->box[1] = p[i].y < r->box[1] ? p[i].y : r->box[1];
        r->box[2] = p[i].x > r->box[2] ? p[i].x : r->box[2];
        r->box[3] = p[i].y > r->box[3] ? p[i].y : r->box[3];
    }
    b->len = 0;
    put16(b, r->contours);
    for (int i = 0; i < 4; i++)
        put16(b, r->box[i]);
    for (size_t i = 0; i < c->n_ends; i++)
        put16(b, (long)c->ends[i]);
    put16(b, 0);
    size_t flags = b->len;
    buffer_room(b, c->n_points);
    for (size_t i = 0; i < c->n_points; i++)
        b->data[flags + i] =
            (unsigned char)((p[i].on ? 0x01 : 0) |
                            put_step(b, p[i].x - (i ? p[i - 1].x : 0), 0x02, 0x10));
    for (size_t i = 0; i < c->n_points; i++)
        b->data[flags + i] |= (unsigned char)put_step(b, p[i].y - (i ? p[i - 1].y : 0), 0x04, 0x20);
    while (b->len % 4)
        buffer_putc(b, 0);
    unsigned char *data = arena_alloc(&c->arena, b->len, 1);
    memcpy(data, b->data, b->len);
    r->data = data;
    r->size = b->len;
    r->coded = ARENA_NEW(&c->arena, struct glyph_bits);
    for (size_t i = 0; i < b->len; i += 4)
        r->sum += big_endian32(data + i);
}

/* Adds a glyph of the file, moved by so many thousandths of the em. */
static bool add_part(struct cache *c, const struct face *face, const struct font_part *part,
                     int *advance)
{
    struct face_fit fit = face_fit(face);
    double unit = face_ft(face)->units_per_EM / 1000.0;
    FT_Outline *outline = face_outline(face, part->gid, advance);

    c->scale = fit.scale;
    c->move_x = (fit.dx + part->dx) * unit;
    c->move_y = (fit.dy + part->dy) * unit;
    return outline && add_outline(c, outline);
}

static const struct glyph_record *make_record(struct cache *c, const struct face *face,
                                              uint32_t gid)
{
    const struct font_part whole = {.gid = gid};
    const struct font_composite *composite = face_composite(face, gid);
    const struct font_part *parts = composite ? composite->parts : &whole;
    int advance = 0, of_mark;

    c->n_points = c->n_ends = 0;
    for (size_t i = 0; i < (composite ? composite->n : 1); i++) {
        if (!add_part(c, face, &parts[i], i ? &of_mark : &advance))
            return &unreadable;
    }
    if (advance < 0 || advance > UINT16_MAX)
        return &unreadable;
    struct glyph_record *r = ARENA_NEW(&c->arena, struct glyph_record);
    r->advance = advance;
    if (c->n_ends > 0)
        write_record(c, r);
    return r;
}

static void cache_free(void *data)
{
    struct cache *c = data;
    arena_free(&c->arena);
    buffer_clear(&c->record);
    free(c->pages);
    free(c);
}

/* Composites come after the glyphs of the file, as many as there are by now. NULL: there is no such
 * glyph. */
static const struct glyph_record **record_slot(struct cache *c, const struct face *face,
                                               uint32_t gid)
{
    bool composite = face_composite(face, gid);
    size_t number = composite ? c->n_glyphs + (gid - FIRST_COMPOSITE) : gid, page = number / PAGE;
    if (!composite && gid >= c->n_glyphs)
        return NULL;
    if (page >= c->n_pages) {
        size_t n = page + page / 2 + 8;
        c->pages = mem_resize(c->pages, n, sizeof *c->pages);
        memset(c->pages + c->n_pages, 0, (n - c->n_pages) * sizeof *c->pages);
        c->n_pages = n;
    }
    if (!c->pages[page])
        c->pages[page] = ARENA_ARRAY(&c->arena, const struct glyph_record *, PAGE);
    return &c->pages[page][number % PAGE];
}

static struct cache *cache_of(const struct face *face)
{
    struct cache *c = face_attached(face);
    if (!c) {
        long n = face_ft(face)->num_glyphs;
        c = mem_alloc(1, sizeof *c);
        c->n_glyphs = n > 0 && n <= MOST_GLYPHS ? (size_t)n : 0;
        c->shelf.arena = &c->arena;
        face_attach(face, c, cache_free);
    }
    return c;
}

struct glyph_shelf *glyph_record_shelf(const struct face *face)
{
    return &cache_of(face)->shelf;
}

const struct glyph_record *glyph_record_get(const struct face *face, uint32_t gid)
{
    struct cache *c = cache_of(face);
    const struct glyph_record **record = record_slot(c, face, gid);
    if (!record || !glyph_record_em(face))
        return NULL;
    if (!*record)
        *record = make_record(c, face, gid);
    return *record == &unreadable ? NULL : *record;
}

int glyph_record_em(const struct face *face)
{
    int em = face_ft(face)->units_per_EM;
    return em >= 16 && em <= 16384 ? em : 0;
}
