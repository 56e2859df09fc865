/* table.c - see table.h. */
#include "record/table.h"

#include <libxml/tree.h>
#include <stdlib.h>

struct record_table {
    xmlDoc *doc;
    xmlNode *root, *row; /* row: the last one */
};

struct record_table *record_table_new(const char *name)
{
    struct record_table *t = mem_alloc(1, sizeof *t);
    t->doc = xmlNewDoc(BAD_CAST "1.0");
    t->doc->URL = xmlStrdup(BAD_CAST name);
    t->root = xmlNewDocNode(t->doc, NULL, BAD_CAST "table", NULL);
    xmlDocSetRootElement(t->doc, t->root);
    return t;
}

record_node *record_table_root(struct record_table *t)
{
    return t->root;
}

void record_table_row(struct record_table *t)
{
    t->row = xmlAddChild(t->root, xmlNewDocNode(t->doc, NULL, BAD_CAST "row", NULL));
}

void record_table_cell(struct record_table *t, const char *text)
{
    xmlAddChild(t->row, xmlNewDocRawNode(t->doc, NULL, BAD_CAST "c", *text ? BAD_CAST text : NULL));
}

void record_table_value(struct record_table *t, const char *name, const char *text)
{
    xmlNode *value = xmlNewDocRawNode(t->doc, NULL, BAD_CAST "value", BAD_CAST text);
    xmlNewProp(value, BAD_CAST "name", BAD_CAST name);
    xmlAddChild(t->root, value);
}

void record_table_free(struct record_table *t)
{
    if (!t)
        return;
    xmlFreeDoc(t->doc);
    free(t);
}
