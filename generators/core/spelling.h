/* spelling.h - which known word a misspelt one may have meant. */
#ifndef CORE_SPELLING_H
#define CORE_SPELLING_H

#include <stddef.h>

/* How many characters must change to make b of a, letters' case apart; `most` or more is told as
 * `most`. Long strings are never near: one over 64 characters is compared with nothing. */
size_t spelling_distance(const char *a, const char *b, size_t most);

/* Collects, among candidates, the one that a misspelt word may have meant. {.word = w} is ready for
 * use. */
struct spelling_guess {
    const char *word;
    const char *best; /* NULL: none is near */
    size_t distance;
};
void spelling_guess(struct spelling_guess *g, const char *candidate);

#endif
