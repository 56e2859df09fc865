/* test_bind.c - where a copy goes, and a volume bound into a file. */
#include "bind/bind.h"
#include "bind/merge.h"
#include "bind/qdoc.h"
#include "bind/shrink.h"
#include "core/units.h"

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct fit_sheet sheet = {.width = 600, .height = 800, .margin = {10, 20, 90, 40}};

static void near(double a, double b)
{
    if (!(fabs(a - b) < 0.001)) {
        print_error("%g is not %g\n", a, b);
        fail();
    }
}

static void a_copy_is_never_enlarged_unless_its_size_is_unknown(void **state)
{
    (void)state;
    struct fit_placement p = fit_place(&sheet, 100, 50, false, false);
    near(p.width, 100);
    near(p.height, 50);
    near(p.x, 40 + (540 - 100) / 2.0); /* centred between the margins */
    near(p.y, 90 + (700 - 50) / 2.0);
    p = fit_place(&sheet, 100, 50, true, false);
    near(p.width, 540);
    near(p.height, 270);
    assert_false(p.turned);
}

static void a_copy_of_any_shape_stays_inside_undistorted(void **state)
{
    (void)state;
    for (int turn = 0; turn < 2; turn++)
        for (double w = 0.2; w < 1e6; w *= 3)
            for (double h = 0.2; h < 1e6; h *= 3) {
                struct fit_placement p = fit_place(&sheet, w, h, false, turn);
                double shown = p.turned ? p.height / p.width : p.width / p.height;
                assert_true(p.x >= 40 - 1e-9 && p.y >= 90 - 1e-9);
                assert_true(p.x + p.width <= 580 + 1e-6 && p.y + p.height <= 790 + 1e-6);
                near(shown / (w / h), 1);
                if (p.turned)
                    assert_true(turn && w > h);
            }
    assert_true(fit_place(&sheet, 800, 600, false, true).turned);
    assert_false(fit_place(&sheet, 100, 50, false, true).turned); /* no larger for it */
}

static void every_rotation_puts_the_upper_left_corner_there(void **state)
{
    (void)state;
    /* which corner of the box (left bottom right top) is seen at the upper left: rotate is
     * clockwise */
    static const struct {
        int rotate;
        double x, y;
    } cases[] = {{0, -100, 342}, {90, -100, -50}, {180, 200, -50}, {270, 200, 342}};
    for (int unit = 1; unit <= 2; unit++)
        for (int i = 0; i < 4; i++) {
            struct fit_page s = {
                .box = {-100, -50, 200, 342}, .rotate = cases[i].rotate, .unit = unit};
            double w, h, m[6], u, v, all[4];
            fit_size(&s, &w, &h);
            near(w * h, 300.0 * 392 * unit * unit);
            struct fit_placement p = fit_place(&sheet, w, h, false, false);
            fit_matrix(&s, &p, m);
            fit_point(m, cases[i].x, cases[i].y, &u, &v);
            near(u, p.x);
            near(v, p.y + p.height);
            fit_rect(m, s.box, all);
            near(all[0], p.x);
            near(all[1], p.y);
            near(all[2], p.x + p.width);
            near(all[3], p.y + p.height);
            near(fabs(m[0] * m[3] - m[1] * m[2]),
                 (p.width * p.height) / (300.0 * 392)); /* no mirror, no shear */
            assert_true(m[0] * m[3] - m[1] * m[2] > 0);
        }
}

static void a_rectangle_is_cut_down_to_what_is_seen(void **state)
{
    (void)state;
    const double box[] = {-10, 20, 100, 200};
    double inside[] = {0, 30, 50, 60}, over[] = {150, 250, 50, 60}, beside[] = {100, 30, 120, 60};
    assert_true(fit_clip(box, inside));
    near(inside[0], 0);
    near(inside[3], 60);
    assert_true(fit_clip(box, over)); /* its corners in whatever order */
    near(over[0], 50);
    near(over[1], 60);
    near(over[2], 100);
    near(over[3], 200);
    assert_false(fit_clip(box, beside));
}

static void sheets_of_a3_are_told(void **state)
{
    (void)state;
    assert_true(fit_is_a3(842, 1191));
    assert_true(fit_is_a3(1190, 841));
    assert_false(fit_is_a3(595, 842));
    assert_false(fit_is_a3(1191, 1191));
    assert_false(fit_is_a3(0, 0));
}

/* --- PDFs in memory --- */

static const char one_page[] = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 "
                               "obj<</Type/Pages/Count 1/Kids[3 0 R]/Rotate -90>>endobj\n"
                               "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/CropBox[10 "
                               "20 900 200]/Contents 4 0 R/Resources<<>>>>endobj\n"
                               "4 0 obj<</Length 19>>stream\n0 0 9 9 re f q q q  \nendstream "
                               "endobj\ntrailer<</Root 1 0 R/Size 5>>\n";

