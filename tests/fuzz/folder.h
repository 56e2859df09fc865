/* folder.h - a folder of files of any names, for doors that look for files. */
#define _GNU_SOURCE /* nftw */
#ifndef FUZZ_FOLDER_H
#define FUZZ_FOLDER_H

#include "door.h"

#include <fcntl.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* An empty file of this path, as far as it is one. */
static inline void folder_put(const char *root, char *path)
{
    enum { LONGEST = 200 };
    struct arena arena = {0};
    const char *at = root;
    for (char *name = strtok(path, "/"), *next; name; name = next) {
        next = strtok(NULL, "/");
        if (!strcmp(name, ".") || !strcmp(name, "..") || strlen(name) > LONGEST)
            break;
        at = arena_printf(&arena, "%s/%s", at, name);
        if (next)
            mkdir(at, 0700);
        else
            close(open(at, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    }
    arena_free(&arena);
}

static inline int folder_remove_one(const char *path, const struct stat *st, int kind,
                                    struct FTW *place)
{
    (void)st, (void)kind, (void)place;
    return remove(path);
}

/* With all that is in it. */
static inline void folder_remove(const char *root)
{
    door_hold(nftw(root, folder_remove_one, 16, FTW_PHYS | FTW_DEPTH) == 0);
}

#endif
