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

static const struct {
    const char *usage, *common;
} help[LANGUAGE_COUNT] = {
    [LANGUAGE_ZH] = {"用法：shenbao %s [选项] 输入文件...\n%s\n\n",
                     "  -o PATH        输出到文件、-（标准输出）或目录（没有则新建）\n"
                     "  -a ID          只做这位申报人（可多次）\n"
                     "  -u ID          只做这个单位（可多次）\n"
                     "  -j N           用 N 个进程（默认为处理器核数）\n"
                     "  -T DIR, -F DIR 自备模板、字体的目录，先于本程序所带的查找\n"
                     "      --asof DATE    用这个基准日，不用输入文件里的\n"
                     "      --draft        每页标“草稿”\n"
                     "      --lang zh|en   提示用的语言\n"
                     "      --strict       警告也算错误\n"
                     "      --report FILE  另写一份 JSON 报告\n"
                     "  -q, -h, -V     安静、本说明、版本\n"},
    [LANGUAGE_EN] =
        {"usage: shenbao %s [options] INPUT...\n%s\n\n",
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
         "  -q, -h, -V     quiet, help, version\n"},
};

static int print_help(enum language lang, const char *program,
                      const char *const purpose[LANGUAGE_COUNT], const struct option_own *own,
                      size_t n_own)
{
    printf(help[lang].usage, program, purpose[lang]);
    fputs(help[lang].common, stdout);
    for (size_t i = 0; i < n_own; i++) {
        char head[64];
        snprintf(head, sizeof head, "--%s %s", own[i].name, own[i].argument ? own[i].argument : "");
        printf("      %-23s %s\n", head, own[i].help[lang]);
    }
    return fflush(stdout) ? 2 : 0;
}

int options_fault(enum language lang, const char *program, const char *zh, const char *en, ...)
{
    va_list args;
    va_start(args, en);
    fputs("shenbao: error: ", stderr);
    vfprintf(stderr, lang == LANGUAGE_ZH ? zh : en, args);
    va_end(args);
    fprintf(stderr,
            lang == LANGUAGE_ZH ? "\n用 shenbao %s -h 查看用法\n"
                                : "\nshenbao %s -h tells how it is used\n",
            program);
    return 2;
}

/* Whether word is one of "a|b|c". */
static bool is_among(const char *word, const char *choices)
{
    size_t len = strlen(word);
    for (const char *p = choices; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL)
        if (len == strcspn(p, "|") && !strncmp(p, word, len))
            return true;
    return false;
}

int options_parse(struct options *o, int argc, char **argv,
                  const char *const purpose[LANGUAGE_COUNT], const struct option_own *own,
                  size_t n_own, struct arena *arena)
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
    bool wants_help = false;
    char *end;
    long n;

    memcpy(longs, common, sizeof common);
    for (size_t i = 0; i < n_own; i++)
        longs[N_COMMON + i] = (struct option){
            own[i].name, own[i].argument ? required_argument : no_argument, NULL, OPT_OWN + (int)i};
    *o = (struct options){.language = options_default_language()};
    optind = 1;
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, ":o:a:u:j:T:F:qhV", longs, NULL)) != -1;) {
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
            if (*end || end == optarg || n < 1 || n > 256)
                return options_fault(o->language, argv[0], "-j 应为 1 至 256 的数，不是“%s”",
                                     "-j takes a number from 1 to 256, not '%s'", optarg);
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
            if (!is_among(optarg, "zh|en"))
                return options_fault(o->language, argv[0], "--lang 应为 zh 或 en，不是“%s”",
                                     "--lang takes zh or en, not '%s'", optarg);
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
            wants_help = true;
            break;
        case 'V':
            puts("shenbao " SHENBAO_VERSION);
            return fflush(stdout) ? 2 : 0;
        case ':':
            return options_fault(o->language, argv[0], "选项 %s 后面缺少内容",
                                 "option %s needs an argument", argv[optind - 1]);
        case '?':
            return options_fault(o->language, argv[0], "没有选项 %s", "there is no option %s",
                                 optopt && optopt < OPT_ASOF ? (char[]){'-', (char)optopt, '\0'}
                                                             : argv[optind - 1]);
        default: {
            const struct option_own *x = &own[c - OPT_OWN];
            if (x->argument && strchr(x->argument, '|') && !is_among(optarg, x->argument))
                return options_fault(o->language, argv[0], "--%s 应为 %s 之一，不是“%s”",
                                     "--%s takes one of %s, not '%s'", x->name, x->argument,
                                     optarg);
            *x->value = x->argument ? optarg : x->name;
        }
        }
    }
    if (wants_help)
        return print_help(o->language, argv[0], purpose, own, n_own);
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
