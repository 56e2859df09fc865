/* buffer.h - a growable run of bytes. {0} is an empty buffer; free with buffer_clear. */
#ifndef CORE_BUFFER_H
#define CORE_BUFFER_H

#include <stddef.h>

struct buffer {
    unsigned char *data; /* not NUL-ended */
    size_t len, cap;
};

void buffer_add(struct buffer *b, const void *data, size_t len);
void buffer_puts(struct buffer *b, const char *s);
void buffer_putc(struct buffer *b, int c);
void buffer_printf(struct buffer *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
unsigned char *buffer_room(struct buffer *b,
                           size_t len); /* grows by len, returns where they begin */
void buffer_clear(struct buffer *b);

#endif
