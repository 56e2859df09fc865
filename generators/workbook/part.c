/* part.c - see part.h. libxml2 is given the bytes and calls back; no tree is made. */
#include "workbook/part.h"

#include "xml/xml.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>

struct part_reader {
    struct archive *archive;
    struct archive_stream *stream;
    int part;
    const struct part_events *events;
    void *data;
    xmlParserCtxt *parser;
    int fallback;                /* elements open within a fallback, itself among them */
    bool stopped;                /* an event has had enough, or a fault */
    const void *known;           /* the parser keeps each URI once: the one asked for last ... */
    enum part_space known_space; /* ... and what it is */
};

enum part_space part_space_named(const char *uri)
{
    static const struct {
        const char *uri;
        enum part_space space;
    } spaces[] = {
        {"http://schemas.openxmlformats.org/spreadsheetml/2006/main", SPACE_SHEET},
        {"http://purl.oclc.org/ooxml/spreadsheetml/main", SPACE_SHEET},
        {"http://schemas.openxmlformats.org/wordprocessingml/2006/main", SPACE_WORD},
        {"http://purl.oclc.org/ooxml/wordprocessingml/main", SPACE_WORD},
        {"http://schemas.openxmlformats.org/officeDocument/2006/relationships", SPACE_RELATION},
        {"http://purl.oclc.org/ooxml/officeDocument/relationships", SPACE_RELATION},
        {"http://schemas.openxmlformats.org/package/2006/relationships", SPACE_PACKAGE},
        {"http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
         SPACE_SHEET_DRAWING},
        {"http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing", SPACE_SHEET_DRAWING},
        {"http://schemas.openxmlformats.org/drawingml/2006/main", SPACE_DRAWING},
        {"http://purl.oclc.org/ooxml/drawingml/main", SPACE_DRAWING},
        {"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties",
         SPACE_PROPERTIES},
        {"http://purl.oclc.org/ooxml/officeDocument/customProperties", SPACE_PROPERTIES},
        {"http://schemas.openxmlformats.org/markup-compatibility/2006", SPACE_COMPATIBILITY},
        {"http://www.wps.cn/officeDocument/2017/etCustomData", SPACE_WPS},
        {"http://schemas.microsoft.com/office/spreadsheetml/2017/richdata", SPACE_RICH},
        {"http://schemas.microsoft.com/office/spreadsheetml/2017/richdata2", SPACE_RICH},
        {"http://schemas.microsoft.com/office/spreadsheetml/2022/richvaluerel", SPACE_RICH},
        {"http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments", SPACE_THREADS},
    };
    for (size_t i = 0; uri && i < sizeof spaces / sizeof *spaces; i++)
        if (!strcmp(uri, spaces[i].uri))
            return spaces[i].space;
    return SPACE_OTHER;
}

static enum part_space space_of(struct part_reader *r, const xmlChar *uri)
{
    if (r->known != uri || !uri) {
        r->known_space = part_space_named((const char *)uri);
        r->known = uri;
    }
    return r->known_space;
}

static void go_on(struct part_reader *r, bool on)
{
    if (on && !archive_broken(r->archive))
        return;
    r->stopped = true;
    xmlStopParser(r->parser);
}

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int n_namespaces, const xmlChar **namespaces, int n_attributes,
                     int n_defaulted, const xmlChar **attributes)
{
    struct part_reader *r = data;
    (void)n_defaulted;
    struct part_element e = {space_of(r, uri), (const char *)name, (const char *)prefix,
                             n_attributes,     n_namespaces,       attributes,
                             namespaces};

    if (r->stopped)
        return;
    xml_undo_ampersands(attributes, n_attributes);
    if (!r->events->markup && (r->fallback || part_is(&e, SPACE_COMPATIBILITY, "Fallback")))
        r->fallback++;
    else
        go_on(r, r->events->start(r->data, &e));
}

static void on_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct part_reader *r = data;
    (void)prefix;
    if (r->stopped)
        return;
    if (r->fallback)
        r->fallback--;
    else if (r->events->end)
        go_on(r, r->events->end(r->data, space_of(r, uri), (const char *)name));
}

static void on_text(void *data, const xmlChar *text, int len)
{
    struct part_reader *r = data;
    if (!r->stopped && !r->fallback && r->events->text)
        go_on(r, r->events->text(r->data, (struct part_text){(const char *)text, (size_t)len}));
}

static void on_markup(struct part_reader *r, const char *format, const xmlChar *first,
                      const xmlChar *second)
{
    struct buffer text = {0};
    if (r->stopped || !r->events->markup)
        return;
    buffer_printf(&text, format, (const char *)first, second ? (const char *)second : "");
    go_on(r, r->events->markup(r->data, (struct part_text){(const char *)text.data, text.len}));
    buffer_clear(&text);
}

static void on_comment(void *data, const xmlChar *text)
{
    on_markup(data, "<!--%s%s-->", text, NULL);
}

