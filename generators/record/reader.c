/* reader.c - the first pass: checks every input, reports every fault, keeps all but the applicants. */
#include "record/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <libxml/xmlschemas.h>

struct pass {
    struct record *record;
    struct diag *diag;
    struct input *in;
    const char *applicant;
    bool faulty, fatal;
};

static xmlParserInput *refuse(const char *url, const char *id, xmlParserCtxt *ctx)
{
    (void)url, (void)id, (void)ctx;
    return NULL;
}

xmlTextReader *reader_open(const struct input *in)
{
    return xmlReaderForFile(in->path, in->encoding,
                            XML_PARSE_NONET | XML_PARSE_COMPACT | XML_PARSE_BIG_LINES |
                                (in->encoding ? XML_PARSE_IGNORE_ENC : 0));
}

const char *reader_attribute(struct arena *a, const xmlNode *node, const char *name)
{
    xmlChar *v = xmlGetNoNsProp(node, BAD_CAST name);
    const char *s = v ? arena_strdup(a, (const char *)v) : "";
    xmlFree(v);
    return s;
}

static void fault(struct pass *p, long line, const char *what, const char *what_en, const char *arg)
{
    struct finding f = {.severity = SEVERITY_ERROR, .fault = FAULT_DATA, .applicant = p->applicant,
                        .at = {p->in->name, line}};
    p->faulty = true;
    diag_add(p->diag, f, "%s%.0s：%s", "%.0s%s: %s", what, what_en, arg);
}

static void on_error(void *data, xmlError *e)
{
    struct pass *p = data;
    char text[600];
    snprintf(text, sizeof text, "%s", e->message ? e->message : "");
    text[strcspn(text, "\n")] = '\0';
    if (e->level == XML_ERR_FATAL)
        p->fatal = true;
    fault(p, e->line, e->domain == XML_FROM_SCHEMASV ? "不符合格式要求" : "XML有误",
          e->domain == XML_FROM_SCHEMASV ? "not as the schema wants it" : "malformed XML", text);
}

/* GB2312 is often written on files that hold more; GB18030 reads all three alike. */
static const char *sniff_encoding(const char *path)
{
    char head[201] = "";
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(head, 1, 200, f) : 0;
    if (f)
        fclose(f);
    head[n] = '\0';
    char *e = strstr(head, "encoding=");
    return e && (!strncasecmp(e + 10, "GB2312", 6) || !strncasecmp(e + 10, "GBK", 3)) ? "GB18030"
                                                                                     : NULL;
}

/* The line of a document type in the prolog, 0 when there is none. Looked for before libxml2 sees the file: its reader
 * has run past the place by the time it tells. All encodings we read keep ASCII as it is. */
static long doctype_line(const char *path)
{
    FILE *f = fopen(path, "rb");
    long line = 1, found = 0;
    for (int c; f && (c = getc(f)) != EOF && !found;) {
        line += c == '\n';
        if (c != '<')
            continue;
        int next = getc(f);
        if (next != '?' && next != '!')
            break; /* the root element */
        int third = next == '!' ? getc(f) : 0;
        if (next == '!' && third != '-') {
            found = line;
            break;
        }
        /* Over a comment or an instruction: to its own kind of end. */
        const char *end = next == '?' ? "?>" : "-->";
        size_t at = 0, len = strlen(end);
        while (at < len && (c = getc(f)) != EOF) {
            line += c == '\n';
            at = c == end[at] ? at + 1 : at > 0 && c == end[at - 1] ? at : c == end[0];
        }
    }
    if (f)
        fclose(f);
    return found;
}

static bool input_prepare(struct record *r, struct input *in, const char *name, struct diag *diag)
{
    *in = (struct input){.name = name, .path = name, .dir = ".", .fd = -1};
    if (!strcmp(name, "-")) {
        char tmp[] = "/tmp/shenbao-XXXXXX", block[65536];
        ssize_t n;
        in->name = "stdin";
        if ((in->fd = mkstemp(tmp)) < 0)
            return diag_system(diag, (struct src_pos){0}, "无法建立临时文件：%s",
                               "cannot make a temporary file: %s", strerror(errno));
        unlink(tmp);
        while ((n = read(0, block, sizeof block)) > 0)
            if (write(in->fd, block, (size_t)n) != n)
                return diag_system(diag, (struct src_pos){0}, "无法写临时文件：%s",
                                   "cannot write a temporary file: %s", strerror(errno));
        in->path = arena_printf(&r->arena, "/dev/fd/%d", in->fd);
    } else if (strrchr(name, '/')) {
        in->dir = arena_strndup(&r->arena, name, (size_t)(strrchr(name, '/') - name) + 1);
    }
    if (access(in->path, R_OK))
        return diag_system(diag, (struct src_pos){in->name, 0}, "无法读取：%s", "cannot read: %s",
                           strerror(errno));
    in->encoding = sniff_encoding(in->path);
    in->doc = xmlNewDoc(BAD_CAST "1.0");
    in->doc->URL = xmlStrdup(BAD_CAST in->name);
    return true;
}

