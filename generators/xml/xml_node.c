/* xml_node.c - see xml_node.h. */
#include "xml/xml_node.h"

#include <string.h>

bool xml_is_named(const xmlNode *n, const char *name)
{
    return n && n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, name);
}

xmlNode *xml_child(const xmlNode *parent, const char *name, const xmlNode *after)
{
    xmlNode *n = after ? after->next : parent ? parent->children : NULL;
    while (n && (name ? !xml_is_named(n, name) : n->type != XML_ELEMENT_NODE))
        n = n->next;
    return n;
}

static const char *kept(xmlChar *value, const char *otherwise, struct arena *arena)
{
    const char *copy = value ? arena_strdup(arena, (const char *)value) : otherwise;
    xmlFree(value);
    return copy;
}

const char *xml_attribute(const xmlNode *n, const char *name, struct arena *arena)
{
    return kept(xmlGetNoNsProp(n, BAD_CAST name), NULL, arena);
}

const char *xml_attribute_text(const xmlNode *n, const char *name, struct arena *arena)
{
    return kept(xmlGetNoNsProp(n, BAD_CAST name), "", arena);
}

const char *xml_text(const xmlNode *n, struct arena *arena)
{
    return kept(n ? xmlNodeGetContent(n) : NULL, "", arena);
}
