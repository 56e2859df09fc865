/* rules.h - the rules of the preflight: data in rules.xml, which notices share, changed by a
 * profile's rules.notice.xml, then by a rules.local.xml in an overlay. */
#ifndef CHECK_RULES_H
#define CHECK_RULES_H

#include "query/query_tables.h"
#include "text/font.h"

/* prepare: before printing; what exists only once the papers are sealed is then a note. submit:
 * before mailing. */
enum rules_stage { STAGE_PREPARE, STAGE_SUBMIT };

struct profile;

struct rules_options {
    const char *const *dirs;       /* where rules.xml, rules.local.xml, holidays.xml and the papers'
                                      templates are searched */
    const struct profile *profile; /* whose clauses they are to rest on; NULL: any */
    enum rules_stage stage;
    const char *only, *except; /* "R18,R68"; NULL: all of them, none of them */
    bool show_ids; /* the number of a person's document in full; else its middle is hidden */
    const struct query_tables *tables;
    struct fonts *fonts;          /* for the papers; NULL: none is laid out */
    const char *const *passwords; /* to be tried on locked PDFs */
    size_t n_passwords;
};

struct rules;

/* Reports every fault of the files with file:line (system faults), and what is wrong with the
 * papers' templates themselves (R05 ...). NULL on a system fault. Borrows the options' strings and
 * the fonts. */
struct rules *rules_load(const struct rules_options *options, struct diag *diag);
void rules_free(struct rules *r);

#endif
