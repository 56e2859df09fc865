/* write.c - see write.h. */
#include "record/write.h"

#include "core/markup.h"

#include <libxml/tree.h>

#include <string.h>

static void indent(int level, struct buffer *out)
{
    for (int i = 0; i < level; i++)
        buffer_puts(out, "  ");
}

static void put_attribute(const char *name, const char *prefix, const char *value,
                          struct buffer *out)
{
    buffer_printf(out, " %s=\"", name);
    buffer_markup(out, prefix);
    buffer_markup(out, value);
    buffer_putc(out, '"');
}

static void put_attributes(const xmlNode *node, const struct record_write *how, bool own,
                           struct buffer *out)
{
    for (const xmlAttr *a = node->properties; a; a = a->next) {
        const char *name = (const char *)a->name;
        bool href = !strcmp(name, "href");
        const char *other = !own                          ? NULL
                            : !strcmp(name, "id")         ? how->id
                            : !strcmp(name, "delegation") ? how->delegation
                                                          : NULL;
        xmlChar *value = xmlNodeGetContent((const xmlNode *)a);
        put_attribute(name, href ? how->prefix : NULL, other ? other : (const char *)value, out);
        xmlFree(value);
    }
}

static bool is_left_out(const xmlNode *n, const struct record_write *how, bool own)
{
    for (const char *const *but = own ? how->but : NULL; but && *but; but++)
        if (!strcmp((const char *)n->name, *but))
            return true;
    return false;
}

static void write_element(const xmlNode *node, int level, const struct record_write *how, bool own,
                          struct buffer *out);

static void write_children(const xmlNode *node, int level, const struct record_write *how, bool own,
                           struct buffer *out)
{
    for (const xmlNode *n = node->children; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE && !is_left_out(n, how, own))
            write_element(n, level + 1, how, false, out);
}

static void write_element(const xmlNode *node, int level, const struct record_write *how, bool own,
                          struct buffer *out)
{
    const char *name = (const char *)node->name;
    indent(level, out);
    buffer_printf(out, "<%s", name);
    put_attributes(node, how, own, out);
    if (!node->children) {
        buffer_puts(out, "/>\n");
    } else if (xmlFirstElementChild((xmlNode *)node)) {
        buffer_puts(out, ">\n");
        write_children(node, level, how, own, out);
        record_write_end(node, level, out);
    } else {
        xmlChar *text = xmlNodeGetContent(node);
        buffer_puts(out, ">");
        buffer_markup(out, (const char *)text);
        buffer_printf(out, "</%s>\n", name);
        xmlFree(text);
    }
}

void record_write(const record_node *node, int level, const struct record_write *how,
                  struct buffer *out)
{
    write_element(node, level, how, true, out);
}

void record_write_begin(const record_node *node, int level, const struct record_write *how,
                        struct buffer *out)
{
    indent(level, out);
    buffer_printf(out, "<%s", (const char *)node->name);
    put_attributes(node, how, true, out);
    buffer_puts(out, ">\n");
    write_children(node, level, how, true, out);
}

void record_write_end(const record_node *node, int level, struct buffer *out)
{
    indent(level, out);
    buffer_printf(out, "</%s>\n", (const char *)node->name);
}
