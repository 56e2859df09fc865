/* catalogue.c - see catalogue.h. */
#include "papers/catalogue.h"

#include "core/find.h"
#include "xml/xml_reader.h"

#include <stdlib.h>
#include <string.h>

struct catalogue {
    struct arena arena;
    struct catalogue_paper *list;
    size_t n, cap;
    struct query_list queries;
};

struct load {
    const struct paper_setting *setting;
    struct paper_maker *maker;
};

/* What the element does not say holds as papers.xml says. */
static void complete(struct xml_reader *r, struct catalogue_paper *p,
                     const struct needed_paper *needed)
{
    static const char *const bindings[] = {"loose", "bound", "platform"};
    if (!xml_given(r, "when") && needed)
        p->when = needed->when;
    if (!xml_given(r, "copies"))
        p->copies = needed ? needed->copies : 1;
    p->binding = bindings[needed ? needed->goes : GOES_LOOSE];
    p->loose_copies = p->copies - (needed && needed->goes == GOES_BOUND);
    if (!xml_given(r, "print") && p->loose_copies == 0)
        p->print = PRINT_NOT; /* with the volume */
}

/* The templates of rosters and of the upload kit have roots of their own. One that cannot be read
 * is a form's, which reports it. path: of the template; NULL: there is none. */
static void find_kind(struct catalogue_paper *p, const char *path)
{
    struct arena arena = {0};
    struct diag silent = {0};
    struct _xmlDoc *doc = path ? xml_document(path, &arena, &silent) : NULL;
    p->sheet = doc && !strcmp(xml_root_name(doc), "roster");
    p->folder = doc && !strcmp(xml_root_name(doc), "upload");
    xml_free(doc);
    diag_clear(&silent);
    arena_free(&arena);
}

static void end_paper(struct xml_reader *r, void *self, void *parent)
{
    const struct load *l = r->owner;
    struct catalogue_paper *p = self;
    long long bytes;

    (void)parent;
    p->at = xml_at(r);
    p->paper = -1;
    if (!*p->name || !*p->file)
        return;
    complete(r, p, needed_papers_find(l->setting->tables->papers, p->name));
    const char *template =
        find_file(r->arena, l->setting->templates, arena_printf(r->arena, "%s.xml", p->name));
    find_kind(p, template);
    if (p->folder)
        p->print = PRINT_NOT;
    if (!p->sheet && !p->folder)
        p->paper = paper_maker_load(l->maker, p->name, p->at, r->diag);
    p->delegation = p->sheet || (p->paper >= 0 && paper_maker_of_delegation(l->maker, p->paper));
    if (p->paper < 0 && !p->folder)
        return;
    if (!digest_file(template, DIGEST_LINKS_FOLLOWED, p->digest, &bytes))
        diag_system(r->diag, (struct src_pos){template, 0}, "无法读取", "cannot be read");
    if (p->paper >= 0 && paper_maker_is_volume(l->maker, p->paper) && l->setting->binding->duplex)
        p->duplex = true; /* its pages were laid for it */
}

static const struct xml_attribute of_paper[] = {
    {"name", XML_WORD, XML_AT(struct catalogue_paper, name), .required = true},
    {"file", XML_WORD, XML_AT(struct catalogue_paper, file), .required = true, .unique = true},
    {"when", QUERY_AT(struct catalogue_paper, when)},
    {"copies", XML_INT, XML_AT(struct catalogue_paper, copies), .least = 1, .most = 99},
    {"print", XML_CHOICE, XML_AT(struct catalogue_paper, print), .words = "run single no"},
    {"duplex", XML_FLAG, XML_AT(struct catalogue_paper, duplex)},
    {"colour", XML_FLAG, XML_AT(struct catalogue_paper, colour)},
    {0}};
static const struct xml_element elements[] = {{"package", .inside = 1},
                                              {"paper", 1, 0, of_paper,
                                               sizeof(struct catalogue_paper),
                                               XML_INTO(struct catalogue, list), .end = end_paper},
                                              {0}};

struct catalogue *catalogue_load(const char *path, const struct paper_setting *setting,
                                 struct paper_maker *maker, struct diag *diag)
{
    struct catalogue *c = mem_alloc(1, sizeof *c);
    struct load load = {setting, maker};
    struct xml_reader r = {.elements = elements,
                           .arena = &c->arena,
                           .diag = diag,
                           .queries = &c->queries,
                           .owner = &load};
    if (xml_read(&r, path, c))
        return c;
    catalogue_free(c);
    return NULL;
}

void catalogue_free(struct catalogue *c)
{
    if (!c)
        return;
    query_list_free(&c->queries);
    arena_free(&c->arena);
    free(c);
}

size_t catalogue_papers(const struct catalogue *c, const struct catalogue_paper **out)
{
    *out = c->list;
    return c->n;
}

bool catalogue_needs(const struct catalogue_paper *p, struct query_context *ctx, record_node *root)
{
    return !p->when || query_bool(p->when, ctx, (struct query_place){root, 1, 1});
}

const char *const catalogue_delegation_elements[] = {"person", "name",      "sex",       "birth",
                                                     "title",  "publicity", "objection", NULL};
