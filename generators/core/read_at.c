/* read_at.c - see read_at.h. */
#include "core/read_at.h"

#include <errno.h>
#include <unistd.h>

ssize_t read_at(int fd, void *to, size_t len, off_t at)
{
    size_t got = 0;
    while (got < len) {
        ssize_t n = pread(fd, (char *)to + got, len - got, at + (off_t)got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return (ssize_t)got;
}

bool read_all_at(int fd, void *to, size_t len, off_t at)
{
    ssize_t n = read_at(fd, to, len, at);
    if (n >= 0 && (size_t)n < len)
        errno = EIO;
    return n >= 0 && (size_t)n == len;
}
