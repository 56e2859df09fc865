/* annotation_look.c - see annotation_look.h. ISO 32000-1: 12.5.4 (borders), 12.5.6
 * (kinds), 12.5.6.7 (line endings).
 */
#include "bind/annotation_look.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { MOST_POINTS = 100000, MOST_CONTENT = 16 << 20 /* bytes that one of them draws */ };

#define ICON 24     /* points a side, as readers draw it */
#define ROUND .5523 /* of the radius: the handles of a quarter of a circle */

/* --- lines and shapes --- */

static void line_to(struct drawing_maker *m, double x, double y, const char *operator_name)
{
    buffer_printf(&m->content, "%.3f %.3f %s ", x, y, operator_name);
}

static void ellipse(struct drawing_maker *m, double x, double y, double rx, double ry)
{
    static const double arcs[4][6] = {{1, ROUND, ROUND, 1, 0, 1},
                                      {-ROUND, 1, -1, ROUND, -1, 0},
                                      {-1, -ROUND, -ROUND, -1, 0, -1},
                                      {ROUND, -1, 1, -ROUND, 1, 0}};
    line_to(m, x + rx, y, "m");
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < 6; k += 2)
            buffer_printf(&m->content, "%.3f %.3f ", x + rx * arcs[i][k], y + ry * arcs[i][k + 1]);
        buffer_puts(&m->content, "c ");
    }
    buffer_puts(&m->content, "h ");
}

/* The operator that paints a path; "n": nothing is to be seen of it. */
static const char *paint(bool filled, bool stroked)
{
    return filled && stroked ? "B\n" : filled ? "f\n" : stroked ? "S\n" : "n\n";
}

/* Sets the colours of border and interior. A border without a colour is black, one whose colour is
 * the empty array transparent. */
static const char *set_colours(struct drawing_maker *m, qref annotation, double width)
{
    qref colour = q_get(m->doc, annotation, "/C");
    bool stroked = drawing_colour(m, colour, true) || !colour;
    bool filled = drawing_colour(m, q_get(m->doc, annotation, "/IC"), false);
    return paint(filled, stroked && width > 0);
}

/* /RD: how far what is drawn stays away from the rectangle. */
static void shrink_rect(struct qdoc *d, qref annotation, double rect[4])
{
    double rd[4], in[4];
    if (!drawing_numbers(d, q_get(d, annotation, "/RD"), rd, 4))
        return;
    memcpy(in, (double[]){rect[0] + rd[0], rect[1] + rd[1], rect[2] - rd[2], rect[3] - rd[3]},
           sizeof in);
    if (in[2] > in[0] && in[3] > in[1])
        memcpy(rect, in, sizeof in);
}

static enum annotation_look_end make_square(struct drawing_maker *m, qref annotation)
{
    double rect[4];
    if (!drawing_rect(m->doc, annotation, rect))
        return LOOK_NOTHING;
    shrink_rect(m->doc, annotation, rect);
    struct drawing_border border = drawing_border(m, annotation);
    const char *painted = set_colours(m, annotation, border.width);
    drawing_box(m, rect, border.width / 2);
    buffer_puts(&m->content, painted);
    return LOOK_MADE;
}

static enum annotation_look_end make_circle(struct drawing_maker *m, qref annotation)
{
    double rect[4];
    if (!drawing_rect(m->doc, annotation, rect))
        return LOOK_NOTHING;
    shrink_rect(m->doc, annotation, rect);
    struct drawing_border border = drawing_border(m, annotation);
    const char *painted = set_colours(m, annotation, border.width);
    ellipse(m, (rect[0] + rect[2]) / 2, (rect[1] + rect[3]) / 2,
            fmax((rect[2] - rect[0] - border.width) / 2, 0),
            fmax((rect[3] - rect[1] - border.width) / 2, 0));
    buffer_puts(&m->content, painted);
    return LOOK_MADE;
}

/* --- line endings --- */

