/* attachment_pages.h - a PDF that is to be bound: its pages, bookmarks and inner links, and what is
 * odd about it. Hostile until proven: every chain is followed so far and no farther. */
#ifndef BIND_ATTACHMENT_PAGES_H
#define BIND_ATTACHMENT_PAGES_H

#include "bind/annotation.h"
#include "bind/fit.h"
#include "bind/id_set.h"
#include "core/finding.h"
#include "media/media.h"

struct attachment_target {
    size_t page; /* 0-based */
    double x, y; /* in that page's user space */
};

struct attachment_bookmark {
    int level; /* 1: top */
    const char *title;
    struct attachment_target to;
};

struct attachment_link {
    size_t page;
    double rect[4];
    struct attachment_target to;
};

/* What is odd about a page that can be bound all the same. */
enum source_oddity {
    SOURCE_NO_BOX = 1,       /* no size that can be made out */
    SOURCE_ODD_BOX = 2,      /* more numbers than a size has */
    SOURCE_NO_CONTENT = 4,   /* what should be its content is not in the file */
    SOURCE_ENORMOUS = 8,     /* longer than any reader must open */
    SOURCE_SMALL_TYPE = 16,  /* so large that it is hardly legible on a sheet */
    SOURCE_NO_CROP = 32,     /* its crop box leaves nothing of it */
    SOURCE_DAMAGED = 64,     /* fonts, pictures or forms that it draws with cannot be read */
    SOURCE_PART = 128,       /* its content cannot be read to its end */
    SOURCE_ODD_TURN = 256,   /* turned by no multiple of 90 degrees */
    SOURCE_ODD_CROP = 512,   /* a crop box of more or fewer numbers than four */
    SOURCE_WIDE_CROP = 1024, /* one larger than the page, which leaves out some of it */
    SOURCE_MANY_LINKS = 2048 /* so many that not all of them are kept */
};

struct attachment_pages {
    struct qdoc *doc;
    const char *href;
    struct fit_page *pages;
    unsigned short *oddities; /* of each page, a set of enum source_oddity */
    size_t n;
    bool encrypted, repaired;
    struct attachment_bookmark *bookmarks;
    size_t n_bookmarks, cap_bookmarks;
    struct attachment_link *links;
    size_t n_links, cap_links;
    struct id_set salvaged;           /* content streams of which a part could be read */
    struct id_set whole;              /* and those that were read to their end */
    struct id_set looked_at, damaged; /* damaged_graphics.c's: pictures and forms */
    size_t unpacked, unpacked_forms;  /* bytes of them that it has read */
    size_t searched;                  /* and of content */
    bool lacks_graphics;              /* some are damaged, or not there */
    size_t scanned;                   /* bytes of content that page_scan.c has read */
    bool scans;                       /* it will be asked: pictures are looked at for it, too */
    struct id_set blank, inked;       /* pictures that it knows */
    unsigned char *pixels;            /* the last ones that were unpacked */
    size_t room;
    unsigned char *completed;         /* the file with a trailer, where it had none */
    void *owner;                      /* the caller's */
    struct bind_form *forms;          /* bind.c's: of each page */
    struct layers *layers;            /* NULL: none */
    struct annotation_places *places; /* of each page */
    struct annotations *annotations;
    struct known_looks *looks; /* page_look.c's; NULL: nobody has asked */
};

/* Opens the PDF in file (which stays open as long as the source), trying the passwords in turn.
 * NULL: reported with where (rule R76). What is odd about the file as a whole but can be bound
 * (repaired, encrypted by its owner, files inside) is a warning; what its annotations lose is for
 * judge.h to say. fonts: for fields that bring no appearance. The memory is the arena's, but
 * attachment_pages_close. */
struct attachment_pages *attachment_pages_open(struct arena *arena, const struct media_file *file,
                                               const char *const *passwords, size_t n_passwords,
                                               const struct media_limits *limits,
                                               struct fonts *fonts, const struct finding *where,
                                               struct diag *diag);
/* Can the content of these pages (1-based) be read to its end? false: reported. What is odd about
 * them is a warning: their size, lost content, fonts and files that they lack. */
bool attachment_pages_check(struct attachment_pages *s, const size_t *pages, size_t n,
                            const struct finding *where, struct diag *diag);
void attachment_pages_close(struct attachment_pages *s); /* NULL is fine */

#endif
