/* rows.h - the roster's rows: each applicant's columns evaluated once, kept in a temporary file,
 * and handed out in any order. In memory stay a few words a row, and the units. */
#ifndef SHEET_ROWS_H
#define SHEET_ROWS_H

#include "sheet/order.h"
#include "sheet/template.h"

/* Whose list it is: an applicant, a unit, a delegation, or the batch. */
struct sheet_party {
    const char *id, *name;
    const char **heading, **foot; /* the values of the template's fields */
};

struct sheet_row {
    size_t party, unit; /* their numbers */
    unsigned counted;   /* which of the sum line's tests hold */
    const unsigned char *key;
    size_t key_len;
    long long at;
    size_t len;
};

struct sheet_cells {
    const char *id, *name, *unit, *file; /* whose row it is, for messages */
    long line;
    const char **texts; /* one a column; "" when empty */
};

struct sheet_rows;

/* scope: of the parties. template and collation (NULL for ORDER_GIVEN) are borrowed. */
struct sheet_rows *sheet_rows_new(const struct sheet_template *t, enum record_scope scope,
                                  enum sheet_order order, struct collation *c, struct diag *diag);
void sheet_rows_free(struct sheet_rows *r);

/* Where the parties are delegations, before the applicants: so they come in the record's order. */
void sheet_rows_add_delegation(struct sheet_rows *r, struct query_context *q,
                               const struct record_delegation *d, const char *asof);
/* Evaluates all columns. A value that its column does not allow is warned about (diag's context
 * says who it is). false: a fault of the system was reported. */
bool sheet_rows_add(struct sheet_rows *r, struct query_context *q, const struct applicant *who,
                    const char *asof);

size_t sheet_rows_count(const struct sheet_rows *r);
const struct sheet_row *sheet_rows_at(const struct sheet_rows *r, size_t i);
size_t sheet_rows_parties(const struct sheet_rows *r, const struct sheet_party **out);
size_t sheet_rows_units(const struct sheet_rows *r, const struct sheet_party **out);

/* The rows of one party, or (unit not NULL) of those of a unit alone, in the order asked for;
 * free() the list. */
size_t *sheet_rows_of(const struct sheet_rows *r, size_t party, const size_t *unit, size_t *n);
/* What a row holds, until the next call. false: reported. */
bool sheet_rows_read(struct sheet_rows *r, size_t i, struct sheet_cells *out);

/* The sum line for these rows, in the arena. */
const char *sheet_sum(const struct sheet_rows *r, const size_t *rows, size_t n,
                      struct arena *arena);

#endif
