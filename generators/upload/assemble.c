/* assemble.c - see assemble.h. */
#include "upload/assemble.h"

#include "bind/bind.h"
#include "bind/shrink.h"
#include "core/machine.h"
#include "core/output.h"
#include "core/units.h"
#include "pdf/pdf.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/* A PDF page may be neither shorter nor longer, in points (ISO 32000-1, annex C). */
enum { SHORTEST_SIDE = 3, LONGEST_SIDE = 14400 };

struct source {
    struct attachment *attachment;
    const size_t *pages; /* 1-based */
    size_t n;
};

struct assembly {
    const struct platform *platform;
    const struct upload_file *file;
    struct attachments *scans;
    struct arena *arena;
    struct diag *diag;
    const char *near, *asof;
    struct source *sources;
    size_t n_sources, n_pages;
};

/* Of all scans, so that one run tells of all that cannot be read. */
static bool open_sources(struct assembly *a)
{
    bool ok = true;
    a->sources = ARENA_ARRAY(a->arena, struct source, a->file->n);
    for (size_t i = 0; i < a->file->n; i++) {
        const struct material *m = &a->file->pieces[i].source;
        struct attachment *scan = attachments_open(a->scans, m, a->diag);
        size_t *pages = NULL,
               n = scan->bad ? 0 : attachments_select(a->scans, scan, m, &pages, a->diag);
        a->sources[a->n_sources++] = (struct source){scan, pages, n};
        a->n_pages += n;
        ok &= n > 0;
    }
    attachments_charge(a->scans, NULL);
    return ok;
}

/* --- as it is --- */

static void drop(struct assembled *f)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
}

/* Does the file cite all pages of one scan, in order? */
static const struct attachment *whole_scan(const struct assembly *a)
{
    const struct attachment *scan = a->sources[0].attachment;
    size_t next = 1;
    for (size_t i = 0; i < a->n_sources; i++) {
        if (a->sources[i].attachment != scan)
            return NULL;
        for (size_t k = 0; k < a->sources[i].n; k++)
            if (a->sources[i].pages[k] != next++)
                return NULL;
    }
    return next == scan->pages + 1 ? scan : NULL;
}

static bool is_too_fine(const struct assembly *a, const struct media_image *image)
{
    uint32_t limit = (uint32_t)a->platform->pixels;
    return limit && (image->width > limit || image->height > limit);
}

/* The suffix under which the platform takes the scan as it is; NULL: it has to be put together. */
static const char *verbatim_suffix(const struct assembly *a, const struct attachment *scan)
{
    unsigned types = a->platform->types;
    bool upright = scan->image.orientation == 1 && !scan->image.oddities;

    if (scan->file.size > a->platform->bytes || (!scan->source && is_too_fine(a, &scan->image)))
        return NULL;
    if (scan->source)
        return !scan->source->encrypted && !scan->source->repaired ? "pdf" : NULL;
    if (scan->file.type == MEDIA_JPEG && types & UPLOAD_JPEG && upright)
        return "jpg";
    return scan->file.type == MEDIA_PNG && types & UPLOAD_PNG && upright ? "png" : NULL;
}

static void copy_scan(const struct assembly *a, const struct attachment *scan,
                      struct assembled *out)
{
    out->fd = output_temporary(a->near, a->diag);
    if (out->fd < 0)
        return;
    if (!output_bytes(out->fd, scan->file.data, scan->file.size)) {
        output_failed(a->near, a->diag);
        drop(out);
    }
    out->before = (long long)scan->file.size;
    out->verbatim = true;
}

/* --- put together --- */

static struct page *add_page(struct assembly *a, struct pages *pages, double width, double height)
{
    struct page *p = ARENA_PUSH(a->arena, pages->list, pages->n, pages->cap);
    *p = (struct page){
        .width = fmax(SHORTEST_SIDE, width), .height = fmax(SHORTEST_SIDE, height), .marked = true};
    return p;
}

/* A picture's page is as large as the picture, and no larger than A4, or A3 where it is one. */
static void add_image(struct assembly *a, struct pages *pages, const struct media_image *image)
{
    double w, h;
    bool known = image_printed_size(image, &w, &h);
    bool a3 = known && fit_is_a3(w, h), wide = w > h;
    double shorter = a3 ? A3_WIDTH : A4_WIDTH, longer = a3 ? A3_HEIGHT : A4_HEIGHT;
    struct fit_sheet sheet = {wide ? longer : shorter, wide ? shorter : longer, {0}};
    struct fit_placement at = fit_place(&sheet, w, h, !known, false);
    struct page *page = add_page(a, pages, at.width, at.height);
    *ARENA_PUSH(a->arena, page->items, page->n, page->cap) =
        (struct page_item){.kind = ITEM_IMAGE, .u.image = {0, 0, at.width, at.height, image, NULL}};
}

