/* dom.h - a small part of an Office file as a tree of libxml2, to be changed and written again;
 * xml_node.h asks its nodes. */
#ifndef WORKBOOK_DOM_H
#define WORKBOOK_DOM_H

#include "core/arena.h"

#include <libxml/tree.h>

/* NULL: it is no XML, or has a DTD. */
xmlDoc *dom_parse(const void *data, size_t len);
/* Markup as the last child of `parent`, or before `before`; elements without a namespace get that
 * of `parent`. NULL: it is no XML. */
xmlNode *dom_add(xmlNode *parent, xmlNode *before, const char *markup);
/* A copy that stands nowhere yet, in the same document and of the same namespaces. */
xmlNode *dom_copy(xmlNode *n);
void dom_remove(xmlNode *n);

#endif
