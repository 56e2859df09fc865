/* attachment_pages.h - a PDF that is to be bound: its pages, bookmarks and inner links, and what is
 * odd about the document. It may be hostile: the length of every chain and the depth of every tree
 * has a limit. */
#ifndef BIND_ATTACHMENT_PAGES_H
#define BIND_ATTACHMENT_PAGES_H

#include "bind/annotation.h"
#include "bind/fit.h"
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

struct attachment_pages {
    struct qdoc *doc;
    const char *href;
    struct fit_page *pages;
    size_t n;
    struct attachment_bookmark *bookmarks;
    size_t n_bookmarks, cap_bookmarks;
    struct attachment_link *links;
    size_t n_links, cap_links;
    void *owner;             /* the caller's */
    struct bind_form *forms; /* bind.c's: of each page */
    struct layers *layers;   /* NULL: none */
    struct annotations *annotations;
};

/* Opens the PDF in file (which stays open as long as the pages), trying the passwords in turn.
 * NULL: reported with where (rule R76). What is odd but can be bound (repaired, encrypted by its
 * owner) is a warning; what its annotations lose by that is for judge_annotations to say. fonts:
 * for fields that bring no appearance. The memory is the arena's, but attachment_pages_close. */
struct attachment_pages *attachment_pages_open(struct arena *arena, const struct media_file *file,
                                               const char *const *passwords, size_t n_passwords,
                                               const struct media_limits *limits,
                                               struct fonts *fonts, const struct finding *where,
                                               struct diag *diag);
/* Can the page's content (0-based) be read to its end? false: reported. */
bool attachment_pages_check(struct attachment_pages *s, size_t page, const struct finding *where,
                            struct diag *diag);
void attachment_pages_close(struct attachment_pages *s); /* NULL is fine */

#endif
