/* report.h - the parts of the JSON report (templates/report.schema.json) that all programs write
 * alike. */
#ifndef PAPERS_REPORT_H
#define PAPERS_REPORT_H

#include "core/finding.h"
#include "core/json.h"
#include "core/json_value.h"

void report_finding(struct json *j, const struct finding *f, enum language language);
/* "findings": [...] out of n lists: those about this applicant, or with NULL those about no
 * applicant. */
void report_findings(struct json *j, const struct diag *const *lists, size_t n,
                     const char *applicant, enum language language);
/* Those of one list, about whomever, each naming its applicant: for documents that are not one
 * applicant's. */
void report_all_findings(struct json *j, const struct diag *list, enum language language);
/* "fitted" and "fallback" of a document; empty ones are left out when short. */
struct pages;
void report_fits(struct json *j, const struct pages *pages, bool brief);

/* A finding as it is kept for another run or process: in all languages, and its line counted from
 * the applicant's, at home, so that it holds when what stands before the applicant grows. */
void report_keep_finding(struct json *j, const struct finding *f, struct src_pos home);
/* Kept and taken again, into diag, whose context says whose it is. */
void report_take_finding(const struct json_value *v, struct src_pos home, struct diag *diag);
/* Does it speak of a place outside the applicant? Then it may be stale another time. Of one that
 * was kept, and of one that is to be. */
bool report_finding_strays(const struct json_value *v);
bool report_strays(const struct finding *f, struct src_pos home);

#endif
