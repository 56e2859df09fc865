/* canonical.c - see canonical.h. Attributes are taken in the order of their names; comments, and
 * blanks that only indent elements, do not count. */
#include "record/canonical.h"

#include <libxml/tree.h>

#include "core/strings.h"
#include "record/tree.h"
#include "xml/xml_node.h"

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

/* first: the line that lines are counted from, 0: they are not. Of the elements in it those of the
 * names in but are left out, or all but those in only; NULL: none. */
static void add_element(struct digest *d, const xmlNode *node, long first, const char *const *but,
                        const char *const *only)
{
    bool mixed = !xmlFirstElementChild((xmlNode *)node);
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
            if (!(but && string_is_in((const char *)n->name, but)) &&
                (!only || string_is_in((const char *)n->name, only)))
                add_element(d, n, first, NULL, NULL);
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
    }
    digest_text(d, NULL);
}

/* The applicant's unit, delegation and batch, without the other people in them. */
static void add_surroundings(struct digest *d, const struct applicant *who)
{
    static const char *const applicants[] = {"applicant", NULL}, *const parts[] = {
                                                                     "unit", "delegation", NULL};
    const xmlNode *unit = who->node->parent, *batch = unit ? unit->parent : NULL;

    if (unit)
        add_element(d, unit, 0, applicants, NULL);
    for (const xmlNode *n = batch ? batch->children : NULL; n; n = n->next) {
        if (!xml_is_named(n, "delegation"))
            continue;
        xmlChar *id = xmlGetNoNsProp((xmlNode *)n, BAD_CAST "id");
        if (id && !strcmp((const char *)id, who->delegation))
            add_element(d, n, 0, NULL, NULL);
        xmlFree(id);
    }
    if (batch)
        add_element(d, batch, 0, parts, NULL);
}

void record_digest_applicant(struct digest *d, const struct applicant *who)
{
    add_element(d, who->node, tree_line(who->node), NULL, NULL);
    add_surroundings(d, who);
}

void record_digest_brief(struct digest *d, const struct applicant *who, const char *const *keep)
{
    add_element(d, who->node, 0, NULL, keep);
    add_surroundings(d, who);
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

size_t record_hrefs(const struct applicant *who, struct arena *arena, const char ***out)
{
    struct hrefs h = {.arena = arena};
    size_t n = 0;

    gather(&h, who->node);
    if (h.n > 1)
        qsort(h.list, h.n, sizeof *h.list, string_order_at);
    for (size_t i = 0; i < h.n; i++)
        if (n == 0 || strcmp(h.list[n - 1], h.list[i]))
            h.list[n++] = h.list[i];
    *out = h.list;
    return n;
}