static void on_instruction(void *data, const xmlChar *target, const xmlChar *text)
{
    on_markup(data, text ? "<?%s %s?>" : "<?%s%s?>", target, text);
}

static void on_doctype(void *data, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
    struct part_reader *r = data;
    (void)name, (void)id, (void)system;
    archive_refuse(r->archive, r->part,
                   "含有 <!DOCTYPE>，正常的文件没有：不再读取；请用 Excel 或 WPS 打开后另存",
                   "has a <!DOCTYPE>, which no ordinary file has: it is not read; open it in Excel "
                   "or WPS and save it again");
    go_on(r, false);
}

static void refuse_damaged(struct part_reader *r, int line)
{
    archive_refuse(
        r->archive, r->part,
        "已损坏（第 %d 行）：请用 Excel 或 WPS 打开并修复，再另存一次，或重新传送一份",
        "is damaged (line %d): let Excel or WPS open and repair it and save it again, or "
        "have it sent again",
        line);
    go_on(r, false);
}

static void on_error(void *data, xmlError *error)
{
    struct part_reader *r = data;
    if (!r->stopped && error->level >= XML_ERR_FATAL)
        refuse_damaged(r, error->line);
}

struct part_reader *part_reader_new(struct archive *a, int part, const struct part_events *events,
                                    void *data)
{
    xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .cdataBlock = on_text,
        .comment = on_comment,
        .processingInstruction = on_instruction,
        .internalSubset = on_doctype,
        .serror = (xmlStructuredErrorFunc)on_error,
    };
    struct archive_stream *stream = archive_stream_open(a, part);
    if (!stream)
        return NULL;
    xml_guard();
    struct part_reader *r = mem_alloc(1, sizeof *r);
    *r = (struct part_reader){
        .archive = a, .stream = stream, .part = part, .events = events, .data = data};
    r->parser = xmlCreatePushParserCtxt(&handler, r, NULL, 0, NULL);
    xmlCtxtUseOptions(r->parser, XML_PARSE_NONET | XML_PARSE_BIG_LINES);
    return r;
}

bool part_reader_step(struct part_reader *r)
{
    enum { PIECE = 32 << 10 };
    char piece[PIECE];
    long n = r->stopped ? -1 : archive_stream_read(r->stream, piece, sizeof piece);

    if (n > 0)
        xmlParseChunk(r->parser, piece, (int)n, 0);
    else if (n == 0)
        xmlParseChunk(r->parser, "", 0, 1);
    if (n == 0 && !r->stopped && !r->parser->wellFormed)
        refuse_damaged(r, r->parser->input ? r->parser->input->line : 0);
    if (n <= 0)
        r->stopped = true;
    return !r->stopped;
}

void part_reader_free(struct part_reader *r)
{
    if (!r)
        return;
    xmlFreeDoc(r->parser->myDoc);
    xmlFreeParserCtxt(r->parser);
    archive_stream_close(r->stream);
    free(r);
}

bool part_read(struct archive *a, int part, const struct part_events *events, void *data)
{
    struct part_reader *r = part_reader_new(a, part, events, data);
    while (r && part_reader_step(r))
        continue;
    part_reader_free(r);
    return !archive_broken(a);
}

bool part_is(const struct part_element *e, enum part_space space, const char *name)
{
    return e->space == space && !strcmp(e->name, name);
}

static struct part_text attribute_text(const xmlChar **attribute)
{
    return (struct part_text){(const char *)attribute[3], (size_t)(attribute[4] - attribute[3])};
}

struct part_text part_attribute(const struct part_element *e, const char *name)
{
    for (int i = 0; i < e->n_attributes; i++) {
        const xmlChar **attribute = e->attributes + 5 * i;
        if (!attribute[1] && !strcmp((const char *)attribute[0], name))
            return attribute_text(attribute);
    }
    return (struct part_text){0};
}

struct part_text part_attribute_in(const struct part_element *e, enum part_space space,
                                   const char *name)
{
    for (int i = 0; i < e->n_attributes; i++) {
        const xmlChar **attribute = e->attributes + 5 * i;
        if (attribute[2] && !strcmp((const char *)attribute[0], name) &&
            part_space_named((const char *)attribute[2]) == space)
            return attribute_text(attribute);
    }
    return (struct part_text){0};
}

bool part_text_is(struct part_text t, const char *s)
{
    return t.s && t.len == strlen(s) && !memcmp(t.s, s, t.len);
}

bool part_flag(struct part_text t, bool otherwise)
{
    if (!t.s)
        return otherwise;
    return part_text_is(t, "1") || part_text_is(t, "true") || part_text_is(t, "on");
}

long long part_number(struct part_text t)
{
    long long value = 0;
    if (!t.s || !t.len || t.len > 18)
        return -1;
    for (size_t i = 0; i < t.len; i++) {
        if (!isdigit((unsigned char)t.s[i]))
            return -1;
        value = value * 10 + t.s[i] - '0';
    }
    return value;
}
