/* field_edit.h - corrections of fields, said by person and path, as edits of a workbook's cells. */
#ifndef WORKBOOK_FIELD_EDIT_H
#define WORKBOOK_FIELD_EDIT_H

#include "record/record.h"
#include "workbook/cell_edit.h"

struct field_edit {
    /* Whose field, and its path as record_path has it ("person/name", "batch/unit/@name"); NULL:
     * the cell below is meant, whosever it is. */
    const char *applicant, *field;
    const char *sheet, *cell;
    const char *was, *value; /* was NULL: whatever it is */
    enum cell_edit_need need;
    struct src_pos at; /* where the correction is written down; file NULL: nowhere */
};

struct field_edits {
    struct field_edit *list;
    size_t n, cap;
};

/* Reads corrections, one JSON object a line: {"applicant", "field", "place": "人员!D7", "was",
 * "value"}, into the arena; each is one that need not succeed. false: reported. */
bool field_edits_read(const char *path, struct field_edits *out, struct arena *arena,
                      struct diag *diag);
/* "人员!D7=男" or "A003:person/sex=男". false: it is neither. */
bool field_edit_parse(const char *word, struct field_edit *out, struct arena *arena);

/* The cells of the workbook `record` was read from: one for each field, and for the name of a
 * person the cells of all sheets that repeat it. A field that does not hold what it must is treated
 * as its need says. What is returned is in the arena. false: reported. */
bool field_edits_place(const struct field_edits *edits, struct record *record,
                       struct cell_edit **out, size_t *n, struct arena *arena, struct diag *diag);

#endif
