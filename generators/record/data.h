/* data.h - small data files of templates/ read whole, and elements added to a record: what the
 * program worked out (a dossier's contents), so that templates print it by the same XPath as what
 * was given. */
#ifndef RECORD_DATA_H
#define RECORD_DATA_H

#include "record/record.h"

/* The root element; NULL: reported as a system fault with file:line. Free with record_data_free. As
 * safe as the input: no DTD, entities, network; at most 4 MiB. */
record_node *record_data_read(const char *path, struct diag *diag);
void record_data_free(record_node *root); /* NULL is fine */

const char *record_name(const record_node *node);
/* "" when absent; in the arena. */
const char *record_attribute(const record_node *node, const char *name, struct arena *arena);
/* All text within the element, appended. */
struct buffer;
void record_text(const record_node *node, struct buffer *out);
/* Elements only; after NULL: the first child. NULL at the end. */
record_node *record_child(const record_node *parent, const record_node *after);

/* The new element is freed with its parent, or by record_drop. */
record_node *record_add(record_node *parent, const char *name);
void record_put(record_node *node, const char *name, const char *value); /* NULL value: nothing */
void record_drop(record_node *node);

#endif
