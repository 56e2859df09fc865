/* stream.c - see stream.h. */
#include "record/stream.h"

#include "core/buffer.h"
#include "record/quote.h"
#include "record/scan.h"
#include "record/syntax.h"
#include "xml/xml.h"

#include <stdlib.h>
#include <string.h>

enum { NODE_WEIGHT = 128 }; /* what a node costs beyond its characters, roughly */

struct open_element {
    const char *name; /* the parser's dictionary owns it */
    long line;
    size_t text;
    bool foreign; /* of a namespace, as no word of ours is */
};

struct stream {
    const struct stream_events *events;
    void *data;
    struct arena *arena;
    struct decoder *decoder;
    struct scan scan;
    xmlParserCtxt *parser;
    struct open_element open[STREAM_DEPTH];
    int depth;
    size_t inner, outer; /* weight of the unit's child at hand, and of all but the applicants */
    bool begun, finishing, broken;
    struct file_fault fault;
    /* What the parser had left when it broke off at a slip of markup, for who goes on behind it. */
    struct buffer rest;
    long rest_line;
    bool seeking; /* the applicant to go on with */
    bool priming; /* a new parser is shown the elements that are open */
};

static void refuse(struct stream *s, long line, const char *zh, const char *en)
{
    if (!s->broken)
        s->fault = (struct file_fault){FAULT_DATA, line, {zh, en}, false};
    s->broken = true;
}

/* A start tag is reported when all of it was read; it holds no < but its first. */
static long tag_line(const xmlParserCtxt *parser)
{
    const xmlParserInput *in = parser->input;
    long line = in->line;
    for (const xmlChar *p = in->cur; p > in->base && *p != '<';)
        line -= *--p == '\n';
    return line;
}

static void weigh(struct stream *s, size_t weight)
{
    struct arena *a = s->arena;
    bool inner = s->depth > 2;

    *(inner ? &s->inner : &s->outer) += weight;
    if (s->inner > STREAM_APPLICANT_LIMIT)
        refuse(s, s->open[2].line,
               arena_printf(a, "这里的一个 <%s> 超过 %d MiB", quote_name(a, s->open[2].name),
                            STREAM_APPLICANT_LIMIT >> 20),
               arena_printf(a, "one <%s> is larger than %d MiB", quote_name(a, s->open[2].name),
                            STREAM_APPLICANT_LIMIT >> 20));
    else if (s->outer > STREAM_REST_LIMIT)
        refuse(s, s->open[s->depth - 1].line,
               arena_printf(a, "申报人以外的内容超过 %d MiB", STREAM_REST_LIMIT >> 20),
               arena_printf(a, "what stands outside the applicants is larger than %d MiB",
                            STREAM_REST_LIMIT >> 20));
}

static bool is_open(const struct stream *s, int level, const char *name)
{
    return !s->open[level].foreign && !strcmp(s->open[level].name, name);
}

/* The unread bytes from there on, of what the parser holds. */
static void keep_rest(struct stream *s, const xmlChar *from, long line)
{
    const xmlParserInput *in = s->parser->input;
    s->rest.len = 0;
    buffer_add(&s->rest, from, (size_t)(in->end - from));
    s->rest_line = line;
    s->seeking =
        s->events->resumed && s->depth >= 2 && is_open(s, 0, "batch") && is_open(s, 1, "unit");
}

/* The place of the tag's < behind which the parser has read. */
static const xmlChar *tag_begin(const xmlParserCtxt *parser)
{
    const xmlChar *p = parser->input->cur;
    while (p > parser->input->base && *--p != '<')
        continue;
    return p;
}

