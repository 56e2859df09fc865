/* tree.h - builds xmlNodes out of a stream's events: elements and text, attributes without a
 * namespace. Comments and instructions leave no trace, so that text around them is one node. */
#ifndef RECORD_TREE_H
#define RECORD_TREE_H

#include "core/buffer.h"
#include "record/characters.h"

#include <libxml/parser.h>

/* {.doc = doc} is ready for use; clear with tree_clear. */
struct tree {
    xmlDoc *doc; /* borrowed: the nodes belong to it, but only what has a parent is freed with it */
    xmlNode *at; /* the innermost open element, NULL for none */
    struct buffer text;
    /* Known private-use codes become their characters, but in an href: a file bears the name that
     * it bears. NULL: none is known. */
    const struct characters *characters;
};

/* Opens an element below t->at; attributes are SAX2's. The element knows its line, however long the
 * file. */
xmlNode *tree_start(struct tree *t, const xmlChar *name, int n_attributes,
                    const xmlChar **attributes, long line);
void tree_text(struct tree *t, const xmlChar *text, int len);
void tree_end(struct tree *t); /* back to the parent */
void tree_clear(struct tree *t);
long tree_line(const xmlNode *element);

#endif
