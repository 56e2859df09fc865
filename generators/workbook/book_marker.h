/* book_marker.h - a workbook with what is wrong in it: faulty cells filled, with the messages as
 * their comments, and a first sheet that lists all findings with links to their cells. All else of
 * the file stays as it is; what earlier marks have left goes. */
#ifndef WORKBOOK_BOOK_MARKER_H
#define WORKBOOK_BOOK_MARKER_H

#include "workbook/book_template.h"

/* Writes the workbook behind fd, called name in messages, to path with findings of it, in this
 * language; those of its own cells are marked there. What of the file is not kept is printed, in
 * the language that is spoken, before anything is written. false: reported. */
bool book_mark(int fd, const char *name, const struct finding *const *list, size_t n,
               enum language language, enum language spoken, const char *path, struct diag *diag);

#endif
