/* test_attachment.c - PDFs judged apart: used, with a warning or without, or refused with the
 * reason; nothing hostile gets far. */
#include "test_media.h"

#include "dossier/attachment.h"
#include "media/quarantine.h"

#include <qpdf/qpdf-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <zlib.h>

#define PAGE "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
enum { MB = 1 << 20, MOST_OBJECTS = 20 };

/* A PDF in the making; objects are numbered in the order of object(). */
struct pdf {
    struct buffer b;
    size_t *offsets;
    size_t n, cap, xref;
};

static void object(struct pdf *p, const char *text)
{
    if (p->n == 0)
        buffer_puts(&p->b, "%PDF-1.5\n");
    if (p->n == p->cap) {
        p->cap = p->cap ? p->cap * 2 : MOST_OBJECTS;
        p->offsets = mem_resize(p->offsets, p->cap, sizeof *p->offsets);
    }
    p->offsets[p->n++] = p->b.len;
    buffer_printf(&p->b, "%zu 0 obj\n", p->n);
    buffer_puts(&p->b, text);
    buffer_puts(&p->b, "\nendobj\n");
}

static void end(struct pdf *p, const char *trailer)
{
    p->xref = p->b.len;
    buffer_printf(&p->b, "xref\n0 %zu\n0000000000 65535 f \n", p->n + 1);
    for (size_t i = 0; i < p->n; i++)
        buffer_printf(&p->b, "%010zu 00000 n \n", p->offsets[i]);
    buffer_printf(&p->b, "trailer\n<</Root 1 0 R/Size %zu%s>>\nstartxref\n%zu\n%%%%EOF\n", p->n + 1,
                  trailer, p->xref);
}

/* A catalog, a page tree with these kids, and so many pages from object 3 on. */
static struct pdf with_pages(const char *kids, long count, int pages)
{
    struct pdf p = {0};
    char tree[200];
    snprintf(tree, sizeof tree, "<</Type/Pages/Kids[%s]/Count %ld>>", kids, count);
    object(&p, "<</Type/Catalog/Pages 2 0 R>>");
    object(&p, tree);
    for (int i = 0; i < pages; i++)
        object(&p, PAGE);
    return p;
}

static void pdf_clear(struct pdf *p)
{
    free(p->offsets);
    buffer_clear(&p->b);
    *p = (struct pdf){0};
}

/* Its cage is kept from file to file. */
static struct attachment_reader reader;

/* Most of these pages are blank, which is said: not among the findings here. */
static long count(const struct buffer *b, struct diag *d)
{
    struct media_file file = file_of(b);
    struct diag all = {0};
    long pages = (long)attachment_judge(
        &reader, &file, &(struct attachment_citation){.where = &where, .found = &all}, 1);
    for (size_t i = 0; i < all.n; i++)
        if (!strstr(all.list[i].text[LANGUAGE_EN], ": blank;"))
            diag_pass(d, &all.list[i]);
    diag_clear(&all);
    return pages;
}

static void counts(struct pdf *p, long pages)
{
    struct diag d = {0};
    long n = count(&p->b, &d);
    if (d.n)
        fail_msg("%s", d.list[0].text[LANGUAGE_EN]);
    assert_int_equal(n, pages);
    pdf_clear(p);
}

static void counts_with_warning(struct pdf *p, long pages, const char *zh, const char *en)
{
    struct diag d = {0};
    assert_int_equal(count(&p->b, &d), pages);
    found(&d, SEVERITY_WARNING, zh, en);
    pdf_clear(p);
}

static void is_refused(struct pdf *p, const char *zh, const char *en)
{
    struct diag d = {0};
    count(&p->b, &d);
    found(&d, SEVERITY_ERROR, zh, en);
    pdf_clear(p);
}

