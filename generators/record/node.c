/* node.c - see node.h. */
#include "record/node.h"

#include "xml/xml_node.h"

#include <stdint.h>

#include <libxml/tree.h>

const char *record_name(const record_node *node)
{
    return (const char *)node->name;
}

const char *record_attribute(const record_node *node, const char *name, struct arena *arena)
{
    return xml_attribute_text(node, name, arena);
}

const char *record_attribute_name(const record_node *node, size_t n)
{
    const xmlAttr *a = node->properties;
    while (a && n-- > 0)
        a = a->next;
    return a ? (const char *)a->name : NULL;
}

const char *record_text(const record_node *node, struct arena *arena)
{
    return xml_text(node, arena);
}

record_node *record_parent(const record_node *node)
{
    return node->parent;
}

record_node *record_child(const record_node *parent, const record_node *after)
{
    return xml_child(parent, NULL, after);
}

record_node *record_add(record_node *parent, const char *name)
{
    return xmlNewChild(parent, NULL, (const xmlChar *)name, NULL);
}

void record_set_line(record_node *node, long line)
{
    node->psvi = (void *)(intptr_t)line;
}

void record_put(record_node *node, const char *name, const char *value)
{
    if (value)
        xmlSetProp(node, (const xmlChar *)name, (const xmlChar *)value);
}

void record_drop(record_node *node)
{
    if (!node)
        return;
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}
