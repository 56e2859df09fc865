/* tree.h - the folder that a run of package writes into: one run at a time, with a manifest of all
 * its files, and what is known of files that are as they were. */
#ifndef PACKAGE_TREE_H
#define PACKAGE_TREE_H

#include "core/digest_cache.h"
#include "core/json.h"
#include "core/manifest.h"
#include "core/spool.h"
#include "package/results.h"
#include "package/shard.h"

struct tree_options {
    bool dry_run;      /* nothing is written */
    bool force;        /* nothing is believed of files that were read in another run */
    const char *since; /* the tree to compare with; NULL: this one, as the run before has left it */
    bool whole; /* a run over all of the batch knows which digests to keep; others only look */
    struct shard part;
};

/* Read-only but for tree.c. */
struct output_tree {
    struct arena arena;
    const char *root;
    struct tree_options options;
    int lock;                  /* -1: none */
    struct manifest *manifest; /* since tree_begin */
    struct manifest *before;   /* what it is compared with: the manifest itself, or another's */
    bool untold;               /* shards and runs that were cut off have made what no run told */
    struct digest_cache *digests;
    size_t swept; /* temporary files that a run before has left, and are gone now */
};

/* Makes and locks the folder. NULL: reported. */
struct output_tree *tree_open(const char *root, const struct tree_options *options,
                              struct diag *diag);
void tree_close(struct output_tree *t); /* NULL is fine */
/* Reads the manifest, and settles what a run before has left open. false: reported. */
bool tree_begin(struct output_tree *t, struct diag *diag);

const char *tree_path(const struct output_tree *t, struct arena *arena,
                      const char *path); /* from outside */
/* For bytes that will be put there, or are needed for this run; ask spool_ok. */
struct spool *tree_spool(const struct output_tree *t, const char *path, struct diag *diag);
/* Is the file there, just as the manifest says? */
bool tree_has(const struct output_tree *t, const char *path);

/* A file that the run itself writes. What has a spool is written as a whole into that. */
struct tree_file {
    const char *path;
    struct buffer *bytes;
    void (*describe)(struct json *j, const void *data); /* its line's own members; NULL: none */
    const void *data;
    struct result_document document; /* all but state, digest and line, for the result */
    struct buffer *result;           /* gets it as a document; NULL: it is none */
};
/* Intended, written unless it is there already, and taken into the manifest. false: reported. */
bool tree_put(struct output_tree *t, const struct tree_file *file, struct diag *diag);

/* Paths of files, from the root of the tree. */
struct tree_paths {
    struct arena arena;
    const char **list;
    size_t n, cap;
};
void tree_paths_add(struct tree_paths *paths, const char *path);

#endif
