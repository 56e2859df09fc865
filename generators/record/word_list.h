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
    bool open;        /* another value is read, too, and only warned about */
    struct word_list_value *values;
    size_t n, cap;
};

struct _xmlDoc;
/* Puts the lists into a schema in the place of the values that stand there: those that are closed,
 * by which an input is read, or all, from which people choose. false: the schema lacks one of the
 * types: reported. */
enum word_lists_which { WORD_LISTS_CLOSED, WORD_LISTS_ALL };
bool word_lists_fill(struct _xmlDoc *schema, enum word_lists_which which,
                     const struct word_list *lists, size_t n, struct diag *diag);

/* The schema with all lists filled in, as text. false: reported. */
bool word_lists_schema(const char *path, const struct word_list *lists, size_t n,
                       struct buffer *out, struct diag *diag);

#endif
