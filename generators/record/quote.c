/* quote.c - see quote.h. */
#include "record/quote.h"

#include "record/id_number.h"

#include <stdbool.h>
#include <string.h>

enum { SHOWN = 40, COMPARED = 64 };

/* A message is one line, and what a terminal would obey is not for the input to say. */
static char *plain(char *s)
{
    for (unsigned char *p = (unsigned char *)s; *p; p++) {
        if (*p < 0x20 || *p == 0x7F)
            *p = ' ';
        if (*p == 0xC2 && p[1] >= 0x80 && p[1] <= 0x9F)
            *p = p[1] = ' ';
    }
    return s;
}

const char *quote_name(struct arena *arena, const char *name)
{
    size_t n = 0, end = 0;
    while (name[end] && (((unsigned char)name[end] & 0xC0) == 0x80 || n++ < SHOWN))
        end++;
    return plain(arena_printf(arena, "%.*s%s", (int)end, name, name[end] ? "…" : ""));
}

const char *quote(struct arena *arena, const char *value)
{
    return arena_printf(arena, "“%s”", quote_name(arena, id_number_mask(arena, value)));
}

static int fold(char c)
{
    return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : (unsigned char)c;
}

size_t quote_distance(const char *a, const char *b, size_t most)
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

void quote_guess(struct quote_guess *g, const char *candidate)
{
    /* One slip in a short word, three in a long one: what is further off would only mislead. */
    size_t len = strlen(g->word), most = len < 4 ? 2 : len < 8 ? 3 : 4;
    size_t distance = quote_distance(g->word, candidate, most);

    if (distance < most && (!g->best || distance < g->distance)) {
        g->best = candidate;
        g->distance = distance;
    }
}
