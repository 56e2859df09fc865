/* spelling.c - see spelling.h. */
#include "core/spelling.h"

#include "core/utf8.h"

#include <string.h>

enum { COMPARED = 64 };

static uint32_t fold(uint32_t c)
{
    return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

/* Its characters without their case; more than COMPARED: too long. */
static size_t characters(const char *s, uint32_t out[COMPARED])
{
    size_t n = 0, len = strlen(s), used;
    for (size_t i = 0; i < len; i += used, n++) {
        uint32_t c = utf8_next(s + i, len - i, &used);
        if (n < COMPARED)
            out[n] = fold(c);
    }
    return n;
}

size_t spelling_distance(const char *a, const char *b, size_t most)
{
    uint32_t x[COMPARED], y[COMPARED];
    size_t na = characters(a, x), nb = characters(b, y), row[COMPARED + 1];

    if (na > COMPARED || nb > COMPARED)
        return most;
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t best = corner + (x[i - 1] != y[j - 1]);
            corner = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[nb] < most ? row[nb] : most;
}

void spelling_guess(struct spelling_guess *g, const char *candidate)
{
    /* One slip in a short word, three in a long one: what is further off would only mislead. */
    size_t len = utf8_count(g->word), most = len < 4 ? 2 : len < 8 ? 3 : 4;
    size_t distance = spelling_distance(g->word, candidate, most);

    /* A word of which nothing is left is no other spelling. */
    if (distance < most && distance < len && (!g->best || distance < g->distance)) {
        g->best = candidate;
        g->distance = distance;
    }
}
