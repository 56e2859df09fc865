/* vocabulary.c - see vocabulary.h. Declarations are found by name; groups and named types are
 * looked through. */
#include "record/vocabulary.h"

#include "xml/xml_node.h"

#include <stdlib.h>
#include <string.h>

#define XSD "http://www.w3.org/2001/XMLSchema"

struct vocabulary {
    struct arena *arena;
    const xmlNode *schema;
    struct declared {
        const xmlNode *declaration;
        struct word *word;
    } * words;
    size_t n, cap;
    struct word_type **types;
    size_t n_types, cap_types;
};

static bool is(const xmlNode *node, const char *name)
{
    return xml_is_named(node, name) && node->ns && !strcmp((const char *)node->ns->href, XSD);
}

static const xmlNode *global(struct vocabulary *v, const char *kind, const char *name)
{
    for (const xmlNode *n = v->schema->children; n && name; n = n->next) {
        const char *own = is(n, kind) ? xml_attribute(n, "name", v->arena) : NULL;
        if (own && !strcmp(own, name))
            return n;
    }
    return NULL;
}

/* The text of a declaration's documentation in a language, or of its appinfo; NULL for none. */
static const char *annotation(struct vocabulary *v, const xmlNode *declaration, const char *kind,
                              const char *language)
{
    for (const xmlNode *n = declaration->children; n; n = n->next) {
        for (const xmlNode *m = is(n, "annotation") ? n->children : NULL; m; m = m->next) {
            if (!is(m, kind))
                continue;
            xmlChar *own = xmlNodeGetLang(m);
            bool fits = !language || (own && !strncmp((const char *)own, language, 2));
            xmlFree(own);
            if (!fits)
                continue;
            xmlChar *text = xmlNodeGetContent(m);
            const char *copy = arena_strdup(v->arena, (const char *)text);
            xmlFree(text);
            return copy;
        }
    }
    return NULL;
}

static const char *label(struct vocabulary *v, const xmlNode *declaration)
{
    const char *text = annotation(v, declaration, "documentation", "zh");
    const char *colon = text ? strstr(text, "：") : NULL;
    return colon ? arena_strndup(v->arena, text, (size_t)(colon - text)) : text;
}

/* The values that an enumeration allows; none for other types. */
static void list_values(struct vocabulary *v, const xmlNode *type, struct word_type *t)
{
    const char **values = NULL;
    size_t cap = 0;
    for (const xmlNode *n = type->children; n; n = n->next)
        for (const xmlNode *m = is(n, "restriction") ? n->children : NULL; m; m = m->next)
            if (is(m, "enumeration"))
                *ARENA_PUSH(v->arena, values, t->n_values, cap) =
                    xml_attribute(m, "value", v->arena);
    t->values = values;
}

static const char *joined(struct vocabulary *v, const struct word_type *t)
{
    const char *list = "";
    for (size_t i = 0; i < t->n_values; i++)
        list = arena_printf(v->arena, "%s%s%s", list, *list ? "、" : "", t->values[i]);
    return list;
}

static const struct word_type *type_of(struct vocabulary *v, const char *name)
{
    for (size_t i = 0; i < v->n_types; i++)
        if (name && !strcmp(v->types[i]->name, name))
            return v->types[i];
    const xmlNode *node = global(v, "simpleType", name);
    if (!node)
        return NULL;
    struct word_type *t = ARENA_NEW(v->arena, struct word_type);
    const char *zh = annotation(v, node, "documentation", "zh"),
               *en = annotation(v, node, "documentation", "en");
    list_values(v, node, t);
    const char *list = joined(v, t);
    t->name = name;
    t->expected[LANGUAGE_ZH] = *list ? list : zh ? zh : name;
    t->expected[LANGUAGE_EN] = *list ? list : en ? en : name;
    return *ARENA_PUSH(v->arena, v->types, v->n_types, v->cap_types) = t;
}

static struct word *word_of(struct vocabulary *v, const xmlNode *declaration);

struct contents {
    struct word_attribute *attributes;
    size_t n_attributes, cap_attributes;
    const struct word **children;
    size_t n_children, cap_children;
    const struct word_type *type;
};

