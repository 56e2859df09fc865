/* dom.h - a small part of an Office file as a tree of libxml2, to be changed and written again.
 * Elements are asked for by their names without prefixes. */
#ifndef WORKBOOK_DOM_H
#define WORKBOOK_DOM_H

#include "core/arena.h"

#include <libxml/tree.h>

/* NULL: it is no XML, or has a DTD. */
xmlDoc *dom_parse(const void *data, size_t len);
/* The first child of that name (NULL: any), or the next behind `after`. parent NULL: none. */
xmlNode *dom_child(const xmlNode *parent, const char *name, const xmlNode *after);
/* Markup as the last child of `parent`, or before `before`; elements without a namespace get that
 * of `parent`. NULL: it is no XML. */
xmlNode *dom_add(xmlNode *parent, xmlNode *before, const char *markup);
/* A copy that stands nowhere yet, in the same document and of the same namespaces. */
xmlNode *dom_copy(xmlNode *n);
void dom_remove(xmlNode *n);
/* An attribute without a namespace; "": none. */
const char *dom_attribute(const xmlNode *n, const char *name, struct arena *arena);
/* All text below it. */
const char *dom_text(const xmlNode *n, struct arena *arena);

#endif
