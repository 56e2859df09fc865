/* cursor.c - the second pass: one applicant at a time, grafted below its unit. */
#include "record/reader.h"

#include <stdlib.h>
#include <string.h>

struct record_cursor {
    const struct record *record;
    struct diag *diag;
    xmlTextReader *reader;
    size_t file, next; /* next: the index of the applicant that comes next */
    xmlNode *grafted;
    struct arena arena;
};

static void silent(void *data, xmlError *e)
{
    (void)data, (void)e; /* the first pass has reported it */
}

struct record_cursor *record_cursor_new(const struct record *r, struct diag *diag)
{
    struct record_cursor *c = mem_alloc(1, sizeof *c);
    c->record = r;
    c->diag = diag;
    return c;
}

static void prune(struct record_cursor *c)
{
    if (c->grafted) {
        xmlUnlinkNode(c->grafted);
        xmlFreeNode(c->grafted);
    }
    c->grafted = NULL;
    arena_free(&c->arena);
}

/* Stands at the next applicant element of any file; false: there is none. */
static bool advance(struct record_cursor *c)
{
    while (c->file < c->record->n_inputs) {
        if (!c->reader) {
            if (!(c->reader = reader_open(&c->record->inputs[c->file])))
                return false;
            xmlTextReaderSetStructuredErrorHandler(c->reader, (xmlStructuredErrorFunc)silent, NULL);
        }
        while (xmlTextReaderRead(c->reader) == 1 &&
               xmlTextReaderNodeType(c->reader) != XML_READER_TYPE_DOCUMENT_TYPE)
            if (xmlTextReaderNodeType(c->reader) == XML_READER_TYPE_ELEMENT &&
                xmlTextReaderDepth(c->reader) == 2 &&
                !strcmp((const char *)xmlTextReaderConstName(c->reader), "applicant") &&
                !strcmp((const char *)xmlTextReaderCurrentNode(c->reader)->parent->name, "unit"))
                return true;
        xmlFreeTextReader(c->reader);
        c->reader = NULL;
        c->file++;
    }
    return false;
}

bool record_seek(struct record_cursor *c, size_t index, struct applicant *out)
{
    prune(c);
    while (c->next <= index && c->next < c->record->n && advance(c)) {
        if (c->next++ < index)
            continue;
        const struct entry *e = &c->record->entries[index];
        const struct input *in = &c->record->inputs[e->file];
        xmlNode *unit = in->units[e->unit], *node = xmlTextReaderExpand(c->reader);
        xmlNode *name = NULL;
        if (!node)
            return diag_error(c->diag, (struct src_pos){in->name, 0}, "读到申报人%s处中断",
                              "broken at applicant %s", e->id);
        c->grafted = xmlAddChild(unit, xmlDocCopyNode(node, in->doc, 1));
        *out = (struct applicant){.index = index, .id = e->id, .name = "", .node = c->grafted,
                                  .at = {in->name, xmlGetLineNo(node)}, .dir = in->dir,
                                  .faulty = e->faulty};
        out->unit = reader_attribute(&c->arena, unit, "id");
        out->unit_name = reader_attribute(&c->arena, unit, "name");
        out->delegation = reader_attribute(&c->arena, unit, "delegation");
        for (xmlNode *n = c->grafted->children; n && !name; n = n->next)
            if (n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, "person"))
                for (xmlNode *m = n->children; m && !name; m = m->next)
                    if (m->type == XML_ELEMENT_NODE && !strcmp((const char *)m->name, "name"))
                        name = m;
        if (name) {
            xmlChar *s = xmlNodeGetContent(name);
            out->name = arena_strdup(&c->arena, (const char *)s);
            xmlFree(s);
        }
        return true;
    }
    return false;
}

bool record_next(struct record_cursor *c, struct applicant *out)
{
    for (size_t i = c->next; i < c->record->n; i++)
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
    xmlFreeTextReader(c->reader);
    free(c);
}

struct src_pos record_pos(const record_node *node)
{
    if (node && node->type == XML_ATTRIBUTE_NODE)
        node = node->parent;
    return node ? (struct src_pos){(const char *)node->doc->URL, xmlGetLineNo(node)}
                : (struct src_pos){0};
}

const char *record_path(const record_node *node, struct arena *arena)
{
    const char *path = "";
    for (; node && node->type != XML_DOCUMENT_NODE && strcmp((const char *)node->name, "applicant");
         node = node->parent) {
        int before = 0, after = 0;
        const char *mark = node->type == XML_ATTRIBUTE_NODE ? "@" : "";
        if (node->type != XML_ELEMENT_NODE && !*mark)
            continue;
        for (const xmlNode *n = node->prev; n && !*mark; n = n->prev)
            before += n->type == XML_ELEMENT_NODE && xmlStrEqual(n->name, node->name);
        for (const xmlNode *n = node->next; n && !*mark; n = n->next)
            after += n->type == XML_ELEMENT_NODE && xmlStrEqual(n->name, node->name);
        const char *nth = before + after ? arena_printf(arena, "[%d]", before + 1) : "";
        path = arena_printf(arena, "%s%s%s%s%s", mark, (const char *)node->name, nth,
                            *path ? "/" : "", path);
    }
    return path;
}
