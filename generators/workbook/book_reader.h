/* book_reader.h - a workbook as XML in our vocabulary, and which cell each of its lines is of. */
#ifndef WORKBOOK_BOOK_READER_H
#define WORKBOOK_BOOK_READER_H

#include "core/cells.h"
#include "workbook/book_template.h"

/* What of the XML, and of the map's rows, is an applicant's. */
struct book_person {
    size_t from, to;           /* bytes */
    long line, end_line;       /* the first, and the first behind */
    size_t first_row, end_row; /* likewise */
    size_t n_flaws;
};

struct book_made {
    int fd; /* the XML, in a file without a name; the caller's to close */
    struct cell_map map;
    const struct book_person *people; /* in the order of the XML */
    size_t n_people;
    bool has_stray_rows; /* rows that nobody is known to own were reported, and left out */
};

/* fd: the workbook; name: for messages; dir: of the files that it names. What is wrong with the
 * data, and what was read otherwise than written, goes to remarks; who is at fault is marked in the
 * map. false: nothing can be read of it, which remarks or diag say. Strings live in the arena; free
 * with book_made_clear. */
bool book_read(const struct book_template *form, int fd, const char *name, const char *dir,
               struct arena *arena, struct book_made *out, struct diag *remarks, struct diag *diag);
void book_made_clear(struct book_made *made);

#endif