/* Two sheets. */
static const char volume_text[] =
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 2/Kids[3 "
    "0 R 5 0 R]>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 "
    "R/Resources<<>>>>endobj\n"
    "4 0 obj<</Length 12>>stream\n1 1 1 1 re f\nendstream endobj\n"
    "5 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 "
    "R/Resources<<>>>>endobj\n"
    "trailer<</Root 1 0 R/Size 6>>\n";

static struct attachment_pages *open_text(const char *text, struct arena *arena, struct diag *d)
{
    struct media_file file = {.href = "x.pdf",
                              .data = (const unsigned char *)text,
                              .size = strlen(text),
                              .type = MEDIA_PDF};
    const struct finding where = {.label = "证书"};
    return attachment_pages_open(arena, &file, NULL, 0, NULL, NULL, &where, d);
}

static void ignore(void *data, const struct attachment_pages *at)
{
    (void)data;
    (void)at;
}

static void whole(FILE *file, struct buffer *out)
{
    rewind(file);
    for (int c; (c = getc(file)) != EOF;)
        buffer_putc(out, c);
}

static void what_is_asked_of_a_failed_document_gives_nothing(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct qdoc *d = q_open("no PDF", 6, "x", NULL);
    const char **keys;
    double v[4];
    assert_false(q_ok(d));
    assert_true(*q_fault(d));
    assert_int_equal(q_page_count(d), 0);
    assert_int_equal(q_root(d), 0);
    assert_int_equal(q_get(d, 1, "/X"), 0);
    assert_int_equal(q_keys(d, 1, &arena, &keys), 0);
    assert_false(q_numbers(d, 1, v, 4));
    assert_null(q_text(d, 1, &arena));
    assert_int_equal(q_parse(d, "[1]"), 0);
    assert_false(q_write_file(d, "00000000000000000000000000000000", 0));
    q_free(d);
    q_free(NULL);
    arena_free(&arena);
}

static void values_are_read_by_kind(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct qdoc *d = q_open(one_page, sizeof one_page - 1, "x", NULL);
    assert_true(q_ok(d));
    qref dict = q_parse(d, "<</A 1.5/B(text)/C/Name/D[1 2 3 4]/E null/F true>>");
    double v[4];
    assert_true(q_number(d, q_get(d, dict, "/A"), v));
    near(v[0], 1.5);
    assert_false(q_number(d, q_get(d, dict, "/B"), v));
    assert_string_equal(q_text(d, q_get(d, dict, "/B"), &arena), "text");
    assert_true(q_is_name(d, q_get(d, dict, "/C"), "/Name"));
    assert_false(q_is_name(d, q_get(d, dict, "/B"), "/Name"));
    assert_true(q_numbers(d, q_get(d, dict, "/D"), v, 4));
    assert_false(q_numbers(d, q_get(d, dict, "/D"), v, 3));
    double corners[4];
    assert_false(q_corners(d, q_parse(d, "[1 2 3]"), corners));
    assert_true(q_corners(d, q_parse(d, "[5 6 7 8 9]"), corners));
    near(corners[0], 5);
    near(corners[3], 8);
    assert_false(q_corners(d, q_parse(d, "[1 2 3(x)]"), corners));
    assert_int_equal(q_get(d, dict, "/E"), 0); /* null is none */
    assert_int_equal(q_get(d, q_get(d, dict, "/A"), "/X"), 0);
    assert_int_equal(q_item(d, q_get(d, dict, "/D"), 4), 0);
    assert_true(q_true(d, q_get(d, dict, "/F")));
    assert_int_equal(q_integer(d, q_get(d, dict, "/B"), 7), 7);
    assert_int_equal(q_page_index(d, q_page(d, 0)), 0);
    assert_int_equal(q_page_index(d, dict), -1);
    assert_true(q_ok(d));
    q_free(d);
    arena_free(&arena);
}

/* Of an absent value nothing is put, into what is no container neither, and the document stays
 * sound. */
static void nothing_is_put_nowhere(void **state)
{
    (void)state;
    struct qdoc *d = q_open(one_page, sizeof one_page - 1, "x", NULL);
    qref dict = q_parse(d, "<</A 1>>"), array = q_parse(d, "[1]"), two = q_parse(d, "2");
    for (int i = 0; i < 2; i++) {
        q_put(d, i ? array : dict, "/A", i ? two : 0);
        q_set_item(d, i ? dict : array, 0, i ? two : 0);
        q_set_item(d, array, 1 + i, two);
        q_append(d, i ? dict : array, i ? two : 0);
        q_remove(d, i ? array : 0, "/A");
    }
    q_put(d, 0, "/A", two);
    q_set_item(d, 0, 0, two);
    q_append(d, 0, two);
    assert_true(q_ok(d));
    assert_int_equal(q_integer(d, q_get(d, dict, "/A"), 0), 1);
    assert_int_equal(q_length(d, array), 1);
    assert_int_equal(q_integer(d, q_item(d, array, 0), 0), 1);
    q_put(d, dict, "/A", two);
    q_set_item(d, array, 0, two);
    q_append(d, array, two);
    assert_int_equal(q_integer(d, q_get(d, dict, "/A"), 0), 2);
    assert_int_equal(q_length(d, array), 2);
    assert_int_equal(q_integer(d, q_item(d, array, 0), 0), 2);
    q_remove(d, dict, "/A");
    assert_int_equal(q_get(d, dict, "/A"), 0);
    assert_true(q_ok(d));
    q_free(d);
}

/* In whatever order their objects stand. */
static void each_page_is_found_at_its_place(void **state)
{
    (void)state;
    enum { N = 300 };
    struct buffer b = {0};
    buffer_puts(&b, "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n");
    buffer_printf(&b, "2 0 obj<</Type/Pages/Count %d/Kids[", N);
    for (int i = 0; i < N; i++)
        buffer_printf(&b, "%d 0 R ", 3 + i * 7 % N);
    buffer_puts(&b, "]>>endobj\n");
    for (int i = 0; i < N; i++)
        buffer_printf(&b, "%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]>>endobj\n",
                      3 + i);
    buffer_printf(&b, "trailer<</Root 1 0 R/Size %d>>\n", 3 + N);
    struct qdoc *d = q_open(b.data, b.len, "x", NULL);
    assert_int_equal(q_page_count(d), N);
    for (size_t i = 0; i < N; i++) {
        qref page = q_page(d, i);
        assert_int_equal(q_id(d, page), 3 + i * 7 % N);
        assert_int_equal(q_page_index(d, page), i);
        q_release(d);
    }
    assert_int_equal(q_page_index(d, q_root(d)), -1);
    q_free(d);
    buffer_clear(&b);
}

static void a_page_is_bound_onto_its_sheet(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct diag diag = {0};
    struct buffer base = {0};
    struct buffer out = {0}, again = {0};
    struct attachment_pages *s = open_text(one_page, &arena, &diag);

    assert_non_null(s);
    assert_int_equal(diag.count[SEVERITY_WARNING], 1); /* it has no cross-reference table */
    assert_int_equal(s->n, 1);
    assert_int_equal(s->pages[0].rotate, 270);
    near(s->pages[0].box[0], 10);
    near(s->pages[0].box[2], 400); /* no farther than the media box */
    near(s->pages[0].box[3], 200);
    struct bind_copy copies[2] = {{.sheet = 1, .attachment = s}, {.sheet = 0, .attachment = s}};
    double w, h;
    fit_size(&s->pages[0], &w, &h);
    struct fit_placement p = fit_place(&sheet, w, h, false, false);
    fit_matrix(&s->pages[0], &p, copies[0].matrix);
    memcpy(copies[1].matrix, copies[0].matrix, sizeof copies[0].matrix);
    buffer_add(&base, volume_text, sizeof volume_text - 1);
    for (int i = 0; i < 2; i++) {
        FILE *file = tmpfile();
        assert_true(bind_volume(&base, copies, 2, ignore, NULL, fileno(file), NULL, &diag));
        whole(file, i ? &again : &out);
        fclose(file);
    }
    assert_int_equal(out.len, again.len);
    assert_memory_equal(out.data, again.data, out.len);

    struct qdoc *d = q_open(out.data, out.len, "out", NULL);
    assert_int_equal(q_page_count(d), 2);
    int ids[2];
    for (size_t i = 0; i < 2; i++) {
        qref page = q_page(d, i),
             form = q_get(d, q_get(d, q_get(d, page, "/Resources"), "/XObject"), "/A0");
        double m[6];
        assert_int_equal(q_length(d, q_get(d, page, "/Contents")),
                         2); /* the copy, then what we drew over it */
        assert_true(q_is_name(d, q_get(d, form, "/Subtype"), "/Form"));
        assert_true(q_numbers(d, q_get(d, form, "/Matrix"), m, 6));
        for (int k = 0; k < 6; k++)
            assert_true(fabs(m[k] - copies[0].matrix[k]) < 0.001);
        ids[i] = q_id(d, form);
    }
    assert_int_equal(ids[0], ids[1]); /* stored once */
    assert_true(q_ok(d));
    q_free(d);
    attachment_pages_close(s);
    buffer_clear(&base);
    buffer_clear(&out);
    buffer_clear(&again);
    diag_clear(&diag);
    arena_free(&arena);
}

static void pages_that_share_their_content_have_a_form_each(void **state)
{
    (void)state;
    static const char text[] =
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Count 3/Kids[3 0 R 4 0 R 5 0 R]/MediaBox[0 0 300 300]>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/Contents 6 0 R>>endobj\n"
        "4 0 obj<</Type/Page/Parent 2 0 R/Contents[6 0 R]>>endobj\n"
        "5 0 obj<</Type/Page/Parent 2 0 R/Contents 6 0 R/Resources<</A 7>>>>endobj\n"
        "6 0 obj<</Length 16/Filter[/ASCIIHexDecode]/DecodeParms[null]>>stream\n"
        "3120302030203120\nendstream endobj\ntrailer<</Root 1 0 R/Size 7>>\n";
    struct arena arena = {0};
    struct diag diag = {0};
    struct buffer base = {0}, out = {0};
    struct attachment_pages *s = open_text(text, &arena, &diag);
    struct bind_copy copies[2];
    size_t all[] = {1, 2, 3};
    const struct finding where = {.label = "证书"};

    assert_true(attachment_pages_check(s, all, 3, &where, &diag));
    for (size_t i = 0; i < 2; i++)
        copies[i] = (struct bind_copy){i, s, 2 * i, {1, 0, 0, 1, (double)i, 0}};
    buffer_add(&base, volume_text, sizeof volume_text - 1);
    FILE *file = tmpfile();
    assert_true(bind_volume(&base, copies, 2, ignore, NULL, fileno(file), NULL, &diag));
    whole(file, &out);
    fclose(file);
    struct qdoc *d = q_open(out.data, out.len, "out", NULL);
    for (size_t i = 0; i < 2; i++) {
        struct buffer drawn = {0};
        qref form = q_get(d, q_get(d, q_get(d, q_page(d, i), "/Resources"), "/XObject"), "/A0");
        assert_true(q_stream_data(d, form, &drawn));
        assert_int_equal(drawn.len, 8);
        assert_memory_equal(drawn.data, "1 0 0 1 ", 8);
        assert_int_equal(q_length(d, q_get(d, form, "/Matrix")), 6);
        buffer_clear(&drawn);
    }
    q_free(d);
    attachment_pages_close(s);
    buffer_clear(&base);
    buffer_clear(&out);
    diag_clear(&diag);
    arena_free(&arena);
}

/* As for pages of another file, which is wrong and understood by all readers. */
static void a_destination_may_be_the_index_of_a_page(void **state)
{
    (void)state;
    static const char text[] =
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/Outlines 6 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]/MediaBox[0 0 300 300]>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/Annots[5 0 R]>>endobj\n"
        "4 0 obj<</Type/Page/Parent 2 0 R>>endobj\n"
        "5 0 obj<</Subtype/Link/Rect[9 9 99 99]/Border[0 0 0]/Dest[1/FitH 200]>>endobj\n"
        "6 0 obj<</First 7 0 R>>endobj\n"
        "7 0 obj<</Title(a)/A<</S/GoTo/D[0/Fit]>>/Next 8 0 R>>endobj\n"
        "8 0 obj<</Title(b)/Dest[2/Fit]/Next 9 0 R>>endobj\n"
        "9 0 obj<</Title(c)/Dest[-1/Fit]>>endobj\n"
        "trailer<</Root 1 0 R/Size 10>>\n";
    struct arena arena = {0};
    struct diag diag = {0};
    struct attachment_pages *s = open_text(text, &arena, &diag);

    assert_non_null(s);
    assert_int_equal(s->n_links, 1);
    assert_int_equal(s->links[0].to.page, 1);
    near(s->links[0].to.y, 200);
    assert_int_equal(s->n_bookmarks, 1);
    assert_int_equal(s->bookmarks[0].to.page, 0);
    attachment_pages_close(s);
    diag_clear(&diag);
    arena_free(&arena);
}

