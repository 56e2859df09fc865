/* rule_file.c - reads rules.xml, rules.notice.xml and rules.local.xml, every fault with its line.
 * rules.rng says the same to editors. */
#include "check/rule_file.h"

#include "check/functions.h"
#include "core/find.h"
#include "core/spelling.h"
#include "profile/profile.h"
#include "query/needed_papers.h"
#include "record/node.h"
#include "sheet/template.h"
#include "xml/xml_reader.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct load {
    struct rules *rules;
    bool local; /* a profile's or an overlay's: changes what was read before */
};

/* Text with {expressions} in it, into a struct message. */
static bool parse_message(struct xml_reader *r, const char *text, void *out)
{
    struct message *m = out;
    while (*text) {
        size_t len = strcspn(text, "{");
        if (len)
            *ARENA_PUSH(r->arena, m->parts, m->n, m->cap) =
                (struct message_part){.text = arena_strndup(r->arena, text, len)};
        text += len;
        if (!*text)
            break;
        len = strcspn(text, "}");
        if (!text[len])
            return diag_system(r->diag, xml_at(r), "“{”没有配对的“}”", "a { without its }"), true;
        *ARENA_PUSH(r->arena, m->parts, m->n, m->cap) = (struct message_part){
            .query =
                query_list_add(r->queries, r->arena, arena_strndup(r->arena, text + 1, len - 1),
                               xml_at(r), r->diag)};
        text += len + 1;
    }
    return true;
}

/* --- papers, which rules name by their templates --- */

static bool is_template_name(const char *paper)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    return paper && islower((unsigned char)*paper) && !paper[strspn(paper, letters)];
}

/* Has the notice the paper? What profiles share is there for all of them, and not a paper of each.
 */
static bool has_paper(const struct rules *rules, struct arena *arena, const char *name)
{
    const struct profile *profile = rules->options->profile;
    const char *const *dir = rules->options->dirs, *file = arena_printf(arena, "%s.xml", name);
    bool has = !profile || profile_has_part(profile, name);
    if (profile && profile_has_kind(profile, name))
        return true; /* it stands for any of them */
    for (; !has && dir[0] && dir[1]; dir++)
        has = find_file(arena, (const char *const[]){*dir, NULL}, file);
    return has && rules_path(rules, arena, file);
}

/* What a paper of the notice is called; NULL: the notice has none of the name. */
static const char *title_of(const struct rules *rules, const char *name, struct arena *arena)
{
    const struct query_tables *tables = rules->options->tables;
    const struct needed_paper *needed = tables ? needed_papers_find(tables->papers, name) : NULL;
    struct diag silent = {0}; /* whoever draws it says what is wrong with it */
    if (!has_paper(rules, arena, name))
        return NULL;
    if (needed)
        return record_attribute(needed->node, "title", arena);
    struct _xmlDoc *doc =
        xml_document(rules_path(rules, arena, arena_printf(arena, "%s.xml", name)), arena, &silent);
    const char *title = doc ? xml_root_attribute(doc, "title", arena) : name;
    xml_free(doc);
    diag_clear(&silent);
    return title;
}

/* The title of the paper that is named, which a rule of the notice's then needs; other words stand
 * for themselves. A rule of no notice holds without the paper, and names none. */
static void name_paper(struct xml_reader *r, struct rule *rule, const struct rule *ours)
{
    const struct load *l = r->owner;
    if (!is_template_name(rule->paper))
        return;
    if (!rule->needs && (rule->clause || (ours && ours->clause)))
        rule->needs = rule->paper;
    rule->paper = title_of(l->rules, rule->paper, r->arena);
}

/* Of a case; a paper that the notice does not have leaves it with its rule's. */
static void name_paper_of_case(struct xml_reader *r, const struct rule *rule, struct rule_case *c)
{
    const struct load *l = r->owner;
    const char *paper = xml_given(r, "paper") ? c->paper_name : rule->paper;
    if (is_template_name(paper) && xml_given(r, "paper"))
        paper = title_of(l->rules, paper, r->arena);
    paper = paper ? paper : rule->paper;
    if (paper)
        parse_message(r, paper, &c->paper);
}

