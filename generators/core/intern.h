/* intern.h - strings that come again and again, each kept once, and a number beside each. {0} is
 * ready for use; the strings are the arena's, the table is freed with intern_clear. */
#ifndef CORE_INTERN_H
#define CORE_INTERN_H

#include "core/arena.h"

struct intern_slot {
    const char *text; /* NULL: a free one */
    size_t number;
};

struct intern {
    struct intern_slot *slots;
    size_t n, size;
};

const char *intern(struct intern *t, struct arena *arena, const char *s); /* NULL stays NULL */
/* The number that goes with the string: 0 at first, the caller's to set before the next call. */
size_t *intern_number(struct intern *t, struct arena *arena, const char *s);
void intern_clear(struct intern *t);

#endif
