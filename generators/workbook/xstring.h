/* xstring.h - a string of a table as the file writes it, made what it says. */
#ifndef WORKBOOK_XSTRING_H
#define WORKBOOK_XSTRING_H

#include <stddef.h>

/* In place: _xHHHH_ becomes the character it stands for (but for U+0000 and halves of pairs), CR LF
 * and CR become LF. The new length. */
size_t xstring_plain(char *s, size_t len);

#endif