struct ending {
    double x, y;   /* of the line's end */
    double dx, dy; /* from there outward, of length 1 */
    double size;
};

static void ending_point(struct drawing_maker *m, const struct ending *e, double along,
                         double across, const char *operator_name)
{
    line_to(m, e->x + e->size * (along * e->dx - across * e->dy),
            e->y + e->size * (along * e->dy + across * e->dx), operator_name);
}

/* Corners of an ending as (along, across) pairs, in sizes. */
static const struct {
    const char *name;
    double corner[4][2];
    size_t n;
    bool closed;
} ending_shapes[] = {
    {"/OpenArrow", {{-1, .5}, {0, 0}, {-1, -.5}}, 3, false},
    {"/ClosedArrow", {{-1, .5}, {0, 0}, {-1, -.5}}, 3, true},
    {"/ROpenArrow", {{1, .5}, {0, 0}, {1, -.5}}, 3, false},
    {"/RClosedArrow", {{1, .5}, {0, 0}, {1, -.5}}, 3, true},
    {"/Square", {{.5, .5}, {.5, -.5}, {-.5, -.5}, {-.5, .5}}, 4, true},
    {"/Diamond", {{.5, 0}, {0, -.5}, {-.5, 0}, {0, .5}}, 4, true},
    {"/Butt", {{0, .5}, {0, -.5}}, 2, false},
    {"/Slash", {{.25, .433}, {-.25, -.433}}, 2, false},
};

static void put_ending(struct drawing_maker *m, qref name, const struct ending *e, bool filled,
                       bool stroked)
{
    if (q_is_name(m->doc, name, "/Circle")) {
        ellipse(m, e->x, e->y, e->size / 2, e->size / 2);
        buffer_puts(&m->content, paint(filled, stroked));
    }
    for (size_t i = 0; i < sizeof ending_shapes / sizeof *ending_shapes; i++) {
        if (!q_is_name(m->doc, name, ending_shapes[i].name))
            continue;
        for (size_t k = 0; k < ending_shapes[i].n; k++)
            ending_point(m, e, ending_shapes[i].corner[k][0], ending_shapes[i].corner[k][1],
                         k ? "l" : "m");
        if (ending_shapes[i].closed)
            buffer_puts(&m->content, "h ");
        buffer_puts(&m->content, paint(filled && ending_shapes[i].closed, stroked));
    }
}

/* The end at a point of the line that comes from another. */
static void end_line(struct drawing_maker *m, qref name, const double at[2], const double from[2],
                     double width, bool filled, bool stroked)
{
    double dx = at[0] - from[0], dy = at[1] - from[1], length = hypot(dx, dy);
    if (!(length > 0))
        return;
    struct ending e = {at[0], at[1], dx / length, dy / length, 3 * fmax(width, 1) + 3};
    buffer_puts(&m->content, "[] 0 d ");
    put_ending(m, name, &e, filled, stroked);
}

static void line_colours(struct drawing_maker *m, qref annotation, bool *filled, bool *stroked)
{
    qref colour = q_get(m->doc, annotation, "/C");
    *stroked = drawing_colour(m, colour, true) || !colour;
    *filled = drawing_colour(m, q_get(m->doc, annotation, "/IC"), false);
}

/* Leader lines (/LL) move the line away from its points, at right angles. */
static void put_leaders(struct drawing_maker *m, qref annotation, double p[4])
{
    double length, past = 0, dx = p[2] - p[0], dy = p[3] - p[1], whole = hypot(dx, dy);
    if (!q_number(m->doc, q_get(m->doc, annotation, "/LL"), &length) || !(whole > 0) ||
        !(fabs(length) > 0 && fabs(length) < DRAWING_LARGEST))
        return;
    if (q_number(m->doc, q_get(m->doc, annotation, "/LLE"), &past))
        past = fmin(fmax(past, 0), 1000) * (length < 0 ? -1 : 1);
    double nx = -dy / whole, ny = dx / whole;
    for (int i = 0; i < 4; i += 2) {
        line_to(m, p[i], p[i + 1], "m");
        line_to(m, p[i] + nx * (length + past), p[i + 1] + ny * (length + past), "l S");
        p[i] += nx * length;
        p[i + 1] += ny * length;
    }
}

