/* pdf_pages.c - counts a PDF's pages with qpdf on the bytes in memory; nothing is trusted or
 * written.
 *
 * A hostile PDF can make any reader crash (a page tree a million levels deep), fill the memory (a
 * stream that unpacks to gigabytes) or search for hours. So it is read in a process of its own, and
 * only a small report comes back. */
#include "media/fault.h"
#include "media/qpdf.h"

#include "core/worker_fault.h"
#include "core/workers.h"

#include <errno.h>
#include <qpdf/qpdf-c.h>
#include <string.h>

enum { DEFAULT_PAGES = 5000, SECONDS = 10, MEMORY = 256 << 20, SMALL = 4 << 20 };

static const struct media_fault locked = {
    "是加了打开密码的 PDF，请去掉密码后重新导出",
    "is a PDF that needs a password to open: export it without one", false};
static const struct media_fault unknown_lock = {
    "是用无法识别的方式加密的 PDF，请用“打印成 PDF”重新生成",
    "is a PDF encrypted in an unknown way: print it to a new PDF", false};
static const struct media_fault damaged = {"是损坏的 PDF，请重新导出或扫描",
                                           "is a damaged PDF: export or scan it again", false};
static const struct media_fault empty = {"是没有一页的 PDF，请重新导出或扫描",
                                         "is a PDF without a page: export or scan it again", false};
static const struct media_fault unsafe = {
    "是结构异常的 PDF，读取时会耗尽内存或使程序崩溃，请用“打印成 PDF”重新生成",
    "is a PDF so built that reading it takes too much memory or crashes: print it to a new PDF",
    false};
static const struct media_fault slow = {
    "是结构异常的 PDF，读取时间过长，请用“打印成 PDF”重新生成",
    "is a PDF so built that reading it takes too long: print it to a new PDF", false};
static const struct media_fault no_process = {
    "无法读取：系统不能再启动进程，请稍后再试",
    "cannot be read since the system starts no more processes: try later", true};
static const struct media_fault restricted = {
    "是设有权限密码的 PDF，已照常使用，请确认允许打印",
    "is a PDF protected by an owner password, and used all the same: make sure that it may be "
    "printed",
    false};
static const struct media_fault repaired = {
    "是有损坏的 PDF，已修复后使用，请核对各页，最好重新导出",
    "is a damaged PDF, and used as far as it could be repaired: check its pages, or better export "
    "it again",
    false};

struct job {
    const unsigned char *data;
    size_t size;
    long most; /* pages */
};

/* What comes back from the process that reads. */
struct report {
    enum { READ, LOCKED, UNKNOWN_LOCK, DAMAGED } end;
    bool encrypted, repaired;
    long stated;  /* the number of pages that the PDF gives; -1: none */
    long pages;   /* how many there are; not counted when too many are stated */
    long missing; /* the first page that is not there, from 1; 0: none */
};

static bool ends_well(const struct job *file)
{
    enum { TAIL = 1024 };
    const char *mark = "%%EOF";
    size_t from = file->size > TAIL ? file->size - TAIL : 0;
    for (size_t i = from; i + strlen(mark) <= file->size; i++)
        if (!memcmp(file->data + i, mark, strlen(mark)))
            return true;
    return false;
}

/* Is what the page refers to as its content there? A page without any is blank, and whole. */
static bool is_whole(qpdf_data q, qpdf_oh page)
{
    if (!qpdf_oh_is_dictionary(q, page))
        return false;
    qpdf_oh contents = qpdf_oh_get_key(q, page, "/Contents");
    if (qpdf_oh_is_null(q, contents))
        return !qpdf_oh_is_indirect(q, contents);
    if (!qpdf_oh_is_array(q, contents))
        return qpdf_oh_is_stream(q, contents);
    for (int i = 0; i < qpdf_oh_get_array_n_items(q, contents); i++)
        if (!qpdf_oh_is_stream(q, qpdf_oh_get_array_item(q, contents, i)))
            return false;
    return true;
}

static void look(qpdf_data q, const struct job *job, struct report *r)
{
    qpdf_oh tree = qpdf_oh_get_key(q, qpdf_get_root(q), "/Pages");
    qpdf_oh count = qpdf_oh_get_key(q, tree, "/Count");
    long long stated = qpdf_oh_is_integer(q, count) ? qpdf_oh_get_int_value(q, count) : -1;

    r->stated = stated < 0 ? -1 : stated > job->most ? job->most + 1 : (long)stated;
    r->encrypted = qpdf_is_encrypted(q);
    if (r->stated > job->most)
        return;
    r->pages = qpdf_get_num_pages(q);
    for (long i = 0; i < r->pages && r->pages <= job->most && !r->missing; i++)
        if (!is_whole(q, qpdf_get_page_n(q, (size_t)i)))
            r->missing = i + 1;
}

