/* gather.h - applicants side by side, for the papers that are about a unit, a delegation or the
 * whole batch and not about one applicant.
 *
 * One pass over the record gives each of them a small document of its own: <batch> with its plan
 * and committee, the delegations and units that belong to it, and in each unit its selected
 * applicants with no elements but those whose names were asked for. So the same paths hold as
 * everywhere: from the unit applicant/person/name, from the delegation ../unit/applicant, from the
 * batch unit/applicant. */
#ifndef RECORD_GATHER_H
#define RECORD_GATHER_H

#include "record/record.h"
#include "record/scope.h"

/* Of a unit, its name; of a delegation, its issuer; of the batch "". */
struct gathered {
    const char *id, *name;
    record_node *node; /* the <unit>, the <delegation> or the <batch> */
    struct src_pos at;
    size_t n;           /* applicants */
    const char *faulty; /* the ids of those in which the first pass found faults, the first of
                           them where there are many; NULL: none */
    size_t n_faulty;
};

#define GATHERED_BATCH_ID "batch"

struct gathering;

/* keep: names of elements within applicants, NULL-ended; NULL: all. By delegations, applicants
 * whose unit names none that the record has are reported, each: no paper would name them. Whom no
 * selected applicant belongs to is left out. NULL: a reported fault. */
struct gathering *record_gather(const struct record *r, enum record_scope scope,
                                const char *const *keep, struct diag *diag);
/* Of one of them alone, whose applicants have these indices, in rising order: who knows them
 * already saves the memory of all the others. The cursor is kept for the next one, which often
 * stands behind it; one that is beyond the first index is replaced. */
struct gathering *record_gather_one(const struct record *r, struct record_cursor **cursor,
                                    enum record_scope scope, const size_t *indices, size_t n,
                                    const char *const *keep, struct diag *diag);
/* Does the record have the delegation that the applicant's unit names? false: reported. */
bool record_is_delegated(const struct record *r, const struct applicant *who, struct diag *diag);
size_t gathering_list(const struct gathering *g, const struct gathered **out);
void gathering_free(struct gathering *g);

#endif
