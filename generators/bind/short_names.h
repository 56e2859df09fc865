/* short_names.h - streams that say how they are packed by the names of inline pictures (ISO
 * 32000-1, table 93), as readers take them. Internal to bind. */
#ifndef BIND_SHORT_NAMES_H
#define BIND_SHORT_NAMES_H

#include "bind/qdoc.h"

/* Writes out the names of streams packed by /F, which qpdf takes for unpacked. data: the bytes that
 * the document was opened from. */
void short_names_expand(struct qdoc *doc, const unsigned char *data, size_t size);

#endif
