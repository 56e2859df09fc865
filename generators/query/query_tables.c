/* query_tables.c - see query_tables.h. */
#include "query/query_tables.h"

#include "core/find.h"
#include "query/query_functions.h"

#include <math.h>
#include <stdlib.h>

#include <libxml/xpathInternals.h>

struct query_tables *query_tables_load(const char *const *dirs, struct diag *diag)
{
    struct query_tables *t = mem_alloc(1, sizeof *t);
    struct arena arena = {0};
    const char *papers = find_template(&arena, dirs, "papers.xml", (struct src_pos){0}, diag),
               *holidays = find_template(&arena, dirs, "holidays.xml", (struct src_pos){0}, diag);
    t->papers = papers ? needed_papers_load(papers, diag) : NULL;
    t->holidays = holidays ? holidays_load(holidays, diag) : NULL;
    t->rubrics = rubrics_load(dirs, diag);
    arena_free(&arena);
    if (t->papers && t->holidays && t->rubrics)
        return t;
    query_tables_free(t);
    return NULL;
}

void query_tables_free(struct query_tables *t)
{
    if (!t)
        return;
    needed_papers_free(t->papers);
    holidays_free(t->holidays);
    rubrics_free(t->rubrics);
    free(t);
}

/* --- functions --- */

static void fn_workdays(xmlXPathParserContext *ctxt, int nargs)
{
    (void)nargs;
    xmlChar *to = xmlXPathPopString(ctxt), *from = xmlXPathPopString(ctxt);
    long days = workdays_count(query_tables(ctxt)->holidays, (char *)from, (char *)to);
    valuePush(ctxt, answer_number(days < 0 ? NAN : (double)days));
    xmlFree(from);
    xmlFree(to);
}

static void fn_papers(xmlXPathParserContext *ctxt, int nargs)
{
    const struct needed_papers *papers = query_tables(ctxt)->papers;
    (void)nargs;
    xmlNodeSet *who = xmlXPathPopNodeSet(ctxt), *needed = xmlXPathNodeSetCreate(NULL);
    xmlNode *applicant = who && who->nodeNr > 0 ? who->nodeTab[0] : NULL;
    for (size_t i = 0; papers && i < papers->n; i++)
        if (!papers->list[i].when || query_nested(ctxt, papers->list[i].when, applicant))
            xmlXPathNodeSetAdd(needed, papers->list[i].node);
    xmlXPathFreeNodeSet(who);
    valuePush(ctxt, xmlXPathWrapNodeSet(needed));
}

static void fn_rubrics(xmlXPathParserContext *ctxt, int nargs)
{
    const struct rubrics *r = query_tables(ctxt)->rubrics;
    (void)nargs;
    xmlNodeSet *nodes = xmlXPathNodeSetCreate(NULL);
    for (size_t i = 0; r && i < r->n; i++)
        xmlXPathNodeSetAdd(nodes, rubric_node(r, i));
    valuePush(ctxt, xmlXPathWrapNodeSet(nodes));
}

static void fn_rubric(xmlXPathParserContext *ctxt, int nargs)
{
    record_node *fitting[2];
    size_t n = rubrics_fitting(ctxt, fitting, 2);
    (void)nargs;
    xmlNodeSet *nodes = xmlXPathNodeSetCreate(NULL);
    for (size_t i = 0; i < n; i++)
        xmlXPathNodeSetAdd(nodes, fitting[i]);
    valuePush(ctxt, xmlXPathWrapNodeSet(nodes));
}

static void fn_applicant(xmlXPathParserContext *ctxt, int nargs)
{
    (void)nargs;
    valuePush(ctxt, xmlXPathNewNodeSet(query_applicant(ctxt)));
}

static void fn_points(xmlXPathParserContext *ctxt, int nargs)
{
    xmlChar *uncapped = nargs == 3 ? xmlXPathPopString(ctxt) : NULL, *who = xmlXPathPopString(ctxt);
    xmlXPathObject *o = valuePop(ctxt);
    double v = NAN;
    if (who && o && o->type == XPATH_NODESET && o->nodesetval && o->nodesetval->nodeNr > 0) {
        xmlXPathNodeSetSort(o->nodesetval);
        v = rubric_points(ctxt, o->nodesetval->nodeTab[0], (char *)who, uncapped && *uncapped);
    }
    xmlXPathFreeObject(o);
    xmlFree(who);
    xmlFree(uncapped);
    valuePush(ctxt, xmlXPathNewFloat(v));
}

static const struct query_function functions[] = {
    {"workdays", 2, 2, .body = fn_workdays}, {"papers", 1, 1, .body = fn_papers},
    {"rubrics", 0, 0, .body = fn_rubrics},   {"applicant", 0, 0, .body = fn_applicant},
    {"rubric", 0, 0, .body = fn_rubric},     {"points", 2, 3, .body = fn_points},
};
const struct query_library query_table_functions = {functions,
                                                    sizeof functions / sizeof *functions};
