/* changes.h - what is otherwise in the tree than before this run, for who has printed it: documents
 * that were made and which of their pages look otherwise, who is new, who has gone. The tree's own
 * reports say nothing of it, since they depend on the input alone; it stands on standard error, in
 * the file of --report, and in changes.json and changes.html, which are no part of the manifest and
 * stay as they are when nothing has changed. */
#ifndef PACKAGE_CHANGES_H
#define PACKAGE_CHANGES_H

#include "package/package.h"

#include <stdio.h>

/* Of one document. */
struct change {
    const char *file, *path; /* the paper's name; where in the tree */
    bool made;               /* its bytes are others than before; else it is as it was */
    const char *pages;       /* that look otherwise: "2,17-19"; "": none does; NULL: all are new */
    size_t n, before;        /* how many pages it has, and had */
    unsigned copies;
};

enum change_kind { CHANGE_NEW, CHANGE_REPRINT, CHANGE_GONE, CHANGE_KINDS };

/* Of an applicant, or of a group: what is to be printed again. */
struct owner_changes {
    enum change_kind kind;
    enum record_scope scope;
    const char *id, *name, *unit, *folder; /* name, unit: "" of who has gone */
    struct change *list;
    size_t n, cap;
};

/* Documents of the run before that an owner who is still there has no more. */
struct change_removed {
    const char *owner; /* changes.c's */
    const char *kind, *path;
};

struct changes {
    struct arena arena;
    const struct package *package;
    struct change_index *index; /* of what was there before */
    bool first;                 /* nothing was: all is new */
    bool any;                   /* something is otherwise */
    size_t made, unchanged;     /* documents */
    struct owner_changes *list; /* those to whom something has happened, in the batch's order */
    size_t n, cap;
    size_t count[CHANGE_KINDS];
    struct change_removed *removed;
    size_t n_removed, cap_removed;
};

/* When all of a batch is drawn, and before the manifest is written. Never NULL. */
struct changes *changes_find(const struct package *p);
void changes_free(struct changes *c); /* NULL is fine */

/* Of files that stay in the tree though they are nobody's the next run does not tell again. */
void changes_note_stale(const struct package *p, const struct tree_paths *stale);
/* "第2、17—19页", "全部": what is to be printed of it. */
const char *change_pages(const struct change *d, enum language language, struct arena *arena);

/* What has happened, in the words of the terminal: of a tree that was empty before, and of one that
 * is as it was, nothing. */
void changes_print(const struct changes *c, FILE *out);
/* Of one document of an owner, whose id and folder suffice: members of an open object. */
void change_json(struct json *j, const struct changes *c, const struct owner_changes *owner,
                 const char *path, const struct result_document *d);
/* What the owner has no more: elements of an open array. */
void changes_json_removed(struct json *j, const struct changes *c,
                          const struct owner_changes *owner);
void changes_json(struct json *j, const struct changes *c); /* a member of an open object */
/* changes.html; rework: NULL: none. */
struct rework;
void changes_write_html(const struct changes *c, const struct rework *rework, struct buffer *out);

#endif
