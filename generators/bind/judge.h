/* judge.h - what the binding of pages would lose or change of what a reader prints, told as
 * findings: the same words in the dossier and in the preflight. */
#ifndef BIND_JUDGE_H
#define BIND_JUDGE_H

#include "bind/annotation.h"
#include "core/finding.h"
#include "media/media.h"

/* pages: of those that are bound, from 1. where: of rule R76 unless it names another. false: an
 * error was reported, and the pages cannot be bound as they are. */
bool judge_annotations(struct annotations *all, const char *href, const size_t *pages, size_t n,
                       const struct finding *where, struct diag *diag);

/* The same for a file that nobody has opened with qpdf yet, in a process of its own. What is wrong
 * with the file otherwise is not said here. */
bool judge_file(const struct media_file *file, const size_t *pages, size_t n, struct fonts *fonts,
                const struct finding *where, struct diag *diag);

#endif
