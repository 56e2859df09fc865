/* gather.c - see gather.h. Copies what it keeps: the cursor's applicants vanish one by one. */
#include "record/gather.h"

#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

struct gathering {
    struct arena arena;
    struct gathered *list;
    xmlDoc **docs; /* one each */
    size_t n;
};

static bool named(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, name);
}

static const char *attribute(struct arena *a, const xmlNode *node, const char *name)
{
    xmlChar *v = xmlGetNoNsProp(node, BAD_CAST name);
    const char *s = v ? arena_strdup(a, (const char *)v) : "";
    xmlFree(v);
    return s;
}

/* The batch with all that is neither delegation nor unit, and then this delegation. */
static void begin_document(struct gathering *g, size_t i, const struct record_delegation *d)
{
    const xmlNode *delegation = d->node, *batch = delegation->parent;
    xmlDoc *doc = g->docs[i] = xmlNewDoc(BAD_CAST "1.0");
    doc->URL = xmlStrdup(delegation->doc->URL);
    xmlNode *root = xmlDocCopyNode((xmlNode *)batch, doc, 2);
    xmlDocSetRootElement(doc, root);
    for (xmlNode *n = batch->children; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE && !named(n, "delegation") && !named(n, "unit"))
            xmlAddChild(root, xmlDocCopyNode(n, doc, 1));
    g->list[i] = (struct gathered){
        .id = arena_strdup(&g->arena, d->id),
        .issuer = attribute(&g->arena, delegation, "issuer"),
        .node = xmlAddChild(root, xmlDocCopyNode((xmlNode *)delegation, doc, 1)),
        .at = record_pos(delegation),
    };
}

static bool kept(const xmlNode *n, const char *const *keep)
{
    for (; *keep; keep++)
        if (named(n, *keep))
            return true;
    return false;
}

/* The unit's copy: the last one made, when this applicant stands in the same unit as the one before. */
static xmlNode *unit_copy(xmlNode *batch, const xmlNode *unit, const char *id, struct arena *scratch)
{
    xmlNode *last = batch->last;
    if (last && named(last, "unit") && !strcmp(attribute(scratch, last, "id"), id))
        return last;
    xmlNode *copy = xmlAddChild(batch, xmlDocCopyNode((xmlNode *)unit, batch->doc, 2));
    for (xmlNode *n = unit->children; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE && !named(n, "applicant"))
            xmlAddChild(copy, xmlDocCopyNode(n, batch->doc, 1));
    return copy;
}

static void add_applicant(struct gathering *g, const struct applicant *who, const char *const *keep, struct diag *diag)
{
    struct arena scratch = {0};
    size_t i = 0;
    while (i < g->n && strcmp(g->list[i].id, who->delegation))
        i++;
    if (i == g->n) {
        struct finding f = {.rule = "R01", .clause = "一.1", .applicant = who->id, .name = who->name, .unit = who->unit, .at = who->at};
        diag_add(diag, f, "所在单位 %s 没有指明委托评审的单位，不在任何一份委托书上；请填写 unit/@delegation",
                 "unit %s names no delegation, so no letter would name this applicant: fill in unit/@delegation", who->unit);
        return;
    }
    struct gathered *d = &g->list[i];
    const xmlNode *node = who->node;
    xmlNode *unit = unit_copy(((xmlNode *)d->node)->parent, node->parent, who->unit, &scratch);
    xmlNode *copy = xmlAddChild(unit, xmlDocCopyNode((xmlNode *)node, unit->doc, 2));
    for (xmlNode *n = node->children; n; n = n->next)
        if (kept(n, keep))
            xmlAddChild(copy, xmlDocCopyNode(n, unit->doc, 1));
    d->n++;
    if (who->faulty)
        d->faulty = d->faulty ? arena_printf(&g->arena, "%s、%s", d->faulty, who->id) : arena_strdup(&g->arena, who->id);
    arena_free(&scratch);
}

struct gathering *record_gather(const struct record *r, const char *const *keep, struct diag *diag)
{
    struct gathering *g = mem_alloc(1, sizeof *g);
    const struct record_delegation *all;
    size_t system_faults = diag->system_faults;
    struct applicant who;

    g->n = record_delegations(r, &all);
    g->list = ARENA_ARRAY(&g->arena, struct gathered, g->n + 1);
    g->docs = ARENA_ARRAY(&g->arena, xmlDoc *, g->n + 1);
    for (size_t i = 0; i < g->n; i++)
        begin_document(g, i, &all[i]);
    struct record_cursor *cursor = record_cursor_new(r, diag);
    while (cursor && record_next(cursor, &who))
        add_applicant(g, &who, keep, diag);
    record_cursor_free(cursor);
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++) {
        if (g->list[i].n == 0) {
            xmlFreeDoc(g->docs[i]);
            continue;
        }
        g->list[n] = g->list[i];
        g->docs[n++] = g->docs[i];
    }
    g->n = n;
    if (cursor && diag->system_faults == system_faults)
        return g;
    gathering_free(g);
    return NULL;
}

size_t gathering_list(const struct gathering *g, const struct gathered **out)
{
    *out = g->list;
    return g->n;
}

void gathering_free(struct gathering *g)
{
    if (!g)
        return;
    for (size_t i = 0; i < g->n; i++)
        xmlFreeDoc(g->docs[i]);
    arena_free(&g->arena);
    free(g);
}
