/* late_library.c - see late_library.h. */
#include "core/late_library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Like a lack of memory, this has one policy in one place. */
static _Noreturn void fail(const struct late_library *l)
{
    fprintf(stderr, "shenbao: error: cannot load %s: %s\n", l->purpose, dlerror());
    _Exit(2);
}

void late_library_load(struct late_library *l)
{
    if (!l->handle && !(l->handle = dlopen(l->name, RTLD_NOW | RTLD_LOCAL)))
        fail(l);
}

/* POSIX promises that the bytes of the two kinds of pointer are the same. */
void late_library_find(struct late_library *l, const char *name, void *function)
{
    late_library_load(l);
    void *symbol = dlsym(l->handle, name);
    if (!symbol)
        fail(l);
    memcpy(function, &symbol, sizeof symbol);
}
