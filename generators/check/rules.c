/* rules.c - see rules.h: evaluates the rules on a record's nodes, files and papers. */
#include "check/rules.h"

#include "check/functions.h"
#include "core/buffer.h"
#include "query/rubric.h"
#include "record/id_number.h"

#include <stdlib.h>
#include <string.h>

struct rules_run *rules_run_new(const struct rules *r, const char *asof)
{
    struct rules_run *run = mem_alloc(1, sizeof *run);
    run->rules = r;
    run->asof = asof;
    run->query = query_context_new();
    run->drawing = query_context_new();
    query_context_set_owner(run->query, run);
    query_context_set_owner(run->drawing, run);
    query_context_set_data(run->drawing, r->rubrics);
    return run;
}

void rules_run_free(struct rules_run *run)
{
    if (!run)
        return;
    rules_close_cited(run);
    query_context_free(run->query);
    query_context_free(run->drawing);
    free(run);
}

void rules_set_pages(struct rules_run *run, const char *(*page)(const char *id, void *data),
                     void *data)
{
    run->page = page;
    run->page_data = data;
}

/* --- one rule --- */

struct evaluation {
    struct rules_run *run;
    const struct rule *rule;
    const struct rule_case *broken;
    struct query_place place;
    struct arena *arena;
    struct rules_facts *facts; /* NULL: none are taken */
    struct telling *telling;   /* NULL: conflicts are not told */
    struct diag *diag;
};

/* Conflicts that are told now: the cases with a key become findings where one of these is. */
struct telling {
    const struct rules_conflict *list;
    size_t n;
    bool *told;
    const char *(*first)(size_t order, void *data);
    void *data;
};

static const char *message_text(struct evaluation *e, const struct message *m)
{
    struct buffer b = {0};
    for (size_t i = 0; i < m->n; i++) {
        const struct message_part *p = &m->parts[i];
        buffer_puts(&b, p->text ? p->text
                                : query_string(p->query, e->run->query, e->place, e->arena).text);
    }
    char *text = arena_strndup(e->arena, b.data ? (const char *)b.data : "", b.len);
    buffer_clear(&b);
    return text;
}

static void bind(struct evaluation *e, const struct bindings *list)
{
    for (size_t i = 0; i < list->n; i++)
        query_set_variable(
            e->run->query, list->list[i].name,
            query_string(list->list[i].select, e->run->query, e->place, e->arena).text);
}

/* What exists only when the papers are sealed is a note before that. */
static enum severity severity_of(const struct rules *r, const struct rule *rule,
                                 const struct rule_case *c)
{
    enum severity s =
        rule->overridden && c->severity != SEVERITY_INFO ? rule->severity : c->severity;
    return c->stage == STAGE_SUBMIT && r->options->stage == STAGE_PREPARE ? SEVERITY_INFO : s;
}

static void add_fact(struct rules_facts *f, struct rules_fact fact)
{
    if (f->n == f->cap) {
        f->cap = f->cap ? f->cap * 2 : 16;
        f->list = mem_resize(f->list, f->cap, sizeof *f->list);
    }
    f->list[f->n++] = fact;
}

/* false: this is no conflict, or told already; the fact is noted when facts are taken. */
static bool conflicts(struct evaluation *e)
{
    const struct rule_case *c = e->broken;
    struct query_context *q = e->run->query;
    struct rules_fact fact = {.number = c->number};
    fact.key = rules_hash(query_string(c->key, q, e->place, e->arena).text);
    if (c->value)
        fact.value = rules_hash(query_string(c->value, q, e->place, e->arena).text);
    if (e->facts)
        add_fact(e->facts, fact);
    for (size_t i = 0; e->telling && i < e->telling->n; i++) {
        const struct rules_conflict *k = &e->telling->list[i];
        if (k->fact.number != fact.number || k->fact.key != fact.key || e->telling->told[i])
            continue;
        e->telling->told[i] = true;
        query_set_variable(q, "other", e->telling->first(k->first, e->telling->data));
        return true;
    }
    return false;
}

