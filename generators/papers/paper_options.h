/* paper_options.h - the options of papers that are not one for all programs. */
#ifndef PAPERS_PAPER_OPTIONS_H
#define PAPERS_PAPER_OPTIONS_H

#include "core/options.h"
#include "papers/binder.h"

/* How a dossier is bound: the first BINDER_OPTIONS_OF_PAPERS move page numbers, which papers print.
 */
enum { BINDER_OPTIONS = 4, BINDER_OPTIONS_OF_PAPERS = 3 };
/* What is given goes into values. */
void binder_options_table(struct binder_options *values, struct option_own table[BINDER_OPTIONS]);
/* What the password file holds, a password a line, in the arena. false: reported. */
bool binder_options_read(struct binder_options *values, struct arena *arena, struct diag *diag);
/* The option that names it. */
struct option_own password_option(const char **path);

/* How papers are looked at without their PDF. */
enum { VIEWING_OPTIONS = 2 };
struct viewing {
    const char *svg, *excerpts;
};
void viewing_options_table(struct viewing *values, struct option_own table[VIEWING_OPTIONS]);

/* The upload kit's. */
struct option_own fit_photo_option(const char **value);

/* The delegation letter's only one. */
struct option_own letter_option(const char **value);

#endif
