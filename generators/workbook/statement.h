/* statement.h - a statement that lies in a file of its own, .txt or .docx. */
#ifndef WORKBOOK_STATEMENT_H
#define WORKBOOK_STATEMENT_H

#include "core/finding.h"

/* Is it the name of such a file, rather than a statement? */
bool statement_is_file(const char *text);
/* The text of the file dir/href: paragraphs are lines, bullets and numbers characters. What else
 * the file holds is named as a warning. Findings are as where says. In the arena; NULL: reported.
 */
const char *statement_read(const char *dir, const char *href, const struct finding *where,
                           struct arena *arena, struct diag *diag);

#endif