static void emit(struct evaluation *e)
{
    const struct rule_case *c = e->broken;
    const record_node *node = e->place.node;
    struct finding f = {.rule = e->rule->id,
                        .clause = e->rule->clause,
                        .severity = severity_of(e->run->rules, e->rule, c)};

    if (c->key && !conflicts(e))
        return;
    if (c->field) {
        struct query_value v = query_string(c->field, e->run->query, e->place, e->arena);
        node = v.node ? v.node : node;
    }
    f.at = record_pos(node);
    f.field = record_path(node, e->arena);
    f.label = message_text(e, &c->label);
    f.paper = message_text(e, &c->paper);
    f.label = *f.label ? f.label : NULL;
    f.paper = *f.paper ? f.paper : NULL;
    for (int l = 0; l < LANGUAGE_COUNT; l++)
        f.text[l] = message_text(e, &c->text[l]);
    diag_pass(e->diag, &f);
}

static void try_case(struct evaluation *e)
{
    struct query_context *q = e->run->query;
    size_t mark = query_variables_mark(q);
    bind(e, &e->broken->lets);
    if (!e->broken->when || query_bool(e->broken->when, q, e->place))
        emit(e);
    query_variables_release(q, mark);
}

enum { LOOP_AT_MOST = 1200 };

static void loop_case(struct evaluation *e)
{
    const struct rule_case *c = e->broken;
    struct query_context *q = e->run->query;
    if (!c->from) {
        try_case(e);
        return;
    }
    double from = query_number(c->from, q, e->place), to = query_number(c->to, q, e->place);
    if (!(from > -1e6 && to < 1e6))
        return; /* not numbers: nothing to count */
    for (long i = (long)from, n = 0; i <= (long)to && n < LOOP_AT_MOST; i++, n++) {
        char number[24];
        size_t mark = query_variables_mark(q);
        snprintf(number, sizeof number, "%ld", i);
        query_set_variable(q, c->as, number);
        try_case(e);
        query_variables_release(q, mark);
    }
}

static bool concerns(const struct rule *rule, enum rule_scope scope)
{
    for (size_t i = 0; i < rule->n; i++)
        if (rule->cases[i].scope == scope)
            return !rule->off;
    return false;
}

static void apply(struct evaluation *e, enum rule_scope scope, record_node *node)
{
    const struct query_place whole = {node, 1, 1};
    size_t mark = query_variables_mark(e->run->query);
    e->place = whole;
    bind(e, &e->rule->lets);
    for (size_t i = 0; i < e->rule->n; i++) {
        e->broken = &e->rule->cases[i];
        e->place = whole;
        if (e->broken->scope != scope)
            continue;
        if (!e->broken->each) {
            loop_case(e);
            continue;
        }
        record_node **nodes;
        size_t n = query_nodes(e->broken->each, e->run->query, whole, e->arena, &nodes);
        for (size_t k = 0; k < n; k++) {
            e->place = (struct query_place){nodes[k], k + 1, n};
            loop_case(e);
        }
    }
    query_variables_release(e->run->query, mark);
}

/* --- what is asked of files and papers --- */

/* Every file that is cited: it exists, is what it should be, and has the pages asked for. */
static void check_files(struct rules_run *run, record_node *root, struct arena *arena,
                        struct diag *diag)
{
    struct finding where = {.rule = "R76"};
    for (xmlNode *n = root; n;) {
        xmlChar *href = n->type == XML_ELEMENT_NODE ? xmlGetNoNsProp(n, BAD_CAST "href") : NULL;
        if (href) {
            bool photo = !strcmp((char *)n->name, "photo");
            xmlChar *kind = xmlGetNoNsProp(n, BAD_CAST "kind"),
                    *part = xmlGetNoNsProp(n, BAD_CAST "part"),
                    *pages = xmlGetNoNsProp(n, BAD_CAST "pages");
            where.label = photo ? "照片" : part ? (char *)part : kind ? (char *)kind : "佐证";
            where.paper = photo ? "专业技术职务任职资格评审表" : "书面材料";
            where.at = record_pos(n);
            where.field = record_path(n, arena);
            rules_cite(run, (char *)href, (char *)pages, photo, &where, diag);
            xmlFree(pages);
            xmlFree(kind);
            xmlFree(part);
        }
        xmlFree(href);
        if (n->children && n->type == XML_ELEMENT_NODE) {
            n = n->children;
            continue;
        }
        while (n && n != root && !n->next)
            n = n->parent;
        n = n == root ? NULL : n ? n->next : NULL;
    }
}

