/* take.h - an upload becomes the batch's state: what has come over time laid together, ZIP archives
 * unpacked, and the data found in it. In a child process only. */
#ifndef DESK_TAKE_H
#define DESK_TAKE_H

#include "desk/upload.h"

/* Files of the desk's own in current/: what is handed in under their names gets others. */
#define TAKE_BOOK "book.xlsx"
#define TAKE_GATHERED ".batch.xml"
#define TAKE_CORRECTED ".corrected.xlsx"

struct taken {
    const char **inputs; /* what holds data, below current/: workbooks, and XML batches */
    size_t n_inputs, cap_inputs;
    size_t files, junk, empty;
    struct upload *lost; /* corrections that later data stand before; the newest first */
    size_t n_lost, cap_lost;
};

/* Makes batch/current anew of the upload and of those that it builds on: a file that comes later
 * stands in the place of an earlier one of its path. A folder that alone holds all of an upload is
 * left out of the paths. What was refused within archives are warnings. false: reported, and
 * current/ is as it was. */
bool take_upload(const char *batch, long upload, double most, struct taken *out,
                 struct arena *arena, struct diag *diag);

#endif
