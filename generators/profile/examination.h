/* examination.h - a profile's files while they are examined, shared by the examine*.c files; nobody
 * else includes it. */
#ifndef PROFILE_EXAMINATION_H
#define PROFILE_EXAMINATION_H

#include "core/buffer.h"
#include "profile/profile.h"

#include <libxml/tree.h>

struct examined_file {
    xmlDoc *document;        /* as it is written: what is included is examined where it stands */
    xmlDoc *whole;           /* with pieces and parameters; NULL: it cannot be had */
    const char *path, *name; /* without folder and suffix */
    bool own;                /* the profile's; else one that notices share */
};

struct examination {
    const struct profile *profile;
    struct arena arena;
    struct diag *diag;
    struct examined_file *files;
    size_t n, cap;
    struct buffer expressions; /* all attributes and texts of all templates, a line each */
};

/* A warning at an element, "zh：what"; severity: INFO is no fault. */
void examination_tell(struct examination *e, enum severity severity, const xmlNode *at,
                      const char *zh, const char *en, const char *what);
void examination_warn(struct examination *e, const xmlNode *at, const char *zh, const char *en,
                      const char *what);
/* The file of that name without suffix that programs would find; NULL: there is none. */
const struct examined_file *examination_file(const struct examination *e, const char *name);
/* The elements below a root, in document order; NULL at the end. */
const xmlNode *examination_next(const xmlNode *n, const xmlNode *root);
/* "（二）6" of a paper is "二.6". */
const char *examination_clause(struct examination *e, const char *id);
/* Is the clause in the notice's list, or the one that it is a part of? */
bool examination_has_clause(const struct profile *p, const char *id);

void examine_paths(struct examination *e);   /* steps that the vocabulary does not have */
void examine_papers(struct examination *e);  /* what is said of a paper in several files */
void examine_rubrics(struct examination *e); /* scoring tables */
void examine_origin(struct examination *e);  /* what is left of the notice that was copied */

#endif
