/* canonical.h - what a record says, as a digest: the same for every way of writing it down. */
#ifndef RECORD_CANONICAL_H
#define RECORD_CANONICAL_H

#include "core/digest.h"
#include "record/record.h"

/* All that a paper of this applicant can see: itself, with the lines its elements stand on counted
 * from its first (they are in messages); its unit, delegation and batch without their other
 * applicants and units. */
void record_digest_applicant(struct digest *d, const struct applicant *who);
/* What a paper about many applicants sees of it: of its elements those with these names
 * (NULL-ended), and no lines. */
void record_digest_brief(struct digest *d, const struct applicant *who, const char *const *keep);
/* The hrefs within it, sorted, each once; the array and the texts are the arena's. */
size_t record_hrefs(const struct applicant *who, struct arena *arena, const char ***out);

#endif
