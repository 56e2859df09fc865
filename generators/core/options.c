/* options.c - see options.h. */
#include "core/options.h"

#include "core/finding_json.h"
#include "core/machine.h"
#include "core/paths.h"
#include "core/processors.h"
#include "core/spelling.h"
#include "core/version.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum {
    LONG_ONLY = 256,
    OPT_ASOF = LONG_ONLY,
    OPT_LANG,
    OPT_STRICT,
    OPT_REPORT,
    OPT_BILINGUAL,
    OPT_DRAFT,
    OPT_PROFILE,
    OPT_NO_OVERLAYS,
    OPT_OWN
};

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

/* What all programs may have, in the order of the help. */
static const struct common_option {
    unsigned of; /* enum option_common; 0: in all programs */
    int code;    /* of getopt */
    const char *name, *argument;
    const char *help[LANGUAGE_COUNT];
} common_options[] = {
    {OPTION_OUTPUT,
     'o',
     "output",
     "PATH",
     {"输出到文件、-（标准输出）或目录（没有则新建）",
      "a file, - for standard output, or a directory (made if missing)"}},
    {OPTION_WHO, 'a', NULL, "ID", {"只做这位申报人（可多次）", "only this applicant (repeatable)"}},
    {OPTION_WHO, 'u', NULL, "ID", {"只做这个单位（可多次）", "only this unit (repeatable)"}},
    {OPTION_JOBS,
     'j',
     NULL,
     "N",
     {"用 N 个进程（默认为可用的处理器数）",
      "work in N processes (default: the processors that it may use)"}},
    {OPTION_TEMPLATES,
     'T',
     NULL,
     "DIR",
     {"自备模板的目录，先于本程序所带的查找", "a directory searched before our templates"}},
    {OPTION_TEMPLATES,
     OPT_PROFILE,
     "profile",
     "NAME|DIR",
     {"按哪份通知做（默认按输入文件所写）", "the notice to go by (default: as the input says)"}},
    {OPTION_FONTS,
     'F',
     NULL,
     "DIR",
     {"自备字体的目录，先于本程序所带的查找", "a directory searched before our fonts"}},
    {OPTION_TEMPLATES | OPTION_FONTS,
     OPT_NO_OVERLAYS,
     "no-overlays",
     NULL,
     {"不用本机上自备的模板和字体（~/.config/shenbao、/etc/shenbao）",
      "without the templates and fonts in ~/.config/shenbao and /etc/shenbao"}},
    {OPTION_DATA,
     OPT_ASOF,
     "asof",
     "DATE",
     {"用这个基准日，不用输入文件里的", "the reference date instead of the batch's"}},
    {OPTION_DRAFT, OPT_DRAFT, "draft", NULL, {"每页标“草稿”", "mark every page 草稿"}},
    {0, OPT_LANG, "lang", "zh|en", {"提示用的语言", "language of messages"}},
    {OPTION_DATA, OPT_STRICT, "strict", NULL, {"警告也算错误", "warnings count as errors"}},
    {OPTION_DATA, OPT_REPORT, "report", "FILE", {"另写一份 JSON 报告", "a report in JSON"}},
    {OPTION_DATA,
     OPT_BILINGUAL,
     "bilingual",
     NULL,
     {"JSON 报告里的每句提示中英文都写", "each message of a JSON report in both languages"}},
    {OPTION_QUIET, 'q', "quiet", NULL, {"只说错误", "nothing but errors"}},
    {0, 'h', "help", NULL, {"本说明", "this help"}},
    {0, 'V', "version", NULL, {"版本", "version"}},
};
enum { N_COMMON = sizeof common_options / sizeof *common_options };

static bool has_common(const struct option_set *set, const struct common_option *c)
{
    return !c->of || (set->common & c->of);
}

/* Two blanks stand before the text at least. */
static void print_option(const char *dashes, const char *name, const char *argument,
                         const char *text)
{
    char head[80];
    bool optional = argument && *argument == '=';
    snprintf(head, sizeof head, "%s%s%s%s%s", dashes, name,
             optional   ? "["
             : argument ? " "
                        : "",
             argument ? argument : "", optional ? "]" : "");
    printf("  %-22s  %s\n", head, text);
}

