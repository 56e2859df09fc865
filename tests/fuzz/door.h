/* door.h - what the fuzz targets share. A target is one door: bytes from outside go through it the
 * way the programs let them in, in this process and without a fork, so that a sanitizer sees all.
 *
 * Whatever the bytes are, nothing may crash, hang, leak or stay behind in the process, and what is
 * refused says why, the same bytes the same again. A target that asserts more uses door_hold. */
#ifndef FUZZ_DOOR_H
#define FUZZ_DOOR_H

#include "core/finding.h"

#include <stdint.h>

/* The door: a target's own. */
void door_run(const uint8_t *data, size_t size);

/* What libFuzzer calls, and what it offers to mutators (replay.c has its own). */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

/* A descriptor of a file without a name that holds the bytes and nothing else: one file for the
 * whole process, written over each time. */
int door_file(const void *data, size_t size);
/* Empties such a file of the process's own, for what is to be written; the same one each time. */
int door_target(void);
/* A folder of the process's own, in memory where there is such a place; it goes with the process.
 * leaf: of a file in it that is written anew; its path stays. */
const char *door_folder(void);
const char *door_put(const char *leaf, const void *data, size_t size);

/* Ends the process, and names the place, when it does not hold. */
#define door_hold(is_true) ((is_true) ? (void)0 : door_broken(#is_true, __FILE__, __LINE__))
_Noreturn void door_broken(const char *what, const char *file, int line);

/* What was found is told in every form that the programs know, each as it must be, and forgotten.
 */
void door_end(struct diag *diag);
/* The same, of what no bytes may lay to the charge of the machine. */
void door_end_of_data(struct diag *diag);
/* What came of the bytes, other than findings: it must be the same again. */
void door_came(const void *data, size_t size);
/* Ends the process: a fault of the tree, not of the bytes. */
_Noreturn void door_shut(const char *what, const struct diag *diag);

/* The next bytes of an input that is more than one thing: up to a line end, or all. */
struct door_bytes {
    const uint8_t *data;
    size_t size;
};
struct door_bytes door_line(struct door_bytes *rest);
struct door_bytes door_part(struct door_bytes *rest); /* up to a line "--", or all */
unsigned door_byte(struct door_bytes *rest); /* 0 at the end */
/* The same with a NUL behind it and none within: what stands behind one is lost. free() it. */
char *door_text(struct door_bytes bytes);
/* Of these, what may stand in XML: what comes to the door out of a document. */
char *door_xml_text(struct door_bytes bytes);

/* Numbers out of a seed: the same seed, the same numbers. */
struct dice {
    uint64_t state;
};
size_t dice_roll(struct dice *d, size_t sides); /* 0 to sides - 1; of none 0 */

#endif
