/* press.c - see press.h. */
#include "papers/press.h"

#include "core/find.h"
#include "core/output.h"
#include "core/paths.h"
#include "dossier/volume.h"
#include "pdf/pdf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VOLUME "dossier"

struct sort {
    const char *name, *file;
    struct form *form; /* NULL: the volume */
};

struct press {
    struct arena arena;
    const struct options *options;
    const char *const *templates;
    struct fonts *fonts;
    struct sort *list;
    size_t n, cap;
    struct volume *volume;   /* NULL: nothing needs it */
    struct rubrics *rubrics; /* likewise */
    struct paper_job job;
    bool planned;
};

struct press *press_new(const struct options *o, const char *const *templates, struct fonts *fonts)
{
    struct press *p = mem_alloc(1, sizeof *p);
    p->options = o;
    p->templates = templates;
    p->fonts = fonts;
    rubrics_register(); /* before any template is read */
    return p;
}

void press_free(struct press *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n; i++)
        form_free(p->list[i].form);
    volume_free(p->volume);
    rubrics_free(p->rubrics);
    arena_free(&p->arena);
    free(p);
}

int press_load(struct press *p, const char *name, struct src_pos from, struct diag *diag)
{
    bool volume = !strcmp(name, VOLUME);
    const char *file = arena_printf(&p->arena, "%s.xml", name);
    char *path = find_file(&p->arena, p->templates, file);
    struct form *form = NULL;

    if (!path) {
        diag_system(diag, from, "没有模板 %s，无法制作 %s",
                    "there is no template %s: %s cannot be made", file, name);
        return -1;
    }
    if (!volume && !(form = form_load(path, p->fonts, diag)))
        return -1;
    if ((volume || form_facts(form)->cites) && !p->volume &&
        !(p->volume = volume_load(p->options, p->templates, p->fonts, diag))) {
        form_free(form);
        return -1;
    }
    if ((volume || p->volume || form_facts(form)->rubrics) && !p->rubrics &&
        !(p->rubrics = rubrics_load(p->templates, diag))) {
        form_free(form);
        return -1;
    }
    *ARENA_PUSH(&p->arena, p->list, p->n, p->cap) =
        (struct sort){arena_strdup(&p->arena, name), path, form};
    return (int)p->n - 1;
}

const char *press_title(const struct press *p, int paper)
{
    return p->list[paper].form ? form_facts(p->list[paper].form)->title : "书面材料";
}

const char *press_template(const struct press *p, int paper)
{
    return p->list[paper].file;
}

bool press_is_volume(const struct press *p, int paper)
{
    return !p->list[paper].form;
}

bool press_cites(const struct press *p, int paper)
{
    return !p->list[paper].form || form_facts(p->list[paper].form)->cites;
}

bool press_begin(struct press *p, const struct paper_job *job, bool plan)
{
    p->job = *job;
    p->planned = plan;
    query_context_set_data(job->query, p->rubrics);
    if (p->rubrics)
        rubrics_begin(p->rubrics, job->node);
    return !plan || volume_plan(p->volume, &p->job);
}

void press_end(struct press *p)
{
    if (p->planned)
        volume_close(p->volume);
    p->planned = false;
}

/* It may be too large to be held: it stays in its file. */
static bool draw_volume(struct press *p, struct diag *diag, struct paper_made *made)
{
    const char *out = p->options->output ? p->options->output : "-";
    made->file = output_temporary(arena_printf(p->job.arena, "%s/volume", out), diag);
    return made->file >= 0 && volume_bind(p->volume, made) && !diag_failed(diag);
}

bool press_draw(struct press *p, int paper, struct diag *diag, struct paper_made *made)
{
    const struct form *form = p->list[paper].form;

    *made = (struct paper_made){.file = -1};
    p->job.diag = diag;
    query_context_set_diag(p->job.query, diag);
    if (!form)
        return draw_volume(p, diag, made);
    made->facts = *form_facts(form);
    made->pages = paper_lay(form, &p->job, NULL);
    return made->pages && !diag_failed(diag) && pdf_write(made->pages, &made->pdf, diag);
}

void press_clear(struct paper_made *made)
{
    pages_close(made->pages);
    buffer_clear(&made->pdf);
    if (made->file >= 0)
        close(made->file);
    *made = (struct paper_made){.file = -1};
}