/* Deeper ones cost readers, and us, their depth each. */
static void bookmarks_are_nested_a_hundred_levels_deep(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct diag diag = {0};
    struct buffer text = {0};
    buffer_puts(&text, "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/Outlines<</First 4 0 R>>>>"
                       "endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
                       "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>endobj\n");
    for (int i = 4; i < 154; i++)
        buffer_printf(&text, "%d 0 obj<</Title(a)/Dest[3 0 R/Fit]/First %d 0 R>>endobj\n", i,
                      i + 1);
    buffer_puts(&text, "trailer<</Root 1 0 R/Size 154>>\n");
    buffer_add(&text, "", 1);
    struct attachment_pages *s = open_text((char *)text.data, &arena, &diag);

    assert_non_null(s);
    assert_int_equal(s->n_bookmarks, 150);
    for (int i = 0; i < 150; i++)
        assert_int_equal(s->bookmarks[i].level, i < 100 ? i + 1 : 100);
    attachment_pages_close(s);
    buffer_clear(&text);
    diag_clear(&diag);
    arena_free(&arena);
}

/* A page that draws another rectangle and has the same font: dictionaries that refer to equal
 * streams become one, too, and what refers to them, however far that goes. */
static void equal_fonts_are_stored_once(void **state)
{
    (void)state;
    static const char attachment[] =
        "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Contents 4 0 R"
        "/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
        "4 0 obj<</Length 14>>stream\n0 0 9 %d re f  \nendstream endobj\n"
        "5 0 obj<</Type/Font/Widths 6 0 R/DescendantFonts 7 0 R>>endobj\n6 0 obj[1 2]endobj\n"
        "7 0 obj[8 0 R]endobj\n8 0 obj<</FontDescriptor 9 0 R>>endobj\n"
        "9 0 obj<</FontFile2 10 0 R>>endobj\n"
        "10 0 obj<</Length 9>>stream\nfont file\nendstream endobj\ntrailer<</Root 1 0 R/Size "
        "11>>\n";
    struct arena arena = {0};
    struct diag diag = {0};
    struct buffer base = {0}, out = {0};
    struct bind_copy copies[2];
    char text[2][1000];
    int font[2], form[2];

    for (int i = 0; i < 2; i++) {
        snprintf(text[i], sizeof text[i], attachment, i + 1);
        copies[i] = (struct bind_copy){.sheet = (size_t)i,
                                       .attachment = open_text(text[i], &arena, &diag),
                                       .matrix = {1, 0, 0, 1, 0, 0}};
        assert_non_null(copies[i].attachment);
    }
    buffer_add(&base, volume_text, sizeof volume_text - 1);
    FILE *file = tmpfile();
    assert_true(bind_volume(&base, copies, 2, ignore, NULL, fileno(file), NULL, &diag));
    whole(file, &out);
    fclose(file);
    struct qdoc *d = q_open(out.data, out.len, "out", NULL);
    for (size_t i = 0; i < 2; i++) {
        qref drawn = q_get(d, q_get(d, q_get(d, q_page(d, i), "/Resources"), "/XObject"), "/A0");
        form[i] = q_id(d, drawn);
        font[i] = q_id(d, q_get(d, q_get(d, q_get(d, drawn, "/Resources"), "/Font"), "/F"));
    }
    assert_int_not_equal(form[0], form[1]);
    assert_int_not_equal(font[0], 0);
    assert_int_equal(font[0], font[1]);
    q_free(d);
    for (int i = 0; i < 2; i++)
        attachment_pages_close(copies[i].attachment);
    buffer_clear(&base);
    buffer_clear(&out);
    diag_clear(&diag);
    arena_free(&arena);
}

