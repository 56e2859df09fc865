/* big_endian.h - numbers as PNG, JPEG, ICC profiles and font files have them: the highest byte
 * first. */
#ifndef CORE_BIG_ENDIAN_H
#define CORE_BIG_ENDIAN_H

#include <stdint.h>

static inline unsigned big_endian16(const unsigned char *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

static inline uint32_t big_endian32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline int big_endian_signed16(const unsigned char *p)
{
    int v = (int)big_endian16(p);
    return v < 0x8000 ? v : v - 0x10000;
}

#endif
