/* fit.h - where a copy goes on its sheet: undistorted, wholly inside the margins, upright, centred.
 * Arithmetic only. */
#ifndef BIND_FIT_H
#define BIND_FIT_H

#include <stdbool.h>

/* Points; margin: top, right, bottom, left. */
struct fit_sheet {
    double width, height, margin[4];
};

/* Lower left corner and size, in PDF's coordinates. */
struct fit_placement {
    double x, y, width, height;
    bool turned; /* its head is to the left: a quarter to the left from upright */
};

/* A copy of width x height points. Never made larger than it is, unless any: its size is not known,
 * only its shape. With turn, one that is wider than high is turned where that makes it larger. */
struct fit_placement fit_place(const struct fit_sheet *sheet, double width, double height, bool any,
                               bool turn);

/* The visible part of a page: box is left bottom right top in its user space, rotate 0 90 180 270
 * clockwise. */
struct fit_page {
    double box[4];
    int rotate;
    double unit; /* UserUnit */
};

/* Upright, in points. */
void fit_size(const struct fit_page *s, double *width, double *height);
/* From the page's user space to the sheet's. */
void fit_matrix(const struct fit_page *s, const struct fit_placement *place, double out[6]);
void fit_point(const double m[6], double x, double y, double *u, double *v);
/* The upright rectangle around a transformed one. */
void fit_rect(const double m[6], const double in[4], double out[4]);
/* Cuts rect (its corners in any order) down to what lies inside box: left bottom right top. false:
 * nothing does. */
bool fit_clip(const double box[4], double rect[4]);
/* first, then second */
void fit_multiply(const double first[6], const double second[6], double out[6]);

/* A3 within 2 %, either way. */
bool fit_is_a3(double width, double height);

#endif
