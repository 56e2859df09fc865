/* examine.c - see examine.h. */
#include "profile/examine.h"

#include "core/find.h"
#include "core/strings.h"
#include "profile/examination.h"
#include "xml/xml_node.h"
#include "xml/xml_reader.h"

#include <string.h>

void examination_tell(struct examination *e, enum severity severity, const xmlNode *at,
                      const char *zh, const char *en, const char *what)
{
    struct finding f = {.severity = severity, .at = xml_place(at)};
    f.text[LANGUAGE_ZH] = arena_printf(&e->arena, "%s：%s", zh, what);
    f.text[LANGUAGE_EN] = arena_printf(&e->arena, "%s: %s", en, what);
    if (!diag_has(e->diag, &f))
        diag_pass(e->diag, &f);
}

void examination_warn(struct examination *e, const xmlNode *at, const char *zh, const char *en,
                      const char *what)
{
    examination_tell(e, SEVERITY_WARNING, at, zh, en, what);
}

const struct examined_file *examination_file(const struct examination *e, const char *name)
{
    for (size_t i = 0; i < e->n; i++)
        if (!strcmp(e->files[i].name, name))
            return &e->files[i];
    return NULL;
}

const xmlNode *examination_next(const xmlNode *n, const xmlNode *root)
{
    const xmlNode *next = n->children;
    while (!next) {
        while (n && n != root && !n->next)
            n = n->parent;
        if (!n || n == root)
            return NULL;
        next = n->next;
    }
    return next;
}

/* --- what is asked for --- */

/* Does the notice ask the shared rule? One that rests on a notice's clause is asked by giving it
 * one. */
static bool is_asked_rule(const struct examination *e, const char *id)
{
    for (size_t i = 0; i < e->n; i++) {
        const xmlNode *root = xmlDocGetRootElement(e->files[i].document);
        for (const xmlNode *n = e->files[i].own && xml_is_named(root, "rules") ? root->children
                                                                               : NULL;
             n; n = n->next) {
            xmlChar *own = xml_is_named(n, "rule") ? xmlGetNoNsProp(n, BAD_CAST "id") : NULL,
                    *clause = own ? xmlGetNoNsProp(n, BAD_CAST "clause") : NULL;
            bool asked = own && clause && !strcmp((const char *)own, id);
            xmlFree(own);
            xmlFree(clause);
            if (asked)
                return true;
        }
    }
    return false;
}

/* A shared rule that does not hold here asks for nothing. */
static bool holds(struct examination *e, const xmlNode *n)
{
    const char *clause = n->type == XML_ELEMENT_NODE ? xml_attribute(n, "clause", &e->arena) : NULL,
               *id = clause ? xml_attribute(n, "id", &e->arena) : NULL;
    return !id || !xml_is_named(n, "rule") || strcmp(clause, "*") || is_asked_rule(e, id);
}

/* The next element that is not within n. */
static const xmlNode *behind(const xmlNode *n, const xmlNode *root)
{
    while (n && n != root && !n->next)
        n = n->parent;
    return n && n != root ? n->next : NULL;
}

