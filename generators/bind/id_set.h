/* id_set.h - objects that have been seen, by their numbers: what follows references comes to each
 * once, however they loop. */
#ifndef BIND_ID_SET_H
#define BIND_ID_SET_H

#include <stdbool.h>
#include <stddef.h>

enum { ID_LEAF = 256 }; /* bytes */

/* {0} is empty; free with id_set_clear. A file may number its objects up to two thousand millions:
 * bits are kept for those alone that have a neighbour in the set. */
struct id_set {
    unsigned char **leaves; /* of as many bits; NULL: none is set */
    size_t n;
};

/* true: it is new. 0, the number of objects that have none, is new each time. */
bool id_set_add(struct id_set *set, int id);
bool id_set_has(const struct id_set *set, int id); /* 0: never */
void id_set_remove(struct id_set *set, int id);
void id_set_clear(struct id_set *set);

#endif