static enum annotation_look_end put_caption(struct drawing_maker *m, qref annotation,
                                            const double p[4])
{
    const struct lettering_style style = {ROLE_HEI, 9, LETTERING_CENTRE, false, 0};
    const char *text = q_true(m->doc, q_get(m->doc, annotation, "/Cap"))
                           ? q_text(m->doc, q_get(m->doc, annotation, "/Contents"), m->arena)
                           : NULL;
    double x = (p[0] + p[2]) / 2, y = (p[1] + p[3]) / 2,
           half = fmax(hypot(p[2] - p[0], p[3] - p[1]), 100) / 2;
    if (!text || !*text)
        return LOOK_MADE;
    switch (drawing_add_text(m, text, (double[]){x - half, y + 1, x + half, y + 14}, 0, &style,
                             "0 g ")) {
    case LETTERING_NO_GLYPH:
        return LOOK_NO_GLYPH;
    case LETTERING_TOO_LONG:
        return LOOK_TOO_LONG;
    case LETTERING_SET:
        break;
    }
    return LOOK_MADE;
}

static enum annotation_look_end make_line(struct drawing_maker *m, qref annotation)
{
    double p[4];
    bool filled, stroked;
    if (!drawing_numbers(m->doc, q_get(m->doc, annotation, "/L"), p, 4))
        return LOOK_UNKNOWN;
    struct drawing_border border = drawing_border(m, annotation);
    qref endings = q_get(m->doc, annotation, "/LE");
    line_colours(m, annotation, &filled, &stroked);
    if (!stroked || border.width <= 0)
        return LOOK_NOTHING;
    put_leaders(m, annotation, p);
    line_to(m, p[0], p[1], "m");
    line_to(m, p[2], p[3], "l S\n");
    end_line(m, q_item(m->doc, endings, 0), p, p + 2, border.width, filled, stroked);
    end_line(m, q_item(m->doc, endings, 1), p + 2, p, border.width, filled, stroked);
    return put_caption(m, annotation, p);
}

/* --- points --- */

/* An array of x y x y ...; returns the number of points. */
static size_t read_points(struct drawing_maker *m, qref array, double (**out)[2])
{
    size_t n = q_length(m->doc, array) / 2;
    n = n < MOST_POINTS ? n : MOST_POINTS;
    *out = arena_alloc(m->arena, n + 1, sizeof **out);
    for (size_t i = 0; i < 2 * n; i++) {
        double v;
        if (!q_number(m->doc, q_item(m->doc, array, i), &v) || !(fabs(v) < DRAWING_LARGEST))
            return i / 2;
        (*out)[i / 2][i % 2] = v;
    }
    return n;
}

static void put_path(struct drawing_maker *m, double (*points)[2], size_t n)
{
    for (size_t i = 0; i < n; i++)
        line_to(m, points[i][0], points[i][1], i ? "l" : "m");
}

static enum annotation_look_end make_ink(struct drawing_maker *m, qref annotation)
{
    qref list = q_get(m->doc, annotation, "/InkList"), colour = q_get(m->doc, annotation, "/C");
    struct drawing_border border = drawing_border(m, annotation);
    bool any = false;

