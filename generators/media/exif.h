/* exif.h - how a camera was held (EXIF 2.32, 4.6.5 A). Internal to media. */
#ifndef MEDIA_EXIF_H
#define MEDIA_EXIF_H

#include <stddef.h>

/* The orientation tag in the first directory of a TIFF block, whatever integer type it is stored
 * as; -1: there is none, or the block is damaged. No offset is followed but the one to that
 * directory. */
long exif_orientation(const unsigned char *tiff, size_t size);

#endif
