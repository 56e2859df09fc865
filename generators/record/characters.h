/* characters.h - code points that mean another character on each machine, or none: which of them
 * templates/base/characters.xml knows, and what they stand for. Internal to record. */
#ifndef RECORD_CHARACTERS_H
#define RECORD_CHARACTERS_H

#include "core/buffer.h"
#include "core/finding.h"

#include <stdint.h>

/* One <codes> of the file: what they are called, and how loudly their replacement is said. */
struct code_family {
    const char *name[LANGUAGE_COUNT];
    enum severity severity;
    bool reported; /* for the caller: what is said once a run */
};

struct characters; /* the table; lives in the arena that it was read into */

/* NULL: reported. */
struct characters *characters_read(const char *path, struct arena *arena, struct diag *diag);
/* The character that a private-use code stands for, and the family it belongs to (may be NULL);
 * 0: not known. c may be NULL: nothing is known. */
uint32_t characters_meaning(const struct characters *c, uint32_t code, struct code_family **family);
/* Replaces the known codes in UTF-8 text from that offset of the buffer on. */
void characters_replace(const struct characters *c, struct buffer *text);

#endif
