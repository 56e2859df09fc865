/* join.h - several records as one batch of XML.
 *
 * The same unit (by 统一社会信用代码, else by name) and delegation (by issuer and number) become
 * one; ids that different people, units or delegations bear are made distinct, and that is said;
 * what two inputs say differently of one thing, and a person of two inputs, are errors. */
#ifndef RECORD_JOIN_H
#define RECORD_JOIN_H

#include "core/buffer.h"
#include "record/record.h"

struct join_input {
    struct record *record; /* all of it is taken */
    const char *prefix;    /* of its hrefs: see record_write */
};

/* Writes the XML, whole if no error was added to diag. temporary: a spool for the applicants.
 * false: reported. */
bool record_join(const struct join_input *inputs, size_t n, struct spool *temporary,
                 struct buffer *out, struct diag *diag);

#endif
