/* join.h - several records as one batch of XML.
 *
 * The same unit (by 统一社会信用代码, else by name) and delegation (by issuer and number) become
 * one; ids that different people, units or delegations bear are made distinct, and that is said;
 * what two inputs say differently of one thing, and a person of two inputs, are errors. */
#ifndef RECORD_JOIN_H
#define RECORD_JOIN_H

#include "record/record.h"

struct join_input {
    struct record *record; /* all of it is taken */
    const char *prefix;    /* of its hrefs: join_prefix's */
};

/* What stands before hrefs of an input when the output has them ("-": it is in the folder that the
 * program runs in), in the arena. NULL: they cannot be told from there, which is reported. */
const char *join_prefix(const char *output, const char *input, struct arena *arena,
                        struct diag *diag);

/* Writes the XML to output, "-" for standard output. 0: written; 1: the data are at fault; 2: the
 * system failed. */
int record_join(const struct join_input *inputs, size_t n, const char *output, struct diag *diag);

#endif
