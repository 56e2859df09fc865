/* changes.h - what is otherwise in the tree than before this run, for who has printed it: documents
 * that are new or have changed, who is new, who has gone. The tree's own reports say nothing of it,
 * since they depend on the input alone. */
#ifndef PACKAGE_CHANGES_H
#define PACKAGE_CHANGES_H

#include "package/package.h"

#include <stdio.h>

/* Of a document: "new", "changed" or "unchanged". path: within the tree. */
const char *changes_of(const struct package *p, const char *path, const struct result_document *d);

/* A line for who is new, who has gone (the folders), whose papers are to be printed again and
 * which; of a tree that was empty before, and of one that is as it was, nothing. */
void changes_print(const struct package *p, const struct tree_paths *gone, FILE *out);

#endif
