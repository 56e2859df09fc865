/* needed_papers.h - which papers an applicant needs, and what becomes of each:
 * a profile's papers.xml.
 */
#ifndef QUERY_NEEDED_PAPERS_H
#define QUERY_NEEDED_PAPERS_H

#include "query/query.h"

struct needed_paper {
    record_node *node;  /* <item>, for templates */
    const char *name;   /* the program's */
    struct query *when; /* NULL: everybody needs it */
    int copies;
    enum { GOES_LOOSE, GOES_BOUND, GOES_TO_PLATFORM } goes;
};

struct needed_papers {
    struct arena arena;
    struct needed_paper *list; /* in the file's order */
    size_t n, cap;
    struct query_list queries;
    struct _xmlDoc *document;
};

/* NULL: every fault was reported with file:line. */
struct needed_papers *needed_papers_load(const char *path, struct diag *diag);
void needed_papers_free(struct needed_papers *p); /* NULL is fine */
const struct needed_paper *needed_papers_find(const struct needed_papers *p,
                                              const char *name); /* NULL: it is not there */

#endif
