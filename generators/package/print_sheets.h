/* print_sheets.h - sheets for who prints: a tally of a delegation's print run, a separator before
 * each person's papers, labels. Forms like any other (templates/base/print-*.xml), filled from a
 * record of what is printed. */
#ifndef PACKAGE_PRINT_SHEETS_H
#define PACKAGE_PRINT_SHEETS_H

#include "package/package.h"

enum print_sheet { PRINT_TALLY, PRINT_SEPARATORS, PRINT_LABELS, PRINT_SHEETS };

/* What is printed of one paper, or for one person. */
struct print_count {
    size_t documents, sheets;
    struct buffer papers; /* of a person: 评审表×3、… */
    struct print_volume {
        const struct catalogue_paper *paper;
        size_t pages, sheets;
    } * volumes; /* of a person, in their order */
    size_t n_volumes, cap_volumes;
};

struct print_counts {
    const struct people_group *delegation;
    const struct catalogue_paper *papers;
    size_t n_papers;
    struct print_count *by_paper;
    const struct person **people;
    struct print_count *by_person;
    size_t n_people;
    size_t box_sheets; /* that a box takes; 0: there are none */
};

/* Is the i-th the first of a unit's people? */
bool print_counts_begin_unit(const struct print_counts *c, size_t i);

struct print_sheets;

/* NULL: reported. */
struct print_sheets *print_sheets_new(const struct package *p);
void print_sheets_free(struct print_sheets *s); /* NULL is fine */
const char *print_sheets_title(const struct print_sheets *s, enum print_sheet which);
/* Writes one of a delegation's sheets to path, in the tree. The separators
 * have a page for each person, then one for each unit. false: reported. */
bool print_sheets_write(const struct print_sheets *s, enum print_sheet which,
                        const struct print_counts *counts, const char *path, size_t *pages,
                        char sha256[DIGEST_HEX]);

#endif