static void lay_out(struct rules_run *run, const struct applicant *who, struct diag *diag)
{
    const struct rules *r = run->rules;
    for (size_t i = 0; i < r->n_forms; i++) {
        const struct rule_form *p = &r->forms[i];
        const struct query_place at = {who->node, 1, 1};
        if (!query_bool(p->needed, run->query, at))
            continue;
        struct arena arena = {0};
        const struct layout_options options = {.asof = run->asof};
        const struct diag_context saved = diag->context;
        diag->context.paper = form_facts(p->form)->title;
        query_context_begin(run->drawing, who->node, run->asof);
        query_context_set_pages(run->drawing, run->page, run->page_data);
        if (r->rubrics)
            rubrics_begin(r->rubrics, who->node);
        pages_close(layout_form(&arena, p->form, r->options->fonts, run->drawing, who->node,
                                who->dir, &options, diag));
        diag->context = saved;
        arena_free(&arena);
    }
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

/* The same fault noticed by a rule, by a file and by each paper that prints it, is one finding;
 * what does not fit is one a paper. */
static bool repeats(const struct finding *list, size_t n, const struct finding *f)
{
    for (size_t i = 0; i < n; i++)
        if (same(list[i].rule, f->rule) && list[i].at.line == f->at.line &&
            same(list[i].text[LANGUAGE_ZH], f->text[LANGUAGE_ZH]) &&
            (!same(f->rule, "R79") || same(list[i].paper, f->paper)))
            return true;
    return false;
}

/* The text without the middle of ID numbers, and of this person's own number whatever its form. */
static const char *hide(struct arena *a, const char *text, const char *number)
{
    size_t len = strlen(number);
    const char *at = len > 3 ? strstr(text, number) : NULL, *rest = text;
    struct buffer b = {0};
    for (; at; at = strstr(rest, number)) {
        buffer_add(&b, rest, (size_t)(at - rest));
        buffer_puts(&b, id_number_mask_whole(a, number));
        rest = at + len;
    }
    buffer_puts(&b, rest);
    char *whole = arena_strndup(a, (const char *)b.data, b.len);
    buffer_clear(&b);
    return id_number_mask(a, whole);
}

static const char *number_of(const record_node *applicant, struct arena *a)
{
    for (const xmlNode *n = applicant->children; n; n = n->next)
        for (const xmlNode *k = n->children; k && !strcmp((const char *)n->name, "person");
             k = k->next)
            if (!strcmp((const char *)k->name, "id-number")) {
                xmlChar *s = xmlNodeGetContent(k);
                const char *copy = arena_strdup(a, (const char *)s);
                xmlFree(s);
                return copy;
            }
    return "";
}

/* Takes over what the rules want to know, under their severity, from a list of other modules. */
static void take_findings(const struct rules *r, const struct diag *from,
                          const record_node *applicant, struct diag *to)
{
    struct diag kept = {.strict = to->strict};
    const char *number = number_of(applicant, &kept.arena);
    for (size_t i = 0; i < from->n; i++) {
        struct finding f = from->list[i];
        const struct rule *rule = f.rule ? rules_find(r, f.rule) : NULL;
        if ((rule && rule->off) || (!f.rule && f.fault == FAULT_DATA && r->options->only))
            continue;
        if (rule && !f.clause)
            f.clause = rule->clause;
        if (rule && rule->overridden && f.severity != SEVERITY_INFO)
            f.severity = rule->severity;
        for (int l = 0; l < LANGUAGE_COUNT && !r->options->show_ids; l++)
            f.text[l] = hide(&kept.arena, f.text[l], number);
        if (!repeats(kept.list, kept.n, &f))
            diag_pass(&kept, &f);
    }
    diag_append(to, &kept);
    diag_clear(&kept);
}

static bool wanted(const struct rules *r, const char *holder)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->rules[i].held && !strcmp(r->rules[i].held, holder) && !r->rules[i].off)
            return true;
    return false;
}

