/* fit.c - see fit.h. */
#include "bind/fit.h"

#include "core/units.h"

#include <math.h>
#include <string.h>

struct fit_placement fit_place(const struct fit_sheet *sheet, double width, double height, bool any,
                               bool turn)
{
    double w = sheet->width - sheet->margin[1] - sheet->margin[3];
    double h = sheet->height - sheet->margin[0] - sheet->margin[2];
    double upright = fmin(w / width, h / height), turned = fmin(w / height, h / width);
    struct fit_placement p = {.turned = turn && width > height &&
                                        fmin(turned, any ? turned : 1) >
                                            fmin(upright, any ? upright : 1)};
    double scale = p.turned ? turned : upright;

    if (!any)
        scale = fmin(scale, 1);
    p.width = scale * (p.turned ? height : width);
    p.height = scale * (p.turned ? width : height);
    p.x = sheet->margin[3] + (w - p.width) / 2;
    p.y = sheet->margin[2] + (h - p.height) / 2;
    return p;
}

void fit_size(const struct fit_page *s, double *width, double *height)
{
    double w = (s->box[2] - s->box[0]) * s->unit, h = (s->box[3] - s->box[1]) * s->unit;
    bool lies = s->rotate == 90 || s->rotate == 270;
    *width = lies ? h : w;
    *height = lies ? w : h;
}

void fit_matrix(const struct fit_page *s, const struct fit_placement *place, double out[6])
{
    const double *b = s->box;
    int turn = (s->rotate + (place->turned ? 270 : 0)) % 360;
    bool lies = turn == 90 || turn == 270;
    double k = place->width / (lies ? b[3] - b[1] : b[2] - b[0]);

    switch (turn) {
    case 90:
        memcpy(out, (double[]){0, -k, k, 0, -k * b[1], k * b[2]}, 6 * sizeof *out);
        break;
    case 180:
        memcpy(out, (double[]){-k, 0, 0, -k, k * b[2], k * b[3]}, 6 * sizeof *out);
        break;
    case 270:
        memcpy(out, (double[]){0, k, -k, 0, k * b[3], -k * b[0]}, 6 * sizeof *out);
        break;
    default:
        memcpy(out, (double[]){k, 0, 0, k, -k * b[0], -k * b[1]}, 6 * sizeof *out);
        break;
    }
    out[4] += place->x;
    out[5] += place->y;
}

void fit_point(const double m[6], double x, double y, double *u, double *v)
{
    *u = m[0] * x + m[2] * y + m[4];
    *v = m[1] * x + m[3] * y + m[5];
}

void fit_rect(const double m[6], const double in[4], double out[4])
{
    out[0] = out[1] = INFINITY;
    out[2] = out[3] = -INFINITY;
    for (int i = 0; i < 4; i++) {
        double u, v;
        fit_point(m, in[i % 2 * 2], in[i / 2 * 2 + 1], &u, &v);
        out[0] = fmin(out[0], u);
        out[1] = fmin(out[1], v);
        out[2] = fmax(out[2], u);
        out[3] = fmax(out[3], v);
    }
}

bool fit_clip(const double box[4], double rect[4])
{
    double in[4] = {fmax(box[0], fmin(rect[0], rect[2])), fmax(box[1], fmin(rect[1], rect[3])),
                    fmin(box[2], fmax(rect[0], rect[2])), fmin(box[3], fmax(rect[1], rect[3]))};
    memcpy(rect, in, sizeof in);
    return in[2] > in[0] && in[3] > in[1];
}

void fit_multiply(const double a[6], const double b[6], double out[6])
{
    double m[6] = {a[0] * b[0] + a[1] * b[2],        a[0] * b[1] + a[1] * b[3],
                   a[2] * b[0] + a[3] * b[2],        a[2] * b[1] + a[3] * b[3],
                   a[4] * b[0] + a[5] * b[2] + b[4], a[4] * b[1] + a[5] * b[3] + b[5]};
    memcpy(out, m, sizeof m);
}

bool fit_is_a3(double width, double height)
{
    return fabs(fmin(width, height) / A3_WIDTH - 1) < 0.02 &&
           fabs(fmax(width, height) / A3_HEIGHT - 1) < 0.02;
}
