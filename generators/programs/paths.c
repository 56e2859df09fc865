/* paths.c - see paths.h. */
#include "programs/paths.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct arena forever; /* a handful of names, kept until the process ends */

/* The directory that holds templates/ and fonts/: the checkout's when run from build/bin, else ../share/shenbao. */
static const char *home(void)
{
    static const char *found;
    char exe[4096];

    if (found)
        return found;
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    exe[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(exe, '/');
    if (slash)
        *slash = '\0';
    const char *place = arena_printf(&forever, "%s/../..", exe);
    if (access(arena_printf(&forever, "%s/fonts/fonts.xml", place), R_OK) != 0)
        place = arena_printf(&forever, "%s/../share/shenbao", exe);
    char *real = realpath(place, NULL); /* messages name these files */
    found = real ? arena_strdup(&forever, real) : place;
    free(real);
    return found;
}

static const char *const *list(const char *overlay, const char *leaf)
{
    const char **dirs = ARENA_ARRAY(&forever, const char *, 3);
    size_t n = 0;
    if (overlay)
        dirs[n++] = overlay;
    dirs[n] = arena_printf(&forever, "%s/%s", home(), leaf);
    return dirs;
}

const char *const *shenbao_font_dirs(const char *overlay)
{
    return list(overlay, "fonts");
}

const char *const *shenbao_template_dirs(const char *overlay)
{
    return list(overlay, "templates");
}

char *shenbao_find(struct arena *arena, const char *const *dirs, const char *name)
{
    for (; *dirs; dirs++) {
        char *path = arena_printf(arena, "%s/%s", *dirs, name);
        if (access(path, R_OK) == 0)
            return path;
    }
    return NULL;
}

static const char *leaf(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int by_leaf(const void *a, const void *b)
{
    return strcmp(leaf(*(char *const *)a), leaf(*(char *const *)b));
}

size_t shenbao_find_all(struct arena *arena, const char *const *dirs, const char *pattern, char ***out)
{
    size_t n = 0, cap = 0;
    *out = NULL;
    for (; *dirs; dirs++) {
        glob_t found;
        char *quoted = arena_alloc(arena, 2 * strlen(*dirs) + 1, 1), *p = quoted; /* the directory is no pattern */
        for (const char *c = *dirs; *c; c++) {
            if (strchr("*?[\\", *c))
                *p++ = '\\';
            *p++ = *c;
        }
        if (glob(arena_printf(arena, "%s/%s", quoted, pattern), 0, NULL, &found) != 0)
            continue;
        for (size_t i = 0; i < found.gl_pathc; i++) {
            size_t k = 0;
            while (k < n && strcmp(leaf((*out)[k]), leaf(found.gl_pathv[i])))
                k++;
            if (k == n)
                *ARENA_PUSH(arena, *out, n, cap) = arena_strdup(arena, found.gl_pathv[i]);
        }
        globfree(&found);
    }
    if (n > 1)
        qsort(*out, n, sizeof **out, by_leaf);
    return n;
}
