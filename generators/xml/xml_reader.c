/* xml_reader.c - see xml_reader.h. */
#include "xml/xml_reader.h"

#include "core/buffer.h"
#include "core/small_file.h"
#include "core/spelling.h"
#include "core/units.h"
#include "xml/include.h"
#include "xml/xml.h"
#include "xml/xml_node.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

#define BLANKS " \t\r\n"
#define DIGITS "0123456789"

/* --- faults --- */

struct src_pos xml_at(const struct xml_reader *r)
{
    return r->node ? xml_place(r->node) : (struct src_pos){r->path, 0};
}

static const char *name_of(const xmlNode *node)
{
    return (const char *)node->name;
}

bool xml_bad_value(struct xml_reader *r, const char *attribute, const char *value,
                   const char *expected)
{
    if (*attribute)
        return diag_system(r->diag, xml_at(r), "<%s> 的属性 %s=\"%s\" 不合要求，应如：%s",
                           "<%s> %s=\"%s\" is not understood; it takes: %s", name_of(r->node),
                           attribute, value, expected);
    return diag_system(r->diag, xml_at(r), "<%s> 的内容“%s”不合要求，应如：%s",
                       "<%s> holds \"%s\", which is not understood; it takes: %s", name_of(r->node),
                       value, expected);
}

void xml_unknown_attribute(const xmlNode *node, const char *name, const char *words,
                           struct arena *arena, struct diag *diag)
{
    struct src_pos at = xml_place(node);
    struct spelling_guess guess = {.word = name};
    for (const char *w = words; *w; w += strspn(w, " ")) {
        size_t len = strcspn(w, " ");
        spelling_guess(&guess, arena_strndup(arena, w, len));
        w += len;
    }
    if (guess.best)
        diag_system(diag, at, "<%s> 没有属性 %s；是不是 %s", "<%s> has no attribute %s; is it %s?",
                    name_of(node), name, guess.best);
    else if (*words)
        diag_system(diag, at, "<%s> 没有属性 %s，可用的有：%s",
                    "<%s> has no attribute %s; it takes: %s", name_of(node), name, words);
    else
        diag_system(diag, at, "<%s> 不带属性，这里却有 %s", "<%s> takes no attributes, but has %s",
                    name_of(node), name);
}

static const char *attribute_words(const struct xml_element *e, struct arena *arena)
{
    const char *words = "";
    for (const struct xml_attribute *a = e->attributes; a && a->name; a++)
        if (*a->name)
            words = arena_printf(arena, "%s%s%s", words, *words ? " " : "", a->name);
    return words;
}

/* The element at hand, in a place that does not take it. */
static void misplaced(struct xml_reader *r, unsigned place)
{
    const char *name = name_of(r->node), *parent = name_of(r->node->parent), *list = "";
    struct spelling_guess guess = {.word = name};
    for (const struct xml_element *e = r->elements; e->name; e++)
        if (e->where & place) {
            spelling_guess(&guess, e->name);
            list = arena_printf(r->arena, "%s%s<%s>", list, *list ? " " : "", e->name);
        }
    if (guess.best)
        diag_system(r->diag, xml_at(r), "<%s> 不能放在 <%s> 内；是不是 <%s>",
                    "<%s> cannot stand in <%s>; is it <%s>?", name, parent, guess.best);
    else if (*list)
        diag_system(r->diag, xml_at(r), "<%s> 不能放在 <%s> 内的这个位置，可用的有：%s",
                    "<%s> cannot stand here in <%s>; it takes: %s", name, parent, list);
    else
        diag_system(r->diag, xml_at(r), "<%s> 不能放在 <%s> 内：那里不放元素",
                    "<%s> cannot stand in <%s>, which holds no elements", name, parent);
}

/* --- values --- */

static char *fold(struct arena *arena, const char *s, bool first, bool last)
{
    char *out = arena_alloc(arena, strlen(s) + 1, 1), *p = out;
    for (; *s; s++) {
        bool blank = strchr(BLANKS, *s) != NULL;
        if (!blank)
            *p++ = *s;
        else if (p == out ? !first : p[-1] != ' ')
            *p++ = ' ';
    }
    if (last && p > out && p[-1] == ' ')
        p--;
    *p = '\0';
    return out;
}