static bool parse_holder(struct xml_reader *r, const char *text, void *out)
{
    (void)r;
    *(const char **)out = text;
    return !strcmp(text, "papers") || !strcmp(text, "files") || !strcmp(text, "drawing");
}

static void end_case(struct xml_reader *r, void *self, void *parent)
{
    struct load *l = r->owner;
    const struct rule *rule = parent;
    struct rule_case *c = self;

    c->at = xml_at(r);
    if (!xml_given(r, "severity"))
        c->severity = rule->severity;
    if (!xml_given(r, "stage"))
        c->stage = rule->stage;
    if (!xml_given(r, "on"))
        c->scope = rule->scope;
    if (!xml_given(r, "label") && rule->label)
        parse_message(r, rule->label, &c->label);
    name_paper_of_case(r, rule, c);
    if (c->key)
        c->number = l->rules->n_numbers++;
    if ((c->from != NULL) != (c->to != NULL) || (c->from && !c->as))
        diag_system(r->diag, c->at, "from、to 和 as 须一起给出", "from, to and as belong together");
    if (c->key && c->scope != SCOPE_APPLICANT)
        diag_system(r->diag, c->at, "key 只用于申报人的规则", "key is for rules on applicants");
}

struct rule *rules_find(const struct rules *r, const char *id)
{
    for (size_t i = 0; i < r->n; i++)
        if (!strcmp(r->rules[i].id, id))
            return &r->rules[i];
    return NULL;
}

static bool well_named(const char *id)
{
    size_t n = strlen(id);
    if (n == 0 || n > 16 || !isupper((unsigned char)id[0]))
        return false;
    for (size_t i = 1; i < n; i++)
        if (!isdigit((unsigned char)id[i]))
            return false;
    return true;
}

/* What the overlay does not say of a rule of ours stays as it is. */
static void begin_rule(struct xml_reader *r, void *self, void *parent)
{
    struct rule *rule = self;
    const struct rule *ours = rules_find(parent, rule->id);

    rule->at = xml_at(r);
    if (*rule->id && !well_named(rule->id))
        xml_bad_value(r, "id", rule->id, "R68, L01");
    name_paper(r, rule, ours);
    if (!ours)
        return;
    if (!xml_given(r, "paper") && !xml_given(r, "needs"))
        rule->needs = ours->needs;
    rule->clause = rule->clause ? rule->clause : ours->clause;
    rule->paper = rule->paper ? rule->paper : ours->paper;
    rule->label = rule->label ? rule->label : ours->label;
    if (!xml_given(r, "severity"))
        rule->severity = ours->severity;
    if (!xml_given(r, "stage"))
        rule->stage = ours->stage;
    if (!xml_given(r, "on"))
        rule->scope = ours->scope;
    if (!xml_given(r, "off"))
        rule->off = ours->off;
}

/* A case of ours, of a rule that is given without cases. */
static void change_case(struct xml_reader *r, const struct rule *rule, struct rule_case *c)
{
    if (xml_given(r, "stage"))
        c->stage = rule->stage;
    if (xml_given(r, "paper") && rule->paper) { /* else the notice does not have it */
        c->paper = (struct message){0};
        parse_message(r, rule->paper, &c->paper);
    }
    if (xml_given(r, "label")) {
        c->label = (struct message){0};
        parse_message(r, rule->label, &c->label);
    }
}

