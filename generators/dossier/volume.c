/* volume.c - see volume.h: materials -> open files and laid papers -> numbers -> sheets -> one PDF.
 */
#include "dossier/volume.h"

#include "bind/page_look.h"
#include "core/digest.h"
#include "core/find.h"
#include "dossier/sheets.h"
#include "layout/look.h"
#include "media/qpdf.h"
#include "pdf/pdf.h"
#include "record/node.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SHEETS = 20000 };

/* --- what is loaded once --- */

struct volume {
    struct arena arena;
    const struct binder_options *options;
    struct fonts *fonts;
    struct sections *sections;
    struct form *cover, *contents, *separator, *stamp, *missing;
    struct section_paper *papers;
    struct form **forms; /* of the papers */
    size_t n_papers;
    struct attachment_reader reader;
    /* one applicant's */
    const struct document_job *job;
    struct attachments attachments;
    struct parts parts;
    record_node *node; /* what the templates see */
    struct pages *stamps;
    bool partial;
};

static struct form *load_form(struct volume *v, const char *const *templates, const char *name,
                              struct src_pos from, struct diag *diag)
{
    const char *file = arena_printf(&v->arena, "%s.xml", name),
               *path = find_template(&v->arena, templates, file, from, diag);
    return path ? form_load(path, v->fonts, diag) : NULL;
}

static void unload(void *volume)
{
    struct volume *v = volume;
    if (!v)
        return;
    for (size_t i = 0; i < v->n_papers; i++)
        form_free(v->forms[i]);
    form_free(v->cover);
    form_free(v->contents);
    form_free(v->separator);
    form_free(v->stamp);
    form_free(v->missing);
    sections_free(v->sections);
    arena_free(&v->arena);
    free(v);
}

static void *load(const struct binder_options *options, const char *const *templates,
                  struct fonts *fonts, struct diag *diag)
{
    struct volume *v = mem_alloc(1, sizeof *v);
    size_t errors = diag->count[SEVERITY_ERROR];
    qpdf_load(); /* for all volumes: each is bound in a process of its own */
    v->fonts = fonts;
    v->options = options;
    v->reader = (struct attachment_reader){
        .fonts = fonts, .passwords = options->passwords, .n_passwords = options->n_passwords};
    if ((v->sections = sections_load(templates, diag))) {
        const struct sections_facts *f = sections_facts(v->sections);
        v->cover = load_form(v, templates, f->cover, f->at, diag);
        v->contents = load_form(v, templates, f->contents, f->at, diag);
        v->separator = load_form(v, templates, f->separator, f->at, diag);
        v->stamp = load_form(v, templates, f->stamp, f->at, diag);
        v->missing = load_form(v, templates, f->missing, f->at, diag);
        v->n_papers = sections_papers(v->sections, &v->arena, &v->papers);
        v->forms = ARENA_ARRAY(&v->arena, struct form *, v->n_papers);
        for (size_t i = 0; i < v->n_papers; i++)
            v->forms[i] = load_form(v, templates, v->papers[i].name, v->papers[i].at, diag);
    }
    if (diag->count[SEVERITY_ERROR] == errors)
        return v;
    unload(v);
    return NULL;
}

/* --- planning: what there is --- */

/* With --skip-bad an error is a warning, and a marked sheet takes the place. */
static void report_unreadable(struct volume *v, const struct diag *from)
{
    for (size_t i = 0; i < from->n; i++) {
        struct finding f = from->list[i];
        if (f.severity == SEVERITY_ERROR && v->options->skip_bad && f.fault == FAULT_DATA) {
            f.severity = SEVERITY_WARNING;
            v->partial = true;
        }
        diag_pass(v->job->diag, &f);
    }
}

static void plan_copy(struct volume *v, const struct material *m)
{
    struct diag diag = {.context = v->job->diag->context};
    struct attachment *a = attachments_open(&v->attachments, m, &diag);
    struct part *p = parts_add(&v->parts, PART_MISSING, 1);
    size_t n = a->bad ? 0 : attachments_select(&v->attachments, a, m, &p->selected, &diag);

    report_unreadable(v, &diag);
    diag_clear(&diag);
    p->attachment = a;
    p->form = v->missing;
    if (n > 0) {
        p->kind = PART_COPY;
        p->run.pages = n;
    }
}

static void plan_paper(struct volume *v, const struct material *m)
{
    struct part *p = parts_add(&v->parts, PART_PAPER, 0);
    for (size_t i = 0; i < v->n_papers && !p->form; i++)
        if (!strcmp(v->papers[i].name, m->paper))
            p->form = v->forms[i];
    p->laid = document_lay_bound(p->form, v->job);
    p->run.pages = p->laid ? p->laid->n : 1;
}