static void check_applicant(struct pass *p, xmlNode *node)
{
    int person = 0, statement = 0;
    for (xmlNode *n = node->children; n; n = n->next) {
        person += n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, "person");
        statement += n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, "statement");
    }
    if (person != 1)
        fault(p, xmlGetLineNo(node), "须恰好出现一次", "must occur exactly once", "person");
    if (statement > 1)
        fault(p, xmlGetLineNo(node), "不得重复出现", "must not occur twice", "statement");
    for (size_t i = 0; i < p->record->n; i++)
        if (!strcmp(p->record->entries[i].id, p->applicant))
            fault(p, xmlGetLineNo(node), "申报人编号重复", "duplicate applicant id", p->applicant);
}

static void pass_node(struct pass *p, xmlTextReader *reader)
{
    struct record *r = p->record;
    struct input *in = p->in;
    int depth = xmlTextReaderDepth(reader);
    xmlNode *node = xmlTextReaderCurrentNode(reader);

    if (depth == 0) {
        xmlDocSetRootElement(in->doc, xmlDocCopyNode(node, in->doc, 2));
        if (!r->asof)
            r->asof = reader_attribute(&r->arena, node, "asof");
    } else if (depth == 1 && !strcmp((const char *)node->name, "unit")) {
        xmlNode *unit = xmlAddChild(xmlDocGetRootElement(in->doc), xmlDocCopyNode(node, in->doc, 2));
        *ARENA_PUSH(&r->arena, in->units, in->n_units, in->cap_units) = unit;
    } else if (depth == 2 && !strcmp((const char *)node->name, "applicant")) {
        if (in->n_units == 0 || strcmp((const char *)node->parent->name, "unit"))
            return; /* the schema has reported it; the cursor passes over it likewise */
        p->applicant = reader_attribute(&r->arena, node, "id");
        p->faulty = false;
        if (xmlTextReaderExpand(reader))
            check_applicant(p, node);
        struct entry e = {.id = (char *)p->applicant, .file = (size_t)(in - r->inputs),
                          .unit = in->n_units - 1, .line = xmlGetLineNo(node), .selected = true};
        *ARENA_PUSH(&r->arena, r->entries, r->n, r->cap) = e;
    } else if (depth <= 2 && xmlDocGetRootElement(in->doc) && (depth == 1 || in->n_units > 0) &&
               xmlTextReaderExpand(reader)) {
        xmlNode *to = depth == 1 ? xmlDocGetRootElement(in->doc) : in->units[in->n_units - 1];
        if (depth == 2 && strcmp((const char *)node->parent->name, "unit"))
            return;
        xmlNode *copy = xmlAddChild(to, xmlDocCopyNode(node, in->doc, 1));
        if (depth == 1 && !strcmp((const char *)node->name, "delegation")) {
            struct record_delegation d = {reader_attribute(&r->arena, node, "id"), copy};
            *ARENA_PUSH(&r->arena, r->delegations, r->n_delegations, r->cap_delegations) = d;
        }
    }
}

