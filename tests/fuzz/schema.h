/* schema.h - the schema of the input, for doors that open records: read once, and learnt by the
 * mutator. */
#ifndef FUZZ_SCHEMA_H
#define FUZZ_SCHEMA_H

#include "xml_mutator.h"

#include "record/vocabulary.h"
#include "xml/xml_reader.h"

#include <libxml/xmlschemas.h>
#include <string.h>

static const char *const schema = "templates/base/applicants.xsd";

/* The schema, which is most of what a small batch costs, is read and compiled once: it says the
 * same whatever the bytes are, and nothing writes to it. The Makefile links these in place of the
 * functions that they are named for (--wrap). */
static struct {
    xmlDoc *doc;
    xmlSchema *compiled;
    const struct vocabulary *vocabulary;
} once;

xmlDoc *__real_xml_document(const char *path, struct arena *arena, struct diag *diag);
void __real_xmlFreeDoc(xmlDoc *doc);
xmlDoc *__wrap_xml_document(const char *path, struct arena *arena, struct diag *diag);
void __wrap_xmlFreeDoc(xmlDoc *doc);
xmlSchema *__wrap_xmlSchemaParse(xmlSchemaParserCtxt *ctx);
void __wrap_xmlSchemaFree(xmlSchema *s);
const struct vocabulary *__wrap_vocabulary_new(const xmlDoc *doc, struct arena *arena);

xmlDoc *__wrap_xml_document(const char *path, struct arena *arena, struct diag *diag)
{
    return strcmp(path, schema) ? __real_xml_document(path, arena, diag) : once.doc;
}

void __wrap_xmlFreeDoc(xmlDoc *doc)
{
    if (doc != once.doc)
        __real_xmlFreeDoc(doc);
}

xmlSchema *__wrap_xmlSchemaParse(xmlSchemaParserCtxt *ctx)
{
    (void)ctx;
    return once.compiled;
}

void __wrap_xmlSchemaFree(xmlSchema *s)
{
    (void)s;
}

const struct vocabulary *__wrap_vocabulary_new(const xmlDoc *doc, struct arena *arena)
{
    (void)doc, (void)arena;
    return once.vocabulary;
}

xmlSchema *__real_xmlSchemaParse(xmlSchemaParserCtxt *ctx);
const struct vocabulary *__real_vocabulary_new(const xmlDoc *doc, struct arena *arena);

/* Until the process ends. */
static void read_schema(void)
{
    static struct arena arena;
    struct diag diag = {0};
    if (!(once.doc = __real_xml_document(schema, &arena, &diag)))
        door_shut(schema, &diag);
    xmlSchemaParserCtxt *ctx = xmlSchemaNewDocParserCtxt(once.doc);
    once.compiled = __real_xmlSchemaParse(ctx);
    xmlSchemaFreeParserCtxt(ctx);
    once.vocabulary = once.compiled ? __real_vocabulary_new(once.doc, &arena) : NULL;
    if (!once.vocabulary || !vocabulary_root(once.vocabulary))
        door_shut(schema, &diag);
}

static void write_value(struct buffer *out, const struct word_type *t, size_t turn)
{
    static const char *const simple[][2] = {
        {"number", "12.50"}, {"count", "12"}, {"rank", "3/12"},      {"pages", "1-2,7"},
        {"bool", "true"},    {"refs", ""},    {"day", "2021-03-05"}, {"year", "2021"}};
    static size_t ids;
    for (size_t i = 0; t && i < sizeof simple / sizeof *simple; i++)
        if (!strcmp(t->name, simple[i][0])) {
            buffer_puts(out, simple[i][1]);
            return;
        }
    if (t && !strcmp(t->name, "id"))
        buffer_printf(out, "N%zu", ++ids);
    else
        buffer_puts(out, t && t->n_values ? t->values[turn % t->n_values] : "2021-03");
}

/* Every word of the schema once in each place, with every attribute, and in turn the values of its
 * closed lists. */
static void write_word(struct buffer *out, const struct word *w, int depth, size_t turn)
{
    buffer_printf(out, "<%s", w->name);
    for (size_t i = 0; i < w->n_attributes; i++) {
        buffer_printf(out, " %s=\"", w->attributes[i].name);
        write_value(out, w->attributes[i].type, turn + i);
        buffer_puts(out, "\"");
    }
    buffer_puts(out, ">");
    if (w->n_children == 0 && w->type)
        write_value(out, w->type, turn);
    for (size_t i = 0; i < w->n_children && depth < 12; i++)
        write_word(out, w->children[i], depth + 1, turn + i);
    buffer_printf(out, "</%s>", w->name);
}

static void learn_schema(void)
{
    struct buffer text = {0};
    for (size_t turn = 0; turn < 3; turn++) {
        text.len = 0;
        write_word(&text, vocabulary_root(once.vocabulary), 0, turn);
        xml_learn_bytes(text.data, text.len);
    }
    buffer_clear(&text);
}

#endif
