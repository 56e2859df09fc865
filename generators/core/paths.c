/* paths.c - see paths.h. */
#define _DEFAULT_SOURCE /* geteuid beside the rest */
#include "core/paths.h"

#include "core/machine.h"
#include "core/output.h"
#include "core/real_path.h"

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
    const char *real = real_path(&forever, place); /* messages name these files */
    return found = real ? real : place;
}

/* --- what stands on the machine to be searched before ours --- */

static bool overlays_wanted = true;

void shenbao_without_overlays(void)
{
    overlays_wanted = false;
}

/* The user's own folder, then the machine's. */
static size_t standing_overlays(const char *leaf, const char **dirs)
{
    const char *xdg = getenv("XDG_CONFIG_HOME"), *user = getenv("HOME"), *own = NULL;
    size_t n = 0;

    if (!overlays_wanted)
        return 0;
    if (xdg && *xdg == '/')
        own = arena_printf(&forever, "%s/shenbao/%s", xdg, leaf);
    else if (user && *user == '/')
        own = arena_printf(&forever, "%s/.config/shenbao/%s", user, leaf);
    if (own && path_is_folder(own))
        dirs[n++] = own;
    const char *all = arena_printf(&forever, "/etc/shenbao/%s", leaf);
    if (path_is_folder(all))
        dirs[n++] = all;
    return n;
}

const char *const *shenbao_overlays(void)
{
    static const char *dirs[5];
    size_t n = standing_overlays("templates", dirs);
    dirs[n + standing_overlays("fonts", dirs + n)] = NULL;
    return dirs;
}

/* overlay: -T or -F; kind: templates, fonts. */
static const char *const *list(const char *overlay, const char *kind, const char *profile,
                               const char *leaf)
{
    const char **dirs = ARENA_ARRAY(&forever, const char *, 6);
    size_t n = 0;
    if (overlay)
        dirs[n++] = overlay;
    n += standing_overlays(kind, dirs + n);
    if (profile)
        dirs[n++] = profile;
    dirs[n] = arena_printf(&forever, "%s/%s", home(), leaf);
    return dirs;
}

const char *const *shenbao_font_dirs(const char *overlay)
{
    return list(overlay, "fonts", NULL, "fonts");
}

const char *const *shenbao_template_dirs(const char *overlay, const char *profile)
{
    return list(overlay, "templates", profile, "templates/base");
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
