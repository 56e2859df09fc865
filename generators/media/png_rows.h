/* png_rows.h - are the compressed rows of a PNG whole? Internal to media. */
#ifndef MEDIA_PNG_ROWS_H
#define MEDIA_PNG_ROWS_H

#include <stdbool.h>
#include <stddef.h>

/* After png_walk has found the chunks sound. True where png_decode would find all rows of the
 * picture, none with a filter that there is not; in constant memory, and without the pixels. */
bool png_rows_are_whole(const unsigned char *data, size_t size);

#endif
