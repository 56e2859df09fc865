/* cited.h - the files that one applicant cites, each opened once. */
#ifndef CHECK_CITED_H
#define CHECK_CITED_H

#include "media/media.h"

struct cited {
    const char *href;
    struct media_file file;
    struct media_image image;
    struct media_backdrop *backdrop; /* NULL: not looked for, or it cannot be told */
    bool open, sound, looked; /* sound: a picture that can be drawn; looked: for the backdrop */
    long pages;               /* of a PDF; 1 for a picture, 0 when it is unreadable */
    struct cited *next;
};

struct cited_files {
    const char *dir; /* where the applicant's file is */
    struct cited *list;
    struct arena arena;
};

/* Opens the file the first time it is asked for; its faults are reported then, with where, or if
 * diag is NULL not at all. */
struct cited *cited_file(struct cited_files *files, const char *href, const struct finding *where,
                         struct diag *diag);
void cited_close(struct cited_files *files);

#endif
