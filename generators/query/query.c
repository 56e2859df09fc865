/* query.c - XPath on a record: compiled expressions, our functions, the template's variables. */
#include "query/query.h"

#include "query/query_functions.h"
#include "query/query_tables.h"
#include "query/xpath_check.h"
#include "record/date.h"
#include "record/quote.h"
#include "xml/include.h"
#include "xml/xml.h"
#include "xml/xml_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/hash.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

enum {
    OPERATION_LIMIT = 10000000, /* of one evaluation: a second or two */
    TEXT_LIMIT = 2 << 20        /* bytes of its answer: twice an element's text */
};

struct query {
    xmlXPathCompExpr *expr;
    char *text, *file;
    long line;
    unsigned long reported; /* the run of a context in which it failed, 0 for none */
};

struct variable {
    char *name, *value;       /* value NULL: nobody has asked for it yet */
    struct query *select;     /* what gives it then */
    struct query_place place; /* and where */
};

struct query_context {
    xmlXPathContext *xpath;
    char asof[16];
    const char *(*page)(const char *id, void *data);
    void *page_data;
    const struct query_tables *tables;
    xmlHashTable *answers;      /* struct query_function by name: those of texts */
    void *owner;                /* of the library that it was extended by */
    struct query_memory memory; /* of the applicant */
    record_node *applicant;     /* NULL: a unit, delegation or batch is worked on */
    struct variable *variables; /* newest last */
    size_t n, cap;
    struct diag *diag;
    unsigned long run; /* counts query_context_begin */
    int error;         /* of the evaluation at hand, 0 for none */
};

static void note_error(void *data, xmlError *e)
{
    struct query_context *c = data;
    if (c && !c->error)
        c->error = e->code;
}

/* --- functions --- */

xmlXPathObject *answer_text(const char *s)
{
    return xmlXPathNewCString(s);
}

xmlXPathObject *answer_number(double v)
{
    return xmlXPathNewFloat(v);
}

xmlXPathObject *answer_bool(bool v)
{
    return xmlXPathNewBoolean(v);
}

/* x with dots, to the precision `most` at most; what is no date comes back as it was written. */
static const char *dotted(const char *x, enum date_precision most, struct arena *arena)
{
    struct date d;
    if (!date_parse(x, &d))
        return x;
    enum date_precision p = d.precision < most ? d.precision : most;
    const char *text = arena_printf(arena, "%04d", d.year);
    if (p >= DATE_MONTH)
        text = arena_printf(arena, "%s.%02d", text, d.month);
    return p == DATE_DAY ? arena_printf(arena, "%s.%02d", text, d.day) : text;
}

static xmlXPathObject *fn_date(struct query_call *c)
{
    return answer_text(dotted(c->arguments[0], DATE_DAY, &c->arena));
}

static xmlXPathObject *fn_month(struct query_call *c)
{
    return answer_text(dotted(c->arguments[0], DATE_MONTH, &c->arena));
}

static xmlXPathObject *fn_long_date(struct query_call *c)
{
    struct date d;
    if (!date_parse(c->arguments[0], &d))
        return answer_text(c->arguments[0]);
    const char *text = arena_printf(&c->arena, "%d年", d.year);
    if (d.precision >= DATE_MONTH)
        text = arena_printf(&c->arena, "%s%d月", text, d.month);
    if (d.precision == DATE_DAY)
        text = arena_printf(&c->arena, "%s%d日", text, d.day);
    return answer_text(text);
}

static xmlXPathObject *fn_period(struct query_call *c)
{
    const char *from = dotted(c->arguments[0], DATE_MONTH, &c->arena),
               *to = dotted(c->arguments[1], DATE_MONTH, &c->arena);
    if (!*from && !*to)
        return answer_text("");
    return answer_text(arena_printf(&c->arena, "%s—%s", from, *to ? to : "至今"));
}

