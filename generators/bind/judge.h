/* judge.h - what the binding of pages would lose or change of what a reader prints, told as
 * findings: the same words in the dossier and in the preflight. */
#ifndef BIND_JUDGE_H
#define BIND_JUDGE_H

#include "bind/annotation.h"
#include "core/finding.h"

/* Findings of one kind about one file that are told one by one; the rest is one finding. */
enum { JUDGE_MOST_OF_A_KIND = 5 };

/* What is lost of the document as a whole. where: of rule R76 unless it names another. false: an
 * error was reported. */
bool judge_document(struct annotations *all, const char *href, const struct finding *where,
                    struct diag *diag);
/* pages: of those that are bound, from 1. false: an error was reported, and they cannot be bound as
 * they are. */
bool judge_annotations(struct annotations *all, const char *href, const size_t *pages, size_t n,
                       const struct finding *where, struct diag *diag);

#endif
