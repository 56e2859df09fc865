/* find.c - see find.h. */
#include "core/find.h"

#include "core/machine.h"
#include "core/spelling.h"
#include "core/strings.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char *find_file(struct arena *arena, const char *const *dirs, const char *name)
{
    for (; *dirs; dirs++) {
        char *path = arena_printf(arena, "%s/%s", *dirs, name);
        struct stat st;
        if (lstat(path, &st) == 0)
            return path;
        machine_ask(path);
    }
    return NULL;
}

char *find_template(struct arena *arena, const char *const *dirs, const char *name,
                    struct src_pos from, struct diag *diag)
{
    struct spelling_guess guess = {.word = name};
    char *path = find_file(arena, dirs, name), **others;

    if (path)
        return path;
    for (size_t n = from.file ? find_files(arena, dirs, "*.xml", &others) : 0; n > 0; n--)
        spelling_guess(&guess, path_leaf(others[n - 1]));
    if (guess.best)
        diag_system(diag, from, "没有模板 %s；是不是 %s", "there is no template %s; is it %s?",
                    name, guess.best);
    else if (from.file)
        diag_system(diag, from, "没有模板 %s", "there is no template %s", name);
    else
        diag_system(diag, (struct src_pos){name, 0}, "找不到模板文件", "template file not found");
    return NULL;
}

static int by_leaf(const void *a, const void *b)
{
    return strcmp(path_leaf(*(char *const *)a), path_leaf(*(char *const *)b));
}

/* The names in one directory that match and that no directory before it has. */
static void add_files(struct arena *arena, const char *dir, const char *pattern, char ***out,
                      size_t *n, size_t *cap)
{
    DIR *list = opendir(dir);
    struct dirent *e;

    if (!list)
        machine_ask(dir);
    while (errno = 0, list && (e = readdir(list))) {
        size_t k = 0;
        if (fnmatch(pattern, e->d_name, FNM_PERIOD))
            continue;
        while (k < *n && strcmp(path_leaf((*out)[k]), e->d_name))
            k++;
        if (k == *n)
            *ARENA_PUSH(arena, *out, *n, *cap) = arena_printf(arena, "%s/%s", dir, e->d_name);
    }
    if (list) {
        machine_ask(dir); /* readdir */
        closedir(list);
    }
}

size_t find_files(struct arena *arena, const char *const *dirs, const char *pattern, char ***out)
{
    size_t n = 0, cap = 0;
    *out = NULL;
    for (; *dirs; dirs++)
        add_files(arena, *dirs, pattern, out, &n, &cap);
    if (n > 1)
        qsort(*out, n, sizeof **out, by_leaf);
    return n;
}
