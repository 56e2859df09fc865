/* catalogue.c - see catalogue.h. */
#include "papers/catalogue.h"

#include "core/find.h"
#include "core/names.h"
#include "xml/xml_reader.h"

#include <stdlib.h>
#include <string.h>

struct catalogue {
    struct arena arena;
    struct catalogue_folders folders;
    int box_sheets;
    struct catalogue_paper *list;
    size_t n, cap;
    struct query_list queries;
    const char **elements; /* NULL-ended */
    size_t n_elements, cap_elements;
    bool all_elements;
};

struct load {
    const struct paper_setting *setting;
    struct paper_maker *maker;
    struct catalogue *catalogue;
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
    if (p->sheet) {
        int word = xml_word_place(RECORD_SCOPE_WORDS, xml_root_attribute(doc, "for", &arena));
        p->scope = word < 0 ? SCOPE_DELEGATION : (enum record_scope)word;
    }
    xml_free(doc);
    diag_clear(&silent);
    arena_free(&arena);
}

static void add_elements(struct catalogue *c, const char *const *elements)
{
    c->all_elements = c->all_elements || !elements;
    for (; elements && *elements; elements++)
        *ARENA_PUSH(&c->arena, c->elements, c->n_elements, c->cap_elements) = *elements;
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
    if (p->paper < 0 && !p->folder)
        return;
    if (p->paper >= 0)
        p->scope = paper_maker_scope(l->maker, p->paper);
    if (p->paper >= 0 && p->scope != SCOPE_APPLICANT)
        add_elements(l->catalogue, paper_maker_elements(l->maker, p->paper));
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
/* The name of a folder. words: what it may be made of, each with a value, NULL-ended. */
static bool parse_folder(struct xml_reader *r, const char *text, const char **out,
                         const char *const *words, const char *known)
{
    const char *unknown = NULL;
    names_fill(r->arena, text, words, &unknown);
    if (unknown)
        diag_system(r->diag, xml_at(r), "文件夹名“%s”中的 %s 不认识；可用 %s",
                    "the folder's name \"%s\" has %s, which is not known; it is made of %s", text,
                    unknown, known);
    *out = text;
    return *text;
}

static bool parse_applicants_folder(struct xml_reader *r, const char *text, void *out)
{
    static const char *const words[] = {"id", "", "name", "", "unit", "", "unit-name", "", NULL};
    return parse_folder(r, text, out, words, "{id} {name} {unit} {unit-name}");
}

static bool parse_others_folder(struct xml_reader *r, const char *text, void *out)
{
    static const char *const words[] = {"id", "", "name", "", NULL};
    return parse_folder(r, text, out, words, "{id} {name}");
}

#define FOLDER(member, parser)                                                                     \
    XML_PARSED, XML_AT(struct catalogue, folders.member),                                          \
        .parse = (parser), .expected = CATALOGUE_FOLDER, .otherwise = CATALOGUE_FOLDER
static const struct xml_attribute of_package[] = {
    {"applicant", FOLDER(applicant, parse_applicants_folder)},
    {"unit", FOLDER(unit, parse_others_folder)},
    {"delegation", FOLDER(delegation, parse_others_folder)},
    {"batch", XML_WORD, XML_AT(struct catalogue, folders.batch), .otherwise = "整批"},
    {0}};
static const struct xml_attribute of_boxes[] = {{"sheets", XML_INT,
                                                 XML_AT(struct catalogue, box_sheets),
                                                 .required = true, .least = 1, .most = 9999},
                                                {0}};
static const struct xml_element elements[] = {{"package", .inside = 1, .attributes = of_package},
                                              {"boxes", 1, 0, of_boxes, .once = true},
                                              {"paper", 1, 0, of_paper,
                                               sizeof(struct catalogue_paper),
                                               XML_INTO(struct catalogue, list), .end = end_paper},
                                              {0}};

struct catalogue *catalogue_load(const char *path, const struct paper_setting *setting,
                                 struct paper_maker *maker, struct diag *diag)
{
    struct catalogue *c = mem_alloc(1, sizeof *c);
    struct load load = {setting, maker, c};
    struct xml_reader r = {.elements = elements,
                           .arena = &c->arena,
                           .diag = diag,
                           .queries = &c->queries,
                           .owner = &load};
    bool ok = xml_read(&r, path, c);
    *ARENA_PUSH(&c->arena, c->elements, c->n_elements, c->cap_elements) = NULL;
    if (ok)
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

bool catalogue_has(const struct catalogue *c, enum record_scope scope)
{
    for (size_t i = 0; c && i < c->n; i++)
        if (c->list[i].scope == scope)
            return true;
    return false;
}

int catalogue_box_sheets(const struct catalogue *c)
{
    return c->box_sheets;
}

const struct catalogue_folders *catalogue_folders(const struct catalogue *c)
{
    static const struct catalogue_folders customary = {CATALOGUE_FOLDER, CATALOGUE_FOLDER,
                                                       CATALOGUE_FOLDER, "整批"};
    return c ? &c->folders : &customary;
}

const char *const *catalogue_elements(const struct catalogue *c)
{
    return c->all_elements ? NULL : c->elements;
}
