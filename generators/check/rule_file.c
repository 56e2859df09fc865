/* rule_file.c - reads rules.xml and rules.local.xml, every fault with its line. rules.rng says the
 * same to editors. */
#include "check/rule_file.h"

#include "dossier/attachment.h"
#include "query/rubric.h"

#include "check/functions.h"
#include "core/buffer.h"
#include "core/find.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxml/parser.h>

struct load {
    struct rules *rules;
    struct diag *diag;
    const char *path;
    bool local; /* the overlay: changes what ours says */
};

static struct src_pos at(const struct load *l, const xmlNode *n)
{
    return (struct src_pos){l->path, n ? xmlGetLineNo(n) : 0};
}

static const char *attribute(struct load *l, const xmlNode *n, const char *name)
{
    xmlChar *s = xmlGetNoNsProp((xmlNode *)n, BAD_CAST name);
    char *copy = arena_strdup(&l->rules->arena, (const char *)s);
    xmlFree(s);
    return copy;
}

static bool is(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, name);
}

static bool in_list(const char *const *list, const char *s)
{
    for (; *list; list++)
        if (!strcmp(*list, s))
            return true;
    return false;
}

/* Reports attributes that are not among the words of the list, between blanks. */
static void check_attributes(struct load *l, const xmlNode *n, const char *const *allowed)
{
    for (const xmlAttr *a = n->properties; a; a = a->next)
        if (!in_list(allowed, (const char *)a->name))
            diag_system(l->diag, at(l, n), "<%s> 没有属性 %s", "<%s> has no attribute %s",
                        (const char *)n->name, (const char *)a->name);
}

static const char *required(struct load *l, const xmlNode *n, const char *name)
{
    const char *s = attribute(l, n, name);
    if (s && *s)
        return s;
    diag_system(l->diag, at(l, n), "<%s> 缺属性 %s", "<%s> lacks the attribute %s",
                (const char *)n->name, name);
    return "";
}

static void strange(struct load *l, const xmlNode *n)
{
    if (n->type == XML_ELEMENT_NODE)
        diag_system(l->diag, at(l, n), "<%s> 中不能有 <%s>", "<%s> cannot hold <%s>",
                    (const char *)n->parent->name, (const char *)n->name);
    else if (n->type == XML_TEXT_NODE && !xmlIsBlankNode(n))
        diag_system(l->diag, at(l, n), "<%s> 中不能直接写文字", "<%s> cannot hold text directly",
                    (const char *)n->parent->name);
}

static struct query *compile(struct load *l, const xmlNode *n, const char *xpath)
{
    struct rules *r = l->rules;
    struct query *q = query_new(xpath, at(l, n), l->diag);
    if (q)
        *ARENA_PUSH(&r->arena, r->queries, r->n_queries, r->cap_queries) = q;
    return q;
}

static struct query *compile_attribute(struct load *l, const xmlNode *n, const char *name)
{
    const char *s = attribute(l, n, name);
    return s && *s ? compile(l, n, s) : NULL;
}

static const char *folded(struct load *l, const xmlNode *n)
{
    xmlChar *s = xmlNodeGetContent(n);
    struct buffer b = {0};
    for (const char *p = (const char *)s; *p; p++) {
        bool blank = strchr(" \t\r\n", *p) != NULL;
        if (!blank)
            buffer_putc(&b, *p);
        else if (b.len && b.data[b.len - 1] != ' ')
            buffer_putc(&b, ' ');
    }
    while (b.len && b.data[b.len - 1] == ' ')
        b.len--;
    char *text = arena_strndup(&l->rules->arena, b.data ? (const char *)b.data : "", b.len);
    buffer_clear(&b);
    xmlFree(s);
    return text;
}

static void read_message(struct load *l, const xmlNode *n, const char *text, struct message *m)
{
    struct arena *a = &l->rules->arena;
    *m = (struct message){0};
    while (*text) {
        size_t len = strcspn(text, "{");
        if (len)
            *ARENA_PUSH(a, m->parts, m->n, m->cap) =
                (struct message_part){.text = arena_strndup(a, text, len)};
        text += len;
        if (!*text)
            break;
        len = strcspn(text, "}");
        if (!text[len]) {
            diag_system(l->diag, at(l, n), "“{”没有配对的“}”", "a { without its }");
            return;
        }
        struct query *q = compile(l, n, arena_strndup(a, text + 1, len - 1));
        *ARENA_PUSH(a, m->parts, m->n, m->cap) = (struct message_part){.query = q};
        text += len + 1;
    }
}