static xmlXPathObject *span(const struct query_call *c, int (*between)(struct date, struct date))
{
    struct date a, b;
    bool dates = date_parse(c->arguments[0], &a) && date_parse(c->arguments[1], &b);
    return answer_number(dates ? between(a, b) : xmlXPathNAN);
}

static xmlXPathObject *fn_years(struct query_call *c)
{
    return span(c, date_years);
}

static xmlXPathObject *fn_months(struct query_call *c)
{
    return span(c, date_months);
}

static xmlXPathObject *fn_year(struct query_call *c)
{
    struct date d;
    return answer_number(date_parse(c->arguments[0], &d) ? d.year : xmlXPathNAN);
}

static xmlXPathObject *fn_asof(struct query_call *c)
{
    const struct query_context *q = c->context;
    const xmlNode *batch = q->xpath->doc ? xmlDocGetRootElement(q->xpath->doc) : NULL;
    const char *name = arena_printf(&c->arena, "%s-asof", c->arguments[0]);
    xmlChar *own = *c->arguments[0] && batch ? xmlGetNoNsProp(batch, BAD_CAST name) : NULL;
    xmlXPathObject *answer = answer_text(own && *own ? (const char *)own : q->asof);
    xmlFree(own);
    return answer;
}

static xmlXPathObject *fn_page(struct query_call *c)
{
    const struct query_context *q = c->context;
    const char *page = q->page ? q->page(c->arguments[0], q->page_data) : NULL;
    return answer_text(page ? page : "");
}

static xmlXPathObject *fn_cited(struct query_call *c)
{
    const struct query_context *q = c->context;
    const char *ids = "", *words = " ", *rest = c->arguments[0];
    for (size_t n; *(rest += strspn(rest, " \t\r\n")); rest += n) {
        n = strcspn(rest, " \t\r\n");
        const char *id = arena_strndup(&c->arena, rest, n);
        const char *page = q->page ? q->page(id, q->page_data) : NULL;
        bool word = page && *page && !strchr("0123456789", *page);
        const char *blank = word ? arena_printf(&c->arena, " %s ", page) : "";
        if (word && strstr(words, blank))
            continue;
        words = arena_printf(&c->arena, "%s%s", words, blank);
        ids = arena_printf(&c->arena, "%s%s%s", ids, *ids ? " " : "", id);
    }
    return answer_text(ids);
}

static xmlXPathObject *fn_without_suffix(struct query_call *c)
{
    const char *x = c->arguments[0], *suffix = c->arguments[1];
    size_t nx = strlen(x), ns = strlen(suffix);
    bool ends = nx >= ns && !strcmp(x + nx - ns, suffix);
    return answer_text(ends ? arena_strndup(&c->arena, x, nx - ns) : x);
}

