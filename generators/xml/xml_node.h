/* xml_node.h - what those who hold a tree of libxml2 ask of its nodes. Names are without prefixes;
 * strings are copies in the arena. */
#ifndef XML_XML_NODE_H
#define XML_XML_NODE_H

#include "core/arena.h"

#include <stdbool.h>

#include <libxml/tree.h>

/* Is it an element of that name, of whatever namespace? NULL is none. */
bool xml_is_named(const xmlNode *n, const char *name);
/* The first element in `parent` of that name (NULL: any), or the next behind `after`. NULL: none;
 * parent NULL: none. */
xmlNode *xml_child(const xmlNode *parent, const char *name, const xmlNode *after);
/* An attribute without a namespace. NULL: there is none. */
const char *xml_attribute(const xmlNode *n, const char *name, struct arena *arena);
/* The same; "": there is none. */
const char *xml_attribute_text(const xmlNode *n, const char *name, struct arena *arena);
/* All text below a node; "": there is none, n NULL too. */
const char *xml_text(const xmlNode *n, struct arena *arena);

#endif
