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

/* Processes: which file was being worked on when one of them ended. watch before the fork; the
 * answer is "" for none. What is done for one attachment may take 10 seconds of CPU time and 1024
 * MB of memory beyond what is held already, or its process ends. */
void volume_watch(void);
const char *volume_watched(void);
/* From now on the watched file counts as one that cannot be read: it has ended a process, slow: by
 * the time that it took. false: there is none, or it has been said before. */
bool volume_shun(bool slow);

#endif
