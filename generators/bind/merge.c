/* merge.c - see merge.h. */
#include "bind/merge.h"

#include "bind/layers.h"
#include "bind/qdoc.h"
#include "bind/shared_font.h"
#include "core/digest.h"
#include "core/system_error.h"
#include "core/units.h"
#include "pdf/utf16.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The PDF to which the pages are added; its own page is dropped. */
static const char blank[] =
    "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/PageMode/UseOutlines>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 1 1]>>endobj\n"
    "trailer<</Root 1 0 R/Size 4>>\nstartxref\n0\n%%EOF\n";

struct file_mapping {
    void *data; /* NULL: not mapped */
    size_t len;
};

struct print_run {
    struct arena arena;
    struct qdoc *out;
    struct shared_fonts *fonts;
    qref kids, pages, outlines, last; /* last: the newest bookmark */
    size_t n, n_bookmarks;
};

static void add_page(struct print_run *m, qref page)
{
    q_put(m->out, page, "/Parent", m->pages);
    q_append(m->out, m->kids, page);
    m->n++;
}

static qref title_string(struct print_run *m, const char *text)
{
    struct buffer utf16 = {0}, hex = {0};
    utf16_string(&utf16, text);
    utf16_hex(&hex, utf16.data, utf16.len);
    qref r = q_parse(m->out, arena_strndup(&m->arena, (char *)hex.data, hex.len));
    buffer_clear(&utf16);
    buffer_clear(&hex);
    return r;
}

static void add_bookmark(struct print_run *m, const char *title, qref page)
{
    struct qdoc *o = m->out;
    qref item = q_indirect(o, q_parse(o, "<<>>")), to = q_parse(o, "[]");
    q_append(o, to, page);
    q_append(o, to, q_parse(o, "/Fit"));
    q_put(o, item, "/Title", title_string(m, title));
    q_put(o, item, "/Parent", m->outlines);
    q_put(o, item, "/Dest", to);
    if (m->last) {
        q_put(o, item, "/Prev", m->last);
        q_put(o, m->last, "/Next", item);
    } else {
        q_put(o, m->outlines, "/First", item);
    }
    m->last = item;
    m->n_bookmarks++;
}

static bool report_failure(const char *name, const struct qdoc *d, struct diag *diag)
{
    return diag_system(diag, (struct src_pos){name, 0},
                       "无法并入打印文件，请重新制作并检查磁盘空间%.0s",
                       "cannot be merged for printing: %s", q_fault(d));
}

/* The next page is a front side, behind a blank page of this size where it would be a back. */
static void begin_front(struct print_run *m, const double box[4])
{
    if (m->n % 2)
        add_page(
            m, q_indirect(
                   m->out,
                   q_parse(m->out, arena_printf(
                                       &m->arena,
                                       "<</Type/Page/MediaBox[%.2f %.2f %.2f %.2f]/Resources<<>>>>",
                                       box[0], box[1], box[2], box[3]))));
}

/* A page object of its own, which shares its content and resources with another. */
static qref page_again(struct print_run *m, qref page)
{
    qref again = q_indirect(m->out, q_parse(m->out, "<<>>"));
    const char **keys;
    size_t n = q_keys(m->out, page, &m->arena, &keys);
    for (size_t i = 0; i < n; i++)
        q_put(m->out, again, keys[i], q_get(m->out, page, keys[i]));
    return again;
}

static qref copied_page(struct print_run *m, struct qdoc *in, size_t i)
{
    qref page = q_copy(m->out, in, q_page(in, i));
    q_remove(m->out, page, "/Annots");
    q_remove(m->out, page, "/StructParents");
    return page;
}

