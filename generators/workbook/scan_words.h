/* scan_words.h - how the names of scans are read: the words of templates/base/scans.xml. */
#ifndef WORKBOOK_SCAN_WORDS_H
#define WORKBOOK_SCAN_WORDS_H

#include "core/finding.h"

enum scan_class { SCAN_ITEM, SCAN_KIND, SCAN_PART, SCAN_PHOTO, SCAN_NUMBER };

enum { SCAN_PATTERN_WORDS = 8 };

struct scan_pattern {
    struct {
        enum scan_class class;
        bool optional;
    } words[SCAN_PATTERN_WORDS];
    size_t n;
    const char *text;
};

/* A kind or part of evidence, or the photo: the word itself and others for it. */
struct scan_word {
    const char *name, *also, *of;
    const char *const *texts; /* folded: the name first, then the others */
    size_t n_texts;
};

struct scan_item {
    const char *element, *title, *kind;
};

struct scan_ignore {
    const char *name;
};

#define SCAN_LIST(type, name)                                                                      \
    struct {                                                                                       \
        type *list;                                                                                \
        size_t n, cap;                                                                             \
    } name

struct scan_words {
    SCAN_LIST(struct scan_pattern, patterns);
    SCAN_LIST(struct scan_word, photos);
    SCAN_LIST(struct scan_word, idle); /* words that say nothing */
    SCAN_LIST(struct scan_word, kinds);
    SCAN_LIST(struct scan_word, parts);
    SCAN_LIST(struct scan_item, items);
    SCAN_LIST(struct scan_ignore, ignored);
};

/* Strings live in the arena; NULL: reported. */
const struct scan_words *scan_words_read(const char *path, struct arena *arena, struct diag *diag);

/* For comparison: letters small, digits and letters of full width plain, and - in the place of
 * blanks and marks, never two of them and none at the ends. In the arena. */
char *scan_fold(const char *text, struct arena *arena);

#endif
