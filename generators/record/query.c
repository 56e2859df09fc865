/* query.c - XPath on a record: compiled expressions, our functions, the template's variables. */
#include "record/query.h"

#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct query {
    xmlXPathCompExpr *expr;
};

struct query_context {
    xmlXPathContext *xpath;
    char asof[16];
    struct variable {
        char *name;
        xmlXPathObject *shadowed; /* what the name meant before; NULL: nothing */
    } *variables;
    size_t n_variables, cap_variables;
    const char *(*page)(const char *id, void *data);
    void *data;
    void *others_data; /* for functions of other modules */
};

static struct query_function *others;
static size_t n_others;

static void silent(void *data, xmlError *e)
{
    (void)data, (void)e;
}

/* How many of year, month and day x holds; 0: it is no date. */
static int date_parts(const char *x, int d[3])
{
    size_t n = strlen(x);
    d[0] = d[1] = d[2] = 0;
    if (n != 4 && n != 7 && n != 10)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (i == 4 || i == 7 ? x[i] != '-' : x[i] < '0' || x[i] > '9')
            return 0;
    return sscanf(x, "%4d-%2d-%2d", &d[0], &d[1], &d[2]);
}

static void dotted(const char *x, int most, char *out, size_t size)
{
    int d[3], n = date_parts(x, d);
    n = n > most ? most : n;
    if (n == 0)
        snprintf(out, size, "%s", x); /* never lose what was written */
    else if (n == 1)
        snprintf(out, size, "%04d", d[0]);
    else if (n == 2)
        snprintf(out, size, "%04d.%02d", d[0], d[1]);
    else
        snprintf(out, size, "%04d.%02d.%02d", d[0], d[1], d[2]);
}

static void give(xmlXPathParserContext *ctxt, const char *s)
{
    valuePush(ctxt, xmlXPathNewCString(s));
}

static void fn_date(xmlXPathParserContext *ctxt, int n)
{
    char out[600];
    if (n != 1)
        XP_ERROR(XPATH_INVALID_ARITY);
    xmlChar *x = xmlXPathPopString(ctxt);
    dotted((const char *)x, !strcmp((const char *)ctxt->context->function, "month") ? 2 : 3, out,
           sizeof out);
    give(ctxt, out);
    xmlFree(x);
}

static void fn_long_date(xmlXPathParserContext *ctxt, int n)
{
    char out[600];
    int d[3];
    if (n != 1)
        XP_ERROR(XPATH_INVALID_ARITY);
    xmlChar *x = xmlXPathPopString(ctxt);
    int k = date_parts((const char *)x, d);
    if (k == 0)
        snprintf(out, sizeof out, "%s", (const char *)x);
    else if (k == 1)
        snprintf(out, sizeof out, "%d年", d[0]);
    else if (k == 2)
        snprintf(out, sizeof out, "%d年%d月", d[0], d[1]);
    else
        snprintf(out, sizeof out, "%d年%d月%d日", d[0], d[1], d[2]);
    give(ctxt, out);
    xmlFree(x);
}

static void fn_period(xmlXPathParserContext *ctxt, int n)
{
    char a[600], b[600], out[1300];
    if (n != 2)
        XP_ERROR(XPATH_INVALID_ARITY);
    xmlChar *y = xmlXPathPopString(ctxt), *x = xmlXPathPopString(ctxt);
    dotted((const char *)x, 2, a, sizeof a);
    dotted((const char *)y, 2, b, sizeof b);
    snprintf(out, sizeof out, "%s—%s", a, *b ? b : "至今");
    give(ctxt, *a || *b ? out : "");
    xmlFree(x);
    xmlFree(y);
}

static void fn_years(xmlXPathParserContext *ctxt, int n)
{
    int a[3], b[3];
    if (n != 2)
        XP_ERROR(XPATH_INVALID_ARITY);
    xmlChar *y = xmlXPathPopString(ctxt), *x = xmlXPathPopString(ctxt);
    double v = xmlXPathNAN;
    int na = date_parts((const char *)x, a), nb = date_parts((const char *)y, b);
    if (na && nb) {
        /* What is not known counts against the applicant: never rounded up. */
        int from = (na > 1 ? a[1] : 12) * 32 + (na > 2 ? a[2] : na > 1 && nb < 3 ? 1 : 31);
        int to = (nb > 1 ? b[1] : 1) * 32 + (nb > 2 ? b[2] : 1);
        v = b[0] - a[0] - (to < from);
    }
    valuePush(ctxt, xmlXPathNewFloat(v));
    xmlFree(x);
    xmlFree(y);
}

