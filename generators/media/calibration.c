/* calibration.c - see calibration.h. */
#include "media/calibration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UNIT = 100000, NEAR_CHROMATICITY = 300, NEAR_GAMMA = 600, GAMMA_OF_SRGB = 45455 };

static const uint32_t srgb[8] = {31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000};

static bool is_srgb(const uint32_t *c)
{
    for (int i = 0; i < 8; i++)
        if (labs((long)c[i] - (long)srgb[i]) > NEAR_CHROMATICITY)
            return false;
    return true;
}

/* XYZ of full luminance. */
static bool colour(const uint32_t xy[2], double out[3])
{
    double x = (double)xy[0] / UNIT, y = (double)xy[1] / UNIT;
    if (!(y > 0) || x + y > 1)
        return false;
    memcpy(out, (double[]){x / y, 1, (1 - x - y) / y}, 3 * sizeof *out);
    return true;
}

static double determinant(const double a[3], const double b[3], const double c[3])
{
    return a[0] * (b[1] * c[2] - b[2] * c[1]) - b[0] * (a[1] * c[2] - a[2] * c[1]) +
           c[0] * (a[1] * b[2] - a[2] * b[1]);
}

/* How much of each primary makes white (Cramer's rule). */
static bool scale_primaries(const double white[3], double p[9])
{
    double all = determinant(p, p + 3, p + 6);
    if (fabs(all) < 1e-6)
        return false;
    double share[3] = {determinant(white, p + 3, p + 6) / all, determinant(p, white, p + 6) / all,
                       determinant(p, p + 3, white) / all};
    for (int i = 0; i < 9; i++)
        p[i] *= share[i / 3];
    return share[0] > 0 && share[1] > 0 && share[2] > 0;
}

struct media_calibration calibration_of(uint32_t gamma, const uint32_t *chromaticities)
{
    struct media_calibration c = {.gamma = gamma ? (double)UNIT / gamma : 2.2};
    const uint32_t *xy = chromaticities ? chromaticities : srgb;
    bool usual = gamma == 0 || labs((long)gamma - GAMMA_OF_SRGB) <= NEAR_GAMMA;

    if ((usual && is_srgb(xy)) || c.gamma < 0.1 || c.gamma > 10)
        return (struct media_calibration){0};
    bool known = colour(xy, c.white);
    for (int i = 0; i < 3; i++)
        known = known && colour(xy + 2 + 2 * i, c.primaries + 3 * i);
    return known && scale_primaries(c.white, c.primaries) ? c : (struct media_calibration){0};
}
