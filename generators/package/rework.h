/* rework.h - the committee's list of returned points (--rework FILE), checked off against the data
 * of this run: a small XML document, or a sheet of a workbook whose heads templates/base/rework.xml
 * knows. */
#ifndef PACKAGE_REWORK_H
#define PACKAGE_REWORK_H

#include "check/report.h"
#include "package/changes.h"

enum rework_state {
    REWORK_DONE,
    REWORK_LOOK, /* something has changed; whether that is it a person must see */
    REWORK_OPEN,
    REWORK_GONE, /* the applicant is no more in the batch */
    REWORK_STATES
};

/* Strings are never NULL but where it says so. */
struct rework_point {
    const char *applicant, *name; /* one of them may be "" */
    const char *paper, *label;    /* on which, and where on it; "" */
    const char *was, *should;     /* the value there, and what it should be; "" */
    const char *text;             /* what was returned, in the committee's words */
    const char *path;             /* of the value in the record, as XPath; "" */
    struct query *field;          /* the path; NULL: none */
    struct src_pos at;
    const char *sheet, *cell;    /* NULL: it stands in XML */
    const struct person *person; /* whom rework_settle has found; NULL: nobody */
    enum rework_state state;
    const char *outcome[LANGUAGE_COUNT]; /* why */
};

struct rework {
    struct arena arena;
    const char *from, *date; /* of the list; "" */
    struct rework_point *points;
    size_t n, cap;
    struct query_list queries;
    size_t count[REWORK_STATES];
};

/* templates: where rework.xml is. NULL: reported. */
struct rework *rework_read(const char *path, const char *const *templates, struct diag *diag);
void rework_free(struct rework *r); /* NULL is fine */
/* Decides the state of each point, by the record, what check has found of those chosen, and what
 * has changed. */
void rework_settle(struct rework *r, const struct package *p, const struct check_report *found,
                   const struct changes *changes);

/* The points in the words of the terminal; "rework", a member of an open object; and a part of the
 * page. */
void rework_print(const struct rework *r, enum language language, FILE *out);
void rework_json(struct json *j, const struct rework *r, enum language language);
void rework_html(const struct rework *r, enum language language, struct buffer *out);

#endif
