/* input.c - see input.h. */
#include "record/input.h"

#include "core/machine.h"
#include "core/output.h"
#include "core/pipes.h"
#include "core/protected.h"
#include "core/system_error.h"
#include "core/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SPOOL_LIMIT_GIB = 4 }; /* a pipe may never end */

static bool cannot(struct diag *diag, const char *name, const char *zh, const char *en, int error)
{
    errno = error;
    return diag_errno(diag, (struct src_pos){name, 0}, "%s%.0s", "%.0s%s", zh, en);
}

static void remember(struct input *in, const struct stat *st)
{
    in->device = st->st_dev;
    in->inode = st->st_ino;
    in->size = st->st_size;
    in->changed = st->st_mtim;
}

/* Copies what can be read only once into a file without a name. */
static bool spool(struct input *in, int from, struct diag *diag)
{
    char block[65536];
    off_t size = 0;

    if ((in->spool = temporary_open(in->name, diag)) < 0)
        return false;
    for (ssize_t n; (n = read(from, block, sizeof block)) != 0; size += n) {
        if (n < 0 && errno == EINTR) {
            n = 0;
            continue;
        }
        if (n < 0)
            return cannot(diag, in->name, "读取失败", "reading failed", errno);
        if (size >> 30 >= SPOOL_LIMIT_GIB)
            return diag_system(
                diag, (struct src_pos){in->name, 0}, "超过 %d GiB；请把数据存为文件再读",
                "more than %d GiB; store the data in a file and read that", SPOOL_LIMIT_GIB);
        if (!output_bytes(in->spool, block, (size_t)n))
            return diag_errno(
                diag, (struct src_pos){in->name, 0},
                "不能写 %s 里的临时文件（可用 TMPDIR 另指定目录）",
                "cannot write the temporary file in %s (TMPDIR may name another folder)",
                temporary_folder());
    }
    struct stat st;
    if (fstat(in->spool, &st))
        return cannot(diag, in->name, "无法读取", "cannot read", errno);
    remember(in, &st);
    return true;
}

static struct input named(const char *path, struct arena *arena)
{
    const char *slash = strrchr(path, '/');
    return (struct input){.name = strcmp(path, "-") ? path : "stdin",
                          .path = path,
                          .dir =
                              slash ? arena_strndup(arena, path, (size_t)(slash - path) + 1) : ".",
                          .spool = -1};
}

bool input_init_made(struct input *in, const char *path, int fd, struct arena *arena,
                     struct diag *diag)
{
    struct stat st;
    *in = named(path, arena);
    if ((in->spool = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0 || fstat(in->spool, &st))
        return cannot(diag, in->name, "无法读取", "cannot read", errno);
    remember(in, &st);
    return true;
}

bool input_init(struct input *in, const char *path, struct arena *arena, struct diag *diag)
{
    bool standard = !strcmp(path, "-");
    struct stat st;

    *in = named(path, arena);
    int fd = standard ? STDIN_FILENO : pipe_open_to_read(path);
    if (fd < 0 && errno == ENXIO)
        return pipe_without_writer(path, diag);
    if (fd < 0 && errno == ENOENT)
        return diag_system(diag, (struct src_pos){path, 0}, "没有这个文件",
                           "there is no such file");
    if (fd < 0 || fstat(fd, &st))
        return cannot(diag, in->name, "无法读取", "cannot read", errno);
    bool ok = false;
    if (S_ISREG(st.st_mode))
        protect_file(&st, PROTECTED_INPUT);
    if (isatty(fd)) {
        diag_system(diag, (struct src_pos){0}, "没有给出输入文件", "no input file was named");
    } else if (S_ISDIR(st.st_mode)) {
        diag_system(diag, (struct src_pos){in->name, 0}, "这是目录；请给出其中的 XML 文件或工作簿",
                    "this is a directory; name the XML file or workbook in it");
    } else if (S_ISREG(st.st_mode) && !standard) {
        remember(in, &st);
        ok = true;
    } else {
        ok = spool(in, fd, diag);
    }
    if (!standard)
        close(fd);
    return ok;
}

void input_clear(struct input *in)
{
    if (in->spool >= 0)
        close(in->spool);
    in->spool = -1;
}

bool input_unchanged(const struct input *in, int fd)
{
    struct stat st;
    if (fstat(fd, &st)) {
        machine_ask(in->name);
        return false;
    }
    return st.st_dev == in->device && st.st_ino == in->inode && st.st_size == in->size &&
           st.st_mtim.tv_sec == in->changed.tv_sec && st.st_mtim.tv_nsec == in->changed.tv_nsec;
}

int input_open(const struct input *in, struct diag *diag)
{
    int fd = in->spool >= 0 ? in->spool : open(in->path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        cannot(diag, in->name, "无法读取", "cannot read", errno);
    } else if (!input_unchanged(in, fd)) {
        diag_system(diag, (struct src_pos){in->name, 0}, "文件在运行中被改动；请重新运行",
                    "the file was changed during the run; run again");
        input_close(in, fd);
        fd = -1;
    }
    return fd;
}

void input_close(const struct input *in, int fd)
{
    if (fd >= 0 && fd != in->spool)
        close(fd);
}
