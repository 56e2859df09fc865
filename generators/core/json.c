/* json.c - see json.h. */
#include "core/json.h"

#include "core/utf8.h"

#include <string.h>

static void quoted(struct buffer *out, const char *s)
{
    char shown[UTF8_SHOWN];
    buffer_putc(out, '"');
    for (size_t i = 0, len = strlen(s), used; i < len; i += used) {
        size_t n = utf8_mend(s + i, len - i, &used, shown);
        unsigned char c = (unsigned char)*shown;
        if (c == '"' || c == '\\')
            buffer_printf(out, "\\%s", shown);
        else if (c < 0x20)
            buffer_printf(out, "\\u%04x", c);
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
