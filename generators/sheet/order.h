/* order.h - the order of people: by pinyin or by strokes, the surname first, read as a surname is.
 * Owns ICU's collation. */
#ifndef SHEET_ORDER_H
#define SHEET_ORDER_H

#include "core/buffer.h"
#include "sheet/template.h"

enum sheet_order { ORDER_GIVEN, ORDER_UNIT, ORDER_PINYIN, ORDER_STROKES };

struct collation;

/* surnames is borrowed; ORDER_GIVEN needs none. NULL: reported. */
struct collation *collation_new(enum sheet_order order, const struct surnames *surnames,
                                struct diag *diag);
void collation_free(struct collation *c);

/* Appends bytes that memcmp orders as the people are: by the surname's reading (or strokes), then
 * by the surname itself, so that namesakes stay together, then by the given name. */
void collation_key(const struct collation *c, const char *person, struct buffer *out);
/* The same for a text that is no person's name. */
void collation_text_key(const struct collation *c, const char *text, struct buffer *out);

#endif