/* The form of the workbook has each word of the vocabulary, and asks for parameters alone. */
static void gather_expressions(struct examination *e, const xmlNode *root)
{
    bool form = xml_is_named(root, "workbook");
    for (const xmlNode *n = root, *next; n; n = next) {
        if (!holds(e, n)) {
            next = behind(n, root);
            continue;
        }
        next = examination_next(n, root);
        if (n->type == XML_TEXT_NODE) {
            buffer_puts(&e->expressions, (const char *)n->content);
            buffer_putc(&e->expressions, '\n');
        }
        for (const xmlAttr *a = n->type == XML_ELEMENT_NODE ? n->properties : NULL; a;
             a = a->next) {
            if (a->children && (!form || strstr((const char *)a->children->content, "{$")))
                buffer_puts(&e->expressions, (const char *)a->children->content);
            buffer_putc(&e->expressions, '\n');
        }
    }
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

/* How often does the name stand as a word of its own, behind this sign ('\0': any or none)? */
static size_t times_asked(const struct examination *e, char sign, const char *name)
{
    size_t n = strlen(name), times = 0;
    const char *text = (const char *)e->expressions.data;
    for (const char *s = text; (s = strstr(s, name)); s++) {
        bool starts = s > text && (sign ? s[-1] == sign : !is_letter(s[-1]) && s[-1] != '$');
        times += starts && !is_letter(s[n]);
    }
    return times;
}

static bool is_asked(const struct examination *e, char sign, const char *name)
{
    return times_asked(e, sign, name) > 0;
}

/* Is the shared file a part of this notice: one that its index or one of its own files names, or no
 * paper at all? */
static bool is_of_notice(const struct examination *e, const struct examined_file *f)
{
    const xmlNode *root = xmlDocGetRootElement(f->document);
    bool paper =
        xml_is_named(root, "form") || xml_is_named(root, "roster") || xml_is_named(root, "dossier");
    return f->own || !paper || !strncmp(f->name, "print-", strlen("print-")) ||
           is_asked(e, '\0', f->name);
}

/* --- what is there --- */

static bool has_template(struct examination *e, const char *name)
{
    return find_file(&e->arena, e->profile->dirs, arena_printf(&e->arena, "%s.xml", name)) != NULL;
}

/* Does the id name a part of the clause: "二.6" of "二", "六（二）1" of "六"? */
static bool is_part(const char *id, const char *clause)
{
    size_t n = strlen(clause);
    return n && !strncmp(id, clause, n) && (id[n] == '.' || !strncmp(id + n, "（", strlen("（")));
}

/* A part is had where the notice's list does not go into the parts of that clause. */
bool examination_has_clause(const struct profile *p, const char *id)
{
    for (size_t i = 0; i < p->n_clauses; i++) {
        bool listed = !strcmp(p->clauses[i].id, id), part = is_part(id, p->clauses[i].id);
        for (size_t k = 0; part && k < p->n_clauses; k++)
            part = !is_part(p->clauses[k].id, p->clauses[i].id);
        if (listed || part)
            return true;
    }
    return false;
}

const char *examination_clause(struct examination *e, const char *id)
{
    static const char open[] = "（", close[] = "）";
    const char *end = strstr(id, close);
    if (strncmp(id, open, sizeof open - 1) || !end)
        return id;
    id += sizeof open - 1;
    const char *number = end + sizeof close - 1;
    return arena_printf(&e->arena, "%.*s%s%s", (int)(end - id), id, *number ? "." : "", number);
}

/* mark: between several of them. */
static void examine_clauses(struct examination *e, const xmlNode *n, const char *mark)
{
    const char *clause = xml_attribute(n, "clause", &e->arena);
    for (const char *s = clause; s && *s;) {
        const char *end = strstr(s, mark);
        size_t len = end ? (size_t)(end - s) : strlen(s);
        const char *id = examination_clause(e, arena_strndup(&e->arena, s, len));
        if (*id && !examination_has_clause(e->profile, id))
            examination_warn(e, n, "通知的条款清单里没有这一条",
                             "the notice's list lacks the clause", id);
        s += len + (end ? strlen(mark) : 0);
    }
}

/* --- rules and papers that never come to anything --- */

/* Attributes of applicants whose values the notice lists. */
static const char *const listed_words[] = {"mode", "basis", "target", "specialty"};

/* @mode='...' in an expression, with a value that the list does not have. */
static void examine_comparisons(struct examination *e, const xmlNode *n, const char *text)
{
    for (size_t i = 0; i < sizeof listed_words / sizeof *listed_words; i++) {
        const char *sign = arena_printf(&e->arena, "@%s", listed_words[i]);
        for (const char *s = text; (s = strstr(s, sign));) {
            s += strlen(sign);
            const char *value = s + strspn(s, " ");
            value += *value == '=' ? 1 + strspn(value + 1, " ") : 0;
            const char *end = *value == '\'' && value[-1] != '!' ? strchr(value + 1, '\'') : NULL;
            if (!end)
                continue;
            value = arena_strndup(&e->arena, value + 1, (size_t)(end - value - 1));
            if (*value && !profile_lists(e->profile, listed_words[i], value))
                examination_warn(e, n, "通知的取值里没有，因此从不成立",
                                 "no value of the notice's, so that this never holds",
                                 arena_printf(&e->arena, "%s='%s'", sign, value));
        }
    }
}

static bool has_part(struct examination *e, const char *name)
{
    return profile_has_kind(e->profile, name) ||
           (profile_has_part(e->profile, name) && has_template(e, name));
}

/* The rule of the name that notices share; NULL: there is none. */
static const xmlNode *shared_rule(struct examination *e, const char *id)
{
    for (size_t i = 0; i < e->n; i++) {
        const xmlNode *root = xmlDocGetRootElement(e->files[i].document);
        for (const xmlNode *n = !e->files[i].own && xml_is_named(root, "rules") ? root->children
                                                                                : NULL;
             n; n = n->next) {
            const char *own = xml_is_named(n, "rule") ? xml_attribute(n, "id", &e->arena) : NULL;
            if (own && !strcmp(own, id))
                return n;
        }
    }
    return NULL;
}

/* The template's name that a rule needs; NULL: none. */
static const char *paper_needed(struct examination *e, const xmlNode *rule)
{
    const char *needs = rule ? xml_attribute(rule, "needs", &e->arena) : NULL,
               *paper = rule ? xml_attribute(rule, "paper", &e->arena) : NULL;
    return needs ? needs : paper && is_letter(*paper) ? paper : NULL;
}

/* A rule of a paper that the notice does not have, and one that changes a rule that there is not.
 */
static void examine_rule(struct examination *e, const xmlNode *n)
{
    const char *id = xml_attribute(n, "id", &e->arena);
    const xmlNode *shared = id ? shared_rule(e, id) : NULL;
    const char *needs = xml_attribute(n, "paper", &e->arena) || xml_attribute(n, "needs", &e->arena)
                            ? paper_needed(e, n)
                            : paper_needed(e, shared);
    if (needs && *needs && !has_part(e, needs))
        examination_warn(e, n, "通知没有这种材料，规则不起作用",
                         "the rule is of a paper that the notice does not have", needs);
    if (id && !shared && !xmlFirstElementChild((xmlNode *)n))
        examination_warn(e, n, "没有这条共用的规则", "there is no shared rule of the name", id);
}

/* Closing dates, which asof() gives, the profile's name, and what the volume declares empty. */
static bool is_read_by_programs(const char *name)
{
    size_t n = strlen(name), end = strlen("asof");
    return (n >= end && !strcmp(name + n - end, "asof")) || !strcmp(name, "profile") ||
           !strcmp(name, "section");
}

static void examine_name(struct examination *e, const xmlNode *n, const char *name)
{
    if (name && has_template(e, name) && !profile_has_part(e->profile, name))
        examination_warn(e, n, "profile.xml 没有列出这种材料",
                         "profile.xml does not name the paper", name);
}

/* The index of profile.xml, and the folder. */
static void examine_parts(struct examination *e, const struct profile_parts *parts)
{
    for (size_t i = 0; i < parts->n; i++) {
        const struct profile_part *p = &parts->list[i];
        if (has_template(e, p->name))
            continue;
        struct finding f = {.severity = SEVERITY_WARNING, .at = p->at};
        f.text[LANGUAGE_ZH] = arena_printf(&e->arena, "材料没有模板：%s", p->name);
        f.text[LANGUAGE_EN] = arena_printf(&e->arena, "the paper has no template: %s", p->name);
        diag_pass(e->diag, &f);
    }
}

static void examine_index(struct examination *e)
{
    static const char *const kinds[] = {"form", "roster", "dossier", "rubric"};
    const struct profile *p = e->profile;
    examine_parts(e, &p->papers);
    examine_parts(e, &p->rosters);
    examine_parts(e, &p->volumes);
    examine_parts(e, &p->rubrics);
    for (size_t i = 0; i < e->n; i++) {
        const xmlNode *root = xmlDocGetRootElement(e->files[i].document);
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds && e->files[i].own; k++)
            if (xml_is_named(root, kinds[k]) && !profile_has_part(p, e->files[i].name) &&
                times_asked(e, '\0', e->files[i].name) < 2) /* its own name is the first */
                examination_warn(e, root, "profile.xml 没有列出这种材料",
                                 "profile.xml does not name the paper", e->files[i].name);
    }
}

