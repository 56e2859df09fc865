/* zip_mutator.h - alters one part of a ZIP archive and packs all anew, so that checksums, sizes and
 * the directory are true: bytes altered in place seldom get beyond them. */
#ifndef FUZZ_ZIP_MUTATOR_H
#define FUZZ_ZIP_MUTATOR_H

#include "door.h"

/* Parts that are XML are altered as trees: xml_mutator.h. */
size_t zip_mutate(uint8_t *data, size_t size, size_t max, unsigned seed);
/* Has xml_mutator learn all XML parts of an archive. */
void zip_learn(const char *path);

#endif
