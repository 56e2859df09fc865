/* platform.h - a profile's upload.xml: what the platform takes of an applicant, as files and as
 * fields, in its order, and within which limits. Nothing is asked of the platform itself. */
#ifndef UPLOAD_PLATFORM_H
#define UPLOAD_PLATFORM_H

#include "query/query.h"

enum upload_type { UPLOAD_PDF = 1, UPLOAD_JPEG = 2, UPLOAD_PNG = 4 };

/* One try at making a file smaller: pictures of more dots per inch are drawn with fewer, and all
 * are packed anew. */
struct upload_reduction {
    int quality; /* libjpeg's, 1 to 100 */
    double dpi;  /* at the size that the picture is printed in */
};

/* Files of one kind: one for each element, or one for all of them. */
struct upload_kind {
    struct src_pos at;
    const char *kind, *directory, *clause;
    struct query *select, *title, *sort;
    struct query *extracted; /* on an element: the platform has it by itself. NULL: never */
    struct query *required;  /* on the applicant: there must be such an element. NULL: never */
    const char *parts;       /* what there must be of each, in this order; "" */
    bool together;           /* all elements' evidence is one file */
};

/* The words of one of the platform's lists, and which of the record's each stands for. */
struct upload_word {
    const char *from, *to;
};
struct upload_words {
    const char *name;
    struct upload_word *list;
    size_t n, cap;
};

struct upload_field {
    struct src_pos at;
    const char *label, *clause;
    struct query *select, *when;
    const char *date;       /* the form of dates, as yyyy-mm-dd; "": as the record has it */
    const char *words_name; /* ""; or of */
    const struct upload_words *words; /* NULL: the record's own */
    int limit;                        /* characters; 0: none */
    bool needed;                      /* an empty one is missing */
};

/* Fields that are filled in once, or (select) once for each element. */
struct upload_group {
    struct src_pos at;
    const char *title, *clause;
    struct query *select, *sort;
    struct upload_field *fields;
    size_t n, cap;
};

struct upload_step {
    const char *clause, *text;
};

/* Exclusive limits, as the notice gives them; ratios (width to height) inclusive. */
struct upload_photo {
    const char *kind, *clause;
    size_t bytes_over, bytes_under;
    int width_over, height_over;
    double least_ratio, most_ratio;
};

/* Nobody says in which of these ways the platform counts: code points, words as word processors
 * have them, UTF-16 units. */
enum { UPLOAD_COUNTS = 3 };

struct platform {
    const char *title, *address;
    const char *folder, *sheet; /* names in the applicant's folder */
    const char *note;           /* for people, beside the fields; "" */
    const char *name;           /* of a file, by names_fill: {id} {name} {kind} {title} */
    struct upload_photo photo;
    unsigned types;         /* a set of enum upload_type */
    size_t bytes;           /* of a file, at most */
    size_t pages;           /* likewise; 0: any number */
    int pixels;             /* of the longer side of a picture, at most; 0: any number */
    const char *clause;     /* of the notice, that asks for the files; "" */
    const char *unofficial; /* what is said of limits and order that the notice does not give */
    struct query *evidence; /* from an element: what cites files */
    struct upload_words *words;
    size_t n_words, cap_words;
    struct upload_step *steps;
    size_t n_steps, cap_steps;
    struct upload_reduction *reductions;
    size_t n_reductions, cap_reductions;
    struct upload_kind *kinds;
    size_t n_kinds, cap_kinds;
    struct upload_group *groups;
    size_t n_groups, cap_groups;
    struct query *counts[UPLOAD_COUNTS]; /* of $value */
    struct arena arena;
    struct query_list queries; /* all */
};

/* The file in the first of the directories that has it. NULL: every fault was reported with
 * file:line. */
struct platform *platform_load(const char *const *dirs, struct diag *diag);
void platform_free(struct platform *p); /* NULL is fine */

#endif
