/* cursor.c - the second pass: one applicant at a time, grafted below its unit.
 *
 * The parser is fed in blocks, and a block may end several applicants: those that may still be
 * asked for wait in a short queue. */
#include "record/reader.h"

#include "record/stream.h"
#include "record/tree.h"
#include "xml/xml_node.h"

#include <stdlib.h>
#include <string.h>

struct waiting {
    struct waiting *next;
    size_t index;
    xmlNode *node; /* belongs to nobody yet */
};

struct record_cursor {
    const struct record *record;
    struct diag *diag;
    struct stream *stream; /* NULL between files */
    struct arena arena;    /* of the stream's faults */
    int fd;
    size_t source;
    size_t begun;  /* applicants begun so far: the index of the next */
    size_t wanted; /* no smaller index will be asked for */
    struct tree tree;
    struct waiting *first, **last;
    bool in_unit;
    xmlNode *grafted;
    struct arena strings; /* of the applicant handed out */
    bool failed;
};

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int n_namespaces, const xmlChar **namespaces, int n_attributes,
                     int n_defaulted, const xmlChar **attributes)
{
    struct record_cursor *c = data;
    int depth = stream_depth(c->stream);
    (void)prefix, (void)n_namespaces, (void)namespaces, (void)n_defaulted;

    if (depth == 2)
        c->in_unit = !uri && !strcmp((const char *)name, "unit");
    if (reader_is_applicant(name, uri, depth, c->in_unit)) {
        size_t index = c->begun++;
        const struct record *r = c->record;
        if (index < c->wanted || index >= r->n)
            return;
        struct waiting *w = mem_alloc(1, sizeof *w);
        w->index = index;
        *c->last = w;
        c->last = &w->next;
        c->tree.doc = r->sources[c->source].doc;
        w->node = tree_start(&c->tree, name, n_attributes, attributes, stream_line(c->stream));
    } else if (c->tree.at) {
        tree_start(&c->tree, name, n_attributes, attributes, stream_line(c->stream));
    }
}

static void on_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct record_cursor *c = data;
    (void)name, (void)prefix, (void)uri;
    if (c->tree.at)
        tree_end(&c->tree);
}

static void on_text(void *data, const xmlChar *text, int len)
{
    struct record_cursor *c = data;
    tree_text(&c->tree, text, len);
}

/* The applicant with the slip is as whole as it will be. */
static void on_resumed(void *data, const struct file_fault *slip)
{
    struct record_cursor *c = data;
    (void)slip;
    tree_end(&c->tree);
    c->tree.at = NULL;
}

struct record_cursor *record_cursor_new(const struct record *r, struct diag *diag)
{
    struct record_cursor *c = mem_alloc(1, sizeof *c);
    c->record = r;
    c->diag = diag;
    c->last = &c->first;
    c->fd = -1;
    c->tree.characters = r->characters;
    return c;
}

static void close_source(struct record_cursor *c)
{
    stream_free(c->stream);
    input_close(&c->record->sources[c->source].input, c->fd);
    arena_free(&c->arena);
    c->stream = NULL;
    c->fd = -1;
}

static void prune(struct record_cursor *c)
{
    if (c->grafted) {
        xmlUnlinkNode(c->grafted);
        xmlFreeNode(c->grafted);
    }
    c->grafted = NULL;
    arena_free(&c->strings);
}

static void drop_first(struct record_cursor *c)
{
    struct waiting *w = c->first;
    c->first = w->next;
    if (!c->first)
        c->last = &c->first;
    free(w);
}

/* The first pass saw another file. Always false. */
static bool changed(struct record_cursor *c)
{
    size_t last = c->record->n_sources - 1, at = c->source < last ? c->source : last;
    if (!c->failed)
        diag_system(c->diag, (struct src_pos){c->record->sources[at].input.name, 0},
                    "文件在运行中被改动；请重新运行",
                    "the file was changed during the run; run again");
    c->failed = true;
    return false;
}

/* Reads on by a block, into the next file where one ends; false: there is no more, or a reported
 * fault. */
static bool advance(struct record_cursor *c)
{
    static const struct stream_events events = {on_start, on_end, on_text, on_resumed},
                                      strict = {on_start, on_end, on_text, NULL};

    if (c->failed)
        return false;
    if (c->source == c->record->n_sources)
        return changed(c);
    const struct input *in = &c->record->sources[c->source].input;
    if (!c->stream) {
        if ((c->fd = input_open(in, c->diag)) < 0) {
            c->failed = true;
            return false;
        }
        c->stream = stream_new(c->fd, c->record->resume ? &events : &strict, c, &c->arena);
    }
    bool more = stream_read(c->stream);
    if (!input_unchanged(in, c->fd))
        return changed(c);
    if (more)
        return true;
    const struct file_fault *fault = stream_fault(c->stream);
    if (fault && fault->fault == FAULT_SYSTEM) {
        diag_system(c->diag, (struct src_pos){in->name, fault->line}, "%s%.0s", "%.0s%s",
                    fault->text[LANGUAGE_ZH], fault->text[LANGUAGE_EN]);
        c->failed = true;
        return false;
    }
    /* Where it breaks the first pass broke off, too, and said so: what was begun is handed out as
     * it is, faulty. */
    tree_end(&c->tree);
    c->tree.at = NULL;
    close_source(c);
    c->source++;
    return true;
}

/* Whether the first in the queue is whole, or as whole as it will be. */
static bool is_ready(const struct record_cursor *c)
{
    const struct waiting *w = c->first;
    return w && (w->next || !c->tree.at);
}

/* The element at a path below the applicant, "project[2]/evidence"; with a name: the child of that
 * one that bears it and begins on the line. NULL: there is none. */
