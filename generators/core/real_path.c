/* real_path.c - see real_path.h. */
#include "core/real_path.h"

#include "core/machine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *real_path(struct arena *arena, const char *path)
{
    char *real = realpath(path, NULL);
    if (!real)
        machine_ask(path);
    const char *kept = real ? arena_strdup(arena, real) : NULL;
    free(real);
    return kept;
}

const char *real_folder(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return real_path(arena, slash ? arena_strndup(arena, path, (size_t)(slash - path) + 1) : ".");
}

bool path_is_folder(const char *path)
{
    struct stat st;
    bool there = stat(path, &st) == 0;
    if (!there)
        machine_ask(path);
    return there && S_ISDIR(st.st_mode);
}
