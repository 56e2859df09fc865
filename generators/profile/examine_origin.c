/* examine_origin.c - what is left of the notice whose folder was copied: its clauses, which papers
 * print, and the name of its province. See examination.h. */
#include "core/paths.h"
#include "profile/examination.h"
#include "xml/xml_node.h"
#include "xml/xml_reader.h"

#include <string.h>

/* Another notice of ours. */
struct other {
    const char *name, *place; /* place: what its title begins with, "某某省"; "": none */
    struct profile listed;    /* its clauses alone */
};

/* A title's beginning up to the kind of place that it names; "": none. */
static const char *place_in(struct examination *e, const char *title)
{
    static const char *const kinds[] = {"自治区", "省", "市"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *end = strstr(title, kinds[i]);
        if (end && end > title)
            return arena_strndup(&e->arena, title, (size_t)(end - title) + strlen(kinds[i]));
    }
    return "";
}

static bool read_other(struct examination *e, const char *name, struct other *o)
{
    const char *path = arena_printf(&e->arena, "%s/%s/profile.xml", shenbao_templates(), name);
    struct diag silent = {0}; /* it is not the one that is examined */
    xmlDoc *doc = xml_parse_file(path, &e->arena, &silent);
    diag_clear(&silent);
    if (!doc)
        return false;
    const xmlNode *root = xmlDocGetRootElement(doc);
    const char *title = xml_attribute(root, "title", &e->arena);
    *o = (struct other){.name = name, .place = place_in(e, title ? title : "")};
    for (const xmlNode *n = root->children; n; n = n->next)
        if (xml_is_named(n, "clause"))
            *ARENA_PUSH(&e->arena, o->listed.clauses, o->listed.n_clauses, o->listed.cap_clauses) =
                (struct profile_clause){.id = xml_attribute(n, "id", &e->arena)};
    xml_free(doc);
    return true;
}

/* A text that consists of clauses, "网8、（二）10", none of which the notice has, and all of which
 * another has. */
static bool cites_other(struct examination *e, const struct other *o, const char *text)
{
    static const char mark[] = "、";
    if (strlen(text) > 100)
        return false;
    for (const char *s = text; *s;) {
        const char *end = strstr(s, mark);
        size_t len = end ? (size_t)(end - s) : strlen(s);
        const char *id = examination_clause(e, arena_strndup(&e->arena, s, len));
        if (!*id || examination_has_clause(e->profile, id) ||
            !examination_has_clause(&o->listed, id))
            return false;
        s += len + (end ? strlen(mark) : 0);
    }
    return *text;
}

static const char *trimmed(struct examination *e, const char *text)
{
    static const char blanks[] = " \t\r\n";
    text += strspn(text, blanks);
    size_t n = strlen(text);
    while (n && strchr(blanks, text[n - 1]))
        n--;
    return arena_strndup(&e->arena, text, n);
}

/* clauses: does the text stand where clauses may? */
static void examine_text(struct examination *e, const struct other *o, const xmlNode *n,
                         const char *text, bool clauses)
{
    if (clauses && cites_other(e, o, trimmed(e, text)))
        examination_warn(
            e, n, arena_printf(&e->arena, "这是另一通知（%s）的条款，本通知没有", o->name),
            arena_printf(&e->arena, "clauses of another notice (%s), which this one does not have",
                         o->name),
            trimmed(e, text));
    if (*o->place && strcmp(o->place, place_in(e, e->profile->title)) && strstr(text, o->place))
        examination_tell(
            e, SEVERITY_INFO, n,
            arena_printf(&e->arena, "还写着%s（%s），请看是不是这个意思", o->place, o->name),
            arena_printf(&e->arena, "it names %s (%s); see whether that is meant", o->place,
                         o->name),
            trimmed(e, text));
}

static void examine_against(struct examination *e, const struct other *o, const xmlNode *root)
{
    for (const xmlNode *n = root; n; n = examination_next(n, root)) {
        if (n->type == XML_TEXT_NODE)
            examine_text(e, o, n->parent, (const char *)n->content, true);
        for (const xmlAttr *a = n->type == XML_ELEMENT_NODE ? n->properties : NULL; a; a = a->next)
            if (a->children)
                examine_text(e, o, n, (const char *)a->children->content, false);
    }
}

void examine_origin(struct examination *e)
{
    char **names;
    size_t n = profiles_list(&e->arena, &names);
    for (size_t i = 0; i < n; i++) {
        struct other o;
        if (!strcmp(names[i], e->profile->name) || !read_other(e, names[i], &o))
            continue;
        for (size_t k = 0; k < e->n; k++)
            if (e->files[k].own)
                examine_against(e, &o, xmlDocGetRootElement(e->files[k].document));
    }
}