/* own: not one that notices share, whose clauses are others'. */
static void examine_file(struct examination *e, const xmlNode *root, bool own)
{
    bool rules = xml_is_named(root, "rules");
    for (const xmlNode *n = root; n; n = examination_next(n, root)) {
        if (n->type != XML_ELEMENT_NODE)
            continue;
        const char *name = xml_attribute(n, "name", &e->arena);
        bool names_paper = (xml_is_named(n, "paper") && xml_is_named(root, "package")) ||
                           (xml_is_named(n, "item") && xml_is_named(root, "papers"));
        if (names_paper && name && !has_template(e, name))
            examination_warn(e, n, "材料没有模板", "the paper has no template", name);
        if (rules && own)
            examine_clauses(e, n, "，");
        if (own && (xml_is_named(root, "papers") || xml_is_named(root, "upload")))
            examine_clauses(e, n, "、");
        if (own && rules && xml_is_named(n, "rule"))
            examine_rule(e, n);
        if (own && (names_paper || (rules && xml_is_named(n, "paper"))))
            examine_name(e, n, name ? name : xml_attribute(n, "form", &e->arena));
        const char *when = own ? xml_attribute(n, "when", &e->arena) : NULL,
                   *each = own ? xml_attribute(n, "each", &e->arena) : NULL;
        examine_comparisons(e, n, when ? when : "");
        examine_comparisons(e, n, each ? each : "");
        if (own && xml_is_named(n, "parameter") && (rules || xml_is_named(root, "profile")) &&
            name && !is_asked(e, '$', name))
            examination_warn(e, n, "没有谁用这个参数", "nothing asks for the parameter", name);
    }
}

