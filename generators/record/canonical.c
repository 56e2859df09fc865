/* canonical.c - see canonical.h. Attributes are taken in the order of their names; comments, and
 * blanks that only indent elements, do not count. */
#include "record/canonical.h"

#include <libxml/tree.h>

#include "record/tree.h"

#include <stdlib.h>
#include <string.h>

static int by_name(const void *a, const void *b)
{
    return strcmp((const char *)(*(xmlAttr *const *)a)->name,
                  (const char *)(*(xmlAttr *const *)b)->name);
}

static void add_attributes(struct digest *d, const xmlNode *node)
{
    enum { MOST = 256 };
    xmlAttr *all[MOST];
    size_t n = 0;

    for (xmlAttr *a = node->properties; a && n < MOST; a = a->next)
        all[n++] = a;
    if (n > 1)
        qsort(all, n, sizeof *all, by_name);
    for (size_t i = 0; i < n; i++) {
        xmlChar *value = xmlNodeGetContent((const xmlNode *)all[i]);
        digest_text(d, (const char *)all[i]->name);
        digest_text(d, (const char *)value);
        xmlFree(value);
    }
    digest_text(d, NULL);
}

static bool has_elements(const xmlNode *node)
{
    for (const xmlNode *n = node->children; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE)
            return true;
    return false;
}

/* first: the line that lines are counted from, 0: they are not. but: elements of these names are
 * left out. */
static void add_element(struct digest *d, const xmlNode *node, long first, const char *const *but)
{
    bool mixed = !has_elements(node);
    const char *text;

    digest_text(d, (const char *)node->name);
    if (first) {
        long line = tree_line(node) - first;
        digest_add(d, &line, sizeof line);
    }
    add_attributes(d, node);
    for (const xmlNode *n = node->children; n; n = n->next) {
        switch (n->type) {
        case XML_ELEMENT_NODE:
            for (const char *const *b = but; b && *b; b++)
                if (!strcmp(*b, (const char *)n->name))
                    goto next;
            add_element(d, n, first, NULL);
            break;
        case XML_TEXT_NODE:
        case XML_CDATA_SECTION_NODE:
            text = (const char *)n->content;
            if (text && (mixed || text[strspn(text, " \t\r\n")]))
                digest_text(d, text);
            break;
        default:
            break;
        }
    next:;
    }
    digest_text(d, NULL);
}

void record_digest_applicant(struct digest *d, const struct applicant *who)
{
    static const char *const applicants[] = {"applicant", NULL}, *const parts[] = {
                                                                     "unit", "delegation", NULL};
    const xmlNode *unit = who->node->parent, *batch = unit ? unit->parent : NULL;

    add_element(d, who->node, tree_line(who->node), NULL);
    if (unit)
        add_element(d, unit, 0, applicants);
    for (const xmlNode *n = batch ? batch->children : NULL; n; n = n->next) {
        if (n->type != XML_ELEMENT_NODE || strcmp((const char *)n->name, "delegation"))
            continue;
        xmlChar *id = xmlGetNoNsProp((xmlNode *)n, BAD_CAST "id");
        if (id && !strcmp((const char *)id, who->delegation))
            add_element(d, n, 0, NULL);
        xmlFree(id);
    }
    if (batch)
        add_element(d, batch, 0, parts);
}

void record_digest_tree(struct digest *d, const record_node *node)
{
    while (node->parent && node->parent->type == XML_ELEMENT_NODE)
        node = node->parent;
    add_element(d, node, 0, NULL);
}

struct hrefs {
    struct arena *arena;
    const char **list;
    size_t n, cap;
};

static void gather(struct hrefs *h, const xmlNode *node)
{
    for (const xmlAttr *a = node->properties; a; a = a->next) {
        if (strcmp((const char *)a->name, "href"))
            continue;
        xmlChar *value = xmlNodeGetContent((const xmlNode *)a);
        *ARENA_PUSH(h->arena, h->list, h->n, h->cap) = arena_strdup(h->arena, (const char *)value);
        xmlFree(value);
    }
    for (const xmlNode *n = node->children; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE)
            gather(h, n);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t record_hrefs(const struct applicant *who, struct arena *arena, const char ***out)
{
    struct hrefs h = {.arena = arena};
    size_t n = 0;

    gather(&h, who->node);
    if (h.n > 1)
        qsort(h.list, h.n, sizeof *h.list, by_text);
    for (size_t i = 0; i < h.n; i++)
        if (n == 0 || strcmp(h.list[n - 1], h.list[i]))
            h.list[n++] = h.list[i];
    *out = h.list;
    return n;
}
