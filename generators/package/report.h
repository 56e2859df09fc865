/* report.h - what a run of package says: messages, report.json, report.html. */
#ifndef PACKAGE_REPORT_H
#define PACKAGE_REPORT_H

#include "check/report.h"
#include "package/package.h"

/* check: for preflight_people to fill, about those chosen in their order. */
struct package_report {
    const struct package *package;
    struct check_report check;       /* check's findings, and what drawing has found besides */
    const struct tree_paths *prints; /* for the page's links */
    bool changes;                    /* report.json says what has changed */
};

struct package_report *report_new(const struct package *p);
void report_free(struct package_report *r); /* NULL is fine */
/* Adds what drawing has found. */
void report_merge_findings(struct package_report *r);
/* report.json and report.html; of a part of the batch only the former, to the file that was asked
 * for. That file says besides what has changed since the run before; gone: folders of people who
 * are no more. false: reported. */
bool report_write(struct package_report *r, const struct tree_paths *prints,
                  const struct tree_paths *stale, const struct tree_paths *gone);
bool report_write_part(const struct package_report *r);
size_t report_complete(const struct package_report *r); /* how many of those chosen are */

#endif
