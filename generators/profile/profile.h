/* profile.h - one notice as data: profile.xml in a folder of templates. It names the notice, its
 * clauses, the parameters that templates print and rules ask, and the lists of the vocabulary. */
#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

#include "core/arena.h"
#include "record/record.h"
#include "record/word_list.h"
#include "xml/include.h"

struct profile_clause {
    const char *id, *text; /* "一.1": what it asks, in a few words */
};

struct profile_note {
    const char *text;
};

/* The file of a paper, a roster, a volume or a scoring table that the notice has. */
struct profile_part {
    const char *name; /* without suffix */
    struct src_pos at;
};

struct profile_parts {
    struct profile_part *list;
    size_t n, cap;
};

struct profile {
    struct arena arena;
    const char *name;                  /* its folder's */
    const char *title, *year, *source; /* the notice: whom it is about, of which year, what it is */
    struct profile_note *unofficial;   /* what is an example, because the notice does not say it */
    size_t n_unofficial, cap_unofficial;
    struct profile_clause *clauses;
    size_t n_clauses, cap_clauses;
    struct xml_parameter *parameters;
    size_t n_parameters, cap_parameters;
    struct record_default *days; /* the notice's dates, of batches that do not give them */
    size_t n_days, cap_days;
    struct word_list *lists;
    size_t n_lists, cap_lists;
    struct profile_parts papers, rosters, volumes, rubrics; /* an index of the folder */
    const char **volume_names;                              /* NULL-ended; NULL: one, dossier */
    const char *unasked; /* words of the vocabulary that it does not ask for, set off by blanks */
    const char *const *dirs; /* where its templates are searched */
    struct xml_profile shared;
};

/* Reads the profile.xml that is found first in the directories, and lets all templates that are
 * read from here on have its parameters. name: for messages. NULL: reported. */
struct profile *profile_open(const char *const *dirs, const char *name, struct diag *diag);
void profile_close(struct profile *p); /* NULL is fine */
/* The notice's values of a simple type of applicants.xsd ("mode", "specialty"); NULL: the notice
 * leaves it as the schema has it. */
const struct word_list *profile_list(const struct profile *p, const char *type);
/* Is the value in the list? true also where the notice does not give the list. */
bool profile_lists(const struct profile *p, const char *type, const char *value);
/* The names of ours, in order, in the arena; how many. */
size_t profiles_list(struct arena *arena, char ***names);
/* Does it name the file among its papers, rosters, volumes and scoring tables? true for all, where
 * it names no papers. */
bool profile_has_part(const struct profile *p, const char *name);
/* Has it any file of the kind: "roster", "volume" or "rubric"? */
bool profile_has_kind(const struct profile *p, const char *kind);
/* Does the notice have the clause? */
bool profile_has_clause(const struct profile *p, const char *id);

#endif
