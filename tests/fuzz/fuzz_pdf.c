/* fuzz_pdf.c - an attached PDF: its pages are counted, its content and annotations judged, and each
 * page told from others and from a blank one. */
#include "pdf_mutator.h"

#include "bind/attachment_pages.h"
#include "bind/judge.h"
#include "bind/page_list.h"
#include "bind/page_look.h"
#include "bind/page_scan.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return pdf_mutate(data, size, max, seed);
}

/* Which of the pages are blank. */
static uint64_t judge(struct attachment_pages *s, struct arena *arena, const struct finding *where,
                      struct diag *diag)
{
    uint64_t blank = 0;
    size_t *pages, n = page_list_parse(NULL, s->n, arena, &pages, NULL);
    door_hold(n == s->n && n > 0);
    attachment_pages_check(s, pages, n, where, diag);
    judge_document(s->annotations, s->href, where, diag);
    judge_annotations(s->annotations, s->href, pages, n, where, diag);
    for (size_t i = 0; i < s->n_links; i++)
        door_hold(s->links[i].page < n && s->links[i].to.page < n);
    for (size_t i = 0; i < s->n_bookmarks; i++)
        door_hold(s->bookmarks[i].title && s->bookmarks[i].to.page < n);
    for (size_t i = 0; i < n; i++) {
        struct page_scan scan;
        page_scan(s, i, &scan);
        blank |= (uint64_t)scan.blank << i;
        door_hold(scan.dpi >= 0 && scan.width >= 0 && scan.height >= 0);
    }
    for (size_t i = 0; i < n; i++) {
        uint64_t look = attachment_page_look(s, i);
        door_came(&look, sizeof look);
    }
    return blank;
}

/* scans: pixels that are unpacked to be searched for damage tell blank pages, too. */
static uint64_t run(const struct media_file *file, bool scans)
{
    const struct finding where = {.rule = "R76", .label = "证书"};
    const struct media_limits limits = {.pages = 50};
    static const char *const passwords[] = {"secret"};
    struct diag diag = {0};
    struct arena arena = {0};
    uint64_t blank = 0;
    struct attachment_pages *s =
        attachment_pages_open(&arena, file, passwords, 1, &limits, NULL, &where, &diag);
    if (s)
        s->scans = scans;
    if (s)
        blank = judge(s, &arena, &where, &diag);
    else
        door_hold(diag_failed(&diag));
    attachment_pages_close(s);
    door_end_of_data(&diag);
    arena_free(&arena);
    return blank;
}

void door_run(const uint8_t *data, size_t size)
{
    const struct media_file file = {.href = "x.pdf", .data = data, .size = size, .type = MEDIA_PDF};
    uint64_t blank = run(&file, size & 1);
    if (size % 4 == 0)
        door_hold(run(&file, true) == blank);
}
