/* press.h - papers loaded once, and drawn for one applicant or delegation after the other, each
 * into a buffer. */
#ifndef PAPERS_PRESS_H
#define PAPERS_PRESS_H

#include "papers/paper.h"

struct press;

struct press *press_new(const struct options *o, const char *const *templates, struct fonts *fonts);
void press_free(struct press *p); /* NULL is fine */

/* Loads the paper of this name (a template's, or "dossier"). Its number, or -1: reported. from:
 * what asks for it, in the message that there is no such paper. */
int press_load(struct press *p, const char *name, struct src_pos from, struct diag *diag);
const char *press_title(const struct press *p, int paper);
const char *press_template(const struct press *p,
                           int paper); /* its file; of the dossier, that of its sections */
bool press_is_volume(const struct press *p, int paper);
bool press_cites(const struct press *p, int paper); /* it needs the dossier's page numbers */

/* Begins one applicant or delegation: the job's query has been begun on it. plan: number the
 * dossier's pages, for papers that cite them and for itself; false: reported. end frees what that
 * has opened. */
bool press_begin(struct press *p, const struct paper_job *job, bool plan);
void press_end(struct press *p);
/* Draws one paper of the job that was begun, with messages to diag. false: reported. Clear made
 * with press_clear. */
bool press_draw(struct press *p, int paper, struct diag *diag, struct paper_made *made);
void press_clear(struct paper_made *made);

#endif
