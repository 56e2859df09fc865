/* desk.h - the page in the browser: a server of batches, each a folder. See generators/README.md. */
#ifndef DESK_DESK_H
#define DESK_DESK_H

#include "core/finding.h"
#include "desk/gate.h"

struct desk_options {
    const char *root;          /* the folder of batches */
    struct gate_options gate;  /* where it listens, and for whom */
    double quota;              /* bytes a batch may hold */
    const char *pages;         /* the folder of the page's own files: templates/desk */
    const char *const *profiles; /* names of the notices, NULL-ended: which batches may be made for */
    const char *version;
};

/* Serves until SIGTERM or SIGINT. The status to leave with. */
int desk_run(const struct desk_options *options, struct diag *diag);

#endif