static void fn_year(xmlXPathParserContext *ctxt, int n)
{
    int d[3];
    if (n != 1)
        XP_ERROR(XPATH_INVALID_ARITY);
    xmlChar *x = xmlXPathPopString(ctxt);
    valuePush(ctxt, xmlXPathNewFloat(date_parts((const char *)x, d) ? d[0] : xmlXPathNAN));
    xmlFree(x);
}

static void fn_asof(xmlXPathParserContext *ctxt, int n)
{
    struct query_context *c = ctxt->context->userData;
    if (n != 0)
        XP_ERROR(XPATH_INVALID_ARITY);
    give(ctxt, c->asof);
}

static void fn_page(xmlXPathParserContext *ctxt, int n)
{
    struct query_context *c = ctxt->context->userData;
    if (n != 1)
        XP_ERROR(XPATH_INVALID_ARITY);
    xmlChar *x = xmlXPathPopString(ctxt);
    const char *s = c->page ? c->page((const char *)x, c->data) : NULL;
    give(ctxt, s ? s : "");
    xmlFree(x);
}

static void fn_without_suffix(xmlXPathParserContext *ctxt, int n)
{
    if (n != 2)
        XP_ERROR(XPATH_INVALID_ARITY);
    xmlChar *s = xmlXPathPopString(ctxt), *x = xmlXPathPopString(ctxt);
    size_t nx = strlen((char *)x), ns = strlen((char *)s);
    if (ns && nx >= ns && !strcmp((char *)x + nx - ns, (char *)s))
        x[nx - ns] = '\0';
    give(ctxt, (char *)x);
    xmlFree(x);
    xmlFree(s);
}

static void fn_cn_number(xmlXPathParserContext *ctxt, int n)
{
    static const char *const digit[] = {"", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    char out[40];
    if (n != 1)
        XP_ERROR(XPATH_INVALID_ARITY);
    double v = xmlXPathPopNumber(ctxt);
    int k = v >= 1 && v < 100 ? (int)v : 0;
    snprintf(out, sizeof out, "%s%s%s", k >= 20 ? digit[k / 10] : "", k >= 10 ? "十" : "",
             digit[k % 10]);
    if (k)
        give(ctxt, out);
    else
        valuePush(ctxt, xmlXPathWrapString(xmlXPathCastNumberToString(v)));
}

struct query *query_new(const char *xpath, struct src_pos at, struct diag *diag)
{
    xmlXPathContext *x = xmlXPathNewContext(NULL);
    x->error = silent;
    xmlXPathCompExpr *e = xmlXPathCtxtCompile(x, BAD_CAST xpath);
    xmlXPathFreeContext(x);
    if (!e) {
        diag_system(diag, at, "XPath表达式有误：%s", "bad XPath expression: %s", xpath);
        return NULL;
    }
    struct query *q = mem_alloc(1, sizeof *q);
    q->expr = e;
    return q;
}

void query_free(struct query *q)
{
    if (q)
        xmlXPathFreeCompExpr(q->expr);
    free(q);
}

void query_register(const struct query_function *list, size_t n)
{
    others = mem_resize(others, n_others + n + 1, sizeof *others);
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < n_others && strcmp(others[k].name, list[i].name))
            k++;
        if (k == n_others)
            others[n_others++] = list[i];
    }
}

void query_context_set_data(struct query_context *c, void *data)
{
    c->others_data = data;
}

void *query_data(struct _xmlXPathParserContext *ctxt)
{
    struct query_context *c = ctxt->context->userData;
    return c->others_data;
}

struct query_context *query_context_new(void)
{
    static const struct {
        const char *name;
        xmlXPathFunction fn;
    } all[] = {{"date", fn_date},     {"month", fn_date}, {"long-date", fn_long_date},
               {"period", fn_period}, {"years", fn_years}, {"year", fn_year},
               {"asof", fn_asof},     {"page", fn_page},   {"without-suffix", fn_without_suffix},
               {"cn-number", fn_cn_number}};
    struct query_context *c = mem_alloc(1, sizeof *c);
    c->xpath = xmlXPathNewContext(NULL);
    c->xpath->userData = c;
    c->xpath->error = silent;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        xmlXPathRegisterFunc(c->xpath, BAD_CAST all[i].name, all[i].fn);
    for (size_t i = 0; i < n_others; i++)
        xmlXPathRegisterFunc(c->xpath, BAD_CAST others[i].name, others[i].body);
    return c;
}

