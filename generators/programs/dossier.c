/* dossier.c - 书面材料: the bound volume, one PDF an applicant. */
#include "dossier/volume.h"
#include "papers/paper.h"
#include "programs/programs.h"

static void *load(const struct options *o, const char *const *templates, struct fonts *fonts,
                  struct diag *diag)
{
    return volume_load(o, templates, fonts, diag);
}

static bool make(void *own, const struct paper_job *job, struct paper_made *out)
{
    return volume_plan(own, job) && volume_bind(own, out);
}

static void close_one(void *own)
{
    volume_close(own);
}

static void unload(void *own)
{
    volume_free(own);
}

int dossier_main(int argc, char **argv)
{
    static const char *const purpose[] = {
        "把书面材料装订成册，带目录，每人一份 PDF。",
        "Binds 书面材料 into one volume with its contents, one PDF an applicant."};
    static const struct paper_maker maker = {"书面材料", load, make, close_one, unload};
    struct paper_kind kind = {.maker = &maker};
    kind.n_switches = volume_options(&kind.switches);
    return paper_main_of(&kind, "dossier", purpose, argc, argv);
}
