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

struct volume_sheets {
    struct form *cover, *contents, *separator, *stamp, *missing;
};

/* All volumes of the profile: what one of them cites may stand in another. */
struct volumes {
    struct arena arena;
    const struct binder_options *options;
    struct fonts *fonts;
    struct sections *sections;
    struct volume_sheets *sheets; /* by volume */
    size_t n;
    struct section_paper *papers;
    struct form **forms; /* of the papers */
    size_t n_papers;
    struct attachment_reader reader;
    /* one applicant's */
    const struct document_job *job;
    struct attachments own, *attachments; /* own: where nobody else reads them */
    struct parts *parts;                  /* by volume; NULL: nobody's */
    bool *partial;                        /* likewise */
    size_t n_drawn;                       /* volumes, in whichever order */
    /* the volume that is drawn */
    record_node *node; /* what the templates see */
    struct pages *stamps;
    struct buffer base; /* the sheets without the PDFs' pages */
    struct qdoc *bound;
};

/* One of them, of the applicant at hand. */
struct volume {
    struct volumes *all;
    const struct volume_sheets *sheets;
    const struct document_job *job;
    struct parts *parts;
    bool *partial;
};

static struct volume volume_at(struct volumes *all, size_t i)
{
    return (struct volume){all, &all->sheets[i], all->job, &all->parts[i], &all->partial[i]};
}

static struct form *load_form(struct volumes *v, const char *const *templates, const char *name,
                              struct src_pos from, struct diag *diag)
{
    const char *file = arena_printf(&v->arena, "%s.xml", name),
               *path = find_template(&v->arena, templates, file, from, diag);
    return path ? form_load(path, v->fonts, diag) : NULL;
}

static void unload(void *volumes)
{
    struct volumes *v = volumes;
    if (!v)
        return;
    for (size_t i = 0; i < v->n_papers; i++)
        form_free(v->forms[i]);
    for (size_t i = 0; i < v->n; i++) {
        const struct volume_sheets *s = &v->sheets[i];
        struct form *const all[] = {s->cover, s->contents, s->separator, s->stamp, s->missing};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++)
            form_free(all[k]);
    }
    sections_free(v->sections);
    arena_free(&v->arena);
    free(v);
}

static struct volume_sheets load_sheets(struct volumes *v, const char *const *templates,
                                        const struct sections_facts *f, struct diag *diag)
{
    return (struct volume_sheets){.cover = load_form(v, templates, f->cover, f->at, diag),
                                  .contents = load_form(v, templates, f->contents, f->at, diag),
                                  .separator = load_form(v, templates, f->separator, f->at, diag),
                                  .stamp = load_form(v, templates, f->stamp, f->at, diag),
                                  .missing = load_form(v, templates, f->missing, f->at, diag)};
}

