/* shown_text.h - what a content stream shows, read so far that an empty field can be told from a
 * filled one, and what it leaves open. Internal to bind. */
#ifndef BIND_SHOWN_TEXT_H
#define BIND_SHOWN_TEXT_H

#include "core/buffer.h"

#include <stdbool.h>

struct shown_text {
    bool anything;      /* text other than blanks, a picture, a form, or a curve */
    bool only_text;     /* none of the others */
    size_t open_marks;  /* marked content that it begins and does not end */
    struct buffer text; /* the shown strings' bytes without blanks; clear it */
};

void shown_text_read(struct shown_text *out, const unsigned char *content, size_t len);

#endif