/* --- the scopes --- */

static void begin(struct evaluation *e, record_node *node)
{
    struct query_context *q = e->run->query;
    const struct rules *r = e->run->rules;
    query_context_begin(q, node, e->run->asof);
    query_context_set_diag(q, e->diag);
    query_context_set_pages(q, e->run->page, e->run->page_data);
    for (size_t i = 0; i < r->n_parameters; i++)
        query_set_variable(q, r->parameters[i].name, r->parameters[i].value);
}

static void gather(struct evaluation *e, record_node *node)
{
    const struct rules *r = e->run->rules;
    const struct query_place whole = {node, 1, 1};
    for (size_t i = 0; i < r->n_gatherers; i++) {
        const struct gatherer *g = &r->gatherers[i];
        record_node *self[] = {node}, **nodes = self;
        size_t n = g->each ? query_nodes(g->each, e->run->query, whole, e->arena, &nodes) : 1;
        for (size_t k = 0; k < n; k++) {
            const struct query_place at = {nodes[k], k + 1, n};
            const char *key = query_string(g->key, e->run->query, at, e->arena).text;
            add_fact(e->facts, (struct rules_fact){.number = g->number, .key = rules_hash(key)});
        }
    }
}

/* The rules on an applicant: all of them, or those alone that are told beside others. */
static void ask_applicant(struct evaluation *e, const struct applicant *who, bool beside_others)
{
    const struct rules *r = e->run->rules;
    begin(e, who->node);
    if (r->rubrics)
        rubrics_begin(r->rubrics, who->node);
    query_context_set_data(e->run->query, r->rubrics);
    e->run->dir = who->dir;
    e->place = (struct query_place){who->node, 1, 1};
    bind(e, &r->definitions);
    for (size_t i = 0; i < r->n; i++) {
        bool keyed = false;
        for (size_t k = 0; k < r->rules[i].n; k++)
            keyed = keyed || r->rules[i].cases[k].key;
        if (concerns(&r->rules[i], SCOPE_APPLICANT) && (keyed || !beside_others)) {
            e->rule = &r->rules[i];
            apply(e, SCOPE_APPLICANT, who->node);
        }
    }
}

void rules_applicant(struct rules_run *run, const struct applicant *who, struct rules_facts *facts,
                     struct diag *diag)
{
    const struct rules *r = run->rules;
    struct arena arena = {0};
    struct diag found = {.context = {who->id, who->name, who->unit, NULL}};
    struct evaluation e = {.run = run, .arena = &arena, .facts = facts, .diag = &found};

    run->dir = who->dir;
    if (wanted(r, "files"))
        check_files(run, who->node, &arena, &found);
    ask_applicant(&e, who, false);
    if (facts)
        gather(&e, who->node);
    if (!who->faulty && r->options->fonts && wanted(r, "papers"))
        lay_out(run, who, &found);
    take_findings(r, &found, who->node, diag);
    rules_close_cited(run);
    diag_clear(&found);
    arena_free(&arena);
}

static void check_node(struct rules_run *run, enum rule_scope scope, record_node *node,
                       struct diag *diag)
{
    const struct rules *r = run->rules;
    struct arena arena = {0};
    struct evaluation e = {.run = run, .arena = &arena, .diag = diag};
    const struct diag_context saved = diag->context;
    xmlChar *id = xmlGetNoNsProp(node, BAD_CAST "id");

    diag->context = (struct diag_context){.unit = scope == SCOPE_UNIT ? (const char *)id : NULL};
    begin(&e, node);
    query_context_set_data(run->query, NULL); /* nobody is being scored */
    for (size_t i = 0; i < r->n; i++)
        if (concerns(&r->rules[i], scope)) {
            e.rule = &r->rules[i];
            apply(&e, scope, node);
        }
    diag->context = saved;
    xmlFree(id);
    arena_free(&arena);
}

