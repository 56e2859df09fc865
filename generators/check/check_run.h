/* check_run.h - the preflight of a batch, for check and for who wants it before drawing. */
#ifndef CHECK_CHECK_RUN_H
#define CHECK_CHECK_RUN_H

#include "check/check_report.h"
#include "check/rules.h"
#include "core/options.h"
#include "dossier/materials.h"
#include "record/record.h"

struct check_wish {
    const struct options *options; /* how many processes; whom it was narrowed to */
    const struct rules *rules;
    const struct sections *sections; /* what falls into the dossier: has every proof its page */
    const struct record *record;
    const size_t *indices; /* whom to check: as many as the report has people */
    bool whole; /* that is the whole batch: what its applicants share is looked at, too */
    bool show_ids;
    bool wanted[LANGUAGE_COUNT]; /* the languages that the reports are in */
    unsigned seconds;            /* that one applicant may take; 0: any */
    bool (*going)(void *data);   /* several times a second; false: stop. NULL is fine, as for all */
    /* One more has been checked, or has ended its process; more: what recall left. */
    void (*told)(void *data, size_t number, const void *more, size_t len);
    /* In a worker, for who keeps from run to run what was found. recall: true when that of another
     * run still holds, and has been put into diag and facts; else keep gets what was found now. */
    bool (*recall)(void *data, const struct applicant *who, struct diag *diag,
                   struct rules_facts *facts, struct buffer *more);
    void (*keep)(void *data, const struct applicant *who, const struct diag *diag,
                 const struct rules_facts *facts);
    void *data;
};

/* templates/dossier.xml of the directories; NULL: reported. */
struct sections *check_sections(const char *const *templates, struct diag *diag);
/* Everybody in n processes, then what they share, into the report, whose people are zeroed.
 * first_pass: what the record has reported. An applicant that ends a process has that as an error.
 * false: it was stopped, or the system failed. */
bool check_people(const struct check_wish *wish, struct check_report *r,
                  const struct diag *first_pass, struct diag *diag);
/* Adds a finding; its strings are copied. */
void check_add(struct check_report *r, struct check_person *p, struct finding f, bool show_ids);
/* Errors first; within a severity the order stays. */
void check_sort(struct finding *list, size_t n);
/* All that the report owns. */
void check_clear(struct check_report *r);

#endif
