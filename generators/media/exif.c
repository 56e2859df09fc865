/* exif.c - see exif.h. */
#include "media/exif.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { ENTRY = 12, ORIENTATION = 0x0112, BYTE = 1, SHORT = 3, LONG = 4 };

static uint32_t integer(const unsigned char *p, size_t bytes, bool little)
{
    uint32_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | p[little ? bytes - 1 - i : i];
    return value;
}

long exif_orientation(const unsigned char *tiff, size_t size)
{
    if (size < 8 || (memcmp(tiff, "II*\0", 4) && memcmp(tiff, "MM\0*", 4)))
        return -1;
    bool little = tiff[0] == 'I';
    size_t directory = integer(tiff + 4, 4, little);
    if (directory > size || size - directory < 2)
        return -1;
    size_t entries = integer(tiff + directory, 2, little), room = (size - directory - 2) / ENTRY;
    for (size_t i = 0; i < entries && i < room; i++) {
        const unsigned char *entry = tiff + directory + 2 + i * ENTRY;
        if (integer(entry, 2, little) != ORIENTATION)
            continue;
        uint32_t type = integer(entry + 2, 2, little);
        size_t bytes = type == BYTE ? 1 : type == SHORT ? 2 : type == LONG ? 4 : 0;
        return bytes ? (long)integer(entry + 8, bytes, little) : -1;
    }
    return -1;
}
