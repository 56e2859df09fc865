/* book_excerpts.h - what one person's papers need of a workbook that has been read: kept in a file,
 * for who looks at one person and would else read everybody's rows again.
 *
 * An excerpt is the person's XML among that of the batch, the delegations and all units, so that
 * whatever is made of it is what would be made of the whole. It counts only as long as the files
 * that it was made of are as they were then (digest_cache_same). */
#ifndef WORKBOOK_BOOK_EXCERPTS_H
#define WORKBOOK_BOOK_EXCERPTS_H

#include "record/record.h"
#include "workbook/book_reader.h"

/* How the files are now, which a reading depends on: the workbook, and what tells how to read it.
 * false: one of them cannot be asked. */
bool book_excerpts_state(const char *const *files, size_t n, struct buffer *out);

/* state: before the workbook was read. Whoever is at fault has no excerpt. false: reported. */
bool book_excerpts_write(const char *path, const struct buffer *state, const struct book_made *made,
                         const struct record *record, struct diag *diag);

struct book_excerpt {
    struct book_made made;
    struct record_recommended *recommended; /* by the units of the whole batch */
    size_t n_recommended;
};

/* name: of the workbook, for messages. false: there is none of the person by that state, or none
 * that can be read: read the workbook. Strings live in the arena; clear made. */
bool book_excerpt_read(const char *path, const struct buffer *state, const char *name,
                       const char *person, struct arena *arena, struct book_excerpt *out);

#endif
