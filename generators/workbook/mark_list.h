/* mark_list.h - the first sheet of a marked workbook: all findings, with links to their cells. */
#ifndef WORKBOOK_MARK_LIST_H
#define WORKBOOK_MARK_LIST_H

#include "workbook/mark_styles.h"
#include "workbook/xlsx.h"

struct listed_finding {
    const struct finding *finding;
    const char *text; /* in the list's language, with nothing that XML cannot hold */
    bool linked;      /* its sheet is in the book */
};

extern const char mark_list_title[]; /* 核查结果 */

/* The words of a severity, in the language of the list. */
const char *mark_severity(enum severity severity, enum language language);
/* The sheet's XML. space: the namespace of sheets; memory goes into the arena. */
void mark_list_write(const struct listed_finding *list, size_t n, enum language language,
                     const char *space, struct mark_styles *styles, struct arena *arena,
                     struct buffer *out);
/* Is it such a sheet, of an earlier run? *noted: it holds more than we have written. A damaged one
 * is reported. */
bool mark_list_is(struct xlsx *x, size_t sheet, bool *noted, struct diag *diag);

#endif
