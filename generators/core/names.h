/* names.h - names of one folder, out of what people are called: safe, and no two alike.
 *
 * Two names are alike when they differ only in case, or in letters other than ASCII's and common
 * Han: those fall together on one file system or another. All are proposed first; one that is
 * alike with another gets a mark of its id, so that a name does not depend on who stands before
 * whom. */
#ifndef CORE_NAMES_H
#define CORE_NAMES_H

#include "core/arena.h"

#include <stdbool.h>

struct names {
    struct arena *arena; /* the caller's */
    struct name_proposal *list;
    size_t n, cap;
};

/* Returns the proposal's number. id is unique among the proposals. */
size_t names_propose(struct names *names, const char *proposal, const char *id);
void names_reserve(struct names *names, const char *name); /* taken by something else */
bool names_alike(const struct names *names);               /* are two of the proposals so far? */
/* After all proposals: fixes every name. */
void names_settle(struct names *names);
const char *names_get(const struct names *names, size_t number); /* at most 255 bytes */

/* "{id}-{name}" with the values of the words between braces, NULL-ended pairs; a word that is not
 * among them is left out and *unknown points to it. */
char *names_fill(struct arena *arena, const char *template, const char *const *values,
                 const char **unknown);

#endif