static void end_rule(struct xml_reader *r, void *self, void *parent)
{
    const struct load *l = r->owner;
    struct rules *rules = parent;
    struct rule *rule = self, *ours = rules_find(rules, rule->id);

    if (ours && !l->local)
        return; /* there twice: reported */
    if (ours && !rule->n) {
        ours->clause = rule->clause;
        for (size_t i = 0; i < ours->n; i++)
            change_case(r, rule, &ours->cases[i]);
        ours->paper = rule->paper;
        ours->needs = rule->needs;
        ours->off = rule->off;
        ours->severity = rule->severity;
        ours->overridden = ours->overridden || xml_given(r, "severity");
        if (rule->lets.n)
            diag_system(r->diag, rule->at, "规则 %s 没有 <case>，不能有 <let>",
                        "the rule %s has no <case>, and takes no <let>", rule->id);
        if (xml_given(r, "on"))
            diag_system(r->diag, rule->at, "规则 %s 没有 <case>，on 无从更改",
                        "the rule %s has no <case>, whose on could be another", rule->id);
        return;
    }
    if (!rule->n && !rule->held && !rule->off)
        diag_system(r->diag, rule->at, "规则 %s 没有 <case>", "the rule %s has no <case>",
                    rule->id);
    if (ours)
        *ours = *rule;
    else
        *ARENA_PUSH(r->arena, rules->rules, rules->n, rules->cap) = *rule;
}

/* A definition of a name that is there already takes its place in the order. */
static void end_definition(struct xml_reader *r, void *self, void *parent)
{
    const struct load *l = r->owner;
    struct bindings *all = &((struct rules *)parent)->definitions;
    const struct binding *definition = self;
    size_t i = 0;

    while (i < all->n && strcmp(all->list[i].name, definition->name))
        i++;
    if (i < all->n && l->local)
        all->list[i] = *definition;
    else
        *ARENA_PUSH(r->arena, all->list, all->n, all->cap) = *definition;
}

static void end_parameter(struct xml_reader *r, void *self, void *parent)
{
    const struct load *l = r->owner;
    const struct parameter *p = self;
    struct rules *rules = parent;
    size_t i = 0;

    while (i < rules->n_parameters && strcmp(rules->parameters[i].name, p->name))
        i++;
    if (i < rules->n_parameters && l->local)
        rules->parameters[i].value = p->value;
    else
        *ARENA_PUSH(r->arena, rules->parameters, rules->n_parameters, rules->cap_parameters) =
            (struct parameter){xml_at(r), p->name, p->value, l->local};
}

/* What the overlay says of a paper takes the place of all that ours asks of its template; nothing
 * within: nothing is asked. */
static void end_paper(struct xml_reader *r, void *self, void *parent)
{
    const struct load *l = r->owner;
    const struct rule_paper *p = self;
    struct rules *rules = parent;
    size_t i = 0;

    while (i < rules->n_papers && strcmp(rules->papers[i].name, p->name))
        i++;
    if (i < rules->n_papers && l->local)
        rules->papers[i] = *p;
    else
        *ARENA_PUSH(r->arena, rules->papers, rules->n_papers, rules->cap_papers) = *p;
}

static void end_gatherer(struct xml_reader *r, void *self, void *parent)
{
    (void)r;
    ((struct gatherer *)self)->number = ((struct rules *)parent)->n_numbers++;
}

/* --- the table --- */

enum { IN_RULES = 1, IN_PAPER = 2, IN_RULE = 4, IN_CASE = 8 };

#define SEVERITIES XML_CHOICE, .words = "error warning info"
#define STAGES XML_CHOICE, .words = "prepare submit"
#define SCOPES XML_CHOICE, .words = "applicant unit delegation batch"
#define MESSAGE XML_PARSED, .parse = parse_message, .expected = "...{XPath}..."

static const struct xml_attribute of_parameter[] = {
    {"name", XML_WORD, XML_AT(struct parameter, name), .required = true, .unique = true},
    {"value", XML_TEXT, XML_AT(struct parameter, value), .required = true},
    {"unit", XML_TEXT, XML_NOWHERE},
    {"clause", XML_TEXT, XML_NOWHERE},
    {0}};
static const struct xml_attribute of_binding[] = {
    {"name", XML_WORD, XML_AT(struct binding, name), .required = true},
    {"select", QUERY_AT(struct binding, select), .required = true},
    {0}};
