/* check_report.h - what check has found, as text, as JSON and as one self-contained HTML page. */
#ifndef CHECK_CHECK_REPORT_H
#define CHECK_CHECK_REPORT_H

#include "core/buffer.h"
#include "core/finding.h"
#include "core/intern.h"

/* Papers that were made, for the page to link to. */
struct check_document {
    const char *title, *href; /* relative to the page */
    size_t pages;
    int copies;
};

struct check_links {
    struct arena arena;
    struct check_document *list;
    size_t n, cap;
};

/* One applicant, its findings sorted by severity. */
struct check_person {
    const char *id, *name, *unit, *unit_name;
    struct finding *list; /* check_clear frees it */
    size_t n, cap;
    size_t count[SEVERITY_COUNT];
};

struct check_report {
    const char *asof, *stage; /* stage: prepare or submit */
    bool strict, quiet;       /* quiet: the text leaves notes out */
    enum language language;
    struct diag batch; /* what belongs to no applicant; the strings' owner */
    struct intern strings;
    struct check_person *people; /* in input order */
    size_t n;
    size_t count[SEVERITY_COUNT]; /* of all */
    /* NULL: no papers were made. Else the page says for whom and links to them: of each person by
     * number, then (any greater one) of all together: letters, rosters, print runs. */
    void (*links)(void *data, size_t person, struct check_links *out);
    void *data;
};

void check_text(const struct check_report *r, struct buffer *out);
void check_json(const struct check_report *r, struct buffer *out);
void check_html(const struct check_report *r, struct buffer *out);

#endif
