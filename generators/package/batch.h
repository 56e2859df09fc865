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
    double weight; /* what it takes to draw the papers, about: of a batch that is divided */
    bool faulty;   /* its record is */
    bool drawn;    /* all its papers are there: batch_settle */
};

struct delegation {
    const char *id, *issuer, *folder;
    struct src_pos at;
    size_t n;            /* applicants */
    const char *undrawn; /* batch_settle: the ids of those chosen who are not drawn; NULL: none */
    size_t n_listed;     /* likewise: who stands in its letter and roster; 0: neither is made */
};

/* Read-only but for batch.c. */
struct batch {
    struct person *people; /* all of the record's */
    size_t n_people;
    const struct person **chosen; /* who was asked for */
    size_t n_chosen;
    struct delegation *delegations; /* whose papers are made: those with an applicant */
    size_t n_delegations;
    const struct record *record; /* lent */
    struct arena arena;
};

/* What a run makes. */
enum batch_scope {
    BATCH_WHOLE,      /* all; who is in no delegation is reported */
    BATCH_PEOPLE,     /* papers of some applicants */
    BATCH_DELEGATIONS /* letters, rosters and print runs of some delegations */
};

/* part: of which shard. */
struct batch *batch_new(struct record *record, const struct shard *part, enum batch_scope scope,
                        struct diag *diag);
void batch_free(struct batch *b); /* NULL is fine */
/* Gives everybody and every delegation a folder, <delegation>/<unit>/<applicant>, each name safe
 * and no two alike in one folder; template: the applicant's own. false: reported. */
bool batch_name_folders(struct batch *b, const char *template, struct diag *diag);
bool batch_is_in(const struct person *person, const struct delegation *delegation);
void batch_set_drawn(struct batch *b, size_t number);
/* When all are drawn who can be: who stands in letters and rosters. A delegation of which somebody
 * is not drawn gets neither, or, with ready_only, those of the others. */
void batch_settle(struct batch *b, bool ready_only);
bool batch_is_listed(const struct person *person, const struct delegation *delegation);

#endif
