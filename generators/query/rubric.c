/* rubric.c - see rubric.h. */
#include "query/rubric.h"

#include "core/find.h"
#include "xml/xml.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/xpathInternals.h>

struct rubric {
    xmlDoc *doc;
    xmlNode *root;
    xmlXPathCompExpr *proof;
};

struct rubrics {
    struct arena arena;
    struct rubric *list;
    size_t n;
    xmlNode *applicant;
    struct rubric *chosen; /* NULL: none is for the applicant's specialty */
};

/* --- nodes --- */

static bool named(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, name);
}

static xmlNode *next_named(xmlNode *n, const char *name)
{
    while (n && !named(n, name))
        n = n->next;
    return n;
}

/* Free with xmlFree. NULL: there is none, or it is empty. */
static char *attribute(const xmlNode *n, const char *name)
{
    xmlChar *v = xmlGetNoNsProp(n, BAD_CAST name);
    if (v && *v)
        return (char *)v;
    xmlFree(v);
    return NULL;
}

static bool attribute_is(const xmlNode *n, const char *name, const char *value)
{
    char *v = attribute(n, name);
    bool is = v && !strcmp(v, value);
    xmlFree(v);
    return is;
}

static double number(const xmlNode *n, const char *name)
{
    char *v = attribute(n, name);
    double x = v ? xmlXPathCastStringToNumber(BAD_CAST v) : NAN;
    xmlFree(v);
    return x;
}

/* --- arithmetic --- */

static double hundredths(double x)
{
    return round(x * 100) / 100;
}

static double capped(double x, double most)
{
    return x > most ? most : x < 0 ? 0 : x; /* NaN stays */
}

static xmlNode *item_named(const struct rubric *r, const char *id)
{
    for (xmlNode *p = next_named(r->root->children, "part"); p; p = next_named(p->next, "part"))
        for (xmlNode *i = next_named(p->children, "item"); i; i = next_named(i->next, "item"))
            if (attribute_is(i, "id", id))
                return i;
    return NULL;
}

static void quiet(void *data, xmlError *e)
{
    (void)data, (void)e; /* said by the caller */
}

static bool proves(const struct rubric *r, xmlNode *n)
{
    xmlXPathContext *x = xmlXPathNewContext(n->doc);
    x->node = n;
    x->error = quiet;
    xmlXPathObject *o = xmlXPathCompiledEval(r->proof, x);
    bool yes = o && xmlXPathCastToBoolean(o);
    xmlXPathFreeObject(o);
    xmlXPathFreeContext(x);
    return yes;
}

/* The place in "3/12"; 1 when it says none. */
static long rank_of(const xmlNode *n)
{
    char *v = attribute(n, "rank");
    long rank = v ? strtol(v, NULL, 10) : 1;
    xmlFree(v);
    return rank < 1 ? 1 : rank;
}

/* The best place among the proofs that @refs names; 0: it names none. */
static long best_rank(const struct rubrics *r, const xmlNode *score)
{
    char *refs = attribute(score, "refs"), *rest = NULL;
    long best = 0;
    for (char *id = refs ? strtok_r(refs, " \t\r\n", &rest) : NULL; id;
         id = strtok_r(NULL, " \t\r\n", &rest))
        for (xmlNode *n = r->applicant->children; n; n = n->next)
            if (n->type == XML_ELEMENT_NODE && attribute_is(n, "id", id) && proves(r->chosen, n)) {
                long rank = rank_of(n);
                best = best == 0 || rank < best ? rank : best;
            }
    xmlFree(refs);
    return best;
}

static xmlNode *item_of(const struct rubrics *r, const xmlNode *score)
{
    char *id = attribute(score, "item");
    xmlNode *item = r->chosen && id ? item_named(r->chosen, id) : NULL;
    xmlFree(id);
    return item;
}

static double factor(const struct rubrics *r, const xmlNode *score)
{
    const xmlNode *item = item_of(r, score);
    long rank = item ? best_rank(r, score) : 0;

    if (rank == 0)
        return 0;
    if (attribute_is(item, "ranked", "true"))
        for (xmlNode *f = next_named(r->chosen->root->children, "rank"); f;
             f = next_named(f->next, "rank")) {
            double to = number(f, "to");
            if (isnan(to) || (double)rank <= to)
                return number(f, "factor");
        }
    return 1;
}

