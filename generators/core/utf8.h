/* utf8.h - code points in and out of UTF-8, strictly: no surrogates, no overlong forms. */
#ifndef CORE_UTF8_H
#define CORE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_BAD UINT32_MAX

/* Reads one code point at s (len bytes are there, len > 0) and says in *used how many bytes it
 * took; a malformed byte gives UTF8_BAD and takes one. */
uint32_t utf8_next(const char *s, size_t len, size_t *used);
int utf8_is_valid(const char *s, size_t len);
size_t utf8_put(uint32_t cp, char out[4]);   /* the number of bytes written */
size_t utf8_count(const char *s);            /* code points in a NUL-ended string */
size_t utf8_utf16_count(const char *s);      /* UTF-16 units, as Excel and web boxes count */
int utf8_is_variation_selector(uint32_t cp); /* U+FE00-FE0F, U+E0100-E01EF */
/* Characters that Unicode 15 gives no shape (Default_Ignorable_Code_Point): zero-width spaces and
 * joiners, byte order marks, soft hyphens, marks of direction, fillers, tags. Not the selectors. */
int utf8_is_ignorable(uint32_t cp);
/* Copies the character at s (len > 0 bytes are there) as a message may show it: what would break
 * the line, command the terminal, turn the text around it, be invisible or unprintable becomes
 * \x1B or \u200B. NUL-ended; returns its length. */
enum { UTF8_SHOWN = 11 };
size_t utf8_show(const char *s, size_t len, size_t *used, char out[UTF8_SHOWN]);
/* The same for files: only a malformed byte changes, into \xE9, so that what is written is UTF-8.
 */
size_t utf8_mend(const char *s, size_t len, size_t *used, char out[UTF8_SHOWN]);
int utf8_is_private(uint32_t cp); /* U+E000-F8FF, planes 15 and 16 */
/* What nobody else can read: private use, noncharacters, U+FFF9-FFFD. */
int utf8_is_unprintable(uint32_t cp);
const char *utf8_block(uint32_t cp); /* the Unicode block's English name, "unknown" if none */
const char *utf8_block_zh(uint32_t cp);

#endif