    if (!drawing_colour(m, colour, true) && colour)
        return LOOK_NOTHING;
    buffer_puts(&m->content, "1 J 1 j\n");
    for (size_t i = 0, n = q_length(m->doc, list); i < n && i < MOST_POINTS; i++) {
        double(*points)[2];
        if (m->content.len > MOST_CONTENT)
            return LOOK_UNKNOWN;
        size_t count = read_points(m, q_item(m->doc, list, i), &points);
        put_path(m, points, count);
        if (count == 1)
            line_to(m, points[0][0], points[0][1], "l"); /* a dot, by its round caps */
        if (count)
            buffer_puts(&m->content, "S\n");
        any |= count > 0;
    }
    return !any ? LOOK_UNKNOWN : border.width > 0 ? LOOK_MADE : LOOK_NOTHING;
}

static enum annotation_look_end make_polygon(struct drawing_maker *m, qref annotation)
{
    double(*points)[2];
    bool closed = q_is_name(m->doc, q_get(m->doc, annotation, "/Subtype"), "/Polygon"), filled,
         stroked;
    size_t n = read_points(m, q_get(m->doc, annotation, "/Vertices"), &points);
    qref endings = q_get(m->doc, annotation, "/LE");

    if (n < 2)
        return LOOK_UNKNOWN;
    struct drawing_border border = drawing_border(m, annotation);
    line_colours(m, annotation, &filled, &stroked);
    stroked &= border.width > 0;
    put_path(m, points, n);
    buffer_puts(&m->content, closed ? "h " : "");
    buffer_puts(&m->content, paint(filled && closed, stroked));
    if (!closed) {
        end_line(m, q_item(m->doc, endings, 0), points[0], points[1], border.width, filled,
                 stroked);
        end_line(m, q_item(m->doc, endings, 1), points[n - 1], points[n - 2], border.width, filled,
                 stroked);
    }
    return LOOK_MADE;
}

/* --- marked text --- */

/* A quadrilateral around marked words, upper left, upper right, lower left, lower right: the order
 * that everybody writes, not that of the standard's figure. */
struct quad {
    double ul[2], ur[2], ll[2], lr[2];
};

/* A point between: along from left to right, up from the lower to the upper edge, both 0 to 1. */
static void quad_point(struct drawing_maker *m, const struct quad *q, double along, double up,
                       const char *operator_name)
{
    double v[2];
    for (int i = 0; i < 2; i++) {
        double low = q->ll[i] + along * (q->lr[i] - q->ll[i]),
               high = q->ul[i] + along * (q->ur[i] - q->ul[i]);
        v[i] = low + up * (high - low);
    }
    line_to(m, v[0], v[1], operator_name);
}

static void put_highlight(struct drawing_maker *m, const struct quad *q)
{
    double height = hypot(q->ul[0] - q->ll[0], q->ul[1] - q->ll[1]),
           width = hypot(q->lr[0] - q->ll[0], q->lr[1] - q->ll[1]);
    double bulge = width > 0 ? height / 4 / width : 0; /* of its sides, as a felt pen leaves it */
    quad_point(m, q, 0, 0, "m");
    quad_point(m, q, -bulge, .25, "");
    quad_point(m, q, -bulge, .75, "");
    quad_point(m, q, 0, 1, "c");
    quad_point(m, q, 1, 1, "l");
    quad_point(m, q, 1 + bulge, .75, "");
    quad_point(m, q, 1 + bulge, .25, "");
    quad_point(m, q, 1, 0, "c f\n");
}

static void put_underline(struct drawing_maker *m, const struct quad *q)
{
    quad_point(m, q, 0, .09, "m");
    quad_point(m, q, 1, .09, "l S\n");
}

static void put_strike(struct drawing_maker *m, const struct quad *q)
{
    quad_point(m, q, 0, .5, "m");
    quad_point(m, q, 1, .5, "l S\n");
}

static void put_squiggle(struct drawing_maker *m, const struct quad *q)
{
    double height = hypot(q->ul[0] - q->ll[0], q->ul[1] - q->ll[1]),
           width = hypot(q->lr[0] - q->ll[0], q->lr[1] - q->ll[1]);
    double teeth = height > 0 ? fmin(ceil(width / height * 6), 2000) : 1;
    quad_point(m, q, 0, .02, "m");
    for (double i = 1; i <= teeth; i++)
        quad_point(m, q, i / teeth, fmod(i, 2) > 0 ? .14 : .02, "l");
    buffer_puts(&m->content, "S\n");
}

