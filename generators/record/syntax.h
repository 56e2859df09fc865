/* syntax.h - what makes a file malformed XML, in our own words. */
#ifndef RECORD_SYNTAX_H
#define RECORD_SYNTAX_H

#include "core/finding.h"

#include <libxml/xmlerror.h>

/* The sentence for a parser's error, in both languages; in the arena. */
void syntax_sentence(const xmlError *error, struct arena *arena, const char *text[LANGUAGE_COUNT]);

#endif
