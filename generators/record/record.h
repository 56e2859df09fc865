/* record.h - the input: one batch from one or more XML files, streamed one applicant at a time.
 *
 * Memory is flat: a first pass checks everything (schema, ids, references, encodings), reports all
 * faults and keeps the batch, its delegations and units without their applicants; the second pass
 * hands the applicants out in input order, each grafted below its unit, so that XPath sees its
 * ancestors. What only the whole can tell stands below the unit as well: <recommended target grade
 * n>, the number of its applicants on the establishment, by what they apply for. Alters no text but
 * for the private-use codes that characters.xml knows, which become their characters; others, and
 * what is no character, are faults (see printers_refuse_codes). Safe: no DTD, entities, network,
 * XInclude; limits with a message. From record_open on libxml2 loads nothing by name in this
 * process (see xml.h): others parse what they have opened. */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include "core/finding.h"
#include "record/word_list.h"

/* A place in a record (an xmlNode, which only this module looks into). */
typedef struct _xmlNode record_node;

/* An attribute of <batch> that a notice gives to those that do not have it. */
struct record_default {
    const char *name, *value;
};

/* Of a unit's establishment, how many apply for a grade. */
struct record_recommended {
    const char *unit, *target, *grade;
    long n;
};

struct record_options {
    const char *schema_path;       /* templates/base/applicants.xsd */
    const struct word_list *lists; /* of the notice, for the schema's types of these names */
    size_t n_lists;
    const struct record_default *defaults; /* borrowed as long as the record is being opened */
    size_t n_defaults;
    const char
        *characters_path; /* templates/base/characters.xml; NULL: no private-use code is known */
    /* Other private-use codes, and what is no character, are faults only in what names files (ids,
     * names of people and units): the others are warned about, and refused by
     * whatever prints them. */
    bool printers_refuse_codes;
    const char *const *inputs; /* "-" is spooled to a file that vanishes with the record */
    size_t n_inputs;
    /* What was made of inputs that are workbooks: for each input a descriptor of XML to read by
     * pread in its place, the caller's, or -1; NULL: none is one. Findings name the input. */
    const int *made;
    const struct diag *remarks; /* what was found while they were made; record_open passes it on */
    const char *const *only_applicants, *const
                                            *only_units; /* NULL: all; an unknown id is an error */
    size_t n_only_applicants, n_only_units;
    const char *asof; /* --asof DATE overrides batch/@asof; NULL: the batch's own */
    /* What the inputs are a part of has so many; NULL: they are the whole, and are counted. */
    const struct record_recommended *recommended;
    size_t n_recommended;
    bool resume; /* after a slip of markup within a unit, at its next applicant: for check */
};

struct record_delegation {
    const char *id;
    record_node *node;
    bool faulty; /* faults of its own were reported */
};

/* A value that is not of its type, or a word that is none, as the first pass has reported it, and
 * what it may have been meant to be. What a rule finds only under some of these readings rests on
 * the fault, and is not to be said beside it. */
enum record_flaw_kind {
    RECORD_FLAW_VALUE, /* readings are values, "" for nothing */
    RECORD_FLAW_NAME,  /* readings are names of the attribute or the element */
    RECORD_FLAW_CHILD  /* readings are children that the element lacks, as name>text */
};

struct record_flaw {
    enum record_flaw_kind kind;
    record_node *node;
    const char *attribute; /* NULL: the element itself */
    const char *const *readings;
    size_t n_readings;
};

