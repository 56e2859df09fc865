/* upload_run.h - what the platform takes, for everybody who was asked for: a folder an applicant,
 * with the files and the fill-in sheet. */
#ifndef UPLOAD_UPLOAD_RUN_H
#define UPLOAD_UPLOAD_RUN_H

#include "core/options.h"
#include "query/query_tables.h"

struct fonts;

struct upload_request {
    const struct options *options;
    const char *const *templates;
    const struct record_options *input;
    const struct query_tables *tables;
    struct fonts *fonts;
    const char *const *passwords; /* of PDFs */
    size_t n_passwords;
    bool fit_photo; /* crop and shrink a photo that the platform would refuse */
};

/* The status to leave with. diag: what was found before; all is printed. */
int upload_run(const struct upload_request *request, struct diag *diag);

#endif
