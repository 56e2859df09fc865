/* task.h - the documents of one applicant or delegation while a worker makes them: shared by draw.c
 * and kit_documents.c; nobody else includes it. */
#ifndef PACKAGE_TASK_H
#define PACKAGE_TASK_H

#include "package/keys.h"
#include "papers/document.h"
#include "upload/kit.h"

struct planned_document {
    const struct catalogue_paper *paper;
    const char *path;
    size_t part; /* of the upload kit */
    struct key key;
    const char *reason; /* why it is to be made; NULL: it is there */
    bool absent;        /* there is nothing to be made of it after all */
    struct result_document result;
    struct buffer pdf, line; /* of a document that was drawn */
    int file;                /* of the volume or kit, in place of pdf; else -1 */
};

struct task {
    const struct package *package;
    struct query_context *query;
    struct arena arena;
    struct diag diag; /* what keeps the papers from being made, and what is odd about its files */
    struct src_pos home;
    const char *folder;
    const char *dir;
    enum record_scope scope; /* whose they are */
    record_node *node;
    const struct applicant *who; /* NULL: a delegation */
    struct cited_files files;    /* of who */
    struct kit kit;
    struct diag gaps; /* of the kit: what of it is not there, and why */
    struct planned_document *list;
    size_t n, cap;
};

/* Plans one more document of the catalogue's paper, and asks whether it is there already. leaf: its
 * name in the folder; NULL: as the paper is called. */
struct planned_document *task_plan(struct task *t, size_t paper, const struct key *key,
                                   const char *leaf);
/* Takes over the document's bytes, and what is said of it. false: reported. */
bool task_adopt(struct task *t, struct planned_document *d, struct document *document,
                const struct diag *diag);

#endif
