/* include.c - see include.h. */
#include "xml/include.h"

#include "core/buffer.h"
#include "core/find.h"
#include "xml/xml_node.h"
#include "xml/xml_reader.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/tree.h>

enum {
    CHAIN_MAX = 16,     /* files that include one another */
    INCLUDES_MAX = 512, /* of one document: files that include each other twice would have no end */
    NODE_WEIGHT = 64,   /* what a node costs beyond its text, roughly */
    EXPANDED_MAX = 32 << 20 /* weight of a document with all that is put into it */
};

static const struct xml_profile *profile;

void xml_use_profile(const struct xml_profile *p)
{
    profile = p;
}

const char *xml_profile_parameter(const char *name)
{
    for (size_t i = 0; profile && i < profile->n; i++)
        if (!strcmp(profile->parameters[i].name, name))
            return profile->parameters[i].value;
    return NULL;
}

/* One file on the way from the document to the piece at hand. */
struct inclusion {
    const struct inclusion *by; /* NULL: the document itself */
    const char *path;           /* the file */
    const char *place;          /* what messages call it: with all that include it */
    xmlNode *element;           /* <include>; NULL: the document itself */
    size_t depth;
};

struct expansion {
    struct arena *arena;
    struct diag *diag;
    size_t n;         /* includes so far */
    size_t weight;    /* of what was read and put in so far */
    bool expressions; /* braces in text are XPath, which knows the profile's parameters itself */
};

static bool is_named(const xmlNode *n, const char *name)
{
    return xml_is_named(n, name) && !n->ns;
}

struct src_pos xml_place(const xmlNode *node)
{
    const xmlNode *piece = node;
    while (piece && !piece->_private) /* up to the document, which has its own path there */
        piece = piece->parent;
    return (struct src_pos){piece ? piece->_private : node->doc->_private, xmlGetLineNo(node)};
}

/* Slots and parameters that hold others several times double with each file: said once. */
static bool weigh(struct expansion *x, const xmlNode *node, size_t bytes)
{
    if (x->weight > EXPANDED_MAX)
        return false;
    x->weight += bytes;
    if (node->type == XML_TEXT_NODE) /* a copied text has no line */
        node = node->parent;
    return x->weight <= EXPANDED_MAX || diag_system(x->diag, xml_place(node), "引入的内容过多",
                                                    "what is included comes to too much");
}

/* --- parameters --- */

static const char *parameter(const struct inclusion *from, const char *name, bool of_profile,
                             struct arena *arena)
{
    for (; from && from->element; from = from->by)
        for (const xmlNode *n = from->element->children; n; n = n->next)
            if (is_named(n, "parameter") && !strcmp(xml_attribute(n, "name", arena), name))
                return xml_attribute(n, "value", arena);
    return of_profile ? xml_profile_parameter(name) : NULL;
}

/* The name in "{$name}" at s; NULL: there is none. */
static const char *reference(const char *s, const char **end, struct arena *arena)
{
    size_t n = strncmp(s, "{$", 2) ? 0 : strcspn(s + 2, "} \t\n{$'\"");
    *end = s + 2 + n + 1;
    return n && s[2 + n] == '}' ? arena_strndup(arena, s + 2, n) : NULL;
}

const char *xml_unknown_parameter(const char *value, struct arena *arena)
{
    const char *end, *name = NULL;
    for (const char *s = value; !name && (s = strstr(s, "{$")); s++)
        name = reference(s, &end, arena);
    return name;
}

/* NULL: nothing is to be put in. */
static char *filled(struct expansion *x, const struct inclusion *in, const xmlNode *node,
                    const char *text, bool of_profile)
{
    struct buffer out = {0};
    char *result = NULL;
    bool any = false;

    if (!strstr(text, "{$"))
        return NULL;
    for (const char *s = text; *s;) {
        const char *end, *name = reference(s, &end, x->arena),
                         *value = name ? parameter(in, name, of_profile, x->arena) : NULL;
        if (value && !weigh(x, node, strlen(value)))
            break;
        if (value)
            buffer_puts(&out, value);
        else
            buffer_add(&out, s, 1);
        s = value ? end : s + 1;
        any = any || value;
    }
    if (any)
        result = arena_strndup(x->arena, (const char *)out.data, out.len);
    buffer_clear(&out);
    return result;
}

