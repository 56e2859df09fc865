/* node.c - see node.h. */
#include "record/node.h"

#include "xml/xml_node.h"

#include <stdlib.h>
#include <string.h>

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

/* "project[2]": the second child of the name. */
static record_node *child_of(record_node *parent, const char *step)
{
    size_t name = strcspn(step, "[/");
    long nth = step[name] == '[' ? strtol(step + name + 1, NULL, 10) : 1;
    record_node *n = NULL;
    while ((n = record_child(parent, n)))
        if (!strncmp(record_name(n), step, name) && !record_name(n)[name] && --nth == 0)
            return n;
    return NULL;
}

record_node *record_follow(record_node *from, const char *path, const char **rest)
{
    record_node *child;
    while (*path && *path != '@' && (child = child_of(from, path))) {
        from = child;
        path += strcspn(path, "/");
        path += *path == '/';
    }
    *rest = path;
    return from;
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
