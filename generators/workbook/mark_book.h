/* mark_book.h - the workbook's own part when a list of findings becomes its first sheet, in the
 * place of those of earlier runs. */
#ifndef WORKBOOK_MARK_BOOK_H
#define WORKBOOK_MARK_BOOK_H

#include "workbook/package_edit.h"

struct mark_book {
    struct package_edit *package;
    xmlNode *root; /* <workbook> */
    struct arena *arena;
    const bool *dropped; /* of each sheet, in the order of the tabs */
    size_t n_sheets;
};

/* The title that the list gets: one that no sheet that stays has. */
const char *mark_book_title(const struct mark_book *b, const char *title);
/* relation: the id of the new sheet's; space: the namespace of such ids. The sheet is the first
 * and is shown; names that belong to sheets by their places go on to do so. */
void mark_book_write(const struct mark_book *b, const char *title, const char *relation,
                     const char *space);

#endif
