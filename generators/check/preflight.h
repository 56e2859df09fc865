/* preflight.h - all that would send the packages back, before anything is printed: record, media
 * and papers of a batch against the rules, every applicant and every rule in one run. */
#ifndef CHECK_PREFLIGHT_H
#define CHECK_PREFLIGHT_H

#include "check/engine.h"
#include "check/report.h"
#include "core/options.h"
#include "dossier/materials.h"
#include "record/record.h"

struct preflight {
    const struct options *options; /* how many processes; whom it was narrowed to */
    const struct rules *rules;
    const struct query_tables *tables;
    const struct sections *sections; /* what falls into the dossier: has every proof its page */
    const struct record *record;
    const size_t *indices; /* whom to check: as many as the report has people */
    bool whole; /* that is the whole batch: what its applicants share is looked at, too */
    bool show_ids;
    bool languages[LANGUAGE_COUNT]; /* that the reports are in */
    unsigned seconds;               /* that one applicant may take; 0: any */
    bool (*going)(void *data); /* several times a second; false: stop. NULL is fine, as for all */
    /* One more has been checked, or has ended its process; sent: what recall has appended. */
    void (*ended)(void *data, size_t number, const void *sent, size_t len);
    /* In a worker, for who keeps from run to run what was found. recall: true when that of another
     * run still holds, and has been put into diag and facts; else keep gets what was found now. */
    bool (*recall)(void *data, const struct applicant *who, struct diag *diag,
                   struct engine_facts *facts, struct buffer *sent);
    void (*keep)(void *data, const struct applicant *who, const struct diag *diag,
                 const struct engine_facts *facts);
    void *data;
};

/* Everybody in n processes, then what they share, into the report, whose people are zeroed.
 * first_pass: what the record has reported. An applicant that ends a process has that as an error.
 * false: it was stopped, or the system failed. */
bool preflight_people(const struct preflight *preflight, struct check_report *r,
                      const struct diag *first_pass, struct diag *diag);
/* The same of all that a record holds, which becomes the preflight's; NULL: nothing could be read,
 * and that is the report. false: the system failed, and there is nothing to report. */
bool preflight_batch(struct preflight *preflight, struct record *record, struct check_report *r,
                     const struct diag *first_pass, struct diag *diag);
/* Findings that other passes have made go to their applicants, or to the batch. */
void preflight_distribute(const struct preflight *preflight, struct check_report *r,
                          const struct diag *from);

#endif
