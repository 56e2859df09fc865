/* paper.c - the programs that draw one paper, whatever its template is: a form of an applicant or
 * of a unit, a delegation or the batch, the bound volume, a roster. */
#include "papers/paper_options.h"
#include "papers/paper_run.h"
#include "profile/named_paper.h"
#include "programs/programs.h"
#include "programs/session.h"

#include <string.h>

/* binding, view: filled by the parse, as far as the switches have their options. */
static int run(struct paper_run paper, const char *const purpose[LANGUAGE_COUNT],
               const struct option_own *switches, size_t n_switches, struct binder_options *binding,
               const struct viewing *view, int argc, char **argv)
{
    struct session s;
    int status = session_begin(&s, argc, argv, purpose, switches, n_switches);
    if (status >= 0)
        return status;
    s.excerpts_from = view->excerpts;
    if (view->svg && (!s.options.output || !strcmp(s.options.output, "-")))
        return session_end(&s, options_fault(s.options.language, argv[0],
                                             "--svg 写成多个文件，请用 -o 指定目录",
                                             "--svg writes several files: name a folder with -o"));
    if (!session_open(&s) || !session_has_paper(&s, paper.paper) || !session_open_fonts(&s) ||
        !binder_options_read(binding, &s.arena, &s.diag))
        return session_end(&s, 2);
    struct paper_setting setting = session_papers(&s, binding, switches, n_switches);
    setting.pages_only = binding->pages_only = view->svg;
    paper.setting = &setting;
    s.input.printers_refuse_codes = true;
    paper.input = &s.input;
    return session_end(&s, paper_run(&paper, &s.diag));
}

static int of_applicants(const struct named_paper *p, int argc, char **argv)
{
    struct binder_options binding = {0};
    struct option_own switches[BINDER_OPTIONS + VIEWING_OPTIONS];
    struct viewing view = {0};
    size_t n = p->kind == PAPER_VOLUME ? BINDER_OPTIONS : BINDER_OPTIONS_OF_PAPERS;
    binder_options_table(&binding, switches);
    viewing_options_table(&view, switches + n);
    n += VIEWING_OPTIONS;
    return run((struct paper_run){.paper = p->name}, p->purpose, switches, n, &binding, &view, argc,
               argv);
}

static int of_several(const struct named_paper *p, int argc, char **argv)
{
    struct binder_options binding = {0};
    const char *roster = NULL;
    struct viewing view = {0};
    struct option_own switches[1 + VIEWING_OPTIONS] = {letter_option(&roster)};
    viewing_options_table(&view, switches + 1);
    return run((struct paper_run){.paper = p->name}, p->purpose, switches, 1 + VIEWING_OPTIONS,
               &binding, &view, argc, argv);
}

int paper_main(int argc, char **argv)
{
    struct arena arena = {0};
    struct named_paper p;
    int status = -1;

    if (named_paper_find(&p, argc, argv, &arena))
        status = p.kind == PAPER_ROSTER       ? roster_main(&p, argc, argv)
                 : p.scope == SCOPE_APPLICANT ? of_applicants(&p, argc, argv)
                                              : of_several(&p, argc, argv);
    arena_free(&arena);
    return status;
}
