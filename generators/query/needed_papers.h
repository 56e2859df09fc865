/* needed_papers.h - which papers an applicant needs: templates/papers.xml, which a process reads
 * once. */
#ifndef QUERY_NEEDED_PAPERS_H
#define QUERY_NEEDED_PAPERS_H

#include "query/query.h"

bool needed_papers_load(const char *path, struct diag *diag); /* false: reported with file:line */

/* papers(applicant) of XPath: the items whose condition holds for the argument's first node, in the
 * file's order. */
void needed_papers_xpath(struct _xmlXPathParserContext *ctxt, int n);

#endif
