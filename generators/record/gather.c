/* gather.c - see gather.h. Copies what it keeps: the cursor's applicants vanish one by one. */
#include "record/gather.h"

#include "core/intern.h"
#include "xml/xml_node.h"

#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

struct gathering {
    const struct record *record;
    enum record_scope scope;
    const char *const *keep;
    struct arena arena;
    struct gathered *list;
    size_t n, cap;
    struct intern groups; /* numbers of the list, from 1 */
    struct intern units;  /* in which group, and which: numbers of the copies, from 1 */
    xmlNode **copies;
    size_t n_copies, cap_copies;
    const xmlNode *batch; /* whose elements, but for delegations and units, are listed */
    const xmlNode **plain;
    size_t n_plain, cap_plain;
};

static bool kept(const xmlNode *n, const char *const *keep)
{
    for (; keep && *keep; keep++)
        if (xml_is_named(n, *keep))
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

/* A batch may hold very many units. */
static void list_plain(struct gathering *g, const xmlNode *batch)
{
    if (g->batch == batch)
        return;
    g->batch = batch;
    g->n_plain = 0;
    for (const xmlNode *n = batch->children; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE && !xml_is_named(n, "delegation") &&
            !xml_is_named(n, "unit"))
            *ARENA_PUSH(&g->arena, g->plain, g->n_plain, g->cap_plain) = n;
}

/* The batch with all that is neither delegation nor unit. */
static xmlNode *begin_document(struct gathering *g, const xmlNode *batch)
{
    xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
    doc->URL = xmlStrdup(batch->doc->URL);
    xmlNode *root = xmlDocCopyNode((xmlNode *)batch, doc, 2);
    xmlDocSetRootElement(doc, root);
    list_plain(g, batch);
    for (size_t i = 0; i < g->n_plain; i++)
        add_copy(root, g->plain[i], NULL);
    return root;
}

static struct gathered *add_gathered(struct gathering *g, const char *id, const char *name,
                                     record_node *node, struct src_pos at)
{
    struct gathered *new = ARENA_PUSH(&g->arena, g->list, g->n, g->cap);
    *new = (struct gathered){.id = arena_strdup(&g->arena, id),
                             .name = arena_strdup(&g->arena, name),
                             .node = node,
                             .at = at};
    *intern_number(&g->groups, &g->arena, id) = g->n;
    return new;
}

/* The unit's copy in the batch of a group, from its first applicant on; another file may bring the
 * same unit again. */
static xmlNode *unit_copy(struct gathering *g, size_t group, xmlNode *batch, const xmlNode *unit,
                          const char *id)
{
    struct arena scratch = {0};
    size_t *number =
        intern_number(&g->units, &g->arena, arena_printf(&scratch, "%zu %s", group, id));
    arena_free(&scratch);
    if (*number)
        return g->copies[*number - 1];
    xmlNode *copy = add_shallow(batch, unit);
    *ARENA_PUSH(&g->arena, g->copies, g->n_copies, g->cap_copies) = copy;
    *number = g->n_copies;
    copy->_private =
        (void *)unit->doc->URL; /* record_pos: of several files, the one it came from */
    for (xmlNode *n = unit->children; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE && !xml_is_named(n, "applicant"))
            add_copy(copy, n, NULL);
    return copy;
}

static bool undelegated(const struct applicant *who, struct diag *diag)
{
    const struct finding f = {
        .rule = "R01", .applicant = who->id, .name = who->name, .unit = who->unit, .at = who->at};
    return diag_add(
        diag, f,
        "所在单位 %s 没有指明委托评审的单位，不在任何一份委托书上；请填写 unit/@delegation",
        "unit %s names no delegation, so no letter would name this applicant: fill in "
        "unit/@delegation",
        who->unit);
}

bool record_is_delegated(const struct record *r, const struct applicant *who, struct diag *diag)
{
    return record_delegation(r, who->delegation) || undelegated(who, diag);
}

/* --- whom an applicant belongs to --- */

static struct gathered *find(struct gathering *g, const char *id)
{
    size_t number = *intern_number(&g->groups, &g->arena, id);
    return number ? &g->list[number - 1] : NULL;
}

static struct gathered *begin_delegation(struct gathering *g, const struct record_delegation *d,
                                         struct arena *scratch)
{
    const xmlNode *node = d->node;
    xmlNode *root = begin_document(g, node->parent);
    return add_gathered(g, d->id, xml_attribute_text(node, "issuer", scratch),
                        add_copy(root, node, NULL), record_pos(node));
}

static struct gathered *begin_unit(struct gathering *g, const struct applicant *who)
{
    const struct record_delegation *d = record_delegation(g->record, who->delegation);
    const xmlNode *unit = ((const xmlNode *)who->node)->parent;
    xmlNode *root = begin_document(g, unit->parent);
    if (d)
        add_copy(root, d->node, NULL);
    return add_gathered(g, who->unit, who->unit_name, unit_copy(g, g->n, root, unit, who->unit),
                        record_pos(unit));
}

static struct gathered *begin_batch(struct gathering *g, const struct applicant *who)
{
    const struct record_delegation *all;
    size_t n = record_delegations(g->record, &all);
    const xmlNode *batch = ((const xmlNode *)who->node)->parent->parent;
    xmlNode *root = begin_document(g, batch);
    for (size_t i = 0; i < n; i++)
        add_copy(root, all[i].node, NULL);
    return add_gathered(g, GATHERED_BATCH_ID, "", root, record_pos(batch));
}

/* NULL: nobody, which has been reported. */
static struct gathered *group_of(struct gathering *g, const struct applicant *who,
                                 struct diag *diag)
{
    struct gathered *known = NULL;
    switch (g->scope) {
    case SCOPE_DELEGATION:
        if (!(known = find(g, who->delegation)))
            undelegated(who, diag);
        break;
    case SCOPE_UNIT:
        if (!(known = find(g, who->unit)))
            known = begin_unit(g, who);
        break;
    case SCOPE_BATCH:
        known = g->n ? &g->list[0] : begin_batch(g, who);
        break;
    case SCOPE_APPLICANT:
    case SCOPE_COUNT:
        break;
    }
    return known;
}

static void add_applicant(struct gathering *g, const struct applicant *who, struct diag *diag)
{
    const xmlNode *node = who->node;
    struct gathered *group = group_of(g, who, diag);

    if (group) {
        xmlNode *root = xmlDocGetRootElement(((xmlNode *)group->node)->doc);
        size_t number = (size_t)(group - g->list);
        add_copy(unit_copy(g, number, root, node->parent, who->unit), node, g->keep);
        group->n++;
        if (who->faulty)
            group->faulty = finding_add_name(&g->arena, group->faulty, group->n_faulty++, who->id);
    }
}

/* Delegations come in the record's order, the others in that of their applicants. */
static struct gathering *begin(const struct record *r, enum record_scope scope,
                               const char *const *keep, const char *delegation)
{
    struct gathering *g = mem_alloc(1, sizeof *g);
    const struct record_delegation *all;
    struct arena scratch = {0};
    size_t n = scope == SCOPE_DELEGATION ? record_delegations(r, &all) : 0;

    *g = (struct gathering){.record = r, .scope = scope, .keep = keep};
    for (size_t i = 0; i < n; i++)
        if (!delegation || !strcmp(all[i].id, delegation))
            begin_delegation(g, &all[i], &scratch);
    arena_free(&scratch);
    return g;
}

/* Without those that nobody is in. NULL: the system has failed. */
static struct gathering *end(struct gathering *g, bool ok)
{
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++) {
        if (g->list[i].n == 0)
            xmlFreeDoc(((xmlNode *)g->list[i].node)->doc);
        else
            g->list[n++] = g->list[i];
    }
    g->n = n;
    if (ok)
        return g;
    gathering_free(g);
    return NULL;
}

