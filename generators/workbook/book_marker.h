/* book_marker.h - a workbook with what is wrong in it: faulty cells filled, with the messages as
 * their comments, and a first sheet that lists all findings with links to their cells. All else of
 * the file stays as it is; what earlier marks have left goes. */
#ifndef WORKBOOK_BOOK_MARKER_H
#define WORKBOOK_BOOK_MARKER_H

#include "workbook/book_template.h"

struct book_marking;

/* Findings of this workbook; those of its own cells are marked there. fd and name: as for
 * xlsx_open, open and valid until book_marking_free, as are the findings and the losses: what of
 * the file is not kept, to be told before anything is written. path: what is to be written. NULL:
 * reported there, too. */
struct book_marking *book_mark(int fd, const char *name, const struct finding *const *list,
                               size_t n, enum language language, const char *path,
                               struct diag *losses);
/* false: reported. */
bool book_mark_write(struct book_marking *m, struct diag *diag);
void book_marking_free(struct book_marking *m); /* NULL is fine */

#endif
