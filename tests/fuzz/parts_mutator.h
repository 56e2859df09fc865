/* parts_mutator.h - alters one part of an input of several (door_part) as what it is: XML, a PDF,
 * or bytes; or exchanges two, doubles one, leaves one out. */
#ifndef FUZZ_PARTS_MUTATOR_H
#define FUZZ_PARTS_MUTATOR_H

#include "door.h"

size_t parts_mutate(uint8_t *data, size_t size, size_t max, unsigned seed);

#endif
