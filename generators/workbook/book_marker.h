/* book_marker.h - a workbook written again with what is wrong in it: faulty cells filled, with the
 * messages as their comments, and a first sheet that lists all findings with links to their cells.
 */
#ifndef WORKBOOK_BOOK_MARKER_H
#define WORKBOOK_BOOK_MARKER_H

#include "workbook/book_template.h"

/* Findings of this workbook; those of its own cells are marked there. fd and name: as for
 * xlsx_open. What of the file cannot be kept is warned about before anything is written; what
 * earlier marks have left goes. false: reported. */
bool book_mark(const struct book_template *form, int fd, const char *name,
               const struct finding *const *list, size_t n, enum language language,
               const char *path, struct diag *diag);

extern const char book_sheet_findings[]; /* 核查结果 */

#endif
