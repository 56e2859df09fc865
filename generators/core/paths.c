/* paths.c - see paths.h. */
#define _DEFAULT_SOURCE /* geteuid beside the rest */
#include "core/paths.h"

#include "core/machine.h"
#include "core/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena forever; /* a handful of names, kept until the process ends */

/* The directory that holds templates/ and fonts/: the checkout's when run from build/bin, else
 * ../share/shenbao. */
static const char *home(void)
{
    static const char *found;
    char exe[4096];

    if (found)
        return found;
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    exe[n > 0 ? n : 0] = '\0';
    if (n <= 0 && getauxval(AT_EXECFN)) /* there is no /proc */
        snprintf(exe, sizeof exe, "%s", (const char *)getauxval(AT_EXECFN));
    char *slash = strrchr(exe, '/');
    if (slash)
        *slash = '\0';
    const char *place = arena_printf(&forever, "%s/../..", exe);
    if (access(arena_printf(&forever, "%s/fonts/fonts.xml", place), R_OK) != 0) {
        machine_ask(place);
        place = arena_printf(&forever, "%s/../share/shenbao", exe);
    }
    char *real = realpath(place, NULL); /* messages name these files */
    if (!real)
        machine_ask(place);
    found = real ? arena_strdup(&forever, real) : place;
    free(real);
    return found;
}

static const char *const *list(const char *first, const char *second, const char *leaf)
{
    const char **dirs = ARENA_ARRAY(&forever, const char *, 4);
    size_t n = 0;
    if (first)
        dirs[n++] = first;
    if (second)
        dirs[n++] = second;
    dirs[n] = arena_printf(&forever, "%s/%s", home(), leaf);
    return dirs;
}

const char *const *shenbao_font_dirs(const char *overlay)
{
    return list(overlay, NULL, "fonts");
}

const char *const *shenbao_template_dirs(const char *overlay, const char *profile)
{
    return list(overlay, profile, "templates/base");
}

const char *shenbao_templates(void)
{
    return arena_printf(&forever, "%s/templates", home());
}

/* A folder of the user's own, which is made if need be. */
static bool is_own_folder(const char *path)
{
    struct stat st;
    struct diag silent = {0};
    bool ok = output_make_directory(path, &silent) && stat(path, &st) == 0 &&
              st.st_uid == geteuid() && access(path, W_OK) == 0;
    diag_clear(&silent);
    return ok;
}

const char *shenbao_cache(struct arena *arena, const char *leaf)
{
    const char *given = getenv("CACHE_DIRECTORY"), *xdg = getenv("XDG_CACHE_HOME"),
               *user = getenv("HOME"), *dir = NULL;
    if (given && *given == '/')
        dir = arena_strndup(arena, given, strcspn(given, ":"));
    else if (xdg && *xdg == '/')
        dir = arena_printf(arena, "%s/shenbao", xdg);
    else if (user && *user == '/')
        dir = arena_printf(arena, "%s/.cache/shenbao", user);
    return dir && is_own_folder(dir) ? arena_printf(arena, "%s/%s", dir, leaf) : NULL;
}
