/* kit.h - templates/package.xml: which papers an applicant gets, and a delegation, in how many
 * copies, and how they are printed. What papers.xml says of a paper (for whom, copies, where it
 * goes) holds here, too, unless package.xml differs. */
#ifndef PAPERS_KIT_H
#define PAPERS_KIT_H

#include "core/digest.h"
#include "papers/press.h"

enum kit_print {
    KIT_RUN,
    KIT_SINGLE,
    KIT_NOT
}; /* merged with the others' of the delegation; by itself; not at all */

struct kit_paper {
    const char *name; /* the program's */
    const char *file; /* its name in the tree, without suffix */
    struct src_pos at;
    struct query *when; /* NULL: for everybody */
    bool delegation;    /* one a delegation */
    bool sheet;         /* the roster: no paper of the press */
    int paper;          /* the press's number */
    int copies;
    bool duplex;
    const char *binding; /* loose, bound, platform */
    enum kit_print print;
    char digest[DIGEST_HEX]; /* of its template */
};

struct kit;

/* Loads all its papers into the press; NULL: every fault was reported with file:line. */
struct kit *kit_load(const char *path, const char *papers, struct press *press, struct diag *diag);
void kit_free(struct kit *k);
size_t kit_papers(const struct kit *k, const struct kit_paper **out);
/* Does the record that ctx has been begun on get it? */
bool kit_wants(const struct kit_paper *p, struct query_context *ctx, record_node *root);

#endif