static const struct xml_attribute of_paper[] = {
    {"form", XML_WORD, XML_AT(struct rule_paper, name), .required = true}, {0}};
static const struct xml_attribute of_require[] = {
    {"rule", XML_WORD, XML_AT(struct requirement, rule), .required = true},
    {"watermark", XML_TEXT, XML_AT(struct requirement, watermark)},
    {"copies", XML_WORD, XML_AT(struct requirement, copies)},
    {"size", XML_WORD, XML_AT(struct requirement, size)},
    {"binding", XML_WORD, XML_AT(struct requirement, binding)},
    {"seals", XML_TEXT, XML_AT(struct requirement, seals)},
    {0}};
static const struct xml_attribute of_gather[] = {
    {"name", XML_WORD, XML_AT(struct gatherer, name), .required = true},
    {"each", QUERY_AT(struct gatherer, each)},
    {"key", QUERY_AT(struct gatherer, key), .required = true},
    {0}};
static const struct xml_attribute of_rule[] = {
    {"id", XML_WORD, XML_AT(struct rule, id), .required = true, .unique = true},
    {"clause", XML_TEXT, XML_AT(struct rule, clause)},
    {"severity", SEVERITIES, XML_AT(struct rule, severity)},
    {"stage", STAGES, XML_AT(struct rule, stage)},
    {"on", SCOPES, XML_AT(struct rule, scope)},
    {"paper", XML_TEXT, XML_AT(struct rule, paper)},
    {"needs", XML_TEXT, XML_AT(struct rule, needs)},
    {"label", XML_TEXT, XML_AT(struct rule, label)},
    {"held", XML_PARSED, XML_AT(struct rule, held), .parse = parse_holder,
     .expected = "papers files drawing"},
    {"off", XML_FLAG, XML_AT(struct rule, off)},
    {0}};
static const struct xml_attribute of_case[] = {
    {"each", QUERY_AT(struct rule_case, each)},
    {"from", QUERY_AT(struct rule_case, from)},
    {"to", QUERY_AT(struct rule_case, to)},
    {"as", XML_WORD, XML_AT(struct rule_case, as)},
    {"when", QUERY_AT(struct rule_case, when)},
    {"field", QUERY_AT(struct rule_case, field)},
    {"cell", XML_TEXT, XML_AT(struct rule_case, cell)},
    {"key", QUERY_AT(struct rule_case, key)},
    {"value", QUERY_AT(struct rule_case, value)},
    {"label", MESSAGE, XML_AT(struct rule_case, label)},
    {"paper", XML_TEXT, XML_AT(struct rule_case, paper_name)},
    {"severity", SEVERITIES, XML_AT(struct rule_case, severity)},
    {"stage", STAGES, XML_AT(struct rule_case, stage)},
    {"on", SCOPES, XML_AT(struct rule_case, scope)},
    {0}};
static const struct xml_attribute of_zh[] = {
    {"", MESSAGE, XML_AT(struct rule_case, text[LANGUAGE_ZH]), .required = true}, {0}};
static const struct xml_attribute of_en[] = {
    {"", MESSAGE, XML_AT(struct rule_case, text[LANGUAGE_EN]), .required = true}, {0}};
static const struct xml_attribute of_zh_book[] = {
    {"", MESSAGE, XML_AT(struct rule_case, book[LANGUAGE_ZH]), .required = true}, {0}};
static const struct xml_attribute of_en_book[] = {
    {"", MESSAGE, XML_AT(struct rule_case, book[LANGUAGE_EN]), .required = true}, {0}};
static const struct xml_attribute of_title[] = {{"", XML_TEXT, XML_NOWHERE}, {0}};

