/* report.h - what the JSON report (templates/base/report.schema.json) says of a document. */
#ifndef PAPERS_REPORT_H
#define PAPERS_REPORT_H

#include "papers/document.h"

/* "documents", with name as the kind: the one at path, or (path NULL) none; with its digest only
 * when that is asked for, since it takes long of a large volume. */
void report_documents(struct json *j, const char *name, const char *path, const struct document *d,
                      bool digest);
/* "fitted" and "fallback": cells whose type was made smaller, characters that another face drew;
 * empty ones are left out when brief. */
void report_fits(struct json *j, const struct pages *pages, bool brief);

#endif
