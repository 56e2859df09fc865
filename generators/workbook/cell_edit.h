/* cell_edit.h - cells of a workbook are given other texts; all else of the file is copied as it is.
 */
#ifndef WORKBOOK_CELL_EDIT_H
#define WORKBOOK_CELL_EDIT_H

#include "core/finding.h"

/* What becomes of an edit whose cell does not hold what it must. */
enum cell_edit_need {
    CELL_EDIT_MUST, /* an error: nothing is written */
    CELL_EDIT_TOLD, /* a warning, unless the cell holds the new text already; the others are made */
    CELL_EDIT_MAY   /* passed over */
};

struct cell_edit {
    const char *sheet, *cell; /* "项目", "D7" */
    const char *was;          /* what it must hold; NULL: whatever it is */
    const char *value;        /* "": nothing */
    enum cell_edit_need need;
    struct src_pos at; /* of CELL_EDIT_TOLD: where the edit itself is written down */
};

/* Reads the workbook behind fd, called name in messages, and writes the new one to path. false:
 * reported, and nothing is written. Other forms of a value than text (a number, a date) are their
 * text as the file has it. */
bool cell_edit_write(int fd, const char *name, const struct cell_edit *edits, size_t n,
                     const char *path, struct diag *diag);
/* "现在是…" in both languages, in the arena: a field that others have changed meanwhile. */
void cell_edit_conflict(const char *now, const char *was, struct arena *arena, const char **zh,
                        const char **en);

#endif