static void plan_separator(struct volume *v, size_t section)
{
    struct part *p = parts_add(&v->parts, PART_SEPARATOR, 1);
    p->form = v->separator;
    p->section = section;
    p->title = sections_title(v->sections, section);
    p->anchor = arena_printf(v->job->arena, "section %zu", section + 1);
}

static void plan_material(struct volume *v, size_t i)
{
    const struct material *m = &v->parts.materials->list[i];
    if (m->kind == MATERIAL_COPY)
        plan_copy(v, m);
    else
        plan_paper(v, m);
    v->parts.part_of[i] = v->parts.n - 1;
    struct part *p = &v->parts.list[v->parts.n - 1];
    p->material = m;
    p->section = m->section;
    p->title = m->title;
    p->anchor = arena_printf(v->job->arena, "material %zu", i + 1);
}

static void plan_parts(struct volume *v)
{
    const struct materials *m = v->parts.materials;

    parts_add(&v->parts, PART_COVER, 1)->form = v->cover;
    struct part *contents = parts_add(&v->parts, PART_CONTENTS, 1);
    contents->form = v->contents;
    contents->title = "目录";
    v->parts.part_of = ARENA_ARRAY(v->job->arena, size_t, m->n + 1);
    for (size_t i = 0; i < m->n; i++) {
        if (i == 0 || m->list[i].section != m->list[i - 1].section)
            plan_separator(v, m->list[i].section);
        plan_material(v, i);
    }
    attachments_charge(&v->attachments, NULL);
}

/* A separator lists what follows: how many pages that takes is known before the numbers are. */
static void plan_separators(struct volume *v)
{
    record_node *dossier = contents_describe(&v->parts, v->job->node);
    for (size_t i = 0; i < v->parts.n; i++) {
        struct part *p = &v->parts.list[i];
        if (p->kind == PART_SEPARATOR && (p->laid = document_lay(p->form, v->job, p->node)))
            p->run.pages = p->laid->n;
    }
    record_drop(dossier);
}

static bool number(void *volume, const struct document_job *job)
{
    struct volume *v = volume;
    size_t errors = job->diag->count[SEVERITY_ERROR];
    v->job = job;
    v->attachments =
        (struct attachments){.arena = job->arena, .reader = &v->reader, .dir = job->dir};
    v->parts =
        (struct parts){.arena = job->arena,
                       .duplex = v->options->duplex,
                       .sections = v->sections,
                       .materials = materials_list(v->sections, job->query, job->node, job->arena)};
    query_context_set_pages(job->query, parts_page_of, &v->parts);
    plan_parts(v);
    plan_separators(v);
    parts_number(&v->parts);
    if (v->parts.total > MOST_SHEETS)
        diag_error(job->diag, (struct src_pos){0}, "成册材料共 %zu 页，超过上限 %d 页",
                   "the dossier has %zu pages, more than %d", v->parts.total, MOST_SHEETS);
    return job->diag->count[SEVERITY_ERROR] == errors;
}

static void close_applicant(void *volume)
{
    struct volume *v = volume;
    attachments_close(&v->attachments);
    for (size_t i = 0; i < v->parts.n; i++)
        pages_close(v->parts.list[i].laid);
    pages_close(v->stamps);
    record_drop(v->node);
    if (v->job)
        query_context_set_pages(v->job->query, NULL, NULL);
    v->job = NULL;
    v->parts = (struct parts){0};
    v->node = NULL;
    v->stamps = NULL;
    v->partial = false;
}

/* --- drawing --- */

/* Page counts were settled when the numbers were given: whatever is laid out now must keep them. */
static bool lay_part(struct volume *v, struct part *p, record_node *root)
{
    const struct form_facts *facts = form_facts(p->form);
    pages_close(p->laid);
    p->laid = p->kind == PART_PAPER ? document_lay_bound(p->form, v->job)
                                    : document_lay(p->form, v->job, root);
    if (!p->laid)
        return false;
    if (p->laid->n == p->run.pages)
        return true;
    return diag_system(v->job->diag, (struct src_pos){0},
                       "“%s”填入页码后由 %zu 页变为 %zu 页，目录会不准；请检查模板 %s",
                       "with its page numbers \"%s\" has %zu pages instead of %zu, and the "
                       "contents would be wrong: check the template %s",
                       facts->title, p->run.pages, p->laid->n, facts->name);
}

