/* word_list.c - see word_list.h. */
#include "record/word_list.h"

#include "xml/xml_node.h"

#include "xml/xml_reader.h"

#include <string.h>

#include <libxml/tree.h>

/* The <xs:restriction> of the type; NULL: there is no such type. */
static xmlNode *restriction_of(const xmlDoc *schema, const char *type)
{
    for (xmlNode *t = xmlDocGetRootElement(schema)->children; t; t = t->next) {
        xmlChar *name = xml_is_named(t, "simpleType") ? xmlGetNoNsProp(t, BAD_CAST "name") : NULL;
        bool it = name && !strcmp((const char *)name, type);
        xmlFree(name);
        for (xmlNode *r = it ? t->children : NULL; r; r = r->next)
            if (xml_is_named(r, "restriction"))
                return r;
    }
    return NULL;
}

static void fill(xmlNode *restriction, const struct word_list *list)
{
    for (xmlNode *n = restriction->children, *next; n; n = next) {
        next = n->next;
        xmlUnlinkNode(n);
        xmlFreeNode(n);
    }
    for (size_t i = 0; i < list->n; i++) {
        xmlNode *value = xmlNewChild(restriction, restriction->ns, BAD_CAST "enumeration", NULL);
        xmlNewProp(value, BAD_CAST "value", BAD_CAST list->values[i].text);
    }
}

bool word_lists_fill(xmlDoc *schema, enum word_lists_which which, const struct word_list *lists,
                     size_t n, struct diag *diag)
{
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        xmlNode *restriction = restriction_of(schema, lists[i].type);
        if (restriction && lists[i].open && which == WORD_LISTS_CLOSED)
            continue;
        if (restriction)
            fill(restriction, &lists[i]);
        else
            ok = diag_system(diag, (struct src_pos){(const char *)schema->URL, 0},
                             "没有 %s 这种取值类型，profile.xml 却给了它的取值",
                             "there is no simple type %s, of which profile.xml gives the values",
                             lists[i].type);
    }
    return ok;
}

bool word_lists_schema(const char *path, const struct word_list *lists, size_t n,
                       struct buffer *out, struct diag *diag)
{
    struct arena arena = {0};
    xmlDoc *doc = xml_document(path, &arena, diag);
    xmlChar *text = NULL;
    int len = 0;
    bool ok = doc && word_lists_fill(doc, WORD_LISTS_ALL, lists, n, diag);

    if (ok)
        xmlDocDumpMemoryEnc(doc, &text, &len, "UTF-8");
    if (text)
        buffer_add(out, text, (size_t)len);
    xmlFree(text);
    xml_free(doc);
    arena_free(&arena);
    return ok;
}