enum { NOISE_WRITTEN, NOISE_REFUSED, NOISE_LOST = 9 };

/* The document with much noise into the file, of which the kernel takes so many bytes; 0: all. */
static int write_noise(FILE *file, rlim_t cut)
{
    static const char id[] = "0123456789abcdef0123456789abcdef";
    char noise[20000];
    unsigned seed = 1;
    struct rlimit limit;
    struct qdoc *d = q_open(one_page, sizeof one_page - 1, "x", NULL);

    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)((seed = seed * 1103515245 + 12345) >> 16);
    q_put(d, q_root(d), "/Noise", q_indirect(d, q_new_stream(d, noise, sizeof noise)));
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = cut ? cut : limit.rlim_cur;
    setrlimit(RLIMIT_FSIZE, &limit);
    bool ok = q_write_file(d, id, fileno(file));
    int end = ok ? NOISE_WRITTEN : *q_fault(d) ? NOISE_REFUSED : NOISE_LOST;
    q_free(d);
    return end;
}

/* Wherever the kernel breaks off, as a full disk does: qpdf itself says nothing of the last bytes.
 * Either q_write_file fails, or the process ends (core/streams.c). */
static void a_file_that_is_cut_off_is_no_success(void **state)
{
    (void)state;
    struct buffer data = {0};
    FILE *file = tmpfile();
    assert_int_equal(write_noise(file, 0), NOISE_WRITTEN);
    whole(file, &data);
    fclose(file);
    rlim_t size = data.len;
    assert_true(size > 20000);
    for (rlim_t cut = 1; cut<size; cut += size> cut + 40 ? 137 : 1) {
        int status;
        pid_t child = fork();
        if (child == 0) {
            signal(SIGXFSZ, SIG_IGN);
            fclose(stderr);
            _exit(write_noise(tmpfile(), cut));
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        if (!WIFEXITED(status) || WEXITSTATUS(status) == NOISE_WRITTEN ||
            WEXITSTATUS(status) == NOISE_LOST) {
            print_error("cut at %lu of %lu\n", (unsigned long)cut, (unsigned long)size);
            fail();
        }
    }
    buffer_clear(&data);
}

/* Two layers of one name: the hidden one stays hidden, the other is shown, and they are two. */
static void layers_of_a_print_run_keep_their_state(void **state)
{
    (void)state;
    static const char folder[] = "tests/cases/layers-of-one-name/";
    char hidden[64], shown[64];
    struct diag diag = {0};
    struct arena arena = {0};
    struct buffer data = {0};
    size_t pages;
    snprintf(hidden, sizeof hidden, "%shidden.pdf", folder);
    snprintf(shown, sizeof shown, "%sshown.pdf", folder);
    const struct merge_part parts[] = {{hidden, "a", 2}, {shown, "b", 1}};
    FILE *file = tmpfile();

    assert_true(merge_parts(parts, 2, false, fileno(file), &pages, &diag));
    assert_int_equal(pages, 3);
    whole(file, &data);
    struct qdoc *d = q_open(data.data, data.len, "x", NULL);
    qref all = q_get(d, q_root(d), "/OCProperties"), groups = q_get(d, all, "/OCGs"),
         off = q_get(d, q_get(d, all, "/D"), "/OFF");
    assert_int_equal(q_length(d, groups), 2);
    assert_int_equal(q_length(d, off), 1);
    for (size_t i = 0; i < pages; i++) {
        const char **names;
        qref used = q_get(d, q_get(d, q_page(d, i), "/Resources"), "/Properties");
        assert_int_equal(q_keys(d, used, &arena, &names), 1);
        int group = q_id(d, q_get(d, used, names[0]));
        assert_int_equal(group == q_id(d, q_item(d, off, 0)), i < 2);
        assert_true(group == q_id(d, q_item(d, groups, 0)) ||
                    group == q_id(d, q_item(d, groups, 1)));
    }
    q_free(d);
    fclose(file);
    buffer_clear(&data);
    arena_free(&arena);
}

static void parts_are_merged_from_their_files_each_on_a_front(void **state)
{
    (void)state;
    enum { N = 5 };
    struct merge_part parts[N];
    char paths[N][32];
    struct diag diag = {0};
    struct arena arena = {0};
    struct buffer data = {0};
    size_t pages = 0;
    for (size_t i = 0; i < N; i++) {
        snprintf(paths[i], sizeof paths[i], "/tmp/shenbao-merge-XXXXXX");
        int fd = mkstemp(paths[i]);
        assert_int_equal(write(fd, one_page, sizeof one_page - 1), sizeof one_page - 1);
        close(fd);
        parts[i] = (struct merge_part){paths[i], i % 2 ? "乙" : "甲", 1};
    }
    FILE *file = tmpfile();
    assert_true(merge_parts(parts, N, true, fileno(file), &pages, &diag));
    assert_int_equal(pages, 2 * N - 1); /* a blank page behind each but the last */
    whole(file, &data);
    struct qdoc *d = q_open(data.data, data.len, "x", NULL);
    assert_int_equal(q_page_count(d), pages);
    qref item = q_get(d, q_get(d, q_root(d), "/Outlines"), "/First");
    for (size_t i = 0; i < N; i++) {
        assert_string_equal(q_text(d, q_get(d, item, "/Title"), &arena), parts[i].title);
        assert_int_equal(q_page_index(d, q_item(d, q_get(d, item, "/Dest"), 0)), 2 * i);
        item = q_get(d, item, "/Next");
    }
    assert_int_equal(item, 0);
    struct buffer content = {0};
    assert_true(q_page_content(d, q_page(d, pages - 1), &content));
    assert_true(content.len > 0);
    buffer_clear(&content);
    q_free(d);
    fclose(file);

    unlink(paths[2]);
    file = tmpfile();
    assert_false(merge_parts(parts, N, true, fileno(file), &pages, &diag));
    assert_int_equal(diag.system_faults, 1);
    assert_string_equal(diag.list[0].at.file, paths[2]);
    fclose(file);
    for (size_t i = 0; i < N; i++)
        unlink(paths[i]);
    buffer_clear(&data);
    diag_clear(&diag);
    arena_free(&arena);
}

/* A page, of so many units of so many points, that draws one grey picture so large. */
static FILE *picture_file(const double page[2], int unit, int pixels_across, int pixels_down,
                          double width, double height)
{
    FILE *f = tmpfile();
    int pixels = pixels_across * pixels_down;
    fprintf(
        f,
        "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count "
        "1/Kids[3 0 R]>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.2f %.2f]/UserUnit "
        "%d/Contents 4 0 R/Resources<</XObject<</P 5 0 R>>>>>>endobj\n4 0 obj<</Length 40>>stream\n"
        "q %10.3f 0 0 %10.3f 0 0 cm /P Do Q\n\nendstream endobj\n"
        "5 0 obj<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray"
        "/BitsPerComponent 8/Length %d>>stream\n",
        page[0], page[1], unit, width, height, pixels_across, pixels_down, pixels);
    for (int i = 0; i < pixels; i++)
        putc(i / pixels_across % 200, f);
    fputs("\nendstream endobj\ntrailer<</Root 1 0 R/Size 6>>\n", f);
    fflush(f);
    return f;
}

/* Asked for fewer dots per inch, a picture has just those
 * in the direction that has fewer; it stays where more are asked for. */
static void a_picture_keeps_the_dots_that_are_asked_for(void **state)
{
    (void)state;
#define A4                                                                                         \
    {                                                                                              \
        A4_WIDTH, A4_HEIGHT                                                                        \
    }
    static const struct {
        double page[2], width, height, dpi;
        long side;
        bool others;
        long across;
        int unit;
    } cases[] = {
        {A4, 288, 288, 72, 0, true, 288, 1},
        {A4, 288, 288, 72.5, 0, true, 290, 1},
        {A4, 288, 288, 71.5, 0, true, 286, 1},
        {A4, 288, 144, 72, 0, true, 288, 1},
        {A4, 144, 288, 72, 0, true, 288, 1},
        {A4, 288, 288, 144, 0, true, 576, 1},
        {A4, 288, 288, 300, 0, true, 576, 1},
        {A4, 288, 288, 72, 0, false, 576, 1},
        {A4, 288, 288, 72, 575, false, 288, 1},
        {A4, 288, 288, 72, 576, false, 576, 1},
        /* printed smaller, as the page's worse side has it; A3 is printed as it is */
        {{2 * A4_WIDTH, 4 * A4_HEIGHT}, 1152, 1152, 72, 0, true, 288, 1},
        {{4 * A4_HEIGHT, 2 * A4_WIDTH}, 1152, 1152, 72, 0, true, 288, 1},
        {{2 * A4_HEIGHT, 3 * A4_WIDTH}, 576, 576, 72, 0, true, 204, 1},
        {{4 * A4_WIDTH, 2 * A4_HEIGHT}, 1152, 1152, 72, 0, true, 408, 1},
        {{A3_WIDTH, A3_HEIGHT}, 288, 288, 72, 0, true, 288, 1},
        {{A3_HEIGHT, A3_WIDTH}, 288, 288, 72, 0, true, 288, 1},
        {{A4_WIDTH / 3, A4_HEIGHT / 2}, 144, 144, 72, 0, true, 144, 1},
        {{A4_WIDTH / 2, A4_HEIGHT / 2}, 144, 144, 72, 0, true, 288, 2},
        {{2 * A4_WIDTH, A4_HEIGHT}, 576, 576, 72, 0, true, 408, 2},
        {{A4_WIDTH, 4 * A4_HEIGHT}, 1152, 1152, 72, 0, true, 288, 2},
    };
#undef A4
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diag diag = {0};
        struct buffer data = {0};
        FILE *from = picture_file(cases[i].page, cases[i].unit, 576, 576, cases[i].width,
                                  cases[i].height),
             *into = tmpfile();
        const struct shrink how = {80, cases[i].dpi, cases[i].side, cases[i].others};
        assert_true(shrink_pdf(fileno(from), &how, fileno(into), &diag));
        whole(into, &data);
        struct qdoc *d = q_open(data.data, data.len, "x", NULL);
        qref used = q_get(d, q_get(d, q_page(d, 0), "/Resources"), "/XObject");
        if (q_integer(d, q_get(d, q_get(d, used, "/P"), "/Width"), 0) != cases[i].across) {
            print_error("case %zu: %ld\n", i,
                        q_integer(d, q_get(d, q_get(d, used, "/P"), "/Width"), 0));
            fail();
        }
        q_free(d);
        assert_int_equal(shrink_longest_side(fileno(into), &diag), cases[i].across);
        buffer_clear(&data);
        diag_clear(&diag);
        fclose(from);
        fclose(into);
    }
    FILE *oblong = picture_file(cases[0].page, 1, 40, 70, 9, 9), *nothing = tmpfile();
    struct diag diag = {0};
    assert_int_equal(shrink_longest_side(fileno(oblong), &diag), 70);
    assert_int_equal(shrink_longest_side(fileno(nothing), &diag), -1);
    diag_clear(&diag);
    fclose(oblong);
    fclose(nothing);
}

