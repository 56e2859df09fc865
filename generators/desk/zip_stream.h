/* zip_stream.h - a folder as a ZIP archive that is sent while it is made: entries stored, names in
 * UTF-8, its length known beforehand, so that a download that is cut is seen to be cut. */
#ifndef DESK_ZIP_STREAM_H
#define DESK_ZIP_STREAM_H

#include "desk/answer.h"

/* Answers with the archive of all that is below batch/folder, as it is at this moment: names of the
 * package are hard links in a snapshot of the stream's own, which goes with it. name: what the
 * browser calls it. 404 where there is nothing. What of it cannot be read is reported, and the
 * answer is none of it. */
void zip_answer(struct answer *a, const char *batch, const char *folder, const char *name,
                struct diag *diag);
/* Snapshots that an earlier desk left behind. */
void zip_sweep(const char *batch);

#endif
