/* rule_file.h - rules.xml read and checked. Internal to rules. The language is in
 * templates/README.md. */
#ifndef CHECK_RULE_FILE_H
#define CHECK_RULE_FILE_H

#include "check/rules.h"
#include "layout/layout.h"

/* Text with {expressions} in it. */
struct message {
    struct message_part {
        const char *text; /* NULL: the query's value */
        struct query *query;
    } * parts;
    size_t n, cap;
};

struct binding {
    const char *name;
    struct query *select;
};

struct bindings {
    struct binding *list;
    size_t n, cap;
};

/* One way to break a rule. */
struct rule_case {
    struct src_pos at;
    struct query *each;      /* the nodes looked at; NULL: the scope's own node */
    struct query *from, *to; /* a loop over numbers, named by as; NULL: none */
    const char *as;
    struct query *when;  /* true: broken */
    struct query *field; /* where the finding stands; NULL: the node looked at */
    const char
        *cell; /* below that, of whose column the finding stands in a workbook; NULL: its own */
    struct query *key,
        *value;    /* told beside all others: broken when another applicant has the same key */
    size_t number; /* of those with a key, and of the gatherers */
    struct bindings lets;
    enum severity severity;
    enum rules_stage stage;
    enum record_scope scope;
    const char *paper_name; /* as it is written */
    struct message text[LANGUAGE_COUNT], label, paper;
    struct message book[LANGUAGE_COUNT]; /* for who filled in a workbook; empty: the same */
};

struct rule {
    const char *id, *clause, *label; /* clause NULL: none */
    const char *paper;               /* as findings name it */
    const char *needs;               /* a paper of the notice's, without which it does not hold */
    struct src_pos at;
    enum record_scope scope;
    enum rules_stage stage;
    bool off;        /* by the overlay, --rules or --no-rules */
    bool overridden; /* the overlay gave a severity for all its cases */
    enum severity severity;
    const char *held; /* who holds it, when no case here does: papers, files, drawing */
    struct bindings lets;
    struct rule_case *cases;
    size_t n, cap;
};

struct gatherer {
    const char *name;
    struct query *each, *key;
    size_t number;
};

/* What a paper's template must say, by which rule; what is NULL is not asked. */
struct requirement {
    const char *rule;
    const char *watermark, *copies, *size, *binding, *seals; /* seals: each of these words */
};

struct rule_paper {
    struct src_pos at;
    const char *name;
    struct requirement *requirements;
    size_t n, cap;
};

struct sheet_template;

/* A paper of papers.xml whose template is here, or the cells of a roster: laid out for those who
 * need it, to see whether it can be printed. */
struct rule_form {
    struct query *needed; /* NULL: everybody needs it */
    struct form *form;
};

struct parameter {
    struct src_pos at;
    const char *name, *value;
    bool added; /* by the overlay, for rules of its own */
};

struct rules {
    struct arena arena;
    const struct rules_options *options;
    struct parameter *parameters;
    size_t n_parameters, cap_parameters;
    struct bindings definitions; /* evaluated for each applicant, in order */
    struct rule *rules;
    size_t n, cap;
    struct gatherer *gatherers;
    size_t n_gatherers, cap_gatherers;
    struct rule_paper *papers;
    size_t n_papers, cap_papers;
    struct rule_form *forms;
    size_t n_forms, cap_forms;
    struct sheet_template **rosters; /* whose cells are among the forms */
    size_t n_rosters, cap_rosters;
    struct query_list queries; /* all */
    size_t n_numbers;          /* of gatherers and of cases with a key */
};

struct rule *rules_find(const struct rules *r, const char *id); /* NULL: there is none */
/* The templates of the papers that applicants need, compared with what rules.xml
 * demands. */
void rules_load_papers(struct rules *r, struct diag *diag);
/* The path of a data file in the first directory that has it; NULL: none has. */
const char *rules_path(const struct rules *r, struct arena *arena, const char *name);

#endif