/* The length of the contents moves nothing but what is physical. */
static bool lay_contents(struct volume *v)
{
    struct part *contents = &v->parts.list[1];
    if (!(contents->laid = document_lay(contents->form, v->job, NULL)))
        return false;
    contents->run.pages = contents->laid->n;
    parts_number(&v->parts);
    contents_set_total(v->node, &v->parts);
    return true;
}

static bool lay_stamps(struct volume *v)
{
    size_t wanted = v->parts.stamped;
    v->stamps = wanted > 0 ? document_lay(v->stamp, v->job, NULL) : NULL;
    if (!v->stamps || v->stamps->n == wanted)
        return v->stamps;
    return diag_system(v->job->diag, (struct src_pos){0},
                       "模板 %s 应为每个页码排一页：%zu 页，排出 %zu 页",
                       "the template %s must lay out one page for each number: %zu, not %zu",
                       form_facts(v->stamp)->name, wanted, v->stamps->n);
}

static bool lay_all(struct volume *v)
{
    bool ok = true;

    for (size_t i = 0; i < v->parts.n; i++) {
        struct part *p = &v->parts.list[i];
        if (p->kind == PART_PAPER && form_facts(p->form)->cites)
            ok &= lay_part(v, p, NULL);
    }
    v->node = contents_describe(&v->parts, v->job->node);
    if (!lay_contents(v))
        return false;
    for (size_t i = 0; i < v->parts.n; i++) {
        struct part *p = &v->parts.list[i];
        if (p->kind == PART_COVER)
            ok &= lay_part(v, p, NULL);
        else if (p->kind == PART_SEPARATOR || p->kind == PART_MISSING)
            ok &= lay_part(v, p, p->node);
    }
    return lay_stamps(v) && ok;
}

/* Of the sheets, while the pictures are there. */
static uint64_t *look_at_sheets(const struct volume *v, const struct pages *sheets)
{
    uint64_t *looks = ARENA_ARRAY(v->job->arena, uint64_t, sheets->n + 1);
    for (size_t i = 0; v->job->looks && i < sheets->n; i++)
        looks[i] = page_look(sheets, i);
    return looks;
}

/* And of the pages bound onto them, when all is written. */
static void put_looks(struct volume *v, const struct sheets *s, uint64_t *looks, struct buffer *out)
{
    for (size_t i = 0; v->job->looks && i < s->n_copies; i++) {
        const struct bind_copy *c = &s->copies[i];
        const struct attachment *a = c->attachment->owner;
        attachments_charge_source(&v->attachments, c->attachment);
        uint64_t look = attachment_page_look(c->attachment, c->page);
        if (!look)
            look = digest_quick(a->file.data, a->file.size);
        looks[c->sheet] = digest_mix(digest_mix(looks[c->sheet], &look, sizeof look), c->matrix,
                                     sizeof c->matrix);
    }
    attachments_charge(&v->attachments, NULL);
    for (size_t i = 0; v->job->looks && i < s->pages->n; i++)
        look_put(out, looks[i]);
}

static bool bind(void *volume, struct document *out)
{
    struct volume *v = volume;
    const struct sections_facts *facts = sections_facts(v->sections);
    struct diag *diag = v->job->diag;
    struct buffer base = {0}; /* the sheets without the PDFs' pages */

    if (!lay_all(v) || diag_failed(diag))
        return false;
    struct sheets sheets = sheets_make(&v->parts, v->stamps, v->options->keep_a3);
    if (sheets.pages->n != v->parts.total)
        return diag_system(
            diag, (struct src_pos){0}, "成册材料应有 %zu 页，排出 %zu 页（程序错误）",
            "the dossier should have %zu pages and has %zu (a fault of this program)",
            v->parts.total, sheets.pages->n);
    uint64_t *looks = look_at_sheets(v, sheets.pages);
    bool ok = pdf_write(sheets.pages, &base, diag);
    attachments_drop_images(&v->attachments);
    ok = ok && bind_volume(&base, sheets.copies, sheets.n_copies, attachments_charge_source,
                           &v->attachments, out->file, diag);
    buffer_clear(&base);
    if (ok)
        put_looks(v, &sheets, looks, &out->looks);
    out->pages = sheets.pages;
    out->partial = v->partial;
    out->report = ledger_report;
    out->data = &v->parts;
    out->facts = (struct form_facts){.name = "dossier",
                                     .title = facts->title,
                                     .paper = "A4",
                                     .copies = 1,
                                     .binding = "bound",
                                     .seals = ""};
    return ok;
}

const struct binder volume_binder = {"dossier", "成册材料", load,           unload,
                                     number,    bind,       close_applicant};