void query_context_free(struct query_context *c)
{
    if (!c)
        return;
    query_variables_release(c, 0);
    free(c->variables);
    xmlXPathFreeContext(c->xpath);
    free(c);
}

void query_context_begin(struct query_context *c, record_node *root, const char *asof)
{
    c->xpath->userData = c;
    query_variables_release(c, 0);
    c->xpath->doc = root->doc;
    c->xpath->node = root;
    snprintf(c->asof, sizeof c->asof, "%s", asof ? asof : "");
}

void query_context_set_pages(struct query_context *c, const char *(*page)(const char *, void *), void *data)
{
    c->page = page;
    c->data = data;
}

void query_set_variable(struct query_context *c, const char *name, const char *value)
{
    if (c->n_variables == c->cap_variables)
        c->variables = mem_resize(c->variables, c->cap_variables = 2 * c->cap_variables + 8, sizeof *c->variables);
    c->variables[c->n_variables++] = (struct variable){strdup(name), xmlXPathVariableLookup(c->xpath, BAD_CAST name)};
    xmlXPathRegisterVariable(c->xpath, BAD_CAST name, xmlXPathNewCString(value));
}

size_t query_variables_mark(const struct query_context *c)
{
    return c->n_variables;
}

void query_variables_release(struct query_context *c, size_t mark)
{
    while (c->n_variables > mark) {
        struct variable *v = &c->variables[--c->n_variables];
        xmlXPathRegisterVariable(c->xpath, BAD_CAST v->name, v->shadowed);
        free(v->name);
    }
}

static xmlXPathObject *eval(struct query *q, struct query_context *c, struct query_place at)
{
    static xmlNode nothing = {.type = XML_ELEMENT_NODE, .name = (const xmlChar *)"nothing"};
    if (!at.node)
        at.node = &nothing;
    c->xpath->node = at.node;
    c->xpath->doc = at.node ? at.node->doc : NULL;
    c->xpath->proximityPosition = (int)at.position;
    c->xpath->contextSize = (int)at.size;
    return xmlXPathCompiledEval(q->expr, c->xpath);
}

struct query_value query_string(struct query *q, struct query_context *c, struct query_place at, struct arena *arena)
{
    struct query_value v = {"", NULL};
    xmlXPathObject *o = eval(q, c, at);
    if (!o)
        return v;
    if (o->type == XPATH_NODESET && o->nodesetval && o->nodesetval->nodeNr > 0) {
        xmlXPathNodeSetSort(o->nodesetval);
        v.node = o->nodesetval->nodeTab[0];
    }
    xmlChar *s = xmlXPathCastToString(o);
    v.text = arena_strdup(arena, s ? (const char *)s : "");
    xmlFree(s);
    xmlXPathFreeObject(o);
    return v;
}

double query_number(struct query *q, struct query_context *c, struct query_place at)
{
    xmlXPathObject *o = eval(q, c, at);
    double v = o ? xmlXPathCastToNumber(o) : xmlXPathNAN;
    xmlXPathFreeObject(o);
    return v;
}

bool query_bool(struct query *q, struct query_context *c, struct query_place at)
{
    xmlXPathObject *o = eval(q, c, at);
    bool v = o && xmlXPathCastToBoolean(o);
    xmlXPathFreeObject(o);
    return v;
}

size_t query_nodes(struct query *q, struct query_context *c, struct query_place at, struct arena *arena,
                   record_node ***out)
{
    xmlXPathObject *o = eval(q, c, at);
    size_t n = 0;
    *out = NULL;
    if (o && o->type == XPATH_NODESET && o->nodesetval && o->nodesetval->nodeNr > 0) {
        xmlXPathNodeSetSort(o->nodesetval);
        n = (size_t)o->nodesetval->nodeNr;
        *out = ARENA_ARRAY(arena, record_node *, n);
        memcpy(*out, o->nodesetval->nodeTab, n * sizeof **out);
    }
    xmlXPathFreeObject(o);
    return n;
}