static bool add_pages(struct print_run *m, const struct merge_part *part, struct qdoc *in,
                      bool fronts, struct diag *diag)
{
    static const double a4[] = {0, 0, A4_WIDTH, A4_HEIGHT};
    size_t n = q_page_count(in);
    qref *pages = ARENA_ARRAY(&m->arena, qref, n + 1);
    double box[4];

    q_push_inherited(in);
    if (n > 0 && !q_numbers(in, q_get(in, q_page(in, 0), "/MediaBox"), box, 4))
        memcpy(box, a4, sizeof box);
    for (size_t i = 0; i < n && q_ok(in); i++)
        shared_fonts_take(m->fonts, in, q_page(in, i));
    for (size_t i = 0; i < n && q_ok(in) && q_ok(m->out); i++)
        pages[i] = copied_page(m, in, i);
    shared_fonts_give(m->fonts, in);
    for (int k = 0; k < part->copies && n > 0 && q_ok(in) && q_ok(m->out); k++) {
        if (fronts)
            begin_front(m, box);
        if (k == 0)
            add_bookmark(m, part->title, pages[0]);
        for (size_t i = 0; i < n; i++)
            add_page(m, k == 0 ? pages[i] : page_again(m, pages[i]));
    }
    layers_declare(layers_read(&m->arena, in), in, m->out);
    if (!q_ok(in) || n == 0)
        return report_failure(part->path, in, diag);
    return q_ok(m->out) || report_failure(part->path, m->out, diag);
}

static bool map_file(struct file_mapping *out, const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    void *data = MAP_FAILED;

    errno = EINVAL;
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
        data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    int saved = errno;
    if (fd >= 0)
        close(fd);
    errno = saved;
    if (data == MAP_FAILED)
        return false;
    *out = (struct file_mapping){data, (size_t)st.st_size};
    return true;
}

/* The bytes of a part stay mapped until the print run is written, since copied streams are read
 * from there; qpdf's objects of the part do not. */
static bool add_part(struct print_run *m, const struct merge_part *part, struct file_mapping *bytes,
                     bool fronts, struct diag *diag)
{
    if (!map_file(bytes, part->path))
        return diag_unreadable(diag, part->path);
    struct qdoc *in = q_open(bytes->data, bytes->len, part->path, NULL);
    bool ok = add_pages(m, part, in, fronts, diag);
    q_free(in);
    return ok;
}

bool merge_parts(const struct merge_part *parts, size_t n, bool fronts, int file, size_t *pages,
                 struct diag *diag)
{
    struct print_run m = {.out = q_open(blank, sizeof blank - 1, "blank", NULL)};
    struct file_mapping *bytes = ARENA_ARRAY(&m.arena, struct file_mapping, n + 1);
    struct digest *d = digest_new();
    char id[DIGEST_HEX];
    bool ok = true;

    m.fonts = shared_fonts_new(m.out);
    m.pages = q_get(m.out, q_root(m.out), "/Pages");
    m.kids = q_parse(m.out, "[]");
    m.outlines = q_indirect(m.out, q_parse(m.out, "<</Type/Outlines>>"));
    for (size_t i = 0; i < n && ok; i++) {
        ok = add_part(&m, &parts[i], &bytes[i], fronts, diag);
        digest_add(d, bytes[i].data, bytes[i].len);
    }
    digest_end(d, id);
    if (ok) {
        q_put(m.out, m.pages, "/Kids", m.kids);
        q_put(m.out, m.pages, "/Count", q_parse(m.out, arena_printf(&m.arena, "%zu", m.n)));
        q_put(m.out, m.outlines, "/Last", m.last);
        q_put(m.out, m.outlines, "/Count",
              q_parse(m.out, arena_printf(&m.arena, "%zu", m.n_bookmarks)));
        q_put(m.out, q_root(m.out), "/Outlines", m.outlines);
        shared_fonts_finish(m.fonts);
        ok = q_write_file(m.out, id, file) || report_failure("print", m.out, diag);
    }
    *pages = m.n;
    shared_fonts_free(m.fonts);
    q_free(m.out);
    for (size_t i = 0; i < n; i++)
        if (bytes[i].data)
            munmap(bytes[i].data, bytes[i].len);
    arena_free(&m.arena);
    return ok;
}