/* A form and a picture that no reader can unpack stay as they are, and are not the machine's fault:
 * all else is reduced. */
static void what_cannot_be_unpacked_does_not_keep_others_from_being_reduced(void **state)
{
    (void)state;
    static const struct shrink how = {80, 72, 20, true};
    struct buffer data = {0};
    struct diag diag = {0};
    FILE *from = tmpfile(), *into = tmpfile();
    fputs("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1"
          "/Kids[3 0 R]>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents "
          "4 0 R/Resources<</XObject<</X 5 0 R/P 6 0 R/Q 7 0 R>>>>>>endobj\n"
          "4 0 obj<</Length 36>>stream\n/X Do 40 0 0 40 0 0 cm /P Do /Q Do  \nendstream endobj\n"
          "5 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Filter[/ASCIIHexDecode/FlateDecode]"
          "/Length 12>>stream\nq Q not hex.\nendstream endobj\n"
          "6 0 obj<</Type/XObject/Subtype/Image/Width 30/Height 40/ColorSpace/DeviceGray"
          "/BitsPerComponent 8/Filter/ASCIIHexDecode/Length 8>>stream\nnot hex.\nendstream endobj\n"
          "7 0 obj<</Type/XObject/Subtype/Image/Width 80/Height 50/ColorSpace/DeviceGray"
          "/BitsPerComponent 8/Length 4000>>stream\n",
          from);
    for (int i = 0; i < 4000; i++)
        putc(i % 200, from);
    fputs("\nendstream endobj\ntrailer<</Root 1 0 R/Size 8>>\n", from);
    fflush(from);
    assert_int_equal(shrink_longest_side(fileno(from), &diag), 80);
    assert_true(shrink_pdf(fileno(from), &how, fileno(into), &diag));
    whole(into, &data);
    struct qdoc *d = q_open(data.data, data.len, "x", NULL);
    qref drawn = q_get(d, q_get(d, q_page(d, 0), "/Resources"), "/XObject");
    assert_true(q_integer(d, q_get(d, q_get(d, drawn, "/Q"), "/Width"), 0) < 80);
    assert_int_equal(q_integer(d, q_get(d, q_get(d, drawn, "/P"), "/Width"), 0), 30);
    assert_false(diag_failed(&diag));
    q_free(d);
    buffer_clear(&data);
    diag_clear(&diag);
    fclose(from);
    fclose(into);
}

