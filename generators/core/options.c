/* options.c - see options.h. */
#include "core/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPT_ASOF = 256, OPT_LANG, OPT_STRICT, OPT_REPORT, OPT_DRAFT, OPT_OWN };

enum language options_default_language(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *v = getenv(names[i]);
        if (v && *v)
            return strncmp(v, "zh", 2) ? LANGUAGE_EN : LANGUAGE_ZH;
    }
    return LANGUAGE_EN;
}

static void usage(FILE *out, const char *name, const char *purpose, const struct option_own *own,
                  size_t n_own)
{
    fprintf(out,
            "usage: shenbao %s [options] INPUT...\n%s\n\n"
            "  -o PATH        a file, - for standard output, or a directory (made if missing)\n"
            "  -a ID          only this applicant (repeatable)\n"
            "  -u ID          only this unit (repeatable)\n"
            "  -j N           work in N processes (default: the cores)\n"
            "  -T DIR, -F DIR directories searched before our templates and fonts\n"
            "      --asof DATE    the reference date instead of the batch's\n"
            "      --draft        mark every page 草稿\n"
            "      --lang zh|en   language of messages\n"
            "      --strict       warnings count as errors\n"
            "      --report FILE  a report in JSON\n"
            "  -q, -h, -V     quiet, help, version\n",
            name, purpose);
    for (size_t i = 0; i < n_own; i++) {
        char head[64];
        snprintf(head, sizeof head, "--%s %s", own[i].name, own[i].argument ? own[i].argument : "");
        fprintf(out, "      %-23s %s\n", head, own[i].help);
    }
}

int options_parse_own(struct options *o, int argc, char **argv, const char *purpose,
                      const struct option_own *own, size_t n_own, struct arena *arena)
{
    static const struct option common[] = {
        {"asof", required_argument, NULL, OPT_ASOF},
        {"lang", required_argument, NULL, OPT_LANG},
        {"strict", no_argument, NULL, OPT_STRICT},
        {"report", required_argument, NULL, OPT_REPORT},
        {"draft", no_argument, NULL, OPT_DRAFT},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {"output", required_argument, NULL, 'o'},
        {"quiet", no_argument, NULL, 'q'},
    };
    enum { N_COMMON = sizeof common / sizeof *common };
    struct option *longs = ARENA_ARRAY(arena, struct option, N_COMMON + n_own + 1);
    char *end;
    long n;

    memcpy(longs, common, sizeof common);
    for (size_t i = 0; i < n_own; i++)
        longs[N_COMMON + i] = (struct option){
            own[i].name, own[i].argument ? required_argument : no_argument, NULL, OPT_OWN + (int)i};
    *o = (struct options){.language = options_default_language()};
    optind = 1;
    for (int c; (c = getopt_long(argc, argv, "o:a:u:j:T:F:qhV", longs, NULL)) != -1;) {
        switch (c) {
        case 'o':
            o->output = optarg;
            break;
        case 'a':
            *ARENA_PUSH(arena, o->applicants, o->n_applicants, o->cap_applicants) = optarg;
            break;
        case 'u':
            *ARENA_PUSH(arena, o->units, o->n_units, o->cap_units) = optarg;
            break;
        case 'j':
            n = strtol(optarg, &end, 10);
            if (*end || end == optarg || n < 1 || n > 256) {
                fprintf(stderr, "shenbao: -j takes a number from 1 to 256, not '%s'\n", optarg);
                return 2;
            }
            o->jobs = (int)n;
            break;
        case 'T':
            o->templates = optarg;
            break;
        case 'F':
            o->fonts = optarg;
            break;
        case OPT_ASOF:
            o->asof = optarg;
            break;
        case OPT_LANG:
            if (strcmp(optarg, "zh") && strcmp(optarg, "en")) {
                fprintf(stderr, "shenbao: --lang takes zh or en, not '%s'\n", optarg);
                return 2;
            }
            o->language = strcmp(optarg, "zh") ? LANGUAGE_EN : LANGUAGE_ZH;
            o->report_language = o->language;
            break;
        case OPT_STRICT:
            o->strict = true;
            break;
        case OPT_REPORT:
            o->report = optarg;
            break;
        case OPT_DRAFT:
            o->draft = true;
            break;
        case 'q':
            o->quiet = true;
            break;
        case 'h':
            usage(stdout, argv[0], purpose, own, n_own);
            return fflush(stdout) ? 2 : 0;
        case 'V':
            puts("shenbao " SHENBAO_VERSION);
            return fflush(stdout) ? 2 : 0;
        default:
            if (c >= OPT_OWN) {
                const struct option_own *x = &own[c - OPT_OWN];
                *x->value = x->argument ? optarg : x->name;
                break;
            }
            usage(stderr, argv[0], purpose, own, n_own);
            return 2;
        }
    }
    if (!o->jobs) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        o->jobs = cores > 0 && cores <= 256 ? (int)cores : 1;
    }
    o->inputs = (const char *const *)argv + optind;
    o->n_inputs = (size_t)(argc - optind);
    if (o->n_inputs == 0) {
        static const char *const standard_input[] = {"-"};
        o->inputs = standard_input;
        o->n_inputs = 1;
    }
    return -1;
}
