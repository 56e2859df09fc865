/* needed_papers.c - see needed_papers.h. */
#include "query/needed_papers.h"

#include "xml/xml_reader.h"

#include <stdlib.h>
#include <string.h>

enum { IN_PAPERS = 1 };

static const struct xml_attribute of_item[] = {
    {"name", XML_WORD, XML_AT(struct needed_paper, name), .required = true, .unique = true},
    {"title", XML_WORD, XML_NOWHERE, .required = true},
    {"when", QUERY_AT(struct needed_paper, when)},
    {"copies", XML_INT, XML_AT(struct needed_paper, copies), .least = 1, .most = 99,
     .otherwise = "1"},
    {"goes", XML_CHOICE, XML_AT(struct needed_paper, goes), .words = "bag volume platform"},
    {"clause", XML_TEXT, XML_NOWHERE},
    {"signed", XML_TEXT, XML_NOWHERE},
    {"seals", XML_TEXT, XML_NOWHERE},
    {0}};
static const struct xml_element elements[] = {
    {"papers", .inside = IN_PAPERS},
    {"item", IN_PAPERS, 0, of_item, sizeof(struct needed_paper),
     XML_INTO(struct needed_papers, list), .begin = xml_keep_node},
    {0}};

struct needed_papers *needed_papers_load(const char *path, struct diag *diag)
{
    struct needed_papers *p = mem_alloc(1, sizeof *p);
    struct xml_reader r = {.elements = elements,
                           .arena = &p->arena,
                           .diag = diag,
                           .queries = &p->queries,
                           .keep = true};
    bool ok = xml_read(&r, path, p);
    p->document = r.document;
    if (ok)
        return p;
    needed_papers_free(p);
    return NULL;
}

void needed_papers_free(struct needed_papers *p)
{
    if (!p)
        return;
    query_list_free(&p->queries);
    xml_free(p->document);
    arena_free(&p->arena);
    free(p);
}

const struct needed_paper *needed_papers_find(const struct needed_papers *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (!strcmp(p->list[i].name, name))
            return &p->list[i];
    return NULL;
}
