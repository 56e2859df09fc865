/* correction.h - what to write instead of a value that is not of its type: dates as clerks write
 * them, digits and marks of full width, units behind numbers, words near one of a closed list. */
#ifndef RECORD_CORRECTION_H
#define RECORD_CORRECTION_H

#include "record/vocabulary.h"

/* NULL: nothing is near enough. "" means that the field is to be left empty. In the arena, or one
 * of the type's words. */
const char *correction_of(const struct word_type *type, const char *value, struct arena *arena);

/* Marks, digits and letters of full width made plain, and no blank or invisible character left. In
 * the arena. */
char *correction_folded(const char *value, struct arena *arena);

enum correction_reason {
    CORRECTION_PLAIN,
    CORRECTION_FULL_WIDTH, /* digits, letters or marks of full width */
    CORRECTION_BLANK       /* blanks before, behind or within */
};
/* What of the value's look is worth a word. */
enum correction_reason correction_reason(const char *value);

/* Ids with the marks between them that clerks put there: "P1,R1" becomes "P1 R1". NULL: no such
 * mark is in the text. In the arena. */
char *correction_of_refs(const char *refs, struct arena *arena);

/* That of the words that was most probably meant; NULL: none is near. */
const char *correction_of_word(const char *const *words, size_t n, const char *value,
                               struct arena *arena);

#endif
