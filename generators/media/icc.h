/* icc.h - colour profiles inside pictures (ICC.1:2010). Internal to media. */
#ifndef MEDIA_ICC_H
#define MEDIA_ICC_H

#include <stdbool.h>
#include <stddef.h>

/* A profile whose header and table of tags hold together, and which is for pixels of so many
 * components. */
bool icc_fits(const unsigned char *profile, size_t size, int components);

#endif
