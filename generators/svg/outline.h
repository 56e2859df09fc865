/* outline.h - a glyph's record as the data of an SVG path. Internal to svg. */
#ifndef SVG_OUTLINE_H
#define SVG_OUTLINE_H

#include "core/buffer.h"
#include "text/glyph_record.h"

/* In font units, y upward; nothing for a glyph without ink. */
void outline_path(const struct glyph_record *record, struct buffer *out);

#endif
