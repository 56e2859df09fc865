/* strings.h - what is asked of strings in many places and the C library does not answer. */
#ifndef CORE_STRINGS_H
#define CORE_STRINGS_H

#include <stdbool.h>

/* As strcmp; NULL is as "". */
int string_order(const char *a, const char *b);
/* The same of two places that point to strings, for qsort and bsearch. */
int string_order_at(const void *a, const void *b);
/* NULL is the same as NULL alone. */
bool string_same(const char *a, const char *b);
/* Is it one of the list, NULL-ended? */
bool string_is_in(const char *s, const char *const *list);

/* The last part of a path, within it. */
const char *path_leaf(const char *path);
/* Does the path end so, in letters of either case, with something before it? */
bool path_ends(const char *path, const char *ending);
/* The same of any of several, NULL-ended. */
bool path_ends_in(const char *path, const char *const *endings);

/* 0 to 15; -1: it is no hexadecimal digit. */
int hex_digit(char c);

#endif
