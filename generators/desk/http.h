/* http.h - requests come and answers go: libmicrohttpd's side of the desk. Several threads serve;
 * none of them waits for a program. */
#ifndef DESK_HTTP_H
#define DESK_HTTP_H

#include "desk/exchange.h"

struct http;

/* Listens where the options say. NULL: reported. */
struct http *http_start(struct desk *desk, struct diag *diag);
/* Several times a second: those who wait are asked again. changed: there may be news. */
void http_wake(struct http *h, bool changed);
/* Suspends a connection until the next http_wake. false: the desk is closing, and nobody may wait.
 */
bool http_suspend(struct http *h, struct MHD_Connection *c);
unsigned http_news(const struct http *h); /* differs from earlier ones when there may be news */
/* Answers nothing any more; those who wait are let go. */
void http_stop(struct http *h);

#endif
