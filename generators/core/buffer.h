/* buffer.h - a growable run of bytes. {0} is an empty buffer; free with buffer_clear.
 *
 * One that is written from its beginning to its end may have a spool for what is over a megabyte:
 * then data and len are only what has not gone there yet. */
#ifndef CORE_BUFFER_H
#define CORE_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct spool;

struct buffer {
    unsigned char *data; /* not NUL-ended */
    size_t len, cap;
    struct spool *spool; /* the caller's; NULL: all stays here */
};

void buffer_add(struct buffer *b, const void *data, size_t len);
void buffer_puts(struct buffer *b, const char *s);
void buffer_putc(struct buffer *b, int c);
void buffer_character(struct buffer *b, uint32_t cp); /* in UTF-8 */
void buffer_printf(struct buffer *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* scaled / 10^digits, without zeros at its end. */
void buffer_decimal(struct buffer *b, long long scaled, int digits);
unsigned char *buffer_room(struct buffer *b,
                           size_t len); /* grows by len, returns where they begin */
void buffer_flush(struct buffer *b);    /* the rest, too, into its spool */
void buffer_clear(struct buffer *b);

#endif
