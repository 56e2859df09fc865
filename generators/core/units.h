/* units.h - lengths: points (1/72 inch) everywhere but where a name says millimetres; the sizes of
 * paper, and the type sizes that have Chinese names. */
#ifndef CORE_UNITS_H
#define CORE_UNITS_H

#include <stdbool.h>

#define POINTS_PER_MM (72 / 25.4)
#define POINTS_PER_CM (720 / 25.4)

/* Lengths that differ by less are equal: sums of the same lengths in another order must not push a
 * line to the next page. */
#define LENGTH_SLACK 0.01

/* ISO 216, in millimetres. */
enum { A4_WIDTH_MM = 210, A4_HEIGHT_MM = 297, A3_WIDTH_MM = 297, A3_HEIGHT_MM = 420 };

/* The same in points, as PDFs state it: to two places. */
#define A4_WIDTH 595.28
#define A4_HEIGHT 841.89
#define A3_WIDTH 841.89
#define A3_HEIGHT 1190.55

double length_in_mm(double points);

/* 初号 to 八号, in points; false: the name is none of them. */
bool chinese_size(const char *name, double *points);
/* The largest of the Chinese sizes below a size; the floor, when that is larger. */
double chinese_size_below(double size, double floor);

#endif
