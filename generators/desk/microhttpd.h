/* microhttpd.h - libmicrohttpd, loaded when the desk starts; its functions, which <microhttpd.h>
 * declares as ever, are in microhttpd.c.
 *
 * Linked in the usual way, it and GnuTLS behind it cost each process 2 ms of its start. */
#ifndef DESK_MICROHTTPD_H
#define DESK_MICROHTTPD_H

#include <microhttpd.h>

/* Before there are threads. */
void microhttpd_load(void);

#endif
