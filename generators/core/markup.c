/* markup.c - see markup.h. */
#include "core/markup.h"

#include "core/utf8.h"

#include <string.h>

typedef size_t shower(const char *s, size_t len, size_t *used, char out[UTF8_SHOWN]);

static void put(struct buffer *out, const char *text, shower *show)
{
    static const char marks[] = "&<>\"\n\t\r";
    static const char *const written[] = {"&amp;", "&lt;", "&gt;", "&quot;",
                                          "&#10;", "&#9;", "&#13;"};
    char shown[UTF8_SHOWN];

    for (size_t i = 0, len = text ? strlen(text) : 0, used; i < len; i += used) {
        const char *mark = strchr(marks, text[i]);
        size_t n = show(text + i, len - i, &used, shown);
        if (mark && (show == utf8_mend || text[i] == '\n' || text[i] > ' '))
            buffer_puts(out, written[mark - marks]);
        else
            buffer_add(out, shown, n);
    }
}

void buffer_markup(struct buffer *out, const char *text)
{
    put(out, text, utf8_mend);
}

void buffer_markup_shown(struct buffer *out, const char *text)
{
    put(out, text, utf8_show);
}

void buffer_shown(struct buffer *out, const char *text)
{
    char shown[UTF8_SHOWN];
    for (size_t i = 0, len = text ? strlen(text) : 0, used; i < len; i += used)
        buffer_add(out, shown, utf8_show(text + i, len - i, &used, shown));
}

void buffer_address(struct buffer *out, const char *path)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./~";
    for (; *path; path++)
        if (strchr(plain, *path))
            buffer_putc(out, *path);
        else
            buffer_printf(out, "%%%02X", (unsigned)(unsigned char)*path);
}
