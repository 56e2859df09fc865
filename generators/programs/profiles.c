/* profiles.c - the notices at hand, and what one lacks. */
#include "check/rules.h"
#include "core/find.h"
#include "core/paths.h"
#include "papers/catalogue.h"
#include "profile/examine.h"
#include "programs/programs.h"
#include "programs/session.h"
#include "sheet/roster.h"

#include <stdio.h>
#include <string.h>

static void print_profile(const struct profile *p, bool zh)
{
    printf("%s%s\n  %s（%s）\n  %s%s\n", p->name, strcmp(p->name, SHENBAO_PROFILE) ? "" : " *",
           p->title, p->year, zh ? "依据：" : "by: ", p->source);
    for (size_t i = 0; i < p->n_unofficial; i++)
        printf("  %s%s\n", zh ? "非官方：" : "not official: ", p->unofficial[i].text);
}

/* Each is opened alone: its templates may lack whatever they like. */
static bool list_all(struct session *s)
{
    char **names;
    size_t n = profiles_list(&s->arena, &names);
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        const char *dir = arena_printf(&s->arena, "%s/%s", shenbao_templates(), names[i]);
        struct profile *p = profile_open(shenbao_template_dirs(NULL, dir), names[i], &s->diag);
        if (p)
            print_profile(p, s->options.language == LANGUAGE_ZH);
        ok = ok && p;
        profile_close(p);
    }
    return ok;
}

/* All that the notice has, read as those read it who draw and check: what is wrong with it is
 * reported. */
static void load_all(struct session *s)
{
    const struct binder_options binding = {0};
    struct paper_setting setting = session_papers(s, &binding, NULL, 0);
    struct paper_maker *maker = paper_maker_new(&setting);
    const struct rules_options rules = {
        .dirs = s->templates, .profile = s->profile, .fonts = s->fonts, .tables = s->tables};
    const char *path =
        find_template(&s->arena, s->templates, "package.xml", (struct src_pos){0}, &s->diag);
    struct catalogue *catalogue = path ? catalogue_load(path, &setting, maker, &s->diag) : NULL;
    for (size_t i = 0; i < s->profile->rosters.n; i++)
        roster_templates_sound(s->templates, s->profile->rosters.list[i].name, &s->diag);
    rules_free(rules_load(&rules, &s->diag));
    catalogue_free(catalogue);
    paper_maker_free(maker);
}

/* 0: it is whole; 1: something was found. */
static int examine(struct session *s)
{
    if (!session_open(s) || !session_open_fonts(s))
        return 2;
    if (profile_examine(s->profile, &s->diag))
        load_all(s);
    diag_drop_repeated(&s->diag); /* several programs read the same file, and each tells */
    bool found = s->diag.count[SEVERITY_ERROR] + s->diag.count[SEVERITY_WARNING] > 0;
    if (!found && !s->options.quiet)
        printf(s->options.language == LANGUAGE_ZH ? "%s：没有发现问题\n"
                                                  : "%s: nothing was found\n",
               s->profile->name);
    return found ? 1 : 0;
}

int profiles_main(int argc, char **argv)
{
    static const char *const purpose[] = {
        "列出有哪些通知的方案：依据、年度、哪些不是官方内容；* 为默认。--check 核对一个方案。",
        "Lists the notices at hand: source, year, what is not official; * is the default. --check "
        "tells what one lacks."};
    const char *check = NULL;
    const struct option_own own[] = {
        {"check",
         "PROFILE",
         {"核对这个方案：没有模板或各处说法不一的材料、写错的取值路径、无人用的参数和词、从不成立的"
          "规则、"
          "通知里没有的条款、合计不对的打分表",
          "what it lacks: papers without template or said of differently, misspelt paths, "
          "parameters "
          "and words that nobody asks for, rules that never hold, clauses that the notice lacks, "
          "scoring tables that do not add up"},
         &check}};
    struct session s;
    const unsigned common = OPTION_TEMPLATES | OPTION_QUIET;
    int status = session_begin_with(&s, argc, argv, &(struct option_set){purpose, own, 1, common});
    if (status >= 0)
        return status;
    if (check)
        s.options.profile = check;
    return session_end(&s, check ? examine(&s) : list_all(&s) ? 0 : 2);
}
