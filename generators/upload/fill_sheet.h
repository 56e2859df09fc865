/* fill_sheet.h - 填报稿.html: what the platform asks for, in its order, with the record's answers
 * to copy and ticks that stay in the browser. One page without a file beside it that is needed, and
 * without the network. It is Chinese, as the platform is. */
#ifndef UPLOAD_FILL_SHEET_H
#define UPLOAD_FILL_SHEET_H

#include "upload/assemble.h"

/* A file that was made, or not. */
struct sheet_file {
    const struct upload_file *file;
    const char *path; /* from the sheet; NULL: there is none */
    struct assembled made;
};

struct sheet_photo {
    const char *path; /* from the sheet; NULL: there is none */
    const char *note; /* its size, and what of it the platform will not take */
    bool good;
    const char *shown[2]; /* before and after --fit-photo, as data: addresses; NULL: not shown */
};

struct fill_sheet {
    const struct platform *platform;
    const struct applicant *who;
    const char *asof;
    const struct sheet_file *files;
    size_t n_files;
    struct sheet_photo photo;
    struct query_context *ctx; /* begun on the applicant */
    struct arena *arena;
};

void fill_sheet_write(const struct fill_sheet *s, struct buffer *out);

#endif
