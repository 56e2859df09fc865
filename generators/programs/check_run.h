/* check_run.h - the preflight of a batch, for check and for who wants it before drawing. */
#ifndef PROGRAMS_CHECK_RUN_H
#define PROGRAMS_CHECK_RUN_H

#include "core/options.h"
#include "plan/materials.h"
#include "programs/check_report.h"
#include "record/record.h"
#include "rules/rules.h"

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
    bool (*going)(void *data); /* several times a second; false: stop. NULL is fine, as for told */
    void (*told)(void *data);  /* one more has been checked */
    void *data;
};

/* templates/dossier.xml of the directories; NULL: reported. */
struct sections *check_sections(const char *const *templates, struct diag *diag);
/* Everybody in n processes, then what they share, into the report, whose people are zeroed.
 * first_pass: what the record has reported. An applicant that ends a process has that as an error.
 * false: it was stopped, or the system failed. */
bool check_people(const struct check_wish *wish, struct check_report *r,
                  const struct diag *first_pass, struct diag *diag);
/* Adds a finding whose strings live as long as the report. */
void check_add(struct check_report *r, struct check_person *p, struct finding f, bool show_ids);
/* Errors first; within a severity the order stays. */
void check_sort(struct arena *a, struct finding *list, size_t n);

#endif
