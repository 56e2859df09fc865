/* reader.h - what reader.c and cursor.c share; nobody else includes it. */
#ifndef RECORD_READER_H
#define RECORD_READER_H

#include "record/record.h"

#include <libxml/xmlreader.h>

struct entry {
    char *id;
    size_t file, unit; /* unit: its number within the file */
    long line;
    bool faulty, selected;
};

struct input {
    const char *name; /* for messages */
    const char *path; /* what is opened: the spool for "-" */
    const char *dir;
    const char *encoding; /* NULL: what the file says */
    int fd;               /* the spool's, -1 for none */
    xmlDoc *doc;          /* batch, delegations and units without applicants */
    xmlNode **units;
    size_t n_units, cap_units;
};

struct record {
    struct arena arena;
    struct input *inputs;
    size_t n_inputs;
    struct entry *entries;
    size_t n, cap;
    struct record_delegation *delegations;
    size_t n_delegations, cap_delegations;
    size_t *indices, n_indices;
    const char *asof;
};

xmlTextReader *reader_open(const struct input *in);
const char *reader_attribute(struct arena *a, const xmlNode *node, const char *name); /* "" if absent */

#endif
