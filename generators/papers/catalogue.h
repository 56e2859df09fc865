/* catalogue.h - a profile's package.xml: which papers an applicant gets, a unit, a delegation and
 * the batch, in how many copies, and how they are printed. What papers.xml says of a paper (for
 * whom, copies, where it goes) holds here, too, unless package.xml differs. */
#ifndef PAPERS_CATALOGUE_H
#define PAPERS_CATALOGUE_H

#include "papers/paper_maker.h"

enum print_mode {
    PRINT_MERGED, /* with the others' of the delegation */
    PRINT_SINGLE,
    PRINT_NOT
};

struct catalogue_paper {
    const char *name; /* the program's */
    const char *file; /* its name in the tree, without suffix */
    struct src_pos at;
    struct query *when;      /* NULL: for everybody */
    enum record_scope scope; /* what one of it is about */
    bool sheet;              /* a roster: the paper maker does not know it */
    bool folder;             /* the upload kit, files in a folder: likewise */
    int paper;               /* the paper maker's number */
    int copies;
    int loose_copies; /* of these: less the one that is bound into the volume */
    bool duplex, colour;
    const char *binding; /* loose, bound, platform */
    enum print_mode print;
    char digest[DIGEST_HEX]; /* of its template */
};

struct catalogue;

#define CATALOGUE_FOLDER "{id}-{name}" /* unless the profile says otherwise */
/* How folders of the tree are called: {id} and {name}, of applicants {unit} and {unit-name}, too.
 */
struct catalogue_folders {
    const char *applicant, *unit, *delegation, *batch;
};
const struct catalogue_folders *
catalogue_folders(const struct catalogue *c); /* NULL: as is usual */

/* How many sheets a box takes, of those that a person's volumes are handed in in; 0: in none. */
int catalogue_box_sheets(const struct catalogue *c);

/* Loads all its papers into the paper maker, whose setting that is. NULL: every fault was reported
 * with file:line. */
struct catalogue *catalogue_load(const char *path, const struct paper_setting *setting,
                                 struct paper_maker *maker, struct diag *diag);
void catalogue_free(struct catalogue *c);
size_t catalogue_papers(const struct catalogue *c, const struct catalogue_paper **out);
/* Does the record that ctx has been begun on get it? */
bool catalogue_needs(const struct catalogue_paper *p, struct query_context *ctx, record_node *root);

/* Has it (NULL: no) papers about such, rosters among them or not? */
bool catalogue_has(const struct catalogue *c, enum record_scope scope);
/* What the papers about several applicants see of each, all of them together; NULL-ended; NULL:
 * everything. */
const char *const *catalogue_elements(const struct catalogue *c);

#endif
