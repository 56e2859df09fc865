/* scan_files.c - see scan_files.h. Links are not followed, so that nothing outside the folder is
 * taken for a scan. */
#include "workbook/scan_files.h"

#include "core/machine.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct walk {
    struct scan_files *out;
    const struct scan_words *words;
    const char *folder;
    struct arena *arena;
    struct diag *diag;
};

static bool is_ignored(const struct walk *w, const char *name)
{
    for (size_t i = 0; i < w->words->ignored.n; i++)
        if (!fnmatch(w->words->ignored.list[i].name, name, 0))
            return true;
    return false;
}

static bool refuse(struct walk *w, const char *path, const char *zh, const char *en)
{
    return diag_add(
        w->diag,
        (struct finding){.severity = SEVERITY_ERROR, .fault = FAULT_SYSTEM, .at = {path, 0}},
        "%s%.0s", "%.0s%s", zh, en);
}

static bool read_folder(struct walk *w, int fd, const char *path, int deep);

static bool read_entry(struct walk *w, int folder, const char *name, const char *path, int deep)
{
    struct stat st;
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
        machine_ask(path);
        return true; /* it has gone meanwhile */
    }
    if (S_ISLNK(st.st_mode))
        w->out->links++;
    if (S_ISREG(st.st_mode)) {
        if (w->out->n == SCAN_FILES_LIMIT)
            return refuse(w, w->folder, "文件超过 100000 个，请分批",
                          "holds more than 100000 files");
        *ARENA_PUSH(w->arena, w->out->paths, w->out->n, w->out->cap) = path;
    }
    if (!S_ISDIR(st.st_mode))
        return true;
    if (deep == SCAN_FOLDERS_DEEP)
        return refuse(w, path, "文件夹超过 64 层", "is more than 64 folders deep");
    int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        machine_ask(path);
        return refuse(w, path, "文件夹打不开", "cannot be opened");
    }
    return read_folder(w, fd, path, deep + 1);
}

/* Takes the descriptor. path: "" or below the folder, without a / at its end. */
static bool read_folder(struct walk *w, int fd, const char *path, int deep)
{
    DIR *d = fdopendir(fd);
    bool ok = d != NULL;

    if (!d) {
        machine_ask(w->folder);
        close(fd);
        return refuse(w, w->folder, "文件夹读不出来", "cannot be read");
    }
    for (struct dirent *e; ok && (errno = 0, e = readdir(d));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || is_ignored(w, e->d_name))
            continue;
        const char *below = arena_printf(w->arena, "%s%s%s", path, *path ? "/" : "", e->d_name);
        ok = read_entry(w, dirfd(d), e->d_name, below, deep);
    }
    if (ok && errno)
        machine_ask(w->folder);
    closedir(d);
    return ok;
}

/* P2 before P10. */
static int compare_paths(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    for (; *x && *y; x++, y++) {
        if (isdigit((unsigned char)*x) && isdigit((unsigned char)*y)) {
            size_t n = strspn(x, "0123456789"), m = strspn(y, "0123456789"), i = strspn(x, "0"),
                   k = strspn(y, "0"); /* those before the number count last */
            int order = n - i != m - k ? (n - i < m - k ? -1 : 1) : memcmp(x + i, y + k, n - i);
            if (order || n != m)
                return order ? order : n < m ? -1 : 1;
            x += n - 1;
            y += m - 1;
        } else if (*x != *y) {
            return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
        }
    }
    return *x ? 1 : *y ? -1 : 0;
}

bool scan_files_read(struct scan_files *out, const char *folder, const struct scan_words *words,
                     struct arena *arena, struct diag *diag)
{
    struct walk w = {out, words, folder, arena, diag};
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    *out = (struct scan_files){0};
    if (fd < 0) {
        machine_ask(folder);
        return refuse(&w, folder, "扫描件的文件夹打不开", "the folder of scans cannot be opened");
    }
    if (!read_folder(&w, fd, "", 1))
        return false;
    if (out->n)
        qsort(out->paths, out->n, sizeof *out->paths, compare_paths);
    return true;
}