bool xml_plain_number(const char *s, const char **end, double *out)
{
    const char *p = s + (*s == '-');
    size_t whole = strspn(p, DIGITS), dot = p[whole] == '.';
    size_t part = dot ? strspn(p + whole + 1, DIGITS) : 0;
    *out = strtod(s, NULL);
    *end = p + whole + dot + part;
    return whole + part > 0 && whole + part < 10;
}

static bool plain_length(const char *s, const char **end, double *out)
{
    if (!xml_plain_number(s, end, out))
        return false;
    if (!strncmp(*end, "mm", 2))
        *out *= POINTS_PER_MM;
    else if (strncmp(*end, "pt", 2))
        return false;
    *end += 2;
    return true;
}

static bool within(const struct xml_attribute *a, double v)
{
    return (a->least == 0 && a->most == 0) || (v >= a->least && v <= a->most);
}

static bool sides(const struct xml_attribute *a, const char *text, double out[4])
{
    static const int from[4][4] = {{0, 0, 0, 0}, {0, 1, 0, 1}, {0, 1, 2, 1}, {0, 1, 2, 3}};
    const char *end;
    double v[4];
    int n = 0;
    while (n < 4 && plain_length(text, &end, &v[n]) && v[n] >= 0 && within(a, v[n])) {
        n++;
        text = end + strspn(end, BLANKS);
    }
    for (int i = 0; n > 0 && i < 4; i++)
        out[i] = v[from[n - 1][i]];
    return n > 0 && !*text;
}

int xml_word_place(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (int i = 0; *words; i++, words += strspn(words, " ")) {
        size_t len = strcspn(words, " ");
        if (len == n && !memcmp(words, word, n))
            return i;
        words += len;
    }
    return -1;
}

static const char *words_of(const struct xml_attribute *a)
{
    return a->words ? a->words : "false true";
}

static bool whole_number(const struct xml_attribute *a, const char *text, double *v)
{
    const char *end;
    return xml_plain_number(text, &end, v) && !*end && *v == floor(*v) && !strchr(text, '.') &&
           within(a, *v);
}

static bool put_value(struct xml_reader *r, const struct xml_attribute *a, const char *text,
                      void *out)
{
    const char *end;
    double v = 0;
    int choice;

    switch (a->kind) {
    case XML_TEXT:
    case XML_WORD:
        *(const char **)out = text;
        return a->kind == XML_TEXT || *text;
    case XML_FLAG:
        choice = xml_word_place(words_of(a), text);
        *(bool *)out = choice == 1;
        return choice >= 0;
    case XML_INT:
        if (!whole_number(a, text, &v))
            return false;
        *(int *)out = (int)v;
        return true;
    case XML_COUNT:
        if (!whole_number(a, text, &v) || v < 0)
            return false;
        *(size_t *)out = (size_t)v;
        return true;
    case XML_NUMBER:
        return xml_plain_number(text, &end, out) && !*end && within(a, *(double *)out);
    case XML_CHOICE:
        choice = xml_word_place(words_of(a), text);
        *(int *)out = choice < 0 ? 0 : choice;
        return choice >= 0;
    case XML_LENGTH:
        return plain_length(text, &end, out) && !*end && *(double *)out > 0 &&
               within(a, *(double *)out);
    case XML_SIDES:
        return sides(a, text, out);
    case XML_PARSED:
        return a->parse(r, text, out);
    }
    return false;
}

static const char *expected(const struct xml_attribute *a, struct arena *arena)
{
    const char *example = "";

    switch (a->kind) {
    case XML_TEXT:
    case XML_WORD:
        return "...";
    case XML_FLAG:
    case XML_CHOICE:
        return words_of(a);
    case XML_PARSED:
        return a->expected;
    case XML_INT:
    case XML_COUNT:
    case XML_NUMBER:
        if (a->most == 0)
            return a->kind == XML_NUMBER ? "1.5" : "0, 1, 2 ...";
        return arena_printf(arena, "%g - %g", a->least, a->most);
    case XML_LENGTH:
        example = "12mm, 9pt";
        break;
    case XML_SIDES:
        example = "15mm; 10mm 12mm; 10mm 12mm 15mm 12mm";
        break;
    }
    return a->most == 0 ? example
                        : arena_printf(arena, "%s (<= %.0fmm)", example, length_in_mm(a->most));
}

