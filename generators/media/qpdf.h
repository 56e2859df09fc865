/* qpdf.h - libqpdf, loaded when the first PDF is opened. Internal to media and bind/qdoc.c, which
 * call the functions that <qpdf/qpdf-c.h> declares as ever; they are in qpdf.c.
 *
 * Linked in the usual way, libqpdf and what it brings along (GnuTLS and p11-kit among it) cost each
 * process 4 MB and 2 of the 5 ms that it takes to start; most programs never open a PDF. */
#ifndef MEDIA_QPDF_H
#define MEDIA_QPDF_H

/* Loads it now, for processes that are going to be forked: loaded in each, it costs each the same
 * again. Otherwise the first call does. Without the library: a message on standard error, and exit
 * status 2. */
void qpdf_load(void);

#endif
