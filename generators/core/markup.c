/* markup.c - see markup.h. */
#include "core/markup.h"

#include "core/strings.h"
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

void buffer_percent(struct buffer *out, const char *text, const char *kept)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    for (; *text; text++)
        if (strchr(plain, *text) || strchr(kept, *text))
            buffer_putc(out, *text);
        else
            buffer_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
}

void buffer_address(struct buffer *out, const char *path)
{
    buffer_percent(out, path, "/");
}

void address_undo(char *address)
{
    char *to = address;
    for (const char *p = address; *p; p++) {
        int high = *p == '%' ? hex_digit(p[1]) : -1, low = high >= 0 ? hex_digit(p[2]) : -1;
        if (low >= 0 && high + low > 0) {
            *to++ = (char)(high << 4 | low);
            p += 2;
        } else {
            *to++ = *p == '\\' ? '/' : *p;
        }
    }
    *to = '\0';
}
