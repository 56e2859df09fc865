/* roster.h - rosters: as files, or each handed over as bytes. */
#ifndef SHEET_ROSTER_H
#define SHEET_ROSTER_H

#include "core/buffer.h"
#include "core/options.h"
#include "query/query_tables.h"
#include "record/record.h"
#include "sheet/order.h"
#include "text/font.h"

struct roster_request {
    const struct options *options;
    const char *const *templates;
    const char *name;      /* its template's, without suffix */
    struct record *record; /* the caller's; NULL: what input names is read */
    const struct record_options *input;
    const struct query_tables *tables;
    struct fonts *fonts; /* for print; else NULL is fine */
    bool print;          /* PDF; else XLSX */
    bool sheet_per_unit; /* in a workbook, and one that lists them */
    enum sheet_order order;
    bool (*is_listed)(const void *data, size_t number); /* of the applicants; NULL: all are */
    const void *data;
};

struct roster_made {
    const char *party; /* the id of whom it is about */
    const char *title, *paper, *seals;
    int copies;
    size_t rows, pages; /* pages 0: a workbook */
    const struct buffer *bytes;
    const char *looks; /* of its pages (layout/look.h); NULL: a workbook */
    bool quiet;        /* nothing was found that is to be told */
};

/* Each list with a selected applicant, in the order given. false: some were not made;
 * reported. */
bool roster_make(const struct roster_request *request,
                 void (*deliver)(void *data, const struct roster_made *made), void *data,
                 struct diag *diag);
/* Are the files sound that the roster of this name is made by? false: reported. */
bool roster_templates_sound(const char *const *templates, const char *name, struct diag *diag);
/* The same to the options' output, with the report; with units asked for, one a unit. The status
 * to leave with. */
int roster_write(const struct roster_request *request, struct diag *diag);

#endif
