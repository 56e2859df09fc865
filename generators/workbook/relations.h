/* relations.h - which parts of an Office file belong to a part, and as what. */
#ifndef WORKBOOK_RELATIONS_H
#define WORKBOOK_RELATIONS_H

#include "workbook/archive.h"

struct relation {
    const char *id;     /* "rId1" */
    const char *type;   /* what stands behind the last / of its type: "worksheet" */
    const char *target; /* the part's name, or where external the address as it stands */
    bool external;
    size_t nth; /* in the file */
};

struct relations {
    struct relation *list; /* by their ids */
    size_t n, cap;
};

/* Of a part, or of the whole package (ARCHIVE_NONE), in the arena; a part without any is fine.
 * false: a fault, which was reported. */
bool relations_read(struct archive *a, int part, struct arena *arena, struct relations *out);
/* NULL: none of that id, or type. Of several of one id the first in the file counts. */
const struct relation *relation_by_id(const struct relations *r, const char *id);
const struct relation *relation_by_type(const struct relations *r, const char *type);
/* The part it leads to; ARCHIVE_NONE: none, external, or it is not in the archive. */
int relation_part(const struct archive *a, const struct relation *r);

#endif
