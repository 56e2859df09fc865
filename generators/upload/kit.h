/* kit.h - what one applicant puts on the platform: its files, the photo, and the fill-in sheet that
 * lists them all. Each is made by itself, and none is given its name here. */
#ifndef UPLOAD_KIT_H
#define UPLOAD_KIT_H

#include "core/digest.h"
#include "core/json_value.h"
#include "upload/fill_sheet.h"

/* All of it is lent until kit_end. */
struct kit_job {
    const struct platform *platform;
    const struct applicant *who;
    struct query_context *query; /* begun on the applicant */
    const char *asof;
    const char *near; /* a folder of the disk on which the files will be */
    const struct attachment_reader *reader;
    bool fit_photo; /* crop and shrink a photo that the platform would refuse */
    struct arena *arena;
};

struct kit {
    struct kit_job job;
    struct upload_files *files;
    struct sheet_file *made; /* of each: path is set once it is made, from the applicant's folder */
    struct attachments scans;
    struct sheet_photo photo;
    const char *photo_path, *sheet_path; /* from the applicant's folder */
};

struct kit kit_begin(const struct kit_job *job); /* lists the files, and opens none */
void kit_end(struct kit *k);                     /* closes scans and files */

/* From the applicant's folder, without suffix. */
const char *kit_stem(const struct kit *k, size_t i);
/* What the file is made of, but for the bytes of the scans. */
void kit_recipe(const struct kit *k, size_t i, struct digest *to);
/* Makes made[i], or reports why it is not there. */
void kit_make_file(struct kit *k, size_t i, struct diag *diag);
/* Sets photo; the bytes of one that is put into the folder go to out. */
void kit_make_photo(struct kit *k, struct buffer *out, struct diag *diag);
/* The page, of all that has been made or recalled. */
void kit_make_sheet(const struct kit *k, struct buffer *out);

size_t kit_failed(const struct kit *k); /* files that scans are cited for and that are not there */
/* What the sheet says of a made file as members of a JSON object, and out of that again. */
void kit_describe(const struct kit *k, size_t i, struct json *j);
void kit_recall(struct kit *k, size_t i, const char *path, const struct json_value *described);

#endif
