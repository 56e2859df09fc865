/* package.h - one run of package as its parts see it. */
#ifndef PROGRAMS_PACKAGE_H
#define PROGRAMS_PACKAGE_H

#include "core/manifest.h"
#include "core/workers.h"
#include "programs/check_run.h"
#include "programs/kit.h"
#include "record/record.h"

enum { KEY_HEX = 33 };

/* What decides what a document looks like; two equal keys are one document. */
struct key {
    char program[KEY_HEX], options[KEY_HEX], fonts[KEY_HEX], data[KEY_HEX], template[KEY_HEX],
        record[KEY_HEX], files[KEY_HEX];
};

enum person_state { PERSON_WAITING, PERSON_COMPLETE, PERSON_FAILED, PERSON_LOST };

struct person {
    const char *id, *name, *unit, *delegation;
    const char *folder; /* in the tree */
    struct src_pos at;
    size_t index; /* in the record */
    bool selected, faulty;
    enum person_state state;
    struct check_person *found; /* what is wrong with it; NULL: not asked for */
    struct buffer result;       /* see package_draw.c */
};

struct delegated {
    const char *id, *issuer, *folder;
    bool complete;
    struct buffer result;
};

struct package {
    const struct options *options;
    struct arena arena;
    const char *out;
    bool force, dry_run;
    bool whole; /* all of the batch: unit papers, print runs and reports are made, too */
    struct fonts *fonts;
    struct press *press;
    struct kit *kit;
    struct key common; /* template, record and files are each document's own */
    struct record *record;
    struct gathering *gathering; /* NULL: no paper is a delegation's */
    struct manifest *manifest;   /* NULL: a dry run into nothing */
    struct person *people;
    size_t n_people, cap_people;
    struct person **chosen,
        **jobs; /* who was asked for; who is drawn: has no errors of the stage */
    size_t n_chosen, n_jobs;
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

/* A file that is part of the tree: intended, written unless it is there already, and taken. more:
 * further members of its line in the manifest; result: gets the line ('+' or '='), too; NULL: none
 * does. */
bool package_put(struct package *p, const char *path, const struct buffer *bytes,
                 void (*more)(struct json *j, const void *data), const void *data,
                 struct buffer *result);
/* What the manifest says of the path, when that still is in the tree; NULL: something else is, or
 * nothing. */
const struct manifest_file *package_there(const struct package *p, const char *path);

/* --- package_draw.c: what workers do --- */

/* A person's result, as it comes from a worker, and a delegation's: a line of JSON with "complete",
 * "system" (faults) and "findings"; then a line for each document: '+' made or '=' as it was, and
 * the manifest's line; or, of a dry run, '?', the path, a tab and why it would be made. */
extern const struct workers_job package_people_job, package_delegations_job;

/* --- package_report.c --- */

struct package_counts {
    size_t complete, failed, system_faults;
};

/* One line of a result after the other: text is after the last one (NULL: at the first), NULL at
 * the end. */
const char *package_line(const struct buffer *result, const char *after, size_t *len);
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
