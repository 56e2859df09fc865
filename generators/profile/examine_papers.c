/* examine_papers.c - what several files say of one paper: papers.xml, package.xml, the paper's
 * template, the volumes. See examination.h. */
#include "profile/examination.h"
#include "xml/xml_node.h"
#include "xml/xml_reader.h"

#include <stdlib.h>
#include <string.h>

/* What one file says of an attribute, and another: "papers.xml 3, package.xml 2". */
static void tell_differing(struct examination *e, const xmlNode *at, const char *paper,
                           const char *zh, const char *en, const char *here, const char *there,
                           const char *file)
{
    struct finding f = {.severity = SEVERITY_WARNING, .at = xml_place(at)};
    f.text[LANGUAGE_ZH] = arena_printf(&e->arena, "%s的%s这里是“%s”，%s 里是“%s”；请改成一样",
                                       paper, zh, here, file, there);
    f.text[LANGUAGE_EN] =
        arena_printf(&e->arena, "the %s of %s is \"%s\" here and \"%s\" in %s; make them the same",
                     en, paper, here, there, file);
    diag_pass(e->diag, &f);
}

static const char *or_else(const char *value, const char *otherwise)
{
    return value ? value : otherwise;
}

/* The root of a file of the notice, expanded; NULL: it is not there, or cannot be read. */
static const xmlNode *root_of(struct examination *e, const char *name)
{
    const struct examined_file *f = examination_file(e, name);
    return f && f->whole ? xmlDocGetRootElement(f->whole) : NULL;
}

static const xmlNode *child_named(struct examination *e, const xmlNode *parent, const char *element,
                                  const char *name)
{
    for (const xmlNode *n = parent ? parent->children : NULL; n; n = n->next) {
        const char *own = xml_is_named(n, element) ? xml_attribute(n, "name", &e->arena) : NULL;
        if (own && !strcmp(own, name))
            return n;
    }
    return NULL;
}

/* What a paper's template is about; "": it is no paper that is drawn. */
static const char *scope_of(struct examination *e, const xmlNode *template)
{
    bool roster = template && xml_is_named(template, "roster"),
         form = template && xml_is_named(template, "form");
    return roster || form ? or_else(xml_attribute(template, "for", &e->arena),
                                    roster ? "delegation" : "applicant")
                          : "";
}

/* The <paper> of a volume's section that binds the template; NULL: no volume does. */
static const xmlNode *bound_by(struct examination *e, const char *name)
{
    for (size_t i = 0; i < e->n; i++) {
        const xmlNode *root = e->files[i].whole ? xmlDocGetRootElement(e->files[i].whole) : NULL;
        if (!root || !xml_is_named(root, "dossier") ||
            !profile_has_part(e->profile, e->files[i].name))
            continue;
        for (const xmlNode *n = root; n; n = examination_next(n, root)) {
            const char *template =
                xml_is_named(n, "paper") ? xml_attribute(n, "template", &e->arena) : NULL;
            if (template && !strcmp(template, name))
                return n;
        }
    }
    return NULL;
}

/* --- papers.xml --- */

static void compare_with_template(struct examination *e, const xmlNode *item, const char *name,
                                  const xmlNode *template)
{
    static const struct {
        const char *name, *zh, *en, *otherwise;
    } said[] = {{"title", "名称", "title", ""},
                {"copies", "份数", "number of copies", "1"},
                {"seals", "盖章单位", "list of seals", ""}};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        const char *here = or_else(xml_attribute(item, said[i].name, &e->arena), said[i].otherwise),
                   *there =
                       or_else(xml_attribute(template, said[i].name, &e->arena), said[i].otherwise);
        if (strcmp(here, there))
            tell_differing(e, item, name, said[i].zh, said[i].en, here, there,
                           arena_printf(&e->arena, "%s.xml", name));
    }
}