struct applicant {
    size_t index; /* 0-based, over all inputs, in input order, counting the deselected ones too */
    const char *id, *name;                     /* name "" when the record has none */
    const char *unit, *unit_name, *delegation; /* ids and the unit's name; "" when unknown */
    record_node *node; /* <applicant>, its parent <unit>, its ancestor <batch>; valid until the next
                        * call. Where the file breaks off within it: what stood there before */
    struct src_pos at;
    const char *dir; /* hrefs are relative to it: the directory of the file it stands in */
    /* The first pass has reported faults in it, or in what all papers of its unit or its file
     * print: the unit's own data, the batch's own. No paper is to be made of it. An element in the
     * wrong place outside applicants is reported and left out, and makes nobody faulty. */
    bool faulty;
    bool broken; /* a slip of markup stands in it, and it was read up to there only; or its faults
                  * are more than are listed, or its entries more than anybody's. Nothing is to be
                  * concluded from what it holds */
    const struct record_flaw *flaws; /* its own, and those of what all of its unit or file share */
    size_t n_flaws;
};

struct record;

/* The first pass. NULL: a fault of system or usage (an id in only_* that nothing bears, a file that
 * cannot be read), or no applicant could be read; always reported. A record with faulty applicants
 * is returned all the same. The options' strings are borrowed for the record's life. Several inputs
 * are one batch: they agree on asof and plan; each brings the delegations that its units name, and
 * may bring a unit or delegation of another file again if it is the same. */
struct record *record_open(const struct record_options *options, struct diag *diag);
/* Whoever a cursor hands out is shown to it first: for who adds to records what stands elsewhere.
 * NULL: nobody is. */
typedef void record_visitor(void *data, struct applicant *applicant);
void record_show_to(struct record *r, record_visitor *visitor, void *data);
size_t record_count(const struct record *r);     /* applicants selected, faulty ones among them */
const char *record_asof(const struct record *r); /* yyyy-mm-dd; "" when the batch's own is faulty */
/* Each once, in input order. */
size_t record_delegations(const struct record *r, const struct record_delegation **out);
/* NULL: none has the id. */
const struct record_delegation *record_delegation(const struct record *r, const char *id);

/* The units without their applicants, in input order. NULL: past the last. */
record_node *record_unit(const struct record *r, size_t n);

/* Of all that stands outside applicants; in the arena. */
size_t record_flaws(const struct record *r, struct arena *arena, struct record_flaw **out);
/* Puts the nth reading of each flaw into the record (those with fewer begin again), and takes it
 * out again. record_readings: how many make a difference. */
struct record_reading;
size_t record_readings(const struct record_flaw *flaws, size_t n);
struct record_reading *record_read_as(const struct record_flaw *flaws, size_t n, size_t nth);
void record_read_again(struct record_reading *reading); /* as it stands in the file */
/* The second pass. Each process or worker opens its own cursor (forked workers share no file
 * position). next: false at the end or after a reported fault; deselected ones are passed over. */
struct record_cursor;
struct record_cursor *record_cursor_new(const struct record *r, struct diag *diag);
bool record_next(struct record_cursor *c, struct applicant *out);
/* Can it still go to the applicant with this index? */
bool record_is_ahead(const struct record_cursor *c, size_t index);
/* Goes forward to the applicant with this index, never backward (false); what lies between costs no
 * tree. */
bool record_seek(struct record_cursor *c, size_t index, struct applicant *out);
/* The same, where that the applicant is no longer there is a fault. false: reported to diag, in
 * place of the cursor's own, which may be NULL. */
bool record_reread(struct record_cursor *c, size_t index, struct applicant *out, struct diag *diag);
void record_cursor_free(struct record_cursor *c);
bool record_is_whole(const struct record *r); /* was every input read to its end? */
/* The same, for a paper that lists people: false is reported, in the paper's name. */
bool record_ask_whole(const struct record *r, const char *paper, struct diag *diag);
const char *record_id(const struct record *r, size_t index); /* of any applicant */
bool record_is_faulty(const struct record *r, size_t index); /* as the applicant will say */
/* Indices of the selected applicants in order; the array is the record's. */
const size_t *record_indices(const struct record *r);

void record_free(struct record *r);

/* Where a node stands in the input, and its path below applicant for findings ("person/name",
 * "project[2]/@rank": the first of its name carries no number); the path lives in the arena. */
struct src_pos record_pos(const record_node *node);
const char *record_path(const record_node *node, struct arena *arena);

#endif
