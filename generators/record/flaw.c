/* flaw.c - the readings of a record's flaws, put into its tree and taken out again. */
#include "record/node.h"
#include "record/reader.h"

#include <stdlib.h>
#include <string.h>

/* What stood there before: of each flaw a value, or "" with `absent`. */
struct record_reading {
    const struct record_flaw *flaws;
    size_t n;
    struct before {
        xmlChar *value;         /* NULL: it was not there */
        const char *put;        /* the reading in its place; NULL: none was put */
        xmlNode *child;         /* that was added */
        xmlNode *content, *end; /* first and last that a text has taken the place of */
    } * before;
};

size_t record_readings(const struct record_flaw *flaws, size_t n)
{
    size_t most = 0;
    for (size_t i = 0; i < n; i++)
        most = flaws[i].n_readings > most ? flaws[i].n_readings : most;
    return most;
}

static void set_attribute(xmlNode *node, const char *name, const xmlChar *value)
{
    if (value)
        xmlSetProp(node, BAD_CAST name, value);
    else
        xmlUnsetProp(node, BAD_CAST name);
}

/* An attribute under another name, an element under another name, or another value. */
static void put(const struct record_flaw *f, const char *reading, struct before *before)
{
    before->put = reading;
    if (f->attribute) {
        before->value = xmlGetNoNsProp(f->node, BAD_CAST f->attribute);
        if (f->kind == RECORD_FLAW_VALUE)
            set_attribute(f->node, f->attribute, BAD_CAST reading);
        else if (xmlHasProp(f->node, BAD_CAST reading))
            before->put = NULL; /* the right one is there as well */
        else
            set_attribute(f->node, reading, before->value);
    } else if (f->kind == RECORD_FLAW_CHILD) {
        size_t name = strcspn(reading, ">");
        xmlNode *child = xmlNewDocNode(f->node->doc, NULL, BAD_CAST "", NULL);
        xmlChar *own = xmlStrndup(BAD_CAST reading, (int)name);
        xmlNodeSetName(child, own);
        xmlFree(own);
        xmlNodeAddContent(child, BAD_CAST reading + name + (reading[name] == '>'));
        before->child = xmlAddChild(f->node, child);
    } else if (f->kind == RECORD_FLAW_NAME) {
        before->value = xmlStrdup(f->node->name);
        xmlNodeSetName(f->node, BAD_CAST reading);
    } else {
        before->content = f->node->children;
        before->end = f->node->last;
        f->node->children = f->node->last = NULL;
        xmlNodeAddContent(f->node, BAD_CAST reading);
    }
}

static void restore(const struct record_flaw *f, struct before *before)
{
    bool renamed = f->kind == RECORD_FLAW_NAME;
    if (!before->put)
        ;
    else if (f->attribute)
        set_attribute(f->node, renamed ? before->put : f->attribute,
                      renamed ? NULL : before->value);
    else if (before->child)
        record_drop(before->child);
    else if (renamed)
        xmlNodeSetName(f->node, before->value);
    else {
        xmlFreeNodeList(f->node->children);
        f->node->children = before->content;
        f->node->last = before->end;
    }
    xmlFree(before->value);
}

struct record_reading *record_read_as(const struct record_flaw *flaws, size_t n, size_t nth)
{
    struct record_reading *r = mem_alloc(1, sizeof *r);
    *r = (struct record_reading){flaws, n, mem_alloc(n + 1, sizeof *r->before)};
    for (size_t i = 0; i < n; i++)
        if (flaws[i].n_readings)
            put(&flaws[i], flaws[i].readings[nth % flaws[i].n_readings], &r->before[i]);
    return r;
}

void record_read_again(struct record_reading *r)
{
    for (size_t i = r->n; i-- > 0;) /* backward: one element may have two flaws */
        restore(&r->flaws[i], &r->before[i]);
    free(r->before);
    free(r);
}

size_t record_flaws(const struct record *r, struct arena *arena, struct record_flaw **out)
{
    size_t n = 0;
    *out = ARENA_ARRAY(arena, struct record_flaw, r->flaws.n + 1);
    for (size_t i = 0; i < r->flaws.n; i++) {
        const struct flaw *f = &r->flaws.list[i];
        (*out)[n++] =
            (struct record_flaw){f->kind, f->node, f->attribute, f->readings, f->n_readings};
    }
    return n;
}