static enum annotation_look_end make_marks(struct drawing_maker *m, qref annotation)
{
    static const struct {
        const char *kind;
        void (*put)(struct drawing_maker *, const struct quad *);
    } kinds[] = {{"/Highlight", put_highlight},
                 {"/Underline", put_underline},
                 {"/StrikeOut", put_strike},
                 {"/Squiggly", put_squiggle}};
    double(*p)[2];
    qref kind = q_get(m->doc, annotation, "/Subtype"), colour = q_get(m->doc, annotation, "/C");
    size_t n = read_points(m, q_get(m->doc, annotation, "/QuadPoints"), &p) / 4, i = 0;
    while (!q_is_name(m->doc, kind, kinds[i].kind))
        i++;
    bool filled = kinds[i].put == put_highlight;

    if (!drawing_colour(m, colour, !filled) && colour)
        return LOOK_NOTHING;
    if (!colour && filled)
        buffer_puts(&m->content, "1 1 0 rg\n");
    for (size_t k = 0; k < n; k++) {
        struct quad q;
        if (m->content.len > MOST_CONTENT)
            return LOOK_UNKNOWN;
        memcpy(&q, p + 4 * k, sizeof q);
        if (!filled)
            buffer_printf(&m->content, "%.3f w\n",
                          fmax(hypot(q.ul[0] - q.ll[0], q.ul[1] - q.ll[1]) / 16, .5));
        kinds[i].put(m, &q);
    }
    m->drawing->multiplied = filled;
    return n ? LOOK_MADE : LOOK_UNKNOWN;
}

/* --- text and icons --- */

static enum annotation_look_end text_end(enum lettering_end end)
{
    return end == LETTERING_NO_GLYPH   ? LOOK_NO_GLYPH
           : end == LETTERING_TOO_LONG ? LOOK_TOO_LONG
                                       : LOOK_MADE;
}

/* The callout of a free text: a line of two or three points, whose end is the first. */
static void put_callout(struct drawing_maker *m, qref annotation, double width)
{
    double(*points)[2];
    size_t n = read_points(m, q_get(m->doc, annotation, "/CL"), &points);
    if (n < 2)
        return;
    put_path(m, points, n);
    buffer_puts(&m->content, "S\n");
    end_line(m, q_get(m->doc, annotation, "/LE"), points[0], points[1], width, false, true);
}

static enum annotation_look_end make_free_text(struct drawing_maker *m, qref annotation)
{
    struct qdoc *d = m->doc;
    double rect[4], box[4];
    const char *text = q_text(d, q_get(d, annotation, "/Contents"), m->arena);
    if (!drawing_rect(d, annotation, rect))
        return LOOK_NOTHING;
    shrink_rect(d, annotation, rect);
    const struct drawing_look look =
        drawing_look(m, q_text(d, q_get(d, annotation, "/DA"), m->arena));
    struct drawing_border border = drawing_border(m, annotation);
    bool filled = drawing_colour(m, q_get(d, annotation, "/C"), false), bordered = border.width > 0;
    double inset = (bordered ? border.width : 0) + 2;

    buffer_puts(&m->content, look.stroke);
    drawing_box(m, rect, bordered ? border.width / 2 : 0);
    buffer_puts(&m->content, paint(filled, bordered));
    put_callout(m, annotation, border.width);
    if (!text || !*text)
        return q_get(d, annotation, "/RC") ? LOOK_UNKNOWN : LOOK_MADE;
    memcpy(box, (double[]){rect[0] + inset, rect[1] + inset, rect[2] - inset, rect[3] - inset},
           sizeof box);
    long align = q_integer(d, q_get(d, annotation, "/Q"), 0);
    const struct lettering_style style = {
        .role = drawing_role(look.font),
        .size = look.size,
        .align = align == 1 || align == 2 ? (enum lettering_align)align : LETTERING_LEFT,
        .lines = true};
    return text_end(drawing_add_text(m, text, box, 0, &style, look.fill));
}