static void collect(struct vocabulary *v, const xmlNode *node, struct contents *c);

static void collect_all(struct vocabulary *v, const xmlNode *parent, struct contents *c)
{
    for (const xmlNode *n = parent ? parent->children : NULL; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE)
            collect(v, n, c);
}

/* A type by name: one of text, or one with attributes and elements. */
static void collect_type(struct vocabulary *v, const char *name, struct contents *c)
{
    const struct word_type *simple = type_of(v, name);
    if (simple)
        c->type = simple;
    else
        collect_all(v, global(v, "complexType", name), c);
}

static void collect(struct vocabulary *v, const xmlNode *node, struct contents *c)
{
    const char *ref = xml_attribute(node, "ref", v->arena);

    if (is(node, "attribute")) {
        struct word_attribute a = {xml_attribute(node, "name", v->arena), label(v, node),
                                   type_of(v, xml_attribute(node, "type", v->arena))};
        if (a.name)
            *ARENA_PUSH(v->arena, c->attributes, c->n_attributes, c->cap_attributes) = a;
    } else if (is(node, "element")) {
        const xmlNode *declaration = ref ? global(v, "element", ref) : node;
        if (declaration)
            *ARENA_PUSH(v->arena, c->children, c->n_children, c->cap_children) =
                word_of(v, declaration);
    } else if (is(node, "attributeGroup") || is(node, "group")) {
        collect_all(v, global(v, (const char *)node->name, ref), c);
    } else {
        if (is(node, "extension") || is(node, "restriction"))
            collect_type(v, xml_attribute(node, "base", v->arena), c);
        if (!is(node, "annotation"))
            collect_all(v, node, c);
    }
}

/* Each declaration is read once, so that one which holds itself comes to an end. */
static struct word *word_of(struct vocabulary *v, const xmlNode *declaration)
{
    const char *name = xml_attribute(declaration, "name", v->arena),
               *occurrence = annotation(v, declaration, "appinfo", NULL);

    for (size_t i = 0; i < v->n; i++)
        if (v->words[i].declaration == declaration)
            return v->words[i].word;
    struct word *w = ARENA_NEW(v->arena, struct word);
    struct contents c = {0};
    w->number = v->n;
    *ARENA_PUSH(v->arena, v->words, v->n, v->cap) = (struct declared){declaration, w};
    w->name = name ? name : "";
    w->label = label(v, declaration);
    w->occurrence = !occurrence                       ? WORD_ONCE
                    : !strcmp(occurrence, "many")     ? WORD_MANY
                    : !strcmp(occurrence, "required") ? WORD_REQUIRED
                                                      : WORD_ONCE;
    collect_type(v, xml_attribute(declaration, "type", v->arena), &c);
    collect_all(v, declaration, &c);
    w->type = c.type;
    w->attributes = c.attributes;
    w->n_attributes = c.n_attributes;
    w->children = c.children;
    w->n_children = c.n_children;
    return w;
}

const struct vocabulary *vocabulary_new(const xmlDoc *schema, struct arena *arena)
{
    struct vocabulary *v = ARENA_NEW(arena, struct vocabulary);
    v->arena = arena;
    v->schema = xmlDocGetRootElement(schema);
    const xmlNode *batch = global(v, "element", "batch");
    if (batch)
        word_of(v, batch);
    return v;
}

size_t vocabulary_size(const struct vocabulary *v)
{
    return v->n;
}

const struct word *vocabulary_root(const struct vocabulary *v)
{
    return v->n ? v->words[0].word : NULL;
}

const struct word *word_child(const struct word *parent, const char *name)
{
    for (size_t i = 0; i < parent->n_children; i++)
        if (!strcmp(parent->children[i]->name, name))
            return parent->children[i];
    return NULL;
}

const struct word_attribute *word_attribute(const struct word *word, const char *name)
{
    for (size_t i = 0; i < word->n_attributes; i++)
        if (!strcmp(word->attributes[i].name, name))
            return &word->attributes[i];
    return NULL;
}
