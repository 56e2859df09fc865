/* tree.c - see tree.h. */
#include "record/tree.h"

#include <stdint.h>
#include <string.h>

#include <libxml/tree.h>

/* Indents between elements say nothing; kept, they would be half of what expressions pass over. */
static void drop_indent(struct tree *t)
{
    size_t i = 0;
    while (i < t->text.len && strchr(" \t\r\n", t->text.data[i]) && t->text.data[i])
        i++;
    if (i == t->text.len)
        t->text.len = 0;
}

/* A short text lies within its node, as the parser of libxml2 has it: this and the names that are
 * in the document once spare half of the allocations, a thirtieth of roster. */
static xmlNode *new_text(xmlDoc *doc, const struct buffer *text)
{
    if (text->len >= 2 * sizeof(void *))
        return xmlNewDocTextLen(doc, text->data, (int)text->len);
    xmlNode *node = xmlNewDocTextLen(doc, NULL, 0);
    node->content = (xmlChar *)&node->properties;
    if (text->len)
        memcpy(node->content, text->data, text->len);
    node->content[text->len] = '\0';
    return node;
}

static void add_attribute(xmlNode *element, const xmlChar *name, const struct buffer *value)
{
    xmlAttr *a = xmlNewNsProp(element, NULL, name, NULL);
    a->children = a->last = new_text(element->doc, value);
    a->children->parent = (xmlNode *)a;
}

/* Text is added whole: adding it piece by piece would copy it each time. */
static void flush(struct tree *t)
{
    if (t->text.len)
        characters_replace(t->characters, &t->text);
    if (t->at && t->text.len)
        xmlAddChild(t->at, new_text(t->doc, &t->text));
    t->text.len = 0;
}

xmlNode *tree_start(struct tree *t, const xmlChar *name, int n_attributes,
                    const xmlChar **attributes, long line)
{
    drop_indent(t);
    flush(t);
    if (!t->doc->dict)
        t->doc->dict = xmlDictCreate();
    xmlNode *node =
        xmlNewDocNodeEatName(t->doc, NULL, (xmlChar *)xmlDictLookup(t->doc->dict, name, -1), NULL);

    /* The field for lines ends at 65535; this one is for its user to fill. */
    node->psvi = (void *)(intptr_t)line;
    node->line = line < UINT16_MAX ? (unsigned short)line : UINT16_MAX;
    for (int i = 0; i < n_attributes; i++) {
        const xmlChar **a = attributes + 5 * i;
        if (a[2])
            continue;
        buffer_add(&t->text, a[3], (size_t)(a[4] - a[3]));
        if (strcmp((const char *)a[0], "href"))
            characters_replace(t->characters, &t->text);
        add_attribute(node, a[0], &t->text);
        t->text.len = 0;
    }
    if (t->at)
        xmlAddChild(t->at, node);
    return t->at = node;
}

void tree_text(struct tree *t, const xmlChar *text, int len)
{
    if (t->at)
        buffer_add(&t->text, text, (size_t)len);
}

void tree_end(struct tree *t)
{
    if (t->at && t->at->last && t->at->last->type == XML_ELEMENT_NODE)
        drop_indent(t);
    flush(t);
    if (t->at)
        t->at = t->at->parent;
}

void tree_clear(struct tree *t)
{
    buffer_clear(&t->text);
}

long tree_line(const xmlNode *element)
{
    return element->psvi ? (long)(intptr_t)element->psvi : xmlGetLineNo(element);
}
