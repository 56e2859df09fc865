/* engine.c - see engine.h. */
#include "check/engine.h"

#include "check/functions.h"
#include "check/report.h"
#include "core/buffer.h"
#include "core/cells.h"
#include "core/digest.h"
#include "core/strings.h"
#include "record/id_number.h"
#include "record/node.h"
#include "xml/include.h"

#include <stdlib.h>
#include <string.h>

struct engine *engine_new(const struct rules *r, const char *asof)
{
    struct engine *engine = mem_alloc(1, sizeof *engine);
    engine->rules = r;
    engine->asof = asof;
    engine->reader = (struct attachment_reader){.fonts = r->options->fonts,
                                                .passwords = r->options->passwords,
                                                .n_passwords = r->options->n_passwords};
    engine->files.reader = &engine->reader;
    engine->memo = paragraph_memo_new(r->options->fonts);
    engine->query = query_context_new(r->options->tables);
    engine->drawing = query_context_new(r->options->tables);
    query_context_extend(engine->query, &rules_functions, engine);
    return engine;
}

void engine_free(struct engine *engine)
{
    if (!engine)
        return;
    cited_close(&engine->files);
    attachment_reader_close(&engine->reader);
    paragraph_memo_free(engine->memo);
    query_context_free(engine->query);
    query_context_free(engine->drawing);
    free(engine);
}

void engine_set_pages(struct engine *engine, const char *(*page)(const char *id, void *data),
                      void *data)
{
    engine->page = page;
    engine->page_data = data;
}

static uint64_t hash_key(const char *key) /* never 0 */
{
    uint64_t hash = digest_quick(key, strlen(key));
    return hash ? hash : 1;
}

/* --- one rule --- */

struct evaluation {
    struct engine *engine;
    const struct rule *rule;
    const struct rule_case *broken;
    struct query_place place;
    struct arena *arena;
    struct engine_facts *facts;      /* NULL: none are taken */
    struct conflict_list *conflicts; /* NULL: none is reported */
    struct diag *diag;
};

/* The conflicts that are being reported: a case with a key is a finding where one of them is. */
struct conflict_list {
    const struct engine_conflict *list;
    size_t n;
    bool *reported;
    const char *(*first)(size_t order, void *data);
    void *data;
};

/* On one line: a value from a cell may have several. */
static const char *message_text(struct evaluation *e, const struct message *m)
{
    struct buffer b = {0};
    for (size_t i = 0; i < m->n; i++) {
        const struct message_part *p = &m->parts[i];
        buffer_puts(&b, p->text
                            ? p->text
                            : query_string(p->query, e->engine->query, e->place, e->arena).text);
    }
    char *text = arena_strndup(e->arena, b.data ? (const char *)b.data : "", b.len);
    for (char *c = text; *c; c++)
        *c = strchr("\t\r\n", *c) ? ' ' : *c;
    buffer_clear(&b);
    return text;
}

static void bind(struct evaluation *e, const struct bindings *list)
{
    for (size_t i = 0; i < list->n; i++)
        query_defer_variable(e->engine->query, list->list[i].name, list->list[i].select, e->place);
}

/* What exists only when the papers are sealed is a note before that. */
static enum severity severity_of(const struct rules *r, const struct rule *rule,
                                 const struct rule_case *c)
{
    enum severity s =
        rule->overridden && c->severity != SEVERITY_INFO ? rule->severity : c->severity;
    return c->stage == STAGE_SUBMIT && r->options->stage == STAGE_PREPARE ? SEVERITY_INFO : s;
}

/* false: no conflict is there, or it is reported already. Facts are added where they are asked for.
 */
