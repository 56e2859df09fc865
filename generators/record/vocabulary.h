/* vocabulary.h - the words of the input, their labels on the forms, and what each may hold: read
 * from the schema, so that a new word is an edit of applicants.xsd and of nothing else.
 *
 * What XML Schema 1.0 cannot say in free order stands in an xs:appinfo of an element's declaration:
 * "many" (may occur any number of times in its parent), "required" (exactly once); without either,
 * once at most. A documentation's part before the colon is the label. */
#ifndef RECORD_VOCABULARY_H
#define RECORD_VOCABULARY_H

#include "core/finding.h"

#include <libxml/tree.h>

/* A simple type: what a value must be, in words. */
struct word_type {
    const char *name;
    const char *const *values; /* that an enumeration allows */
    size_t n_values;
    const char *expected[LANGUAGE_COUNT];
};

struct word_attribute {
    const char *name, *label;
    const struct word_type *type; /* NULL: not one of ours */
};

enum word_occurrence { WORD_ONCE, WORD_REQUIRED, WORD_MANY };

struct word {
    const char *name, *label;
    enum word_occurrence occurrence;
    const struct word_type *type; /* of its text; NULL: none, or not one of ours */
    const struct word_attribute *attributes;
    size_t n_attributes;
    const struct word *const *children;
    size_t n_children;
    size_t number; /* 0 to vocabulary_size - 1 */
};

struct vocabulary;

/* Lives in the arena; the document is needed no longer afterwards. */
const struct vocabulary *vocabulary_new(const xmlDoc *schema, struct arena *arena);
size_t vocabulary_size(const struct vocabulary *v);
const struct word *vocabulary_root(const struct vocabulary *v); /* NULL: the schema has no batch */
const struct word *word_child(const struct word *parent,
                              const char *name); /* NULL: not allowed there */
const struct word_attribute *word_attribute(const struct word *word,
                                            const char *name); /* NULL: likewise */

#endif