static const struct xml_element elements[] = {
    {"rules", .inside = IN_RULES},
    {"parameter", IN_RULES, 0, of_parameter, sizeof(struct parameter), .end = end_parameter},
    {"define", IN_RULES, 0, of_binding, sizeof(struct binding), .end = end_definition},
    /* the word of papers: of a piece that both include */
    {"variable", IN_RULES, 0, of_binding, sizeof(struct binding), .end = end_definition},
    {"paper", IN_RULES, IN_PAPER, of_paper, sizeof(struct rule_paper), .begin = xml_keep_place,
     .end = end_paper},
    {"require", IN_PAPER, 0, of_require, sizeof(struct requirement),
     XML_INTO(struct rule_paper, requirements)},
    {"gather", IN_RULES, 0, of_gather, sizeof(struct gatherer), XML_INTO(struct rules, gatherers),
     .end = end_gatherer},
    {"rule", IN_RULES, IN_RULE, of_rule, sizeof(struct rule), .begin = begin_rule, .end = end_rule},
    {"title", IN_RULE, 0, of_title, .once = true},
    {"let", IN_RULE, 0, of_binding, sizeof(struct binding), XML_INTO(struct rule, lets)},
    {"case", IN_RULE, IN_CASE, of_case, sizeof(struct rule_case), XML_INTO(struct rule, cases),
     .end = end_case},
    {"let", IN_CASE, 0, of_binding, sizeof(struct binding), XML_INTO(struct rule_case, lets)},
    {"zh", IN_CASE, 0, of_zh, .once = true, .required = true},
    {"en", IN_CASE, 0, of_en, .once = true, .required = true},
    {"zh-book", IN_CASE, 0, of_zh_book, .once = true},
    {"en-book", IN_CASE, 0, of_en_book, .once = true},
    {0}};

/* --- loading --- */

static void read_rules(struct rules *rules, const char *path, bool local, struct diag *diag)
{
    struct load load = {rules, local};
    struct xml_reader r = {.elements = elements,
                           .arena = &rules->arena,
                           .diag = diag,
                           .queries = &rules->queries,
                           .owner = &load};
    xml_read(&r, path, rules);
}

const char *rules_path(const struct rules *r, struct arena *arena, const char *name)
{
    return find_file(arena, r->options->dirs, name);
}

static bool is_used(const struct rules *r, const char *name)
{
    for (size_t i = 0; i < r->queries.n; i++)
        if (query_uses(r->queries.list[i], name))
            return true;
    return false;
}

static bool is_defined(const struct rules *r, const char *name)
{
    for (size_t i = 0; i < r->definitions.n; i++)
        if (!strcmp(r->definitions.list[i].name, name))
            return true;
    return false;
}

/* A parameter that the overlay adds and no rule uses is one of ours, misspelt, or one that was. */
static void refuse_unused(const struct rules *r, struct diag *diag)
{
    for (size_t i = 0; i < r->n_parameters; i++) {
        const struct parameter *p = &r->parameters[i];
        struct spelling_guess guess = {.word = p->name};
        if (p->added && is_defined(r, p->name))
            diag_system(diag, p->at,
                        "参数 %s 不起作用：规则用的是同名的 define（variable）；请改那里",
                        "the parameter %s has no effect: rules take the define (variable) of that "
                        "name; change that",
                        p->name);
        if (!p->added || is_used(r, p->name))
            continue;
        for (size_t k = 0; k < r->n_parameters; k++)
            if (!r->parameters[k].added)
                spelling_guess(&guess, r->parameters[k].name);
        if (guess.best)
            diag_system(diag, p->at, "没有规则用到参数 %s；是不是 %s",
                        "no rule uses the parameter %s; is it %s?", p->name, guess.best);
        else
            diag_system(diag, p->at, "没有规则用到参数 %s", "no rule uses the parameter %s",
                        p->name);
    }
}

/* Marks those on the list; an id on it that is nobody's is reported. */
static void select_rules(struct rules *r, const char *list, bool *marked, const char *option,
                         struct diag *diag)
{
    for (const char *p = list; *p; p += strcspn(p, ","), p += *p == ',') {
        char *id = arena_strndup(&r->arena, p, strcspn(p, ","));
        struct rule *rule = rules_find(r, id);
        if (rule)
            marked[rule - r->rules] = true;
        else
            diag_system(diag, (struct src_pos){0}, "%s：没有规则“%s”",
                        "%s: there is no rule \"%s\"", option, id);
    }
}

