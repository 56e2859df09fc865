/* deflate.h - zlib streams by libdeflate. Internal to pdf. */
#ifndef PDF_DEFLATE_H
#define PDF_DEFLATE_H

#include "core/buffer.h"

#include <stdbool.h>

/* Font files and pixels hardly gain from more; page content does. */
enum { DEFLATE_FAST = 1, DEFLATE_SMALL = 6 };

/* Appends the compressed data to out. */
void deflate_add(struct buffer *out, const void *data, size_t len, int level);
/* The same without zlib's head and sum: the last blocks of a stream, from a whole byte on. */
void deflate_add_last(struct buffer *out, const void *data, size_t len, int level);
/* false: these are not just so many bytes. */
bool inflate_whole(const void *data, size_t size, void *out, size_t len);

#endif