static bool read_severity(struct load *l, const xmlNode *n, enum severity *out)
{
    static const char *const names[SEVERITY_COUNT] = {"error", "warning", "info"};
    const char *s = attribute(l, n, "severity");
    if (!s)
        return false;
    for (int i = 0; i < SEVERITY_COUNT; i++)
        if (!strcmp(s, names[i])) {
            *out = (enum severity)i;
            return true;
        }
    return diag_system(l->diag, at(l, n), "severity 应是 error、warning 或 info，不是“%s”",
                       "severity is error, warning or info, not \"%s\"", s);
}

static void read_let(struct load *l, const xmlNode *n, struct bindings *out)
{
    static const char *const allowed[] = {"name", "select", NULL};
    check_attributes(l, n, allowed);
    struct binding b = {required(l, n, "name"), compile(l, n, required(l, n, "select"))};
    *ARENA_PUSH(&l->rules->arena, out->list, out->n, out->cap) = b;
}

static const char *const stages[] = {"prepare", "submit", NULL};
static const char *const scopes[] = {"applicant", "unit", "delegation", "batch", NULL};

static int choice(struct load *l, const xmlNode *n, const char *name, const char *const *values,
                  int otherwise)
{
    const char *s = attribute(l, n, name);
    if (!s)
        return otherwise;
    for (int i = 0; values[i]; i++)
        if (!strcmp(s, values[i]))
            return i;
    diag_system(l->diag, at(l, n), "属性 %s 的值“%s”不认识",
                "the attribute %s knows no value \"%s\"", name, s);
    return otherwise;
}