static void a_file_with_fewer_pages_than_it_says_is_used_with_a_warning(void **state)
{
    (void)state;
    static const char text[] = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 "
                               "obj<</Type/Pages/Count 9/Kids[3 0 R]>>endobj\n"
                               "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Contents 4 "
                               "0 R/Resources<<>>>>endobj\n"
                               "4 0 obj<</Length 12>>stream\n1 1 1 1 re f\nendstream "
                               "endobj\ntrailer<</Root 1 0 R/Size 5>>\n";
    struct arena arena = {0};
    struct diag diag = {0};
    struct attachment_pages *pages = open_text(text, &arena, &diag);
    assert_non_null(pages);
    assert_int_equal(diag.count[SEVERITY_ERROR], 0);
    assert_string_equal(diag.list[0].label, "证书");
    assert_non_null(strstr(diag.list[0].text[LANGUAGE_EN], "says that it has 9 pages and has 1"));
    attachment_pages_close(pages);
    diag_clear(&diag);
    arena_free(&arena);
}

static void a_catalog_of_any_generation_is_found_without_a_trailer(void **state)
{
    (void)state;
    static const char text[] = "%PDF-1.4\n1 5 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 "
                               "obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
                               "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]>>endobj\n";
    struct arena arena = {0};
    struct diag diag = {0};
    struct attachment_pages *pages = open_text(text, &arena, &diag);
    assert_non_null(pages);
    assert_true(pages->repaired);
    attachment_pages_close(pages);
    diag_clear(&diag);
    arena_free(&arena);
}

