/* pdf_mutator.h - alters the objects of a PDF and writes its cross-reference table anew: bytes
 * altered in place leave one that qpdf has to repair, and always by the same way. */
#ifndef FUZZ_PDF_MUTATOR_H
#define FUZZ_PDF_MUTATOR_H

#include "door.h"

size_t pdf_mutate(uint8_t *data, size_t size, size_t max, unsigned seed);

#endif