static void pages_are_counted(void **state)
{
    (void)state;
    struct pdf p = with_pages("3 0 R 4 0 R", 2, 2);
    end(&p, "");
    counts(&p, 2);
    p = with_pages("3 0 R 4 0 R", 2, 1); /* a tree of two levels */
    object(&p, "<</Type/Pages/Parent 2 0 R/Kids[5 0 R 6 0 R]/Count 2>>");
    object(&p, PAGE), object(&p, PAGE);
    memcpy(strstr((char *)p.b.data, "Count 2"), "Count 3", 7);
    end(&p, "");
    counts(&p, 3);
    p = with_pages("3 0 R", 1, 0);
    object(&p, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents[4 0 R]>>");
    object(&p, "<</Length 1>>stream\nn\nendstream");
    end(&p, "");
    counts(&p, 1);
    p = with_pages("3 0 R", 1, 1);
    end(&p, "");
    struct pdf after_junk = {0};
    buffer_puts(&after_junk.b, "scanner line\n");
    buffer_add(&after_junk.b, p.b.data, p.b.len);
    counts(&after_junk, 1);
    pdf_clear(&p);
}

static void limits_of_pages_hold(void **state)
{
    (void)state;
    struct pdf p = with_pages("3 0 R 4 0 R", 2, 2);
    struct media_limits one = {.pages = 1}, two = {.pages = 2};
    struct arena arena = {0};
    struct diag d = {0};
    end(&p, "");
    struct media_file file = file_of(&p.b);
    struct attachment_pages *s =
        attachment_pages_open(&arena, &file, NULL, 0, &two, NULL, &where, &d);
    assert_int_equal(s->n, 2);
    attachment_pages_close(s);
    assert_null(attachment_pages_open(&arena, &file, NULL, 0, &one, NULL, &where, &d));
    found(&d, SEVERITY_ERROR, "超过上限 1 页，请拆分", "more than the limit of 1: split it");
    arena_free(&arena);
    pdf_clear(&p);
    p = with_pages("", 0, 0);
    end(&p, "");
    is_refused(&p, "没有一页", "has no page");
}

static void k4_02_what_cannot_be_repaired_is_named(void **state)
{
    (void)state;
    struct pdf p = {0};
    p = with_pages("3 0 R", 1, 1);
    end(&p, "");
    p.b.len = 100;
    is_refused(&p, "", "");
    buffer_puts(&p.b, "%PDF-1.7\n");
    is_refused(&p, "损坏", "damaged");
    p = with_pages("3 0 R", 1, 1);
    end(&p, "");
    p.b.len = p.xref; /* no table and no trailer, and no catalog */
    memcpy(strstr((char *)p.b.data, "/Catalog"), "/catalog", 8);
    is_refused(&p, "损坏", "damaged");
}

static void k4_02_what_was_repaired_is_used_with_a_warning(void **state)
{
    (void)state;
    struct pdf p = with_pages("3 0 R", 1, 1);
    end(&p, "");
    p.b.len -= 6; /* no %%EOF */
    counts_with_warning(&p, 1, "已修复", "could be repaired");
    p = with_pages("3 0 R", 1, 1);
    end(&p, "");
    p.b.len = (size_t)(strstr((char *)p.b.data, "startxref") - (char *)p.b.data);
    counts_with_warning(&p, 1, "已修复", "could be repaired");
    p = with_pages("3 0 R", 1, 1);
    end(&p, "");
    memcpy(p.b.data + p.xref + 30, "9999999999", 10); /* a wrong table */
    counts_with_warning(&p, 1, "已修复", "could be repaired");
    p = with_pages("3 0 R 4 0 R", 1, 2); /* more than it says */
    end(&p, "");
    counts_with_warning(&p, 2, "已修复", "could be repaired");
    p = with_pages("3 0 R", 1, 1);
    end(&p, "");
    p.b.len = p.xref; /* no table and no trailer */
    counts_with_warning(&p, 1, "已修复", "could be repaired");
}

static void k4_14_trees_that_come_to_a_node_twice_are_read(void **state)
{
    (void)state;
    struct pdf p = with_pages("3 0 R 3 0 R", 1, 0);
    object(&p, "<</Type/Pages/Parent 2 0 R/Count 1/MediaBox[0 0 9 9]/Kids[4 0 R]>>");
    object(&p, "<</Type/Page/Parent 3 0 R>>"); /* its size is inherited */
    end(&p, "");
    counts_with_warning(&p, 1, "已修复", "could be repaired");
    p = with_pages("3 0 R 4 0 R", 1, 1); /* a page and the tree itself */
    object(&p, "<</Type/Pages/Parent 2 0 R/Count 1/Kids[2 0 R 5 0 R]>>");
    object(&p, PAGE);
    end(&p, "");
    counts_with_warning(&p, 2, "已修复", "could be repaired");
    p = with_pages("7 0 R", 0, 2); /* none to be reached: all that there are */
    object(&p, "null");
    memcpy(strstr((char *)p.b.data, "7 0 R"), "(lost", 5);
    end(&p, "");
    counts_with_warning(&p, 2, "已修复", "could be repaired");
}

static void k4_03_a_lost_page_is_an_error(void **state)
{
    (void)state;
    struct pdf p = with_pages("3 0 R 9 0 R", 2, 1);
    end(&p, "");
    is_refused(&p, "第 2 页（共 2 页）缺失", "lacks its page 2 of 2");
    p = with_pages("3 0 R", 2, 1);
    end(&p, "");
    counts_with_warning(&p, 1, "写明有 2 页，只有 1 页", "says that it has 2 pages and has 1");
    p = with_pages("3 0 R 7", 2, 1); /* a number instead of a page */
    end(&p, "");
    is_refused(&p, "", "");
    static const char *const contents[] = {"9 0 R", "[9 0 R]", "2 0 R", "[1 0 R]"};
    for (size_t i = 0; i < 4; i++) {
        char page[100];
        snprintf(page, sizeof page, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents %s>>",
                 contents[i]);
        p = with_pages("3 0 R", 1, 0);
        object(&p, page);
        end(&p, "");
        counts_with_warning(&p, 1, "第 1 页的内容不在文件里", "page 1: has content that is not");
    }
}

static void with_password(struct pdf *p, const char *user)
{
    struct pdf plain = with_pages("3 0 R", 1, 1);
    end(&plain, "");
    qpdf_data q = qpdf_init();
    assert_int_equal(qpdf_read_memory(q, "x", (char *)plain.b.data, plain.b.len, NULL),
                     QPDF_SUCCESS);
    assert_int_equal(qpdf_init_write_memory(q), QPDF_SUCCESS);
    qpdf_set_static_ID(q, QPDF_TRUE);
    qpdf_set_r6_encryption_parameters2(q, user, "owner", QPDF_TRUE, QPDF_FALSE, QPDF_FALSE,
                                       QPDF_FALSE, QPDF_FALSE, QPDF_FALSE, qpdf_r3p_none,
                                       QPDF_TRUE);
    assert_int_equal(qpdf_write(q), QPDF_SUCCESS);
    buffer_add(&p->b, qpdf_get_buffer(q), qpdf_get_buffer_length(q));
    qpdf_cleanup(&q);
    pdf_clear(&plain);
}

static void k4_01_an_owner_password_is_a_warning_and_a_user_password_an_error(void **state)
{
    (void)state;
    struct pdf p = {0};
    with_password(&p, "");
    counts_with_warning(&p, 1, "权限密码", "owner password");
    with_password(&p, "secret");
    is_refused(&p, "打开密码", "needs a password");
    p = with_pages("3 0 R", 1, 1);
    end(&p, "/Encrypt<</Filter/Adobe.PubSec/V 4>>/ID[(1)(2)]");
    is_refused(&p, "用数字证书加密", "encrypted for the owner of a certificate");
    p = with_pages("3 0 R", 1, 1);
    end(&p, "/Encrypt<</Filter/Other/V 4>>/ID[(1)(2)]");
    is_refused(&p, "无法识别的方式加密", "encrypted in an unknown way");
}

/* Of a processor, by this process and the children that have ended: a busy machine changes nothing
 * of it. */
static double seconds_used(void)
{
    static const int whose[] = {RUSAGE_SELF, RUSAGE_CHILDREN};
    double seconds = 0;
    for (size_t i = 0; i < sizeof whose / sizeof *whose; i++) {
        struct rusage u;
        assert_int_equal(getrusage(whose[i], &u), 0);
        seconds += (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
                   (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
    }
    return seconds;
}

/* Refused or used with a warning in bounded time, whatever the reason said. */
static void is_survived(struct pdf *p)
{
    struct diag d = {0};
    double before = seconds_used();
    count(&p->b, &d);
    assert_true(seconds_used() - before < 30);
    found(&d, d.n ? d.list[0].severity : SEVERITY_ERROR, "", "");
    pdf_clear(p);
}

static void k8_05_page_trees_without_an_end_are_survived(void **state)
{
    (void)state;
    struct pdf p = with_pages("3 0 R", 1, 0);
    object(&p, "<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>");
    end(&p, "");
    is_survived(&p); /* a cycle */
    p = with_pages("2 0 R", 1, 0);
    end(&p, "");
    is_survived(&p);
    p = with_pages("3 0 R", 0x7FFFFFFF, 1); /* no number of pages at all */
    end(&p, "");
    counts_with_warning(&p, 1, "已修复", "could be repaired");
    p = with_pages("3 0 R", -5, 0);
    end(&p, "");
    is_survived(&p);
    for (int i = 1; i < 40; i++) { /* each level twice the one below: 2^39 pages */
        char level[80];
        snprintf(level, sizeof level, "<</Type/Pages/Kids[%d 0 R %d 0 R]/Count 1>>", i + 1, i + 1);
        object(&p, i == 1 ? "<</Type/Catalog/Pages 2 0 R>>" : level);
    }
    object(&p, PAGE);
    end(&p, "");
    is_survived(&p);
    for (int i = 1; i < 200000; i++) { /* deep enough for any stack */
        char level[80];
        snprintf(level, sizeof level, "<</Type/Pages/Kids[%d 0 R]/Count 1>>", i + 1);
        object(&p, i == 1 ? "<</Type/Catalog/Pages 2 0 R>>" : level);
    }
    object(&p, PAGE);
    end(&p, "");
    is_survived(&p);
}

static void k8_05_a_loop_of_tables_is_survived(void **state)
{
    (void)state;
    struct pdf p = with_pages("3 0 R", 1, 1);
    char prev[40];
    snprintf(prev, sizeof prev, "/Prev %zu", p.b.len);
    end(&p, prev);
    counts_with_warning(&p, 1, "已修复", "could be repaired");
}

static void k8_05_a_million_objects_are_survived(void **state)
{
    (void)state;
    struct pdf p = with_pages("3 0 R", 1, 1);
    for (int i = 0; i < 1000000; i++)
        object(&p, "null");
    end(&p, "");
    counts(&p, 1); /* and none of them harms */
}

static void k8_05_a_page_counted_200000_times_is_survived(void **state)
{
    (void)state;
    struct pdf p = {0};
    struct buffer tree = {0};
    buffer_puts(&tree, "<</Type/Pages/Count 1/Kids[");
    for (int i = 0; i < 200000; i++)
        buffer_puts(&tree, "3 0 R ");
    buffer_add(&tree, "]>>", 4);
    object(&p, "<</Type/Catalog/Pages 2 0 R>>");
    object(&p, (char *)tree.data);
    object(&p, PAGE);
    end(&p, "");
    is_survived(&p);
    buffer_clear(&tree);
}

static void k8_05_deep_nesting_is_survived(void **state)
{
    (void)state;
    enum { DEEP = 500000 };
    struct pdf p = {0};
    struct buffer tree = {0};
    buffer_puts(&tree, "<</Type/Pages/Count 1/Kids");
    memset(buffer_room(&tree, DEEP), '[', DEEP);
    buffer_puts(&tree, "3 0 R");
    memset(buffer_room(&tree, DEEP), ']', DEEP);
    buffer_add(&tree, ">>", 3);
    object(&p, "<</Type/Catalog/Pages 2 0 R>>");
    object(&p, (char *)tree.data);
    object(&p, PAGE);
    end(&p, "");
    is_survived(&p);
    buffer_clear(&tree);
}

/* Bytes and then zeros, deflated. */
static struct buffer deflated(const void *bytes, size_t len, size_t zeros)
{
    static unsigned char block[MB];
    struct buffer out = {0};
    z_stream z = {.next_in = (Bytef *)bytes, .avail_in = (uInt)len};
    int state = Z_OK;
    assert_int_equal(deflateInit(&z, 1), Z_OK);
    while (state != Z_STREAM_END) {
        if (z.avail_in == 0 && zeros > 0) {
            memset(block, ' ', sizeof block);
            z.next_in = block;
            z.avail_in = (uInt)(zeros < sizeof block ? zeros : sizeof block);
            zeros -= z.avail_in;
        }
        z.next_out = buffer_room(&out, MB);
        z.avail_out = MB;
        state = deflate(&z, zeros == 0 ? Z_FINISH : Z_NO_FLUSH);
        out.len -= z.avail_out;
    }
    deflateEnd(&z);
    return out;
}

/* Catalog, tree and page in an object stream that unpacks to so many bytes more. */
static struct pdf packed(size_t zeros)
{
    static const char *const objects[] = {"<</Type/Catalog/Pages 2 0 R>>",
                                          "<</Type/Pages/Kids[3 0 R]/Count 1>>", PAGE};
    struct buffer head = {0}, body = {0};
    struct pdf p = {0};
    for (size_t i = 0; i < 3; i++) {
        buffer_printf(&head, "%zu %zu ", i + 1, body.len);
        buffer_printf(&body, "%s ", objects[i]);
    }
    size_t first = head.len;
    buffer_add(&head, body.data, body.len);
    struct buffer stream = deflated(head.data, head.len, zeros);
    buffer_puts(&p.b, "%PDF-1.5\n");
    size_t at = p.b.len;
    buffer_printf(&p.b,
                  "4 0 obj<</Type/ObjStm/N 3/First %zu/Length %zu/Filter/FlateDecode>>stream\n",
                  first, stream.len);
    buffer_add(&p.b, stream.data, stream.len);
    buffer_puts(&p.b, "\nendstream endobj\n");
    size_t xref = p.b.len;
    /* Each row: a kind, two bytes, one byte. */
    unsigned char rows[6][4] = {{0, 0, 0, 255},
                                {2, 0, 4, 0},
                                {2, 0, 4, 1},
                                {2, 0, 4, 2},
                                {1, (unsigned char)(at >> 8), (unsigned char)at, 0},
                                {0, 0, 0, 0}};
    buffer_printf(&p.b, "5 0 obj<</Type/XRef/Size 6/W[1 2 1]/Root 1 0 R/Length %zu>>stream\n",
                  sizeof rows);
    buffer_add(&p.b, rows, sizeof rows);
    buffer_printf(&p.b, "\nendstream endobj\nstartxref\n%zu\n%%%%EOF\n", xref);
    buffer_clear(&head);
    buffer_clear(&body);
    buffer_clear(&stream);
    return p;
}

static void k8_05_a_bomb_in_an_object_stream_is_survived(void **state)
{
    (void)state;
    struct pdf p = packed(0);
    counts(&p, 1);
    p = packed(700 * MB);
    is_survived(&p);
    struct rusage children;
    getrusage(RUSAGE_CHILDREN, &children);
    if (SLACK == 1) /* else the allocator's own reserve escapes the limit */
        assert_true(children.ru_maxrss <
                    (ATTACHMENT_MIB + 100) * 1024); /* KiB; no child ever took more */
}

static void k8_05_a_search_without_an_end_is_cut_off(void **state)
{
    (void)state;
    struct pdf p = {0};
    struct diag d = {0};
    buffer_puts(&p.b, "%PDF-1.4\n");
    for (int i = 0; i < 800000; i++)
        buffer_puts(&p.b, "trailer[/a(\n");
    assert_int_equal(count(&p.b, &d), 0);
    found(&d, SEVERITY_ERROR, "用了 10 秒以上", "took more than 10 seconds");
    pdf_clear(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_counted),
        cmocka_unit_test(limits_of_pages_hold),
        cmocka_unit_test(k4_01_an_owner_password_is_a_warning_and_a_user_password_an_error),
        cmocka_unit_test(k4_02_what_cannot_be_repaired_is_named),
        cmocka_unit_test(k4_02_what_was_repaired_is_used_with_a_warning),
        cmocka_unit_test(k4_14_trees_that_come_to_a_node_twice_are_read),
        cmocka_unit_test(k4_03_a_lost_page_is_an_error),
        cmocka_unit_test(k8_05_page_trees_without_an_end_are_survived),
        cmocka_unit_test(k8_05_a_loop_of_tables_is_survived),
        cmocka_unit_test(k8_05_a_million_objects_are_survived),
        cmocka_unit_test(k8_05_a_page_counted_200000_times_is_survived),
        cmocka_unit_test(k8_05_deep_nesting_is_survived),
        cmocka_unit_test(k8_05_a_bomb_in_an_object_stream_is_survived),
        cmocka_unit_test(k8_05_a_search_without_an_end_is_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
