/* markup.c - see markup.h. */
#include "core/markup.h"

#include "core/utf8.h"

#include <string.h>

void buffer_markup(struct buffer *out, const char *text)
{
    static const char marks[] = "&<>\"\n";
    static const char *const written[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#10;"};
    char shown[UTF8_SHOWN];

    for (size_t i = 0, len = text ? strlen(text) : 0, used; i < len; i += used) {
        const char *mark = strchr(marks, text[i]);
        size_t n = utf8_mend(text + i, len - i, &used, shown);
        if (mark)
            buffer_puts(out, written[mark - marks]);
        else
            buffer_add(out, shown, n);
    }
}
