/* ids.h - a list of ids and what bears them: sorted once, then searched; duplicates stand side by
 * side. */
#ifndef RECORD_IDS_H
#define RECORD_IDS_H

#include "core/arena.h"

#include <stdbool.h>

struct id_bearer {
    const char *id; /* borrowed */
    size_t number;  /* what bears it, as its user counts; rises from add to add */
    size_t first;   /* the number of the first bearer of the same id; set by ids_sort */
};

/* {0} is an empty list; the array lives in the arena given with each add. */
struct ids {
    struct id_bearer *list;
    size_t n, cap;
};

void ids_add(struct ids *ids, struct arena *arena, const char *id, size_t number);
/* By id, bearers of one id by number. n log n, whatever the ids. */
void ids_sort(struct ids *ids);
const struct id_bearer *ids_find(const struct ids *ids,
                                 const char *id); /* in a sorted list: the first, or NULL */
/* Is an id of the same letters borne twice? P2 is missing where two are P1. */
bool ids_doubled_like(const struct ids *ids, const char *id);
/* Is an id this one but for blanks within it or its width? That is a fault of its own. */
bool ids_misspelt_as(const struct ids *ids, const char *id, struct arena *arena);
/* What a misspelt one may mean, of those that begin with its letter; or NULL. */
const char *ids_nearest(const struct ids *ids, const char *id);

#endif
