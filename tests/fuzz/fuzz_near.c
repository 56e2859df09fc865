/* fuzz_near.c - a name that the input cites and under which there is no file: what is meant by it
 * is a file of the folder, and of none outside. The first line is the name, each other one a file,
 * as its bytes. */
#include "folder.h"

#include "media/near_name.h"

#include <stdlib.h>

enum { MOST_NAMES = 16 };

static void hold_inside(const char *root, const struct near_name *found, struct arena *arena)
{
    struct stat st;
    door_hold(*found->path && *found->path != '/');
    const char *around = arena_printf(arena, "/%s/", found->path);
    door_hold(!strstr(around, "/../") && !strstr(around, "/./"));
    const char *path = arena_printf(arena, "%s/%s", root, found->path);
    door_hold(found->other_bytes || (lstat(path, &st) == 0 && S_ISREG(st.st_mode)));
    door_came(found->path, strlen(found->path));
}

void door_run(const uint8_t *data, size_t size)
{
    struct door_bytes rest = {data, size};
    struct arena arena = {0};
    struct near_name found;
    const char *outer = arena_printf(&arena, "%s/batch", door_folder()),
               *root = arena_printf(&arena, "%s/input", outer);
    char *href = door_xml_text(door_line(&rest));
    door_hold(mkdir(outer, 0700) == 0 && mkdir(root, 0700) == 0);
    close(
        open(arena_printf(&arena, "%s/outside.pdf", outer), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    for (int i = 0; i < MOST_NAMES && rest.size > 0; i++) {
        char *path = door_text(door_line(&rest));
        folder_put(root, path);
        free(path);
    }
    if (near_name_find(&found, &arena, root, href))
        hold_inside(root, &found, &arena);
    free(href);
    folder_remove(outer);
    arena_free(&arena);
}
