/* cell_edit.h - one cell of a workbook is given another text; all else of the file is copied as it
 * is. */
#ifndef WORKBOOK_CELL_EDIT_H
#define WORKBOOK_CELL_EDIT_H

#include "core/finding.h"

struct cell_edit {
    const char *sheet, *cell; /* "项目", "D7" */
    const char *was;          /* what it must hold; NULL: whatever it is */
    const char *value;        /* "": nothing */
};

/* Reads the workbook behind fd, called name in messages, and writes the new one to path. false:
 * reported, as when the cell holds another text than it was said to; nothing is written. Other
 * forms of a value than text (a number, a date) are their text as the file has it. */
bool cell_edit_write(int fd, const char *name, const struct cell_edit *edit, const char *path,
                     struct diag *diag);

#endif
