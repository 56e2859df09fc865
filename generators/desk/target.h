/* target.h - what a request asks for: its target (RFC 9112, 3.2.1) as names, decoded here and
 * nowhere else. */
#ifndef DESK_TARGET_H
#define DESK_TARGET_H

#include "core/arena.h"

#include <stdbool.h>

enum { TARGET_SEGMENTS = 40, TARGET_BYTES = 8192 };

/* "/batches/3/file/%E5%BC%A0.pdf?x=1": segments {"batches", "3", "file", "张.pdf"}, query "x=1". */
struct target {
    const char *segments[TARGET_SEGMENTS];
    size_t n;
    const char *query; /* as it came; "": none */
};

/* false: no path of ours is written so. A segment is never empty, "." or "..", is well-formed
 * UTF-8, and holds neither slash, backslash nor control character, however they are escaped; the
 * last may be missing ("/batches/"). An absolute address is none either. */
bool target_read(struct target *t, const char *raw, struct arena *arena);
/* What a segment says that is encoded twice, since it may hold slashes; NULL: it may not be written
 * so. */
const char *target_decode(const char *segment, struct arena *arena);
/* The value of a parameter of the query, decoded by the same rules, but that it may hold slashes: a
 * token in base64 does. NULL: it is not there. */
const char *target_parameter(const struct target *t, const char *name, struct arena *arena);

#endif
