/* gb18030.h - the character that a code of GB 18030 stands for.
 *
 * By a table of our own, so that the answer is the same on every system: the C libraries follow
 * different editions of the standard. The mapping is the Unicode Technical Committee's
 * (L2/23-003R), by which the two-byte and the four-byte form of the eighteen characters that the
 * editions of 2005 and 2022 disagree on both give the character that Unicode has assigned. */
#ifndef RECORD_GB18030_H
#define RECORD_GB18030_H

#include <stddef.h>
#include <stdint.h>

#define GB18030_BAD UINT32_MAX       /* no code of the standard begins here */
#define GB18030_CUT (UINT32_MAX - 1) /* the bytes end inside a code */

/* Reads one code at s (n bytes are there, n > 0); *used is the number of its bytes. A3A0, the wide
 * space of old systems, U+E5E5 in the standard's own table, is U+3000. */
uint32_t gb18030_next(const char *s, size_t n, size_t *used);

#endif
