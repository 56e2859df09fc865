/* utf16.h - text as PDF wants it: UTF-16, big end first. For pdf and bind. */
#ifndef PDF_UTF16_H
#define PDF_UTF16_H

#include "core/buffer.h"

#include <stdint.h>

void utf16_put(struct buffer *out, uint32_t cp); /* one or two units */
void utf16_string(struct buffer *out,
                  const char *utf8); /* the byte order mark and the text; NULL is "" */
void utf16_hex(struct buffer *out, const unsigned char *data, size_t len); /* "<FEFF...>" */

#endif