static void fill_attributes(struct expansion *x, const struct inclusion *in, xmlNode *n)
{
    for (xmlAttr *a = n->properties; a; a = a->next) {
        const char *old = a->children ? (const char *)a->children->content : NULL;
        char *text = old ? filled(x, in, n, old, true) : NULL;
        if (!text)
            continue;
        xmlFreeNodeList(a->children); /* as text: an & in it is no entity */
        a->children = a->last = xmlNewDocText(n->doc, BAD_CAST text);
        a->children->parent = (xmlNode *)a;
    }
}

/* --- pieces --- */

static bool is_open(const struct inclusion *in, const char *path)
{
    for (; in; in = in->by)
        if (!strcmp(in->path, path))
            return true;
    return false;
}

/* The file of that name that is not being read; NULL: none is. open: is there one that is? */
static const char *path_of(const struct inclusion *in, const char *name, bool *open,
                           struct arena *arena)
{
    const char *slash = strrchr(in->path, '/'),
               *own[] = {slash ? arena_strndup(arena, in->path, (size_t)(slash - in->path)) : ".",
                         NULL},
               *const *dirs = profile && profile->dirs ? profile->dirs : own;
    for (; *dirs; dirs++) {
        const char *const here[] = {*dirs, NULL}, *path = find_file(arena, here, name);
        *open = *open || (path && is_open(in, path));
        if (path && !is_open(in, path))
            return path;
    }
    return NULL;
}

static bool is_plain_name(const char *name)
{
    return *name && *name != '.' && !strchr(name, '/');
}

/* What an <include> may say. */
static bool is_sound(const struct expansion *x, xmlNode *include)
{
    size_t before = x->diag->count[SEVERITY_ERROR];
    const char *href = xml_attribute(include, "href", x->arena);

    for (const xmlAttr *a = include->properties; a; a = a->next)
        if (strcmp((const char *)a->name, "href"))
            xml_unknown_attribute(include, (const char *)a->name, "href", x->arena, x->diag);
    if (!href || !is_plain_name(href))
        diag_system(
            x->diag, xml_place(include),
            "<include> 的属性 href 应是模板目录里的文件名，如 opinions.xml",
            "<include> takes the name of a file of the templates, as href=\"opinions.xml\"");
    for (const xmlNode *n = include->children; n; n = n->next) {
        bool named = is_named(n, "parameter") || is_named(n, "slot"),
             blank = n->type == XML_COMMENT_NODE || xmlIsBlankNode(n);
        if (!blank && (!named || !xml_attribute(n, "name", x->arena) ||
                       (is_named(n, "parameter") && !xml_attribute(n, "value", x->arena))))
            diag_system(x->diag, xml_place(n->type == XML_ELEMENT_NODE ? n : include),
                        "<include> 内只放 <parameter name=\"\" value=\"\"/> 和 <slot name=\"\">",
                        "<include> holds <parameter name=\"\" value=\"\"/> and <slot name=\"\">");
    }
    return x->diag->count[SEVERITY_ERROR] == before;
}

/* Moves the children of a node to a place before another, in their order, and frees the other. */
static void put_children(xmlNode *from, xmlNode *at, const char *place)
{
    for (xmlNode *n; (n = from->children);) {
        xmlUnlinkNode(n);
        if (place && !n->_private)
            n->_private = (void *)(uintptr_t)place;
        xmlAddPrevSibling(at, n);
    }
}

static void discard(xmlNode *n)
{
    xmlUnlinkNode(n);
    xmlFreeNode(n);
}

static bool expand_children(struct expansion *x, const struct inclusion *in, xmlNode *parent);

/* What an include on the way here gives for the part; NULL: nothing. The one nearest to the
 * document counts. */
static xmlNode *replacement(const struct inclusion *in, const char *name, struct arena *arena,
                            const struct inclusion **of)
{
    xmlNode *found = NULL;
    for (; in && in->element; in = in->by)
        for (xmlNode *n = in->element->children; n; n = n->next)
            if (is_named(n, "slot") && !strcmp(xml_attribute(n, "name", arena), name)) {
                xmlSetNsProp(n, NULL, BAD_CAST "used", BAD_CAST "true");
                found = n;
                *of = in->by;
            }
    return found;
}