static double score_points(const struct rubrics *r, const xmlNode *score, const char *who)
{
    double f = factor(r, score), most = f < 1 ? number(item_of(r, score), "max") * f : 1e6;
    return f > 0 ? hundredths(capped(number(score, who), most)) : 0;
}

static double item_points(const struct rubrics *r, const xmlNode *item, const char *who,
                          bool uncapped)
{
    char *id = attribute(item, "id");
    bool best_of = attribute_is(item, "mode", "best-of"), claimed = false, given = false;
    double sum = 0;

    for (xmlNode *s = next_named(r->applicant->children, "score"); s;
         s = next_named(s->next, "score")) {
        given = given || xmlHasProp(s, BAD_CAST who);
        if (!id || !attribute_is(s, "item", id))
            continue;
        double p = score_points(r, s, who);
        sum = isnan(p) || isnan(sum) ? NAN : !best_of ? sum + p : fmax(sum, p);
        claimed = true;
    }
    xmlFree(id);
    if (!claimed && !given)
        return NAN; /* nobody has scored anything yet */
    return uncapped ? hundredths(sum) : hundredths(capped(sum, number(item, "max")));
}

static double points(const struct rubrics *r, const xmlNode *n, const char *who, bool uncapped)
{
    bool rubric = named(n, "rubric");
    double sum = 0;

    if (named(n, "score"))
        return strcmp(who, "factor") ? score_points(r, n, who) : factor(r, n);
    if (named(n, "item"))
        return item_points(r, n, who, uncapped);
    if (!rubric && !named(n, "part"))
        return NAN;
    for (xmlNode *c = n->children; c; c = c->next)
        if (named(c, rubric ? "part" : "item"))
            sum += points(r, c, who, false);
    return hundredths(capped(sum, number(n, rubric ? "total" : "max")));
}

/* --- XPath --- */

static void fn_rubrics(xmlXPathParserContext *ctxt, int n)
{
    const struct rubrics *r = query_data(ctxt);
    xmlXPathObject *o = xmlXPathNewNodeSet(NULL);
    if (n != 0) {
        xmlXPathFreeObject(o);
        XP_ERROR(XPATH_INVALID_ARITY);
    }
    for (size_t i = 0; r && i < r->n; i++)
        xmlXPathNodeSetAdd(o->nodesetval, r->list[i].root);
    valuePush(ctxt, o);
}

static void fn_applicant(xmlXPathParserContext *ctxt, int n)
{
    const struct rubrics *r = query_data(ctxt);
    if (n != 0)
        XP_ERROR(XPATH_INVALID_ARITY);
    valuePush(ctxt, xmlXPathNewNodeSet(r ? r->applicant : NULL));
}

static void fn_points(xmlXPathParserContext *ctxt, int n)
{
    const struct rubrics *r = query_data(ctxt);
    if (n != 2 && n != 3)
        XP_ERROR(XPATH_INVALID_ARITY);
    xmlChar *uncapped = n == 3 ? xmlXPathPopString(ctxt) : NULL, *who = xmlXPathPopString(ctxt);
    xmlXPathObject *o = valuePop(ctxt);
    double v = NAN;
    if (r && r->applicant && who && o && o->type == XPATH_NODESET && o->nodesetval &&
        o->nodesetval->nodeNr > 0) {
        xmlXPathNodeSetSort(o->nodesetval);
        v = points(r, o->nodesetval->nodeTab[0], (const char *)who, uncapped && *uncapped);
    }
    xmlXPathFreeObject(o);
    xmlFree(who);
    xmlFree(uncapped);
    valuePush(ctxt, xmlXPathNewFloat(v));
}

void rubrics_register(void)
{
    static const struct query_function functions[] = {{"rubrics", 0, 0, fn_rubrics},
                                                      {"applicant", 0, 0, fn_applicant},
                                                      {"points", 2, 3, fn_points}};
    query_register(functions, sizeof functions / sizeof *functions);
}

/* --- reading --- */

struct sink {
    struct diag *diag;
    const char *file;
    bool failed;
};

static void note(void *data, xmlError *e)
{
    struct sink *s = data;
    if (s->failed)
        return; /* what follows the first is mostly its echo */
    s->failed = true;
    const char *text = e->message ? e->message : "";
    diag_system(s->diag, (struct src_pos){s->file, e->line}, "打分标准文件有误：%.*s",
                "the rubric is at fault: %.*s", (int)strcspn(text, "\n"), text);
}

