/* intern.h - strings that come again and again, each kept once. {0} is ready for use; the strings
 * are the arena's, the table is freed with intern_clear. */
#ifndef CORE_INTERN_H
#define CORE_INTERN_H

#include "core/arena.h"

struct intern {
    const char **slots;
    size_t n, size;
};

const char *intern(struct intern *t, struct arena *arena, const char *s); /* NULL stays NULL */
void intern_clear(struct intern *t);

#endif