static xmlXPathObject *fn_cn_number(struct query_call *c)
{
    static const char *const digit[] = {"", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    double v = xmlXPathCastStringToNumber(BAD_CAST c->arguments[0]);
    int k = v >= 1 && v < 100 ? (int)v : 0;
    if (!k)
        return xmlXPathWrapString(xmlXPathCastNumberToString(v));
    return answer_text(arena_printf(&c->arena, "%s%s%s", k >= 20 ? digit[k / 10] : "",
                                    k >= 10 ? "十" : "", digit[k % 10]));
}

static const struct query_function functions[] = {
    {"date", 1, 1, .answer = fn_date},
    {"month", 1, 1, .answer = fn_month},
    {"long-date", 1, 1, .answer = fn_long_date},
    {"period", 2, 2, .answer = fn_period},
    {"years", 2, 2, .answer = fn_years},
    {"months", 2, 2, .answer = fn_months},
    {"year", 1, 1, .answer = fn_year},
    {"asof", 0, 1, .answer = fn_asof},
    {"page", 1, 1, .answer = fn_page},
    {"cited", 1, 1, .answer = fn_cited},
    {"without-suffix", 2, 2, .answer = fn_without_suffix},
    {"cn-number", 1, 1, .answer = fn_cn_number},
};
static const struct query_library basics = {functions, sizeof functions / sizeof *functions};

/* --- expressions --- */

static char *copy(const char *s)
{
    size_t size = strlen(s) + 1;
    return memcpy(mem_alloc(size, 1), s, size);
}

/* Always NULL. */
static struct query *refuse(struct src_pos at, struct diag *diag, const char *xpath, const char *zh,
                            const char *en)
{
    struct arena a = {0};
    const char *shown = quote(&a, xpath);
    diag_system(diag, at, "XPath 表达式%s有误：%s%.0s", "bad XPath expression %s: %.0s%s", shown,
                zh, en);
    arena_free(&a);
    return NULL;
}

static struct query *compile(const char *xpath, const struct query_library *library,
                             struct src_pos at, struct diag *diag)
{
    static const struct query_library none = {0};
    const struct query_library *const known[] = {&basics,
                                                 &query_values,
                                                 &query_number_functions,
                                                 &query_table_functions,
                                                 library ? library : &none,
                                                 NULL};
    const char *text[LANGUAGE_COUNT];
    struct arena a = {0};

    xml_guard();
    if (!xpath_check(xpath, known, &a, text)) {
        refuse(at, diag, xpath, text[LANGUAGE_ZH], text[LANGUAGE_EN]);
        arena_free(&a);
        return NULL;
    }
    arena_free(&a);
    xmlXPathContext quiet = {.error = note_error}; /* knows no functions: a new one costs most */
    xmlXPathCompExpr *e = xmlXPathCtxtCompile(&quiet, BAD_CAST xpath);
    xmlResetError(&quiet.lastError);
    if (!e)
        return refuse(at, diag, xpath, "语法不对", "wrong syntax");
    struct query *q = mem_alloc(1, sizeof *q);
    q->expr = e;
    q->text = copy(xpath);
    q->file = copy(at.file ? at.file : "");
    q->line = at.line;
    return q;
}

struct query *query_new(const char *xpath, struct src_pos at, struct diag *diag)
{
    return compile(xpath, NULL, at, diag);
}

void query_free(struct query *q)
{
    if (!q)
        return;
    xmlXPathFreeCompExpr(q->expr);
    free(q->text);
    free(q->file);
    free(q);
}

const char *query_text(const struct query *q)
{
    return q->text;
}

bool query_uses(const struct query *q, const char *variable)
{
    static const char of_names[] =
        "-_.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    size_t len = strlen(variable);
    for (const char *p = strchr(q->text, '$'); p; p = strchr(p + 1, '$'))
        if (!strncmp(p + 1, variable, len) && (!p[1 + len] || !strchr(of_names, p[1 + len])))
            return true;
    return false;
}

struct query *query_list_add(struct query_list *l, struct arena *arena, const char *xpath,
                             struct src_pos at, struct diag *diag)
{
    struct query *q = compile(xpath, l->library, at, diag);
    if (q)
        *ARENA_PUSH(arena, l->list, l->n, l->cap) = q;
    return q;
}

void query_list_free(struct query_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        query_free(l->list[i]);
}

bool query_parse(struct xml_reader *r, const char *text, void *out)
{
    if (*text)
        *(struct query **)out = query_list_add(r->queries, r->arena, text, xml_at(r), r->diag);
    return *text != '\0';
}

/* After an evaluation within another: what it has done counts for the other's limit as well. */
static void return_to_place(xmlXPathContext *x, const xmlXPathContext *saved)
{
    x->node = saved->node;
    x->doc = saved->doc;
    x->proximityPosition = saved->proximityPosition;
    x->contextSize = saved->contextSize;
    x->opCount += saved->opCount;
}

/* The value of a variable that was deferred: evaluated in the midst of another evaluation, whose
 * place stays as it is. It sees the variables that were set before it. */
static const char *settle_variable(struct query_context *c, size_t i)
{
    struct variable *v = &c->variables[i];
    const xmlXPathContext saved = *c->xpath;
    size_t n = c->n;
    int error = c->error;
    struct arena arena = {0};

    if (v->value)
        return v->value;
    c->n = i;
    v->value = copy(query_string(v->select, c, v->place, &arena).text);
    arena_free(&arena);
    c->n = n;
    c->error = error;
    return_to_place(c->xpath, &saved);
    return v->value;
}

static xmlXPathObject *look_up(void *data, const xmlChar *name, const xmlChar *uri)
{
    struct query_context *c = data;
    for (size_t i = uri ? 0 : c->n; i-- > 0;)
        if (*c->variables[i].name == (char)*name && /* most differ there: there are hundreds */
            !strcmp(c->variables[i].name, (const char *)name))
            return xmlXPathNewCString(settle_variable(c, i));
    const char *parameter = uri ? NULL : xml_profile_parameter((const char *)name);
    return parameter ? xmlXPathNewCString(parameter) : NULL;
}

/* Runs a function of texts: libxml2 says by which name it was called. */
static void call_answer(xmlXPathParserContext *ctxt, int nargs)
{
    struct query_context *c = ctxt->context->userData;
    const struct query_function *f = xmlHashLookup(c->answers, ctxt->context->function);
    struct query_call call = {.arguments = {"", "", ""}, .context = c};
    xmlChar *texts[3] = {NULL, NULL, NULL};

    for (int i = nargs; i-- > 0;) {
        texts[i] = xmlXPathPopString(ctxt);
        call.arguments[i] = texts[i] ? (const char *)texts[i] : "";
    }
    valuePush(ctxt, f->answer(&call));
    arena_free(&call.arena);
    for (int i = 0; i < nargs; i++)
        xmlFree(texts[i]);
}

static void add_functions(struct query_context *c, const struct query_library *library)
{
    for (size_t i = 0; i < library->n; i++) {
        const struct query_function *f = &library->functions[i];
        if (f->answer)
            xmlHashAddEntry(c->answers, BAD_CAST f->name, (void *)f);
        xmlXPathRegisterFunc(c->xpath, BAD_CAST f->name, f->answer ? call_answer : f->body);
    }
}

struct query_context *query_context_new(const struct query_tables *tables)
{
    static const struct query_tables none = {0};
    struct query_context *c = mem_alloc(1, sizeof *c);
    xml_guard();
    c->xpath = xmlXPathNewContext(NULL);
    c->xpath->userData = c;
    c->xpath->error = note_error;
    c->xpath->opLimit = OPERATION_LIMIT;
    xmlXPathContextSetCache(c->xpath, 1, -1, 0); /* of value objects: most live for a step alone */
    c->run = 1;
    xmlXPathRegisterVariableLookup(c->xpath, look_up, c);
    c->tables = tables ? tables : &none;
    c->answers = xmlHashCreate(64);
    add_functions(c, &basics);
    add_functions(c, &query_values);
    add_functions(c, &query_number_functions);
    add_functions(c, &query_table_functions);
    return c;
}

void query_context_free(struct query_context *c)
{
    if (!c)
        return;
    query_variables_release(c, 0);
    free(c->variables);
    arena_free(&c->memory.arena);
    xmlXPathFreeContext(c->xpath);
    xmlHashFree(c->answers, NULL);
    free(c);
}

void query_context_begin(struct query_context *c, record_node *root, const char *asof)
{
    query_variables_release(c, 0);
    arena_free(&c->memory.arena);
    c->memory = (struct query_memory){0};
    c->xpath->doc = root ? root->doc : NULL;
    c->xpath->node = root;
    c->applicant = root && !strcmp((const char *)root->name, "applicant") ? root : NULL;
    c->diag = NULL;
    c->run++;
    snprintf(c->asof, sizeof c->asof, "%s", asof ? asof : "");
}

void query_context_set_diag(struct query_context *c, struct diag *diag)
{
    c->diag = diag;
}

void query_context_set_pages(struct query_context *c, const char *(*page)(const char *, void *),
                             void *data)
{
    c->page = page;
    c->page_data = data;
}

void query_context_extend(struct query_context *c, const struct query_library *library, void *owner)
{
    add_functions(c, library);
    c->owner = owner;
}

static struct query_context *context_of(xmlXPathParserContext *ctxt)
{
    return ctxt->context->userData;
}

const struct query_tables *query_tables(xmlXPathParserContext *ctxt)
{
    return context_of(ctxt)->tables;
}

void *query_owner(xmlXPathParserContext *ctxt)
{
    return context_of(ctxt)->owner;
}

struct query_memory *query_memory(xmlXPathParserContext *ctxt)
{
    return &context_of(ctxt)->memory;
}

struct query_memory *query_call_memory(const struct query_call *call)
{
    return &call->context->memory;
}

record_node *query_applicant(xmlXPathParserContext *ctxt)
{
    return context_of(ctxt)->applicant;
}

static void add_variable(struct query_context *c, struct variable v)
{
    if (c->n == c->cap) {
        c->cap = c->cap ? c->cap * 2 : 16;
        c->variables = mem_resize(c->variables, c->cap, sizeof *c->variables);
    }
    c->variables[c->n++] = v;
}

void query_set_variable(struct query_context *c, const char *name, const char *value)
{
    add_variable(c, (struct variable){.name = copy(name), .value = copy(value)});
}

void query_defer_variable(struct query_context *c, const char *name, struct query *select,
                          struct query_place place)
{
    add_variable(c, (struct variable){.name = copy(name), .select = select, .place = place});
}

size_t query_variables_mark(const struct query_context *c)
{
    return c->n;
}

void query_variables_release(struct query_context *c, size_t mark)
{
    while (c->n > mark) {
        c->n--;
        free(c->variables[c->n].name);
        free(c->variables[c->n].value);
    }
}

/* Once a run: a cell asks again for every row. */
static void report(struct query *q, struct query_context *c)
{
    static const struct {
        int code;
        const char *text[LANGUAGE_COUNT];
    } reasons[] = {
        {XML_XPATH_UNDEF_VARIABLE_ERROR, {"没有定义所用的变量", "a variable is not defined"}},
        {XML_XPATH_INVALID_TYPE,
         {"值的类型不对，如对文字取路径或计数",
          "a value of the wrong type, such as the path or count of a text"}},
        {XML_XPATH_INVALID_OPERAND, {"运算的对象不对", "a wrong operand"}},
        {XML_XPATH_UNKNOWN_FUNC_ERROR, {"没有所用的函数", "a function does not exist"}},
        {XML_XPATH_INVALID_ARITY, {"函数的参数个数不对", "a wrong number of arguments"}},
    };
    const char *zh = "计算太费时或出错", *en = "it takes too long, or fails";

    if (!c->diag || q->reported == c->run)
        return;
    q->reported = c->run;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].code == c->error) {
            zh = reasons[i].text[LANGUAGE_ZH];
            en = reasons[i].text[LANGUAGE_EN];
        }
    refuse((struct src_pos){*q->file ? q->file : NULL, q->line}, c->diag, q->text, zh, en);
}

