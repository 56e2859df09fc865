/* word_list.h - a closed list of the vocabulary that a notice fills in: the values of one of the
 * schema's simple types. */
#ifndef RECORD_WORD_LIST_H
#define RECORD_WORD_LIST_H

#include "core/buffer.h"
#include "core/finding.h"

struct word_list_value {
    const char *text;
};

struct word_list {
    const char *type; /* "mode" */
    struct word_list_value *values;
    size_t n, cap;
};

struct _xmlDoc;
/* Puts the lists into a schema in the place of the values that stand there. false: the schema lacks
 * one of the types: reported. */
bool word_lists_fill(struct _xmlDoc *schema, const struct word_list *lists, size_t n,
                     struct diag *diag);

/* The schema with the lists filled in, as text. false: reported. */
bool word_lists_schema(const char *path, const struct word_list *lists, size_t n,
                       struct buffer *out, struct diag *diag);

#endif
