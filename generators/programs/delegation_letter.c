/* delegation_letter.c - 评审委托书, one PDF a delegation, for all its units. */
#include "papers/paper.h"
#include "programs/programs.h"

static const char *roster;

const struct paper_kind *delegation_letter_kind(void)
{
    static const char *const elements[] = {"person", "name",      "sex",       "birth",
                                           "title",  "publicity", "objection", NULL};
    static const struct option_own switches[] = {
        {"roster",
         NULL,
         {"人员名单作为附件另页，不论多少人",
          "the list of persons as 附件 on a page of its own, however few they are"},
         &roster}};
    static const struct paper_kind kind = {elements, switches, 1, NULL};
    return &kind;
}

int delegation_letter_main(int argc, char **argv)
{
    static const char *const purpose[] = {"制作评审委托书，每个委托单位一份 PDF。",
                                          "Draws 评审委托书, one PDF a delegation."};
    return paper_main_of(delegation_letter_kind(), "delegation-letter", purpose, argc, argv);
}
