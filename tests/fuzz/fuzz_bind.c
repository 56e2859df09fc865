/* fuzz_bind.c - the pages of an attached PDF bound onto the sheets of a volume, which qpdf must
 * find whole, with as many pages as the volume has; then made smaller, or merged with itself. */
#define _GNU_SOURCE /* memfd_create */
#include "pdf_mutator.h"

#include "bind/bind.h"
#include "bind/merge.h"
#include "bind/page_list.h"
#include "bind/qdoc.h"
#include "bind/shrink.h"
#include "text/font.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_SHEETS = 4 };

static struct fonts *fonts;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const dirs[] = {"tests/fonts", "fonts", NULL};
    struct diag diag = {0};
    (void)argc, (void)argv;
    if (!(fonts = fonts_new(dirs, &diag)))
        door_shut("tests/fonts", &diag);
    diag_clear(&diag);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return pdf_mutate(data, size, max, seed);
}

/* Empty sheets. */
static void write_volume(struct buffer *out, size_t sheets)
{
    buffer_puts(out, "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages");
    buffer_printf(out, "/Count %zu/Kids[", sheets);
    for (size_t i = 0; i < sheets; i++)
        buffer_printf(out, "%zu 0 R ", 4 + i);
    buffer_puts(out, "]>>endobj\n3 0 obj<</Length 12>>stream\n1 1 1 1 re f\nendstream endobj\n");
    for (size_t i = 0; i < sheets; i++)
        buffer_printf(out,
                      "%zu 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 3 0 R"
                      "/Resources<<>>>>endobj\n",
                      4 + i);
    buffer_printf(out, "trailer<</Root 1 0 R/Size %zu>>\n", 4 + sheets);
}

static void ignore(void *data, const struct attachment_pages *at)
{
    (void)data, (void)at;
}

/* leaf: the file that it becomes; NULL: none. Its path. */
static const char *hold_pages(int fd, size_t sheets, const char *leaf)
{
    struct stat st;
    door_hold(fstat(fd, &st) == 0 && st.st_size > 0);
    void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    door_hold(map != MAP_FAILED);
    struct qdoc *d = q_open(map, (size_t)st.st_size, "volume", NULL);
    door_hold(q_page_count(d) == sheets && q_ok(d));
    q_free(d);
    const char *path = leaf ? door_put(leaf, map, (size_t)st.st_size) : NULL;
    munmap(map, (size_t)st.st_size);
    return path;
}

/* As the upload kit, or a print run, goes on with what was bound. */
static void go_on(int fd, size_t sheets, size_t which, struct diag *diag)
{
    static const struct shrink how = {.quality = 60, .dpi = 100, .side = 50, .others = true};
    const char *path = hold_pages(fd, sheets, "bound.pdf");
    const struct merge_part parts[] = {{path, "甲", 2}, {path, "乙", 1}};
    size_t pages;
    int into = memfd_create("further", MFD_CLOEXEC);
    bool ok = which ? merge_parts(parts, 2, false, into, &pages, diag)
                    : shrink_longest_side(fd, diag) >= 0 && shrink_pdf(fd, &how, into, diag);
    door_hold(ok || diag_failed(diag));
    door_hold(!ok || !which || pages == 3 * sheets);
    if (ok)
        hold_pages(into, which ? pages : sheets, NULL);
    close(into);
}

/* The pages of two attachments in turn, which have the same. */
static void bind(struct attachment_pages *s, struct attachment_pages *other, size_t which,
                 struct diag *diag)
{
    static const struct fit_sheet sheet = {.width = 600, .height = 800, .margin = {10, 20, 90, 40}};
    struct bind_copy copies[MOST_SHEETS];
    struct buffer volume = {0};
    size_t n = s->n < MOST_SHEETS ? s->n : MOST_SHEETS;
    for (size_t i = 0; i < n; i++) {
        double w, h;
        copies[i] = (struct bind_copy){.sheet = i, .attachment = i % 2 ? other : s, .page = i};
        fit_size(&s->pages[i], &w, &h);
        struct fit_placement p = fit_place(&sheet, w, h, false, i % 2);
        fit_matrix(&s->pages[i], &p, copies[i].matrix);
    }
    write_volume(&volume, n);
    int fd = door_target();
    if (!bind_volume(&volume, copies, n, ignore, NULL, fd, NULL, diag)) {
        door_hold(diag_failed(diag));
    } else if (which < 2) {
        go_on(fd, n, which, diag);
    } else {
        hold_pages(fd, n, NULL);
    }
    buffer_clear(&volume);
}

void door_run(const uint8_t *data, size_t size)
{
    const struct finding where = {.rule = "R76", .label = "证书"};
    const struct media_limits limits = {.pages = 50};
    const struct media_file file = {.href = "x.pdf", .data = data, .size = size, .type = MEDIA_PDF};
    struct diag diag = {0};
    struct arena arena = {0};
    struct attachment_pages *s, *other = NULL;
    s = attachment_pages_open(&arena, &file, NULL, 0, &limits, fonts, &where, &diag);
    if (s && size % 5 == 0)
        other = attachment_pages_open(&arena, &file, NULL, 0, &limits, fonts, &where, &diag);
    size_t *pages, n = s ? page_list_parse(NULL, s->n, &arena, &pages, NULL) : 0;
    if (n && attachment_pages_check(s, pages, n, &where, &diag))
        bind(s, other ? other : s, size % 3, &diag);
    attachment_pages_close(s);
    attachment_pages_close(other);
    door_end_of_data(&diag);
    arena_free(&arena);
}
