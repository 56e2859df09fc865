/* binder.h - the bound volume as papers see it: it gives the pages of evidence the numbers that
 * they cite, and is a document itself. No paper knows how it is made; dossier/volume.c does. */
#ifndef PAPERS_BINDER_H
#define PAPERS_BINDER_H

#include "papers/document.h"

struct binder_options {
    /* As on the command line; NULL: not given. */
    const char *duplex, *keep_a3, *skip_bad, *password_file;
    const char *const *passwords; /* what the file holds */
    size_t n_passwords;
};

struct binder {
    const char *name, *title; /* name: its sections' template, and the paper's */
    /* Sections and templates: once. NULL: reported. */
    void *(*load)(const struct binder_options *options, const char *const *templates,
                  struct fonts *fonts, struct diag *diag);
    void (*unload)(void *volume); /* NULL is fine */
    /* Opens and counts everything and numbers the pages; from then on page(id) is answered in the
     * job's query context, until close. false: reported, all of it in one run. */
    bool (*number)(void *volume, const struct document_job *job);
    /* Draws and binds what was numbered into the document's file. */
    bool (*bind)(void *volume, struct document *out);
    void (*close)(void *volume); /* the applicant's part */
};

#endif
