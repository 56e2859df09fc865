/* order.h - the order of people: by pinyin or by strokes, the surname first, read as a surname is.
 *
 * By strokes: the count of a character's strokes, then the strokes themselves (heng, shu, pie,
 * dian, zhe) one after another, as lists "in the order of the strokes of surnames" have it; names
 * with one character after the surname stand before those with more. Characters whose strokes are
 * not known one by one follow those of the same count, by radical and code point.
 * By pinyin: letters, then tones, then strokes. What is no Chinese character is ordered by ICU. */
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
void collation_key(struct collation *c, const char *person, struct buffer *out);
/* The same for a text that is no person's name. */
void collation_text_key(struct collation *c, const char *text, struct buffer *out);
/* Says at info level which characters of the keys so far were placed without their strokes or
 * their reading, and in whose names; nothing when there are none. */
void collation_report(const struct collation *c, struct diag *diag);

#endif
