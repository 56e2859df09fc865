/* desk.h - the page in the browser: a server of batches, each a folder. See generators/README.md.
 */
#ifndef DESK_DESK_H
#define DESK_DESK_H

#include "core/finding.h"
#include "desk/gate_words.h"

/* A notice, and its papers that a person is looked at by. */
struct desk_paper {
    const char *name, *title;
    bool bound; /* a volume: its sheets, with frames in place of pages of PDFs */
};
struct desk_profile {
    const char *name, *title, *year;
    struct desk_paper *papers;
    size_t n, cap;
};

struct desk_options {
    const char *root;                    /* the folder of batches */
    struct gate_options gate;            /* where it listens, and for whom */
    double quota;                        /* bytes a batch may hold */
    const char *pages;                   /* the folder of the page's own files: templates/desk */
    const struct desk_profile *profiles; /* which batches may be made for */
    size_t n_profiles;
    const char *version;
};

/* Serves the batches of a folder, which is made, until SIGTERM or SIGINT. The status to leave with.
 */
int desk_run(const char *directory, const struct gate_words *words, double quota,
             struct diag *diag);

#endif
