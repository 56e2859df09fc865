/* node.h - elements of a record: asked for their names and attributes, and added to it, so that
 * templates print by the same XPath what the program worked out (a dossier's contents) and what was
 * given. */
#ifndef RECORD_NODE_H
#define RECORD_NODE_H

#include "record/record.h"

const char *record_name(const record_node *node);
/* "" when absent; in the arena. */
const char *record_attribute(const record_node *node, const char *name, struct arena *arena);
/* Of its attributes the one at `n`, from 0; NULL: past the last. */
const char *record_attribute_name(const record_node *node, size_t n);
const char *record_text(const record_node *node, struct arena *arena); /* all of it */
record_node *record_parent(const record_node *node);                   /* NULL: none */
/* Elements only; after NULL: the first child. NULL at the end. */
record_node *record_child(const record_node *parent, const record_node *after);

/* As far down the path from an element ("project[2]/@amount"; the first of a name carries no
 * number) as there are elements; *rest is what remains of it: an attribute, or what is not there.
 */
record_node *record_follow(record_node *from, const char *path, const char **rest);

/* The new element is freed with its parent, or by record_drop. */
record_node *record_add(record_node *parent, const char *name);
/* Where messages say that it stands; else where its parent does. */
void record_set_line(record_node *node, long line);
void record_put(record_node *node, const char *name, const char *value); /* NULL value: nothing */
void record_drop(record_node *node);

#endif
