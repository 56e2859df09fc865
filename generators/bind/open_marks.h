/* open_marks.h - marked content (ISO 32000-1, 14.6) that a page of an attachment begins and does
 * not end. Internal to bind. */
#ifndef BIND_OPEN_MARKS_H
#define BIND_OPEN_MARKS_H

#include "bind/id_set.h"
#include "bind/qdoc.h"

/* Ends what the page's content leaves open, and each form that it or an annotation may draw: MuPDF
 * goes on behind a form with what stands open there, and draws nothing of the sheet when that
 * belongs to a hidden layer. Pages and forms that are in the set are left as they are; these join
 * them. */
void open_marks_end(struct qdoc *d, qref page, struct id_set *seen);

#endif