/* Where readers put an icon: in the upper left corner, whatever the rectangle's size. */
static bool icon_box(struct drawing_maker *m, qref annotation, double box[4])
{
    if (!drawing_corners(m->doc, annotation, box))
        return false;
    box[2] = box[0] + ICON;
    box[1] = box[3] - ICON;
    return true;
}

/* A sheet of paper with lines on it, in the annotation's colour. */
static enum annotation_look_end make_note(struct drawing_maker *m, qref annotation)
{
    double box[4];
    if (!icon_box(m, annotation, box))
        return LOOK_NOTHING;
    if (!drawing_colour(m, q_get(m->doc, annotation, "/C"), false))
        buffer_puts(&m->content, "1 0.9 0.4 rg\n");
    buffer_puts(&m->content, "0.2 G 1 w\n");
    drawing_box(m, box, 2);
    buffer_puts(&m->content, "B\n");
    for (int i = 1; i <= 3; i++) {
        line_to(m, box[0] + 6, box[3] - 3 - i * 4.5, "m");
        line_to(m, box[2] - 6, box[3] - 3 - i * 4.5, "l S\n");
    }
    return LOOK_MADE;
}

/* A paper clip. */
static enum annotation_look_end make_clip(struct drawing_maker *m, qref annotation)
{
    double box[4];
    if (!icon_box(m, annotation, box))
        return LOOK_NOTHING;
    double x = box[0] + 8, y = box[1];
    if (!drawing_colour(m, q_get(m->doc, annotation, "/C"), true))
        buffer_puts(&m->content, "0.2 G\n");
    buffer_puts(&m->content, "2 w 1 J 1 j\n");
    line_to(m, x + 8, y + 17, "m");
    line_to(m, x + 8, y + 6, "l");
    buffer_printf(&m->content, "%.3f %.3f %.3f %.3f %.3f %.3f c ", x + 8, y + 1, x, y + 1, x,
                  y + 6);
    line_to(m, x, y + 19, "l");
    buffer_printf(&m->content, "%.3f %.3f %.3f %.3f %.3f %.3f c ", x, y + 23, x + 5, y + 23, x + 5,
                  y + 19);
    line_to(m, x + 5, y + 8, "l S\n");
    return LOOK_MADE;
}

/* A mark between words: in a rectangle as large as the page it would cover what stands there. */
static enum annotation_look_end make_caret(struct drawing_maker *m, qref annotation)
{
    enum { MOST = 20 };
    double r[4];
    if (!drawing_rect(m->doc, annotation, r))
        return LOOK_NOTHING;
    shrink_rect(m->doc, annotation, r);
    double middle = (r[0] + r[2]) / 2, half = fmin(r[2] - r[0], MOST) / 2;
    r[0] = middle - half;
    r[2] = middle + half;
    r[3] = fmin(r[3], r[1] + MOST);
    if (!drawing_colour(m, q_get(m->doc, annotation, "/C"), false))
        buffer_puts(&m->content, "0 0 1 rg\n");
    line_to(m, r[0], r[1], "m");
    buffer_printf(&m->content, "%.3f %.3f %.3f %.3f %.3f %.3f c ", middle, r[1], middle, r[3],
                  middle, r[3]);
    buffer_printf(&m->content, "%.3f %.3f %.3f %.3f %.3f %.3f c f\n", middle, r[3], middle, r[1],
                  r[2], r[1]);
    return LOOK_MADE;
}

