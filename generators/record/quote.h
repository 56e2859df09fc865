/* quote.h - pieces of the input as messages show them: short, on one line, without ID numbers. */
#ifndef RECORD_QUOTE_H
#define RECORD_QUOTE_H

#include "core/arena.h"

/* “value”, cut after 40 characters; in the arena. */
const char *quote(struct arena *arena, const char *value);
/* The same without the marks, for names of elements and attributes. */
const char *quote_name(struct arena *arena, const char *name);

#endif
