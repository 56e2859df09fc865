/* attachments.c - see attachments.h. */
#include "dossier/attachments.h"

#include "core/worker_fault.h"
#include "dossier/page_list.h"
#include "media/quarantine.h"
#include "pdf/pdf.h"

#include <math.h>
#include <string.h>
#include <time.h>

static struct finding fault_of(const struct material *m)
{
    return (struct finding){.severity = SEVERITY_ERROR,
                            .rule = "R76",
                            .label = m->title,
                            .field = m->field,
                            .at = m->at};
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void attachments_charge(struct attachments *all, struct attachment *a)
{
    if (a == all->current)
        return;
    double now = cpu_seconds();
    if (all->current)
        all->current->seconds += now - all->since;
    all->current = a;
    all->since = now;
    quarantine_note(a ? a->href : "");
    workers_note(a ? a->href : "");
    struct workers_limits limits = {0};
    if (a)
        limits = (struct workers_limits){(unsigned)fmax(1, ceil(ATTACHMENT_SECONDS - a->seconds)),
                                         (size_t)ATTACHMENT_MIB << 20};
    workers_slice(limits);
}

void attachments_charge_source(void *all, const struct source *source)
{
    attachments_charge(all, source ? source->owner : NULL);
}

static bool in_quarantine(const char *href, struct finding fault, struct diag *diag)
{
    bool slow;
    if (!quarantine_has(href, &slow))
        return false;
    worker_fault(diag, fault,
                 &(struct worker_fault){WORKER_ATTACHMENT,
                                        slow ? WORKERS_SLOW : WORKERS_DIED,
                                        href,
                                        {ATTACHMENT_SECONDS, (size_t)ATTACHMENT_MIB << 20}});
    return true;
}

static bool read_attachment(struct attachments *all, struct attachment *a, struct finding fault,
                            struct diag *diag)
{
    const struct media_limits limits = {0};

    if (in_quarantine(a->href, fault, diag))
        return false;
    attachments_charge(all, a);
    if (!media_open(&a->file, all->dir, a->href, &limits, &fault, diag))
        return false;
    if (a->file.type == MEDIA_PDF) {
        a->source = source_open(all->arena, &a->file, all->passwords, all->n_passwords, &limits,
                                &fault, diag);
        if (!a->source)
            return false;
        a->source->owner = a;
        a->pages = a->source->n;
        return true;
    }
    if (a->file.type == MEDIA_JPEG || a->file.type == MEDIA_PNG) {
        if (!image_load(&a->image, &a->file, &limits, &fault, diag))
            return false;
        pdf_image_pack(&a->image);
        a->pages = 1;
        return true;
    }
    return diag_add(diag, fault, "“%s”实为 %s，只能装订 PDF、JPG 和 PNG",
                    "'%s' is really %s: only PDF, JPG and PNG can be bound", a->href,
                    media_type_name(a->file.type));
}

struct attachment *attachments_open(struct attachments *all, const struct material *m,
                                    struct diag *diag)
{
    struct attachment *a = all->first;
    while (a && strcmp(a->href, m->href))
        a = a->next;
    if (a)
        return a;
    a = ARENA_NEW(all->arena, struct attachment);
    a->href = m->href;
    a->next = all->first;
    all->first = a;
    a->bad = !read_attachment(all, a, fault_of(m), diag);
    return a;
}

size_t attachment_select(struct attachments *all, struct attachment *a, const struct material *m,
                         size_t **pages, struct diag *diag)
{
    size_t bad, n = page_list_parse(m->pages, a->pages, all->arena, pages, &bad);
    struct finding fault = fault_of(m);
    bool ok = true;

    if (n == 0 && bad)
        diag_add(diag, fault, "“%s”没有第 %zu 页，它共 %zu 页（pages=\"%s\"）",
                 "'%s' has no page %zu, it has %zu (pages=\"%s\")", m->href, bad, a->pages,
                 m->pages);
    else if (n == 0)
        diag_add(diag, fault, "“%s”的页码写法不对（pages=\"%s\"），应如 2-4,7",
                 "'%s': pages=\"%s\" should be like 2-4,7", m->href, m->pages);
    attachments_charge(all, a);
    for (size_t i = 0; i < n && a->source; i++)
        ok &= source_check(a->source, (*pages)[i] - 1, &fault, diag);
    return ok ? n : 0;
}

void attachments_drop_images(struct attachments *all)
{
    for (struct attachment *a = all->first; a; a = a->next)
        if (!a->source) {
            image_clear(&a->image);
            media_close(&a->file);
        }
}

void attachments_close(struct attachments *all)
{
    attachments_charge(all, NULL);
    attachments_drop_images(all);
    for (struct attachment *a = all->first; a; a = a->next) {
        source_close(a->source);
        if (a->source)
            media_close(&a->file);
    }
    all->first = NULL;
}
