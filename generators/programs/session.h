/* session.h - what every program sets up in one way before its own work begins: options, where
 * templates and fonts are, the schema, the tables that XPath functions ask, the fonts, the record.
 */
#ifndef PROGRAMS_SESSION_H
#define PROGRAMS_SESSION_H

#include "core/options.h"
#include "papers/paper_maker.h"
#include "profile/choice.h"
#include "query/query_tables.h"
#include "record/input.h"
#include "record/record.h"
#include "text/font.h"

struct session {
    struct options options;
    struct arena arena;
    struct diag diag;             /* of the run as a whole */
    struct profile *profile;      /* the notice that the batch is made for */
    const char *const *templates; /* where its templates are searched */
    struct input *read;           /* of the inputs: those that can be read only once are spooled */
    struct record_options input;  /* what record_open takes */
    struct query_tables *tables;  /* what XPath functions ask */
    struct fonts *fonts;          /* NULL: session_open_fonts was not called */
    struct session_books *books;  /* inputs that are workbooks, as XML; NULL: none is */
    /* Of one input that is a workbook (workbook/book_excerpts.h): where the share of one applicant,
     * who alone is asked for, may be read; where everybody's is to be written. NULL: nowhere. */
    const char *excerpts_from, *excerpts_to;
    const char *book_profile; /* the notice that a workbook names which was read by another, that
                               * nobody had asked for; NULL: none does */
    bool by_default;          /* nobody has named the notice before workbooks are read */
    bool unreadable;          /* one of them is no workbook that can be read: the data's fault */
};

/* Parses the command line. -1: go on; else the status to leave with, and nothing is left open.
 * purpose: one sentence for the help; own: the options that only this program has. */
int session_begin(struct session *s, int argc, char **argv,
                  const char *const purpose[LANGUAGE_COUNT], const struct option_own *own,
                  size_t n_own);
/* The same for a program that takes a part of the common options. */
int session_begin_with(struct session *s, int argc, char **argv, const struct option_set *set);
/* Opens the notice alone: --profile's, else the one that the inputs name, else the first of ours.
 */
bool session_open_profile(struct session *s);
/* The notice, the schema and the tables. false: reported to the session's diag, as by the next. */
bool session_open(struct session *s);
/* Has the notice a paper of this name? false: reported. */
bool session_has_paper(struct session *s, const char *name);
bool session_open_fonts(struct session *s);
/* Of session_open: turns inputs that are workbooks into XML, before any process is forked. What is
 * wrong with their data comes with the record's findings. */
bool session_read_books(struct session *s);
void session_free_books(struct session *s);
/* To excerpts_to, where the input is a workbook and can still be told to be the one that was read;
 * record: of all of it. In silence: without them it is read anew. */
void session_write_excerpts(struct session *s, const struct record *record);
/* Has one of them rows that nobody is known to own? What is written lacks them. */
bool session_books_stray(const struct session *s);
/* The notice's form of a workbook, in the session's arena. NULL: reported. */
struct book_template;
struct book_template *session_book_form(struct session *s);
bool session_has_book(const struct session *s); /* is any of the inputs a workbook? */
/* What papers are made with, of what the session has opened. */
struct paper_setting session_papers(const struct session *s, const struct binder_options *binding,
                                    const struct option_own *switches, size_t n_switches);
/* The report of a program that makes one file and none for anybody, where one was asked for: what
 * was found. */
void session_report(struct session *s, const char *program, bool written);
/* Prints what was found, closes all, and returns the status: status itself, or 2 where the system
 * was at fault. */
int session_end(struct session *s, int status);

#endif
