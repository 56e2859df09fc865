/* attachments.c - see attachments.h. */
#include "dossier/attachments.h"

#include "core/workers.h"
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

void attachments_charge_source(void *all, const struct attachment_pages *source)
{
    attachments_charge(all, source ? source->owner : NULL);
}

/* What is found is of no place: each that cites the file has its own. */
static bool read_attachment(struct attachments *all, struct attachment *a)
{
    static const struct finding fault = {.severity = SEVERITY_ERROR, .rule = "R76"};
    const struct media_limits limits = {0};
    struct diag *diag = &a->found;
    bool slow;

    if (quarantine_has(a->href, &slow))
        return attachment_refuse(a->href, slow ? WORKERS_SLOW : WORKERS_DIED, &fault, diag);
    attachments_charge(all, a);
    if (!media_open(&a->file, all->dir, a->href, &limits, &fault, diag) ||
        !attachment_read(all->reader, a, all->arena, &fault, diag))
        return false;
    if (!a->source)
        pdf_image_pack(&a->image);
    return true;
}

static struct attachment *find(const struct attachments *all, const char *href)
{
    struct attachment *a = all->first;
    while (a && strcmp(a->href, href))
        a = a->next;
    return a;
}

/* A JPEG is in a PDF now, and quickly read again. */
static bool may_be_lent(const struct attachment *a)
{
    return a->bad || a->source || a->image.packed;
}

/* What was found when it was read, as of the place that cites it here. */
static void tell(const struct diag *found, const struct finding *place, struct diag *diag)
{
    for (size_t i = 0; i < found->n; i++) {
        struct finding f = found->list[i];
        f.label = place->label;
        f.field = place->field;
        f.at = place->at;
        diag_pass(diag, &f);
    }
}

struct attachment *attachments_open(struct attachments *all, const struct material *m,
                                    struct diag *diag)
{
    const struct finding fault = fault_of(m);
    struct attachment *a = find(all, m->href),
                      *before = a || !all->before ? NULL : find(all->before, m->href);
    if (a)
        return a;
    a = ARENA_NEW(all->arena, struct attachment);
    if (before && may_be_lent(before)) {
        *a = *before;
        a->lent = true;
        a->seconds = 0; /* its share begins anew */
        if (a->source)
            a->source->owner = a;
    }
    a->href = m->href;
    a->next = all->first;
    all->first = a;
    if (!a->lent)
        a->bad = !read_attachment(all, a);
    tell(&a->found, &fault, diag);
    return a;
}

size_t attachments_select(struct attachments *all, struct attachment *a, const struct material *m,
                          size_t **pages, struct diag *diag)
{
    struct finding fault = fault_of(m);
    attachments_charge(all, a);
    return attachment_select(a, m->pages, all->arena, pages, &fault, diag);
}

void attachments_lend_images(struct attachments *all)
{
    for (struct attachment *a = all->first; a; a = a->next)
        a->image.jpeg_lent = a->file.mapped && a->image.jpeg == a->file.data;
}

void attachments_drop_images(struct attachments *all, bool keep)
{
    for (struct attachment *a = all->first; a; a = a->next)
        if (!a->source && !(keep && may_be_lent(a))) {
            image_clear(&a->image);
            media_close(&a->file);
        }
}

void attachments_close(struct attachments *all)
{
    attachments_charge(all, NULL);
    for (struct attachment *a = all->first; a; a = a->next)
        if (!a->lent)
            attachment_close(a);
    all->first = NULL;
}
