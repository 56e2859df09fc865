/* reader.h - what the first pass finds, shared by record.c, reader.c and cursor.c; nobody else
 * includes it. */
#ifndef RECORD_READER_H
#define RECORD_READER_H

#include "record/characters.h"
#include "record/ids.h"
#include "record/input.h"
#include "record/record.h"
#include "record/upload_marks.h"
#include "record/vocabulary.h"

#include <libxml/xmlschemas.h>

/* A value or word at fault, in the arena of the record: where it stands, and what it may have been
 * meant to be (see schema_fault.h). */
struct flaw {
    const char *path; /* of the element, below its applicant; NULL: it stands outside applicants */
    xmlNode *node;    /* of the element, outside applicants */
    const char *attribute; /* NULL: the element's text, or its name */
    const char *name;      /* of an element that its parent cannot hold; NULL: it is none such */
    long line;             /* of that element */
    const char *const *readings;
    size_t n_readings;
    enum record_flaw_kind kind;
};

struct flaws {
    struct flaw *list;
    size_t n, cap;
};

struct applicant_entry {
    const char *id;
    size_t source, unit;
    long line;
    bool faulty, selected;
    bool broken;   /* not read to its end, or too large to be judged */
    bool unlisted; /* it has faults past the limit: neither reported nor among the flaws */
    struct flaws flaws;
    /* What a post of a 事业单位 is filled by: target NULL unless the applicant is on its
     * establishment. */
    const char *target, *grade;
};

/* A unit or a delegation. */
struct holder {
    const char *id;
    xmlNode *node; /* without its applicants */
    size_t source;
    bool faulty;
    bool repeats; /* one of another file, with the same content */
};

struct input_file {
    struct input input;
    xmlDoc *doc; /* batch, delegations and units without their applicants */
    bool faulty; /* the batch's own data is: whatever prints it would print what is wrong */
    bool broken; /* not read to its end */
    struct upload_marks uploaded;
};

struct record {
    struct arena arena;
    struct input_file *sources;
    size_t n_sources;
    struct applicant_entry *entries; /* malloc: an arena would keep every size it had */
    size_t n, cap;
    struct holder *units;
    size_t n_units, cap_units;
    struct holder *delegations;
    size_t n_delegations, cap_delegations;
    struct record_delegation *known; /* the delegations, each once */
    size_t n_known;
    struct ids known_ids;
    xmlNode **known_units; /* likewise */
    size_t n_known_units;
    size_t *indices, n_indices;
    const char *asof;
    const struct record_default *defaults; /* while it is being opened */
    size_t n_defaults;
    struct characters *characters; /* NULL: none known */
    bool printers_refuse_codes;    /* of the options */
    size_t n_faults;               /* reported or past the limit */
    struct flaws flaws;            /* of what stands outside applicants */
    bool resume;                   /* behind a slip, at the next applicant */
    record_visitor *visitor;       /* with its data */
    void *visitor_data;
};

enum { READER_FAULT_LIMIT = 2000 }; /* findings of one run; what is beyond is counted */

struct reader_schema {
    xmlSchema *schema;
    const struct vocabulary *vocabulary;
};

/* Reads one source to its end or to where it breaks, adds what it holds to the record, reports all
 * that is wrong. */
void reader_pass(struct record *r, size_t source, const struct reader_schema *schema,
                 struct diag *diag);
/* Counts a fault of the record and says whether it is still to be reported. */
bool reader_counts(struct record *r);
/* An applicant: the word, below a unit, below the batch. depth: elements open, itself among them.
 */
bool reader_is_applicant(const xmlChar *name, const xmlChar *uri, int depth, bool in_unit);

#endif
