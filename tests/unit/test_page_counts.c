/* test_page_counts.c - pages of attached PDFs counted by us, by qpdf, by poppler and by MuPDF: of
 * the PDFs of the tests and the samples, and of page trees made at random. What two of the others
 * agree on is the truth. */
#include "bind/attachment_pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <glob.h>

enum { MOST_OBJECTS = 200 };

static char path[] = "/tmp/shenbao-pages-XXXXXX";

static int begin(void **state)
{
    (void)state;
    return close(mkstemp(path));
}

static int end(void **state)
{
    (void)state;
    return unlink(path);
}

static void read_file(const char *name, struct buffer *out)
{
    FILE *in = fopen(name, "rb");
    assert_non_null(in);
    for (int c; (c = getc(in)) != EOF;)
        buffer_putc(out, c);
    fclose(in);
}

/* -1: refused. */
static long our_count(const char *name)
{
    struct buffer b = {0};
    struct arena arena = {0};
    struct diag d = {0};
    read_file(name, &b);
    const struct finding where = {.label = "证书"};
    const struct media_file file = {
        .href = "x.pdf", .data = b.data, .size = b.len, .type = MEDIA_PDF};
    struct attachment_pages *s =
        attachment_pages_open(&arena, &file, NULL, 0, NULL, NULL, &where, &d);
    long n = s ? (long)s->n : -1;
    attachment_pages_close(s);
    buffer_clear(&b);
    diag_clear(&d);
    arena_free(&arena);
    return n;
}

/* The number that a command prints; -1: none. */
static long count_by(const char *format, const char *name)
{
    char command[400];
    long n = -1;
    snprintf(command, sizeof command, format, name);
    FILE *p = popen(command, "r");
    assert_non_null(p);
    if (fscanf(p, "%ld", &n) != 1)
        n = -1;
    pclose(p);
    return n;
}

static void compare(const char *name)
{
    long others[] = {
        count_by("qpdf --show-npages '%s' 2>/dev/null", name),
        count_by("pdfinfo '%s' 2>/dev/null | sed -n 's/^Pages: *//p'", name),
        count_by("mutool pages '%s' 2>/dev/null | grep -c '<page '", name),
    };
    long ours = our_count(name);
    for (int i = 0; i < 3; i++)
        if (others[i] > 0 && others[i] == others[(i + 1) % 3] && ours != others[i])
            fail_msg("%s: %ld pages; qpdf %ld, poppler %ld, MuPDF %ld", name, ours, others[0],
                     others[1], others[2]);
}

static void of_files_that_there_are(void **state)
{
    static const char *const patterns[] = {"tests/attachments/*.pdf", "tests/cases/*/*.pdf",
                                           "samples/scans/A001/[PBR]*.pdf"};
    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        glob_t all;
        assert_int_equal(glob(patterns[i], 0, NULL, &all), 0);
        for (size_t k = 0; k < all.gl_pathc; k++)
            compare(all.gl_pathv[k]);
        globfree(&all);
    }
}

/* --- page trees at random --- */

struct tree {
    struct buffer out;
    size_t places[MOST_OBJECTS + 1], n; /* of objects, from 1 */
    unsigned seed;
};

static unsigned dice(struct tree *t, unsigned sides)
{
    t->seed = t->seed * 1664525u + 1013904223u;
    return (t->seed >> 8) % sides;
}

/* A node and all beneath; how many pages. Attributes are inherited or not. */
static long write_node(struct tree *t, size_t number, size_t parent, int depth)
{
    size_t kids[6], n = depth < 4 && t->n < MOST_OBJECTS - 60 ? dice(t, 6) : 0;
    long pages = 0;
    bool leaf = depth > 0 && (n == 0 || dice(t, 3) == 0);
    n = !leaf && n == 0 ? 1 : n;
    for (size_t i = 0; !leaf && i < n; i++) {
        kids[i] = ++t->n;
        pages += write_node(t, kids[i], number, depth + 1);
    }
    t->places[number] = t->out.len;
    buffer_printf(&t->out, "%zu 0 obj<<", number);
    if (parent)
        buffer_printf(&t->out, "/Parent %zu 0 R", parent);
    if (parent == 0 || dice(t, 2))
        buffer_printf(&t->out, "/MediaBox[0 0 %u 842]", 200 + dice(t, 400));
    if (dice(t, 3) == 0)
        buffer_printf(&t->out, "/Rotate %u", 90 * dice(t, 4));
    if (leaf) {
        buffer_puts(&t->out, "/Type/Page>>endobj\n");
        return 1;
    }
    buffer_puts(&t->out, "/Type/Pages/Kids[");
    for (size_t i = 0; i < n; i++)
        buffer_printf(&t->out, "%zu 0 R ", kids[i]);
    buffer_printf(&t->out, "]/Count %ld>>endobj\n", pages);
    return pages;
}

static long write_tree(struct tree *t)
{
    buffer_puts(&t->out, "%PDF-1.4\n");
    t->places[1] = t->out.len;
    t->n = 2;
    buffer_puts(&t->out, "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n");
    long pages = write_node(t, 2, 0, 0);
    size_t xref = t->out.len;
    buffer_printf(&t->out, "xref\n0 %zu\n0000000000 65535 f \n", t->n + 1);
    for (size_t i = 1; i <= t->n; i++)
        buffer_printf(&t->out, "%010zu 00000 n \n", t->places[i]);
    buffer_printf(&t->out, "trailer<</Root 1 0 R/Size %zu>>\nstartxref\n%zu\n%%%%EOF\n", t->n + 1,
                  xref);
    return pages;
}

static void of_page_trees_made_at_random(void **state)
{
    unsigned trees = getenv("SHENBAO_LONG") ? 500 : 12;
    (void)state;
    for (unsigned i = 0; i < trees; i++) {
        struct tree t = {.seed = i};
        long pages = write_tree(&t);
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        fwrite(t.out.data, 1, t.out.len, f);
        fclose(f);
        buffer_clear(&t.out);
        if (our_count(path) != pages)
            fail_msg("tree %u: %ld pages, not %ld", i, our_count(path), pages);
        compare(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(of_files_that_there_are),
                                       cmocka_unit_test(of_page_trees_made_at_random)};
    return cmocka_run_group_tests(tests, begin, end);
}
