/* batch.h - whom a run of package is about: applicants, those chosen among them, and delegations,
 * each with its folder in the tree. */
#ifndef PACKAGE_BATCH_H
#define PACKAGE_BATCH_H

#include "package/shard.h"
#include "record/record.h"

struct person {
    const char *id, *name, *unit, *unit_name, *delegation;
    const char *folder; /* in the tree */
    struct src_pos at;
    size_t number; /* in the record, and among the batch's people */
    bool faulty;   /* its record is */
};

struct delegation {
    const char *id, *issuer, *folder;
    struct src_pos at;
    const char *faulty; /* the ids of its faulty applicants; NULL: none */
    size_t n;           /* applicants */
};

/* Read-only but for batch.c. */
struct batch {
    struct person *people; /* all of the record's */
    size_t n_people;
    const struct person **chosen; /* who was asked for */
    size_t n_chosen;
    struct delegation *delegations; /* of a run over the whole: those with an applicant */
    size_t n_delegations;
    const struct record *record; /* lent */
    struct arena arena;
};

/* part: of which shard; whole: all was asked for, and who is in no delegation is reported. */
struct batch *batch_new(struct record *record, const struct shard *part, bool whole,
                        struct diag *diag);
void batch_free(struct batch *b); /* NULL is fine */
/* Gives everybody and every delegation a folder, <delegation>/<unit>/<applicant>, each name safe
 * and no two alike in one folder; template: the applicant's own. false: reported. */
bool batch_name_folders(struct batch *b, const char *template, struct diag *diag);
bool batch_is_in(const struct person *person, const struct delegation *delegation);

#endif
