/* results.h - what each applicant, unit and delegation has come to: as a worker sends it, and as it
 * waits until the reports are written. */
#ifndef PACKAGE_RESULTS_H
#define PACKAGE_RESULTS_H

#include "core/digest.h"
#include "core/parcel.h"
#include "core/spool.h"

enum document_state {
    DOCUMENT_MADE, /* in this run */
    DOCUMENT_KEPT, /* it was there already */
    DOCUMENT_DUE   /* a dry run would make it */
};

struct result_document {
    enum document_state state;
    unsigned paper; /* the catalogue's number */
    bool workbook;  /* else a PDF */
    bool findings;  /* its line has some */
    bool partial;   /* not all that was asked for: a sheet stands for an unreadable attachment */
    unsigned pages, copies;
    char media[8]; /* the paper that it is printed on: A4, A3 */
    char sha256[DIGEST_HEX];
    const char *leaf; /* in the folder of whose it is; NULL: as its paper is called */
    const char *line; /* of the manifest; of one that is due, the reason: not NUL-ended */
    size_t len;
};

/* complete: all documents are there; findings: those of no document. */
void result_begin(struct buffer *result, bool complete, const struct diag *findings);
void result_add(struct buffer *result, const struct result_document *d);

struct result {
    bool complete;
    size_t system_faults;
    struct parcel findings, documents; /* for unpack_findings, for result_next */
};

/* The result points into the buffer. false: the work was never done. */
bool result_open(struct result *r, const struct buffer *result);
bool result_next(struct result *r, struct result_document *out);
/* A document out of bytes that result_add has packed. */
bool result_unpack(struct parcel *p, struct result_document *out);

struct person_result {
    size_t at, len; /* in the spool; len 0: none */
    bool complete;
};

struct group_result {
    struct buffer bytes;
    bool complete;
};

/* All of a run's, by the number in the batch. Read-only but for results.c. */
struct results {
    struct spool *spool;
    struct person_result *people;
    struct group_result *groups;
    size_t n_groups;
    size_t made, kept, partial; /* documents */
    size_t pages_made;
};

/* The spool becomes the results'; errors stick in it. */
struct results *results_new(struct spool *spool, size_t n_people, size_t n_groups);
void results_free(struct results *r); /* NULL is fine */
void results_add_person(struct results *r, size_t person, const struct buffer *result);
void results_add_group(struct results *r, size_t group, const struct buffer *result);
/* One more document of a unit, a delegation or the batch. */
void results_add_document(struct results *r, size_t group, const struct result_document *d);

/* Replaces what the buffer holds; empty when there is no result. */
void results_person(const struct results *r, size_t person, struct buffer *out);

#endif
