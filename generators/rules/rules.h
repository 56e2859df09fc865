/* rules.h - the preflight: what templates/rules.xml says, evaluated on the record, its media and the laid-out papers.
 *
 * Rules are data (rules.xml, changed by a rules.local.xml beside it in an overlay); what they ask of files, glyphs and
 * fits is answered by the modules that draw. Findings carry the rule's id, clause, paper and the field's label. */
#ifndef RULES_RULES_H
#define RULES_RULES_H

#include "record/record.h"
#include "text/font.h"

/* prepare: before printing; what exists only once the papers are sealed is then a note. submit: before mailing. */
enum rules_stage { STAGE_PREPARE, STAGE_SUBMIT };

struct rules_options {
    const char *const *dirs; /* where rules.xml, rules.local.xml, holidays.xml and the papers' templates are searched */
    enum rules_stage stage;
    const char *only, *except; /* "R18,R68"; NULL: all of them, none of them */
    bool show_ids;             /* the number of a person's document in full; else its middle is hidden */
    struct fonts *fonts;       /* for the papers; NULL: none is laid out */
};

struct rules;

/* Reports every fault of the files with file:line (system faults), and what is wrong with the papers' templates themselves
 * (R05 ...). NULL on a system fault. Borrows the options' strings and the fonts. */
struct rules *rules_load(const struct rules_options *options, struct diag *diag);
void rules_free(struct rules *r);

/* What an applicant holds that is told only beside all others: how many of a unit, who claims the same. */
struct rules_fact {
    size_t number;           /* the gatherer's or the case's, among all */
    const char *key, *value; /* value: facts of one key conflict when it differs; NULL: always */
    const char *text[LANGUAGE_COUNT]; /* the message, with RULES_OTHER for the other's id and name; NULL: only counted */
    const char *label, *field;
    struct src_pos at;
};
#define RULES_OTHER '\1'

struct rules_facts {
    struct arena arena;
    struct rules_fact *list;
    size_t n, cap;
};
void rules_facts_clear(struct rules_facts *f);

/* The evaluation in one process. */
struct rules_run;
struct rules_run *rules_run_new(const struct rules *r, const char *asof);
void rules_run_free(struct rules_run *run);
/* The printed pages of evidence, once the plan is known: a number, 另附, 系统, NULL for none. Without it R60 and R87 are
 * not asked. */
void rules_set_pages(struct rules_run *run, const char *(*page)(const char *id, void *data), void *data);
/* All that is wrong with one applicant; a faulty one's papers are not laid out. */
void rules_applicant(struct rules_run *run, const struct applicant *who, struct rules_facts *facts, struct diag *diag);

/* All applicants' facts, each with whose it is; the strings are borrowed for the run's life. */
struct rules_claim {
    struct rules_fact fact;
    const char *applicant, *name, *unit;
    size_t order; /* of the applicants: the later one's fault it is */
};
/* Sorts the claims, and reports what conflicts. */
void rules_compare(struct rules_run *run, struct rules_claim *claims, size_t n, struct diag *diag);
/* The rules on units, delegations and the batch, after rules_compare: those that a wanted unit belongs to. */
void rules_shared(struct rules_run *run, const struct record *record, bool (*wanted)(const char *unit, void *data),
                  void *data, struct diag *diag);

#endif
