/* document.h - one paper of one applicant or delegation, as laid pages and as the bytes of a PDF.
 */
#ifndef PAPERS_DOCUMENT_H
#define PAPERS_DOCUMENT_H

#include "core/buffer.h"
#include "core/digest.h"
#include "core/json.h"
#include "layout/layout.h"

struct attachments;

/* What a document is made with, and for whom; the query has been begun on node. */
struct document_job {
    struct query_context *query;
    record_node *node;
    const char *dir, *asof; /* dir: where the node's hrefs start */
    struct arena *arena;    /* as long as the documents of this node */
    struct diag *diag;
    struct fonts *fonts; /* filled in by the paper maker, like draft */
    bool draft;
    struct paragraph_memo *memo;     /* likewise */
    bool looks;                      /* wanted of each document */
    struct attachments *attachments; /* gets what the binder opens, for others to read until
                                      * paper_maker_end; NULL: nobody does */
};

struct document {
    struct buffer pdf;   /* the whole file, unless it is in file */
    int file;            /* -1, or open for reading and writing: what may be too large to hold */
    struct pages *pages; /* NULL: it was not laid out */
    struct buffer looks; /* of its pages (layout/look.h), as text */
    struct form_facts facts;                          /* what kind of paper it is */
    bool partial;                                     /* some of it is not what was asked for */
    void (*report)(const void *data, struct json *j); /* its own part of the report; NULL: none */
    const void *data;
};

/* Lays out one paper of the job's node, or (root not NULL) of a node below. NULL: reported. Close
 * with pages_close. */
struct pages *document_lay(const struct form *form, const struct document_job *job,
                           record_node *root);
/* Likewise as a part of the volume. */
struct pages *document_lay_bound(const struct form *form, const struct document_job *job);
/* Gives it its name. Nothing may be written to its file any more. */
bool document_write(const struct document *d, const char *path, struct diag *diag);
/* false: its file cannot be read; errno says why. */
bool document_digest(const struct document *d, char out[DIGEST_HEX], long long *bytes);
void document_clear(struct document *d);

#endif
