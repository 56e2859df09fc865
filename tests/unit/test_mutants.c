/* test_mutants.c - samples with bytes changed, dropped, doubled and cut: nothing may crash, hang or
 * leak, and what is refused must say why. Most telling under make check-san. */
#include "layout/layout.h"
#include "pdf/pdf.h"
#include "sheet/print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shipped.h"

static struct fonts *fonts;
static struct query_context *query;
static char dir[] = "/tmp/shenbao-test-XXXXXX";
static unsigned seed = 1;

static unsigned dice(unsigned n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static unsigned tries(unsigned n)
{
    return getenv("SHENBAO_LONG") ? 40 * n : n;
}

static int begin(void **state)
{
    static const char *const dirs[] = {"tests/fonts", "fonts", NULL};
    struct diag d = {0};
    (void)state;
    fonts = fonts_new(dirs, &d);
    query = query_context_new(NULL);
    diag_clear(&d);
    return fonts && mkdtemp(dir) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    query_context_free(query);
    fonts_free(fonts);
    return rmdir(dir);
}

static struct buffer read_file(const char *path)
{
    struct buffer b = {0};
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    for (int c; (c = getc(f)) != EOF;)
        buffer_putc(&b, c);
    fclose(f);
    return b;
}

static void swap_words(struct buffer *b)
{
    static const char *const words[] = {"<",
                                        ">",
                                        "&",
                                        "\"",
                                        "]]>",
                                        "<!--",
                                        "999999999",
                                        "-1",
                                        "&#0;",
                                        "\xff",
                                        "\xed\xa0\x80",
                                        "<p>",
                                        "</td>",
                                        "rowspan=\"9\"",
                                        "colspan=\"900\"",
                                        "0mm",
                                        "99999mm",
                                        "\n"};
    const char *w = words[dice(sizeof words / sizeof *words)];
    size_t n = strlen(w), at = dice((unsigned)b->len);
    n = n > b->len - at ? b->len - at : n;
    memcpy(b->data + at, w, n);
}

static struct buffer mutant(const struct buffer *whole)
{
    struct buffer b = {0};
    buffer_add(&b, whole->data, whole->len);
    for (unsigned k = 1 + dice(4); k > 0 && b.len > 16; k--) {
        size_t at = dice((unsigned)b.len), n = 1 + dice(64);
        n = n > b.len - at ? b.len - at : n;
        switch (dice(6)) {
        case 0:
            b.data[at] = (unsigned char)dice(256);
            break;
        case 1:
            b.data[at] ^= (unsigned char)(1u << dice(8));
            break;
        case 2: /* dropped */
            memmove(b.data + at, b.data + at + n, b.len - at - n);
            b.len -= n;
            break;
        case 3: /* doubled */
            buffer_room(&b, n);
            memmove(b.data + at + n, b.data + at, b.len - n - at);
            break;
        case 4:
            swap_words(&b);
            break;
        case 5:
            if (dice(4) == 0)
                b.len = at + 1;
            break;
        }
    }
    return b;
}

static const char *write_mutant(const char *name, const struct buffer *whole, struct arena *arena)
{
    struct buffer b = mutant(whole);
    const char *path = arena_printf(arena, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fwrite(b.data, 1, b.len, f);
    fclose(f);
    buffer_clear(&b);
    return path;
}

/* Draws every applicant that can be read. */
static void draw(const char *batch, const char *template, struct diag *d)
{
    const struct record_options options = {
        .schema_path = "templates/base/applicants.xsd", .inputs = &batch, .n_inputs = 1};
    struct form *form = form_load(template, fonts, d);
    struct record *record = form ? record_open(&options, d) : NULL;
    struct record_cursor *cursor = record ? record_cursor_new(record, d) : NULL;
    struct applicant who;

    while (cursor && record_next(cursor, &who)) {
        struct arena arena = {0};
        struct buffer pdf = {0};
        struct layout_options layout = {.asof = record_asof(record)};
        query_context_begin(query, who.node, layout.asof);
        struct pages *pages =
            who.faulty ? NULL
                       : layout_form(&arena, form, fonts, query, who.node, who.dir, &layout, d);
        if (pages)
            pdf_write(pages, &pdf, d);
        buffer_clear(&pdf);
        pages_close(pages);
        arena_free(&arena);
    }
    record_cursor_free(cursor);
    record_free(record);
    form_free(form);
}

static void batches(void **state)
{
    struct buffer whole = read_file("tests/layout/batch.xml");
    (void)state;
    for (unsigned i = 0; i < tries(150); i++) {
        struct arena arena = {0};
        struct diag d = {0};
        const char *path = write_mutant("batch.xml", &whole, &arena);
        draw(path, "tests/layout/binding.xml", &d);
        unlink(path);
        diag_clear(&d);
        arena_free(&arena);
    }
    buffer_clear(&whole);
}

static void templates(void **state)
{
    static const char *const names[] = {"cells",   "overflow", "fixed", "heads",
                                        "binding", "letter",   "units", "stretch"};
    (void)state;
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        struct arena arena = {0};
        struct buffer whole = read_file(arena_printf(&arena, "tests/layout/%s.xml", names[n]));
        for (unsigned i = 0; i < tries(60); i++) {
            struct diag d = {0};
            const char *path = write_mutant("form.xml", &whole, &arena);
            draw("tests/layout/batch.xml", path, &d);
            for (size_t k = 0; k < d.n; k++) {
                assert_true(d.list[k].text[LANGUAGE_ZH][0] && d.list[k].text[LANGUAGE_EN][0]);
            }
            unlink(path);
            diag_clear(&d);
        }
        buffer_clear(&whole);
        arena_free(&arena);
    }
}

/* What the roster's reader takes, the workbook and the form made of it take too. */
static void rosters(void **state)
{
    static const char *const batch = "samples/batch.xml";
    const struct record_options options = {
        .schema_path = "templates/base/applicants.xsd", .inputs = &batch, .n_inputs = 1};
    struct buffer whole = read_file("templates/zhejiang-mining/roster.xml");
    unsigned taken = 0;
    (void)state;
    for (unsigned i = 0; i < tries(150); i++) {
        struct arena arena = {0};
        struct diag d = {0};
        const char *path = write_mutant("roster.xml", &whole, &arena);
        struct sheet_template *t = sheet_template_load(path, &d);
        unlink(path);
        assert_true(t ? d.n == 0 : d.system_faults > 0);
        if (t) {
            struct buffer text = {0};
            print_template(t, &text);
            struct form *form =
                form_load_text("roster.xml", (const char *)text.data, text.len, fonts, &d);
            if (!form)
                fail_msg("%s: %.*s", d.list[0].text[LANGUAGE_EN], (int)text.len,
                         (const char *)text.data);
            struct record *record = record_open(&options, &d);
            struct sheet_rows *rows = sheet_rows_new(t, SCOPE_DELEGATION, ORDER_GIVEN, NULL, &d);
            struct record_cursor *cursor = record_cursor_new(record, &d);
            struct applicant who;
            while (record_next(cursor, &who))
                assert_true(sheet_rows_add(rows, query, &who, "2026-09-30"));
            size_t n, *order = sheet_rows_of(rows, 0, NULL, &n);
            const struct sheet_party *parties;
            sheet_rows_parties(rows, &parties);
            struct sheet_list list = {&parties[0], order, n};
            struct sheet_document document = {
                .template = t, .rows = rows, .lists = &list, .n_lists = 1, .created = "2026-09-30"};
            FILE *out = tmpfile();
            if (!sheet_write(&document, out, &d))
                assert_true(d.count[SEVERITY_ERROR] > 0);
            record_table_free(print_record(&document, 0, n));
            fclose(out);
            free(order);
            record_cursor_free(cursor);
            sheet_rows_free(rows);
            record_free(record);
            form_free(form);
            buffer_clear(&text);
            taken++;
        }
        sheet_template_free(t);
        diag_clear(&d);
        arena_free(&arena);
    }
    assert_true(taken > 5);
    buffer_clear(&whole);
}

static void pictures(void **state)
{
    static const char *const names[] = {"samples/photos/A001.jpg", "samples/photos/A008.jpg",
                                        "samples/faulty/photos/F004.png"};
    const struct finding where = {.rule = "R76", .label = "照片"};
    const struct media_limits limits = {.pixels = 4000000};
    (void)state;
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        struct buffer whole = read_file(names[n]);
        for (unsigned i = 0; i < tries(150); i++) {
            struct arena arena = {0};
            struct diag d = {0};
            struct media_file file;
            struct media_image image = {0};
            const char *path = write_mutant("picture", &whole, &arena);
            if (media_open(&file, dir, "picture", &limits, &where, &d)) {
                struct media_backdrop backdrop;
                if (!image_load(&image, &file, &limits, &where, &d))
                    assert_true(d.count[SEVERITY_ERROR] > 0);
                else
                    image_backdrop(&backdrop, &image);
                image_clear(&image);
                media_close(&file);
            }
            unlink(path);
            diag_clear(&d);
            arena_free(&arena);
        }
        buffer_clear(&whole);
    }
}

int main(void)
{
    use_shipped_profile();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches),
        cmocka_unit_test(templates),
        cmocka_unit_test(rosters),
        cmocka_unit_test(pictures),
    };
    return cmocka_run_group_tests_name("mutants", tests, begin, end);
}
