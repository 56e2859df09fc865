/* pipes.c - see pipes.h. */
#define _GNU_SOURCE /* tee */
#include "core/pipes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 10, MILLISECONDS = 100 }; /* between two of them */

/* Signals do not shorten it. */
static void pause_between(void)
{
    struct timespec left = {0, MILLISECONDS * 1000000L};
    while (nanosleep(&left, &left) < 0 && errno == EINTR)
        continue;
}

/* Has the empty pipe a writer, or has one come and gone? What it holds stays in it. */
static bool is_written_to(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int probe[2];

    if (poll(&p, 1, 0) > 0)
        return true; /* there are data, or their end */
    if (pipe2(probe, O_CLOEXEC) < 0)
        return true; /* reading will tell */
    bool nobody = tee(fd, probe[1], 1, SPLICE_F_NONBLOCK) == 0;
    close(probe[0]);
    close(probe[1]);
    return !nobody;
}

/* Reads and writes wait from now on. false: the descriptor is closed, and errno says why. */
static bool let_it_wait(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0) {
        int saved = errno;
        close(fd);
        errno = saved;
        return false;
    }
    return true;
}

int pipe_open_to_read(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return -1;
    bool fifo = fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
    for (int i = 0; fifo && !is_written_to(fd); i++) {
        if (i == TRIES) {
            close(fd);
            errno = ENXIO;
            return -1;
        }
        pause_between();
    }
    return let_it_wait(fd) ? fd : -1;
}

int pipe_open_to_write(const char *path)
{
    int fd = -1;
    for (int i = 0; (fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) < 0; i++) {
        if ((errno != ENXIO && errno != EINTR) || i == TRIES)
            return -1;
        pause_between();
    }
    return let_it_wait(fd) ? fd : -1;
}

bool pipe_without_writer(const char *path, struct diag *diag)
{
    return diag_system(diag, (struct src_pos){path, 0},
                       "这是管道（FIFO），没有程序往里写；请先运行写它的程序，或给出普通文件",
                       "this is a pipe (FIFO) that nobody writes into: start who writes first, or "
                       "name a file");
}
