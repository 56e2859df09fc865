/* late_library.c - see late_library.h. */
#include "core/late_library.h"

#include "core/machine.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A worker tells its parent. */
static _Noreturn void fail(const struct late_library *l)
{
    char text[LANGUAGE_COUNT][MACHINE_REASON];
    const char *why = dlerror();

    if (!why)
        why = l->name;
    snprintf(text[LANGUAGE_ZH], MACHINE_REASON, "不能装载程序库 %s：%s", l->name, why);
    snprintf(text[LANGUAGE_EN], MACHINE_REASON, "cannot load %s: %s", l->purpose, why);
    errno = 0;
    machine_failed(NULL, text[LANGUAGE_ZH], text[LANGUAGE_EN]);
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
