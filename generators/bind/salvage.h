/* salvage.h - what can still be read of a damaged content stream: readers draw a page up to the
 * place at which its data break. */
#ifndef BIND_SALVAGE_H
#define BIND_SALVAGE_H

#include "bind/id_set.h"
#include "bind/qdoc.h"

/* Puts what could be read in place of each stream of the page's that cannot be read whole, and adds
 * those to the set, since other pages may share them. false: of one of them nothing could be read,
 * or it is packed otherwise than by /FlateDecode alone. */
bool salvage_content(struct qdoc *d, qref page, struct id_set *salvaged);
/* Does the page draw any of them? */
bool salvage_has(struct qdoc *d, qref page, const struct id_set *salvaged);

#endif
