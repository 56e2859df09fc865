/* buffer.c - see buffer.h. */
#include "core/buffer.h"

#include "core/arena.h"
#include "core/spool.h"
#include "core/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SPOOLED = 1 << 20 };

void buffer_flush(struct buffer *b)
{
    if (!b->spool)
        return;
    spool_add(b->spool, b->data, b->len);
    b->len = 0;
}

unsigned char *buffer_room(struct buffer *b, size_t len)
{
    if (b->spool && b->len >= SPOOLED)
        buffer_flush(b);
    if (!b->data || b->cap - b->len < len) {
        size_t cap = b->cap ? b->cap : 256;
        while (cap - b->len < len)
            cap = cap > (size_t)-1 / 2 ? (size_t)-1 : cap * 2;
        b->data = mem_resize(b->data, cap, 1);
        b->cap = cap;
    }
    unsigned char *p = b->data + b->len;
    b->len += len;
    return p;
}

void buffer_add(struct buffer *b, const void *data, size_t len)
{
    if (len)
        memcpy(buffer_room(b, len), data, len);
}

void buffer_puts(struct buffer *b, const char *s)
{
    buffer_add(b, s, strlen(s));
}

void buffer_putc(struct buffer *b, int c)
{
    *buffer_room(b, 1) = (unsigned char)c;
}

void buffer_printf(struct buffer *b, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n > 0) {
        char *p = (char *)buffer_room(b, (size_t)n + 1);
        vsnprintf(p, (size_t)n + 1, fmt, again);
        b->len--; /* the terminator is not content */
    }
    va_end(again);
}

void buffer_decimal(struct buffer *b, long long scaled, int digits)
{
    char text[40];
    size_t n = sizeof text;
    long long rest = llabs(scaled);

    for (; digits > 0 && rest % 10 == 0; digits--)
        rest /= 10;
    for (int i = 0; i < digits; i++, rest /= 10)
        text[--n] = (char)('0' + rest % 10);
    if (digits > 0)
        text[--n] = '.';
    do
        text[--n] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (scaled < 0)
        text[--n] = '-';
    buffer_add(b, text + n, sizeof text - n);
}

void buffer_clear(struct buffer *b)
{
    free(b->data);
    *b = (struct buffer){0};
}

void buffer_character(struct buffer *b, uint32_t cp)
{
    char utf8[4];
    buffer_add(b, utf8, utf8_put(cp, utf8));
}
