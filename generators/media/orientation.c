/* orientation.c - see orientation.h. */
#include "media/orientation.h"

struct orientation orientation_of(int exif)
{
    static const struct orientation known[] = {
        {false, false, false}, {false, true, false}, {false, true, true}, {false, false, true},
        {true, false, false},  {true, false, true},  {true, true, true},  {true, true, false}};
    return known[exif >= 1 && exif <= 8 ? exif - 1 : 0];
}
