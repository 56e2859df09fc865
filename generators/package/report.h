/* report.h - what a run of package says: messages, report.json, report.html. */
#ifndef PACKAGE_REPORT_H
#define PACKAGE_REPORT_H

#include "check/report.h"
#include "package/package.h"
#include "package/rework.h"

/* check: for preflight_people to fill, about those chosen in their order. */
struct package_report {
    const struct package *package;
    struct check_report check;       /* check's findings, and what drawing has found besides */
    const struct tree_paths *prints; /* for the page's links */
    const struct rework *rework;     /* likewise; NULL: none was given */
    const struct changes *changes;   /* that the JSON says; NULL: it says none */
};

struct package_report *report_new(const struct package *p);
void report_free(struct package_report *r); /* NULL is fine */
/* Adds what drawing has found. */
void report_merge_findings(struct package_report *r);
/* report.json and report.html, and where anything is otherwise or they lack, changes.json and
 * changes.html; of a part of the batch nothing of it. The file that was asked for says besides what
 * is otherwise than before. false: reported. */
bool report_write(struct package_report *r, const struct tree_paths *prints,
                  const struct tree_paths *stale, const struct changes *changes);
void report_write_part(struct package_report *r, const struct changes *changes);
size_t report_complete(const struct package_report *r); /* how many of those chosen are */

#endif
