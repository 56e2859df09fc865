/* kit.c - see kit.h. */
#include "papers/kit.h"

#include "dossier/volume.h"
#include "xml/xml_reader.h"

#include <stdlib.h>
#include <string.h>

struct kit {
    struct arena arena;
    struct kit_paper *list;
    size_t n, cap;
    struct query_list queries;
};

struct load {
    const struct needed_papers *needed;
    struct press *press;
};

static bool option_given(const char *name)
{
    const struct option_own *list;
    size_t n = volume_options(&list);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i].name, name))
            return *list[i].value != NULL;
    return false;
}

/* What the element does not say holds as papers.xml says. */
static void complete(struct xml_reader *r, struct kit_paper *p, const struct needed_paper *needed)
{
    static const char *const bindings[] = {"loose", "bound", "platform"};
    if (!xml_given(r, "when") && needed)
        p->when = needed->when;
    if (!xml_given(r, "copies"))
        p->copies = needed ? needed->copies : 1;
    p->binding = bindings[needed ? needed->goes : GOES_LOOSE];
    if (!xml_given(r, "print") && needed && needed->goes == GOES_BOUND)
        p->print = KIT_NOT; /* with the volume */
}

static void end_paper(struct xml_reader *r, void *self, void *parent)
{
    const struct load *l = r->owner;
    struct kit_paper *p = self;
    long long bytes;

    (void)parent;
    p->at = xml_at(r);
    p->paper = -1;
    if (!*p->name || !*p->file)
        return;
    complete(r, p, needed_papers_find(l->needed, p->name));
    p->sheet = !strcmp(p->name, "roster");
    p->paper = p->sheet ? -1 : press_load(l->press, p->name, p->at, r->diag);
    if (p->paper < 0)
        return;
    if (!digest_file(press_template(l->press, p->paper), p->digest, &bytes))
        diag_system(r->diag, (struct src_pos){press_template(l->press, p->paper), 0}, "无法读取",
                    "cannot be read");
    if (press_is_volume(l->press, p->paper) && option_given("duplex"))
        p->duplex = true; /* its pages were laid for it */
}

static const struct xml_attribute of_paper[] = {
    {"name", XML_WORD, XML_AT(struct kit_paper, name), .required = true},
    {"file", XML_WORD, XML_AT(struct kit_paper, file), .required = true, .unique = true},
    {"when", QUERY_AT(struct kit_paper, when)},
    {"for", XML_FLAG, XML_AT(struct kit_paper, delegation), .words = "applicant delegation"},
    {"copies", XML_INT, XML_AT(struct kit_paper, copies), .least = 1, .most = 99},
    {"print", XML_CHOICE, XML_AT(struct kit_paper, print), .words = "run single no"},
    {"duplex", XML_FLAG, XML_AT(struct kit_paper, duplex)},
    {0}};
static const struct xml_element elements[] = {{"package", .inside = 1},
                                              {"paper", 1, 0, of_paper, sizeof(struct kit_paper),
                                               XML_INTO(struct kit, list), .end = end_paper},
                                              {0}};

struct kit *kit_load(const char *path, const struct needed_papers *needed, struct press *press,
                     struct diag *diag)
{
    struct kit *k = mem_alloc(1, sizeof *k);
    struct load load = {needed, press};
    struct xml_reader r = {.elements = elements,
                           .arena = &k->arena,
                           .diag = diag,
                           .queries = &k->queries,
                           .owner = &load};
    if (xml_read(&r, path, k))
        return k;
    kit_free(k);
    return NULL;
}

void kit_free(struct kit *k)
{
    if (!k)
        return;
    query_list_free(&k->queries);
    arena_free(&k->arena);
    free(k);
}

size_t kit_papers(const struct kit *k, const struct kit_paper **out)
{
    *out = k->list;
    return k->n;
}

bool kit_wants(const struct kit_paper *p, struct query_context *ctx, record_node *root)
{
    return !p->when || query_bool(p->when, ctx, (struct query_place){root, 1, 1});
}
