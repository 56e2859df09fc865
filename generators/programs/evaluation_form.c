/* evaluation_form.c - 专业技术职务任职资格评审表, one PDF an applicant. */
#include "programs/paper.h"
#include "programs/programs.h"

int evaluation_form_main(int argc, char **argv)
{
    return paper_main("evaluation-form", "Draws 专业技术职务任职资格评审表, one PDF an applicant.", argc, argv);
}
