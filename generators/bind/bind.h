/* bind.h - the volume: sheets of our own, and the pages of attachments drawn on those that wait for
 * them.
 *
 * A page becomes a form XObject of the sheet: what its content leaves behind in the graphics state
 * (an open q, a clip, a flipped axis) ends with it and cannot touch what is drawn over it. What a
 * printer shows of its annotations becomes content, and its layers are in the state for printing.
 * Links to addresses stay (http, https, mailto, and nothing that follows on them); other actions do
 * not: to open a file, to run a script, to send a form. */
#ifndef BIND_BIND_H
#define BIND_BIND_H

#include "bind/attachment_pages.h"
#include "core/buffer.h"

struct bind_copy {
    size_t sheet; /* 0-based, of the volume */
    struct attachment_pages *attachment;
    size_t page; /* 0-based, of the attachment */
    double matrix[6];
};

/* volume: a PDF of ours with all its sheets; what it draws on a sheet lies over the copy. The bound
 * volume has as many pages, and is written into file: regular, empty, open for reading and writing,
 * and the caller's. false: reported. Equal streams of several attachments are stored once. watch is
 * called with the attachment that is worked on next, and with NULL in the end. *left, where it is
 * asked for, is what is still in memory of the bound volume, and refers to volume's bytes: to take
 * it apart costs a tenth of binding, which a process that ends does not need. */
bool bind_volume(const struct buffer *volume, const struct bind_copy *copies, size_t n,
                 void (*watch)(void *data, const struct attachment_pages *at), void *data, int file,
                 struct qdoc **left, struct diag *diag);
void bind_free(struct qdoc *left); /* NULL is fine */

#endif
