/* schema_fault.h - what the schema finds wrong with an element, in our own words. */
#ifndef RECORD_SCHEMA_FAULT_H
#define RECORD_SCHEMA_FAULT_H

#include "record/record.h"
#include "record/vocabulary.h"

#include <libxml/xmlerror.h>

struct schema_fault {
    const char *attribute; /* which one; NULL: the element itself or its text */
    const char *label;     /* of the attribute or the element; NULL: none known */
    const char *text[LANGUAGE_COUNT];
    bool of_text;      /* stray text is the fault, which has a line of its own */
    const char *meant; /* the attribute that an unknown one was meant to be; NULL: none is near */
    /* What may stand there instead, the most probable first; for who judges a record by what it
     * says. */
    enum record_flaw_kind kind;
    const char *const *readings;
    size_t n_readings;
};

/* The sentence for an error that validation reports at an element. of_cell: who reads it filled in
 * a workbook, and knows labels but no names of XML. Strings live in the arena. */
struct schema_fault schema_fault_of(const xmlError *error, const struct word *word, bool of_cell,
                                    struct arena *arena);
/* An element that its parent cannot hold; prefix: before its name in the file, or NULL. */
struct schema_fault schema_fault_stray(const char *name, const char *prefix,
                                       const struct word *parent, struct arena *arena);
/* Text where none may stand. */
struct schema_fault schema_fault_text(const struct word *word, const char *stray_text,
                                      struct arena *arena);

#endif