static void check_unique(struct xml_reader *r, const struct xml_attribute *a, const char *value)
{
    for (size_t i = 0; i < r->n_used; i++)
        if (r->used[i].attribute == a && !strcmp(r->used[i].value, value)) {
            diag_system(r->diag, xml_at(r), "<%s> 的 %s=\"%s\" 重复，已在第 %ld 行",
                        "<%s> %s=\"%s\" is there already, on line %ld", name_of(r->node), a->name,
                        value, r->used[i].line);
            return;
        }
    *ARENA_PUSH(r->arena, r->used, r->n_used, r->cap_used) =
        (struct xml_used){a, value, xmlGetLineNo(r->node)};
}

static void lacking(struct xml_reader *r, const struct xml_attribute *a)
{
    if (*a->name)
        diag_system(r->diag, xml_at(r), "<%s> 缺属性 %s", "<%s> lacks its attribute %s",
                    name_of(r->node), a->name);
    else
        diag_system(r->diag, xml_at(r), "<%s> 是空的", "<%s> is empty", name_of(r->node));
}

static const char *written(struct xml_reader *r, const struct xml_attribute *a)
{
    bool attribute = *a->name != '\0';
    if (attribute && !xmlHasNsProp(r->node, BAD_CAST a->name, NULL))
        return NULL;
    xmlChar *v = attribute ? xmlGetNoNsProp(r->node, BAD_CAST a->name) : xmlNodeGetContent(r->node);
    const char *s = v ? (const char *)v : "";
    s = attribute ? arena_strdup(r->arena, s) : fold(r->arena, s, true, true);
    xmlFree(v);
    return attribute || *s ? s : NULL;
}

static void read_value(struct xml_reader *r, const struct xml_attribute *a, char *self)
{
    double nowhere[4]; /* takes a value of any kind */
    void *out = a->offset == SIZE_MAX ? (void *)nowhere : self + a->offset;
    const char *given = written(r, a), *unknown = given && a->kind != XML_PARSED
                                                      ? xml_unknown_parameter(given, r->arena)
                                                      : NULL;
    bool string = a->kind == XML_TEXT || a->kind == XML_WORD,
         good = given && put_value(r, a, given, out);

    if (unknown)
        diag_system(r->diag, xml_at(r), "没有参数 $%s", "there is no parameter $%s", unknown);

    if (!good && a->otherwise)
        put_value(r, a, a->otherwise, out);
    else if (!good && string && a->required)
        *(const char **)out = "";
    if (good && a->unique)
        check_unique(r, a, given);
    else if (given ? !good && a->kind == XML_WORD : a->required)
        lacking(r, a);
    else if (given && !good)
        xml_bad_value(r, a->name, given, expected(a, r->arena));
}

bool xml_given(const struct xml_reader *r, const char *attribute)
{
    return xmlHasNsProp(r->node, BAD_CAST attribute, NULL) != NULL;
}

void xml_keep_node(struct xml_reader *r, void *self, void *parent)
{
    (void)parent;
    *(xmlNode **)self = r->node;
}

void xml_keep_place(struct xml_reader *r, void *self, void *parent)
{
    (void)parent;
    *(struct src_pos *)self = xml_at(r);
}

static void read_attributes(struct xml_reader *r, const struct xml_element *e, void *self)
{
    for (const xmlAttr *x = r->node->properties; x; x = x->next) {
        const struct xml_attribute *a = e->attributes;
        while (a && a->name && (x->ns || strcmp(a->name, (const char *)x->name)))
            a++;
        if (!a || !a->name)
            xml_unknown_attribute(r->node, (const char *)x->name, attribute_words(e, r->arena),
                                  r->arena, r->diag);
    }
    for (const struct xml_attribute *a = e->attributes; a && a->name; a++)
        read_value(r, a, self);
}

/* --- elements --- */

