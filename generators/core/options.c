/* options.c - see options.h. */
#include "core/options.h"

#include "core/machine.h"

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
    struct diag diag = {0};
    va_list args;
    va_start(args, en);
    diag_vadd(&diag, (struct finding){.at.file = "shenbao"}, zh, en, args);
    va_end(args);
    diag_print(&diag, lang, stderr);
    diag_clear(&diag);
    fprintf(stderr,
            lang == LANGUAGE_ZH ? "用 shenbao %s -h 查看用法\n"
                                : "shenbao %s -h tells how it is used\n",
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

static const struct option common_options[] = {
    {"asof", required_argument, NULL, OPT_ASOF}, {"lang", required_argument, NULL, OPT_LANG},
    {"strict", no_argument, NULL, OPT_STRICT},   {"report", required_argument, NULL, OPT_REPORT},
    {"draft", no_argument, NULL, OPT_DRAFT},     {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},         {"output", required_argument, NULL, 'o'},
    {"quiet", no_argument, NULL, 'q'},
};

/* Those of all programs, then the program's own. */
static struct option *long_options(const struct option_own *own, size_t n_own, struct arena *arena)
{
    enum { N = sizeof common_options / sizeof *common_options };
    struct option *all = ARENA_ARRAY(arena, struct option, N + n_own + 1);
    memcpy(all, common_options, sizeof common_options);
    for (size_t i = 0; i < n_own; i++)
        all[N + i] = (struct option){own[i].name, own[i].argument ? required_argument : no_argument,
                                     NULL, OPT_OWN + (int)i};
    return all;
}

static int parse_jobs(struct options *o, const char *program)
{
    char *end;
    long n = strtol(optarg, &end, 10);
    if (*end || end == optarg || n < 1 || n > 256)
        return options_fault(o->language, program, "-j 应为 1 至 256 的数，不是“%s”",
                             "-j takes a number from 1 to 256, not '%s'", optarg);
    o->jobs = (int)n;
    return -1;
}

static int parse_language(struct options *o, const char *program)
{
    if (!is_among(optarg, "zh|en"))
        return options_fault(o->language, program, "--lang 应为 zh 或 en，不是“%s”",
                             "--lang takes zh or en, not '%s'", optarg);
    o->language = strcmp(optarg, "zh") ? LANGUAGE_EN : LANGUAGE_ZH;
    o->report_language = o->language;
    machine_speak(o->language);
    return -1;
}

static int parse_own(const struct options *o, const struct option_own *own, const char *program)
{
    if (own->argument && strchr(own->argument, '|') && !is_among(optarg, own->argument))
        return options_fault(o->language, program, "--%s 应为 %s 之一，不是“%s”",
                             "--%s takes one of %s, not '%s'", own->name, own->argument, optarg);
    *own->value = own->argument ? optarg : own->name;
    return -1;
}

/* An option that all programs have; -1: go on. */
static int parse_common(struct options *o, int c, char **argv, struct arena *arena)
{
    switch (c) {
    case 'o':
        o->output = optarg;
        return -1;
    case 'a':
        *ARENA_PUSH(arena, o->applicants, o->n_applicants, o->cap_applicants) = optarg;
        return -1;
    case 'u':
        *ARENA_PUSH(arena, o->units, o->n_units, o->cap_units) = optarg;
        return -1;
    case 'j':
        return parse_jobs(o, argv[0]);
    case 'T':
        o->templates = optarg;
        return -1;
    case 'F':
        o->fonts = optarg;
        return -1;
    case OPT_ASOF:
        o->asof = optarg;
        return -1;
    case OPT_LANG:
        return parse_language(o, argv[0]);
    case OPT_STRICT:
        o->strict = true;
        return -1;
    case OPT_REPORT:
        o->report = optarg;
        return -1;
    case OPT_DRAFT:
        o->draft = true;
        return -1;
    case 'q':
        o->quiet = true;
        return -1;
    case 'V':
        puts("shenbao " SHENBAO_VERSION);
        return fflush(stdout) ? 2 : 0;
    case ':':
        return options_fault(o->language, argv[0], "选项 %s 后面缺少内容",
                             "option %s needs an argument", argv[optind - 1]);
    default:
        return options_fault(o->language, argv[0], "没有选项 %s", "there is no option %s",
                             optopt && optopt < OPT_ASOF ? (char[]){'-', (char)optopt, '\0'}
                                                         : argv[optind - 1]);
    }
}

static void set_defaults(struct options *o)
{
    static const char *const standard_input[] = {"-"};
    if (!o->jobs) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        o->jobs = cores > 0 && cores <= 256 ? (int)cores : 1;
    }
    if (o->n_inputs == 0) {
        o->inputs = standard_input;
        o->n_inputs = 1;
    }
}

int options_parse(struct options *o, int argc, char **argv,
                  const char *const purpose[LANGUAGE_COUNT], const struct option_own *own,
                  size_t n_own, struct arena *arena)
{
    const struct option *longs = long_options(own, n_own, arena);
    bool wants_help = false;

    *o = (struct options){.language = options_default_language()};
    machine_speak(o->language);
    optind = 1;
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, ":o:a:u:j:T:F:qhV", longs, NULL)) != -1;) {
        int status = -1;
        if (c == 'h') /* in the language that a later option may ask for */
            wants_help = true;
        else if (c >= OPT_OWN)
            status = parse_own(o, &own[c - OPT_OWN], argv[0]);
        else
            status = parse_common(o, c, argv, arena);
        if (status >= 0)
            return status;
    }
    if (wants_help)
        return print_help(o->language, argv[0], purpose, own, n_own);
    o->inputs = (const char *const *)argv + optind;
    o->n_inputs = (size_t)(argc - optind);
    set_defaults(o);
    return -1;
}