/* A unit within a unit, or an applicant within another: the one before has no end. */
static void refuse_unended(struct stream *s, const xmlChar *name, long line)
{
    bool applicant = !strcmp((const char *)name, "applicant");
    int depth = applicant ? 3 : 2;
    if ((!applicant && strcmp((const char *)name, "unit")) || s->depth < depth ||
        strcmp(s->open[1].name, "unit") || strcmp(s->open[depth - 1].name, (const char *)name))
        return;
    refuse(s, s->open[depth - 1].line,
           arena_printf(s->arena, "<%s> 没有结束：请在第 %ld 行的 <%s> 之前写 </%s>", name, line,
                        name, name),
           arena_printf(s->arena, "<%s> has no end: write </%s> before the <%s> of line %ld", name,
                        name, name, line));
    if (applicant) /* whose a later applicant is cannot be told where a unit has no end */
        keep_rest(s, tag_begin(s->parser), line);
}

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int n_namespaces, const xmlChar **namespaces, int n_attributes,
                     int n_defaulted, const xmlChar **attributes)
{
    struct stream *s = data;
    size_t weight = NODE_WEIGHT;

    if (s->broken || s->priming)
        return;
    s->begun = true;
    long line = tag_line(s->parser);
    refuse_unended(s, name, line);
    if (s->broken)
        return;
    if (s->depth == STREAM_DEPTH) {
        refuse(s, line, arena_printf(s->arena, "元素嵌套超过 %d 层", STREAM_DEPTH),
               arena_printf(s->arena, "elements are nested more than %d deep", STREAM_DEPTH));
        return;
    }
    xml_undo_ampersands(attributes, n_attributes);
    s->open[s->depth++] = (struct open_element){(const char *)name, line, 0, prefix || uri};
    for (int i = 0; i < n_attributes; i++)
        weight += NODE_WEIGHT + (size_t)(attributes[5 * i + 4] - attributes[5 * i + 3]);
    if (s->depth == 3)
        s->inner = 0;
    weigh(s, weight);
    if (!s->broken)
        s->events->start(s->data, name, prefix, uri, n_namespaces, namespaces, n_attributes,
                         n_defaulted, attributes);
}

static void on_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct stream *s = data;

    if (s->broken || s->priming)
        return;
    s->events->end(s->data, name, prefix, uri);
    if (s->depth == 3 && strcmp((const char *)name, "applicant"))
        s->outer += s->inner;
    if (s->depth == 3)
        s->inner = 0;
    s->depth--;
}

/* White space between elements: with many applicants that comes to a lot in the unit. */
static bool is_blank(const xmlChar *text, int len)
{
    for (int i = 0; i < len; i++)
        if (!strchr(" \t\r\n", text[i]))
            return false;
    return true;
}

static void on_text(void *data, const xmlChar *text, int len)
{
    struct stream *s = data;

    if (s->broken || s->depth == 0)
        return;
    struct open_element *e = &s->open[s->depth - 1];
    if (!is_blank(text, len))
        e->text += (size_t)len;
    if (e->text > STREAM_TEXT_LIMIT) {
        refuse(s, e->line,
               arena_printf(s->arena, "<%s> 的文字超过 %d MiB", quote_name(s->arena, e->name),
                            STREAM_TEXT_LIMIT >> 20),
               arena_printf(s->arena, "the text of <%s> is longer than %d MiB",
                            quote_name(s->arena, e->name), STREAM_TEXT_LIMIT >> 20));
        return;
    }
    weigh(s, (size_t)len);
    if (!s->broken)
        s->events->text(s->data, text, len);
}

static void refuse_doctype(struct stream *s, long line)
{
    refuse(s, line, "不允许 <!DOCTYPE>；请删除这一声明",
           "<!DOCTYPE> is not allowed; delete the declaration");
}

/* The scanner has seen it first; this one is for what it might have taken for something else. */
static void on_doctype(void *data, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
    struct stream *s = data;
    (void)name, (void)id, (void)system;
    refuse_doctype(s, s->parser->input->line);
}

static void refuse_cut(struct stream *s)
{
    if (s->scan.state == SCAN_COMMENT || s->scan.state == SCAN_CDATA) {
        bool comment = s->scan.state == SCAN_COMMENT;
        refuse(s, s->scan.piece_line,
               comment ? "从这里开始的注释没有以 --> 结束" : "从这里开始的 CDATA 没有以 ]]> 结束",
               comment ? "a comment that begins here is not closed by -->"
                       : "a CDATA section that begins here is not closed by ]]>");
        return;
    }
    if (s->depth == 0) {
        refuse(s, s->scan.piece_line, "文件不完整：最后一个标签没有写完",
               "the file is cut short within a tag");
        return;
    }
    const char *name = quote_name(s->arena, s->open[s->depth - 1].name);
    refuse(s, s->open[s->depth - 1].line,
           arena_printf(s->arena, "文件不完整：到末尾 <%s> 也没有结束", name),
           arena_printf(s->arena, "the file is cut short: <%s> never ends", name));
    s->fault.end_tag = true;
}