/* NULL: it failed, and was reported. */
static xmlXPathObject *evaluate(struct query *q, struct query_context *c, struct query_place at)
{
    c->error = 0;
    c->xpath->opCount = 0;
    c->xpath->node = at.node;
    c->xpath->doc = at.node ? at.node->doc : NULL;
    c->xpath->proximityPosition = (int)at.position;
    c->xpath->contextSize = (int)at.size;
    xmlXPathObject *o = xmlXPathCompiledEval(q->expr, c->xpath);
    if (o && !c->error)
        return o;
    xmlXPathFreeObject(o);
    report(q, c);
    return NULL;
}

/* The nodes in document order, less namespaces: those are libxml2's own, and gone with the object.
 */
static size_t nodes_of(xmlXPathObject *o, xmlNode ***nodes)
{
    size_t n = 0;
    if (!o || o->type != XPATH_NODESET || !o->nodesetval)
        return 0;
    xmlNodeSet *set = o->nodesetval;
    xmlXPathNodeSetSort(set);
    *nodes = set->nodeTab;
    for (int i = 0; i < set->nodeNr; i++)
        if (set->nodeTab[i]->type != XML_NAMESPACE_DECL)
            set->nodeTab[n++] = set->nodeTab[i];
        else
            xmlXPathNodeSetFreeNs((xmlNs *)set->nodeTab[i]);
    set->nodeNr = (int)n;
    return n;
}

