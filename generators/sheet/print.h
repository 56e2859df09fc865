/* print.h - the same list for paper: a form template made of the roster's columns, and a record
 * made of its rows.
 *
 * The layout engine fills a form from one record node. Rather than teach it lists of applicants
 * (its record is one applicant, and a list needs the sheet's order, numbers and dates anyway), the
 * roster is said in what the engine has: a profile's roster.xml stays the only place where columns
 * are described, and everything that forms can do (heads repeated on each page, fonts, shrinking to
 * a floor, page numbers) is had for nothing. */
#ifndef SHEET_PRINT_H
#define SHEET_PRINT_H

#include "record/table.h"
#include "sheet/book.h"

/* The form template's text, for form_load_text. */
void print_template(const struct sheet_template *t, struct buffer *out);
/* Likewise of a form on one applicant: the cells of its row that may not fit, since they are never
 * broken over lines. false: there are none. */
bool print_unbroken(const struct sheet_template *t, struct buffer *out);
/* n rows of the document's one list from first on, as they are shown; with what stands above the
 * first, and below the last of all. NULL: reported. */
struct record_table *print_record(const struct sheet_document *d, size_t first, size_t n);
/* Copies a finding about a table so made to diag as one of the applicant in whose row it is, if
 * that is one of the first n rows; one about no row, once. */
void print_finding(const struct sheet_document *d, size_t first, size_t n, const struct finding *f,
                   struct diag *diag);

#endif
