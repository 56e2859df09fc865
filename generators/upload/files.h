/* files.h - which files an applicant puts on the platform, out of which pages of which scans: the
 * kinds of a profile's upload.xml, filled from the record. Nothing is opened here. */
#ifndef UPLOAD_FILES_H
#define UPLOAD_FILES_H

#include "dossier/materials.h"
#include "upload/platform.h"

enum upload_state {
    UPLOAD_CITED,     /* the record cites scans for it */
    UPLOAD_EXTRACTED, /* the platform has it by itself */
    UPLOAD_MISSING    /* nothing is cited */
};

/* A run of pages of one scan. */
struct upload_piece {
    struct material source; /* href, pages, title, field, at */
};

struct upload_file {
    const struct upload_kind *kind;
    enum upload_state state;
    const char *title;   /* of the element; "" */
    const char *name;    /* of the file, without suffix */
    const char *lacking; /* parts that no evidence is of: 刊号、目录; "" */
    bool done;           /* all of it is on the platform */
    struct src_pos at;   /* the element; where there is none, its kind in upload.xml */
    struct upload_piece *pieces;
    size_t n, cap;
    const record_node **waiting; /* of what cites them: what is not on the platform yet, says the
                                  * record */
    size_t n_waiting, cap_waiting;
};

struct upload_files {
    struct upload_file *list; /* in the platform's order */
    size_t n, cap;
    const char *photo; /* the name of the photo's file, without suffix */
};

/* ctx has been begun on the applicant. Everything is in the arena. */
struct upload_files *upload_files_list(const struct platform *p, struct query_context *ctx,
                                       const struct applicant *who, struct arena *arena);

#endif