static void read_case(struct load *l, const xmlNode *n, struct rule *rule)
{
    static const char *const allowed[] = {"each",     "from",  "to",    "as",    "when",
                                          "field",    "key",   "value", "label", "paper",
                                          "severity", "stage", "on",    NULL};
    struct rule_case c = {.at = at(l, n), .severity = rule->severity, .as = attribute(l, n, "as")};
    const char *label = attribute(l, n, "label"), *paper = attribute(l, n, "paper");

    check_attributes(l, n, allowed);
    read_severity(l, n, &c.severity);
    c.stage = (enum rules_stage)choice(l, n, "stage", stages, (int)rule->stage);
    c.scope = (enum rule_scope)choice(l, n, "on", scopes, (int)rule->scope);
    c.each = compile_attribute(l, n, "each");
    c.from = compile_attribute(l, n, "from");
    c.to = compile_attribute(l, n, "to");
    c.when = compile_attribute(l, n, "when");
    c.field = compile_attribute(l, n, "field");
    c.key = compile_attribute(l, n, "key");
    c.value = compile_attribute(l, n, "value");
    if (c.key)
        c.number = l->rules->n_numbers++;
    if ((c.from != NULL) != (c.to != NULL) || (c.from && !c.as))
        diag_system(l->diag, c.at, "from、to 和 as 须一起给出", "from, to and as belong together");
    if (c.key && c.scope != SCOPE_APPLICANT)
        diag_system(l->diag, c.at, "key 只用于申报人的规则", "key is for rules on applicants");
    read_message(l, n, label ? label : rule->label ? rule->label : "", &c.label);
    read_message(l, n, paper ? paper : rule->paper ? rule->paper : "", &c.paper);
    for (const xmlNode *k = n->children; k; k = k->next) {
        if (is(k, "let"))
            read_let(l, k, &c.lets);
        else if (is(k, "zh") || is(k, "en"))
            read_message(l, k, folded(l, k), &c.text[is(k, "zh") ? LANGUAGE_ZH : LANGUAGE_EN]);
        else
            strange(l, k);
    }
    if (!c.text[LANGUAGE_ZH].n || !c.text[LANGUAGE_EN].n)
        diag_system(l->diag, c.at, "<case> 须有 <zh> 和 <en> 各一句",
                    "a <case> has one <zh> and one <en>");
    *ARENA_PUSH(&l->rules->arena, rule->cases, rule->n, rule->cap) = c;
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

static void read_rule(struct load *l, const xmlNode *n)
{
    static const char *const allowed[] = {"id",    "clause", "severity", "stage", "on",
                                          "paper", "label",  "held",     "off",   NULL};
    static const char *const truths[] = {"false", "true", NULL};
    static const char *const holders[] = {"papers", "files", "drawing", NULL};
    struct rules *r = l->rules;
    const char *id = required(l, n, "id");
    struct rule *known = rules_find(r, id), fresh = {.at = at(l, n), .id = id};
    bool cases = false;

    check_attributes(l, n, allowed);
    if (*id && !well_named(id))
        diag_system(l->diag, at(l, n), "规则编号应是一个大写字母加数字，如 R68、L01，不是“%s”",
                    "a rule's id is a capital letter and digits, such as R68 or L01, not \"%s\"",
                    id);
    if (known && !l->local) {
        diag_system(l->diag, at(l, n), "规则 %s 重复，已在第 %ld 行",
                    "the rule %s is there already, on line %ld", id, known->at.line);
        return;
    }
    for (const xmlNode *k = n->children; k; k = k->next)
        cases = cases || is(k, "case");
    struct rule *rule = known ? known : &fresh;
    rule->stage = (enum rules_stage)choice(l, n, "stage", stages, (int)rule->stage);
    rule->off = choice(l, n, "off", truths, rule->off) == 1;
    bool given = read_severity(l, n, &rule->severity);
    if (known && !cases) {
        rule->overridden = rule->overridden || given;
        for (const xmlNode *k = n->children; k; k = k->next)
            if (k->type != XML_COMMENT_NODE)
                strange(l, k);
        return;
    }
    if (!known || attribute(l, n, "on"))
        rule->scope = (enum rule_scope)choice(l, n, "on", scopes, SCOPE_APPLICANT);
    rule->at = at(l, n);
    rule->clause = attribute(l, n, "clause") || !known ? attribute(l, n, "clause") : rule->clause;
    rule->paper = attribute(l, n, "paper") || !known ? attribute(l, n, "paper") : rule->paper;
    rule->label = attribute(l, n, "label") || !known ? attribute(l, n, "label") : rule->label;
    rule->held = attribute(l, n, "held");
    if (rule->held)
        choice(l, n, "held", holders, 0);
    rule->lets = (struct bindings){0};
    rule->cases = NULL;
    rule->n = rule->cap = 0;
    for (const xmlNode *k = n->children; k; k = k->next) {
        if (is(k, "let"))
            read_let(l, k, &rule->lets);
        else if (is(k, "case"))
            read_case(l, k, rule);
        else if (!is(k, "title"))
            strange(l, k);
    }
    if (!rule->n && !rule->held && !rule->off)
        diag_system(l->diag, rule->at, "规则 %s 没有 <case>", "the rule %s has no <case>", id);
    if (!known)
        *ARENA_PUSH(&r->arena, r->rules, r->n, r->cap) = fresh;
}

static void read_parameter(struct load *l, const xmlNode *n)
{
    static const char *const allowed[] = {"name", "value", "unit", "clause", NULL};
    struct rules *r = l->rules;
    const char *name = required(l, n, "name"), *value = attribute(l, n, "value");
    size_t i = 0;

    check_attributes(l, n, allowed);
    if (!value)
        value = required(l, n, "value");
    while (i < r->n_parameters && strcmp(r->parameters[i].name, name))
        i++;
    if (i < r->n_parameters && !l->local)
        diag_system(l->diag, at(l, n), "参数 %s 重复", "the parameter %s is there already", name);
    else if (i == r->n_parameters && l->local)
        diag_system(l->diag, at(l, n), "没有参数 %s", "there is no parameter %s", name);
    else if (i < r->n_parameters)
        r->parameters[i].value = value;
    else
        *ARENA_PUSH(&r->arena, r->parameters, r->n_parameters, r->cap_parameters) =
            (struct parameter){name, value};
}

static void read_paper(struct load *l, const xmlNode *n)
{
    static const char *const allowed[] = {"form", NULL};
    static const char *const demands[] = {"rule",    "watermark", "copies", "size",
                                          "binding", "seals",     NULL};
    struct rules *r = l->rules;
    struct rule_paper p = {.name = required(l, n, "form"), .at = at(l, n)};

    check_attributes(l, n, allowed);
    for (const xmlNode *k = n->children; k; k = k->next) {
        if (!is(k, "require")) {
            strange(l, k);
            continue;
        }
        check_attributes(l, k, demands);
        *ARENA_PUSH(&r->arena, p.requirements, p.n, p.cap) = (struct requirement){
            required(l, k, "rule"),  attribute(l, k, "watermark"), attribute(l, k, "copies"),
            attribute(l, k, "size"), attribute(l, k, "binding"),   attribute(l, k, "seals")};
    }
    *ARENA_PUSH(&r->arena, r->papers, r->n_papers, r->cap_papers) = p;
}

static void read_gatherer(struct load *l, const xmlNode *n)
{
    static const char *const allowed[] = {"name", "each", "key", NULL};
    struct rules *r = l->rules;
    check_attributes(l, n, allowed);
    struct gatherer g = {required(l, n, "name"), compile_attribute(l, n, "each"),
                         compile(l, n, required(l, n, "key")), r->n_numbers++};
    *ARENA_PUSH(&r->arena, r->gatherers, r->n_gatherers, r->cap_gatherers) = g;
}

static void read_root(struct load *l, const xmlNode *root)
{
    static const char *const none[] = {NULL};
    check_attributes(l, root, none);
    for (const xmlNode *n = root->children; n; n = n->next) {
        if (is(n, "rule"))
            read_rule(l, n);
        else if (is(n, "parameter"))
            read_parameter(l, n);
        else if (is(n, "define"))
            read_let(l, n, &l->rules->definitions);
        else if (is(n, "paper"))
            read_paper(l, n);
        else if (is(n, "gather"))
            read_gatherer(l, n);
        else
            strange(l, n);
    }
}

xmlDoc *rules_read_xml(const char *path, struct arena *arena, struct diag *diag)
{
    struct src_pos whole = {arena_strdup(arena, path), 0};
    struct buffer b = {0};
    FILE *f = fopen(path, "rb");
    xmlDoc *doc = NULL;

    if (!f) {
        diag_system(diag, whole, "无法读取：%s", "cannot read: %s", strerror(errno));
        return NULL;
    }
    for (size_t n = 1; n > 0;) {
        unsigned char *room = buffer_room(&b, 65536);
        n = fread(room, 1, 65536, f);
        b.len -= 65536 - n;
    }
    bool bad = ferror(f) || b.len > (1u << 24);
    fclose(f);
    xmlParserCtxt *ctxt = bad ? NULL : xmlNewParserCtxt();
    if (ctxt)
        doc = xmlCtxtReadMemory(ctxt, (const char *)b.data, (int)b.len, NULL, NULL,
                                XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                    XML_PARSE_BIG_LINES | XML_PARSE_NOCDATA);
    if (!doc) {
        const xmlError *e = ctxt ? xmlCtxtGetLastError(ctxt) : NULL;
        const char *why = e && e->message ? e->message : "";
        whole.line = e ? e->line : 0;
        diag_system(diag, whole, "不是完好的 XML：%.*s", "not well-formed XML: %.*s",
                    (int)strcspn(why, "\n"), why);
    }
    xmlFreeParserCtxt(ctxt);
    buffer_clear(&b);
    return doc;
}

static void read_file(struct load *l)
{
    xmlDoc *doc = rules_read_xml(l->path, &l->rules->arena, l->diag);
    xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    if (root && !is(root, "rules"))
        diag_system(l->diag, at(l, root), "根元素应是 <rules>，不是 <%s>",
                    "the root element is <rules>, not <%s>", (const char *)root->name);
    else if (root)
        read_root(l, root);
    if (doc)
        xmlFreeDoc(doc);
}

const char *rules_path(const struct rules *r, struct arena *arena, const char *name)
{
    return find_file(arena, r->options->dirs, name);
}

/* Marks those on the list; false: an id on it is nobody's. */
static bool select_rules(struct rules *r, const char *list, bool *marked, const char *option,
                         struct diag *diag)
{
    bool ok = true;
    for (const char *p = list; *p; p += strcspn(p, ","), p += *p == ',') {
        char *id = arena_strndup(&r->arena, p, strcspn(p, ","));
        struct rule *rule = rules_find(r, id);
        if (rule)
            marked[rule - r->rules] = true;
        else
            ok = diag_system(diag, (struct src_pos){0}, "%s：没有规则“%s”",
                             "%s: there is no rule \"%s\"", option, id);
    }
    return ok;
}

static void apply_selection(struct rules *r, struct diag *diag)
{
    bool *only = ARENA_ARRAY(&r->arena, bool, r->n + 1),
         *except = ARENA_ARRAY(&r->arena, bool, r->n + 1);
    if (r->options->only)
        select_rules(r, r->options->only, only, "--rules", diag);
    if (r->options->except)
        select_rules(r, r->options->except, except, "--no-rules", diag);
    for (size_t i = 0; i < r->n; i++)
        r->rules[i].off = r->rules[i].off || except[i] || (r->options->only && !only[i]);
}

struct rules *rules_load(const struct rules_options *options, struct diag *diag)
{
    struct rules *r = mem_alloc(1, sizeof *r);
    size_t faults = diag->system_faults;
    struct load ours = {.rules = r, .diag = diag},
                local = {.rules = r, .diag = diag, .local = true};

    r->options = options;
    rubrics_register();
    rules_register_functions();
    attachment_set_fonts(options->fonts);
    ours.path = rules_path(r, &r->arena, "rules.xml");
    local.path = rules_path(r, &r->arena, "rules.local.xml");
    if (!ours.path)
        diag_system(diag, (struct src_pos){"rules.xml", 0}, "找不到规则文件",
                    "the rules are not found");
    else
        read_file(&ours);
    if (ours.path && local.path)
        read_file(&local);
    r->rubrics = rubrics_load(options->dirs, diag);
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
    for (size_t i = 0; i < r->n_queries; i++)
        query_free(r->queries[i]);
    for (size_t i = 0; i < r->n_forms; i++)
        form_free(r->forms[i].form);
    rubrics_free(r->rubrics);
    arena_free(&r->arena);
    free(r);
}