static struct bind_copy add_copy(struct assembly *a, struct pages *pages,
                                 struct attachment_pages *from, size_t page)
{
    struct bind_copy c = {.sheet = pages->n, .attachment = from, .page = page};
    double w, h;

    fit_size(&from->pages[page], &w, &h);
    double k = fmin(1, LONGEST_SIDE / fmax(w, h));
    struct fit_placement at = {0, 0, w * k, h * k, false};
    fit_matrix(&from->pages[page], &at, c.matrix);
    add_page(a, pages, at.width, at.height);
    return c;
}

static bool bind_pages(struct assembly *a, struct assembled *out)
{
    struct pages pages = {.title = a->file->name,
                          .subject = "",
                          .author = "",
                          .language = "zh-CN",
                          .created = a->asof};
    struct bind_copy *copies = ARENA_ARRAY(a->arena, struct bind_copy, a->n_pages);
    struct buffer sheets = {0};
    size_t n = 0;

    for (size_t i = 0; i < a->n_sources; i++)
        for (size_t k = 0; k < a->sources[i].n; k++) {
            struct attachment *scan = a->sources[i].attachment;
            if (scan->source)
                copies[n++] = add_copy(a, &pages, scan->source, a->sources[i].pages[k] - 1);
            else
                add_image(a, &pages, &scan->image);
        }
    out->fd = output_temporary(a->near, a->diag);
    bool ok = out->fd >= 0 && pdf_write(&pages, &sheets, a->diag) &&
              bind_volume(&sheets, copies, n, attachments_charge_source, a->scans, out->fd, NULL,
                          a->diag);
    buffer_clear(&sheets);
    return ok;
}

static long long size_of(int fd)
{
    off_t end = lseek(fd, 0, SEEK_END);
    if (end < 0)
        machine_ask(NULL);
    return (long long)end;
}

/* --- smaller --- */

static bool is_small(const struct assembly *a, const struct assembled *f)
{
    const struct platform *p = a->platform;
    return f->bytes <= (long long)p->bytes && (!p->pixels || f->side <= p->pixels);
}

/* One that cannot be measured is dropped: reported. */
static void measure(const struct assembly *a, struct assembled *f)
{
    f->bytes = size_of(f->fd);
    if (a->platform->pixels && !strcmp(f->suffix, "pdf"))
        f->side = shrink_longest_side(f->fd, a->diag);
    if (f->side < 0)
        drop(f);
}

/* What the platform's rule of attachments says of the file. */
static struct finding of_attachments(const struct assembly *a, enum severity severity)
{
    return (struct finding){.severity = severity,
                            .rule = "R111",
                            .label = a->file->kind->kind,
                            .at = a->file->pieces[0].source.at};
}

/* Which limit stays exceeded; what to do about it is not the same. */
static bool report_too_large(const struct assembly *a, const struct assembled *out)
{
    const struct upload_file *f = a->file;
    const struct finding finding = of_attachments(a, SEVERITY_ERROR);

    if (out->bytes > (long long)a->platform->bytes)
        return diag_add(
            a->diag, finding,
            "“%s”压缩到最低仍有 %.1f MB，超过平台上限 %.1f MB；请把 %s 用较低分辨率（150—200 "
            "dpi）重新扫描，或拆成几份",
            "'%s' still has %.1f MB when reduced as far as it may be, more than the "
            "platform's %.1f MB; scan %s again with fewer dots (150-200 dpi), or split it",
            f->name, (double)out->bytes / (1 << 20), (double)a->platform->bytes / (1 << 20),
            f->pieces[0].source.href);
    return diag_add(
        a->diag, finding,
        "“%s”压缩到最低，图像长边仍有 %ld 像素，超过平台上限 %d 像素；请把 %s "
        "用较低分辨率（150—200 "
        "dpi）、灰度或彩色重新扫描",
        "'%s' has a picture whose longer side is of %ld pixels when reduced as far as it may be, "
        "more than the platform's %d; scan %s again with fewer dots (150-200 dpi), grey or in "
        "colours",
        f->name, out->side, a->platform->pixels, f->pieces[0].source.href);
}

