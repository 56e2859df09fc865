/* quote.h - pieces of the input as messages show them: short, on one line, without ID numbers. */
#ifndef RECORD_QUOTE_H
#define RECORD_QUOTE_H

#include "core/arena.h"

/* “value”, cut after 40 characters; in the arena. */
const char *quote(struct arena *arena, const char *value);
/* The same without the marks, for names of elements and attributes. */
const char *quote_name(struct arena *arena, const char *name);

/* How many characters must change to make b of a, letters' case apart; `most` or more is told as
 * `most`. Long strings are never near: only the first 64 bytes of each are looked at. */
size_t quote_distance(const char *a, const char *b, size_t most);

/* Collects, among candidates, the one that a misspelt word may have meant. {.word = w} is ready for
 * use. */
struct quote_guess {
    const char *word;
    const char *best; /* NULL: none is near */
    size_t distance;
};
void quote_guess(struct quote_guess *g, const char *candidate);

#endif
