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
    bool photo;               /* loaded as layout does, its colours, too */
    char digest[17];          /* of its bytes; "": not asked for yet, or not open */
    long pages;               /* of a PDF; 1 for a picture, 0 when it is unreadable */
    struct page_scan scan;    /* of a PDF, the coarsest of all pages that are cited */
    struct cited *next;
};

struct cited_files {
    struct attachment_reader *reader; /* borrowed */
    const char *dir;                  /* where the applicant's file is */
    struct cited *list;
    struct arena arena;
};

/* How an element cites one. */
struct citation {
    const char *href;
    const char *pages; /* "2-4,7"; NULL or "": all */
    bool photo;        /* a picture of a person, which no volume binds */
    struct finding where;
};

/* Opens what an applicant cites, each file once: its faults are reported at the place that cites it
 * first, those of the pages at each. */
void cited_judge(struct cited_files *files, const struct citation *list, size_t n,
                 struct diag *diag);
/* The file of this name; one that no citation names is opened in silence. Never NULL. */
struct cited *cited_file(struct cited_files *files, const char *href);
/* The name is that of a photograph in which nothing is amiss: who prints it need not load it again,
 * which for the papers that show it was 4 % of check. */
bool cited_is_sound_photo(const char *href, void *files);
void cited_close(struct cited_files *files);

#endif
