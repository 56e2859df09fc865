/* orientation.h - what an Exif orientation does to a picture (EXIF 2.32, 4.6.5 A). Internal to
 * media. */
#ifndef MEDIA_ORIENTATION_H
#define MEDIA_ORIENTATION_H

#include <stdbool.h>

/* A place of the upright picture becomes one of the stored picture: the axes are exchanged first,
 * then columns and rows are counted from the other end. */
struct orientation {
    bool exchanged, across, down;
};

struct orientation orientation_of(int exif); /* 1 to 8; all else is upright */

#endif
