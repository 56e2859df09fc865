/* report.h - what the JSON report (templates/report.schema.json) says of a document. */
#ifndef PAPERS_REPORT_H
#define PAPERS_REPORT_H

#include "core/json.h"
#include "layout/page.h"

/* "fitted" and "fallback": cells whose type was made smaller, characters that another face drew;
 * empty ones are left out when brief. */
void report_fits(struct json *j, const struct pages *pages, bool brief);

#endif
