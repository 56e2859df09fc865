/* part_copy.h - a part written again as it is read, element by element, but for what is changed on
 * the way: for who gets a part_reader's events. */
#ifndef WORKBOOK_PART_COPY_H
#define WORKBOOK_PART_COPY_H

#include "workbook/part.h"

struct part_copy {
    struct buffer *out;
    struct buffer names; /* of the elements that are open, each with its NUL */
    bool tag_open;       /* the last start tag still lacks its end */
};

/* An attribute without a namespace; value NULL: it goes. A list of them ends with a NULL name. */
struct part_change {
    const char *name, *value;
};

void part_copy_begin(struct part_copy *c, struct buffer *out);
void part_copy_clear(struct part_copy *c);
/* changes NULL: none. */
void part_copy_start(struct part_copy *c, const struct part_element *e,
                     const struct part_change *changes);
void part_copy_end(struct part_copy *c);
void part_copy_text(struct part_copy *c, struct part_text text);
void part_copy_markup(struct part_copy *c, struct part_text markup);

#endif
