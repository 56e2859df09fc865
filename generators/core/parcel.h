/* parcel.h - numbers, texts and findings as bytes, for what one process of this program sends to
 * another. Both ends are the same binary on the same machine: numbers are in native order. What is
 * packed is unpacked in the same order. */
#ifndef CORE_PARCEL_H
#define CORE_PARCEL_H

#include "core/buffer.h"
#include "core/finding.h"

void pack_number(struct buffer *b, size_t value);
void pack_text(struct buffer *b, const char *text); /* NULL stays NULL */
void pack_bytes(struct buffer *b, const void *data, size_t len);
/* Texts in the languages wanted (NULL: in all); those of another language unpack as NULL. */
void pack_finding(struct buffer *b, const struct finding *f, const bool wanted[LANGUAGE_COUNT]);
void pack_findings(struct buffer *b, const struct diag *diag);

/* A sender that died in the middle leaves a parcel that ends too early: it is broken from there on,
 * and everything unpacked from it is zero or NULL. */
struct parcel {
    const unsigned char *at, *end;
    bool broken;
};

struct parcel parcel_open(const void *data, size_t len); /* borrows; broken when empty */
struct parcel parcel_of(const struct buffer *b);
size_t unpack_number(struct parcel *p);
/* In the arena, like the strings of a finding. */
const char *unpack_text(struct parcel *p, struct arena *arena);
/* In place: as long as the parcel's bytes. */
const void *unpack_bytes(struct parcel *p, size_t *len);
/* Just as many bytes; else the parcel is broken. */
void unpack_into(struct parcel *p, void *out, size_t size);
struct finding unpack_finding(struct parcel *p, struct arena *arena);
void unpack_findings(struct parcel *p, struct diag *diag); /* added with diag_pass */

#endif