static bool named(const xmlNode *n, const char *name, const xmlChar *id)
{
    xmlChar *own = n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, name)
                       ? xmlGetNoNsProp((xmlNode *)n, BAD_CAST "id")
                       : NULL;
    bool same_id = own && xmlStrEqual(own, id);
    xmlFree(own);
    return same_id;
}

static bool among(xmlNode *const *list, size_t n, const xmlNode *node)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == node)
            return true;
    return false;
}

void rules_shared(struct rules_run *run, const struct record *record,
                  bool (*is_wanted)(const char *, void *), void *data, struct diag *diag)
{
    struct arena arena = {0};
    xmlNode **units = NULL, **delegations = NULL, *batch = NULL, *unit;
    size_t n_units = 0, cap_units = 0, n_delegations = 0, cap_delegations = 0;

    for (size_t i = 0; (unit = record_unit(record, i)); i++) {
        xmlChar *id = xmlGetNoNsProp(unit, BAD_CAST "id"),
                *by = xmlGetNoNsProp(unit, BAD_CAST "delegation");
        if (id && is_wanted((const char *)id, data)) {
            *ARENA_PUSH(&arena, units, n_units, cap_units) = unit;
            batch = batch ? batch : unit->parent;
            for (xmlNode *n = by ? unit->parent->children : NULL; n; n = n->next)
                if (named(n, "delegation", by) && !among(delegations, n_delegations, n))
                    *ARENA_PUSH(&arena, delegations, n_delegations, cap_delegations) = n;
        }
        xmlFree(id);
        xmlFree(by);
    }
    if (batch)
        check_node(run, SCOPE_BATCH, batch, diag);
    for (size_t i = 0; i < n_delegations; i++)
        check_node(run, SCOPE_DELEGATION, delegations[i], diag);
    for (size_t i = 0; i < n_units; i++)
        check_node(run, SCOPE_UNIT, units[i], diag);
    arena_free(&arena);
}

/* --- all applicants beside each other --- */

static int by_order(const void *a, const void *b)
{
    const struct rules_conflict *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return x->fact.number < y->fact.number ? -1 : x->fact.number > y->fact.number;
}

static bool is_gatherer(const struct rules *r, size_t number)
{
    for (size_t i = 0; i < r->n_gatherers; i++)
        if (r->gatherers[i].number == number)
            return true;
    return false;
}

size_t rules_compare(struct rules_run *run, struct rules_claim *claims, size_t n,
                     struct arena *arena, struct rules_conflict **out)
{
    size_t found = 0, cap = 0;
    *out = NULL;
    if (n)
        qsort(claims, n, sizeof *claims, rules_claim_compare);
    run->claims = claims;
    run->n_claims = n;
    for (size_t i = 0, end; i < n; i = end) {
        const struct rules_claim *first = &claims[i];
        size_t reported = first->order; /* each later applicant once for a key */
        for (end = i + 1; end < n && claims[end].fact.number == first->fact.number &&
                          claims[end].fact.key == first->fact.key;
             end++) {
            const struct rules_claim *c = &claims[end];
            bool differs = !c->fact.value || c->fact.value != first->fact.value;
            if (c->order == reported || !differs || is_gatherer(run->rules, c->fact.number))
                continue;
            reported = c->order;
            *ARENA_PUSH(arena, *out, found, cap) =
                (struct rules_conflict){c->fact, c->order, first->order};
        }
    }
    if (found)
        qsort(*out, found, sizeof **out, by_order);
    return found;
}

void rules_tell_conflicts(struct rules_run *run, const struct applicant *who,
                          const struct rules_conflict *list, size_t n,
                          const char *(*first)(size_t order, void *data), void *data,
                          struct diag *diag)
{
    struct arena arena = {0};
    struct telling telling = {list, n, ARENA_ARRAY(&arena, bool, n + 1), first, data};
    struct diag found = {.context = {who->id, who->name, who->unit, NULL}};
    struct evaluation e = {.run = run, .arena = &arena, .telling = &telling, .diag = &found};

    ask_applicant(&e, who, true);
    take_findings(run->rules, &found, who->node, diag);
    rules_close_cited(run);
    diag_clear(&found);
    arena_free(&arena);
}
