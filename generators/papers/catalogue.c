/* catalogue.c - see catalogue.h. */
#include "papers/catalogue.h"

#include "record/data.h"

#include <stdlib.h>
#include <string.h>

struct catalogue {
    struct arena arena;
    struct catalogue_paper *list;
    size_t n, cap;
};

static const char *const bindings[] = {"loose", "bound", "platform"};
static const char *const going[] = {"bag", "volume", "platform",
                                    NULL}; /* as papers.xml calls them */
static const char *const prints[] = {"run", "single", "no", NULL};
static const char *const scopes[] = {"applicant", "delegation", NULL};
static const char *const truths[] = {"false", "true", NULL};

/* The place of the attribute's value among the words; 0 when it is absent. */
static int choice(struct catalogue *c, const record_node *node, const char *name,
                  const char *const *words, struct diag *diag)
{
    const char *text = record_attribute(node, name, &c->arena);
    if (!*text)
        return 0;
    for (int i = 0; words[i]; i++)
        if (!strcmp(words[i], text))
            return i;
    diag_system(diag, record_pos(node), "%s=\"%s\" 不合要求，可用的如 %s",
                "%s=\"%s\" is none of those allowed, like %s", name, text, words[0]);
    return 0;
}

/* What papers.xml says of it; NULL: nothing. */
static const record_node *needed(struct catalogue *c, record_node *papers, const char *name)
{
    for (record_node *item = NULL; (item = record_child(papers, item));)
        if (!strcmp(record_attribute(item, "name", &c->arena), name))
            return item;
    return NULL;
}

/* The attribute of the first of the two that has it. */
static const char *either(struct catalogue *c, const record_node *node, const record_node *item,
                          const char *name)
{
    const char *own = record_attribute(node, name, &c->arena);
    return *own || !item ? own : record_attribute(item, name, &c->arena);
}

static void read_paper(struct catalogue *c, const record_node *node, record_node *papers,
                       struct paper_maker *maker, bool duplex, struct diag *diag)
{
    struct src_pos at = record_pos(node);
    const char *name = record_attribute(node, "name", &c->arena),
               *file = record_attribute(node, "file", &c->arena);
    const record_node *item = needed(c, papers, name);
    const char *when = either(c, node, item, "when"), *copies = either(c, node, item, "copies");
    struct catalogue_paper p = {.name = name, .file = file, .at = at, .paper = -1};
    long long bytes;
    char *end;

    if (strcmp(record_name(node), "paper") || !*name || !*file) {
        diag_system(diag, at, "<%s> 不合要求：只能是带 name 和 file 的 <paper>",
                    "<%s>: only <paper> with name and file stands here", record_name(node));
        return;
    }
    for (size_t i = 0; i < c->n; i++)
        if (!strcmp(c->list[i].file, file))
            diag_system(diag, at, "file=\"%s\" 已用于 %s", "file=\"%s\" is %s's already", file,
                        c->list[i].name);
    p.delegation = choice(c, node, "for", scopes, diag) == 1;
    int goes = item ? choice(c, item, "goes", going, diag) : 0;
    p.binding = bindings[goes];
    p.print = *record_attribute(node, "print", &c->arena)
                  ? (enum print_mode)choice(c, node, "print", prints, diag)
              : goes == 1 ? PRINT_NOT /* with the volume */
                          : PRINT_MERGED;
    p.duplex = choice(c, node, "duplex", truths, diag) == 1;
    p.copies = *copies ? (int)strtol(copies, &end, 10) : 1;
    if (*copies && (*end || p.copies < 1 || p.copies > 99))
        diag_system(diag, at, "copies=\"%s\" 应为 1 到 99", "copies=\"%s\" must be 1 to 99",
                    copies);
    if (*when)
        p.when = query_new(
            when, item && !*record_attribute(node, "when", &c->arena) ? record_pos(item) : at,
            diag);
    p.sheet = !strcmp(name, "roster");
    p.paper = p.sheet ? -1 : paper_maker_load(maker, name, at, diag);
    if (p.paper >= 0 &&
        !digest_file(paper_maker_template(maker, p.paper), DIGEST_LINKS_FOLLOWED, p.digest, &bytes))
        diag_system(diag, (struct src_pos){paper_maker_template(maker, p.paper), 0}, "无法读取",
                    "cannot be read");
    if (p.paper >= 0 && paper_maker_is_volume(maker, p.paper) && duplex)
        p.duplex = true; /* its pages were laid for it */
    *ARENA_PUSH(&c->arena, c->list, c->n, c->cap) = p;
}

struct catalogue *catalogue_load(const char *path, const char *papers_path,
                                 struct paper_maker *maker, bool duplex, struct diag *diag)
{
    size_t errors = diag->count[SEVERITY_ERROR];
    record_node *root = record_data_read(path, diag), *papers = record_data_read(papers_path, diag);
    if (!root || !papers) {
        record_data_free(root);
        record_data_free(papers);
        return NULL;
    }
    struct catalogue *c = mem_alloc(1, sizeof *c);
    for (record_node *node = NULL; (node = record_child(root, node));)
        read_paper(c, node, papers, maker, duplex, diag);
    for (size_t i = 0; i < c->n; i++)
        c->list[i].at.file = arena_strdup(&c->arena, c->list[i].at.file);
    record_data_free(root);
    record_data_free(papers);
    if (diag->count[SEVERITY_ERROR] == errors)
        return c;
    catalogue_free(c);
    return NULL;
}

void catalogue_free(struct catalogue *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n; i++)
        query_free(c->list[i].when);
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
