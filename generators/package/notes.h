/* notes.h - what check has found of an applicant, kept in the manifest as a note: of who is as
 * before, nothing is checked again. */
#ifndef PACKAGE_NOTES_H
#define PACKAGE_NOTES_H

#include "check/engine.h"
#include "package/keys.h"

/* In a worker, of the applicant that is being checked. */
struct note_taker {
    const struct package *package;
    struct arena arena; /* of one applicant */
    struct keys_checked checked;
};

/* sent: what keys_learn takes. true: what was found in another run still holds, and has been put
 * into diag and facts; else notes_keep gets what is found now. */
bool notes_recall(struct note_taker *t, const struct applicant *who, struct diag *diag,
                  struct engine_facts *facts, struct buffer *sent);
void notes_keep(struct note_taker *t, const struct applicant *who, const struct diag *diag,
                const struct engine_facts *facts);

#endif
