/* json.c - see json.h. */
#include "core/json.h"

#include "core/utf8.h"

#include <string.h>

/* As UTF-16 units. */
static void escape(struct buffer *out, uint32_t cp)
{
    if (cp >= 0x10000) {
        buffer_printf(out, "\\u%04x", 0xD800 + (unsigned)((cp - 0x10000) >> 10));
        cp = 0xDC00 + ((cp - 0x10000) & 0x3FF);
    }
    buffer_printf(out, "\\u%04x", (unsigned)cp);
}

static void quoted(struct buffer *out, const char *s)
{
    char shown[UTF8_SHOWN];
    buffer_putc(out, '"');
    for (size_t i = 0, len = strlen(s), used; i < len; i += used) {
        size_t n = utf8_mend(s + i, len - i, &used, shown), whole;
        uint32_t cp = utf8_next(shown, n, &whole);
        if (cp == '"' || cp == '\\')
            buffer_printf(out, "\\%s", shown);
        else if (cp < 0x20 || utf8_is_unprintable(cp))
            escape(out, cp);
        else
            buffer_add(out, shown, n);
    }
    buffer_putc(out, '"');
}

static void begin(struct json *j, const char *key)
{
    if (j->follows)
        buffer_putc(j->out, ',');
    if (j->depth > 0 && !j->flat)
        buffer_printf(j->out, "\n%*s", j->depth * 2, "");
    if (key) {
        quoted(j->out, key);
        buffer_puts(j->out, ": ");
    }
    j->follows = true;
}

void json_open(struct json *j, const char *key, char bracket)
{
    begin(j, key);
    buffer_putc(j->out, bracket);
    j->depth++;
    j->follows = false;
}

void json_close(struct json *j, char bracket)
{
    j->depth--;
    if (j->follows && !j->flat)
        buffer_printf(j->out, "\n%*s", j->depth * 2, "");
    buffer_putc(j->out, bracket);
    j->follows = true;
    if (j->depth == 0 && !j->flat)
        buffer_putc(j->out, '\n');
}

void json_string(struct json *j, const char *key, const char *value)
{
    if (!value)
        return;
    begin(j, key);
    quoted(j->out, value);
}

void json_integer(struct json *j, const char *key, long long value)
{
    begin(j, key);
    buffer_printf(j->out, "%lld", value);
}

void json_number(struct json *j, const char *key, double value)
{
    begin(j, key);
    buffer_printf(j->out, "%.10g", value);
}

void json_bool(struct json *j, const char *key, bool value)
{
    begin(j, key);
    buffer_puts(j->out, value ? "true" : "false");
}