struct query_value query_string(struct query *q, struct query_context *c, struct query_place at,
                                struct arena *arena)
{
    struct query_value v = {"", NULL};
    xmlXPathObject *o = q ? evaluate(q, c, at) : NULL;
    xmlNode **nodes = NULL;
    if (!o)
        return v;
    if (nodes_of(o, &nodes))
        v.node = nodes[0];
    xmlChar *s = xmlXPathCastToString(o); /* NULL: longer than libxml2 can say */
    if (s && strlen((const char *)s) <= TEXT_LIMIT)
        v.text = arena_strdup(arena, (const char *)s);
    else
        report(q, c);
    xmlFree(s);
    xmlXPathFreeObject(o);
    return v;
}

double query_number(struct query *q, struct query_context *c, struct query_place at)
{
    xmlXPathObject *o = evaluate(q, c, at);
    double v = o ? xmlXPathCastToNumber(o) : xmlXPathNAN;
    xmlXPathFreeObject(o);
    return v;
}

bool query_bool(struct query *q, struct query_context *c, struct query_place at)
{
    xmlXPathObject *o = q ? evaluate(q, c, at) : NULL;
    bool v = o && xmlXPathCastToBoolean(o);
    xmlXPathFreeObject(o);
    return v;
}

bool query_nested(xmlXPathParserContext *ctxt, struct query *q, record_node *node)
{
    const xmlXPathContext saved = *ctxt->context;
    bool v = query_bool(q, context_of(ctxt), (struct query_place){node, 1, 1});
    return_to_place(ctxt->context, &saved);
    return v;
}

