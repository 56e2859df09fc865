/* messages.h - what a run of package says while nobody may be looking: on standard error, in a log,
 * in a stamp for who watches over it. */
#ifndef PACKAGE_MESSAGES_H
#define PACKAGE_MESSAGES_H

#include "package/report.h"

/* Begins the run's clock, and its line in the log. false: the log cannot be written; reported. */
struct messages {
    const struct package *package;
    double begun; /* clock_seconds */
    int log;      /* -1: none */
};
bool messages_begin(struct messages *m, const struct package *p, struct diag *diag);
/* Errors as they are, of warnings one line a kind with how many there are; all of them into the
 * log. */
void messages_findings(const struct messages *m, const struct package_report *r);
/* The closing line, the log's last line, the stamp. false: one of them cannot be written. */
bool messages_end(struct messages *m, const struct package_report *r, int status,
                  struct diag *diag);

#endif
