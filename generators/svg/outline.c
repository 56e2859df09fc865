/* outline.c - see outline.h. OpenType specification 1.9: glyf, simple glyphs. */
#include "svg/outline.h"

#include "core/big_endian.h"

#include <stdlib.h>

enum { ON_CURVE = 0x01, X_SHORT = 0x02, Y_SHORT = 0x04, X_SAME = 0x10, Y_SAME = 0x20 };

struct point {
    int x, y;
    bool on;
};

/* The next difference of a coordinate, of so many bytes as the flag says. */
static int step(const unsigned char **p, int flag, int is_short, int same_or_positive)
{
    int v = 0;
    if (flag & is_short) {
        v = flag & same_or_positive ? **p : -**p;
        *p += 1;
    } else if (!(flag & same_or_positive)) {
        v = big_endian_signed16(*p);
        *p += 2;
    }
    return v;
}

static void read_points(const unsigned char *flags, size_t n, struct point *points)
{
    const unsigned char *p = flags + n;
    int x = 0, y = 0;
    for (size_t i = 0; i < n; i++) {
        x += step(&p, flags[i], X_SHORT, X_SAME);
        points[i] = (struct point){x, 0, flags[i] & ON_CURVE};
    }
    for (size_t i = 0; i < n; i++) {
        y += step(&p, flags[i], Y_SHORT, Y_SAME);
        points[i].y = y;
    }
}

/* Twice the coordinates, since midpoints fall between units. */
static struct point doubled(struct point p)
{
    return (struct point){2 * p.x, 2 * p.y, p.on};
}

static struct point middle(struct point a, struct point b)
{
    return (struct point){(a.x + b.x) / 2, (a.y + b.y) / 2, true};
}

static void put_number(struct buffer *out, int twice)
{
    buffer_decimal(out, 5LL * twice, 1);
}

static void put(struct buffer *out, char command, struct point p, struct point from)
{
    if (command)
        buffer_putc(out, command);
    put_number(out, p.x - from.x);
    buffer_putc(out, ' ');
    put_number(out, p.y - from.y);
}

/* A contour that begins on the curve, at a point of its own or midway between two controls. */
static void put_contour(const struct point *points, size_t n, struct point *at, struct buffer *out)
{
    struct point first = doubled(points[0]), last = doubled(points[n - 1]);
    struct point start = first.on ? first : last.on ? last : middle(first, last), now = start;

    put(out, 'm', start, *at);
    for (size_t i = first.on, end = n - (!first.on && last.on); i < end; i++) {
        struct point p = doubled(points[i]);
        struct point next = i + 1 < end ? doubled(points[i + 1]) : start, to;
        if (p.on) {
            put(out, 'l', p, now);
            now = p;
            continue;
        }
        to = next.on ? next : middle(p, next);
        put(out, 'q', p, now);
        buffer_putc(out, ' ');
        put(out, 0, to, now);
        now = to;
        i += next.on && i + 1 < end;
    }
    buffer_putc(out, 'z');
    *at = start;
}

void outline_path(const struct glyph_record *record, struct buffer *out)
{
    enum { HEADER = 10 };
    size_t n = (size_t)record->points, contours = (size_t)record->contours;
    struct point at = {0};

    if (record->size == 0)
        return;
    const unsigned char *ends = record->data + HEADER, *flags = ends + 2 * contours + 2;
    struct point *points = mem_alloc(n, sizeof *points);
    read_points(flags, n, points);
    for (size_t c = 0, from = 0; c < contours; c++) {
        size_t to = big_endian16(ends + 2 * c) + 1;
        if (to > from)
            put_contour(points + from, to - from, &at, out);
        from = to;
    }
    free(points);
}
