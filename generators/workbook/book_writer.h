/* book_writer.h - writes the intake workbook, blank or with what a record holds (libxlsxwriter). */
#ifndef WORKBOOK_BOOK_WRITER_H
#define WORKBOOK_BOOK_WRITER_H

#include "record/record.h"
#include "workbook/book_template.h"

struct book_request {
    const struct book_template *form;
    /* Sheets and columns that are for other ways to apply or kinds of unit are left out; "": none
     * is. */
    const char *mode, *kind;
    const char *profile; /* the notice, where it is not the one that is taken by itself; "" */
    const struct word_list *modes; /* all that the notice has; NULL: any may come */
    bool single;                   /* of one person: no sheet asks again who it is */
    struct record *record;         /* its selected applicants; NULL: a blank workbook */
    bool narrowed;                 /* only units of these applicants */
};

/* What cannot stand in a cell is an error of its person, and nothing is written then. */
bool book_write(const struct book_request *request, const char *path, struct diag *diag);

/* The custom property that holds the template's version. */
#define BOOK_PROPERTY "shenbao-workbook"

#endif
