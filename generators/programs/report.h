/* report.h - the parts of the JSON report (templates/report.schema.json) that all programs write alike. */
#ifndef PROGRAMS_REPORT_H
#define PROGRAMS_REPORT_H

#include "core/finding.h"
#include "core/json.h"

void report_finding(struct json *j, const struct finding *f, enum language language);
/* "findings": [...] out of n lists: those about this applicant, or with NULL those about no applicant. */
void report_findings(struct json *j, const struct diag *const *lists, size_t n, const char *applicant,
                     enum language language);
/* Those of one list, about whomever, each naming its applicant: for documents that are not one applicant's. */
void report_all_findings(struct json *j, const struct diag *list, enum language language);

#endif
