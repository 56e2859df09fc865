/* quote.c - see quote.h. */
#include "record/quote.h"

#include "record/id_number.h"

#include <string.h>

enum { SHOWN = 40 };

/* A message is one line, and what a terminal would obey is not for the input to say. */
static char *plain(char *s)
{
    for (unsigned char *p = (unsigned char *)s; *p; p++) {
        if (*p < 0x20 || *p == 0x7F)
            *p = ' ';
        if (*p == 0xC2 && p[1] >= 0x80 && p[1] <= 0x9F)
            *p = p[1] = ' ';
    }
    return s;
}

const char *quote_name(struct arena *arena, const char *name)
{
    size_t n = 0, end = 0;
    while (name[end] && (((unsigned char)name[end] & 0xC0) == 0x80 || n++ < SHOWN))
        end++;
    return plain(arena_printf(arena, "%.*s%s", (int)end, name, name[end] ? "…" : ""));
}

const char *quote(struct arena *arena, const char *value)
{
    return arena_printf(arena, "“%s”", quote_name(arena, id_number_mask(arena, value)));
}
