/* fault.h - how every fault of a cited file becomes a finding. Internal to media. */
#ifndef MEDIA_FAULT_H
#define MEDIA_FAULT_H

#include "media/media.h"

/* What is wrong with a file, and what to do: the words behind its name. */
struct media_fault {
    const char *zh, *en;
    bool system; /* not the file's own fault */
};

/* where, as an error of rule R76 unless the caller named another. */
struct finding media_error(const struct finding *where);
/* Reports the fault. Always false. */
bool media_report(const char *href, const struct media_fault *fault, const struct finding *where,
                  struct diag *diag);

#endif
