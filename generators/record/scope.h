/* scope.h - what a paper or a list is about: one applicant, or several side by side. */
#ifndef RECORD_SCOPE_H
#define RECORD_SCOPE_H

enum record_scope { SCOPE_APPLICANT, SCOPE_UNIT, SCOPE_DELEGATION, SCOPE_BATCH, SCOPE_COUNT };

/* As templates write it (for="..."), in the order of the enumeration. */
#define RECORD_SCOPE_WORDS "applicant unit delegation batch"

#endif
