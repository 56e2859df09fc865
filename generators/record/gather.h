/* gather.h - applicants side by side, for the papers that are about a delegation and not about one
 * applicant.
 *
 * One pass over the record gives each delegation a small document of its own: <batch> with its plan
 * and committee, the <delegation>, its units, and in each its selected applicants with no elements
 * but those whose names were asked for. So the same paths hold as everywhere: from the delegation,
 * ../unit/applicant/person/name. */
#ifndef RECORD_GATHER_H
#define RECORD_GATHER_H

#include "record/record.h"

struct gathered {
    const char *id, *issuer;
    record_node *node; /* the <delegation> */
    struct src_pos at;
    size_t n;           /* applicants */
    const char *faulty; /* the ids of those in which the first pass found faults; NULL: none */
};

struct gathering;

/* Applicants whose unit names no delegation that the record has are reported, each: no paper would
 * name them. keep: names of elements within applicants, NULL-ended. Delegations without a selected
 * applicant are left out. NULL: a reported fault. */
struct gathering *record_gather(const struct record *r, const char *const *keep, struct diag *diag);
/* Of one delegation alone, whose applicants have these indices, in rising order: who knows them
 * already saves the memory of all the others. */
struct gathering *record_gather_one(const struct record *r, const char *delegation,
                                    const size_t *indices, size_t n, const char *const *keep,
                                    struct diag *diag);
/* Does the record have the delegation that the applicant's unit names? false: reported. */
bool record_is_delegated(const struct record *r, const struct applicant *who, struct diag *diag);
size_t gathering_list(const struct gathering *g, const struct gathered **out);
void gathering_free(struct gathering *g);

#endif
