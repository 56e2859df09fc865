/* batch.h - whom a run of package is about: applicants, those chosen among them, and delegations,
 * units and the whole, each with its folder in the tree. */
#ifndef PACKAGE_BATCH_H
#define PACKAGE_BATCH_H

#include "package/shard.h"
#include "papers/catalogue.h"
#include "record/record.h"

struct person {
    const char *id, *name, *unit, *unit_name, *delegation, *target;
    const char *folder; /* in the tree */
    struct src_pos at;
    size_t number; /* in the record, and among the batch's people */
    double weight; /* what it takes to draw the papers, about: of a batch that is divided */
    bool faulty;   /* its record is */
    bool drawn;    /* all its papers are there: batch_settle */
};

/* People side by side, whom papers and lists are about: a delegation, a unit, or all of the batch.
 */
struct people_group {
    enum record_scope scope;
    const char *id, *name, *folder; /* name: of a delegation its issuer; of the batch "" */
    const char *delegation;         /* its id; of the batch "" */
    struct src_pos at;
    const struct person **members; /* those chosen, in order */
    size_t n;
    const char *undrawn; /* batch_settle: the ids of those chosen who are not drawn,
                            the first of them where there are many; NULL: none */
    size_t n_listed;     /* likewise: who stands in its papers and lists; 0: none are made */
};

/* Read-only but for batch.c. */
struct batch {
    struct person *people; /* all of the record's */
    size_t n_people;
    const struct person **chosen; /* who was asked for */
    size_t n_chosen;
    /* Whose papers are made, those with an applicant: delegations; then units and the batch, where
     * papers are about such. */
    struct people_group *groups;
    size_t n_groups;
    const struct record *record; /* lent */
    const struct catalogue *papers;
    struct arena arena;
};

/* What a run makes. */
enum batch_scope {
    BATCH_WHOLE,      /* all; who is in no delegation is reported */
    BATCH_PEOPLE,     /* papers of some applicants */
    BATCH_DELEGATIONS /* letters, rosters and print runs of some delegations, and their units' */
};

/* part: of which shard. */
struct batch *batch_new(struct record *record, const struct catalogue *papers,
                        const struct shard *part, enum batch_scope scope, struct diag *diag);
void batch_free(struct batch *b); /* NULL is fine */
/* Gives everybody and every group a folder, <delegation>/<unit>/<applicant>, each name safe and no
 * two alike in one folder; applicant: how an applicant's own is called, NULL: as the catalogue
 * says. false: reported. */
bool batch_name_folders(struct batch *b, const char *applicant, struct diag *diag);
/* Is the path, in the tree, the run's own, and no folder of the batch? */
bool batch_is_reserved(const char *path);
/* "applicant", "unit", "delegation", "batch". */
const char *batch_scope_word(enum record_scope scope);
void batch_set_drawn(struct batch *b, size_t number);
/* When all are drawn who can be: who stands in letters and rosters. A group of which somebody is
 * not drawn gets none, or, with ready_only, those of the others. */
void batch_settle(struct batch *b, bool ready_only);
/* Of a member. */
bool batch_is_listed(const struct person *person, const struct people_group *group);

#endif
