/* embedded.h - files inside a PDF, which a volume of pages does not hold. Internal to bind. */
#ifndef BIND_EMBEDDED_H
#define BIND_EMBEDDED_H

#include "bind/attachment_pages.h"
#include "bind/qdoc.h"
#include "core/finding.h"

/* The files of the document as a whole, or that it is a package of files and no more: a warning. */
void embedded_warn(struct qdoc *d, const char *href, const struct finding *where,
                   struct diag *diag);
/* The same of files that are pinned to these pages (1-based). */
void embedded_warn_of_pages(const struct attachment_pages *s, const size_t *pages, size_t n,
                            const struct finding *where, struct diag *diag);

#endif
