/* cited.h - the files that one applicant cites, each opened once. */
#ifndef CHECK_CITED_H
#define CHECK_CITED_H

#include "dossier/attachment.h"

struct cited {
    const char *href;
    struct media_file file;
    struct media_image image;
    struct media_backdrop *backdrop; /* NULL: not looked for, or it cannot be told */
    bool open, sound, looked; /* sound: a picture that can be drawn; looked: for the backdrop */
    char digest[17];          /* of its bytes; "": not asked for yet, or not open */
    long pages;               /* of a PDF; 1 for a picture, 0 when it is unreadable */
    struct cited *next;
};

struct cited_files {
    struct attachment_reader *reader; /* borrowed */
    const char *dir;                  /* where the applicant's file is */
    struct cited *list;
    struct arena arena;
};

/* How an element cites it. */
struct citation {
    const char *pages; /* "2-4,7"; NULL or "": all */
    bool photo;        /* a picture of a person, which no volume binds */
    struct finding where;
};

/* Opens the file the first time it is asked for, and reports its faults then; those of the pages
 * that are cited each time. NULL for citation and diag: nothing is reported. */
struct cited *cited_file(struct cited_files *files, const char *href,
                         const struct citation *citation, struct diag *diag);
void cited_close(struct cited_files *files);

#endif
