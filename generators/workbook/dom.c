/* dom.c - see dom.h. */
#include "workbook/dom.h"

#include "xml/xml.h"

#include <libxml/parser.h>
#include <string.h>

xmlDoc *dom_parse(const void *data, size_t len)
{
    enum {
        OPTIONS = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT
    };
    xml_guard();
    xmlDoc *doc = xmlReadMemory(data, (int)len, NULL, NULL, OPTIONS);
    if (doc && (doc->intSubset || !xmlDocGetRootElement(doc))) {
        xmlFreeDoc(doc);
        return NULL;
    }
    return doc;
}

static void set_namespace(xmlNode *n, xmlNs *ns)
{
    if (n->type == XML_ELEMENT_NODE && !n->ns)
        xmlSetNs(n, ns);
    for (xmlNode *child = n->type == XML_ELEMENT_NODE ? n->children : NULL; child;
         child = child->next)
        set_namespace(child, ns);
}

static void use_outer(xmlNode *n, const xmlNs *inner, xmlNs *outer)
{
    n->ns = n->ns == inner ? outer : n->ns;
    for (xmlAttr *a = n->properties; a; a = a->next)
        a->ns = a->ns == inner ? outer : a->ns;
    for (xmlNode *child = n->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            use_outer(child, inner, outer);
}

/* A namespace that the node declares although it is known where the node is to stand. */
static void drop_declared(xmlNode *n, xmlNode *parent)
{
    for (xmlNs **at = &n->nsDef; *at;) {
        xmlNs *inner = *at, *outer = xmlSearchNs(parent->doc, parent, inner->prefix);
        if (!outer || strcmp((const char *)outer->href, (const char *)inner->href)) {
            at = &inner->next;
            continue;
        }
        use_outer(n, inner, outer);
        *at = inner->next;
        xmlFreeNs(inner);
    }
}

xmlNode *dom_add(xmlNode *parent, xmlNode *before, const char *markup)
{
    xmlDoc *doc = dom_parse(markup, strlen(markup));
    xmlNode *n = doc ? xmlDocCopyNode(xmlDocGetRootElement(doc), parent->doc, 1) : NULL;
    xmlFreeDoc(doc);
    if (!n)
        return NULL;
    set_namespace(n, parent->ns);
    drop_declared(n, parent);
    return before ? xmlAddPrevSibling(before, n) : xmlAddChild(parent, n);
}

xmlNode *dom_copy(xmlNode *n)
{
    xmlNode *copy = xmlDocCopyNode(n, n->doc, 1);
    drop_declared(copy, n->parent);
    return copy;
}

void dom_remove(xmlNode *n)
{
    xmlUnlinkNode(n);
    xmlFreeNode(n);
}
