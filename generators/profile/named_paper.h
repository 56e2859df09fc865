/* named_paper.h - which program a name is that the table of main.c does not have: a paper, of this
 * notice or of another. */
#ifndef PROFILE_NAMED_PAPER_H
#define PROFILE_NAMED_PAPER_H

#include "core/arena.h"
#include "core/finding.h"
#include "record/scope.h"

enum paper_kind { PAPER_FORM, PAPER_ROSTER, PAPER_VOLUME };

struct named_paper {
    const char *name, *title; /* of its template's root */
    enum paper_kind kind;
    enum record_scope scope;             /* what one of it is about */
    const char *purpose[LANGUAGE_COUNT]; /* one line */
};

/* Looks in the folders that the command line names (-T, --profile), then in the notice that is
 * meant without one, then in our others. Strings live in the arena. false: no paper is called so.
 */
bool named_paper_find(struct named_paper *p, int argc, char **argv, struct arena *arena);
/* The papers of one of our notices, in its order. */
size_t named_paper_list(const char *profile, struct arena *arena, struct named_paper **out);

#endif
