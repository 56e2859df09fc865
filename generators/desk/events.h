/* events.h - server-sent events (HTML Living Standard, 9.2): a browser that follows a batch is sent
 * its state whenever that has changed. */
#ifndef DESK_EVENTS_H
#define DESK_EVENTS_H

#include "desk/exchange.h"

/* Answers with the stream. A client that has gone is noticed by a comment that is sent now and
 * then. */
void events_answer(struct exchange *x);

#endif
