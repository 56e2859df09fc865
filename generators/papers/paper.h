/* paper.h - what all programs that draw papers have in common. */
#ifndef PAPERS_PAPER_H
#define PAPERS_PAPER_H

#include "core/json.h"
#include "core/options.h"
#include "layout/layout.h"
#include "query/rubric.h"

/* name: the program's and its template's ("evaluation-form" -> templates/evaluation-form.xml). The
 * exit status. */
int paper_main(const char *name, const char *const purpose[LANGUAGE_COUNT], int argc, char **argv);

/* What a document is made with, and for whom; ctx of the query has been begun on node. */
struct paper_job {
    const struct options *options;
    struct fonts *fonts;
    struct query_context *query;
    record_node *node;
    const char *dir, *asof;
    struct arena *arena; /* of this document */
    struct diag *diag;
};

/* Lays out one paper of the job's, or (root not NULL) of a node below its own; NULL: reported.
 * Close with pages_close. */
struct pages *paper_lay(const struct form *form, const struct paper_job *job, record_node *root);

/* A document. */
struct paper_made {
    struct buffer pdf;   /* the whole file; of a maker's it is in file instead */
    int file;            /* an empty one for a maker, open for reading and writing; the asker's */
    struct pages *pages; /* all of its pages; closed by whoever asked for the document */
    struct form_facts facts; /* what kind of paper it is */
    bool partial;            /* some of it is not what was asked for: exit 3 */
    void (*report)(const void *data, struct json *j); /* its own part of the report; NULL: none */
    const void *data;
};

/* A program whose documents are more than one form each. What it opens may be hostile: each
 * document is made in a process of its own, within limits. */
struct paper_maker {
    const char *title; /* in messages */
    void *(*load)(const struct options *o, const char *const *templates, struct fonts *fonts,
                  struct diag *diag);
    /* Everything it needs later is in the job's arena, or closed by close. */
    bool (*make)(void *own, const struct paper_job *job, struct paper_made *out);
    void (*close)(void *own);
    void (*unload)(void *own);
};

/* A paper that is not one applicant's, or has switches of its own. */
struct paper_kind {
    const char *const *elements; /* one PDF a delegation, which sees these elements of its
                                    applicants; NULL: one an applicant */
    const struct option_own
        *switches; /* the template's variables: 'true' or 'false' under the switch's name */
    size_t n_switches;
    const struct paper_maker *maker; /* NULL: the form of the program's name is drawn */
};
const struct paper_kind *delegation_letter_kind(void);
int paper_main_of(const struct paper_kind *kind, const char *name,
                  const char *const purpose[LANGUAGE_COUNT], int argc, char **argv);

#endif
