/* finding_json.h - findings as JSON: in reports (templates/base/report.schema.json), which all
 * programs write alike, and kept from run to run. */
#ifndef CORE_FINDING_JSON_H
#define CORE_FINDING_JSON_H

#include "core/finding.h"
#include "core/json.h"
#include "core/json_value.h"

/* From now on each message is written in the other language, too, in a member that it names:
 * --bilingual. */
void finding_json_bilingual(void);

void finding_json_write(struct json *j, const struct finding *f, enum language language);
/* The members alone, into an object that the caller has opened; the applicant is among them. */
void finding_json_members(struct json *j, const struct finding *f, enum language language);
/* "findings": [...] out of n lists: those about this applicant, or with NULL those about no
 * applicant. */
void finding_json_about(struct json *j, const struct diag *const *lists, size_t n,
                        const char *applicant, enum language language);
/* "findings": [...], each naming its applicant: for documents that are not one applicant's. */
void finding_json_all(struct json *j, const struct diag *list, enum language language);

/* A finding as it is kept for another run: in all languages, and its line counted from home, where
 * the applicant begins, so that it holds when what stands before the applicant grows. */
void finding_json_keep(struct json *j, const struct finding *f, struct src_pos home);
/* Adds a kept finding to diag, whose context says whose it is. */
void finding_json_recall(const struct json_value *kept, struct src_pos home, struct diag *diag);
/* Does the finding, or the kept one, speak of a place outside the applicant? Then it may be stale
 * in another run. So is what says nothing, which nobody has kept. */
bool finding_strays(const struct finding *f, struct src_pos home);
bool finding_json_strays(const struct json_value *kept);

/* "overlays": folders on this machine that are searched before ours, where there are any. */
void finding_json_overlays(struct json *j);

#endif
