/* applicant.h - the applicants of a batch that stay open, for targets that evaluate on them. */
#ifndef FUZZ_APPLICANT_H
#define FUZZ_APPLICANT_H

#include "door.h"

#include "record/record.h"

struct open_batch {
    struct record *record;
    struct record_cursor *cursor;
    struct applicant who; /* the first one */
};

/* Until the process ends. */
static inline const struct open_batch *applicant_of(const char *path)
{
    static struct open_batch b;
    static const char *inputs[1];
    struct diag diag = {0};
    inputs[0] = path;
    const struct record_options options = {
        .schema_path = "templates/base/applicants.xsd", .inputs = inputs, .n_inputs = 1};
    b.record = record_open(&options, &diag);
    b.cursor = b.record ? record_cursor_new(b.record, &diag) : NULL;
    if (!b.cursor || !record_next(b.cursor, &b.who))
        door_shut(path, &diag);
    diag_clear(&diag);
    return &b;
}

#endif
