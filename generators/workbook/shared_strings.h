/* shared_strings.h - the strings of a workbook that its cells name by number: in a file without a
 * name, since they may be too many for memory; only where each begins is held. */
#ifndef WORKBOOK_SHARED_STRINGS_H
#define WORKBOOK_SHARED_STRINGS_H

#include "workbook/archive.h"

struct shared_strings;

/* part ARCHIVE_NONE: there are none. NULL: a fault, which was reported. */
struct shared_strings *shared_strings_read(struct archive *a, int part);
void shared_strings_free(struct shared_strings *s); /* NULL is fine */
/* Rich runs joined, phonetic ones left out; borrowed. NULL: there is none of that number. */
const char *shared_strings_get(const struct shared_strings *s, size_t number);

#endif
