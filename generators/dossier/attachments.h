/* attachments.h - the files that a volume binds: each is opened once, however often it is cited,
 * and has its own share of time and memory. */
#ifndef DOSSIER_ATTACHMENTS_H
#define DOSSIER_ATTACHMENTS_H

#include "bind/source.h"
#include "dossier/materials.h"

struct attachment {
    struct attachment *next;
    const char *href;
    struct media_file file;
    struct media_image image;
    struct source *source; /* a PDF; NULL: the image */
    size_t pages;
    double seconds; /* of CPU time that it has taken */
    bool bad;       /* reported: it cannot be bound */
};

/* {.arena, .dir, .passwords, .n_passwords} has opened nothing yet. */
struct attachments {
    struct arena *arena;
    const char *dir; /* hrefs are relative to it */
    const char *const *passwords;
    size_t n_passwords;
    struct attachment *first, *current; /* current: whose turn it is; NULL: nobody's */
    double since;                       /* when the turn began, in seconds of CPU time */
};

/* The file of a material. Faults go to diag when it is opened, the first time. */
struct attachment *attachments_open(struct attachments *all, const struct material *m,
                                    struct diag *diag);
/* The pages of it that the material cites, 1-based, can all be read. 0: reported. */
size_t attachment_select(struct attachments *all, struct attachment *a, const struct material *m,
                         size_t **pages, struct diag *diag);

/* What is done from now on is at this one's cost; NULL: at nobody's in particular. When it takes
 * more than an attachment may, the process ends (media/quarantine.h). */
void attachments_charge(struct attachments *all, struct attachment *a);
/* The same for bind_volume, which knows the sources. */
void attachments_charge_source(void *all, const struct source *source);

void attachments_drop_images(struct attachments *all); /* their pixels are in the PDF now */
void attachments_close(struct attachments *all);       /* leaves none opened */

#endif
