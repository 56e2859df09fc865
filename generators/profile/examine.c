/* examine.c - see examine.h. */
#include "profile/examine.h"

#include "core/buffer.h"
#include "core/find.h"
#include "xml/xml_reader.h"

#include <string.h>

#include <libxml/tree.h>

struct examination {
    const struct profile *profile;
    struct arena arena;
    struct diag *diag;
    struct examined_file {
        xmlDoc *document;
        bool own; /* the profile's; else one that notices share */
    } * files;
    size_t n, cap;
    struct buffer expressions; /* all attributes and texts of all templates, a line each */
};

static void warn(struct examination *e, const xmlNode *at, const char *zh, const char *en,
                 const char *what)
{
    struct finding f = {.severity = SEVERITY_WARNING, .at = xml_place(at)};
    f.text[LANGUAGE_ZH] = arena_printf(&e->arena, "%s：%s", zh, what);
    f.text[LANGUAGE_EN] = arena_printf(&e->arena, "%s: %s", en, what);
    diag_pass(e->diag, &f);
}

static const char *attribute(struct examination *e, const xmlNode *n, const char *name)
{
    xmlChar *v = xmlGetNoNsProp(n, BAD_CAST name);
    const char *s = v ? arena_strdup(&e->arena, (const char *)v) : NULL;
    xmlFree(v);
    return s;
}

static bool is_named(const xmlNode *n, const char *name)
{
    return !strcmp((const char *)n->name, name);
}

static const xmlNode *next_element(const xmlNode *n, const xmlNode *root)
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

/* The form of the workbook has each word of the vocabulary, and asks for parameters alone. */
static void gather_expressions(struct examination *e, const xmlNode *root)
{
    bool form = is_named(root, "workbook");
    for (const xmlNode *n = root; n; n = next_element(n, root)) {
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

/* Does the name stand anywhere as a word of its own, behind this sign ('\0': any or none)? */
static bool is_asked(const struct examination *e, char sign, const char *name)
{
    size_t n = strlen(name);
    const char *text = (const char *)e->expressions.data;
    for (const char *s = text; (s = strstr(s, name)); s++) {
        bool starts = s > text && (sign ? s[-1] == sign : !is_letter(s[-1]) && s[-1] != '$');
        if (starts && !is_letter(s[n]))
            return true;
    }
    return false;
}

/* --- what is there --- */

static bool has_template(struct examination *e, const char *name)
{
    return find_file(&e->arena, e->profile->dirs, arena_printf(&e->arena, "%s.xml", name)) != NULL;
}

/* "（二）6、（四）": each clause, or the one that it is a part of, is to be in the notice's list.
 */
static bool is_listed(const struct profile *p, const char *id)
{
    for (size_t i = 0; i < p->n_clauses; i++)
        if (!strncmp(p->clauses[i].id, id, strlen(p->clauses[i].id)))
            return true;
    return false;
}

static void examine_clauses(struct examination *e, const xmlNode *n)
{
    static const char comma[] = "，";
    const char *clause = attribute(e, n, "clause");
    for (const char *s = clause; s && *s;) {
        const char *end = strstr(s, comma);
        size_t len = end ? (size_t)(end - s) : strlen(s);
        const char *id = arena_strndup(&e->arena, s, len);
        if (*id && !is_listed(e->profile, id))
            warn(e, n, "通知的条款清单里没有这一条", "the notice's list lacks the clause", id);
        s += len + (end ? sizeof comma - 1 : 0);
    }
}

/* Closing dates, which asof() gives, and the profile's name. */
static bool is_read_by_programs(const char *name)
{
    size_t n = strlen(name), end = strlen("asof");
    return (n >= end && !strcmp(name + n - end, "asof")) || !strcmp(name, "profile");
}

/* own: not one that notices share, whose clauses are others'. */
static void examine_file(struct examination *e, const xmlNode *root, bool own)
{
    bool rules = is_named(root, "rules");
    for (const xmlNode *n = root; n; n = next_element(n, root)) {
        if (n->type != XML_ELEMENT_NODE)
            continue;
        const char *name = attribute(e, n, "name");
        bool names_paper = (is_named(n, "paper") && is_named(root, "package")) ||
                           (is_named(n, "item") && is_named(root, "papers"));
        if (names_paper && name && !has_template(e, name))
            warn(e, n, "材料没有模板", "the paper has no template", name);
        if (rules && own)
            examine_clauses(e, n);
        if (own && is_named(n, "parameter") && (rules || is_named(root, "profile")) && name &&
            !is_asked(e, '$', name))
            warn(e, n, "没有谁用这个参数", "nothing asks for the parameter", name);
    }
}

/* By name alone: whether the one word that a path names is this one is not followed. */
static void examine_vocabulary(struct examination *e)
{
    const char *path = find_file(&e->arena, e->profile->dirs, "applicants.xsd");
    xmlDoc *doc = path ? xml_document(path, &e->arena, e->diag) : NULL;
    const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    for (const xmlNode *n = root; n; n = next_element(n, root)) {
        const char *name = n->type == XML_ELEMENT_NODE ? attribute(e, n, "name") : NULL;
        bool word = name && (is_named(n, "attribute") || is_named(n, "element"));
        if (word && !is_read_by_programs(name) &&
            !is_asked(e, is_named(n, "attribute") ? '@' : '\0', name))
            warn(e, n, "没有哪份材料、哪条规则用这个词", "no paper and no rule asks for the word",
                 name);
    }
    xml_free(doc);
}

/* As they are written: what is included is examined where it stands. */
static void load(struct examination *e, const char *dir, bool own)
{
    const char *const dirs[] = {dir, NULL};
    char **files;
    size_t n = find_files(&e->arena, dirs, "*.xml", &files);

    for (size_t i = 0; i < n; i++) {
        xmlDoc *document = xml_parse_file(files[i], &e->arena, e->diag);
        if (!document)
            continue;
        *ARENA_PUSH(&e->arena, e->files, e->n, e->cap) = (struct examined_file){document, own};
        gather_expressions(e, xmlDocGetRootElement(document));
    }
}

void profile_examine(const struct profile *p, struct diag *diag)
{
    struct examination e = {.profile = p, .diag = diag};

    for (const char *const *dir = p->dirs; *dir; dir++)
        load(&e, *dir, dir[1] != NULL);
    buffer_putc(&e.expressions, '\0');
    for (size_t i = 0; i < e.n; i++)
        examine_file(&e, xmlDocGetRootElement(e.files[i].document), e.files[i].own);
    examine_vocabulary(&e);
    for (size_t i = 0; i < e.n; i++)
        xml_free(e.files[i].document);
    buffer_clear(&e.expressions);
    arena_free(&e.arena);
}
