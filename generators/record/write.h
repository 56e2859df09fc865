/* write.h - a node of a record as XML text. */
#ifndef RECORD_WRITE_H
#define RECORD_WRITE_H

#include "core/buffer.h"
#include "record/node.h"

struct record_write {
    const char *prefix;     /* put before each href, which is relative to another folder then */
    const char *const *but; /* children of these names are left out, NULL-ended; NULL: none */
    /* Of the node itself: put in the place of its attributes of that name; NULL: they stay. */
    const char *id, *delegation;
};

/* All of the element. One with elements in it has each on a line of its own, indented by two blanks
 * a level. */
void record_write(const record_node *node, int level, const struct record_write *how,
                  struct buffer *out);
/* "<unit ...>" and all it holds, without its end tag: for an element that more
 * elements are put into. */
void record_write_begin(const record_node *node, int level, const struct record_write *how,
                        struct buffer *out);
void record_write_end(const record_node *node, int level, struct buffer *out);

#endif