static bool is_conflict(struct evaluation *e)
{
    const struct rule_case *c = e->broken;
    struct query_context *q = e->engine->query;
    struct engine_fact fact = {.number = c->number};
    fact.key = hash_key(query_string(c->key, q, e->place, e->arena).text);
    if (c->value)
        fact.value = hash_key(query_string(c->value, q, e->place, e->arena).text);
    if (e->facts)
        *MEM_PUSH(e->facts->list, e->facts->n, e->facts->cap) = fact;
    for (size_t i = 0; e->conflicts && i < e->conflicts->n; i++) {
        const struct engine_conflict *k = &e->conflicts->list[i];
        if (k->fact.number != fact.number || k->fact.key != fact.key || e->conflicts->reported[i])
            continue;
        e->conflicts->reported[i] = true;
        for (size_t j = i + 1; c->from && j < e->conflicts->n; j++) /* of all its turns one */
            if (e->conflicts->list[j].fact.number == fact.number &&
                e->conflicts->list[j].first == k->first)
                e->conflicts->reported[j] = true;
        query_set_variable(q, "other", e->conflicts->first(k->first, e->conflicts->data));
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
                        .severity = severity_of(e->engine->rules, e->rule, c)};

    if (c->key && !is_conflict(e))
        return;
    if (c->field) {
        struct query_value v = query_string(c->field, e->engine->query, e->place, e->arena);
        node = v.node ? v.node : node;
    }
    f.at = record_pos(node);
    f.field = record_path(node, e->arena);
    f.label = message_text(e, &c->label);
    f.paper = message_text(e, &c->paper);
    f.label = *f.label ? f.label : NULL;
    f.paper = *f.paper ? f.paper : NULL;
    char cell[CELL_NAME];
    const char *below = !c->cell   ? f.field
                        : *f.field ? arena_printf(e->arena, "%s/%s", f.field, c->cell)
                                   : c->cell;
    bool book = cells_find(f.at.file, f.at.line, below, f.label, &f.sheet, cell);
    f.cell = book ? cell : NULL;
    for (int l = 0; l < LANGUAGE_COUNT; l++)
        f.text[l] = message_text(e, book && c->book[l].n ? &c->book[l] : &c->text[l]);
    diag_pass(e->diag, &f);
}

