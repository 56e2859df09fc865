/* options.h - the face that all programs share. */
#ifndef CORE_OPTIONS_H
#define CORE_OPTIONS_H

#include "core/finding.h"

struct options {
    const char *output; /* -o; NULL: standard output */
    const char **applicants, **units;
    size_t n_applicants, n_units, cap_applicants, cap_units;
    const char *templates, *fonts; /* -T, -F overlays */
    const char *profile;           /* --profile: a name or a folder; NULL: as the batch says */
    const char *asof, *report;
    enum language language;        /* of messages: --lang, else the locale's */
    enum language report_language; /* of files: Chinese unless --lang says otherwise */
    bool bilingual;                /* reports in JSON say all in the other language, too */
    bool strict, quiet, draft;
    int jobs;
    const char *const *inputs;
    size_t n_inputs;
    bool input_named; /* false: no file is named, and inputs is standard input alone */
};

/* An option that only one program has: --name, or --name ARGUMENT. */
struct option_own {
    const char *name; /* a single letter: -d */
    /* NULL: a switch; "=word": a switch that may have this word, --name=word; "a|b|c": one of these
     * words; else the kind of thing: FILE */
    const char *argument;
    const char *help[LANGUAGE_COUNT]; /* one line for -h */
    const char **value; /* set to what was given, of a switch without a word to its name */
};

/* What several programs have; each program says which. --lang, -h and -V are in all of them. */
enum option_common {
    OPTION_INPUT = 1 << 0, /* files behind the options */
    OPTION_OUTPUT = 1 << 1,
    OPTION_WHO = 1 << 2, /* -a, -u */
    OPTION_JOBS = 1 << 3,
    OPTION_TEMPLATES = 1 << 4,
    OPTION_FONTS = 1 << 5,
    OPTION_DATA =
        1 << 6, /* how the data are read and judged: --asof, --strict, --report, --bilingual */
    OPTION_DRAFT = 1 << 7,
    OPTION_QUIET = 1 << 8,
    OPTIONS_ALL = (1 << 9) - 1
};

struct option_set {
    const char *const *purpose; /* one sentence for -h, in each language */
    const struct option_own *own;
    size_t n_own;
    unsigned common; /* a sum of enum option_common */
};

/* Parses argv (argv[0] is the program's name). -1: go on; else the exit status to leave with (0
 * after -h and -V, 2 after a wrong option; the text has been printed). */
int options_parse(struct options *o, int argc, char **argv, const struct option_set *set,
                  struct arena *arena);
/* Tells on standard error what is wrong with the command line, in the language of the messages, and
 * where to read of it. Always 2, the exit status. */
int options_fault(enum language lang, const char *program, const char *zh, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));
enum language options_default_language(void); /* by LC_ALL, LC_MESSAGES, LANG: the first set */

#endif
