/* calibration.h - colours of a PNG by its gAMA and cHRM chunks (PNG, 11.3.3). Internal to media. */
#ifndef MEDIA_CALIBRATION_H
#define MEDIA_CALIBRATION_H

#include "media/media.h"

/* gamma: of the file, in 1/100000, 0: not said. chromaticities: x and y of white, red, green, blue,
 * in 1/100000; NULL: not said. What is sRGB but for rounding, or no colours at all, gives {0}: such
 * a picture needs no more said than that it is RGB. */
struct media_calibration calibration_of(uint32_t gamma, const uint32_t *chromaticities);

#endif