static void apply_selection(struct rules *r, struct diag *diag)
{
    bool *only = ARENA_ARRAY(&r->arena, bool, r->n + 1),
         *except = ARENA_ARRAY(&r->arena, bool, r->n + 1);
    size_t left = 0;
    if (r->options->only)
        select_rules(r, r->options->only, only, "--rules", diag);
    if (r->options->except)
        select_rules(r, r->options->except, except, "--no-rules", diag);
    for (size_t i = 0; i < r->n; i++) {
        bool asked = !except[i] && (!r->options->only || only[i]);
        r->rules[i].off = r->rules[i].off || !asked;
        left += asked;
    }
    if (!left) /* nothing would be looked at, and all be well */
        diag_system(diag, (struct src_pos){0}, "--rules、--no-rules 没有留下可查的规则",
                    "--rules and --no-rules leave no rule to go by");
}

/* Of "一.1，二.3", is one of the notice's? */
static bool is_of_notice(const struct profile *profile, const char *clause, struct arena *arena)
{
    static const char comma[] = "，";
    for (const char *s = clause; *s;) {
        const char *end = strstr(s, comma);
        size_t len = end ? (size_t)(end - s) : strlen(s);
        if (profile_has_clause(profile, arena_strndup(arena, s, len)))
            return true;
        s += len + (end ? sizeof comma - 1 : 0);
    }
    return false;
}

/* What stands for the clause of a shared rule that rests on a notice: which, the notice says. */
static const char any_clause[] = "*";

/* A rule that rests on a clause holds where the notice has the clause, and one of a paper where the
 * notice has the paper. */
static void drop_foreign(struct rules *r)
{
    const struct profile *profile = r->options->profile;
    bool known = profile && profile->n_clauses;
    for (size_t i = 0; i < r->n; i++) {
        struct rule *rule = &r->rules[i];
        if (rule->clause && known && !is_of_notice(profile, rule->clause, &r->arena))
            rule->off = true;
        if (rule->needs && *rule->needs && !has_paper(r, &r->arena, rule->needs))
            rule->off = true;
        if (rule->clause && !strcmp(rule->clause, any_clause))
            rule->clause = NULL;
    }
}

struct rules *rules_load(const struct rules_options *options, struct diag *diag)
{
    struct rules *r = mem_alloc(1, sizeof *r);
    size_t faults = diag->system_faults;

    r->options = options;
    r->queries.library = &rules_functions;
    const char *ours = rules_path(r, &r->arena, "rules.xml"),
               *notice = rules_path(r, &r->arena, "rules.notice.xml"),
               *local = rules_path(r, &r->arena, "rules.local.xml");
    if (!ours)
        diag_system(diag, (struct src_pos){"rules.xml", 0}, "找不到规则文件",
                    "the rules are not found");
    else
        read_rules(r, ours, false, diag);
    bool shared = diag->system_faults == faults; /* else whatever changes them is no use */
    if (shared && notice)
        read_rules(r, notice, true, diag);
    drop_foreign(r);
    if (shared && local)
        read_rules(r, local, true, diag);
    if (diag->system_faults == faults) /* what could not be read may have used them */
        refuse_unused(r, diag);
    if (diag->system_faults == faults) {
        apply_selection(r, diag);
        rules_load_papers(r, diag);
    }
    if (diag->system_faults == faults)
        return r;
    rules_free(r);
    return NULL;
}

void rules_free(struct rules *r)
{
    if (!r)
        return;
    query_list_free(&r->queries);
    for (size_t i = 0; i < r->n_forms; i++)
        form_free(r->forms[i].form);
    for (size_t i = 0; i < r->n_rosters; i++)
        sheet_template_free(r->rosters[i]);
    arena_free(&r->arena);
    free(r);
}
