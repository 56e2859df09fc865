/* scans.h - scans in a folder, given to people and entries by their names (scan_words.h).
 *
 * First everybody is told, then the files are dealt out, then each applicant's record gets what is
 * theirs: evidence of entries, documents of the person, the photo. Nothing is guessed in silence:
 * what is not matched is a warning that names what is nearest. */
#ifndef WORKBOOK_SCANS_H
#define WORKBOOK_SCANS_H

#include "record/record.h"
#include "workbook/scan_words.h"

struct scans;

/* The files below dir/prefix, which is relative and "" or ends with /; hrefs are relative to dir.
 * words are borrowed. NULL: reported; free with scans_free. */
struct scans *scans_open(const char *dir, const char *prefix, const struct scan_words *words,
                         struct diag *diag);
void scans_free(struct scans *s); /* NULL is fine */

/* Everybody, each once. */
void scans_add_person(struct scans *s, const struct applicant *person);
/* Which files are whose: once, after all people. */
void scans_deal(struct scans *s);
/* Adds to the applicant's node what is theirs, and warns of what is theirs and cannot be matched.
 */
void scans_give(struct scans *s, const struct applicant *person, struct diag *remarks);
/* At the end: how many files were matched, and what is nobody's; at: the input. */
void scans_report(const struct scans *s, struct src_pos at, struct diag *remarks);

#endif
