/* temporary.c - see temporary.h. */
#define _GNU_SOURCE /* O_TMPFILE, mkostemp */
#include "core/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *temporary_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && *folder ? folder : "/tmp";
}

/* Where the file system cannot do without a name, it has one for a moment. */
int temporary_in(const char *folder)
{
    struct arena arena = {0};
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd < 0) {
        char *name = arena_printf(&arena, "%s/.shenbao-XXXXXX", folder);
        if ((fd = mkostemp(name, O_CLOEXEC)) >= 0)
            unlink(name);
        int saved = errno;
        arena_free(&arena);
        errno = saved;
    }
    return fd;
}

int temporary_open(const char *about, struct diag *diag)
{
    int fd = temporary_in(temporary_folder());
    if (fd < 0)
        diag_system(diag, (struct src_pos){about, 0},
                    "不能在 %s 建立临时文件：%s；可用 TMPDIR 另指定目录",
                    "cannot make a temporary file in %s: %s; TMPDIR may name another folder",
                    temporary_folder(), strerror(errno));
    return fd;
}

FILE *temporary_file(const char *about, struct diag *diag)
{
    int fd = temporary_open(about, diag);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w+b");
    if (fd >= 0 && !file) {
        diag_system(diag, (struct src_pos){about, 0}, "不能打开临时文件：%s",
                    "cannot open a temporary file: %s", strerror(errno));
        close(fd);
    }
    return file;
}
