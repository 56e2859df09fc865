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
/* Appends all of a zlib stream that comes before its first error; the sum at its end is not asked.
 */
void salvage_inflate(const struct buffer *packed, struct buffer *out);
/* Can a content stream be read to its end? The last block need not say that it is the last, nor be
 * followed by the sum: programs that add to a stream as they go leave both out. Adds to unpacked
 * how many bytes were. */
bool salvage_is_whole(struct qdoc *d, qref stream, size_t *unpacked);
/* Are there so many bytes in a zlib stream, and nothing wrong with it, up to the sum at its end,
 * which may be absent? What comes far behind them is not looked at. */
bool salvage_has_all(const struct buffer *packed, size_t bytes);

#endif
