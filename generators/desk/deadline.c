/* deadline.c - see deadline.h. Descriptors are shut down here and closed by libmicrohttpd, which
 * tells before it closes one (notify): under the lock none can be another's by now. */
#include "desk/deadline.h"

#include "core/arena.h"
#include "desk/monotonic.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
    HEAD_SECONDS = 20,
    BODY_SECONDS = 60,
    SLOWEST = 2000 /* bytes a second of a line that is still served */
};

struct timed {
    struct timed *next, **before;
    int fd;
    time_t end; /* 0: none */
};

struct deadlines {
    pthread_mutex_t lock; /* of the list */
    struct timed *list;
};

struct deadlines *deadlines_new(void)
{
    struct deadlines *d = mem_alloc(1, sizeof *d);
    pthread_mutex_init(&d->lock, NULL);
    return d;
}

void deadlines_free(struct deadlines *d)
{
    if (!d)
        return;
    for (struct timed *t = d->list, *next; t; t = next) {
        next = t->next;
        free(t);
    }
    pthread_mutex_destroy(&d->lock);
    free(d);
}

void deadlines_notify(void *data, struct MHD_Connection *c, void **context,
                      enum MHD_ConnectionNotificationCode code)
{
    struct deadlines *d = data;
    struct timed *t = *context;
    pthread_mutex_lock(&d->lock);
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *i =
            MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
        t = mem_alloc(1, sizeof *t);
        *t = (struct timed){d->list, &d->list, i ? i->connect_fd : -1,
                            monotonic_seconds() + HEAD_SECONDS};
        if (t->next)
            t->next->before = &t->next;
        d->list = t;
        *context = t;
    } else if (t) {
        *t->before = t->next;
        if (t->next)
            t->next->before = t->before;
        free(t);
        *context = NULL;
    }
    pthread_mutex_unlock(&d->lock);
}

static void set_end(struct deadlines *d, struct MHD_Connection *c, time_t end)
{
    const union MHD_ConnectionInfo *i =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct timed *t = i ? i->socket_context : NULL;
    pthread_mutex_lock(&d->lock);
    if (t)
        t->end = end;
    pthread_mutex_unlock(&d->lock);
}

void deadline_of_body(struct deadlines *d, struct MHD_Connection *c, double bytes)
{
    set_end(d, c, monotonic_seconds() + BODY_SECONDS + (time_t)(bytes / SLOWEST));
}

void deadline_none(struct deadlines *d, struct MHD_Connection *c)
{
    set_end(d, c, 0);
}

void deadline_of_head(struct deadlines *d, struct MHD_Connection *c)
{
    set_end(d, c, monotonic_seconds() + HEAD_SECONDS);
}

void deadlines_enforce(struct deadlines *d)
{
    time_t now = monotonic_seconds();
    pthread_mutex_lock(&d->lock);
    for (struct timed *t = d->list; t; t = t->next)
        if (t->end && now > t->end && t->fd >= 0) {
            shutdown(t->fd, SHUT_RDWR);
            t->end = 0;
        }
    pthread_mutex_unlock(&d->lock);
}
