/* page_tree.h - page trees that qpdf does not read and others do. Internal to bind. */
#ifndef BIND_PAGE_TREE_H
#define BIND_PAGE_TREE_H

#include "bind/qdoc.h"

/* Puts every page that the tree leads to, each once, straight beneath its root, with what it
 * inherited; where it leads to none, every object that calls itself a page. Before anybody has
 * asked the document for its pages. */
void page_tree_flatten(struct qdoc *d);
/* Is each kid that the tree lists there? */
bool page_tree_is_whole(struct qdoc *d);

#endif
