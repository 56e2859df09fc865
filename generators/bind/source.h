/* source.h - a PDF that is to be bound: its pages, bookmarks and inner links, and what is odd about
 * it. Hostile until proven: every chain is followed so far and no farther. */
#ifndef BIND_SOURCE_H
#define BIND_SOURCE_H

#include "bind/annotation.h"
#include "bind/fit.h"
#include "core/finding.h"
#include "media/media.h"

struct source_target {
    size_t page; /* 0-based */
    double x, y; /* in that page's user space */
};

struct source_bookmark {
    int level; /* 1: top */
    const char *title;
    struct source_target to;
};

struct source_link {
    size_t page;
    double rect[4];
    struct source_target to;
};

struct source {
    struct qdoc *doc;
    const char *href;
    struct fit_source *pages;
    size_t n;
    struct source_bookmark *bookmarks;
    size_t n_bookmarks, cap_bookmarks;
    struct source_link *links;
    size_t n_links, cap_links;
    void *owner;             /* the caller's */
    struct bind_form *forms; /* bind.c's: of each page */
    struct layers *layers;   /* NULL: none */
    struct annotations *annotations;
};

/* Opens the PDF in file (which stays open as long as the source), trying the passwords in turn.
 * NULL: reported with where (rule R76). What is odd but can be bound (repaired, encrypted by its
 * owner) is a warning; what its annotations lose by that is for judge_annotations to say. fonts:
 * for fields that bring no appearance. The memory is the arena's, but source_close. */
struct source *source_open(struct arena *arena, const struct media_file *file,
                           const char *const *passwords, size_t n_passwords,
                           const struct media_limits *limits, struct fonts *fonts,
                           const struct finding *where, struct diag *diag);
/* Can the page's content (0-based) be read to its end? false: reported. */
bool source_check(struct source *s, size_t page, const struct finding *where, struct diag *diag);
void source_close(struct source *s); /* NULL is fine */

#endif
