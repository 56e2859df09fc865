/* json.c - see json.h. */
#include "core/json.h"

static void quoted(struct buffer *out, const char *s)
{
    buffer_putc(out, '"');
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            buffer_printf(out, "\\%c", c);
        else if (c < 0x20)
            buffer_printf(out, "\\u%04x", c);
        else
            buffer_putc(out, c);
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