struct gathering *record_gather(const struct record *r, enum record_scope scope,
                                const char *const *keep, struct diag *diag)
{
    struct gathering *g = begin(r, scope, keep, NULL);
    size_t system_faults = diag->system_faults;
    struct record_cursor *cursor = record_cursor_new(r, diag);
    struct applicant who;

    while (record_next(cursor, &who))
        add_applicant(g, &who, diag);
    bool ok = diag->system_faults == system_faults;
    record_cursor_free(cursor);
    return end(g, ok);
}

struct gathering *record_gather_one(const struct record *r, struct record_cursor **cursor,
                                    enum record_scope scope, const size_t *indices, size_t n,
                                    const char *const *keep, struct diag *diag)
{
    struct gathering *g = NULL;
    struct applicant who;
    bool ok = true;

    if (n > 0 && !record_is_ahead(*cursor, indices[0])) {
        record_cursor_free(*cursor);
        *cursor = record_cursor_new(r, NULL);
    }
    for (size_t i = 0; i < n && ok; i++)
        if ((ok = record_reread(*cursor, indices[i], &who, diag))) {
            g = g ? g : begin(r, scope, keep, who.delegation);
            add_applicant(g, &who, diag);
        }
    return g ? end(g, ok) : NULL;
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
        xmlFreeDoc(((xmlNode *)g->list[i].node)->doc);
    intern_clear(&g->groups);
    intern_clear(&g->units);
    arena_free(&g->arena);
    free(g);
}