static const struct xml_element *element_at(const struct xml_reader *r, const xmlNode *node,
                                            unsigned place)
{
    for (const struct xml_element *e = r->elements; e->name; e++)
        if ((e->where & place) && !node->ns && !strcmp(e->name, name_of(node)))
            return e;
    return NULL;
}

static bool takes_text(const struct xml_element *e)
{
    for (const struct xml_attribute *a = e->attributes; a && a->name; a++)
        if (!*a->name)
            return true;
    return false;
}

static void read_text(struct xml_reader *r, const struct xml_element *e, const xmlNode *text,
                      void *self)
{
    const char *s = fold(r->arena, (const char *)text->content, !text->prev, !text->next);
    if (e->text && *s)
        e->text(r, s, self);
    else if (!e->text && *s && strcmp(s, " ") && !takes_text(e))
        diag_system(r->diag, xml_place(text), "<%s> 内不能直接写文字：%s",
                    "<%s> cannot hold text directly: %s", e->name, s);
}

/* What of a place stands twice, or not at all, in the parent at hand; `line`s of the first ones. */
static void check_numbers(struct xml_reader *r, unsigned place, const long line[])
{
    for (size_t i = 0; r->elements[i].name; i++)
        if ((r->elements[i].where & place) && r->elements[i].required && !line[i])
            diag_system(r->diag, xml_at(r), "<%s> 缺少 <%s>", "<%s> lacks a <%s>", name_of(r->node),
                        r->elements[i].name);
}

/* A child of the list moves when the list grows, so it goes there when it is whole. */
static void append(struct xml_reader *r, const struct xml_element *e, const void *self,
                   char *parent)
{
    struct list {
        void *items;
        size_t n, cap;
    } list;
    memcpy(&list, parent + e->list, sizeof list);
    list.items = arena_grow(r->arena, list.items, list.n, &list.cap, e->size);
    memcpy((char *)list.items + list.n++ * e->size, self, e->size);
    memcpy(parent + e->list, &list, sizeof list);
}

static void read_element(struct xml_reader *r, const struct xml_element *e, void *self,
                         void *parent, unsigned place, int depth);

static void read_children(struct xml_reader *r, const struct xml_element *e, void *self,
                          unsigned place, int depth)
{
    xmlNode *node = r->node;
    long line[XML_ELEMENTS_MAX] = {0};

    for (xmlNode *n = node->children; n; n = n->next) {
        if (n->type == XML_TEXT_NODE)
            read_text(r, e, n, self);
        if (n->type != XML_ELEMENT_NODE)
            continue;
        const struct xml_element *child = element_at(r, n, place);
        r->node = n;
        if (!child) {
            misplaced(r, place);
            continue;
        }
        long *first = &line[child - r->elements];
        if (child->once && *first)
            diag_system(r->diag, xml_at(r), "<%s> 内只能有一个 <%s>，前一个在第 %ld 行",
                        "<%s> takes one <%s>; there is one on line %ld", e->name, child->name,
                        *first);
        *first = *first ? *first : xmlGetLineNo(n);
        void *own = child->size ? arena_alloc(r->arena, 1, child->size) : self;
        read_element(r, child, own, self, place, depth + 1);
    }
    r->node = node;
    check_numbers(r, place, line);
}

static void read_element(struct xml_reader *r, const struct xml_element *e, void *self,
                         void *parent, unsigned place, int depth)
{
    unsigned inside = e->inside & XML_AS_PARENT ? e->inside | place : e->inside;

    if (depth > XML_DEPTH_MAX) {
        diag_system(r->diag, xml_at(r), "元素嵌套过深", "elements are nested too deeply");
        return;
    }
    read_attributes(r, e, self);
    if (e->begin)
        e->begin(r, self, parent);
    read_children(r, e, self, inside & ~XML_AS_PARENT, depth);
    if (e->end)
        e->end(r, self, parent);
    if (e->append)
        append(r, e, self, parent);
}

/* --- documents --- */

enum { DOCTYPE_SEEN = -1 /* no error of libxml2's */ };

static void refuse_doctype(void *data, const xmlChar *name, const xmlChar *id, const xmlChar *uri)
{
    xmlParserCtxt *ctxt = data;
    (void)name, (void)id, (void)uri;
    ((xmlError *)ctxt->_private)->code = DOCTYPE_SEEN;
    xmlStopParser(ctxt);
}

