/* attachment.c - see attachment.h.
 *
 * A hostile PDF can make any reader crash (a page tree a million levels deep), fill the memory (a
 * stream that unpacks to gigabytes) or search for hours. So it is judged in a process of its own,
 * and only findings come back; the dossier's own process is watched instead (papers/paper.c). */
#include "dossier/attachment.h"

#include "bind/judge.h"
#include "bind/page_list.h"
#include "core/parcel.h"
#include "core/worker_fault.h"
#include "media/qpdf.h"
#include "media/quarantine.h"

#include <string.h>

/* Bytes: a larger file has a process of its own, which costs less than handing it over. */
enum { SMALL = 4 << 20 };

void attachment_reader_close(struct attachment_reader *reader)
{
    workers_cage_close(&reader->cage);
}

/* where, as an error. */
static struct finding fault_at(const struct finding *where)
{
    struct finding fault = *where;
    fault.severity = SEVERITY_ERROR;
    fault.rule = fault.rule ? fault.rule : "R76";
    return fault;
}

bool attachment_refuse(const char *href, enum workers_end end, const struct finding *where,
                       struct diag *diag)
{
    const struct worker_fault fault = {
        WORKER_ATTACHMENT, end, href, {ATTACHMENT_SECONDS, (size_t)ATTACHMENT_MIB << 20}};
    return worker_fault(diag, fault_at(where), &fault);
}

bool attachment_read(const struct attachment_reader *reader, struct attachment *a,
                     struct arena *arena, const struct finding *where, struct diag *diag)
{
    const struct media_limits limits = {0};

    if (a->file.type == MEDIA_PDF) {
        a->source = attachment_pages_open(arena, &a->file, reader->passwords, reader->n_passwords,
                                          &limits, reader->fonts, where, diag);
        if (!a->source)
            return false;
        a->source->owner = a;
        a->pages = a->source->n;
        return judge_document(a->source->annotations, a->href, where, diag);
    }
    if (a->file.type != MEDIA_JPEG && a->file.type != MEDIA_PNG)
        return media_other_kind(&a->file, true, where, diag);
    if (!image_load(&a->image, &a->file, &limits, where, diag))
        return false;
    a->pages = 1;
    return true;
}

size_t attachment_select(struct attachment *a, const char *text, struct arena *arena,
                         size_t **pages, const struct finding *where, struct diag *diag)
{
    size_t bad, n = page_list_parse(text, a->pages, arena, pages, &bad);
    struct finding fault = fault_at(where);

    if (n == 0 && bad && bad <= a->pages)
        diag_add(diag, fault, "“%s”的页码 %s 写反了，应从小到大，如 4-6",
                 "'%s': the pages %s run backward, and should be like 4-6", a->href, text);
    else if (n == 0 && bad)
        diag_add(diag, fault, "“%s”只有 %zu 页，却引用了第 %s 页，请核对页码",
                 "'%s' has %zu pages, but %s are cited: check the numbers", a->href, a->pages,
                 text);
    else if (n == 0)
        diag_add(diag, fault, "“%s”的页码写法不对（%s），应如 2-4,7",
                 "'%s': the pages %s should be like 2-4,7", a->href, text);
    if (n == 0 || !a->source)
        return n;
    bool ok = attachment_pages_check(a->source, *pages, n, where, diag);
    ok &= judge_annotations(a->source->annotations, a->href, *pages, n, where, diag);
    return ok ? n : 0;
}

void attachment_close(struct attachment *a)
{
    attachment_pages_close(a->source);
    image_clear(&a->image);
    media_close(&a->file);
    diag_clear(&a->found);
    a->source = NULL;
}

/* --- apart --- */

struct judge_task {
    struct attachment_reader *reader;
    const struct media_file *file;
    const char *const *pages; /* as each place cites them */
    size_t n;
};

/* Of the cited pages of a PDF the coarsest scan; those that are blank are warned of. */
static struct page_scan look_at_scans(struct attachment *a, struct page_scan *known,
                                      const size_t *pages, size_t n, const struct finding *where,
                                      struct diag *diag)
{
    struct arena arena = {0};
    struct page_scan coarsest = {0};
    size_t *blank = ARENA_ARRAY(&arena, size_t, n + 1), n_blank = 0;
    struct finding f = *where;

    for (size_t i = 0; i < n; i++) {
        struct page_scan *scan = &known[pages[i] - 1];
        if (scan->width <= 0)
            page_scan(a->source, pages[i] - 1, scan);
        if (scan->blank)
            blank[n_blank++] = pages[i];
        else if (scan->dpi > 0 && (coarsest.dpi <= 0 || scan->dpi < coarsest.dpi))
            coarsest = *scan;
    }
    f.severity = SEVERITY_WARNING;
    if (n_blank > 0)
        diag_add(diag, f, "“%s”第 %s 页是空白页；请核对页码，或去掉空白页",
                 "'%s', page %s: blank; check the page numbers, or leave it out", a->href,
                 page_list_told(blank, n_blank, &arena));
    arena_free(&arena);
    return coarsest;
}

