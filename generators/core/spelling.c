/* spelling.c - see spelling.h. */
#include "core/spelling.h"

#include <string.h>

enum { COMPARED = 64 };

static int fold(char c)
{
    return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : (unsigned char)c;
}

size_t spelling_distance(const char *a, const char *b, size_t most)
{
    size_t na = strlen(a), nb = strlen(b), row[COMPARED + 1];

    if (na > COMPARED || nb > COMPARED)
        return most;
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t best = corner + (fold(a[i - 1]) != fold(b[j - 1]));
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
    size_t len = strlen(g->word), most = len < 4 ? 2 : len < 8 ? 3 : 4;
    size_t distance = spelling_distance(g->word, candidate, most);

    if (distance < most && (!g->best || distance < g->distance)) {
        g->best = candidate;
        g->distance = distance;
    }
}
