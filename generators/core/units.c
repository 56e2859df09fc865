/* units.c - see units.h. */
#include "core/units.h"

#include <string.h>

/* From the largest to the smallest. */
static const struct {
    const char *name;
    double points;
} sizes[] = {{"初号", 42},  {"小初", 36},  {"一号", 26},   {"小一", 24},
             {"二号", 22},  {"小二", 18},  {"三号", 16},   {"小三", 15},
             {"四号", 14},  {"小四", 12},  {"五号", 10.5}, {"小五", 9},
             {"六号", 7.5}, {"小六", 6.5}, {"七号", 5.5},  {"八号", 5}};

double length_in_mm(double points)
{
    return points * 25.4 / 72;
}

bool chinese_size(const char *name, double *points)
{
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (!strcmp(sizes[i].name, name)) {
            *points = sizes[i].points;
            return true;
        }
    return false;
}

double chinese_size_below(double size, double floor)
{
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (sizes[i].points < size - LENGTH_SLACK && sizes[i].points >= floor)
            return sizes[i].points;
    return floor;
}
