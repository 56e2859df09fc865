/* binder.h - the bound volumes as papers see them: they give the pages of evidence the numbers that
 * they cite, and are documents themselves. No paper knows how it is made; dossier/volume.c does. */
#ifndef PAPERS_BINDER_H
#define PAPERS_BINDER_H

#include "papers/document.h"

struct binder_options {
    /* As on the command line; NULL: not given. */
    const char *duplex, *keep_a3, *skip_bad, *password_file;
    const char *const *passwords; /* what the file holds */
    size_t n_passwords;
    bool pages_only; /* a volume is laid out and becomes no PDF: where pages of PDFs are to be bound
                      * stand items of ITEM_COPY */
};

struct binder {
    const char *title; /* where neither volume nor profile has a word for it */
    /* All volumes' sections and templates: once. names: of their files, and of the papers;
     * NULL-ended. NULL: reported. */
    void *(*load)(const struct binder_options *options, const char *const *templates,
                  const char *const *names, struct fonts *fonts, struct diag *diag);
    void (*unload)(void *volumes);                           /* NULL is fine */
    const char *(*label)(const void *volumes, size_t which); /* its own word; "": none */
    /* Opens and counts everything and numbers the pages; from then on page(id) is answered in the
     * job's query context, until close. false: reported, all of it in one run. */
    bool (*number)(void *volumes, const struct document_job *job);
    /* Draws and binds one of those that were numbered into the document's file. Its pages are there
     * until the next is drawn. */
    bool (*bind)(void *volumes, size_t which, struct document *out);
    void (*close)(void *volumes); /* the applicant's part */
};

#endif