static int print_help(enum language lang, const char *program, const struct option_set *set)
{
    bool zh = lang == LANGUAGE_ZH, reads = set->common & OPTION_INPUT;
    printf(zh ? "用法：shenbao %s [选项]%s\n%s\n\n" : "usage: shenbao %s [options]%s\n%s\n\n",
           program,
           !reads ? ""
           : zh   ? " 输入文件..."
                  : " INPUT...",
           set->purpose[lang]);
    for (size_t i = 0; i < set->n_own; i++)
        print_option(set->own[i].name[1] ? "--" : "-", set->own[i].name, set->own[i].argument,
                     set->own[i].help[lang]);
    for (size_t i = 0; i < N_COMMON; i++) {
        const struct common_option *c = &common_options[i];
        bool is_short = c->code < LONG_ONLY;
        if (has_common(set, c))
            print_option(is_short ? "-" : "--", is_short ? (char[]){(char)c->code, '\0'} : c->name,
                         c->argument, c->help[lang]);
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

/* What getopt_long reads: a program's options of all kinds. */
struct option_table {
    char *shorts;
    struct option *longs;
};

static void add_short(char *shorts, char letter, bool argument)
{
    size_t n = strlen(shorts);
    shorts[n] = letter;
    shorts[n + 1] = argument ? ':' : '\0';
}

static struct option_table option_table(const struct option_set *set, struct arena *arena)
{
    struct option_table t = {.shorts = arena_alloc(arena, 2 * (N_COMMON + set->n_own) + 2, 1)};
    size_t n = 0;
    *t.shorts = ':';
    t.longs = ARENA_ARRAY(arena, struct option, N_COMMON + set->n_own + 1);
    for (size_t i = 0; i < N_COMMON; i++) {
        const struct common_option *c = &common_options[i];
        int argument = c->argument ? required_argument : no_argument;
        if (!has_common(set, c))
            continue;
        if (c->name)
            t.longs[n++] = (struct option){c->name, argument, NULL, c->code};
        if (c->code < LONG_ONLY)
            add_short(t.shorts, (char)c->code, c->argument);
    }
    for (size_t i = 0; i < set->n_own; i++) {
        const char *argument = set->own[i].argument;
        if (!set->own[i].name[1])
            add_short(t.shorts, *set->own[i].name, argument);
        else
            t.longs[n++] = (struct option){set->own[i].name,
                                           !argument          ? no_argument
                                           : *argument == '=' ? optional_argument
                                                              : required_argument,
                                           NULL, OPT_OWN + (int)i};
    }
    return t;
}

static int parse_jobs(struct options *o, const char *program)
{
    char *end;
    long n = strtol(optarg, &end, 10);
    if (*end || end == optarg || n < 1 || n > PROCESSORS_MOST)
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
    if (own->argument && *own->argument == '=' && optarg && strcmp(optarg, own->argument + 1))
        return options_fault(o->language, program, "--%s 只能写成 --%s 或 --%s%s，不是“%s”",
                             "--%s is written --%s or --%s%s, not with '%s'", own->name, own->name,
                             own->name, own->argument, optarg);
    if (own->argument && strchr(own->argument, '|') && !is_among(optarg, own->argument))
        return options_fault(o->language, program, "--%s 应为 %s 之一，不是“%s”",
                             "--%s takes one of %s, not '%s'", own->name, own->argument, optarg);
    *own->value = own->argument && optarg ? optarg : own->name;
    return -1;
}

/* By what getopt_long has returned; NULL: it is none of the program's own. */
static const struct option_own *own_option(const struct option_set *set, int code)
{
    for (size_t i = 0; i < set->n_own; i++)
        if (code == OPT_OWN + (int)i || (!set->own[i].name[1] && code == *set->own[i].name))
            return &set->own[i];
    return NULL;
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
    case OPT_PROFILE:
        o->profile = optarg;
        return -1;
    case 'F':
        o->fonts = optarg;
        return -1;
    case OPT_NO_OVERLAYS:
        shenbao_without_overlays();
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
    case OPT_BILINGUAL:
        o->bilingual = true;
        finding_json_bilingual();
        return -1;
    case OPT_DRAFT:
        o->draft = true;
        return -1;
    case 'q':
        o->quiet = true;
        return -1;
    case 'V':
        printf("shenbao %s\n", shenbao_version());
        return fflush(stdout) ? 2 : 0;
    case ':':
        return options_fault(o->language, argv[0], "选项 %s 后面缺少内容",
                             "option %s needs an argument", argv[optind - 1]);
    default:
        return -1;
    }
}

/* An option that the program lacks. Always 2. */
static int refuse_option(const struct options *o, char **argv, const struct option *longs)
{
    const char *word = argv[optind - 1];
    struct spelling_guess guess = {.word = word + strspn(word, "-")};
    if (optopt && optopt < LONG_ONLY)
        return options_fault(o->language, argv[0], "没有选项 -%c", "there is no option -%c",
                             optopt);
    for (; longs->name; longs++)
        spelling_guess(&guess, longs->name);
    if (guess.best)
        return options_fault(o->language, argv[0], "没有选项 %s；是不是 --%s",
                             "there is no option %s; perhaps --%s", word, guess.best);
    return options_fault(o->language, argv[0], "没有选项 %s", "there is no option %s", word);
}

/* What stands behind the options, and how many processes where nobody says. -1: go on. */
static int take_inputs(struct options *o, int argc, char **argv, const struct option_set *set)
{
    static const char *const standard_input[] = {"-"};
    if (!o->jobs)
        o->jobs = processors_ours();
    if (optind < argc && !(set->common & OPTION_INPUT))
        return options_fault(o->language, argv[0], "%s 不读输入文件，不要“%s”",
                             "%s takes no input, not '%s'", argv[0], argv[optind]);
    o->input_named = optind < argc;
    o->inputs = optind < argc ? (const char *const *)argv + optind : standard_input;
    o->n_inputs = optind < argc ? (size_t)(argc - optind) : 1;
    return -1;
}

int options_parse(struct options *o, int argc, char **argv, const struct option_set *set,
                  struct arena *arena)
{
    const struct option_table table = option_table(set, arena);
    const struct option_own *own;
    bool wants_help = false;

    *o = (struct options){.language = options_default_language()};
    machine_speak(o->language);
    optind = 0; /* glibc: begins anew, also within an argument */
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, table.shorts, table.longs, NULL)) != -1;) {
        int status = -1;
        if (c == 'h') /* in the language that a later option may ask for */
            wants_help = true;
        else if ((own = own_option(set, c)))
            status = parse_own(o, own, argv[0]);
        else if (c == '?')
            status = refuse_option(o, argv, table.longs);
        else
            status = parse_common(o, c, argv, arena);
        if (status >= 0)
            return status;
    }
    if (o->quiet && !o->strict)
        finding_only_errors();
    return wants_help ? print_help(o->language, argv[0], set) : take_inputs(o, argc, argv, set);
}