static void on_error(void *data, xmlError *error)
{
    struct stream *s = data;
    const char *text[LANGUAGE_COUNT];

    if (s->broken || error->level < XML_ERR_ERROR)
        return;
    bool at_end = error->code == XML_ERR_DOCUMENT_END || error->code == XML_ERR_TAG_NOT_FINISHED ||
                  s->parser->input->cur >= s->parser->input->end;
    if (s->finishing && s->depth && at_end) {
        refuse_cut(s);
        return;
    }
    /* an end tag of another element may be the unit's, which then ends here */
    keep_rest(
        s, error->code == XML_ERR_TAG_NAME_MISMATCH ? tag_begin(s->parser) : s->parser->input->cur,
        s->parser->input->line);
    xmlError plain = *error;
    if (!s->begun && plain.code == XML_ERR_DOCUMENT_END)
        plain.code = XML_ERR_DOCUMENT_EMPTY; /* the end came, but no element before it */
    const xmlParserInput *in = s->parser->input;
    struct syntax_place place = {(const char *)in->base, (const char *)in->cur,
                                 (const char *)in->end, plain.str2 != NULL};
    for (int i = 0; i < s->depth && plain.str2; i++)
        if (!strcmp(s->open[i].name, plain.str2))
            place.closes_none = false;
    syntax_sentence(&plain, &place, s->arena, text);
    refuse(s, plain.line, text[LANGUAGE_ZH], text[LANGUAGE_EN]);
    s->fault.end_tag = plain.code == XML_ERR_TAG_NAME_MISMATCH;
}

/* A parser at the beginning of a document. The bytes that it gets are UTF-8, whatever the
 * declaration says. */
static void begin_parsing(struct stream *s)
{
    xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .cdataBlock = on_text,
        .internalSubset = on_doctype,
        .serror = (xmlStructuredErrorFunc)on_error,
    };
    s->parser = xmlCreatePushParserCtxt(&handler, s, NULL, 0, NULL);
    xmlCtxtUseOptions(s->parser, XML_PARSE_NONET | XML_PARSE_BIG_LINES | XML_PARSE_IGNORE_ENC);
}

struct stream *stream_new(int fd, const struct stream_events *events, void *data,
                          struct arena *arena)
{
    struct stream *s = mem_alloc(1, sizeof *s);

    xml_guard();
    s->events = events;
    s->data = data;
    s->arena = arena;
    s->scan.line = 1;
    s->decoder = decoder_new(fd, arena);
    begin_parsing(s);
    return s;
}

static void report_refusal(struct stream *s)
{
    struct arena *a = s->arena;
    long line = s->scan.piece_line;

    switch (s->scan.refusal) {
    case SCAN_FINE:
        break;
    case SCAN_DOCTYPE:
        refuse_doctype(s, line);
        break;
    case SCAN_LONG_TAG:
        refuse(
            s, line,
            arena_printf(a, "从这里开始的标签或注释超过 %d MiB；是否少了引号或 >",
                         SCAN_PIECE_LIMIT >> 20),
            arena_printf(
                a,
                "a tag or comment that begins here is longer than %d MiB; is a quote or > missing?",
                SCAN_PIECE_LIMIT >> 20));
        break;
    case SCAN_LONG_TEXT:
        refuse(s, line, arena_printf(a, "从这里开始的文字超过 %d MiB", SCAN_PIECE_LIMIT >> 20),
               arena_printf(a, "the text that begins here is longer than %d MiB",
                            SCAN_PIECE_LIMIT >> 20));
        break;
    case SCAN_ATTRIBUTES:
        refuse(s, line, arena_printf(a, "这个标签的属性超过 %d 个", SCAN_ATTRIBUTE_LIMIT),
               arena_printf(a, "this tag has more than %d attributes", SCAN_ATTRIBUTE_LIMIT));
        break;
    }
}

static void parse(struct stream *s, const char *bytes, size_t n)
{
    size_t fine = scan(&s->scan, bytes, n);
    xmlParseChunk(s->parser, bytes, (int)fine, 0);
    report_refusal(s);
}

/* Where the next applicant begins or the unit ends; SIZE_MAX: neither is there yet. */
static size_t find_resumption(const struct buffer *b)
{
    static const char *const marks[] = {"<applicant", "</unit"};
    const char *from = (const char *)b->data;
    for (size_t i = 0; i < b->len; i++)
        for (size_t k = 0; from[i] == '<' && k < sizeof marks / sizeof *marks; k++) {
            size_t len = strlen(marks[k]);
            if (i + len < b->len && !memcmp(from + i, marks[k], len) &&
                strchr(" \t\r\n>", from[i + len]))
                return i;
        }
    return SIZE_MAX;
}

