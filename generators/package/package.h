/* package.h - one run of package as its parts see it. */
#ifndef PACKAGE_PACKAGE_H
#define PACKAGE_PACKAGE_H

#include "check/check_run.h"
#include "core/digest_cache.h"
#include "core/json_value.h"
#include "core/manifest.h"
#include "core/spool.h"
#include "core/workers.h"
#include "papers/kit.h"
#include "record/record.h"

#include <signal.h>

enum { KEY_HEX = 33 };

/* What decides what a document looks like; two equal keys are one document. */
struct key {
    char program[KEY_HEX], options[KEY_HEX], fonts[KEY_HEX], data[KEY_HEX], template[KEY_HEX],
        record[KEY_HEX], files[KEY_HEX];
};

enum person_state { PERSON_WAITING, PERSON_COMPLETE, PERSON_FAILED, PERSON_LOST };

struct person {
    const char *id, *name, *unit, *unit_name, *delegation;
    const char *folder; /* in the tree */
    struct src_pos at;
    size_t index; /* in the record */
    bool faulty;
    enum person_state state;
    struct check_person *found; /* what is wrong with it; NULL: not asked for */
    /* of its key, and of its delegation's letter; "": the record could not be read again */
    char record[KEY_HEX], files[KEY_HEX], brief[KEY_HEX];
    size_t result, result_len; /* where it is in the package's results */
};

struct delegated {
    const char *id, *issuer, *folder;
    struct src_pos at;
    const char *faulty; /* the ids of its faulty applicants; NULL: none */
    size_t n;           /* applicants */
    bool complete;
    struct buffer result;
};

struct package {
    const struct options *options;
    struct arena arena;
    const char *out;
    const volatile sig_atomic_t *stopped; /* the signal that has come; 0: none */
    bool force, dry_run;
    bool whole; /* all of the batch: unit papers, print runs and reports are made, too */
    struct fonts *fonts;
    struct press *press;
    struct kit *kit;
    struct key common;     /* template, record and files are each document's own */
    char checked[KEY_HEX]; /* what decides what check finds, but for record and files */
    struct digest_cache *digests;
    struct record *record;
    struct manifest *manifest; /* NULL: a dry run into nothing */
    struct intern strings;
    struct person *people; /* free() it */
    size_t n_people;
    struct person **chosen,
        **jobs; /* who was asked for; who is drawn: has no errors of the stage */
    size_t n_chosen, n_jobs;
    struct spool *results;
    struct rules_options rules_options;
    struct rules *rules;
    struct sections *sections;
    struct check_report report; /* check's, and what drawing has found besides */
    struct delegated *delegations;
    size_t n_delegations;
    const char **prints; /* the paths of what print_run.c wrote */
    size_t n_prints, cap_prints;
    struct diag *first_pass, *diag; /* of the record; of the run */
    bool rosters_failed;
    size_t made, kept, partial; /* documents; partial: applicants with --skip-bad's sheets */
};

/* --- package_result.c: what one applicant or delegation has come to --- */

struct outcome {
    bool complete;
    bool partial; /* some of it is not what was asked for: a sheet stands for what was unreadable */
    size_t system_faults, findings_len;
    const char *findings; /* a JSON array of those of no document */
};

struct made {
    enum { MADE_ANEW, MADE_BEFORE, MADE_NOT } how; /* MADE_NOT: a dry run says why it would be */
    unsigned paper;                                /* the kit's number */
    bool workbook;                                 /* else a PDF */
    unsigned pages, copies;
    char media[8]; /* the paper that it is printed on: A4, A3 */
    bool findings; /* the line has some */
    char sha256[DIGEST_HEX];
    size_t len;
    const char *line; /* the manifest's; of MADE_NOT the reason */
};

/* One after the other: begin, then add for each document. Nothing in the structs is kept. */
void result_begin(struct buffer *result, const struct outcome *o);
void result_add(struct buffer *result, const struct made *m);

struct result_reader {
    const unsigned char *at, *end;
};
/* What it says points into the result. false: it is empty, the work was never done. */
bool result_open(struct result_reader *r, const struct buffer *result, struct outcome *out);
bool result_next(struct result_reader *r, struct made *out);
/* Replaces what the buffer has by a person's result; empty when there is none. */
void result_of(struct package *p, const struct person *one, struct buffer *out);
/* The document's name in the tree. */
const char *result_path(const struct package *p, struct arena *arena, const char *folder,
                        const struct made *m);

/* --- package_key.c: what decides whether something is made anew --- */

void key_end(char out[KEY_HEX], struct digest *d); /* frees d */
/* All that is the same for everybody. */
void package_common_key(struct package *p, const char *const *templates);
/* The members of a manifest line, and what differs from them, as words; NULL: nothing does. */
void key_write(struct json *j, const struct key *k);
const char *key_changes(const struct key *k, const struct json_value *line, struct arena *arena);
/* check's hooks: what it has found is kept as notes of the manifest. */
bool package_recall(const struct package *p, const struct applicant *who, struct diag *diag,
                    struct rules_facts *facts, struct buffer *more);
void package_keep(const struct package *p, const struct applicant *who, const struct diag *diag,
                  const struct rules_facts *facts);
/* The files that an applicant cites, as they are now. */
void package_files_key(const struct package *p, const struct applicant *who, char out[KEY_HEX]);
/* Takes what recall has left. */
void package_take_keys(struct person *one, const void *more, size_t len);

/* --- package_tree.c: files of the tree --- */

/* The path that everybody's folder and every delegation's get; false: reported. */
bool package_name_folders(struct package *p, const char *template, struct diag *diag);
/* A file that is part of the tree: intended, written unless it is there already, and taken. more:
 * further members of its line in the manifest; result: gets it, too, as a document of that paper;
 * NULL: none does. What has a spool is written as a whole into that. */
struct put {
    const char *path;
    struct buffer *bytes;
    void (*more)(struct json *j, const void *data);
    const void *data;
    struct made document; /* all but how, sha256 and the line */
    struct buffer *result;
};
bool package_put(struct package *p, const struct put *what);
/* A spool for what will be put there. */
struct spool *package_spool(struct package *p, const char *path);
/* What the manifest says of the path, when that still is in the tree; NULL: something else is, or
 * nothing. */
const struct manifest_file *package_there(const struct package *p, const char *path);
/* What nobody has any more: listed, or with prune removed. How many are left. */
size_t package_stale(struct package *p, bool prune, const char ***stale);

/* --- package_draw.c: what workers do --- */

/* Each leaves a result. */
extern const struct workers_job package_people_job, package_delegations_job;

/* --- package_roster.c --- */

bool package_make_rosters(struct package *p);

/* --- package_report.c --- */

struct package_counts {
    size_t complete, failed, system_faults;
};

/* What drawing has found goes into the report, beside check's findings. */
void package_merge_findings(struct package *p);
/* Errors and warnings, to standard error, in the batch's order. */
void package_print_findings(const struct package *p, struct package_counts *counts);
/* report.json and report.html; of a part of the batch only the former, to the file that was asked
 * for. */
bool package_write_reports(struct package *p, const struct package_counts *counts,
                           const char *const *stale, size_t n_stale);
bool package_write_part(struct package *p, const struct package_counts *counts);

/* --- print_run.c --- */

/* Merges what is printed together, and writes the list and the script that prints it. */
bool package_write_print_runs(struct package *p);

#endif
