/* engine.h - the rules evaluated on the record, its files and the laid-out papers. What rules ask
 * of files, glyphs and fits is answered by the modules that draw. Findings carry the rule's id,
 * clause, paper and the field's label. */
#ifndef CHECK_ENGINE_H
#define CHECK_ENGINE_H

#include "check/rules.h"
#include "record/record.h"

#include <stdint.h>

/* What an applicant holds that means something only beside all others: how many there are of a
 * unit, who claims the same. Small, since the facts of all applicants are held at once. */
struct engine_fact {
    size_t number;       /* the gatherer's or the case's, among all */
    uint64_t key, value; /* hashes; facts of one key conflict when their values differ, or when none
                            has a value (0) */
};

struct engine_facts {
    struct engine_fact *list; /* free() it */
    size_t n, cap;
};

/* Evaluates rules, in one process. */
struct engine;
struct engine *engine_new(const struct rules *r, const char *asof);
void engine_free(struct engine *engine);
/* The printed pages of evidence, once the dossier's pages have numbers: a number, 另附, 系统, NULL
 * for none. Without them R60 and R87 are not asked. */
void engine_set_pages(struct engine *engine, const char *(*page)(const char *id, void *data),
                      void *data);
/* All that is wrong with one applicant; a faulty one's papers are not laid out. Its facts are
 * added. */
void engine_check_applicant(struct engine *engine, const struct applicant *who,
                            struct engine_facts *facts, struct diag *diag);

struct engine_claim {
    struct engine_fact fact;
    size_t order; /* of the applicant whose it is */
};
/* The fact of an applicant that is at odds with that of one before. */
struct engine_conflict {
    struct engine_fact fact;
    size_t order, first;
};
/* Sorts the claims, which stay the caller's and are borrowed for the engine's life, and returns the
 * conflicts by the order of the later applicant, in the arena. */
size_t engine_compare(struct engine *engine, struct engine_claim *claims, size_t n,
                      struct arena *arena, struct engine_conflict **out);
/* Reports an applicant's conflicts; first(order) is the other's id and name, for the message. */
void engine_report_conflicts(struct engine *engine, const struct applicant *who,
                             const struct engine_conflict *list, size_t n,
                             const char *(*first)(size_t order, void *data), void *data,
                             struct diag *diag);
/* The rules on units, delegations and the batch, after engine_compare: those that a wanted unit
 * belongs to. */
void engine_check_shared(struct engine *engine, const struct record *record,
                         bool (*wanted)(const char *unit, void *data), void *data,
                         struct diag *diag);

#endif