static const xmlNode *unasked_element(const struct examination *e)
{
    for (size_t i = 0; i < e->n; i++) {
        const xmlNode *root = xmlDocGetRootElement(e->files[i].document);
        const xmlNode *n = e->files[i].own && xml_is_named(root, "profile")
                               ? xml_child(root, "unasked", NULL)
                               : NULL;
        if (n)
            return n;
    }
    return NULL;
}

/* Words that the notice means to leave out, and that are misspelt. */
static void examine_unasked(struct examination *e, const char *known)
{
    const xmlNode *at = unasked_element(e);
    for (const char *s = e->profile->unasked; at && *s; s += strspn(s, " ")) {
        size_t n = strcspn(s, " ");
        const char *word = arena_strndup(&e->arena, s, n);
        s += n;
        if (xml_word_place(known, word) < 0)
            examination_warn(e, at, "unasked 里的词，词表里没有",
                             "unasked has a word that the vocabulary does not have", word);
    }
}

/* By name alone: whether the one word that a path names is this one is not followed. */
static void examine_vocabulary(struct examination *e)
{
    const char *path = find_file(&e->arena, e->profile->dirs, "applicants.xsd");
    xmlDoc *doc = path ? xml_document(path, &e->arena, e->diag) : NULL;
    const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    const char *known = "";
    for (const xmlNode *n = root; n; n = examination_next(n, root)) {
        const char *name = n->type == XML_ELEMENT_NODE ? xml_attribute(n, "name", &e->arena) : NULL;
        bool word = name && (xml_is_named(n, "attribute") || xml_is_named(n, "element"));
        if (!word || is_read_by_programs(name))
            continue;
        known = arena_printf(&e->arena, "%s %s", known, name);
        bool asked = is_asked(e, xml_is_named(n, "attribute") ? '@' : '\0', name),
             declared = xml_word_place(e->profile->unasked, name) >= 0;
        if (!asked && !declared)
            examination_warn(e, n, "没有哪份材料、哪条规则用这个词",
                             "no paper and no rule asks for the word", name);
    }
    if (root)
        examine_unasked(e, known);
    xml_free(doc);
}

/* As they are written: what is included is examined where it stands. */
static void load(struct examination *e, const char *dir, bool own)
{
    const char *const dirs[] = {dir, NULL};
    char **files;
    size_t n = find_files(&e->arena, dirs, "*.xml", &files);
    struct diag silent = {0}; /* who reads the file says what is wrong with its pieces */

    for (size_t i = 0; i < n; i++) {
        xmlDoc *document = xml_parse_file(files[i], &e->arena, e->diag);
        if (!document)
            continue;
        const char *leaf = path_leaf(files[i]);
        *ARENA_PUSH(&e->arena, e->files, e->n, e->cap) = (struct examined_file){
            document, xml_document(files[i], &e->arena, &silent), files[i],
            arena_strndup(&e->arena, leaf, strlen(leaf) - strlen(".xml")), own};
    }
    diag_clear(&silent);
}

static void examine_all(struct examination *e)
{
    for (size_t i = 0; i < e->n; i++) { /* the notice's own come first */
        buffer_putc(&e->expressions, '\0');
        bool counts = is_of_notice(e, &e->files[i]);
        e->expressions.len--;
        if (counts)
            gather_expressions(e, xmlDocGetRootElement(e->files[i].document));
    }
    buffer_putc(&e->expressions, '\0');
    examine_index(e);
    for (size_t i = 0; i < e->n; i++)
        examine_file(e, xmlDocGetRootElement(e->files[i].document), e->files[i].own);
    examine_papers(e);
    examine_rubrics(e);
    examine_paths(e);
    examine_origin(e);
    examine_vocabulary(e);
}

bool profile_examine(const struct profile *p, struct diag *diag)
{
    struct examination e = {.profile = p, .diag = diag};
    size_t before = diag->count[SEVERITY_ERROR];

    for (const char *const *dir = p->dirs; *dir; dir++)
        load(&e, *dir, dir[1] != NULL);
    bool readable = diag->count[SEVERITY_ERROR] == before;
    if (readable)
        examine_all(&e);
    for (size_t i = 0; i < e.n; i++) {
        xml_free(e.files[i].whole);
        xml_free(e.files[i].document);
    }
    buffer_clear(&e.expressions);
    arena_free(&e.arena);
    return readable;
}