/* libxml2's reason in the clerk's words, and what to do; its own text for what is rare. */
static const char *fault_zh(const xmlError *e, struct arena *arena)
{
    static const struct {
        int code;
        const char *zh;
    } words[] = {
        {XML_ERR_DOCUMENT_EMPTY,
         "文件是空的，或第一个字符不是 <；不用它就删去，否则从模板重新复制"},
        {XML_ERR_DOCUMENT_END, "最外层的结束标签之后还有内容；请删去"},
        {XML_ERR_INVALID_CHAR, "有看不见的控制字符；请删去"},
        {XML_ERR_INVALID_ENCODING, "不是 UTF-8 编码；请用记事本另存为 UTF-8"},
        {XML_ERR_NAME_REQUIRED, "单独的 & 或 < 不能直接写；请写成 &amp; 或 &lt;"},
        {XML_ERR_ENTITYREF_SEMICOL_MISSING, "单独的 & 不能直接写；请写成 &amp;"},
        {XML_ERR_UNDECLARED_ENTITY, "没有这种 &名称; 的写法；& 请写成 &amp;"},
        {XML_ERR_LT_IN_ATTRIBUTE, "属性值缺结束的引号，或其中有 <；请补引号，或写成 &lt;"},
        {XML_ERR_ATTRIBUTE_NOT_STARTED, "属性值要写在英文引号里，如 id=\"R01\""},
        {XML_ERR_ATTRIBUTE_NOT_FINISHED, "属性值缺结束的引号；请补上"},
        {XML_ERR_ATTRIBUTE_WITHOUT_VALUE, "属性缺等号和值，应如 id=\"R01\""},
        {XML_ERR_ATTRIBUTE_REDEFINED, "同一个属性写了两次；请删去一个"},
        {XML_ERR_SPACE_REQUIRED, "属性之间缺空格；请补上"},
        {XML_ERR_GT_REQUIRED, "标签没有以 > 结束；请补上"},
        {XML_ERR_LTSLASH_REQUIRED, "结束标签写法不对，应如 </rule>"},
        {XML_ERR_COMMENT_NOT_FINISHED, "注释没有以 --> 结束；请补上"},
    };
    if (e->code == XML_ERR_TAG_NAME_MISMATCH && e->str1 && e->str2)
        return arena_printf(arena, "第 %d 行的 <%s> 没有结束，却遇到 </%s>；请补上 </%s>", e->int1,
                            e->str1, e->str2, e->str1);
    if (e->code == XML_ERR_TAG_NOT_FINISHED && e->str1)
        return arena_printf(arena, "第 %d 行的 <%s> 没有结束；请补上 </%s>", e->int1, e->str1,
                            e->str1);
    int code = e->code; /* libxml2 has one for both */
    if (code == XML_ERR_INVALID_CHAR && strstr(e->message, "UTF-8"))
        code = XML_ERR_INVALID_ENCODING;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].code == code)
            return words[i].zh;
    return arena_printf(arena, "此处的标签写法有误（%.*s）", (int)strcspn(e->message, "\n"),
                        e->message);
}

/* What follows from the first error says nothing of the cause. */
static void keep_first_error(void *data, const xmlError *e)
{
    xmlParserCtxt *ctxt = data;
    xmlError *first = ctxt->_private;
    if (e->level >= XML_ERR_ERROR && first->code == XML_ERR_OK)
        xmlCopyError((xmlError *)e, first);
}

static void report_ill_formed(const xmlError *e, struct src_pos at, struct arena *arena,
                              struct diag *diag)
{
    const char *why = e->message ? e->message : "";
    const char *en = arena_strndup(arena, why, strcspn(why, "\n"));
    diag_system(diag, at, "不是完好的 XML：%s%.0s", "is not well-formed XML: %.0s%s",
                *why ? fault_zh(e, arena) : "", en);
}