static bool expand_slot(struct expansion *x, const struct inclusion *in, xmlNode *slot)
{
    const char *name = xml_attribute(slot, "name", x->arena);
    const struct inclusion *of = in;
    xmlNode *other = name ? replacement(in, name, x->arena, &of) : NULL;

    if (!name)
        return diag_system(x->diag, xml_place(slot), "<slot> 缺属性 name",
                           "<slot> lacks its attribute name");
    if (other) { /* it was written where the include stands, and what it cites is known there */
        xmlNode *copy = xmlDocCopyNode(other, slot->doc, 1);
        for (xmlNode *a = other->children, *b = copy->children; a && b; a = a->next, b = b->next)
            b->_private = (void *)(uintptr_t)of->place;
        bool ok = expand_children(x, of, copy);
        put_children(copy, slot, NULL);
        xmlFreeNode(copy);
        discard(slot);
        return ok;
    }
    bool ok = expand_children(x, in, slot);
    put_children(slot, slot, NULL);
    discard(slot);
    return ok;
}

static bool unused_slots(const struct expansion *x, const xmlNode *include)
{
    bool ok = true;
    for (const xmlNode *n = include->children; n; n = n->next)
        if (is_named(n, "slot") && !xmlHasProp(n, BAD_CAST "used"))
            ok = diag_system(x->diag, xml_place(n), "%s 里没有 <slot name=\"%s\">",
                             "%s has no <slot name=\"%s\">",
                             xml_attribute(include, "href", x->arena),
                             xml_attribute(n, "name", x->arena));
    return ok;
}

static bool expand_include(struct expansion *x, const struct inclusion *in, xmlNode *include)
{
    const char *path = NULL;
    struct src_pos at = xml_place(include);
    bool ok = is_sound(x, include);

    for (xmlNode *n = include->children; n; n = n->next)
        if (is_named(n, "parameter"))
            fill_attributes(x, in, n);
    if (ok && (in->depth == CHAIN_MAX || ++x->n > INCLUDES_MAX))
        ok = diag_system(x->diag, at, "引入的文件过多", "too many files are included");
    const char *href = xml_attribute(include, "href", x->arena);
    bool open = false;
    if (ok && !(path = path_of(in, href, &open, x->arena)))
        ok = open ? diag_system(x->diag, at, "%s 正在引入：这些文件互相引入，没有尽头",
                                "%s is being included: these files include one another in a circle",
                                href)
                  : diag_system(x->diag, at, "没有文件 %s", "there is no file %s", href);
    xmlDoc *piece = ok ? xml_parse_file(path, x->arena, x->diag) : NULL;
    if (piece) {
        const struct inclusion inner = {
            in, path, arena_printf(x->arena, "%s:%ld: %s", at.file, at.line, path), include,
            in->depth + 1};
        xmlNode *root = xmlDocGetRootElement(piece);
        for (xmlNode *n = root->children; n; n = n->next)
            n->_private = (void *)(uintptr_t)inner.place;
        ok = expand_children(x, &inner, root) && unused_slots(x, include);
        put_children(root, include, inner.place);
        xmlFreeDoc(piece);
    }
    discard(include);
    return ok && piece;
}

static bool expand_children(struct expansion *x, const struct inclusion *in, xmlNode *parent)
{
    bool ok = true;
    for (xmlNode *n = parent->children, *next; n; n = next) {
        size_t text = n->type == XML_TEXT_NODE ? strlen((const char *)n->content) : 0;
        next = n->next;
        if (!weigh(x, n, NODE_WEIGHT + text))
            return false;
        if (n->type == XML_TEXT_NODE) {
            char *text = filled(x, in, n, (const char *)n->content, !x->expressions);
            if (text) {
                xmlNodeSetContent(n, NULL);
                xmlNodeAddContent(n, BAD_CAST text);
            }
        }
        if (n->type != XML_ELEMENT_NODE)
            continue;
        fill_attributes(x, in, n);
        if (is_named(n, "include"))
            ok = expand_include(x, in, n) && ok;
        else if (is_named(n, "slot"))
            ok = expand_slot(x, in, n) && ok;
        else
            ok = expand_children(x, in, n) && ok;
    }
    return ok;
}

bool xml_expand(xmlDoc *document, struct arena *arena, struct diag *diag)
{
    struct expansion x = {.arena = arena, .diag = diag};
    const char *path = document->_private;
    const struct inclusion whole = {NULL, path, path, NULL, 0};
    xmlNode *root = xmlDocGetRootElement(document);

    x.expressions = is_named(root, "rules");
    fill_attributes(&x, &whole, root);
    return expand_children(&x, &whole, root);
}