/* In hundredths. */
static void pack_scan(struct buffer *b, const struct page_scan *scan)
{
    pack_number(b, (size_t)(scan->dpi * 100));
    pack_number(b, (size_t)(scan->width * 100));
    pack_number(b, (size_t)(scan->height * 100));
}

static struct page_scan unpack_scan(struct parcel *p)
{
    double dpi = (double)unpack_number(p) / 100, width = (double)unpack_number(p) / 100;
    return (struct page_scan){.dpi = dpi, .width = width, .height = (double)unpack_number(p) / 100};
}

/* The number of pages, then of each place that cites the file what is found there. */
static void judge(const struct attachment_reader *reader, const struct judge_task *task,
                  struct buffer *result)
{
    static const struct finding where = {.rule = "R76"};
    struct arena arena = {0};
    struct diag diag = {0};
    struct attachment a = {.href = task->file->href, .file = *task->file};
    bool can_be_read = attachment_read(reader, &a, &arena, &where, &diag);
    struct page_scan *known = ARENA_ARRAY(&arena, struct page_scan, a.pages + 1);
    size_t *pages = NULL;

    if (a.source)
        a.source->scans = true;
    pack_number(result, a.pages);
    for (size_t i = 0; i < task->n; i++) {
        size_t n =
            can_be_read ? attachment_select(&a, task->pages[i], &arena, &pages, &where, &diag) : 0;
        struct page_scan scan = look_at_scans(&a, known, pages, n, &where, &diag);
        pack_findings(result, &diag);
        pack_scan(result, &scan);
        diag_clear(&diag);
    }
    attachment_pages_close(a.source);
    arena_free(&arena);
}

static void judge_alone(void *data, struct buffer *result)
{
    const struct judge_task *task = data;
    judge(task->reader, task, result);
}

static void pack_task(struct buffer *b, const struct judge_task *task)
{
    pack_text(b, task->file->href);
    pack_number(b, task->n);
    for (size_t i = 0; i < task->n; i++)
        pack_text(b, task->pages[i]);
    pack_bytes(b, task->file->data, task->file->size);
}

static void judge_packed(const void *reader, const void *data, size_t len, struct buffer *result)
{
    struct parcel p = parcel_open(data, len);
    struct arena arena = {0};
    struct media_file file = {.href = unpack_text(&p, &arena), .type = MEDIA_PDF};
    size_t n = unpack_number(&p);
    const char **pages = ARENA_ARRAY(&arena, const char *, n + 1);
    struct judge_task task = {.file = &file, .pages = pages, .n = n};

    for (size_t i = 0; i < n; i++)
        pages[i] = unpack_text(&p, &arena);
    file.data = unpack_bytes(&p, &file.size);
    judge(reader, &task, result);
    arena_free(&arena);
}

/* Small files in a process that is kept. */
static enum workers_end judge_apart(struct judge_task *task, struct buffer *result)
{
    const struct workers_limits limits = {ATTACHMENT_SECONDS, (size_t)ATTACHMENT_MIB << 20};
    struct buffer packed = {0};

    if (task->file->size > SMALL)
        return workers_alone(judge_alone, task, limits, result);
    pack_task(&packed, task);
    enum workers_end end = workers_caged(&task->reader->cage, judge_packed, task->reader,
                                         packed.data, packed.len, limits, result);
    buffer_clear(&packed);
    return end;
}

static void pass_on(struct parcel *p, const struct finding *where, struct diag *diag)
{
    struct diag found = {0};
    unpack_findings(p, &found);
    for (size_t i = 0; i < found.n; i++) {
        struct finding f = *where;
        f.severity = found.list[i].severity;
        f.fault = found.list[i].fault;
        f.rule = f.rule ? f.rule : found.list[i].rule;
        memcpy(f.text, found.list[i].text, sizeof f.text);
        diag_pass(diag, &f);
    }
    diag_clear(&found);
}

size_t attachment_judge(struct attachment_reader *reader, const struct media_file *file,
                        const struct attachment_citation *citations, size_t n)
{
    struct arena arena = {0};
    const char **texts = ARENA_ARRAY(&arena, const char *, n);
    struct judge_task task = {reader, file, texts, n};
    struct buffer result = {0};
    size_t pages = 0;

    for (size_t i = 0; i < n; i++)
        texts[i] = citations[i].pages;
    workers_note(file->href);
    qpdf_load(); /* here, once, and where a failure is seen */
    enum workers_end end = judge_apart(&task, &result);
    workers_note("");
    if (end == WORKERS_DONE) {
        struct parcel p = parcel_of(&result);
        pages = unpack_number(&p);
        for (size_t i = 0; i < n; i++) {
            pass_on(&p, citations[i].where, citations[i].found);
            struct page_scan scan = unpack_scan(&p);
            if (citations[i].scan)
                *citations[i].scan = scan;
        }
    } else {
        attachment_refuse(file->href, end, citations->where, citations->found);
    }
    buffer_clear(&result);
    arena_free(&arena);
    return pages;
}
