/* check_report.h - what check has found, as text, as JSON and as one self-contained HTML page. */
#ifndef PROGRAMS_CHECK_REPORT_H
#define PROGRAMS_CHECK_REPORT_H

#include "core/buffer.h"
#include "core/finding.h"

/* A paper that was made, for the page to link to. */
struct check_document {
    const char *title, *href; /* relative to the page */
    size_t pages;
    int copies;
};

/* One applicant, its findings sorted by severity. */
struct check_person {
    const char *id, *name, *unit, *unit_name;
    struct finding *list;
    size_t n, cap;
    size_t count[SEVERITY_COUNT];
    struct check_document *documents;
    size_t n_documents, cap_documents;
};

struct check_report {
    const char *asof, *stage; /* stage: prepare or submit */
    bool strict, quiet;       /* quiet: the text leaves notes out */
    enum language language;
    struct diag batch;           /* what belongs to no applicant; the strings' owner */
    struct check_person *people; /* in input order */
    size_t n;
    size_t count[SEVERITY_COUNT]; /* of all */
    bool drawn;                   /* papers were made: the page says for whom, and links to them */
    struct check_document *documents; /* of all together: letters, rosters, print runs */
    size_t n_documents, cap_documents;
};

void check_text(const struct check_report *r, struct buffer *out);
void check_json(const struct check_report *r, struct buffer *out);
void check_html(const struct check_report *r, struct buffer *out);

#endif
