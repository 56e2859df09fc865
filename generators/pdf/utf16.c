/* utf16.c - see utf16.h. */
#include "pdf/utf16.h"

#include "core/utf8.h"

#include <string.h>

static void put_unit(struct buffer *out, uint32_t unit)
{
    unsigned char *p = buffer_room(out, 2);
    p[0] = (unsigned char)(unit >> 8);
    p[1] = (unsigned char)(unit & 0xFF);
}

void utf16_put(struct buffer *out, uint32_t cp)
{
    if (cp >= 0x10000) {
        put_unit(out, 0xD800 + ((cp - 0x10000) >> 10));
        cp = 0xDC00 + ((cp - 0x10000) & 0x3FF);
    }
    put_unit(out, cp);
}

void utf16_string(struct buffer *out, const char *utf8)
{
    size_t len = utf8 ? strlen(utf8) : 0;
    utf16_put(out, 0xFEFF);
    for (size_t i = 0, used; i < len; i += used) {
        uint32_t cp = utf8_next(utf8 + i, len - i, &used);
        utf16_put(out, cp == UTF8_BAD ? 0xFFFD : cp);
    }
}

void utf16_hex(struct buffer *out, const unsigned char *data, size_t len)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char *p = buffer_room(out, 2 * len + 2);
    *p++ = '<';
    for (size_t i = 0; i < len; i++) {
        *p++ = (unsigned char)digits[data[i] >> 4];
        *p++ = (unsigned char)digits[data[i] & 15];
    }
    *p = '>';
}
