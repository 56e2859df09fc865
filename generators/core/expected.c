/* expected.c - see expected.h. */
#include "core/expected.h"

#include "core/output.h"
#include "core/pipes.h"
#include "core/real_path.h"
#include "core/strings.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST = 8 }; /* options that name files, of one program */

static struct expected {
    const char *option, *path, *made;
    int pipe; /* opened; -1: it is none */
    bool asked, refused;
} all[MOST];
static size_t n_all;

void expect_output(const char *option, const char *path, const char *made)
{
    if (path && strcmp(path, "-") && n_all < MOST)
        all[n_all++] = (struct expected){.option = option, .path = path, .made = made, .pipe = -1};
}

/* Its folder with all links followed, and its name; NULL: the folder is not there. */
static char *real_place(struct arena *arena, const char *path)
{
    const char *folder = real_folder(arena, path);
    return folder ? arena_printf(arena, "%s/%s", folder, path_leaf(path)) : NULL;
}

/* Devices and pipes may be written to by several. */
static bool are_one_file(const char *a, const char *b)
{
    struct arena arena = {0};
    struct stat x, y;
    bool there = stat(a, &x) == 0, both = there && stat(b, &y) == 0;
    if (there && !S_ISREG(x.st_mode))
        return false;
    const char *p = real_place(&arena, a), *q = real_place(&arena, b);
    bool one = (both && x.st_dev == y.st_dev && x.st_ino == y.st_ino) || !strcmp(a, b) ||
               (p && q && !strcmp(p, q));
    arena_free(&arena);
    return one;
}

/* What -o names is asked about though it may be a folder: a file of that name is none, either. */
static bool is_of_its_own(const struct expected *e, struct diag *diag)
{
    bool of_made = e->made && e->made != e->path && are_one_file(e->path, e->made);
    const char *option = of_made ? "-o" : NULL;
    for (const struct expected *other = all; !option && other < e; other++)
        if (are_one_file(e->path, other->path))
            option = other->option;
    return !option || diag_system(diag, (struct src_pos){e->path, 0},
                                  "%s 和 %s 是同一个文件；请各起一个文件名",
                                  "%s and %s name one file: give each its own", option, e->option);
}

/* Does it lie in a folder that the run is going to make, or is that what -o names? */
static bool waits_for_folder(const struct expected *e)
{
    size_t len = e->made ? strlen(e->made) : 0;
    while (len > 1 && e->made[len - 1] == '/')
        len--;
    return len > 0 && !strncmp(e->path, e->made, len) &&
           (e->path[len] == '/' || e->path[len] == '\0');
}

static bool ask(struct expected *e, struct diag *diag)
{
    struct stat st;
    bool there = stat(e->path, &st) == 0;

    if (!there && errno == ENOENT && waits_for_folder(e))
        return true;
    if (there && S_ISFIFO(st.st_mode)) {
        e->pipe = pipe_open_to_write(e->path);
        return e->pipe >= 0 || output_failed(e->path, diag);
    }
    return output_can_be(e->path, diag);
}

bool expected_outputs(struct diag *diag)
{
    bool ok = true;
    for (struct expected *e = all; e < all + n_all; e++) {
        if (!e->refused)
            e->refused = output_is_protected(e->path, diag) ||
                         (!e->asked && (!is_of_its_own(e, diag) || !ask(e, diag)));
        e->asked = true;
        ok = ok && !e->refused;
    }
    return ok;
}

int expected_pipe(const char *path)
{
    for (const struct expected *e = all; e < all + n_all; e++)
        if (e->pipe >= 0 && !strcmp(e->path, path))
            return fcntl(e->pipe, F_DUPFD_CLOEXEC, 0);
    return -1;
}

int expected_append(const char *path)
{
    int pipe = expected_pipe(path);
    return pipe >= 0 ? pipe
                     : open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
}
