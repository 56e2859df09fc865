/* rules.h - the preflight: what templates/rules.xml says, evaluated on the record, its media and
 * the laid-out papers.
 *
 * Rules are data (rules.xml, changed by a rules.local.xml beside it in an overlay); what they ask
 * of files, glyphs and fits is answered by the modules that draw. Findings carry the rule's id,
 * clause, paper and the field's label. */
#ifndef CHECK_RULES_H
#define CHECK_RULES_H

#include "record/record.h"
#include "text/font.h"

#include <stdint.h>

/* prepare: before printing; what exists only once the papers are sealed is then a note. submit:
 * before mailing. */
enum rules_stage { STAGE_PREPARE, STAGE_SUBMIT };

struct rules_options {
    const char *const *dirs; /* where rules.xml, rules.local.xml, holidays.xml and the papers'
                                templates are searched */
    enum rules_stage stage;
    const char *only, *except; /* "R18,R68"; NULL: all of them, none of them */
    bool show_ids;       /* the number of a person's document in full; else its middle is hidden */
    struct fonts *fonts; /* for the papers; NULL: none is laid out */
};

struct rules;

/* Reports every fault of the files with file:line (system faults), and what is wrong with the
 * papers' templates themselves (R05 ...). NULL on a system fault. Borrows the options' strings and
 * the fonts. */
struct rules *rules_load(const struct rules_options *options, struct diag *diag);
void rules_free(struct rules *r);

/* What an applicant holds that is told only beside all others: how many of a unit, who claims the
 * same. Small, since those of all applicants are held at once. */
struct rules_fact {
    size_t number;       /* the gatherer's or the case's, among all */
    uint64_t key, value; /* hashes; facts of one key conflict when their values differ, or when they
                            have none (0) */
};

struct rules_facts {
    struct rules_fact *list; /* free() it */
    size_t n, cap;
};

/* The evaluation in one process. */
struct rules_run;
struct rules_run *rules_run_new(const struct rules *r, const char *asof);
void rules_run_free(struct rules_run *run);
/* The printed pages of evidence, once the plan is known: a number, 另附, 系统, NULL for none.
 * Without it R60 and R87 are not asked. */
void rules_set_pages(struct rules_run *run, const char *(*page)(const char *id, void *data),
                     void *data);
/* All that is wrong with one applicant; a faulty one's papers are not laid out. Its facts are
 * added. */
void rules_applicant(struct rules_run *run, const struct applicant *who, struct rules_facts *facts,
                     struct diag *diag);

struct rules_claim {
    struct rules_fact fact;
    size_t order; /* of the applicant whose it is */
};
/* The fact of an applicant that is at odds with that of one before. */
struct rules_conflict {
    struct rules_fact fact;
    size_t order, first;
};
/* Sorts the claims, which stay the caller's and are borrowed for the run's life, and returns the
 * conflicts by the order of the later applicant, in the arena. */
size_t rules_compare(struct rules_run *run, struct rules_claim *claims, size_t n,
                     struct arena *arena, struct rules_conflict **out);
/* Tells an applicant's conflicts; first(order) is the other's id and name, for the message. */
void rules_tell_conflicts(struct rules_run *run, const struct applicant *who,
                          const struct rules_conflict *list, size_t n,
                          const char *(*first)(size_t order, void *data), void *data,
                          struct diag *diag);
/* The rules on units, delegations and the batch, after rules_compare: those that a wanted unit
 * belongs to. */
void rules_shared(struct rules_run *run, const struct record *record,
                  bool (*wanted)(const char *unit, void *data), void *data, struct diag *diag);

#endif
