/* photo.h - the photo for the platform: what of it the platform will not take, and, when it is
 * asked for, cropped and shrunk until it will. */
#ifndef UPLOAD_PHOTO_H
#define UPLOAD_PHOTO_H

#include "upload/fill_sheet.h"

struct photo_task {
    const struct upload_photo *limits;
    const struct applicant *who;
    const char *path; /* what it will be called, from the sheet */
    bool fit;         /* crop and shrink one that does not meet the limits */
    struct arena *arena;
    struct diag *diag;
};

/* The photo, as it is or fitted: its bytes go to out, unless path stays NULL. One that cannot be
 * read is reported. */
struct sheet_photo photo_make(const struct photo_task *task, struct buffer *out);

#endif
