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

static bool kept(const xmlNode *n, const char *const *keep)
{
    for (; keep && *keep; keep++)
        if (named(n, *keep))
            return true;
    return !keep;
}

/* A copy below parent without what is in it, but with its line (tree_line), which the library's
 * copy leaves out. */
static xmlNode *add_shallow(xmlNode *parent, const xmlNode *node)
{
    xmlNode *copy = xmlAddChild(parent, xmlDocCopyNode((xmlNode *)node, parent->doc, 2));
    if (node->type == XML_ELEMENT_NODE)
        copy->psvi = node->psvi;
    return copy;
}

/* keep NULL: all that is in it. Nodes of the record are nested a few levels, no more. */
static xmlNode *add_copy(xmlNode *parent, const xmlNode *node, const char *const *keep)
{
    xmlNode *copy = add_shallow(parent, node);
    for (const xmlNode *n = node->children; n; n = n->next)
        if (n->type == XML_TEXT_NODE || (n->type == XML_ELEMENT_NODE && kept(n, keep)))
            add_copy(copy, n, keep);
    return copy;
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
            add_copy(root, n, NULL);
    g->list[i] = (struct gathered){
        .id = arena_strdup(&g->arena, d->id),
        .issuer = attribute(&g->arena, delegation, "issuer"),
        .node = add_copy(root, delegation, NULL),
        .at = record_pos(delegation),
    };
}

/* The unit's copy, most often the last one made; another file may bring the same unit again. */
static xmlNode *unit_copy(xmlNode *batch, const xmlNode *unit, const char *id,
                          struct arena *scratch)
{
    for (xmlNode *n = batch->last; n; n = n->prev)
        if (named(n, "unit") && !strcmp(attribute(scratch, n, "id"), id))
            return n;
    xmlNode *copy = add_shallow(batch, unit);
    copy->_private =
        (void *)unit->doc->URL; /* record_pos: of several files, the one it came from */
    for (xmlNode *n = unit->children; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE && !named(n, "applicant"))
            add_copy(copy, n, NULL);
    return copy;
}

static bool undelegated(const struct applicant *who, struct diag *diag)
{
    const struct finding f = {.rule = "R01",
                              .clause = "一.1",
                              .applicant = who->id,
                              .name = who->name,
                              .unit = who->unit,
                              .at = who->at};
    return diag_add(
        diag, f,
        "所在单位 %s 没有指明委托评审的单位，不在任何一份委托书上；请填写 unit/@delegation",
        "unit %s names no delegation, so no letter would name this applicant: fill in "
        "unit/@delegation",
        who->unit);
}

bool record_is_delegated(const struct record *r, const struct applicant *who, struct diag *diag)
{
    const struct record_delegation *all;
    size_t n = record_delegations(r, &all);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(all[i].id, who->delegation))
            return true;
    return undelegated(who, diag);
}

static void add_applicant(struct gathering *g, const struct applicant *who, const char *const *keep,
                          struct diag *diag)
{
    struct arena scratch = {0};
    size_t i = 0;
    while (i < g->n && strcmp(g->list[i].id, who->delegation))
        i++;
    if (i == g->n) {
        undelegated(who, diag);
        return;
    }
    struct gathered *d = &g->list[i];
    const xmlNode *node = who->node;
    xmlNode *unit = unit_copy(((xmlNode *)d->node)->parent, node->parent, who->unit, &scratch);
    add_copy(unit, node, keep);
    d->n++;
    if (who->faulty)
        d->faulty = d->faulty ? arena_printf(&g->arena, "%s、%s", d->faulty, who->id)
                              : arena_strdup(&g->arena, who->id);
    arena_free(&scratch);
}

/* The delegations' documents: of all, or of one. */
static struct gathering *begin(const struct record *r, const char *delegation)
{
    struct gathering *g = mem_alloc(1, sizeof *g);
    const struct record_delegation *all;
    size_t n = record_delegations(r, &all);

    g->list = ARENA_ARRAY(&g->arena, struct gathered, n + 1);
    g->docs = ARENA_ARRAY(&g->arena, xmlDoc *, n + 1);
    for (size_t i = 0; i < n; i++)
        if (!delegation || !strcmp(all[i].id, delegation))
            begin_document(g, g->n++, &all[i]);
    return g;
}

/* Without those that nobody is in. NULL: the system has failed. */
static struct gathering *end(struct gathering *g, bool ok)
{
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
    if (ok)
        return g;
    gathering_free(g);
    return NULL;
}

struct gathering *record_gather(const struct record *r, const char *const *keep, struct diag *diag)
{
    struct gathering *g = begin(r, NULL);
    size_t system_faults = diag->system_faults;
    struct record_cursor *cursor = record_cursor_new(r, diag);
    struct applicant who;

    while (record_next(cursor, &who))
        add_applicant(g, &who, keep, diag);
    bool ok = diag->system_faults == system_faults;
    record_cursor_free(cursor);
    return end(g, ok);
}

struct gathering *record_gather_one(const struct record *r, const char *delegation,
                                    const size_t *indices, size_t n, const char *const *keep,
                                    struct diag *diag)
{
    struct gathering *g = begin(r, delegation);
    struct record_cursor *cursor = record_cursor_new(r, diag);
    struct applicant who;
    bool ok = true;

    for (size_t i = 0; i < n && ok; i++)
        if ((ok = record_reread(cursor, indices[i], &who, diag)))
            add_applicant(g, &who, keep, diag);
    record_cursor_free(cursor);
    return end(g, ok);
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