static void report_reduced(const struct assembly *a, const struct assembled *out)
{
    diag_add(a->diag, of_attachments(a, SEVERITY_INFO),
             "“%s”由 %.1f MB 压缩为 %.1f MB（高于 %.0f dpi 的图像降了分辨率，JPEG 质量 "
             "%d）；请打开看一遍是否清楚",
             "'%s' was reduced from %.1f MB to %.1f MB (pictures of more than %.0f dpi have fewer, "
             "JPEG quality %d); open it and see whether it is legible",
             a->file->name, (double)out->before / (1 << 20), (double)out->bytes / (1 << 20),
             out->reduction.dpi, out->reduction.quality);
}

/* The file as one step makes it, with the descriptor -1: reported. */
static struct assembled try_step(struct assembly *a, const struct assembled *from,
                                 const struct upload_reduction *step)
{
    const struct platform *p = a->platform;
    const struct shrink how = {step->quality, step->dpi, p->pixels,
                               .others = from->bytes > (long long)p->bytes};
    struct assembled f = *from;

    f.reduction = *step;
    f.verbatim = false;
    f.fd = output_temporary(a->near, a->diag);
    if (f.fd < 0 || !shrink_pdf(from->fd, &how, f.fd, a->diag))
        drop(&f);
    else
        measure(a, &f);
    return f;
}

/* The first of the steps, each smaller than the one before, that is small enough: found by halving,
 * since each costs seconds. *out: the file of that step, or of the last. */
static bool reduce(struct assembly *a, struct assembled *out)
{
    const struct platform *p = a->platform;
    const struct assembled original = *out;
    size_t first = 0, end = p->n_reductions;
    bool ok = true, fits = false;

    out->fd = -1;
    while (ok && first < end) {
        size_t step = first + (end - first) / 2;
        struct assembled f = try_step(a, &original, &p->reductions[step]);
        ok = f.fd >= 0;
        bool enough = ok && is_small(a, &f);
        if (ok && !enough && fits) {
            close(f.fd);
        } else if (ok) { /* the best so far */
            drop(out);
            *out = f;
            fits = enough;
        }
        if (enough)
            end = step;
        else
            first = step + 1;
    }
    close(original.fd);
    if (!ok || !fits)
        return ok && report_too_large(a, out);
    report_reduced(a, out);
    return true;
}

static void bind_anew(struct assembly *a, struct assembled *out)
{
    drop(out);
    *out = (struct assembled){.fd = -1, .suffix = "pdf", .pages = out->pages};
    if (!bind_pages(a, out))
        drop(out);
    else
        measure(a, out);
    out->before = out->bytes;
}

/* Byte for byte where that may be. *out has the descriptor -1: reported. */
static void put_together(struct assembly *a, struct assembled *out)
{
    const struct attachment *scan = whole_scan(a);
    const char *suffix = scan ? verbatim_suffix(a, scan) : NULL;

    if (!suffix) {
        bind_anew(a, out);
        return;
    }
    out->suffix = suffix;
    copy_scan(a, scan, out);
    if (out->fd >= 0)
        measure(a, out);
    if (out->fd >= 0 && !is_small(a, out))
        bind_anew(a, out);
}

static bool make(struct assembly *a, struct assembled *out)
{
    if (!open_sources(a))
        return false;
    out->pages = a->n_pages;
    const struct platform *p = a->platform;
    if (p->pages && a->n_pages > p->pages)
        return diag_add(a->diag, of_attachments(a, SEVERITY_ERROR),
                        "“%s”有 %zu 页，超过平台上限 %zu 页；请只引用必要的页（pages）",
                        "'%s' has %zu pages, more than the platform's %zu; cite those that are "
                        "needed (pages)",
                        a->file->name, a->n_pages, p->pages);
    put_together(a, out);
    return out->fd >= 0 && (is_small(a, out) || reduce(a, out));
}

struct assembled assemble(const struct platform *p, struct attachments *scans,
                          const struct upload_file *f, const char *near, const char *asof,
                          struct diag *diag)
{
    struct assembled out = {.fd = -1, .suffix = "pdf"};
    struct assembly a = {.platform = p,
                         .file = f,
                         .scans = scans,
                         .arena = scans->arena,
                         .diag = diag,
                         .near = near,
                         .asof = asof};
    if (!make(&a, &out))
        drop(&out);
    return out;
}
