/* protected.c - see protected.h. */
#include "core/protected.h"

#include "core/machine.h"
#include "core/real_path.h"
#include "core/strings.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct protected_file {
    dev_t device;
    ino_t inode;
    enum protected_kind kind;
};

struct protected_folder {
    const char *path; /* real, ended by '/' */
    enum protected_kind kind;
};

static struct {
    struct arena arena;
    struct protected_file *files;
    size_t n_files, cap_files;
    struct protected_folder *folders;
    size_t n_folders, cap_folders;
    uint64_t *cited; /* sums of folder and name; in order while sorted */
    size_t n_cited, cap_cited;
    bool sorted;
    char *folder; /* the last one that was looked up */
    struct stat folder_stat;
} all;

void protect_file(const struct stat *st, enum protected_kind kind)
{
    *ARENA_PUSH(&all.arena, all.files, all.n_files, all.cap_files) =
        (struct protected_file){st->st_dev, st->st_ino, kind};
}

void protect_folder(const char *dir, enum protected_kind kind)
{
    const char *real = real_path(&all.arena, dir);
    if (real)
        *ARENA_PUSH(&all.arena, all.folders, all.n_folders, all.cap_folders) =
            (struct protected_folder){arena_printf(&all.arena, "%s/", real), kind};
}

/* --- cited files --- */

static uint64_t add(uint64_t sum, const void *data, size_t len)
{
    for (const unsigned char *p = data; len > 0; len--, p++)
        sum = (sum ^ *p) * 1099511628211u;
    return sum;
}

/* 0: its folder is not there. */
static uint64_t sum_of(const char *path)
{
    struct arena arena = {0};
    const char *name = path_leaf(path),
               *folder = name > path ? arena_strndup(&arena, path, (size_t)(name - path)) : "./";
    bool known = all.folder && !strcmp(all.folder, folder);

    if (!known) {
        free(all.folder);
        all.folder = mem_alloc(strlen(folder) + 1, 1);
        strcpy(all.folder, folder);
        if (stat(folder, &all.folder_stat) != 0) {
            machine_ask(folder);
            all.folder_stat = (struct stat){0};
        }
    }
    arena_free(&arena);
    if (!all.folder_stat.st_ino)
        return 0;
    uint64_t sum = add(14695981039346656037u, &all.folder_stat.st_dev, sizeof(dev_t));
    sum = add(sum, &all.folder_stat.st_ino, sizeof(ino_t));
    return add(sum, name, strlen(name));
}

void protect_cited(const char *dir, const char *href)
{
    struct arena arena = {0};
    uint64_t sum = sum_of(*href == '/' ? href : arena_printf(&arena, "%s/%s", dir, href));
    if (sum)
        *MEM_PUSH(all.cited, all.n_cited, all.cap_cited) = sum;
    all.sorted = false;
    arena_free(&arena);
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static bool is_cited(const char *path)
{
    if (!all.sorted && all.n_cited > 0)
        qsort(all.cited, all.n_cited, sizeof *all.cited, by_number);
    all.sorted = true;
    uint64_t sum = sum_of(path);
    return sum && all.n_cited > 0 &&
           bsearch(&sum, all.cited, all.n_cited, sizeof *all.cited, by_number);
}

/* --- asking --- */

/* In a folder of templates a run may write, but over no template. */
static bool is_read_there(const char *name)
{
    static const char *const endings[] = {".xml",         ".xsd", ".rng", ".otf", ".ttf",
                                          ".schema.json", ".ttc", ".otc", NULL};
    return path_ends_in(name, endings);
}

bool protected_is(const char *path, const struct stat *st, enum protected_kind *kind)
{
    for (size_t i = 0; i < all.n_files; i++) {
        *kind = all.files[i].kind;
        if (all.files[i].device == st->st_dev && all.files[i].inode == st->st_ino)
            return true;
    }
    struct arena arena = {0};
    const char *real = real_path(&arena, path);
    bool found = false;
    if (real && is_cited(real)) {
        *kind = PROTECTED_ATTACHMENT;
        found = true;
    }
    for (size_t i = 0; real && !found && i < all.n_folders && is_read_there(real); i++) {
        *kind = all.folders[i].kind;
        found = !strncmp(real, all.folders[i].path, strlen(all.folders[i].path));
    }
    arena_free(&arena);
    return found;
}
