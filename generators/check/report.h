/* report.h - what check has found, as text, as JSON and as one self-contained HTML page. */
#ifndef CHECK_REPORT_H
#define CHECK_REPORT_H

#include "core/buffer.h"
#include "core/finding.h"
#include "core/intern.h"
#include "core/json.h"

/* Papers that were made, for the page to link to. */
struct check_document {
    const char *title, *href; /* relative to the page */
    size_t pages;             /* 0: it is not printed */
    int copies;
    bool duplex;
    const char *paper; /* A4, A3 */
    bool print;        /* what it holds is listed by itself, too */
};

struct check_links {
    struct arena arena;
    struct check_document *list;
    size_t n, cap;
    bool whole_names; /* titles are whole paths */
};

/* One applicant, its findings sorted by severity. */
struct check_person {
    const char *id, *name, *unit, *unit_name;
    struct finding *list; /* check_clear frees it */
    size_t n, cap;
    size_t count[SEVERITY_COUNT];
    size_t n_ended; /* processes at work for them that somebody ended: the batch has the faults */
};

struct check_report {
    const char *asof, *stage; /* stage: prepare or submit */
    bool strict, quiet;       /* quiet: the text leaves notes out */
    bool all;                 /* the text names each applicant of what many have */
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
    const char *changes; /* the page of what has changed, to link to; NULL: none */
};

/* Adds a finding; its strings are copied. */
void check_add(struct check_report *r, struct check_person *p, struct finding f, bool show_ids);
/* Errors first; within a severity the order stays. */
void check_sort(struct finding *list, size_t n);
/* All findings in the order of the report, in a list that the caller frees. */
const struct finding **check_findings(const struct check_report *r, size_t *n);
/* Frees all that the report owns. */
void check_clear(struct check_report *r);

/* Is it among those found of an applicant? A fault that a rule, a file and several papers notice is
 * one finding, but what does not fit is one of each paper. */
bool check_has(const struct finding *list, size_t n, const struct finding *f);

/* A finding of an applicant among all of all applicants. */
struct check_entry {
    const struct finding *finding;
    size_t person, order; /* their numbers */
    int (*alike)(const struct finding *, const struct finding *);
};
/* Those that are alike (0: they are) one after the other, in the report's order. To be freed. */
size_t check_entries(const struct check_report *r,
                     int (*alike)(const struct finding *, const struct finding *),
                     struct check_entry **out);
/* How many are alike with the first (n > 0), and of how many people they are. */
size_t check_entries_alike(const struct check_entry *list, size_t n, size_t *people);

/* The page. */
void check_html(const struct check_report *r, struct buffer *out);
/* Parts of the JSON: members of an open object, and the value of "status". */
void check_json_counts(struct json *j, const size_t count[SEVERITY_COUNT]);
void check_json_findings(struct json *j, const struct finding *list, size_t n,
                         enum language language);
const char *check_status(bool failed, const size_t count[SEVERITY_COUNT]);
/* The member "common", if there is any: what four applicants or more have in common, with their
 * ids. */
void check_json_common(struct json *j, const struct check_report *r);
/* The same report with what these have in common as one finding of the batch, which names the first
 * of them. Its strings are the report's; cleared by check_group_clear. */
void check_group(const struct check_report *r, struct check_report *grouped);
void check_group_clear(struct check_report *grouped);
/* To a file, as format says: text, json or html. false: reported. */
bool check_write(const struct check_report *r, const char *format, const char *path,
                 struct diag *diag);
/* A report of each unit's own applicants as UNIT-NAME.FORMAT in a directory, which is made. */
bool check_write_units(const struct check_report *r, const char *format, const char *directory,
                       struct diag *diag);

#endif
