/* volume.h - an applicant's bound dossier: what is in it, on which pages, and the bytes.
 *
 * The papers that cite evidence pages ask here too, so that a number is the same wherever it is
 * printed. */
#ifndef DOSSIER_VOLUME_H
#define DOSSIER_VOLUME_H

#include "papers/paper.h"

/* The options that decide how it is bound. They are the process's: what was given on the command
 * line. */
size_t volume_options(const struct option_own **out);           /* all, for dossier */
size_t volume_options_of_papers(const struct option_own **out); /* those that move page numbers */

struct volume; /* sections, templates, passwords: loaded once */
struct volume *volume_load(const struct options *o, const char *const *templates,
                           struct fonts *fonts, struct diag *diag);
void volume_free(struct volume *v);

/* Opens and counts everything and numbers the pages; from then on page(id) is answered in the job's
 * query context, until volume_close. false: reported, all of it in one run. */
bool volume_plan(struct volume *v, const struct paper_job *job);
/* Draws and binds what was planned into out->file. */
bool volume_bind(struct volume *v, struct paper_made *out);
void volume_close(struct volume *v); /* the applicant's part */

#endif
