/* options.h - the face that all programs share: -o -a -u -T -F --asof --lang --strict --report -q
 * -j --draft -h -V. */
#ifndef CORE_OPTIONS_H
#define CORE_OPTIONS_H

#include "core/finding.h"

#define SHENBAO_VERSION "0.1"

struct options {
    const char *output; /* -o; NULL: standard output */
    const char **applicants, **units;
    size_t n_applicants, n_units, cap_applicants, cap_units;
    const char *templates, *fonts; /* -T, -F overlays */
    const char *asof, *report;
    enum language language;        /* of messages: --lang, else the locale's */
    enum language report_language; /* of files: Chinese unless --lang says otherwise */
    bool strict, quiet, draft;
    int jobs;
    const char *const *inputs;
    size_t n_inputs;
};

/* An option that only one program has: --name, or --name ARGUMENT. */
struct option_own {
    const char *name, *argument; /* argument NULL: a switch */
    const char *help;            /* one line for -h */
    const char **value;          /* set to what was given, of a switch to its name */
};

/* Parses argv (argv[0] is the program's name). -1: go on; else the exit status to leave with (0
 * after -h and -V, 2 after a wrong option; the text has been printed). */
int options_parse_own(struct options *o, int argc, char **argv, const char *purpose,
                      const struct option_own *own, size_t n_own, struct arena *arena);
enum language options_default_language(void); /* by LC_ALL, LC_MESSAGES, LANG: the first set */

#endif