static void try_case(struct evaluation *e)
{
    struct query_context *q = e->engine->query;
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
    struct query_context *q = e->engine->query;
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

/* While conflicts are reported: is one of this case? All else was found before. */
static bool has_conflict(const struct conflict_list *conflicts, const struct rule_case *c)
{
    for (size_t i = 0; c->key && i < conflicts->n; i++)
        if (conflicts->list[i].fact.number == c->number)
            return true;
    return false;
}

static bool is_asked(const struct evaluation *e, const struct rule_case *c, enum record_scope scope)
{
    return c->scope == scope && (!e->conflicts || has_conflict(e->conflicts, c));
}

static bool concerns(const struct evaluation *e, const struct rule *rule, enum record_scope scope)
{
    for (size_t i = 0; i < rule->n; i++)
        if (is_asked(e, &rule->cases[i], scope))
            return !rule->off;
    return false;
}

static void apply(struct evaluation *e, enum record_scope scope, record_node *node)
{
    const struct query_place whole = {node, 1, 1};
    size_t mark = query_variables_mark(e->engine->query);
    e->place = whole;
    bind(e, &e->rule->lets);
    for (size_t i = 0; i < e->rule->n; i++) {
        e->broken = &e->rule->cases[i];
        e->place = whole;
        if (!is_asked(e, e->broken, scope))
            continue;
        if (!e->broken->each) {
            loop_case(e);
            continue;
        }
        record_node **nodes;
        size_t n = query_nodes(e->broken->each, e->engine->query, whole, e->arena, &nodes);
        for (size_t k = 0; k < n; k++) {
            e->place = (struct query_place){nodes[k], k + 1, n};
            loop_case(e);
        }
    }
    query_variables_release(e->engine->query, mark);
}

/* --- what is asked of files and papers --- */

static bool is_pages_flawed(const struct applicant *who, const record_node *node)
{
    for (size_t i = 0; i < who->n_flaws; i++)
        if (who->flaws[i].node == node && who->flaws[i].attribute &&
            !strcmp(who->flaws[i].attribute, "pages"))
            return true;
    return false;
}

struct citations {
    struct citation *list;
    size_t n, cap;
};

static void find_citations(const struct applicant *who, record_node *node, struct arena *arena,
                           struct citations *found)
{
    const char *href = record_attribute(node, "href", arena);
    if (*href) {
        bool photo = !strcmp(record_name(node), "photo");
        const char *kind = record_attribute(node, "kind", arena),
                   *part = record_attribute(node, "part", arena);
        *ARENA_PUSH(arena, found->list, found->n, found->cap) = (struct citation){
            .href = href,
            .pages = is_pages_flawed(who, node) ? "" : record_attribute(node, "pages", arena),
            .photo = photo,
            .where = {.rule = "R76",
                      .label = photo   ? "照片"
                               : *part ? part
                               : *kind ? kind
                                       : "佐证",
                      .paper = xml_profile_parameter(photo ? "evaluation-title" : "volume-title"),
                      .at = record_pos(node),
                      .field = record_path(node, arena)}};
    }
    for (record_node *child = NULL; (child = record_child(node, child));)
        find_citations(who, child, arena, found);
}

/* Every file that is cited: it exists, is what it should be, and has the pages asked for. */
static void check_files(struct engine *engine, const struct applicant *who, struct arena *arena,
                        struct diag *diag)
{
    struct citations found = {0};
    find_citations(who, who->node, arena, &found);
    cited_judge(&engine->files, found.list, found.n, diag);
}

static void lay_out(struct engine *engine, const struct applicant *who, struct diag *diag)
{
    const struct rules *r = engine->rules;
    for (size_t i = 0; i < r->n_forms; i++) {
        const struct rule_form *p = &r->forms[i];
        const struct query_place at = {who->node, 1, 1};
        if (p->needed && !query_bool(p->needed, engine->query, at))
            continue;
        const struct layout_options options = {.asof = engine->asof,
                                               .memo = engine->memo,
                                               .is_sound = cited_is_sound_photo,
                                               .pictures = &engine->files};
        const struct diag_context saved = diag->context;
        diag->context.paper = form_facts(p->form)->title;
        paragraph_memo_begin(engine->memo);
        query_context_begin(engine->drawing, who->node, engine->asof);
        query_context_set_pages(engine->drawing, engine->page, engine->page_data);
        layout_judge(p->form, r->options->fonts, engine->drawing, who->node, who->dir, &options,
                     diag);
        diag->context = saved;
    }
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
    for (record_node *n = NULL; (n = record_child(applicant, n));)
        for (record_node *k = NULL; !strcmp(record_name(n), "person") && (k = record_child(n, k));)
            if (!strcmp(record_name(k), "id-number"))
                return record_text(k, a);
    return "";
}

/* Takes over what the rules want to know, under their severity, from a list of other modules. */
static void adopt_findings(const struct rules *r, const struct diag *from,
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
        if (!check_has(kept.list, kept.n, &f))
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
    struct query_context *q = e->engine->query;
    const struct rules *r = e->engine->rules;
    query_context_begin(q, node, e->engine->asof);
    query_context_set_diag(q, e->diag);
    query_context_set_pages(q, e->engine->page, e->engine->page_data);
    for (size_t i = 0; i < r->n_parameters; i++)
        query_set_variable(q, r->parameters[i].name, r->parameters[i].value);
}

static void gather(struct evaluation *e, record_node *node)
{
    const struct rules *r = e->engine->rules;
    const struct query_place whole = {node, 1, 1};
    for (size_t i = 0; i < r->n_gatherers; i++) {
        const struct gatherer *g = &r->gatherers[i];
        record_node *self[] = {node}, **nodes = self;
        size_t n = g->each ? query_nodes(g->each, e->engine->query, whole, e->arena, &nodes) : 1;
        for (size_t k = 0; k < n; k++) {
            const struct query_place at = {nodes[k], k + 1, n};
            const char *key = query_string(g->key, e->engine->query, at, e->arena).text;
            *MEM_PUSH(e->facts->list, e->facts->n, e->facts->cap) =
                (struct engine_fact){.number = g->number, .key = hash_key(key)};
        }
    }
}

/* The rules on an applicant: all of them, or those of the conflicts that are reported. */
static void ask_applicant(struct evaluation *e, const struct applicant *who)
{
    const struct rules *r = e->engine->rules;
    begin(e, who->node);
    e->engine->files.dir = who->dir;
    e->place = (struct query_place){who->node, 1, 1};
    bind(e, &r->definitions);
    for (size_t i = 0; i < r->n; i++)
        if (concerns(e, &r->rules[i], SCOPE_APPLICANT)) {
            e->rule = &r->rules[i];
            apply(e, SCOPE_APPLICANT, who->node);
        }
}

/* --- faults of the record, and what rests on them --- */

static bool says_same(const struct finding *a, const struct finding *b)
{
    return a->severity == b->severity && a->at.line == b->at.line &&
           string_same(a->rule, b->rule) && string_same(a->field, b->field) &&
           string_same(a->text[LANGUAGE_ZH], b->text[LANGUAGE_ZH]) &&
           string_same(a->text[LANGUAGE_EN], b->text[LANGUAGE_EN]);
}

static bool is_among(const struct finding *f, const struct diag *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (says_same(f, &list->list[i]))
            return true;
    return false;
}

/* What the rules find, and the facts: of an applicant, or of what applicants share. */
struct judgement {
    struct diag diag;
    struct engine_facts facts;
};

static void judgement_clear(struct judgement *j)
{
    diag_clear(&j->diag);
    free(j->facts.list);
}

static void keep_common(struct judgement *j, const struct judgement *other)
{
    struct diag common = {.context = j->diag.context};
    size_t n = 0;
    for (size_t i = 0; i < j->diag.n; i++)
        if (is_among(&j->diag.list[i], &other->diag))
            diag_pass(&common, &j->diag.list[i]);
    diag_clear(&j->diag);
    j->diag = common;
    for (size_t i = 0; i < j->facts.n; i++)
        for (size_t k = 0; k < other->facts.n; k++)
            if (!memcmp(&j->facts.list[i], &other->facts.list[k], sizeof *j->facts.list)) {
                j->facts.list[n++] = j->facts.list[i];
                break;
            }
    j->facts.n = n;
}

typedef void judge_function(struct engine *engine, const void *subject, struct judgement *out);

/* Judges the subject as it stands in the file. Of one with faults only that is kept which is found
 * whatever the faulty values were meant to be: all else rests on them. */
static void judge(struct engine *engine, judge_function *judge_once, const void *subject,
                  const struct record_flaw *flaws, size_t n, struct judgement *out)
{
    size_t readings = record_readings(flaws, n);
    judge_once(engine, subject, out);
    for (size_t i = 0; i < readings && (out->diag.n || out->facts.n); i++) {
        struct judgement other = {.diag.context = out->diag.context};
        struct record_reading *reading = record_read_as(flaws, n, i);
        judge_once(engine, subject, &other);
        record_read_again(reading);
        keep_common(out, &other);
        judgement_clear(&other);
    }
}

static void judge_applicant(struct engine *engine, const void *subject, struct judgement *out)
{
    const struct applicant *who = subject;
    struct arena arena = {0};
    struct evaluation e = {
        .engine = engine, .arena = &arena, .facts = &out->facts, .diag = &out->diag};
    ask_applicant(&e, who);
    gather(&e, who->node);
    arena_free(&arena);
}

/* What papers find, less what a rule has found of the same field already, and less that something
 * wrong does not fit. */
static void add_unsaid(struct diag *found, const struct diag *laid)
{
    size_t n = found->n;
    for (size_t i = 0; i < laid->n; i++) {
        const struct finding *f = &laid->list[i];
        bool said = false;
        for (size_t k = 0; f->rule && k < n; k++)
            said = said || (found->list[k].severity == SEVERITY_ERROR &&
                            ((string_same(f->rule, found->list[k].rule) &&
                              string_same(f->label, found->list[k].label)) ||
                             (!strcmp(f->rule, "R79") &&
                              (f->field ? string_same(f->field, found->list[k].field)
                                        : string_same(f->label, found->list[k].label)))));
        if (!said)
            diag_pass(found, f);
    }
}

void engine_check_applicant(struct engine *engine, const struct applicant *who,
                            struct engine_facts *facts, struct diag *diag)
{
    const struct rules *r = engine->rules;
    struct arena arena = {0};
    struct diag found = {.context = {who->id, who->name, who->unit, NULL}};
    struct judgement judged = {.diag.context = found.context};

    if (who->broken)
        return; /* what was not read might answer every question */
    engine->files.dir = who->dir;
    if (wanted(r, "files"))
        check_files(engine, who, &arena, &found);
    judge(engine, judge_applicant, who, who->flaws, who->n_flaws, &judged);
    diag_append(&found, &judged.diag);
    for (size_t i = 0; facts && i < judged.facts.n; i++)
        *MEM_PUSH(facts->list, facts->n, facts->cap) = judged.facts.list[i];
    if (!who->faulty && r->options->fonts && wanted(r, "papers")) {
        struct diag laid = {.context = found.context};
        lay_out(engine, who, &laid);
        add_unsaid(&found, &laid);
        diag_clear(&laid);
    }
    adopt_findings(r, &found, who->node, diag);
    cited_close(&engine->files);
    judgement_clear(&judged);
    diag_clear(&found);
    arena_free(&arena);
}

/* A unit, a delegation or the batch. */
struct shared_node {
    record_node *node;
    enum record_scope scope;
};

static void judge_node(struct engine *engine, const void *subject, struct judgement *out)
{
    const struct shared_node *shared = subject;
    const struct rules *r = engine->rules;
    struct arena arena = {0};
    struct evaluation e = {.engine = engine, .arena = &arena, .diag = &out->diag};

    begin(&e, shared->node);
    for (size_t i = 0; i < r->n; i++)
        if (concerns(&e, &r->rules[i], shared->scope)) {
            e.rule = &r->rules[i];
            apply(&e, shared->scope, shared->node);
        }
    arena_free(&arena);
}

static void check_node(struct engine *engine, struct shared_node shared,
                       const struct record_flaw *flaws, size_t n, struct diag *diag)
{
    struct arena arena = {0};
    const char *id = record_attribute(shared.node, "id", &arena);
    struct judgement judged = {.diag.context = {.unit = shared.scope == SCOPE_UNIT ? id : NULL}};

    judge(engine, judge_node, &shared, flaws, n, &judged);
    diag_append(diag, &judged.diag);
    judgement_clear(&judged);
    arena_free(&arena);
}

void engine_check_shared(struct engine *engine, const struct record *record,
                         bool (*is_wanted)(const char *, void *), void *data, struct diag *diag)
{
    struct arena arena = {0};
    const struct record_delegation *delegations;
    size_t n_delegations = record_delegations(record, &delegations), n_units = 0, cap = 0;
    bool *concerned = ARENA_ARRAY(&arena, bool, n_delegations + 1);
    record_node **units = NULL, *unit;
    struct record_flaw *flaws;
    size_t n_flaws = record_flaws(record, &arena, &flaws);

    for (size_t i = 0; (unit = record_unit(record, i)); i++) {
        const char *delegation = record_attribute(unit, "delegation", &arena);
        if (!is_wanted(record_attribute(unit, "id", &arena), data))
            continue;
        *ARENA_PUSH(&arena, units, n_units, cap) = unit;
        for (size_t d = 0; d < n_delegations; d++)
            concerned[d] = concerned[d] || !strcmp(delegations[d].id, delegation);
    }
    if (n_units > 0)
        check_node(engine, (struct shared_node){record_parent(units[0]), SCOPE_BATCH}, flaws,
                   n_flaws, diag);
    for (size_t d = 0; d < n_delegations; d++)
        if (concerned[d])
            check_node(engine, (struct shared_node){delegations[d].node, SCOPE_DELEGATION}, flaws,
                       n_flaws, diag);
    for (size_t i = 0; i < n_units; i++)
        check_node(engine, (struct shared_node){units[i], SCOPE_UNIT}, flaws, n_flaws, diag);
    arena_free(&arena);
}

/* --- all applicants beside each other --- */

static int by_key(const void *a, const void *b)
{
    const struct engine_claim *x = a, *y = b;
    if (x->fact.number != y->fact.number)
        return x->fact.number < y->fact.number ? -1 : 1;
    if (x->fact.key != y->fact.key)
        return x->fact.key < y->fact.key ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static bool is_same_claim(const struct engine_claim *a, const struct engine_claim *b)
{
    return a->fact.number == b->fact.number && a->fact.key == b->fact.key;
}

size_t engine_count_gathered(const struct engine *engine, const char *name, const char *key)
{
    const struct rules *r = engine->rules;
    struct engine_claim probe = {.fact = {.key = hash_key(key)}};
    size_t n = 0;

    for (size_t g = 0; g < r->n_gatherers; g++) {
        if (strcmp(r->gatherers[g].name, name))
            continue;
        probe.fact.number = r->gatherers[g].number;
        size_t low = 0, high = engine->n_claims; /* the first claim of number and key */
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (by_key(&engine->claims[middle], &probe) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        for (size_t last = SIZE_MAX;
             low < engine->n_claims && is_same_claim(&engine->claims[low], &probe); low++) {
            n += engine->claims[low].order != last; /* each applicant once */
            last = engine->claims[low].order;
        }
    }
    return n;
}

static int by_order(const void *a, const void *b)
{
    const struct engine_conflict *x = a, *y = b;
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

size_t engine_compare(struct engine *engine, struct engine_claim *claims, size_t n,
                      struct arena *arena, struct engine_conflict **out)
{
    size_t found = 0, cap = 0;
    *out = NULL;
    if (n)
        qsort(claims, n, sizeof *claims, by_key);
    engine->claims = claims;
    engine->n_claims = n;
    for (size_t i = 0, end; i < n; i = end) {
        const struct engine_claim *first = &claims[i];
        size_t reported = first->order; /* each later applicant once for a key */
        for (end = i + 1; end < n && is_same_claim(&claims[end], first); end++) {
            const struct engine_claim *c = &claims[end];
            bool differs = !c->fact.value || c->fact.value != first->fact.value;
            if (c->order == reported || !differs || is_gatherer(engine->rules, c->fact.number))
                continue;
            reported = c->order;
            *ARENA_PUSH(arena, *out, found, cap) =
                (struct engine_conflict){c->fact, c->order, first->order};
        }
    }
    if (found)
        qsort(*out, found, sizeof **out, by_order);
    return found;
}

void engine_report_conflicts(struct engine *engine, const struct applicant *who,
                             const struct engine_conflict *list, size_t n,
                             const char *(*first)(size_t order, void *data), void *data,
                             struct diag *diag)
{
    struct arena arena = {0};
    struct conflict_list known = {list, n, ARENA_ARRAY(&arena, bool, n + 1), first, data};
    struct diag found = {.context = {who->id, who->name, who->unit, NULL}};
    struct evaluation e = {.engine = engine, .arena = &arena, .conflicts = &known, .diag = &found};

    ask_applicant(&e, who);
    adopt_findings(engine->rules, &found, who->node, diag);
    cited_close(&engine->files);
    diag_clear(&found);
    arena_free(&arena);
}