static xmlNode *find_flawed(xmlNode *applicant, const struct flaw *f)
{
    xmlNode *at = applicant;
    for (const char *s = f->path; at && *s; s += *s == '/') {
        size_t len = strcspn(s, "[/");
        long nth = s[len] == '[' ? strtol(s + len + 1, NULL, 10) : 1;
        xmlNode *n = at->children;
        for (; n; n = n->next)
            if (n->type == XML_ELEMENT_NODE && !strncmp((const char *)n->name, s, len) &&
                !n->name[len] && --nth == 0)
                break;
        at = n;
        s += strcspn(s, "/");
    }
    for (xmlNode *n = f->name && at ? at->children : NULL; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE && xmlStrEqual(n->name, BAD_CAST f->name) &&
            tree_line(n) == f->line)
            return n;
    return f->name ? NULL : at;
}

/* Is it of another unit, or of a delegation that the unit does not name? Its rules may look at it,
 * this applicant's do not. */
static bool is_of_others(const xmlNode *node, const xmlNode *unit)
{
    for (; node; node = node->parent)
        if (xmlStrEqual(node->name, BAD_CAST "unit"))
            return node != unit;
    return false;
}

static void list_flaws(struct record_cursor *c, const struct applicant_entry *e, xmlNode *node,
                       struct applicant *out)
{
    const struct flaws *shared = &c->record->flaws;
    struct record_flaw *list =
        ARENA_ARRAY(&c->strings, struct record_flaw, e->flaws.n + shared->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < e->flaws.n + shared->n; i++) {
        const struct flaw *f = i < e->flaws.n ? &e->flaws.list[i] : &shared->list[i - e->flaws.n];
        xmlNode *at = f->path ? find_flawed(node, f) : f->node;
        if (at && (f->path || (at->doc == node->doc && !is_of_others(at, node->parent))))
            list[n++] = (struct record_flaw){f->kind, at, f->attribute, f->readings, f->n_readings};
    }
    out->flaws = list;
    out->n_flaws = n;
}

static void fill_in(struct record_cursor *c, size_t index, xmlNode *node, struct applicant *out)
{
    const struct applicant_entry *e = &c->record->entries[index];
    const struct input_file *s = &c->record->sources[e->source];
    xmlNode *unit = c->record->units[e->unit].node;

    c->grafted = xmlAddChild(unit, node);
    *out = (struct applicant){.index = index,
                              .id = e->id,
                              .name = "",
                              .node = node,
                              .unit = c->record->units[e->unit].id,
                              .unit_name = xml_attribute_text(unit, "name", &c->strings),
                              .delegation = xml_attribute_text(unit, "delegation", &c->strings),
                              .at = {s->input.name, e->line},
                              .dir = s->input.dir,
                              .faulty = e->faulty,
                              .broken = e->broken || e->unlisted};
    if (e->flaws.n || c->record->flaws.n)
        list_flaws(c, e, node, out);
    for (const xmlNode *n = node->children; n; n = n->next)
        for (const xmlNode *m = xmlStrEqual(n->name, BAD_CAST "person") ? n->children : NULL; m;
             m = m->next)
            if (m->type == XML_ELEMENT_NODE && xmlStrEqual(m->name, BAD_CAST "name") &&
                !*out->name) {
                xmlChar *text = xmlNodeGetContent(m);
                out->name = arena_strdup(&c->strings, (const char *)text);
                xmlFree(text);
            }
}

void record_show_to(struct record *r, record_visitor *visitor, void *data)
{
    r->visitor = visitor;
    r->visitor_data = data;
}

bool record_seek(struct record_cursor *c, size_t index, struct applicant *out)
{
    prune(c);
    if (index >= c->record->n || index < c->wanted)
        return false;
    c->wanted = index;
    for (;;) {
        while (is_ready(c) && c->first->index < index) {
            xmlFreeNode(c->first->node);
            drop_first(c);
        }
        if (is_ready(c)) {
            xmlNode *node = c->first->node;
            if (c->first->index != index)
                return false;
            drop_first(c);
            c->wanted = index + 1;
            fill_in(c, index, node, out);
            if (c->record->visitor)
                c->record->visitor(c->record->visitor_data, out);
            upload_marks_apply(&c->record->sources[c->record->entries[index].source].uploaded,
                               out->id, out->node);
            return true;
        }
        if (!advance(c))
            return false;
    }
}

bool record_is_ahead(const struct record_cursor *c, size_t index)
{
    return index >= c->wanted && !c->failed;
}

bool record_reread(struct record_cursor *c, size_t index, struct applicant *out, struct diag *diag)
{
    const struct applicant_entry *e = &c->record->entries[index];
    struct diag *own = c->diag;
    c->diag = diag;
    bool ok = record_seek(c, index, out);
    c->diag = own;
    if (!ok && !diag_failed(diag))
        diag_system(diag, (struct src_pos){c->record->sources[e->source].input.name, e->line},
                    "申报人无法再次读取，输入文件可能已改动，请重新运行",
                    "the applicant cannot be read again: the input may have changed, run again");
    return ok;
}

bool record_next(struct record_cursor *c, struct applicant *out)
{
    for (size_t i = c->wanted; i < c->record->n; i++)
        if (c->record->entries[i].selected)
            return record_seek(c, i, out);
    prune(c);
    return false;
}

void record_cursor_free(struct record_cursor *c)
{
    if (!c)
        return;
    prune(c);
    while (c->first) {
        xmlFreeNode(c->first->node);
        drop_first(c);
    }
    if (c->stream)
        close_source(c);
    tree_clear(&c->tree);
    free(c);
}
