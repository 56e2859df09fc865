/* attachment.h - the one judge of whether a cited file can be used, and what is odd about it. What
 * the dossier binds and what the preflight passes is settled here, in the same words. */
#ifndef DOSSIER_ATTACHMENT_H
#define DOSSIER_ATTACHMENT_H

#include "bind/attachment_pages.h"
#include "bind/page_scan.h"
#include "core/workers.h"

struct attachment {
    struct attachment *next;
    const char *href;
    struct media_file file;
    struct media_image image;
    struct attachment_pages *source; /* a PDF; NULL: the image */
    size_t pages;
    double seconds;    /* of CPU time that it has taken */
    struct diag found; /* as it was read, of no place or context */
    bool bad;          /* that tells why: it cannot be bound */
    bool lent;         /* another's, who closes it */
};

/* With what attachments are opened; borrowed. {0} opens what is not locked and sets no text. */
struct attachment_reader {
    struct fonts *fonts; /* for form fields that bring no appearance */
    const char *const *passwords;
    size_t n_passwords;
    struct workers_cage cage; /* where small PDFs are judged apart; it begins with the first one */
};
void attachment_reader_close(struct attachment_reader *reader); /* ends the cage */

/* Reads what a->file holds, which is open. false: reported. Its memory is the arena's, but
 * attachment_close. */
bool attachment_read(const struct attachment_reader *reader, struct attachment *a,
                     struct arena *arena, const struct finding *where, struct diag *diag);
/* The pages that text names ("2-4,7"; "" or NULL: all), 1-based, can all be bound. 0: reported. */
size_t attachment_select(struct attachment *a, const char *text, struct arena *arena,
                         size_t **pages, const struct finding *where, struct diag *diag);
void attachment_close(struct attachment *a);
/* Reports that the process that read the file ended so. Always false. */
bool attachment_refuse(const char *href, enum workers_end end, const struct finding *where,
                       struct diag *diag);

/* One place that cites a file, and which of its pages. */
struct attachment_citation {
    const char *pages; /* "2-4,7"; "" or NULL: all */
    const struct finding *where;
    struct diag *found; /* gets what is found there */
    /* If not NULL, gets of the cited pages of a PDF the coarsest scan; its dpi is 0 where none is.
     */
    struct page_scan *scan;
};
/* All of that for a PDF that is not bound now, in a process of its own, for all the places that
 * cite it (at least one): what is wrong with the file as such is told at the first. The number of
 * its pages; 0: it cannot be read, which has been reported. */
size_t attachment_judge(struct attachment_reader *reader, const struct media_file *file,
                        const struct attachment_citation *citations, size_t n);

#endif
