/* deadline.h - how long a connection may take to say what it wants. libmicrohttpd closes those that
 * say nothing; one that says a byte now and then would keep its place among the few for ever. */
#ifndef DESK_DEADLINE_H
#define DESK_DEADLINE_H

#include "desk/microhttpd.h"

struct deadlines;

struct deadlines *deadlines_new(void);
void deadlines_free(struct deadlines *d); /* after the daemon has stopped */
/* For MHD_OPTION_NOTIFY_CONNECTION, whose data is the struct deadlines: from its beginning a
 * connection has as long as a request's head may take. */
void deadlines_notify(void *data, struct MHD_Connection *c, void **context,
                      enum MHD_ConnectionNotificationCode code);
/* The head of a request has come: its body, of so many bytes, may take a minute and what a slow
 * line takes. */
void deadline_of_body(struct deadlines *d, struct MHD_Connection *c, double bytes);
/* All of the request has come: the answer may take as long as it wants. */
void deadline_none(struct deadlines *d, struct MHD_Connection *c);
void deadline_of_head(struct deadlines *d, struct MHD_Connection *c); /* for the next request */
/* Now and then, by one thread: shuts down those that have taken too long. */
void deadlines_enforce(struct deadlines *d);

#endif
