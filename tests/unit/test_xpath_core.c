/* test_xpath_core.c - where libxml2 has all that an expression needs, ours says what libxml2 says:
 * every expression of the templates, and every function of XPath 1.0 with every number of
 * arguments. */
#include "query/query.h"
#include "xml/include.h"
#include "xml/xml_reader.h"

#include <libxml/xpathInternals.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glob.h>

static struct record *record;
static struct record_cursor *cursor;
static struct applicant who;
static struct query_context *ours;
static size_t compared;

static int begin(void **state)
{
    static const char *const inputs[] = {"samples/batch.xml"};
    const struct record_options options = {
        .schema_path = "templates/base/applicants.xsd", .inputs = inputs, .n_inputs = 1};
    struct diag d = {0};
    (void)state;
    record = record_open(&options, &d);
    cursor = record ? record_cursor_new(record, &d) : NULL;
    ours = query_context_new(NULL);
    diag_clear(&d);
    return cursor && record_next(cursor, &who) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    query_context_free(ours);
    record_cursor_free(cursor);
    record_free(record);
    return 0;
}

static void silent(void *data, xmlError *error)
{
    (void)data, (void)error;
}

/* libxml2's own; NULL: it cannot. */
static xmlXPathObject *theirs(const char *xpath, xmlNode *node)
{
    xmlXPathContext *c = xmlXPathNewContext(node->doc);
    c->node = node;
    c->contextSize = c->proximityPosition = 1;
    c->error = silent;
    xmlXPathObject *value = xmlXPathEvalExpression(BAD_CAST xpath, c);
    if (c->lastError.code != 0) {
        xmlXPathFreeObject(value);
        value = NULL;
    }
    xmlXPathFreeContext(c);
    return value;
}

static void same(const char *xpath, xmlNode *node, xmlXPathObject *value)
{
    const struct query_place at = {node, 1, 1};
    struct arena arena = {0};
    struct diag d = {0};
    record_node **nodes;
    struct query *q = query_new(xpath, (struct src_pos){"test", 1}, &d);
    if (!q) { /* a function of the preflight's, which libxml2 did not come by */
        if (!strstr(d.list[0].text[LANGUAGE_EN], "there is no function"))
            fail_msg("%s: %s", xpath, d.list[0].text[LANGUAGE_EN]);
        diag_clear(&d);
        return;
    }
    query_context_begin(ours, who.node, "2026-09-30");
    query_context_set_diag(ours, &d);
    xmlChar *text = xmlXPathCastToString(value);
    double number = xmlXPathCastToNumber(value), mine = query_number(q, ours, at);
    const char *my_text = query_string(q, ours, at, &arena).text;
    if (strcmp(my_text, (char *)text))
        fail_msg("%s: '%s' where libxml2 has '%s'", xpath, my_text, (char *)text);
    if (mine < number || mine > number || isnan(mine) != isnan(number))
        fail_msg("%s: %g where libxml2 has %g", xpath, mine, number);
    assert_int_equal(query_bool(q, ours, at), xmlXPathCastToBoolean(value));
    size_t n = query_nodes(q, ours, at, &arena, &nodes);
    if (value->type == XPATH_NODESET && value->nodesetval)
        for (size_t i = 0; i < n; i++)
            assert_true(xmlXPathNodeSetContains(value->nodesetval, nodes[i]));
    assert_int_equal(d.n, 0);
    compared++;
    query_context_begin(ours, who.node, "2026-09-30");
    xmlFree(text);
    query_free(q);
    diag_clear(&d);
    arena_free(&arena);
}

static void compare(const char *xpath)
{
    xmlNode *applicant = (xmlNode *)who.node;
    for (xmlNode *n = applicant; n; n = n == applicant ? xmlFirstElementChild(applicant) : NULL) {
        xmlXPathObject *value = theirs(xpath, n);
        if (value)
            same(xpath, n, value);
        xmlXPathFreeObject(value);
    }
}

/* Attributes are expressions, or are no harm: "12mm" is none that libxml2 takes. */
static void compare_attributes(xmlNode *node)
{
    for (; node; node = node->next) {
        for (xmlAttr *a = node->type == XML_ELEMENT_NODE ? node->properties : NULL; a; a = a->next)
            if (a->children && a->children->content && !strchr((char *)a->children->content, '{'))
                compare((char *)a->children->content);
        compare_attributes(node->children);
    }
}

static void expressions_of_all_templates(void **state)
{
    glob_t all;
    (void)state;
    assert_int_equal(glob("templates/*/*.xml", 0, NULL, &all), 0);
    for (size_t i = 0; i < all.gl_pathc; i++) {
        struct arena arena = {0};
        struct diag d = {0};
        xmlDoc *doc = xml_parse_file(all.gl_pathv[i], &arena, &d);
        assert_non_null(doc);
        compare_attributes(xmlDocGetRootElement(doc));
        xml_free(doc);
        arena_free(&arena);
    }
    globfree(&all);
    assert_true(compared > 1000);
}

/* What libxml2 finds out when it evaluates, ours finds out when it compiles. */
static void functions_by_their_numbers_of_arguments(void **state)
{
    static const char *const names[] = {"last",
                                        "position",
                                        "count",
                                        "local-name",
                                        "namespace-uri",
                                        "name",
                                        "string",
                                        "concat",
                                        "starts-with",
                                        "contains",
                                        "substring-before",
                                        "substring-after",
                                        "substring",
                                        "string-length",
                                        "normalize-space",
                                        "translate",
                                        "boolean",
                                        "not",
                                        "true",
                                        "false",
                                        "number",
                                        "sum",
                                        "floor",
                                        "ceiling",
                                        "round",
                                        "no-such"};
    static const char *const arguments[] = {"", ".", ".,.", ".,.,.", ".,.,.,."};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t n = 0; n < sizeof arguments / sizeof *arguments; n++) {
            char xpath[80];
            struct diag d = {0};
            snprintf(xpath, sizeof xpath, "%s(%s)", names[i], arguments[n]);
            xmlXPathObject *value = theirs(xpath, (xmlNode *)who.node);
            struct query *q = query_new(xpath, (struct src_pos){"test", 1}, &d);
            if (!q != !value)
                fail_msg("%s: %s", xpath, value ? "libxml2 takes it" : "libxml2 refuses it");
            if (q)
                compare(xpath);
            query_free(q);
            xmlXPathFreeObject(value);
            diag_clear(&d);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(expressions_of_all_templates),
                                       cmocka_unit_test(functions_by_their_numbers_of_arguments)};
    return cmocka_run_group_tests(tests, begin, end);
}
