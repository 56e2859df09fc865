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

static void gather_expressions(struct examination *e, const xmlNode *root)
{
    for (const xmlNode *n = root; n; n = next_element(n, root)) {
        if (n->type == XML_TEXT_NODE) {
            buffer_puts(&e->expressions, (const char *)n->content);
            buffer_putc(&e->expressions, '\n');
        }
        for (const xmlAttr *a = n->type == XML_ELEMENT_NODE ? n->properties : NULL; a;
             a = a->next) {
            if (a->children)
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

static void examine_clauses(struct examination *e, const xmlNode *n)
{
    static const char *const between[] = {"，", "、", NULL};
    const char *clause = attribute(e, n, "clause");
    for (const char *s = clause; s && *s;) {
        size_t len = strlen(s);
        for (const char *const *b = between; *b; b++) {
            const char *cut = strstr(s, *b);
            len = cut && (size_t)(cut - s) < len ? (size_t)(cut - s) : len;
        }
        const char *id = arena_strndup(&e->arena, s, len);
        if (*id && !profile_has_clause(e->profile, id))
            warn(e, n, "通知的条款清单里没有这一条", "the notice's list lacks the clause", id);
        s += len;
        for (const char *const *b = between; *b; b++)
            if (!strncmp(s, *b, strlen(*b)))
                s += strlen(*b);
    }
}

static void examine_file(struct examination *e, const xmlNode *root)
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
        if (rules)
            examine_clauses(e, n);
        if (is_named(n, "parameter") && (rules || is_named(root, "profile")) && name &&
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
        if (word && !is_asked(e, is_named(n, "attribute") ? '@' : '\0', name))
            warn(e, n, "没有哪份材料、哪条规则用这个词", "no paper and no rule asks for the word",
                 name);
    }
    xml_free(doc);
}

void profile_examine(const struct profile *p, struct diag *diag)
{
    struct examination e = {.profile = p, .diag = diag};
    char **files;
    size_t n = find_files(&e.arena, p->dirs, "*.xml", &files);
    xmlDoc **documents = ARENA_ARRAY(&e.arena, xmlDoc *, n + 1);

    for (size_t i = 0; i < n; i++)
        if ((documents[i] = xml_document(files[i], &e.arena, diag)) &&
            strcmp(xml_root_name(documents[i]), "workbook"))
            gather_expressions(&e, xmlDocGetRootElement(documents[i]));
    buffer_putc(&e.expressions, '\0');
    for (size_t i = 0; i < n; i++)
        if (documents[i])
            examine_file(&e, xmlDocGetRootElement(documents[i]));
    examine_vocabulary(&e);
    for (size_t i = 0; i < n; i++)
        xml_free(documents[i]);
    buffer_clear(&e.expressions);
    arena_free(&e.arena);
}