static long lines_before(const struct buffer *b, size_t at)
{
    long lines = 0;
    for (size_t i = 0; i < at; i++)
        lines += b->data[i] == '\n';
    return lines;
}

/* Goes on in the unit, with a parser that knows of nothing else. */
static void resume(struct stream *s, size_t at)
{
    static const char open[] = "<batch><unit>";
    struct buffer rest = s->rest;

    /* Validation still knows the open elements by the names that the old parser's dictionary owns:
     * the new one takes it over before it has read a byte. */
    xmlDict *names = s->parser->dict;
    xmlDictReference(names);
    s->rest = (struct buffer){0};
    xmlFreeParserCtxt(s->parser);
    begin_parsing(s);
    xmlDictFree(s->parser->dict);
    s->parser->dict = names;
    s->priming = true;
    xmlParseChunk(s->parser, open, sizeof open - 1, 0);
    s->priming = s->seeking = s->broken = false;
    s->open[0].name = "batch";
    s->open[1].name = "unit";
    s->depth = 2;
    s->inner = 0;
    s->rest_line += lines_before(&rest, at);
    s->parser->input->line = (int)s->rest_line;
    s->scan = (struct scan){.line = s->rest_line};
    s->events->resumed(s->data, &s->fault);
    parse(s, (const char *)rest.data + at, rest.len - at);
    buffer_clear(&rest);
}

/* Looks for an applicant to go on with; what was looked at is dropped, but for its end, in which a
 * mark may begin. false: the file has come to its end. */
static bool seek_applicant(struct stream *s)
{
    enum { MARK_BYTES = 16 };
    const char *bytes;

    while (s->seeking) {
        size_t at = find_resumption(&s->rest), n;
        if (at != SIZE_MAX) {
            resume(s, at);
            continue;
        }
        if (s->rest.len > MARK_BYTES) {
            size_t dropped = s->rest.len - MARK_BYTES;
            s->rest_line += lines_before(&s->rest, dropped);
            memmove(s->rest.data, s->rest.data + dropped, MARK_BYTES);
            s->rest.len = MARK_BYTES;
        }
        if (!(n = decoder_read(s->decoder, &bytes)))
            return false;
        buffer_add(&s->rest, bytes, n);
    }
    return !s->broken;
}

bool stream_read(struct stream *s)
{
    const char *bytes;
    size_t n = s->broken ? 0 : decoder_read(s->decoder, &bytes);

    if (s->broken)
        return false;
    if (n) {
        parse(s, bytes, n);
        return s->seeking ? seek_applicant(s) : !s->broken;
    }
    const struct file_fault *fault = decoder_fault(s->decoder);
    if (fault) {
        s->fault = *fault;
        s->broken = true;
        return false;
    }
    s->finishing = true;
    if (s->scan.state != SCAN_TEXT) {
        refuse_cut(s); /* the parser would report the half of a tag as a whole one */
        return false;
    }
    xmlParseChunk(s->parser, "", 0, 1);
    if (s->seeking)
        return seek_applicant(s);
    if (!s->broken && (s->depth > 0 || !s->begun || !s->parser->wellFormed))
        refuse(s, 0, "不是合格的 XML", "malformed XML");
    return false;
}

int stream_depth(const struct stream *s)
{
    return s->depth;
}

long stream_line(const struct stream *s)
{
    return s->depth ? s->open[s->depth - 1].line : 1;
}

long stream_text_line(const struct stream *s, const char *text, size_t len)
{
    long line = s->parser->input->line;
    size_t from = 0;
    while (from < len && strchr(" \t\r\n", text[from]))
        from++;
    if (from == len)
        return 0;
    for (size_t i = from; i < len; i++)
        line -= text[i] == '\n';
    return line;
}

const struct file_fault *stream_fault(const struct stream *s)
{
    return s->broken ? &s->fault : NULL;
}

const struct file_note *stream_notes(const struct stream *s, size_t *n)
{
    return decoder_notes(s->decoder, n);
}

void stream_free(struct stream *s)
{
    if (!s)
        return;
    decoder_free(s->decoder);
    xmlFreeParserCtxt(s->parser);
    buffer_clear(&s->rest);
    free(s);
}