/* libxml2 itself may open nothing (xml.h). NULL: reported. */
static xmlDoc *read_doc(const char *path, struct diag *diag)
{
    struct sink sink = {diag, path, false};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return diag_system(diag, (struct src_pos){path, 0}, "无法读取打分标准：%s",
                           "cannot read the rubric: %s", strerror(errno)),
               NULL;
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    xmlDoc *doc = xmlCtxtReadFd(ctxt, fd, path, NULL,
                                XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                    XML_PARSE_BIG_LINES);
    xmlError *e = (xmlError *)xmlCtxtGetLastError(ctxt);
    if (!doc && e)
        note(&sink, e);
    else if (!doc)
        diag_system(diag, (struct src_pos){path, 0}, "打分标准文件是空的", "the rubric is empty");
    else if (doc->intSubset) {
        diag_system(diag, (struct src_pos){path, 1}, "打分标准文件不得有 DOCTYPE",
                    "a rubric must not have a DOCTYPE");
        xmlFreeDoc(doc);
        doc = NULL;
    }
    xmlFreeParserCtxt(ctxt);
    close(fd);
    return doc;
}

static bool read_rubric(struct rubric *r, const char *path, xmlRelaxNG *schema, struct diag *diag)
{
    struct sink sink = {diag, path, false};
    if (!(r->doc = read_doc(path, diag)))
        return false;
    xmlRelaxNGValidCtxt *valid = xmlRelaxNGNewValidCtxt(schema);
    xmlRelaxNGSetValidStructuredErrors(valid, note, &sink);
    bool ok = xmlRelaxNGValidateDoc(valid, r->doc) == 0;
    xmlRelaxNGFreeValidCtxt(valid);
    if (!ok)
        return false;
    r->root = xmlDocGetRootElement(r->doc);
    char *proof = attribute(r->root, "proof");
    xmlXPathContext *x = xmlXPathNewContext(NULL);
    x->error = quiet;
    r->proof = proof ? xmlXPathCtxtCompile(x, BAD_CAST proof) : NULL;
    xmlXPathFreeContext(x);
    xmlFree(proof);
    return r->proof || diag_system(diag, (struct src_pos){path, xmlGetLineNo(r->root)},
                                   "proof 不是 XPath 表达式", "proof is no XPath expression");
}

struct rubrics *rubrics_load(const char *const *dirs, struct diag *diag)
{
    struct rubrics *r = mem_alloc(1, sizeof *r);
    const char *found = find_file(&r->arena, dirs, "rubric.rng"),
               *schema = found ? found : "rubric.rng";
    struct sink sink = {diag, schema, false};
    char **paths;
    size_t n = find_files(&r->arena, dirs, "rubric-*.xml", &paths);
    xml_guard();
    xmlDoc *doc = read_doc(schema, diag);
    xmlRelaxNGParserCtxt *parser = doc ? xmlRelaxNGNewDocParserCtxt(doc) : NULL;
    xmlRelaxNG *rules = NULL;

    if (parser) {
        xmlRelaxNGSetParserStructuredErrors(parser, note, &sink);
        rules = xmlRelaxNGParse(parser);
    }
    bool ok = rules != NULL;
    r->list = mem_alloc(n + 1, sizeof *r->list);
    for (; rules && r->n < n; r->n++)
        ok = read_rubric(&r->list[r->n], paths[r->n], rules, diag) && ok;
    xmlRelaxNGFree(rules);
    xmlRelaxNGFreeParserCtxt(parser);
    xmlFreeDoc(doc);
    if (ok)
        return r;
    rubrics_free(r);
    return NULL;
}

void rubrics_free(struct rubrics *r)
{
    for (size_t i = 0; r && i < r->n; i++) {
        xmlXPathFreeCompExpr(r->list[i].proof);
        xmlFreeDoc(r->list[i].doc);
    }
    if (!r)
        return;
    free(r->list);
    arena_free(&r->arena);
    free(r);
}

void rubrics_begin(struct rubrics *r, record_node *applicant)
{
    char *specialty = attribute(applicant, "specialty");
    r->applicant = applicant;
    r->chosen = NULL;
    for (size_t i = 0; i < r->n && specialty; i++)
        for (xmlNode *s = next_named(r->list[i].root->children, "specialty"); s;
             s = next_named(s->next, "specialty")) {
            xmlChar *text = xmlNodeGetContent(s);
            if (!r->chosen && text && !strcmp((const char *)text, specialty))
                r->chosen = &r->list[i];
            xmlFree(text);
        }
    xmlFree(specialty);
}
