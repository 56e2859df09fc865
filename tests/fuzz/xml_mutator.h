/* xml_mutator.h - alters XML as a tree: what it becomes is nearly always well-formed, of the words
 * of documents that were learnt, and often in places where they may stand. */
#ifndef FUZZ_XML_MUTATOR_H
#define FUZZ_XML_MUTATOR_H

#include "door.h"

/* All elements of a document, with what they hold. Until the process ends. */
void xml_learn(const char *path);
void xml_learn_bytes(const void *data, size_t size);
size_t xml_mutate(uint8_t *data, size_t size, size_t max, unsigned seed);

#endif