static void *load(const struct binder_options *options, const char *const *templates,
                  const char *const *names, struct fonts *fonts, struct diag *diag)
{
    struct volumes *v = mem_alloc(1, sizeof *v);
    size_t errors = diag->count[SEVERITY_ERROR];
    qpdf_load(); /* for all volumes: each is bound in a process of its own */
    v->fonts = fonts;
    v->options = options;
    v->reader = (struct attachment_reader){
        .fonts = fonts, .passwords = options->passwords, .n_passwords = options->n_passwords};
    if ((v->sections = sections_load(templates, names, diag))) {
        size_t n = sections_volumes(v->sections);
        v->sheets = ARENA_ARRAY(&v->arena, struct volume_sheets, n + 1);
        for (v->n = 0; v->n < n; v->n++)
            v->sheets[v->n] = load_sheets(v, templates, sections_facts(v->sections, v->n), diag);
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

static const char *label(const void *volumes, size_t i)
{
    const struct volumes *v = volumes;
    return sections_facts(v->sections, i)->label;
}

/* --- planning: what there is --- */

/* With --skip-bad an error is a warning, and a marked sheet takes the place. */
static void report_unreadable(struct volume *v, const struct diag *from)
{
    for (size_t i = 0; i < from->n; i++) {
        struct finding f = from->list[i];
        if (f.severity == SEVERITY_ERROR && v->all->options->skip_bad && f.fault == FAULT_DATA) {
            f.severity = SEVERITY_WARNING;
            *v->partial = true;
        }
        diag_pass(v->job->diag, &f);
    }
}

static void plan_copy(struct volume *v, const struct material *m)
{
    struct diag diag = {.context = v->job->diag->context};
    struct attachment *a = attachments_open(v->all->attachments, m, &diag);
    struct part *p = parts_add(v->parts, PART_MISSING, 1);
    size_t n = a->bad ? 0 : attachments_select(v->all->attachments, a, m, &p->selected, &diag);

    report_unreadable(v, &diag);
    diag_clear(&diag);
    p->attachment = a;
    p->form = v->sheets->missing;
    if (n > 0) {
        p->kind = PART_COPY;
        p->run.pages = n;
    }
}

static void plan_paper(struct volume *v, const struct material *m)
{
    struct part *p = parts_add(v->parts, PART_PAPER, 0);
    const struct volumes *all = v->all;
    for (size_t i = 0; i < all->n_papers && !p->form; i++)
        if (!strcmp(all->papers[i].name, m->paper))
            p->form = all->forms[i];
    p->laid = document_lay_bound(p->form, v->job);
    p->run.pages = p->laid ? p->laid->n : 1;
}

static void plan_separator(struct volume *v, size_t section)
{
    struct part *p = parts_add(v->parts, PART_SEPARATOR, 1);
    p->form = v->sheets->separator;
    p->section = section;
    p->title = sections_title(v->all->sections, section);
    p->anchor = arena_printf(v->job->arena, "section %zu", section - v->parts->facts->first + 1);
}

static void plan_material(struct volume *v, size_t i)
{
    const struct material *m = &v->parts->materials->list[i];
    if (m->kind == MATERIAL_COPY)
        plan_copy(v, m);
    else
        plan_paper(v, m);
    v->parts->part_of[i] = v->parts->n - 1;
    struct part *p = &v->parts->list[v->parts->n - 1];
    p->material = m;
    p->section = m->section;
    p->title = m->title;
    p->anchor = arena_printf(v->job->arena, "material %zu", i + 1);
}

static void plan_parts(struct volume *v)
{
    const struct materials *m = v->parts->materials;
    const struct sections_facts *facts = v->parts->facts;
    size_t last = facts->end; /* section that has its separator */

    parts_add(v->parts, PART_COVER, 1)->form = v->sheets->cover;
    struct part *contents = parts_add(v->parts, PART_CONTENTS, 1);
    contents->form = v->sheets->contents;
    contents->title = "目录";
    v->parts->part_of = ARENA_ARRAY(v->job->arena, size_t, m->n + 1);
    for (size_t i = 0; i < m->n; i++) {
        size_t section = m->list[i].section;
        if (section < facts->first || section >= facts->end)
            continue;
        if (section != last)
            plan_separator(v, section);
        last = section;
        plan_material(v, i);
    }
    attachments_charge(v->all->attachments, NULL);
}

/* A separator lists what follows: how many pages that takes is known before the numbers are. */
static void plan_separators(struct volume *v)
{
    record_node *dossier = contents_describe(v->parts, v->job->node);
    for (size_t i = 0; i < v->parts->n; i++) {
        struct part *p = &v->parts->list[i];
        if (p->kind == PART_SEPARATOR && (p->laid = document_lay(p->form, v->job, p->node)))
            p->run.pages = p->laid->n;
    }
    record_drop(dossier);
}

static void plan_volume(struct volumes *all, size_t i)
{
    const struct document_job *job = all->job;
    struct volume v = volume_at(all, i);
    plan_parts(&v);
    plan_separators(&v);
    parts_number(v.parts);
    if (v.parts->total > MOST_SHEETS)
        diag_error(job->diag, (struct src_pos){0}, "成册材料共 %zu 页，超过上限 %d 页",
                   "the dossier has %zu pages, more than %d", v.parts->total, MOST_SHEETS);
}

static bool number(void *volumes, const struct document_job *job)
{
    struct volumes *v = volumes;
    size_t errors = job->diag->count[SEVERITY_ERROR];
    v->job = job;
    v->n_drawn = 0;
    v->attachments = job->attachments ? job->attachments : &v->own;
    *v->attachments =
        (struct attachments){.arena = job->arena, .reader = &v->reader, .dir = job->dir};
    struct materials *materials = materials_list(v->sections, job->query, job->node, job->arena);
    v->parts = ARENA_ARRAY(job->arena, struct parts, v->n + 1);
    v->partial = ARENA_ARRAY(job->arena, bool, v->n + 1);
    for (size_t i = 0; i < v->n; i++)
        v->parts[i] = (struct parts){.arena = job->arena,
                                     .sections = v->sections,
                                     .facts = sections_facts(v->sections, i),
                                     .duplex = v->options->duplex,
                                     .materials = materials};
    query_context_set_pages(job->query, parts_page_of, v->parts);
    for (size_t i = 0; i < v->n; i++)
        plan_volume(v, i);
    return job->diag->count[SEVERITY_ERROR] == errors;
}

/* What the volume that was drawn last has left. */
static void let_go(struct volumes *v)
{
    pages_close(v->stamps);
    record_drop(v->node);
    bind_free(v->bound);
    pdf_unmap(&v->base);
    v->stamps = NULL;
    v->node = NULL;
    v->bound = NULL;
}

static void close_applicant(void *volumes)
{
    struct volumes *v = volumes;
    if (v->attachments)
        attachments_close(v->attachments);
    v->attachments = NULL;
    for (size_t k = 0; v->parts && k < v->n; k++)
        for (size_t i = 0; i < v->parts[k].n; i++)
            pages_close(v->parts[k].list[i].laid);
    let_go(v);
    if (v->job)
        query_context_set_pages(v->job->query, NULL, NULL);
    v->job = NULL;
    v->parts = NULL;
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
    struct part *contents = &v->parts->list[1];
    if (!(contents->laid = document_lay(contents->form, v->job, NULL)))
        return false;
    contents->run.pages = contents->laid->n;
    parts_number(v->parts);
    contents_set_total(v->all->node, v->parts);
    return true;
}

static bool lay_stamps(struct volume *v)
{
    size_t wanted = v->parts->stamped;
    struct pages *stamps = wanted > 0 ? document_lay(v->sheets->stamp, v->job, NULL)
                                      : ARENA_NEW(v->job->arena, struct pages);
    v->all->stamps = stamps;
    if (!stamps || stamps->n == wanted)
        return stamps;
    return diag_system(v->job->diag, (struct src_pos){0},
                       "模板 %s 应为每个页码排一页：%zu 页，排出 %zu 页",
                       "the template %s must lay out one page for each number: %zu, not %zu",
                       form_facts(v->sheets->stamp)->name, wanted, stamps->n);
}

static bool lay_all(struct volume *v)
{
    bool ok = true;

    for (size_t i = 0; i < v->parts->n; i++) {
        struct part *p = &v->parts->list[i];
        if (p->kind == PART_PAPER && form_facts(p->form)->cites)
            ok &= lay_part(v, p, NULL);
    }
    v->all->node = contents_describe(v->parts, v->job->node);
    if (!lay_contents(v))
        return false;
    for (size_t i = 0; i < v->parts->n; i++) {
        struct part *p = &v->parts->list[i];
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
        attachments_charge_source(v->all->attachments, c->attachment);
        uint64_t look = attachment_page_look(c->attachment, c->page);
        if (!look)
            look = digest_quick(a->file.data, a->file.size);
        looks[c->sheet] = digest_mix(digest_mix(looks[c->sheet], &look, sizeof look), c->matrix,
                                     sizeof c->matrix);
    }
    attachments_charge(v->all->attachments, NULL);
    for (size_t i = 0; v->job->looks && i < s->pages->n; i++)
        look_put(out, looks[i]);
}

/* In place of the pages of PDFs. */
static void show_copies(struct volume *v, const struct sheets *s)
{
    for (size_t i = 0; i < s->n_copies; i++) {
        const struct bind_copy *c = &s->copies[i];
        struct page *sheet = &s->pages->list[c->sheet];
        double r[4];
        fit_rect(c->matrix, c->attachment->pages[c->page].box, r);
        *ARENA_PUSH(v->job->arena, sheet->items, sheet->n, sheet->cap) =
            (struct page_item){.kind = ITEM_COPY,
                               .u.copy = {r[0], sheet->height - r[3], r[2] - r[0], r[3] - r[1],
                                          c->attachment->href, c->page + 1}};
    }
}

/* One PDF of the sheets and what is put onto them. */
static bool write_volume(struct volume *v, struct sheets *sheets, bool last, struct document *out)
{
    struct volumes *all = v->all;
    struct diag *diag = v->job->diag;
    uint64_t *looks = look_at_sheets(v, sheets->pages);
    bool ok = pdf_write_mapped(sheets->pages, &all->base, diag);
    if (last)
        attachments_drop_images(all->attachments, v->job->attachments != NULL);
    ok = ok && bind_volume(&all->base, sheets->copies, sheets->n_copies, attachments_charge_source,
                           all->attachments, out->file, &all->bound, diag);
    if (ok)
        put_looks(v, sheets, looks, &out->looks);
    return ok;
}

static bool bind(void *volumes, size_t which, struct document *out)
{
    struct volumes *all = volumes;
    struct volume v = volume_at(all, which);
    struct diag *diag = v.job->diag;
    bool ok = true, last = ++all->n_drawn == all->n;

    let_go(all);
    if (!lay_all(&v) || diag_failed(diag))
        return false;
    if (last)
        attachments_lend_images(all->attachments);
    struct sheets sheets = sheets_make(v.parts, all->stamps, all->options->keep_a3);
    if (sheets.pages->n != v.parts->total)
        return diag_system(
            diag, (struct src_pos){0}, "成册材料应有 %zu 页，排出 %zu 页（程序错误）",
            "the dossier should have %zu pages and has %zu (a fault of this program)",
            v.parts->total, sheets.pages->n);
    if (all->options->pages_only)
        show_copies(&v, &sheets);
    else
        ok = write_volume(&v, &sheets, last, out);
    out->pages = sheets.pages;
    out->partial = *v.partial;
    out->report = ledger_report;
    out->data = v.parts;
    out->facts = (struct form_facts){.name = v.parts->facts->name,
                                     .title = v.parts->facts->title,
                                     .paper = "A4",
                                     .copies = 1,
                                     .binding = "bound",
                                     .seals = ""};
    return ok;
}

const struct binder volume_binder = {"成册材料", load, unload,         label,
                                     number,     bind, close_applicant};
