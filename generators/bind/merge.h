/* merge.h - PDFs of ours one after the other in one file, for a printer: no links between pages,
 * and a bookmark each. */
#ifndef BIND_MERGE_H
#define BIND_MERGE_H

#include "core/buffer.h"
#include "core/finding.h"

struct merge_part {
    const struct buffer *bytes;
    const char *name;  /* for messages */
    const char *title; /* of its bookmark */
    size_t pages;      /* out */
};

/* Appends the merged file to out. fronts: each begins on a front side, behind a blank page where
 * needed. All or nothing: false is reported. *pages: of the whole. */
bool merge_parts(struct merge_part *parts, size_t n, bool fronts, struct buffer *out, size_t *pages,
                 struct diag *diag);

#endif
