/* name_tree.h - names and what they stand for (ISO 32000-1, 7.9.6). Internal to bind. */
#ifndef BIND_NAME_TREE_H
#define BIND_NAME_TREE_H

#include "bind/qdoc.h"

/* Calls found for each pair of a tree, in no certain order; the name is any bytes. */
void name_tree_walk(struct qdoc *d, qref root, void (*found)(void *data, qref name, qref value),
                    void *data);

#endif
