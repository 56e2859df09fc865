/* paper_maker.h - papers loaded once, and drawn for one applicant or delegation after the other:
 * the one way a document is made. */
#ifndef PAPERS_PAPER_MAKER_H
#define PAPERS_PAPER_MAKER_H

#include "core/options.h"
#include "papers/binder.h"
#include "query/query_tables.h"

struct profile;

/* What all papers of a run are made with. */
struct paper_setting {
    const struct options *options;
    const char *const *templates;
    const struct profile *profile; /* the notice; NULL: none was opened */
    const struct query_tables *tables;
    struct fonts *fonts;
    const struct binder *binder;
    const char *const *volumes; /* the names of the notice's, NULL-ended; NULL: one, dossier */
    const struct binder_options *binding;
    const struct option_own *switches; /* the templates' variables: 'true' or 'false' under the
                                          switch's name */
    size_t n_switches;
    bool pages_only; /* papers are laid out and become no PDF; the binder is told, too */
};

struct paper_maker;

struct paper_maker *paper_maker_new(const struct paper_setting *setting); /* borrows it */
void paper_maker_free(struct paper_maker *m);                             /* NULL is fine */

/* Loads the paper of this name: a template's, or the binder's. Its number, or -1: reported. from:
 * the place that asks for it; {0}: the command line. */
int paper_maker_load(struct paper_maker *m, const char *name, struct src_pos from,
                     struct diag *diag);
const char *paper_maker_title(const struct paper_maker *m, int paper);
/* The file of the paper's template; of the volume, the file of its sections. */
const char *paper_maker_template(const struct paper_maker *m, int paper);
enum record_scope paper_maker_scope(const struct paper_maker *m, int paper); /* what it is about */
/* Of papers about several applicants: what they see of each; NULL: all. */
const char *const *paper_maker_elements(const struct paper_maker *m, int paper);
bool paper_maker_is_volume(const struct paper_maker *m, int paper);
bool paper_maker_cites(const struct paper_maker *m, int paper); /* prints the volume's numbers */

/* Begins the query on a node, with the switches as variables. */
void paper_maker_begin_query(const struct paper_maker *m, struct query_context *query,
                             record_node *node, const char *asof);
/* Begins one applicant or delegation, on which the job's query has been begun. number: give the
 * volume's pages their numbers, for papers that cite them and for itself. false: reported. */
bool paper_maker_begin(struct paper_maker *m, const struct document_job *job, bool number);
/* Draws one paper of what was begun, with messages to diag; near: where a document too large for
 * memory will be named. false: reported. Clear out with document_clear. */
bool paper_maker_draw(struct paper_maker *m, int paper, const char *near, struct diag *diag,
                      struct document *out);
void paper_maker_end(struct paper_maker *m);

#endif
