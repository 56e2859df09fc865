/* numbering.h - the numbers and bullets that Word sets before paragraphs (word/numbering.xml), as
 * text. */
#ifndef WORKBOOK_NUMBERING_H
#define WORKBOOK_NUMBERING_H

#include "workbook/archive.h"

enum { NUMBERING_LEVELS = 9 };

struct numbering;

/* part ARCHIVE_NONE: the document numbers nothing. NULL: reported; free with numbering_free. */
struct numbering *numbering_read(struct archive *a, int part);
void numbering_free(struct numbering *n); /* NULL is fine */
/* Counts a paragraph of the list, and appends what stands before it. */
void numbering_next(struct numbering *n, long long list, int level, struct buffer *out);

#endif