static void read_pdf(void *data, struct buffer *result)
{
    const struct job *job = data;
    struct report r = {.end = READ, .stated = -1};
    qpdf_data q = qpdf_init();

    qpdf_set_suppress_warnings(q, QPDF_TRUE);
    qpdf_silence_errors(q);
    QPDF_ERROR_CODE code = qpdf_read_memory(q, "PDF", (const char *)job->data, job->size, NULL);
    if (!(code & QPDF_ERRORS))
        look(q, job, &r);
    if (qpdf_has_error(q)) {
        enum qpdf_error_code_e why = qpdf_get_error_code(q, qpdf_get_error(q));
        r.end = why == qpdf_e_password      ? LOCKED
                : why == qpdf_e_unsupported ? UNKNOWN_LOCK
                                            : DAMAGED;
    }
    r.repaired = qpdf_more_warnings(q) || r.stated != r.pages || !ends_well(job);
    buffer_add(result, &r, sizeof r);
    qpdf_cleanup(&q);
}

/* The caged process gets the limit of pages, then the bytes. */
static void read_order(const void *order, size_t len, struct buffer *result)
{
    struct job job = {.data = (const unsigned char *)order + sizeof job.most,
                      .size = len - sizeof job.most};
    memcpy(&job.most, order, sizeof job.most);
    read_pdf(&job, result);
}

/* Small files in a process that is kept; for a large one its own costs less than the copy. */
static enum workers_end read_apart(const struct job *job, struct workers_limits limits,
                                   struct buffer *result)
{
    static struct workers_cage cage;
    struct buffer order = {0};

    if (job->size > SMALL)
        return workers_alone(read_pdf, (void *)job, limits, result);
    buffer_add(&order, &job->most, sizeof job->most);
    buffer_add(&order, job->data, job->size);
    enum workers_end end = workers_caged(&cage, read_order, order.data, order.len, limits, result);
    buffer_clear(&order);
    return end;
}

static void warn(const struct media_file *file, const struct media_fault *fault,
                 const struct finding *where, struct diag *diag)
{
    struct finding f = media_error(where);
    f.severity = SEVERITY_WARNING;
    diag_add(diag, f, "“%s”%s%.0s", "'%s' %.0s%s", media_shown(diag, file->href), fault->zh,
             fault->en);
}

/* The fault that can be said without numbers, if any. */
static const struct media_fault *plain_fault(enum workers_end end, const struct report *r)
{
    switch (end) {
    case WORKERS_REFUSED:
        return &no_process;
    case WORKERS_SLOW:
        return &slow;
    case WORKERS_DIED:
        return &unsafe;
    case WORKERS_MACHINE: /* reported */
    case WORKERS_DONE:
        break;
    }
    switch (r->end) {
    case LOCKED:
        return &locked;
    case UNKNOWN_LOCK:
        return &unknown_lock;
    case DAMAGED:
        return &damaged;
    case READ:
        break;
    }
    return r->pages == 0 && r->stated <= 0 ? &empty : NULL;
}

static bool accept(const char *href, const struct job *job, const struct media_fault *fault,
                   const struct report *r, const struct finding *where, struct diag *diag)
{
    if (fault)
        return media_report(href, fault, where, diag);
    if (r->pages > job->most || r->stated > job->most)
        return diag_add(diag, media_error(where), "“%s”的页数超过上限 %ld，请拆分",
                        "'%s' has more pages than the limit of %ld: split it",
                        media_shown(diag, href), job->most);
    if (r->missing)
        return diag_add(diag, media_error(where),
                        "“%s”的第 %ld 页（共 %ld 页）缺失，请重新导出或扫描",
                        "'%s' lacks its page %ld of %ld: export or scan it again",
                        media_shown(diag, href), r->missing, r->pages);
    if (r->stated > r->pages)
        return diag_add(diag, media_error(where),
                        "“%s”应有 %ld 页，只读得出 %ld 页，请重新导出或扫描",
                        "'%s' should have %ld pages, but only %ld can be read: export or scan it "
                        "again",
                        media_shown(diag, href), r->stated, r->pages);
    return true;
}

long pdf_page_count(const struct media_file *file, const struct media_limits *limits,
                    const struct finding *where, struct diag *diag)
{
    struct job job = {file->data, file->size,
                      limits && limits->pages ? (long)limits->pages : DEFAULT_PAGES};
    struct workers_limits allowed = {limits && limits->seconds ? limits->seconds : SECONDS,
                                     MEMORY + file->size};
    struct buffer result = {0};
    struct report r = {0};

    if (file->type != MEDIA_PDF) {
        media_other_kind(file, true, where, diag);
        return -1;
    }
    workers_note(file->href);
    qpdf_load(); /* here, once, and where a failure is seen */
    enum workers_end end = read_apart(&job, allowed, &result);
    workers_note("");
    if (end == WORKERS_DONE)
        memcpy(&r, result.data, sizeof r);
    buffer_clear(&result);

    if (end == WORKERS_MACHINE) {
        worker_fault(diag, *where, &(struct worker_fault){.end = end});
        return -1;
    }
    if (!accept(file->href, &job, plain_fault(end, &r), &r, where, diag))
        return -1;
    if (r.encrypted)
        warn(file, &restricted, where, diag);
    if (r.repaired)
        warn(file, &repaired, where, diag);
    return r.pages;
}
