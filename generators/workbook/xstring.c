/* xstring.c - see xstring.h. */
#include "workbook/xstring.h"

#include "core/utf8.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { ESCAPE = 7 /* bytes: _xHHHH_ */ };

/* The UTF-16 unit that stands escaped at s; -1: none does. */
static long escaped(const char *s, size_t len)
{
    long unit = 0;
    if (len < ESCAPE || s[0] != '_' || s[1] != 'x' || s[6] != '_')
        return -1;
    for (int i = 2; i < 6; i++) {
        if (!isxdigit((unsigned char)s[i]))
            return -1;
        int c = tolower((unsigned char)s[i]);
        unit = unit * 16 + (isdigit(c) ? c - '0' : c - 'a' + 10);
    }
    return unit;
}

static size_t put_escaped(const char *s, size_t len, char **to)
{
    long unit = escaped(s, len), next = -1;
    size_t used = ESCAPE;

    if (unit >= 0xD800 && unit < 0xDC00)
        next = escaped(s + ESCAPE, len - ESCAPE);
    if (next >= 0xDC00 && next < 0xE000) {
        unit = 0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00);
        used += ESCAPE;
    }
    if (unit <= 0 || (unit >= 0xD800 && unit < 0xE000))
        return 0;
    *to += utf8_put((uint32_t)unit, *to);
    return used;
}

/* CR LF and CR, of which LF is left. */
static size_t plain_line_ends(char *s, size_t len)
{
    char *to = s;
    for (size_t i = 0; i < len; i++) {
        bool pair = s[i] == '\r' && i + 1 < len && s[i + 1] == '\n';
        if (!pair)
            *to++ = s[i] == '\r' ? '\n' : s[i];
    }
    return (size_t)(to - s);
}

size_t xstring_plain(char *s, size_t len)
{
    char *to = s;
    if (!memchr(s, '_', len))
        return memchr(s, '\r', len) ? plain_line_ends(s, len) : len;
    for (size_t i = 0; i < len;) {
        size_t used = s[i] == '_' ? put_escaped(s + i, len - i, &to) : 0;
        if (!used)
            *to++ = s[i];
        i += used ? used : 1;
    }
    return plain_line_ends(s, (size_t)(to - s));
}
