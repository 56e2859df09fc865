/* assemble.h - one file for the platform out of the pages that the record cites: upright, in order,
 * each page as large as it is. What is a whole scan already, and of a kind and a size that the
 * platform takes, goes through byte for byte. */
#ifndef UPLOAD_ASSEMBLE_H
#define UPLOAD_ASSEMBLE_H

#include "dossier/attachments.h"
#include "upload/files.h"

struct assembled {
    int fd;             /* -1: it could not be made, which was reported; else the caller's */
    const char *suffix; /* "pdf", "jpg", "png" */
    size_t pages;
    long long before, bytes; /* as it was put together, and as it is */
    long side;               /* the longest of its pictures, in pixels; 0: nobody limits it */
    struct upload_reduction reduction; /* quality 0: nothing of it was drawn anew */
    bool verbatim;                     /* byte for byte the scan's own */
};

/* near: where the file will be named; asof: its date, yyyy-mm-dd. */
struct assembled assemble(const struct platform *p, struct attachments *scans,
                          const struct upload_file *f, const char *near, const char *asof,
                          struct diag *diag);

#endif
