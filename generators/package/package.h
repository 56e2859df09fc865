/* package.h - what the parts of one run of package work with: package.c puts it together, each part
 * owns what stands behind its own header. */
#ifndef PACKAGE_PACKAGE_H
#define PACKAGE_PACKAGE_H

#include "package/batch.h"
#include "package/package_run.h"
#include "package/results.h"
#include "package/tree.h"
#include "papers/catalogue.h"

#include <signal.h>

struct platform;
struct attachment_reader;

struct package {
    const struct options *options;
    const struct package_options *own;
    const struct paper_setting *papers;
    unsigned seconds; /* that one applicant may take */
    enum batch_scope scope;
    const volatile sig_atomic_t *stopped; /* the signal that has come; 0: none */
    struct record *record;
    struct paper_maker *maker;
    struct catalogue *catalogue;
    struct platform *platform;             /* NULL: the catalogue has no upload kit */
    const struct attachment_reader *scans; /* of the kit; lent */
    struct batch *batch;
    struct output_tree *tree;
    struct keys *keys;
    struct results *results;
    struct diag *diag; /* of the run: what no applicant can mend */
};

/* The document's name in the tree. */
const char *package_path(const struct package *p, struct arena *arena, const char *folder,
                         const struct result_document *d);

#endif
