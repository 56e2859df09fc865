/* formats.h - the number formats of a workbook's cells, as far as dates need them: of all that a
 * style says nothing else is read. */
#ifndef WORKBOOK_FORMATS_H
#define WORKBOOK_FORMATS_H

#include "workbook/archive.h"

struct format {
    const char *code; /* "General" for none, "" for built-in ones whose code depends on the
                       * language (27-36, 50-58) */
    bool date;        /* shows a date or a time */
    bool day_shown, year_shown;
};

struct formats {
    const struct format **of_style; /* of the i-th cell style */
    size_t n;
};

/* part ARCHIVE_NONE: the book has no styles. Lives in the arena; false: reported. */
bool formats_read(struct archive *a, int part, struct arena *arena, struct formats *out);
/* Never NULL: a style that does not exist is General. */
const struct format *formats_of(const struct formats *f, size_t style);
/* What a code shows; the code is borrowed. */
struct format format_of_code(const char *code);

#endif
