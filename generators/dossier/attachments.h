/* attachments.h - the files that a volume binds: each is opened once, however often it is cited,
 * and has its own share of time and memory. */
#ifndef DOSSIER_ATTACHMENTS_H
#define DOSSIER_ATTACHMENTS_H

#include "dossier/attachment.h"
#include "dossier/materials.h"

/* {.arena, .reader, .dir} has opened nothing yet. */
struct attachments {
    struct arena *arena;
    const struct attachment_reader *reader;
    const char *dir;                    /* hrefs are relative to it */
    struct attachment *first, *current; /* current: whose turn it is; NULL: nobody's */
    double since;                       /* when the turn began, in seconds of CPU time */
    const struct attachments *before;   /* NULL, or opened with the same reader, as long as these */
};

/* The file of a material. Faults go to diag when it is opened, the first time. Who has it open
 * before lends it. */
struct attachment *attachments_open(struct attachments *all, const struct material *m,
                                    struct diag *diag);
/* The pages of it that the material cites, 1-based, can all be read and drawn. 0: reported. */
size_t attachments_select(struct attachments *all, struct attachment *a, const struct material *m,
                          size_t **pages, struct diag *diag);

/* What is done from now on is at this one's cost; NULL: at nobody's in particular. When it takes
 * more than an attachment may, the process ends (media/quarantine.h). */
void attachments_charge(struct attachments *all, struct attachment *a);
/* The same for bind_volume, which knows the sources. */
void attachments_charge_source(void *all, const struct attachment_pages *source);

/* The pictures are drawn for the last time: see media_image.jpeg_lent. */
void attachments_lend_images(struct attachments *all);
/* Their pixels are in the PDF now. keep: those that can be drawn again without another reading. */
void attachments_drop_images(struct attachments *all, bool keep);
void attachments_close(struct attachments *all); /* leaves none opened */

#endif
