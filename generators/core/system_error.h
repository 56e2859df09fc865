/* system_error.h - what errno says, in the languages of our messages: the C library speaks one. */
#ifndef CORE_SYSTEM_ERROR_H
#define CORE_SYSTEM_ERROR_H

#include "core/finding.h"

struct system_error {
    char text[LANGUAGE_COUNT][80];
};
struct system_error system_error(int number); /* an errno */

/* As diag_system, and behind the text what errno says. Always false. */
bool diag_errno(struct diag *diag, struct src_pos at, const char *zh, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));
/* "path: cannot be read: ...", by errno; always false. */
bool diag_unreadable(struct diag *diag, const char *path);

#endif