size_t query_nodes(struct query *q, struct query_context *c, struct query_place at,
                   struct arena *arena, record_node ***out)
{
    xmlXPathObject *o = evaluate(q, c, at);
    xmlNode **nodes = NULL;
    size_t n = nodes_of(o, &nodes);
    *out = NULL;
    if (n) {
        *out = ARENA_ARRAY(arena, record_node *, n);
        memcpy(*out, nodes, n * sizeof **out);
    }
    xmlXPathFreeObject(o);
    return n;
}

struct sort_key {
    const char *text;
    int sign; /* -1: descending */
    record_node *node;
    size_t at;
};

static int by_key(const void *a, const void *b)
{
    const struct sort_key *x = a, *y = b;
    int c = x->sign * strcmp(x->text, y->text);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

size_t query_nodes_by(struct query *q, struct query *sort, bool descending, struct query_context *c,
                      struct query_place at, struct arena *arena, record_node ***out)
{
    size_t n = query_nodes(q, c, at, arena, out);
    struct sort_key *keys = sort ? ARENA_ARRAY(arena, struct sort_key, n + 1) : NULL;

    for (size_t i = 0; keys && i < n; i++)
        keys[i] = (struct sort_key){
            query_string(sort, c, (struct query_place){(*out)[i], i + 1, n}, arena).text,
            descending ? -1 : 1, (*out)[i], i};
    if (keys && n > 1)
        qsort(keys, n, sizeof *keys, by_key);
    for (size_t i = 0; keys && i < n; i++)
        (*out)[i] = keys[i].node;
    return n;
}
