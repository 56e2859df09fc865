/* path_words.h - which words of the vocabulary an XPath comes by, found without a record: a
 * misspelt step selects nothing, and no program would ever tell. Strings, variables and most
 * functions are of no word; what comes of them is not followed. */
#ifndef PROFILE_PATH_WORDS_H
#define PROFILE_PATH_WORDS_H

#include "record/vocabulary.h"

/* Which elements a node may be: of the input, or of what functions select. foreign: maybe none of
 * them, so that nothing is known of its steps. */
struct word_set {
    bool foreign;
    bool *has;     /* by word.number; the document is the last; NULL: none */
    bool *bearers; /* of attributes: the words that they stand on; NULL: they are elements */
};

struct path_words {
    const struct vocabulary *vocabulary;
    struct arena *arena;
    void *owner;
    /* A step that none of the set's words has: "award/@grad"; near: what may be meant, or NULL. */
    void (*unknown)(void *owner, const char *step, const char *near);
    /* A child that the path asks for, of all words that may have it; NULL: nobody is interested. */
    void (*met)(void *owner, const struct word *parent, const struct word *child);
    const struct word **words; /* by number: the vocabulary's, then those that no input has */
    size_t n;                  /* of these; a set has one place more */
    bool *children;            /* of the n-th word: n places each */
};

void path_words_init(struct path_words *w);
struct word_set path_words_all(const struct path_words *w);
/* The words of these names, set off by blanks. */
struct word_set path_words_named(const struct path_words *w, const char *names);
struct word_set path_words_below(const struct path_words *w, struct word_set of); /* and itself */
/* Walks an expression whose context node is of the set; what it selects. One that XPath does not
 * take is walked up to its fault. */
struct word_set path_words_follow(const struct path_words *w, const char *xpath,
                                  struct word_set at);

#endif