static void examine_item(struct examination *e, const xmlNode *item, const xmlNode *package)
{
    const char *name = or_else(xml_attribute(item, "name", &e->arena), ""),
               *goes = or_else(xml_attribute(item, "goes", &e->arena), "bag");
    const xmlNode *template = root_of(e, name);
    const char *scope = scope_of(e, template);

    if (!*name)
        return;
    if (*scope && strcmp(scope, "applicant"))
        examination_warn(
            e, item, "papers.xml 只列每个申报人的材料，这一份不是（见模板的 for）；请从这里删去",
            "papers.xml is what each applicant hands in, which this is not (for= of "
            "its template); take it out here",
            name);
    else if (template && xml_is_named(template, "form"))
        compare_with_template(e, item, name, template);
    if (package && !child_named(e, package, "paper", name))
        examination_warn(e, item, "package.xml 没有这份材料，打包时不会制作；请在那里加一行",
                         "package.xml does not have the paper, so that package does not make it; "
                         "give it a line there",
                         name);
    if (!strcmp(goes, "volume") && !bound_by(e, name))
        examination_warn(e, item, "goes=\"volume\"，可没有哪一册装订它（dossier.xml）",
                         "it goes into the volume, and no volume binds it (dossier.xml)", name);
    if (strcmp(goes, "volume") && bound_by(e, name))
        examination_warn(e, bound_by(e, name), "这一册装订它，papers.xml 里却不是 goes=\"volume\"",
                         "the volume binds it, and papers.xml does not say goes=\"volume\"", name);
}

/* --- package.xml --- */

/* A paper that papers.xml does not have is printed for everybody and handed in by nobody. Who means
 * that says so by its copies. */
static void examine_made(struct examination *e, const xmlNode *made, const xmlNode *papers)
{
    const char *name = or_else(xml_attribute(made, "name", &e->arena), ""),
               *copies = xml_attribute(made, "copies", &e->arena);
    const xmlNode *template = root_of(e, name);
    const char *scope = scope_of(e, template);

    if (!strcmp(scope, "applicant") && !copies && papers && !bound_by(e, name) &&
        !child_named(e, papers, "item", name))
        examination_warn(e, made,
                         "papers.xml 没有这份材料，人人都会打印；要报送的在 papers.xml "
                         "里加一项，只供自己用的在这里写明 copies",
                         "papers.xml does not have the paper, so that it is printed for everybody; "
                         "give it an item there, or say copies here if it is not handed in",
                         name);
    if (*scope && strcmp(scope, "applicant")) {
        const char *said = or_else(xml_attribute(template, "copies", &e->arena), "1");
        if (strcmp(or_else(copies, "1"), said))
            tell_differing(e, made, name, "份数", "number of copies", or_else(copies, "1"), said,
                           arena_printf(&e->arena, "%s.xml", name));
    }
}

/* --- what volumes say of papers beside them --- */

static const char *without_marks(struct examination *e, const char *title)
{
    static const char open[] = "《", close[] = "》";
    size_t n = strlen(title), mark = sizeof open - 1;
    bool marked = n > 2 * mark && !strncmp(title, open, mark) && !strcmp(title + n - mark, close);
    return marked ? arena_strndup(&e->arena, title + mark, n - 2 * mark) : title;
}

/* Copies of a paper that the volume names by its title, or by what titles of several begin with. */
static void examine_loose(struct examination *e, const xmlNode *loose, const xmlNode *papers)
{
    const char *title = without_marks(e, or_else(xml_attribute(loose, "title", &e->arena), "")),
               *copies = or_else(xml_attribute(loose, "copies", &e->arena), "1"), *there = NULL;
    for (const xmlNode *n = papers ? papers->children : NULL; n; n = n->next) {
        const char *own = n->type == XML_ELEMENT_NODE ? xml_attribute(n, "title", &e->arena) : NULL;
        if (!own || strncmp(own, title, strlen(title)))
            continue;
        const char *said = or_else(xml_attribute(n, "copies", &e->arena), "1");
        if (!strcmp(said, copies))
            return;
        there = there ? arena_printf(&e->arena, "%s、%s", there, said) : said;
    }
    if (there)
        tell_differing(e, loose, title, "份数", "number of copies", copies, there, "papers.xml");
}

void examine_papers(struct examination *e)
{
    const xmlNode *papers = root_of(e, "papers"), *package = root_of(e, "package");

    for (const xmlNode *n = papers ? papers->children : NULL; n; n = n->next)
        if (xml_is_named(n, "item"))
            examine_item(e, n, package);
    for (const xmlNode *n = package ? package->children : NULL; n; n = n->next)
        if (xml_is_named(n, "paper"))
            examine_made(e, n, papers);
    for (size_t i = 0; i < e->n; i++) {
        const xmlNode *root = e->files[i].whole ? xmlDocGetRootElement(e->files[i].whole) : NULL;
        bool volume = root && xml_is_named(root, "dossier") && e->files[i].own;
        for (const xmlNode *n = volume ? root->children : NULL; n; n = n->next)
            if (xml_is_named(n, "loose"))
                examine_loose(e, n, papers);
    }
}