/* The second node leads back to the root. */
static void pages_of_a_tree_with_a_loop_keep_what_they_say_themselves(void **state)
{
    (void)state;
    static const char text[] =
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Count 2/Kids[3 0 R 5 0 R]/MediaBox[0 0 600 800]/Rotate 90>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Rotate 180/Contents 4 0 "
        "R/Resources<<>>>>endobj\n"
        "4 0 obj<</Length 12>>stream\n1 1 1 1 re f\nendstream endobj\n"
        "5 0 obj<</Type/Pages/Parent 2 0 R/Kids[6 0 R 2 0 R]/MediaBox[0 0 100 200]>>endobj\n"
        "6 0 obj<</Type/Page/Parent 5 0 R/Contents 4 0 R/Resources<<>>>>endobj\n"
        "trailer<</Root 1 0 R/Size 7>>\n";
    static const double boxes[2][4] = {{0, 0, 400, 300}, {0, 0, 100, 200}};
    static const int turns[] = {180, 90};
    struct arena arena = {0};
    struct diag diag = {0};
    struct attachment_pages *pages = open_text(text, &arena, &diag);
    assert_non_null(pages);
    assert_int_equal(pages->n, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_memory_equal(pages->pages[i].box, boxes[i], sizeof boxes[i]);
        assert_int_equal(pages->pages[i].rotate, turns[i]);
    }
    attachment_pages_close(pages);
    diag_clear(&diag);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_is_never_enlarged_unless_its_size_is_unknown),
        cmocka_unit_test(a_copy_of_any_shape_stays_inside_undistorted),
        cmocka_unit_test(every_rotation_puts_the_upper_left_corner_there),
        cmocka_unit_test(a_rectangle_is_cut_down_to_what_is_seen),
        cmocka_unit_test(sheets_of_a3_are_told),
        cmocka_unit_test(what_is_asked_of_a_failed_document_gives_nothing),
        cmocka_unit_test(values_are_read_by_kind),
        cmocka_unit_test(nothing_is_put_nowhere),
        cmocka_unit_test(each_page_is_found_at_its_place),
        cmocka_unit_test(a_page_is_bound_onto_its_sheet),
        cmocka_unit_test(pages_that_share_their_content_have_a_form_each),
        cmocka_unit_test(a_destination_may_be_the_index_of_a_page),
        cmocka_unit_test(bookmarks_are_nested_a_hundred_levels_deep),
        cmocka_unit_test(equal_fonts_are_stored_once),
        cmocka_unit_test(a_file_that_is_cut_off_is_no_success),
        cmocka_unit_test(layers_of_a_print_run_keep_their_state),
        cmocka_unit_test(parts_are_merged_from_their_files_each_on_a_front),
        cmocka_unit_test(a_picture_keeps_the_dots_that_are_asked_for),
        cmocka_unit_test(what_cannot_be_unpacked_does_not_keep_others_from_being_reduced),
        cmocka_unit_test(a_file_with_fewer_pages_than_it_says_is_used_with_a_warning),
        cmocka_unit_test(a_catalog_of_any_generation_is_found_without_a_trailer),
        cmocka_unit_test(pages_of_a_tree_with_a_loop_keep_what_they_say_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
