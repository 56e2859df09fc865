/* paper_maker.c - see paper_maker.h. */
#include "papers/paper_maker.h"

#include "core/find.h"
#include "core/output.h"
#include "layout/look.h"
#include "pdf/pdf.h"
#include "text/paragraph_memo.h"
#include "xml/include.h"

#include <stdlib.h>
#include <string.h>

struct loaded_paper {
    const char *path;  /* of its template */
    struct form *form; /* NULL: a volume */
    size_t volume;     /* which */
};

struct paper_maker {
    struct arena arena;
    const struct paper_setting *setting;
    struct loaded_paper *list;
    size_t n, cap;
    void *volumes; /* the binder's; NULL: nothing needs them */
    /* A sixth of what a form costs was setting texts that have been set: labels, and in each
     * attempt at a form all of the attempt before. */
    struct paragraph_memo *memo;
    struct document_job job; /* what was begun */
    bool numbered;
};

struct paper_maker *paper_maker_new(const struct paper_setting *setting)
{
    struct paper_maker *m = mem_alloc(1, sizeof *m);
    m->setting = setting;
    m->memo = paragraph_memo_new(setting->fonts);
    return m;
}

void paper_maker_free(struct paper_maker *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->n; i++)
        form_free(m->list[i].form);
    if (m->volumes)
        m->setting->binder->unload(m->volumes);
    paragraph_memo_free(m->memo);
    arena_free(&m->arena);
    free(m);
}

static const char *const *volume_names(const struct paper_maker *m)
{
    static const char *const usual[] = {"dossier", NULL};
    return m->setting->volumes ? m->setting->volumes : usual;
}

/* Is the paper one of the notice's volumes? Which? */
static bool is_volume(const struct paper_maker *m, const char *name, size_t *which)
{
    const char *const *names = volume_names(m);
    for (*which = 0; names[*which]; ++*which)
        if (!strcmp(names[*which], name))
            return true;
    return false;
}

static bool load_volumes(struct paper_maker *m, struct diag *diag)
{
    const struct paper_setting *s = m->setting;
    if (!m->volumes)
        m->volumes = s->binder->load(s->binding, s->templates, volume_names(m), s->fonts, diag);
    return m->volumes != NULL;
}

int paper_maker_load(struct paper_maker *m, const char *name, struct src_pos from,
                     struct diag *diag)
{
    size_t which;
    bool volume = is_volume(m, name, &which);
    const char *file = arena_printf(&m->arena, "%s.xml", name);
    char *path = find_template(&m->arena, m->setting->templates, file, from, diag);
    struct form *form = NULL;

    if (!path || (!volume && !(form = form_load(path, m->setting->fonts, diag))))
        return -1;
    if ((volume || form_facts(form)->cites) && !load_volumes(m, diag)) {
        form_free(form);
        return -1;
    }
    *ARENA_PUSH(&m->arena, m->list, m->n, m->cap) = (struct loaded_paper){path, form, which};
    return (int)m->n - 1;
}

const char *paper_maker_title(const struct paper_maker *m, int paper)
{
    const struct form *form = m->list[paper].form;
    if (form)
        return form_facts(form)->title;
    const char *own = m->setting->binder->label(m->volumes, m->list[paper].volume),
               *all = xml_profile_parameter("volume-title");
    return *own ? own : all ? all : m->setting->binder->title;
}

const char *paper_maker_template(const struct paper_maker *m, int paper)
{
    return m->list[paper].path;
}

enum record_scope paper_maker_scope(const struct paper_maker *m, int paper)
{
    const struct form *form = m->list[paper].form;
    return form ? form_facts(form)->scope : SCOPE_APPLICANT;
}

const char *const *paper_maker_elements(const struct paper_maker *m, int paper)
{
    const struct form *form = m->list[paper].form;
    return form ? form_facts(form)->elements : NULL;
}

bool paper_maker_is_volume(const struct paper_maker *m, int paper)
{
    return !m->list[paper].form;
}

bool paper_maker_cites(const struct paper_maker *m, int paper)
{
    const struct form *form = m->list[paper].form;
    return !form || form_facts(form)->cites;
}

void paper_maker_begin_query(const struct paper_maker *m, struct query_context *query,
                             record_node *node, const char *asof)
{
    query_context_begin(query, node, asof);
    for (size_t i = 0; i < m->setting->n_switches; i++) {
        const struct option_own *s = &m->setting->switches[i];
        query_set_variable(query, s->name, *s->value ? "true" : "false");
    }
}

bool paper_maker_begin(struct paper_maker *m, const struct document_job *job, bool number)
{
    m->job = *job;
    m->job.fonts = m->setting->fonts;
    m->job.draft = m->setting->options->draft;
    m->job.memo = m->memo;
    paragraph_memo_begin(m->memo);
    m->numbered = number;
    query_context_set_diag(job->query, job->diag);
    return !number || m->setting->binder->number(m->volumes, &m->job);
}

void paper_maker_end(struct paper_maker *m)
{
    if (m->numbered)
        m->setting->binder->close(m->volumes);
    m->numbered = false;
}

bool paper_maker_draw(struct paper_maker *m, int paper, const char *near, struct diag *diag,
                      struct document *out)
{
    const struct form *form = m->list[paper].form;

    *out = (struct document){.file = -1};
    m->job.diag = diag;
    query_context_set_diag(m->job.query, diag);
    if (!form) {
        if (!m->setting->pages_only && (out->file = output_temporary(near, diag)) < 0)
            return false;
        return m->setting->binder->bind(m->volumes, m->list[paper].volume, out) &&
               !diag_failed(diag);
    }
    out->facts = *form_facts(form);
    out->pages = document_lay(form, &m->job, NULL);
    if (out->pages && m->job.looks)
        looks_put(&out->looks, out->pages);
    return out->pages && !diag_failed(diag) &&
           (m->setting->pages_only || pdf_write(out->pages, &out->pdf, diag));
}
