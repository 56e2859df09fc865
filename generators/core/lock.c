/* lock.c - see lock.h. Byte ranges of the lock file stand for what is locked: byte N is held for
 * reading by all shards of a division into N, byte BASE + K for writing by its shard K; who wants
 * all of the tree locks all bytes. */
#define _GNU_SOURCE /* F_OFD_SETLK: unlike POSIX's own, held by forked processes too, and not lost \
                       by any close */
#include "core/lock.h"

#include "core/output.h"
#include "core/system_error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

enum { BASE = LOCK_SHARDS_MOST + 1 };

static bool hold(int fd, short type, off_t from, off_t len)
{
    struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_start = from, .l_len = len};
    return fcntl(fd, F_OFD_SETLK, &l) == 0;
}

/* Does anybody hold a part of it, or can that not be found out? errno is as hold leaves it. */
static bool held(int fd, off_t from, off_t len)
{
    struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = from, .l_len = len};
    if (len <= 0)
        return false;
    if (fcntl(fd, F_OFD_GETLK, &l) != 0)
        return true;
    errno = EAGAIN;
    return l.l_type != F_UNLCK;
}

int lock_tree(const char *root, unsigned shard, unsigned shards, struct diag *diag)
{
    struct arena arena = {0};
    const char *path = arena_printf(&arena, "%s/.lock", root);
    const struct src_pos at = {root, 0};
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = false;

    if (fd >= 0)
        output_share_file(fd); /* who may write here takes turns with us */
    if (fd < 0)
        output_failed(path, diag);
    else if (shards == 0)
        ok = hold(fd, F_WRLCK, 0, 0);
    else /* our own first, then a look at other divisions: of two that begin at once at most one
            goes on */
        ok = hold(fd, F_RDLCK, (off_t)shards, 1) && hold(fd, F_WRLCK, BASE + (off_t)shard, 1) &&
             !held(fd, 0, (off_t)shards) && !held(fd, (off_t)shards + 1, BASE - (off_t)shards - 1);
    if (fd >= 0 && !ok) {
        if (errno == EAGAIN || errno == EACCES)
            diag_system(diag, at, "另一个程序正在写这个文件夹，请等它结束",
                        "another run is writing this folder: wait until it has ended");
        else
            diag_errno(diag, at, "无法锁定", "it cannot be locked");
        close(fd);
        fd = -1;
    }
    arena_free(&arena);
    return fd;
}

int lock_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || flock(fd, LOCK_EX) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}