/* "/NotApproved" as NOT APPROVED; what says nothing is DRAFT, the default. */
static const char *stamp_words(struct drawing_maker *m, qref annotation)
{
    const char *name = q_text(m->doc, q_get(m->doc, annotation, "/Name"), m->arena);
    struct buffer words = {0};
    for (const char *p = name && *name ? name : "Draft"; *p; p++) {
        if (p != name && words.len && isupper((unsigned char)*p) && islower((unsigned char)p[-1]))
            buffer_putc(&words, ' ');
        buffer_putc(&words, toupper((unsigned char)*p));
    }
    const char *text = arena_strndup(m->arena, (char *)words.data, words.len);
    buffer_clear(&words);
    return text;
}

static enum annotation_look_end make_stamp(struct drawing_maker *m, qref annotation)
{
    static const struct lettering_style style = {ROLE_HEI, 0, LETTERING_CENTRE, false, 0};
    double rect[4];
    if (!drawing_rect(m->doc, annotation, rect))
        return LOOK_NOTHING;
    double side = fmin(rect[2] - rect[0], rect[3] - rect[1]), frame = fmin(side / 12, 2);
    buffer_printf(&m->content, "0.8 0 0 RG %.3f w\n", frame);
    drawing_box(m, rect, frame);
    buffer_puts(&m->content, "S\n");
    enum annotation_look_end end =
        text_end(drawing_add_text(m, stamp_words(m, annotation),
                                  (double[]){rect[0] + 3 * frame, rect[1] + 3 * frame,
                                             rect[2] - 3 * frame, rect[3] - 3 * frame},
                                  0, &style, "0.8 0 0 rg "));
    return end == LOOK_MADE ? LOOK_GUESSED : end;
}

/* The frame around a link: black where no colour is given. The default border, where none is given,
 * is what the standard has (12.5.2), and poppler draws; Adobe Reader, pdf.js and MuPDF draw none,
 * whether there is a colour or not. */
static enum annotation_look_end make_link(struct drawing_maker *m, qref annotation)
{
    double rect[4];
    qref colour = q_get(m->doc, annotation, "/C");
    struct drawing_border border = drawing_border(m, annotation);
    if (!border.stated || border.width <= 0 || (!drawing_colour(m, colour, true) && colour) ||
        !drawing_rect(m->doc, annotation, rect))
        return LOOK_NOTHING;
    if (border.style == 'U') {
        line_to(m, rect[0], rect[1] + border.width / 2, "m");
        line_to(m, rect[2], rect[1] + border.width / 2, "l S\n");
    } else {
        drawing_box(m, rect, border.width / 2);
        buffer_puts(&m->content, "S\n");
    }
    return LOOK_MADE;
}

/* Kinds of which no reader shows anything that they do not bring along. */
static enum annotation_look_end make_nothing(struct drawing_maker *m, qref annotation)
{
    (void)m;
    (void)annotation;
    return LOOK_NOTHING;
}

enum annotation_look_end annotation_look_make(struct drawing_maker *m, qref annotation)
{
    static const struct {
        const char *kind;
        enum annotation_look_end (*make)(struct drawing_maker *, qref);
    } kinds[] = {
        {"Square", make_square},       {"Circle", make_circle},
        {"Line", make_line},           {"Ink", make_ink},
        {"Polygon", make_polygon},     {"PolyLine", make_polygon},
        {"Highlight", make_marks},     {"Underline", make_marks},
        {"StrikeOut", make_marks},     {"Squiggly", make_marks},
        {"FreeText", make_free_text},  {"Text", make_note},
        {"FileAttachment", make_clip}, {"Caret", make_caret},
        {"Stamp", make_stamp},         {"Link", make_link},
        {"Popup", make_nothing},       {"Watermark", make_nothing},
        {"PrinterMark", make_nothing}, {"TrapNet", make_nothing},
    };
    const char *kind = q_key_text(m->doc, q_get(m->doc, annotation, "/Subtype"), m->arena);
    for (size_t i = 0; kind && i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kind, kinds[i].kind))
            return kinds[i].make(m, annotation);
    return LOOK_UNKNOWN;
}