static void pass_file(struct pass *p, xmlSchema *schema)
{
    long doctype = doctype_line(p->in->path);
    if (doctype) {
        fault(p, doctype, "不允许", "not allowed", "DOCTYPE");
        p->fatal = true;
        return;
    }
    xmlTextReader *reader = reader_open(p->in);
    if (!reader)
        return;
    xmlTextReaderSetStructuredErrorHandler(reader, (xmlStructuredErrorFunc)on_error, p);
    xmlTextReaderSetSchema(reader, schema);
    while (xmlTextReaderRead(reader) == 1) {
        int type = xmlTextReaderNodeType(reader), depth = xmlTextReaderDepth(reader);
        if (type == XML_READER_TYPE_DOCUMENT_TYPE) {
            fault(p, xmlTextReaderGetParserLineNumber(reader), "不允许", "not allowed", "DOCTYPE");
            p->fatal = true;
            break;
        }
        if (type == XML_READER_TYPE_ELEMENT && depth <= 2)
            pass_node(p, reader);
        if (p->applicant && p->record->n && depth <= 2) {
            bool end = type == XML_READER_TYPE_END_ELEMENT || xmlTextReaderIsEmptyElement(reader);
            p->record->entries[p->record->n - 1].faulty = p->faulty;
            if (end)
                p->applicant = NULL;
        }
    }
    if (p->applicant && p->record->n)
        p->record->entries[p->record->n - 1].faulty = true;
    p->applicant = NULL;
    xmlFreeTextReader(reader);
}

/* The schema runs ahead of the reader, so that only the line tells whose fault it is. */
static void assign_faults(struct record *r, struct diag *diag, size_t first, const struct input *in)
{
    for (size_t k = first; k < diag->n; k++) {
        struct finding *f = &diag->list[k];
        struct entry *owner = NULL;
        for (size_t i = r->n; i-- > 0 && !owner && &r->inputs[r->entries[i].file] == in;)
            if (r->entries[i].line <= f->at.line)
                owner = &r->entries[i];
        if (!owner)
            continue;
        owner->faulty = true;
        f->applicant = arena_strdup(&diag->arena, owner->id);
    }
}

static bool listed(const char *const *list, size_t n, const char *s)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i], s))
            return true;
    return n == 0;
}

struct record *record_open(const struct record_options *o, struct diag *diag)
{
    struct record *r = mem_alloc(1, sizeof *r);
    struct pass p = {.record = r, .diag = diag};
    xmlSetExternalEntityLoader(xmlNoNetExternalEntityLoader);
    xmlSchemaParserCtxt *ctx = xmlSchemaNewParserCtxt(o->schema_path);
    xmlSchema *schema = ctx ? xmlSchemaParse(ctx) : NULL;
    xmlSchemaFreeParserCtxt(ctx);
    r->asof = o->asof;
    if (!schema) {
        diag_system(diag, (struct src_pos){o->schema_path, 0}, "无法读取格式定义",
                    "cannot read the schema");
        record_free(r);
        return NULL;
    }
    xmlSetExternalEntityLoader(refuse);
    r->inputs = ARENA_ARRAY(&r->arena, struct input, o->n_inputs + 1);
    for (size_t i = 0; i < o->n_inputs; i++) {
        p.in = &r->inputs[r->n_inputs++];
        if (!input_prepare(r, p.in, o->inputs[i], diag)) {
            xmlSchemaFree(schema);
            record_free(r);
            return NULL;
        }
        /* The loader serves the main file, too; entities are never asked for without NOENT. */
        xmlSetExternalEntityLoader(xmlNoNetExternalEntityLoader);
        size_t first = diag->n;
        pass_file(&p, schema);
        assign_faults(r, diag, first, p.in);
    }
    xmlSchemaFree(schema);
    r->indices = ARENA_ARRAY(&r->arena, size_t, r->n + 1);
    for (size_t i = 0; i < r->n; i++) {
        struct entry *e = &r->entries[i];
        const struct input *in = &r->inputs[e->file];
        e->selected =
            listed(o->only_applicants, o->n_only_applicants, e->id) &&
            listed(o->only_units, o->n_only_units, reader_attribute(&r->arena, in->units[e->unit], "id"));
        if (e->selected)
            r->indices[r->n_indices++] = i;
    }
    if (r->n == 0) {
        record_free(r);
        return NULL;
    }
    return r;
}

size_t record_count(const struct record *r) { return r->n_indices; }
const char *record_asof(const struct record *r) { return r->asof ? r->asof : ""; }
const size_t *record_indices(const struct record *r) { return r->indices; }

size_t record_delegations(const struct record *r, const struct record_delegation **out)
{
    *out = r->delegations;
    return r->n_delegations;
}

void record_free(struct record *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->n_inputs; i++) {
        xmlFreeDoc(r->inputs[i].doc);
        if (r->inputs[i].fd >= 0)
            close(r->inputs[i].fd);
    }
    arena_free(&r->arena);
    free(r);
}
