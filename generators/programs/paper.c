/* paper.c - the programs that draw one paper: an applicant's, the dossier, the delegation letter.
 */
#include "dossier/volume.h"
#include "papers/catalogue.h"
#include "papers/paper_run.h"
#include "programs/paper_options.h"
#include "programs/programs.h"
#include "programs/session.h"

/* binding: filled by the parse, as far as the switches have its options. */
static int run(struct paper_run paper, const char *const purpose[LANGUAGE_COUNT],
               const struct option_own *switches, size_t n_switches, struct binder_options *binding,
               int argc, char **argv)
{
    struct session s;
    int status = session_begin(&s, argc, argv, purpose, switches, n_switches);
    if (status >= 0)
        return status;
    if (!session_open(&s) || !session_open_fonts(&s) ||
        !binder_options_read(binding, &s.arena, &s.diag))
        return session_end(&s, 2);
    const struct paper_setting setting =
        session_papers(&s, &volume_binder, binding, switches, n_switches);
    paper.setting = &setting;
    s.input.printers_refuse_codes = true;
    paper.input = &s.input;
    return session_end(&s, paper_run(&paper, &s.diag));
}

int paper_main(const char *name, const char *const purpose[LANGUAGE_COUNT], int argc, char **argv)
{
    struct binder_options binding = {0};
    struct option_own switches[BINDER_OPTIONS];
    binder_options_table(&binding, switches);
    return run((struct paper_run){.paper = name}, purpose, switches, BINDER_OPTIONS_OF_PAPERS,
               &binding, argc, argv);
}

int dossier_main(int argc, char **argv)
{
    static const char *const purpose[] = {
        "把书面材料装订成册，带目录，每人一份 PDF。",
        "Binds 书面材料 into one volume with its contents, one PDF an applicant."};
    struct binder_options binding = {0};
    struct option_own switches[BINDER_OPTIONS];
    binder_options_table(&binding, switches);
    return run((struct paper_run){.paper = volume_binder.name}, purpose, switches, BINDER_OPTIONS,
               &binding, argc, argv);
}

int delegation_letter_main(int argc, char **argv)
{
    static const char *const purpose[] = {"制作评审委托书，每个委托单位一份 PDF。",
                                          "Draws 评审委托书, one PDF a delegation."};
    struct binder_options binding = {0};
    const char *roster = NULL;
    const struct option_own option = letter_option(&roster);
    return run(
        (struct paper_run){.paper = "delegation-letter", .elements = catalogue_delegation_elements},
        purpose, &option, 1, &binding, argc, argv);
}
