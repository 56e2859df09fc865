/* progress.h - how far a long job is, on standard error: a bar with rate and time left on a
 * terminal, else a line every few seconds; nothing of what is over before. */
#ifndef PACKAGE_PROGRESS_H
#define PACKAGE_PROGRESS_H

#include "core/options.h"

struct progress {
    const struct options *options; /* their language, and whether anything is to be said */
    size_t n, done;                /* applicants; done is the caller's to count */
    double begun, shown;           /* seconds */
};

void progress_begin(struct progress *p, const struct options *o, size_t n);
void progress_show(struct progress *p); /* call as often as you like */
void progress_end(struct progress *p);

#endif
