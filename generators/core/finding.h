/* finding.h - what is wrong with the input, collected where it is noticed and rendered once at the
 * end.
 *
 * A finding is kept in both languages, since standard error speaks the user's and files speak
 * Chinese. */
#ifndef CORE_FINDING_H
#define CORE_FINDING_H

#include "core/arena.h"
#include "core/buffer.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

enum language { LANGUAGE_ZH, LANGUAGE_EN, LANGUAGE_COUNT };

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_INFO, SEVERITY_COUNT };

/* Whose fault it is decides the exit status: the data's is 1, the system's (usage, template, font,
 * disk) is 2. */
enum fault { FAULT_DATA, FAULT_SYSTEM };

/* A place in a file; line 0 stands for the file as a whole, file NULL for no place at all. */
struct src_pos {
    const char *file;
    long line;
};

struct finding {
    enum severity severity;
    enum fault fault;
    bool ended; /* FAULT_SYSTEM of who was at work when somebody ended the process: others go on */
    const char *rule;      /* "R77" or NULL */
    const char *clause;    /* of the notice, as the clerk knows it: "网4"; NULL: none */
    const char *applicant; /* id; NULL: taken from the diag's context, like name, unit and paper */
    const char *name;
    const char *unit;
    const char *paper;   /* the paper's Chinese title */
    const char *label;   /* the field's label as printed on the form */
    const char *field;   /* the path in the record: "person/photo" */
    const char *subject; /* what of the field is at fault, like a character's U+code: a part of
                          * finding_same's key */
    struct src_pos at;
    /* Of a workbook: where it stands in it ("项目", "D7"), shown in place of the line. NULL:
     * at.line tells, which may be one that was made of a cell (cells.h). */
    const char *sheet, *cell;
    const char *text[LANGUAGE_COUNT]; /* filled by diag_add */
};

/* Who and what is being worked on; borrowed, and put into each finding that does not say it itself.
 */
struct diag_context {
    const char *applicant, *name, *unit, *paper;
};

struct diag {
    struct arena arena; /* owns every string of the findings */
    struct finding *list;
    size_t n, cap;
    size_t count[SEVERITY_COUNT];
    size_t system_faults; /* errors with FAULT_SYSTEM among them */
    bool strict;          /* warnings are counted as errors (they keep their name) */
    struct diag_context context;
};

/* Adds a finding (its strings are copied); the two formats take the same arguments in the same
 * order. Returns false for an error and true otherwise, to end a function by returning it. */
bool diag_add(struct diag *d, struct finding f, const char *zh, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));
bool diag_vadd(struct diag *d, struct finding f, const char *zh, const char *en, va_list args);

/* The common shape: an error of the data at a place. Always false. */
bool diag_error(struct diag *d, struct src_pos at, const char *zh, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));
/* An error of usage, template, font, disk or system. Always false. */
bool diag_system(struct diag *d, struct src_pos at, const char *zh, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));
/* Always true. */
bool diag_warn(struct diag *d, struct src_pos at, const char *zh, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));

void diag_cut(struct diag *d, size_t n); /* forgets all but the first n */
bool diag_failed(const struct diag *d);  /* any error, or any warning when strict */
/* A finding that has its texts already is copied as it is, but for what only the context says.
 * Returns as diag_add. */
bool diag_pass(struct diag *d, const struct finding *f);
/* The finding's texts: both formats filled with the same arguments, in the arena. */
void finding_word(struct finding *f, struct arena *arena, const char *zh, const char *en,
                  va_list args);
void diag_append(struct diag *to, const struct diag *from); /* all, and the context adds nothing */
/* One fault that was noticed twice, perhaps by two papers that print the field: the key is rule,
 * file, line, cell and subject, or where one of them names none, the text in a language that both
 * have.
 */
bool finding_same(const struct finding *a, const struct finding *b);
/* Of one kind are those of one rule at one label, or without a rule those in the same words: 0.
 * Else which comes first: the more severe. */
int finding_kind_order(const struct finding *a, const struct finding *b);
/* Has the same been added already? */
bool diag_has(const struct diag *d, const struct finding *f);
/* Of what is the same, the first stays. */
void diag_drop_repeated(struct diag *d);
void diag_print(const struct diag *d, enum language lang, FILE *out); /* one line each */
void diag_clear(struct diag *d); /* leaves {0} but for strict */

/* Names for a message, one more: the first twenty, then …, however many there are. named: what the
 * calls before returned, NULL at first; n: how many those have added. In the arena. */
const char *finding_add_name(struct arena *a, const char *named, size_t n, const char *name);
/* Those n, and of more than one how many they are. In the arena. */
const char *finding_names(struct arena *a, const char *named, size_t n, enum language lang);

/* "file:line: error: [R68（网4）] A003 王某某 照片：..." and a newline: one line whatever the
 * values hold, and nothing that a terminal obeys (utf8_show). It leaves in one write, so that the
 * lines of two processes do not mix. */
void finding_print(const struct finding *f, enum language lang, FILE *out);
void finding_only_errors(void); /* from now on nothing else is printed: -q */
void finding_write(const struct finding *f, enum language lang, struct buffer *out);

#endif
