/* needed_papers.c - see needed_papers.h. */
#include "query/needed_papers.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <libxml/parser.h>
#include <libxml/xpathInternals.h>

static struct {
    xmlDoc *doc;
    struct arena arena;
    struct item {
        xmlNode *node;
        struct query *when; /* NULL: everyone */
    } * items;
    size_t n, cap;
} table; /* the process's: nodes that templates are given live in it */

static void forget(void)
{
    for (size_t i = 0; i < table.n; i++)
        query_free(table.items[i].when);
    arena_free(&table.arena);
    if (table.doc)
        xmlFreeDoc(table.doc);
    memset(&table, 0, sizeof table);
}

static bool read_item(xmlNode *n, const char *path, struct diag *diag)
{
    struct src_pos at = {path, xmlGetLineNo(n)};
    struct item *item = ARENA_PUSH(&table.arena, table.items, table.n, table.cap);
    *item = (struct item){.node = n};
    if (strcmp((const char *)n->name, "item") || !xmlHasProp(n, BAD_CAST "name") ||
        !xmlHasProp(n, BAD_CAST "title"))
        return diag_system(diag, at, "应为 <item>，有 name 和 title",
                           "an <item> is wanted, with a name and a title");
    xmlChar *when = xmlGetNoNsProp(n, BAD_CAST "when");
    bool ok = !when || (item->when = query_new((const char *)when, at, diag));
    xmlFree(when);
    return ok;
}

bool needed_papers_load(const char *path, struct diag *diag)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = true;

    if (fd < 0)
        return diag_system(diag, (struct src_pos){path, 0}, "无法读取材料表：%s",
                           "cannot read the table of papers: %s", strerror(errno));
    forget();
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    table.doc = xmlCtxtReadFd(ctxt, fd, path, NULL,
                              XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                  XML_PARSE_BIG_LINES);
    const xmlError *e = xmlCtxtGetLastError(ctxt);
    if (!table.doc)
        ok = diag_system(diag, (struct src_pos){path, e ? e->line : 0}, "材料表不是完好的 XML",
                         "the table of papers is not well-formed XML");
    xmlFreeParserCtxt(ctxt);
    close(fd);
    for (xmlNode *n = table.doc ? xmlDocGetRootElement(table.doc)->children : NULL; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE)
            ok = read_item(n, path, diag) && ok;
    return ok;
}

void needed_papers_xpath(xmlXPathParserContext *ctxt, int n)
{
    if (n != 1)
        XP_ERROR(XPATH_INVALID_ARITY);
    xmlXPathContext *x = ctxt->context;
    xmlNodeSet *who = xmlXPathPopNodeSet(ctxt), *needed = xmlXPathNodeSetCreate(NULL);
    /* The conditions are evaluated in the midst of this evaluation, whose place they must not move.
     */
    xmlNode *node = x->node;
    xmlDoc *doc = x->doc;
    int position = x->proximityPosition, size = x->contextSize;
    for (size_t i = 0; i < table.n; i++) {
        struct query_place place = {who && who->nodeNr > 0 ? who->nodeTab[0] : NULL, 1, 1};
        if (!table.items[i].when || query_bool(table.items[i].when, x->userData, place))
            xmlXPathNodeSetAdd(needed, table.items[i].node);
    }
    x->node = node;
    x->doc = doc;
    x->proximityPosition = position;
    x->contextSize = size;
    xmlXPathFreeNodeSet(who);
    valuePush(ctxt, xmlXPathWrapNodeSet(needed));
}
