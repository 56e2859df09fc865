/* system_error.h - what errno says, in the languages of our messages: the C library speaks one. */
#ifndef CORE_SYSTEM_ERROR_H
#define CORE_SYSTEM_ERROR_H

#include "core/finding.h"

struct system_error {
    char text[LANGUAGE_COUNT][80];
};
struct system_error system_error(int number); /* an errno */

/* "path: cannot be read: ...", by errno; always false. */
bool diag_unreadable(struct diag *diag, const char *path);

#endif
