/* paths.c - see paths.h. */
#include "programs/paths.h"

#include <stdlib.h>
#include <string.h>
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
