/* merge.h - PDFs of ours one after the other in one file, for a printer: no links between pages,
 * and a bookmark each. */
#ifndef BIND_MERGE_H
#define BIND_MERGE_H

#include "core/finding.h"

struct merge_part {
    const char *path;
    const char *title; /* of its bookmark */
    int copies;        /* one after the other; the bytes are there once */
};

/* Writes them into file: regular, empty, open for reading and writing, and the caller's. fronts:
 * each copy begins on a front side, behind a blank page where needed. false: reported. *pages: of
 * the whole. The parts must not be changed meanwhile: they are mapped. */
bool merge_parts(const struct merge_part *parts, size_t n, bool fronts, int file, size_t *pages,
                 struct diag *diag);

#endif
