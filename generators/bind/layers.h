/* layers.h - the layers of a PDF (optional content, ISO 32000-1, 8.11) as a printer treats them.
 *
 * A layer has one state in a volume: the one for printing, which follows from the document's
 * default configuration (/BaseState, /ON, /OFF), from what it says of printing (/AS, /Usage), and
 * from /Intent. Whether a layer could be switched, and by what, stays behind. */
#ifndef BIND_LAYERS_H
#define BIND_LAYERS_H

#include "bind/qdoc.h"

struct layers;

/* NULL: the document has none. The layers' dictionaries are reduced to what a volume keeps of
 * them: their name. All handles on the document's objects are released. */
struct layers *layers_read(struct arena *arena, struct qdoc *doc);
/* Is what belongs to the layer, or to the layers that a membership dictionary names, printed?
 * true for what is neither. layers NULL: true. */
bool layers_printed(const struct layers *layers, struct qdoc *doc, qref content);
/* The names of those that are seen on screen and not printed, in the document's order. */
size_t layers_screen_only(const struct layers *layers, const char *const **names);
/* Declares in the volume the layers of a document whose pages have been copied to it; layers NULL:
 * nothing. */
void layers_declare(const struct layers *layers, struct qdoc *doc, struct qdoc *volume);

#endif