static xmlDoc *parse(const char *name, const void *bytes, size_t len, struct arena *arena,
                     struct diag *diag)
{
    const char *path = arena_strdup(arena, name);
    xml_guard();
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    xmlError first = {0};
    ctxt->_private = &first;
    ctxt->sax->internalSubset = refuse_doctype;
    ctxt->sax->serror = (xmlStructuredErrorFunc)keep_first_error;
    /* No dictionary: nodes move from one document to another (include.c). */
    xmlDoc *doc = xmlCtxtReadMemory(ctxt, len ? bytes : "", (int)len, path, NULL,
                                    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                        XML_PARSE_BIG_LINES | XML_PARSE_NOCDATA | XML_PARSE_NODICT);
    bool doctype = first.code == DOCTYPE_SEEN;
    struct src_pos at = {path, doctype ? ctxt->input->line : first.line};

    if (doctype)
        diag_system(diag, at, "不应有 DOCTYPE", "must not have a DOCTYPE");
    else if (!doc)
        report_ill_formed(&first, at, arena, diag);
    if (doctype) {
        xmlFreeDoc(doc);
        doc = NULL;
    }
    if (doc) { /* libxml2 makes a URL of it, with %20 for a blank */
        xmlFree((xmlChar *)doc->URL);
        doc->URL = xmlStrdup(BAD_CAST path);
        doc->_private = (void *)(uintptr_t)path; /* for xml_place */
    }
    xmlResetError(&first);
    xmlFreeParserCtxt(ctxt);
    return doc;
}

xmlDoc *xml_parse_file(const char *path, struct arena *arena, struct diag *diag)
{
    struct buffer bytes = {0};
    xmlDoc *doc = NULL;
    if (small_file_read(arena_strdup(arena, path), XML_BYTES_MAX, &bytes, diag))
        doc = parse(path, bytes.data, bytes.len, arena, diag);
    buffer_clear(&bytes);
    return doc;
}

/* NULL: reported. */
static xmlDoc *expanded(xmlDoc *doc, struct arena *arena, struct diag *diag)
{
    if (!doc || xml_expand(doc, arena, diag))
        return doc;
    xmlFreeDoc(doc);
    return NULL;
}

xmlDoc *xml_document_of(const char *name, const void *bytes, size_t len, struct arena *arena,
                        struct diag *diag)
{
    return expanded(parse(name, bytes, len, arena, diag), arena, diag);
}

xmlDoc *xml_document(const char *path, struct arena *arena, struct diag *diag)
{
    return expanded(xml_parse_file(path, arena, diag), arena, diag);
}

static bool read_document(struct xml_reader *r, xmlDoc *document, void *root, size_t before)
{
    r->document = document;
    r->n_used = 0;
    r->node = document ? xmlDocGetRootElement(document) : NULL;
    r->path = document ? arena_strdup(r->arena, (const char *)document->URL) : NULL;
    if (r->node && (r->node->ns || strcmp(name_of(r->node), r->elements->name)))
        diag_system(r->diag, xml_at(r), "根元素应是 <%s>，不是 <%s>",
                    "the root element is <%s>, not <%s>", r->elements->name, name_of(r->node));
    else if (r->node)
        read_element(r, r->elements, root, NULL, 0, 1);
    r->node = NULL;
    if (!r->keep) {
        xmlFreeDoc(document);
        r->document = NULL;
    }
    return r->diag->count[SEVERITY_ERROR] == before;
}

bool xml_read_bytes(struct xml_reader *r, const char *name, const void *bytes, size_t len,
                    void *root)
{
    size_t before = r->diag->count[SEVERITY_ERROR];
    return read_document(r, xml_document_of(name, bytes, len, r->arena, r->diag), root, before);
}

bool xml_read(struct xml_reader *r, const char *path, void *root)
{
    size_t before = r->diag->count[SEVERITY_ERROR];
    return read_document(r, xml_document(path, r->arena, r->diag), root, before);
}

const char *xml_root_name(const xmlDoc *document)
{
    return name_of(xmlDocGetRootElement(document));
}

const char *xml_root_attribute(const xmlDoc *document, const char *name, struct arena *arena)
{
    return xml_attribute_text(xmlDocGetRootElement(document), name, arena);
}

void xml_free(xmlDoc *document)
{
    xmlFreeDoc(document);
}
