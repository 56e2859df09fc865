/* syntax.h - what makes a file malformed XML, in our own words. */
#ifndef RECORD_SYNTAX_H
#define RECORD_SYNTAX_H

#include "core/finding.h"

#include <libxml/xmlerror.h>

/* The bytes around the error that the parser still has: from `base` to `end`, read up to `at`. */
struct syntax_place {
    const char *base, *at, *end;
    bool closes_none; /* of an end tag: no element of its name is open */
};

/* The sentence for a parser's error, in both languages; in the arena. Its line becomes that of the
 * cause, where the bytes show it. */
void syntax_sentence(xmlError *error, const struct syntax_place *place, struct arena *arena,
                     const char *text[LANGUAGE_COUNT]);

#endif
