/* spool.c - see spool.h. */
#include "core/spool.h"

#include "core/arena.h"
#include "core/output.h"
#include "core/read_at.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct spool {
    int fd, error; /* error: errno of what failed first; 0: nothing has */
    size_t len;
};

struct spool *spool_new(int fd)
{
    struct spool *s = mem_alloc(1, sizeof *s);
    s->fd = fd;
    s->error = fd < 0 ? errno : 0;
    return s;
}

void spool_free(struct spool *s)
{
    if (!s)
        return;
    if (s->fd >= 0)
        close(s->fd);
    free(s);
}

bool spool_ok(const struct spool *s)
{
    errno = s->error;
    return !s->error;
}

size_t spool_add(struct spool *s, const void *data, size_t len)
{
    size_t at = s->len;
    if (!s->error && !output_bytes(s->fd, data, len))
        s->error = errno;
    s->len += s->error ? 0 : len;
    return at;
}

bool spool_read(struct spool *s, size_t at, size_t len, struct buffer *out)
{
    if (s->error || len == 0)
        return !s->error;
    unsigned char *to = buffer_room(out, len);
    if (!read_all_at(s->fd, to, len, (off_t)at))
        s->error = errno;
    return !s->error;
}

int spool_fd(const struct spool *s)
{
    return s->fd;
}
