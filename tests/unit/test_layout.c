/* test_layout.c - goldens: each tests/layout/NAME.xml laid out for the record beside it, as text,
 * equals NAME.txt; and what must hold of every page. SHENBAO_GOLDEN=write rewrites the goldens:
 * read the difference before it is committed. */
#include "core/buffer.h"
#include "core/units.h"
#include "core/utf8.h"
#include "layout/table.h"
#include "text/paragraph_memo.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "shipped.h"

#include "layout_case.h"
#include "pages.h"
#include "print_pages.h"

/* layout_judge finds what layout_form has found, and again with what it kept. */
static void is_judged_alike(const struct form *form, const struct diag *found, size_t first)
{
    struct paragraph_memo *memo = paragraph_memo_new(fonts);
    const struct layout_options options = {.asof = record_asof(record), .memo = memo};
    for (int turn = 0; turn < 2; turn++) {
        struct diag judged = {0};
        query_context_begin(query, who.node, options.asof);
        layout_judge(form, fonts, query, who.node, who.dir, &options, &judged);
        assert_int_equal(judged.n, found->n - first);
        for (size_t i = 0; i < judged.n; i++)
            assert_string_equal(judged.list[i].text[LANGUAGE_EN],
                                found->list[first + i].text[LANGUAGE_EN]);
        diag_clear(&judged);
    }
    paragraph_memo_free(memo);
}

/* The pages borrow from the form. */
static struct pages *lay_out(struct arena *arena, const char *path, struct form **form,
                             struct diag *d)
{
    struct layout_options options = {.asof = record_asof(record)};
    if (!(*form = form_load(path, fonts, d)))
        return NULL;
    size_t first = d->n;
    query_context_begin(query, who.node, options.asof);
    struct pages *pages = layout_form(arena, *form, fonts, query, who.node, who.dir, &options, d);
    is_judged_alike(*form, d, first);
    return pages;
}

static char *read_all(struct arena *arena, const char *path)
{
    FILE *in = fopen(path, "rb");
    if (!in)
        return NULL;
    char *text = arena_alloc(arena, 1 << 20, 1);
    size_t n = fread(text, 1, (1 << 20) - 1, in);
    text[n] = '\0';
    fclose(in);
    return text;
}

static void golden(const char *name)
{
    struct arena arena = {0};
    struct diag d = {0};
    char *got = NULL;
    size_t len;
    FILE *out = open_memstream(&got, &len);
    char *in = arena_printf(&arena, "tests/layout/%s.xml", name),
         *txt = arena_printf(&arena, "tests/layout/%s.txt", name);
    struct form *form;
    struct pages *pages = lay_out(&arena, in, &form, &d);

    if (pages)
        pages_print(pages, out);
    diag_print(&d, LANGUAGE_ZH, out);
    fclose(out);
    pages_close(pages);
    form_free(form);
    const char *mode = getenv("SHENBAO_GOLDEN");
    if (mode && !strcmp(mode, "write")) {
        FILE *f = fopen(txt, "wb");
        assert_non_null(f);
        fwrite(got, 1, len, f);
        fclose(f);
    }
    const char *want = read_all(&arena, txt);
    assert_non_null(want);
    assert_string_equal(got, want);
    free(got);
    diag_clear(&d);
    arena_free(&arena);
}

#define GOLDEN(test, name)                                                                         \
    static void test(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        golden(name);                                                                              \
    }

GOLDEN(lengths_in_every_unit, "units")
GOLDEN(cells_align_spread_stack_and_pin, "cells")
GOLDEN(cells_grow_shrink_or_continue, "overflow")
GOLDEN(what_cannot_fit_is_an_error_with_its_name, "overflow-error")
GOLDEN(a_fixed_form_steps_its_type_down, "fixed")
GOLDEN(a_fixed_form_names_the_cells_that_crowd_it, "fixed-error")
GOLDEN(a_fixed_form_says_what_it_has_too_many_of, "fixed-rows")
GOLDEN(a_fixed_form_names_texts_outside_its_tables, "fixed-paragraph")
GOLDEN(rows_and_spaces_share_spare_height, "stretch")
GOLDEN(tables_go_on_over_pages, "heads")
GOLDEN(binding_words, "binding")
GOLDEN(the_letters_grid, "letter")
GOLDEN(leaders_end_at_the_measure, "leader")
GOLDEN(faults_of_a_template_in_one_run, "faults")
GOLDEN(rows_that_do_not_add_up, "rows")
GOLDEN(characters_without_a_glyph, "missing")
GOLDEN(a_text_ends_beside_its_seal, "seal")
GOLDEN(lines_move_closer_to_save_a_page, "closer")
GOLDEN(a_tall_row_is_split_rather_than_leave_a_hole, "tall")
GOLDEN(pages_are_planned, "planned")
GOLDEN(the_row_that_fills_is_the_last, "fill-fault")

/* --- what holds of every page --- */

/* Lays out a template that stands in memory. */
static struct pages *from_text(struct arena *arena, const struct buffer *text, struct form **form,
                               struct diag *d)
{
    char path[] = "/tmp/shenbao-test-XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    assert_non_null(f);
    fwrite(text->data, 1, text->len, f);
    fclose(f);
    struct pages *pages = lay_out(arena, path, form, d);
    remove(path);
    return pages;
}

/* A template's text laid out; it is cleared. */
struct paper {
    struct arena arena;
    struct diag diag;
    struct form *form;
    struct pages *pages;
};

static void draw(struct paper *p, struct buffer *text)
{
    *p = (struct paper){0};
    p->pages = from_text(&p->arena, text, &p->form, &p->diag);
    buffer_clear(text);
    assert_non_null(p->pages);
}

static void drop(struct paper *p)
{
    form_free(p->form);
    diag_clear(&p->diag);
    arena_free(&p->arena);
}

static void add_form(struct buffer *b, const char *columns)
{
    buffer_printf(b,
                  "<form name=\"t\" title=\"t\" font=\"song\" size=\"五号\"><table columns=\"%s\">",
                  columns);
}

static void add_times(struct buffer *b, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buffer_puts(b, text);
}

/* A form of one row whose right cell has n Chinese characters. */
static struct pages *one_cell(struct arena *arena, const char *row, size_t n, struct form **form,
                              struct diag *d)
{
    struct buffer b = {0};
    add_form(&b, "20mm 1fr");
    buffer_printf(&b, "<tr %s><td>左</td><td>", row);
    add_times(&b, "爆", n);
    buffer_puts(&b, "</td></tr></table></form>");
    struct pages *pages = from_text(arena, &b, form, d);
    buffer_clear(&b);
    return pages;
}

static void the_samples_pages_are_sound(void **state)
{
    static const char *const inputs[] = {"samples/batch.xml"},
                             *const forms[] = {"templates/base/evaluation-form.xml"};
    const struct record_options options = {
        .schema_path = "templates/base/applicants.xsd", .inputs = inputs, .n_inputs = 1};
    struct diag d = {0};
    struct record *samples = record_open(&options, &d);
    size_t documents = 0;
    (void)state;
    assert_non_null(samples);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct form *form = form_load(forms[i], fonts, &d);
        struct record_cursor *c = record_cursor_new(samples, &d);
        struct layout_options layout = {.asof = record_asof(samples), .draft = true};
        struct applicant a;
        assert_non_null(form);
        while (record_next(c, &a)) {
            struct arena arena = {0};
            query_context_begin(query, a.node, layout.asof);
            struct pages *pages =
                layout_form(&arena, form, fonts, query, a.node, a.dir, &layout, &d);
            assert_non_null(pages);
            assert_int_equal(pages->n % 2, 0);
            no_text_touches_a_rule(pages);
            no_line_starts_or_ends_wrongly(pages);
            documents++;
            pages_close(pages);
            arena_free(&arena);
        }
        record_cursor_free(c);
        form_free(form);
    }
    assert_int_equal(documents, 8);
    record_free(samples);
    diag_clear(&d);
}

static void a_row_of_three_pages_is_split_and_nothing_is_lost(void **state)
{
    struct arena arena = {0};
    struct diag d = {0};
    struct form *form;
    (void)state;
    struct pages *pages = one_cell(&arena, "", 5000, &form, &d);
    assert_non_null(pages);
    assert_true(pages->n >= 3);
    size_t n = 0;
    for (size_t i = 0; i < pages->n; i++) {
        n += glyphs_on(&pages->list[i]);
        assert_true(glyphs_on(&pages->list[i]) > 100);
    }
    assert_int_equal(n, 5001);
    no_text_touches_a_rule(pages);
    form_free(form);
    diag_clear(&d);
    arena_free(&arena);
}

static void what_no_page_can_hold_is_an_error_at_once(void **state)
{
    static const char *const rows[] = {"height=\"400mm\"", "min-height=\"400mm\" keep=\"whole\"",
                                       "keep=\"whole\""};
    clock_t start = clock();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena arena = {0};
        struct diag d = {0};
        struct form *form;
        assert_null(one_cell(&arena, rows[i], i == 2 ? 5000 : 5, &form, &d));
        assert_int_equal(d.count[SEVERITY_ERROR], 1);
        assert_string_equal(d.list[0].rule, "R79");
        form_free(form);
        diag_clear(&d);
        arena_free(&arena);
    }
    assert_true(clock() - start < CLOCKS_PER_SEC);
}

static const struct item_text *find_text(const struct page *p, uint32_t cp)
{
    for (size_t i = 0; i < p->n; i++) {
        const struct item_text *t = text_item(p, i);
        if (t && t->glyphs->cp == cp)
            return t;
    }
    return NULL;
}

static size_t count_text(const struct page *p, uint32_t cp)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct item_text *t = text_item(p, i);
        n += t && t->glyphs->cp == cp;
    }
    return n;
}

static size_t count_glyphs(const struct page *p, uint32_t cp)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct item_text *t = text_item(p, i);
        for (size_t k = 0; t && k < t->n; k++)
            n += t->glyphs[k].cp == cp;
    }
    return n;
}

static void a_label_row_is_never_last_on_a_page(void **state)
{
    (void)state;
    for (size_t before = 20; before < 60; before++) {
        struct buffer b = {0};
        struct paper laid;
        add_form(&b, "1fr");
        add_times(&b, "<tr min-height=\"6mm\"><td>行</td></tr>", before);
        buffer_puts(&b, "<tr min-height=\"6mm\" keep-with-next=\"true\"><td>节</td></tr>"
                        "<tr min-height=\"6mm\"><td>首</td></tr></table></form>");
        draw(&laid, &b);
        for (size_t i = 0; i < laid.pages->n; i++)
            assert_int_equal(count_text(&laid.pages->list[i], 0x8282),
                             count_text(&laid.pages->list[i], 0x9996));
        drop(&laid);
    }
}

/* Nor are its first row and its last parted from the others. */
static void no_row_stands_alone_at_a_tables_end(void **state)
{
    (void)state;
    for (size_t before = 20; before < 90; before++) {
        struct buffer b = {0};
        struct paper laid;
        buffer_puts(&b, "<form name=\"t\" title=\"t\" font=\"song\" size=\"五号\">");
        add_times(&b, "<p>行</p>", before);
        buffer_puts(&b, "<p keep-with-next=\"true\">题</p><table columns=\"1fr\"><thead><tr><td>头"
                        "</td></tr></thead>");
        add_times(&b, "<tr min-height=\"9mm\"><td>甲</td></tr>", 12);
        buffer_puts(&b, "</table></form>");
        draw(&laid, &b);
        for (size_t i = 0; i < laid.pages->n; i++)
            assert_int_not_equal(count_text(&laid.pages->list[i], 0x7532), 1);
        drop(&laid);
    }
}

/* Nor do its last rows part from the seal below it. */
static void a_seal_below_a_table_has_rows_on_its_page(void **state)
{
    (void)state;
    for (size_t rows = 2; rows < 70; rows++) {
        struct buffer b = {0};
        struct paper laid;
        buffer_puts(&b, "<form name=\"t\" title=\"t\" font=\"song\" size=\"五号\">"
                        "<table columns=\"1fr\" keep-with-next=\"true\">");
        add_times(&b, "<tr min-height=\"9mm\"><td>甲</td></tr>", rows);
        buffer_puts(&b, "</table><space height=\"5mm\"/><table columns=\"1fr\">"
                        "<tr min-height=\"55mm\" keep=\"whole\"><td>章</td></tr></table></form>");
        draw(&laid, &b);
        for (size_t i = 0; i < laid.pages->n; i++)
            assert_true(!count_text(&laid.pages->list[i], 0x7AE0) ||
                        count_text(&laid.pages->list[i], 0x7532) >= 2);
        drop(&laid);
    }
}

/* A heading goes with a box to write in that is moved whole: neither stands alone at a page's foot.
 */
static void a_heading_goes_with_the_box_below_it(void **state)
{
    (void)state;
    for (size_t before = 1; before < 45; before++) {
        struct buffer b = {0};
        struct paper laid;
        buffer_puts(&b, "<form name=\"t\" title=\"t\" font=\"song\" size=\"五号\">");
        add_times(&b, "<p>行</p>", before);
        buffer_puts(&b, "<p keep-with-next=\"true\">题</p><table columns=\"1fr\">"
                        "<tr min-height=\"120mm\" stretch=\"1\"><td>首</td></tr></table></form>");
        draw(&laid, &b);
        for (size_t i = 0; i < laid.pages->n; i++)
            assert_int_equal(count_text(&laid.pages->list[i], 0x9898),
                             count_text(&laid.pages->list[i], 0x9996));
        drop(&laid);
    }
}

static void a_long_row_begins_on_the_page_it_is_met_on(void **state)
{
    struct buffer b = {0};
    struct paper laid;
    (void)state;
    add_form(&b, "1fr");
    buffer_puts(&b, "<tr><td>短</td></tr><tr><td>短</td></tr><tr><td>");
    add_times(&b, "长", 3000);
    buffer_puts(&b, "</td></tr></table></form>");
    draw(&laid, &b);
    assert_int_equal(laid.pages->n, 2);
    assert_non_null(find_text(&laid.pages->list[0], 0x957F));
    assert_non_null(find_text(&laid.pages->list[1], 0x957F));
    drop(&laid);
}

/* A text of n characters above a signature and a seal. */
static struct pages *sealed(struct arena *arena, size_t n, const char *floor, struct form **form,
                            struct diag *d)
{
    struct buffer b = {0};
    buffer_printf(&b,
                  "<form name=\"t\" title=\"t\" font=\"song\" size=\"四号\" pitch=\"27pt\" "
                  "%s margin=\"60mm 30mm\"><p keep-with-next=\"true\">题</p>"
                  "<p indent=\"2字\" keep-with-next=\"end\">",
                  floor);
    add_times(&b, "文", n);
    buffer_puts(&b, "</p><p before=\"8mm\" keep-with-next=\"true\">签</p><table columns=\"1fr\">"
                    "<tr min-height=\"46mm\" keep=\"whole\"><td>章</td></tr></table></form>");
    struct pages *pages = from_text(arena, &b, form, d);
    buffer_clear(&b);
    return pages;
}

static void no_seal_stands_on_a_page_without_text(void **state)
{
    const uint32_t body = 0x6587, seal = 0x7AE0;
    size_t saved = 0;
    (void)state;
    for (size_t n = 30; n < 1500; n += 29) {
        struct arena arena = {0};
        struct diag d = {0};
        struct form *form, *closer;
        struct pages *pages = sealed(&arena, n, "", &form, &d),
                     *fewer = sealed(&arena, n, "pitch-floor=\"22pt\"", &closer, &d);
        assert_true(pages && fewer);
        const struct page *last = &pages->list[pages->n - 1];
        assert_int_equal(count_text(last, seal), 1);
        assert_true(count_text(last, body) >= 2);
        assert_int_equal(count_text(&fewer->list[fewer->n - 1], seal), 1);
        assert_true(count_text(&fewer->list[fewer->n - 1], body) >= 2);
        assert_true(fewer->n == pages->n || fewer->n + 1 == pages->n);
        saved += fewer->n < pages->n;
        if (fewer->n == pages->n) /* nothing was moved in vain */
            assert_true(count_text(last, body) == count_text(&fewer->list[fewer->n - 1], body));
        form_free(form);
        form_free(closer);
        diag_clear(&d);
        arena_free(&arena);
    }
    assert_true(saved > 3);
}

/* Entries of a contents: with balance no page is left with a few of them, and all are there. */
static void a_balanced_form_leaves_no_stub(void **state)
{
    (void)state;
    for (size_t n = 30; n < 110; n++) {
        struct buffer b = {0};
        struct paper laid;
        size_t got = 0, least = SIZE_MAX;
        buffer_puts(&b, "<form name=\"t\" title=\"t\" font=\"song\" size=\"小四\" pitch=\"1.6\" "
                        "pitch-floor=\"1.4\" balance=\"true\">");
        add_times(&b, "<p leader=\"true\" right=\"20mm\">条<end>7</end></p>", n);
        buffer_puts(&b, "</form>");
        draw(&laid, &b);
        for (size_t i = 0; i < laid.pages->n; i++) {
            size_t entries = count_text(&laid.pages->list[i], 0x6761);
            assert_int_equal(count_text(&laid.pages->list[i], '7'), entries);
            least = entries < least ? entries : least;
            got += entries;
        }
        assert_int_equal(got, n);
        assert_true(laid.pages->n == 1 || least > 15);
        drop(&laid);
    }
}

/* Rows of every height up to a page, one behind the other: of A4 with margins of 20 mm a quarter is
 * 64 mm. */
static void what_is_kept_together_leaves_no_hole(void **state)
{
    (void)state;
    for (size_t k = 1; k < 60; k++) {
        struct buffer b = {0};
        struct paper laid;
        size_t want = 0, got = 0;
        add_form(&b, "20mm 60mm 1fr");
        for (size_t i = 0; i < 12; i++) {
            size_t n = 1 + (i * 37 + k * 131) % 900;
            buffer_puts(&b, "<tr keep=\"together\"><td>行</td><td>");
            add_times(&b, "长", n);
            buffer_puts(&b, "</td><td>短</td></tr>");
            want += n + 2;
        }
        buffer_puts(&b, "</table></form>");
        draw(&laid, &b);
        for (size_t i = 0; i < laid.pages->n; i++) {
            const struct page *p = &laid.pages->list[i];
            double foot = 0;
            for (size_t m = 0; m < p->n; m++)
                if (p->items[m].kind == ITEM_LINE)
                    foot = p->items[m].u.line.y1 > foot ? p->items[m].u.line.y1 : foot;
            got += glyphs_on(p);
            assert_true(i + 1 == laid.pages->n || p->height - foot < (20 + 64.5) * POINTS_PER_MM);
            assert_true(count_text(p, 0x957F) != 1);
        }
        assert_int_equal(got, want);
        no_text_touches_a_rule(laid.pages);
        drop(&laid);
    }
}

/* Head cells that span both ways, 120 rows, one of them taller than a page: the head is the same on
 * every page. */
static void heads_repeat_alike_and_once_on_each_page(void **state)
{
    struct buffer b = {0};
    struct paper laid;
    (void)state;
    add_form(&b, "20mm 30mm 30mm 1fr");
    buffer_puts(&b, "<thead><tr height=\"8mm\"><td rowspan=\"2\">序</td><td "
                    "colspan=\"2\">起止</td><td rowspan=\"2\">名</td></tr>"
                    "<tr height=\"8mm\"><td>起</td><td>止</td></tr></thead>");
    add_times(&b, "<tr><td>甲</td><td>乙</td><td>丙</td><td>丁</td></tr>", 60);
    buffer_puts(&b, "<tr><td>甲</td><td>乙</td><td>丙</td><td>");
    add_times(&b, "长", 4000);
    buffer_puts(&b, "</td></tr>");
    add_times(&b, "<tr><td>甲</td><td>乙</td><td>丙</td><td>丁</td></tr>", 60);
    buffer_puts(&b, "</table></form>");
    draw(&laid, &b);
    assert_true(laid.pages->n >= 6);
    const struct item_text *first = find_text(&laid.pages->list[0], 0x5E8F);
    for (size_t i = 0; i < laid.pages->n; i++) {
        const struct page *p = &laid.pages->list[i];
        assert_int_equal(count_text(p, 0x5E8F), 1);
        assert_int_equal(count_text(p, 0x6B62), 1);
        assert_true(find_text(p, 0x5E8F)->x == first->x && find_text(p, 0x5E8F)->y == first->y);
    }
    no_text_touches_a_rule(laid.pages);
    size_t rows = 0;
    for (size_t i = 0; i < laid.pages->n; i++)
        rows += count_text(&laid.pages->list[i], 0x7532);
    assert_int_equal(rows, 121);
    drop(&laid);
}

/* --- cells over several rows --- */

/* Two rows of 8 mm, whose left cell holds n characters: 44 have room. */
static void add_spanning_rows(struct buffer *b, size_t n)
{
    buffer_puts(b, "<tr height=\"8mm\"><td rowspan=\"2\" label=\"甲\">");
    add_times(b, "长", n);
    buffer_puts(b, "</td><td>右</td></tr><tr height=\"8mm\"><td>右</td></tr>");
}

/* The template cannot be laid out, for one reason that is said once. */
static void says_once(struct buffer *text, const char *words)
{
    struct arena arena = {0};
    struct diag d = {0};
    struct form *form;
    assert_null(from_text(&arena, text, &form, &d));
    assert_int_equal(d.n, 1);
    assert_string_equal(d.list[0].rule, "R79");
    assert_string_equal(d.list[0].label, "甲");
    assert_non_null(strstr(d.list[0].text[LANGUAGE_EN], words));
    form_free(form);
    buffer_clear(text);
    diag_clear(&d);
    arena_free(&arena);
}

/* In whichever columns, and however many do. */
static void a_head_holds_its_cells(void **state)
{
    (void)state;
    for (unsigned spanning = 0; spanning < 8; spanning++) {
        struct buffer b = {0};
        struct arena arena = {0};
        struct diag d = {0};
        struct form *form;
        add_form(&b, "1fr 1fr 1fr");
        buffer_puts(&b, "<thead><tr>");
        for (int i = 0; i < 3; i++)
            buffer_puts(&b, spanning >> i & 1 ? "<td rowspan=\"2\">1</td>" : "<td>1</td>");
        buffer_puts(&b, "</tr></thead><tr>");
        for (int i = 0; i < 3; i++)
            buffer_puts(&b, spanning >> i & 1 ? "" : "<td>2</td>");
        buffer_puts(&b, "</tr></table></form>");
        struct pages *pages = from_text(&arena, &b, &form, &d);
        assert_int_equal(d.n, spanning > 0);
        if (spanning)
            assert_non_null(strstr(d.list[0].text[LANGUAGE_EN], "beyond the end of <thead>"));
        pages_close(pages);
        form_free(form);
        buffer_clear(&b);
        diag_clear(&d);
        arena_free(&arena);
    }
}

static void an_overflow_over_rows_is_said_once(void **state)
{
    struct buffer b = {0};
    (void)state;
    add_form(&b, "1fr 1fr");
    add_spanning_rows(&b, 90);
    buffer_puts(&b, "</table></form>");
    says_once(&b, "46 characters too many");

    add_form(&b, "1fr 1fr"); /* more than a page holds */
    add_spanning_rows(&b, 9000);
    buffer_puts(&b, "</table></form>");
    says_once(&b, "8956 characters too many");

    add_form(&b, "1fr 1fr"); /* the head stands on four pages */
    buffer_puts(&b, "<thead>");
    add_spanning_rows(&b, 90);
    buffer_puts(&b, "</thead>");
    add_times(&b, "<tr height=\"100mm\"><td>1</td><td>2</td></tr>", 8);
    buffer_puts(&b, "</table></form>");
    says_once(&b, "46 characters too many");

    add_form(&b, "1fr 20mm");
    buffer_puts(&b, "<tr><td><table columns=\"1fr 1fr\">");
    add_spanning_rows(&b, 90);
    buffer_puts(&b, "</table></td><td>外</td></tr></table></form>");
    says_once(&b, "characters too many");

    add_form(&b, "20mm 1fr"); /* a label that no page's part of its rows has the height for */
    buffer_puts(&b, "<tr min-height=\"38mm\"><td rowspan=\"12\" repeat=\"true\" label=\"甲\">");
    add_times(&b, "长", 200);
    buffer_puts(&b, "</td><td>1</td></tr>");
    add_times(&b, "<tr min-height=\"38mm\"><td>2</td></tr>", 11);
    buffer_puts(&b, "</table></form>");
    says_once(&b, "characters too many");
}

/* The count is of what no line has room for: no page follows a fixed cell, which could spare it a
 * single line. */
static void an_overflow_counts_what_the_cell_cannot_hold(void **state)
{
    static const struct {
        const char *height;
        size_t given;
        const char *words;
    } cells[] = {{"8mm", 30, "8 characters too many"},    /* room for one line of 22 */
                 {"14mm", 66, "22 characters too many"},  /* for two of three */
                 {"14mm", 130, "86 characters too many"}, /* for two of many */
                 {"3mm", 30, "30 characters too many"}};  /* for none */
    struct buffer b = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        add_form(&b, "1fr 1fr");
        buffer_printf(&b, "<tr height=\"%s\"><td label=\"甲\">", cells[i].height);
        add_times(&b, "长", cells[i].given);
        buffer_puts(&b, "</td><td/></tr></table></form>");
        says_once(&b, cells[i].words);
    }

    add_form(&b, "1fr 1fr"); /* the second paragraph has room for one line */
    buffer_puts(&b, "<tr height=\"14mm\"><td label=\"甲\"><p>短</p><p>");
    add_times(&b, "长", 50);
    buffer_puts(&b, "</p></td><td/></tr></table></form>");
    says_once(&b, "28 characters too many");
}

/* A cell beside 20 rows of 30 mm, which take three pages. */
static void draw_label(struct paper *laid, const char *columns, const char *cell)
{
    struct buffer b = {0};
    add_form(&b, columns);
    buffer_puts(&b, "<tr min-height=\"30mm\"><td rowspan=\"20\" label=\"甲\" ");
    buffer_puts(&b, cell);
    buffer_puts(&b, "</td><td>1</td></tr>");
    add_times(&b, "<tr min-height=\"30mm\"><td>2</td></tr>", 19);
    buffer_puts(&b, "</table></form>");
    draw(laid, &b);
    assert_true(laid->pages->n >= 3);
}

static size_t count_everywhere(const struct paper *laid, uint32_t cp)
{
    size_t n = 0;
    for (size_t i = 0; i < laid->pages->n; i++)
        n += count_glyphs(&laid->pages->list[i], cp);
    return n;
}

static void a_label_stands_on_each_page_of_its_rows(void **state)
{
    static const char *const cells[] = {
        ">名字", "repeat=\"true\">名字", ">名字<foot><p>签章</p></foot>",
        "repeat=\"true\">名字<foot><p>签章</p></foot>", "stack=\"true\">名字"};
    static const char *const columns[] = {"30mm 1fr", "8mm 1fr"};
    struct paper laid;
    (void)state;
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        for (size_t k = 0; k < 2; k++) {
            draw_label(&laid, columns[k], cells[i]);
            for (size_t p = 0; p < laid.pages->n; p++) {
                assert_int_equal(count_glyphs(&laid.pages->list[p], 0x540D), 1);
                assert_int_equal(count_glyphs(&laid.pages->list[p], 0x7EED), p > 0); /* 续 */
            }
            bool signs = strstr(cells[i], "foot") != NULL;
            assert_int_equal(count_everywhere(&laid, 0x7AE0), signs); /* 章 */
            assert_int_equal(count_glyphs(&laid.pages->list[laid.pages->n - 1], 0x7AE0), signs);
            no_text_touches_a_rule(laid.pages);
            drop(&laid);
        }
    draw_label(&laid, "30mm 1fr", "repeat=\"false\">名字");
    assert_int_equal(count_everywhere(&laid, 0x540D), 1);
    drop(&laid);
}

/* Of the last glyph of a character on a page; 0: there is none. */
static double size_of_glyph(const struct page *page, uint32_t cp)
{
    double size = 0;
    for (size_t i = 0; i < page->n; i++)
        for (size_t k = 0; page->items[i].kind == ITEM_TEXT && k < page->items[i].u.text.n; k++)
            if (page->items[i].u.text.glyphs[k].cp == cp)
                size = page->items[i].u.text.size;
    return size;
}

/* However narrow its column is: what does not fit behind it, （续）, stands below, and smaller. */
static void a_repeated_label_keeps_its_size(void **state)
{
    struct paper laid;
    (void)state;
    for (int width = 7; width <= 16; width++) {
        char columns[32];
        snprintf(columns, sizeof columns, "%dmm 1fr", width);
        draw_label(&laid, columns, "floor=\"5pt\">名字");
        double size = size_of_glyph(&laid.pages->list[0], 0x540D);
        assert_true(size > 0);
        for (size_t p = 1; p < laid.pages->n; p++) {
            assert_true(size_of_glyph(&laid.pages->list[p], 0x540D) == size);
            double mark = size_of_glyph(&laid.pages->list[p], 0x7EED);
            assert_true(mark > 0 && mark <= size);
            assert_true((mark < size) == (width < 11));
        }
        drop(&laid);
    }
}

/* What is spread over so many characters' widths is so at each size. */
static void a_spread_label_is_set_smaller_in_proportion(void **state)
{
    struct paper laid;
    double smallest = 100;
    (void)state;
    for (int width = 10; width <= 25; width++) {
        char columns[32];
        snprintf(columns, sizeof columns, "%dmm 1fr", width);
        draw_label(&laid, columns, "floor=\"5pt\"><span spread=\"4字\">名字</span>");
        const struct item_text *name = find_text(&laid.pages->list[0], 0x540D);
        assert_int_equal(name->n, 2);
        double apart = name->glyphs[1].x - name->glyphs[0].x;
        assert_true(fabs(apart - 3 * name->size) < 0.01);
        smallest = fmin(smallest, name->size);
        drop(&laid);
    }
    assert_true(smallest < 8);
}

/* Text that is longer than its part of the first page goes on, once. */
static void long_text_beside_rows_goes_on(void **state)
{
    struct buffer cell = {0};
    struct paper laid;
    (void)state;
    buffer_puts(&cell, ">");
    add_times(&cell, "长", 3000);
    buffer_putc(&cell, '\0');
    draw_label(&laid, "60mm 1fr", (char *)cell.data);
    assert_int_equal(count_everywhere(&laid, 0x957F), 3000);
    assert_int_equal(count_everywhere(&laid, 0x7EED), 0);
    drop(&laid);
    buffer_clear(&cell);
}

/* Of the sizes that were tried, the smallest is the one that is spoken of. */
static void a_word_too_wide_at_every_size_is_said_once(void **state)
{
    struct buffer b = {0};
    (void)state;
    add_form(&b, "20mm 1fr");
    buffer_puts(&b, "<tr height=\"22mm\"><td overflow=\"shrink\" label=\"甲\" floor=\"5pt\">"
                    "<span unbreakable=\"true\">1234567890123456789012345678901234567890</span>"
                    "<br/>");
    add_times(&b, "长", 40);
    buffer_puts(&b, "</td><td>1</td></tr></table></form>");
    says_once(&b, "set as small as 5 pt");
}

/* A template filled and set, not drawn. */
struct set_form {
    struct arena arena;
    struct diag diag, fit;
    struct form *form;
    struct document *document;
    struct setter setter;
    struct content *content;
};

static void set(struct set_form *s, struct buffer *text)
{
    struct layout_options options = {.asof = record_asof(record)};
    *s = (struct set_form){0};
    s->form = form_load_text("memory", (const char *)text->data, text->len, fonts, &s->diag);
    assert_non_null(s->form);
    query_context_begin(query, who.node, options.asof);
    s->document = form_fill(&s->arena, s->form, query, who.node, who.dir, &options, &s->diag);
    assert_non_null(s->document);
    s->setter = (struct setter){.arena = &s->arena,
                                .fonts = fonts,
                                .document = s->document,
                                .diag = &s->diag,
                                .fit = &s->fit,
                                .cap = 1000,
                                .pitch = s->document->pitch};
    s->content = content_set(&s->setter, s->document->content, 400, 1000, 0);
    buffer_clear(text);
}

static void unset(struct set_form *s)
{
    document_close(s->document);
    form_free(s->form);
    diag_clear(&s->diag);
    diag_clear(&s->fit);
    arena_free(&s->arena);
}

/* A cell of five lines over two rows that have room for three, each row on a page of its own: what
 * is lacking is reported when nothing has been drawn; drawing says no more and draws the same each
 * time. */
static void what_overflows_is_said_before_anything_is_drawn(void **state)
{
    struct buffer b = {0};
    struct set_form s;
    (void)state;
    add_form(&b, "1fr 1fr");
    buffer_puts(&b, "<tr min-height=\"8mm\"><td rowspan=\"2\" label=\"甲\">");
    add_times(&b, "长", 90);
    buffer_puts(&b, "</td><td>右</td></tr><tr min-height=\"8mm\"><td>右</td></tr></table></form>");
    set(&s, &b);
    assert_int_equal(s.fit.n, 0);

    struct set_table *t = s.content->blocks[0].table;
    const struct row_part rows[] = {{0, 20, true, true}, {1, 40, true, true}};
    struct table_part *parts[] = {table_settle(t, &rows[0], 1, NULL),
                                  table_settle(t, &rows[1], 1, NULL)};
    assert_int_equal(s.fit.n, 1);
    assert_string_equal(s.fit.list[0].label, "甲");
    assert_int_equal(parts[0]->n_pieces, 2);
    const struct cell_piece *first = &parts[0]->pieces[1], *second = &parts[1]->pieces[1];
    assert_true(first->cell->box->rowspan == 2 && second->cell == first->cell);
    assert_true(first->part.from.line == 0 && !first->part.foot);
    assert_true(second->part.from.line == first->part.to.line && second->part.foot);

    struct page page[2] = {{.width = 500}, {.width = 500}};
    struct pages pages = {.list = page, .n = 2};
    for (size_t i = 0; i < 2; i++) {
        const struct canvas canvas = {&s.arena, &pages, i, false};
        table_draw(&canvas, parts[0], 0, 0);
        table_draw(&canvas, parts[1], 0, 20);
    }
    assert_int_equal(s.fit.n, 1);
    assert_true(page[0].n > 4 && page[0].n == page[1].n);
    assert_int_equal(glyphs_on(&page[0]), glyphs_on(&page[1]));
    unset(&s);
}

/* Headings, long texts and what follows them, broken at every line for every room: a piece does not
 * end before it begins or use more than its room, and no heading is the last thing of one that
 * begins above it. Where it must hold something, a line's room is enough. */
static void a_piece_ends_within_its_room_and_not_at_a_heading(void **state)
{
    struct buffer b = {0};
    struct set_form s;
    size_t broken = 0;
    (void)state;
    buffer_puts(&b, "<form name=\"t\" title=\"t\" font=\"song\" size=\"五号\">"
                    "<p before=\"3mm\" after=\"3mm\" keep-with-next=\"true\">");
    add_times(&b, "题", 120);
    buffer_puts(&b, "</p><p>");
    add_times(&b, "文", 200);
    buffer_puts(&b, "</p><p keep-with-next=\"true\">甲</p><p keep-with-next=\"true\">乙</p><p>");
    add_times(&b, "尾", 90);
    buffer_puts(&b, "</p></form>");
    set(&s, &b);
    assert_int_equal(s.content->n, 5);
    for (struct cursor from = CONTENT_START; from.block < s.content->n;) {
        const struct set_block *first = &s.content->blocks[from.block];
        double least = first->pitch + (from.block || from.line ? 0 : first->before);
        for (double room = 0; room < s.content->height + 10; room += 3) {
            double used = -1;
            struct cursor forced = content_break(s.content, from, room, true, &used);
            assert_true(room < least || forced.block > from.block || forced.line > from.line);
            struct cursor to = content_break(s.content, from, room, false, &used);
            bool heading = to.line == 0 && (to.block == 1 || to.block == 3 || to.block == 4);
            assert_true(to.block > from.block || (to.block == from.block && to.line >= from.line));
            assert_true(used >= 0 && used <= room + LENGTH_SLACK);
            assert_true(!heading || to.block == 1 || from.block >= 2);
            broken += to.block > from.block && to.block < s.content->n;
        }
        bool last = from.line + 1 >= s.content->blocks[from.block].text->n;
        from =
            last ? (struct cursor){from.block + 1, 0} : (struct cursor){from.block, from.line + 1};
    }
    assert_true(broken > 100);
    unset(&s);
}

/* --- what is at fault --- */

/* Each template cannot be laid out, for one reason, which is said once. */
static void what_cannot_be_laid_out_is_said(void **state)
{
    static const struct {
        const char *root, *blocks, *words;
    } cases[] = {
        {"margin=\"150mm\"", "<p>文</p>", "the margins leave no room"},
        {"pages=\"odd\"", "<p>文</p>", "is neither even nor a number"},
        {"grid=\"28\"", "<p>文</p>", "is not like 28x22"},
        {"", "<running at=\"head\" offset=\"400mm\"><p>眉</p></running><p>文</p>",
         "lies beyond the paper's edge"},
        {"", "<running at=\"head\" offset=\"14mm\"><p>1</p><p>2</p></running><p>文</p>",
         "would lie upon the text"},
        {"",
         "<running at=\"head\" offset=\"14mm\"><p><value-of select=\"statement\"/></p></running>"
         "<p>文</p>",
         "would lie upon the text"},
        {"", "<table columns=\"300mm\"><tr><td>1</td></tr></table>",
         "the columns are 300.0 mm wide together"},
        {"", "<table columns=\"9mm 1fr\" padding=\"0 5mm\"><tr><td/><td>2</td></tr></table>",
         "narrower than its padding"},
        {"", "<image width=\"9mm\" height=\"300mm\"/>", "no page can hold it: 300.0 mm high"},
        {"",
         "<table columns=\"1fr\"><tr keep=\"whole\" min-height=\"300mm\"><td>1</td></tr></table>",
         "no page can hold it: 300.0 mm high"},
        {"pages=\"1\"", "<space height=\"200mm\"/><p before=\"100mm\">文</p>",
         "the template itself is"},
        {"", "<table columns=\"1fr\"><tr><td>1</td></tr><thead><tr><td>1</td></tr></thead></table>",
         "<thead> comes first in <table>"},
        {"", "<table columns=\"1fr\"><tr><td rowspan=\"2\">1</td></tr></table>",
         "spans rows beyond the table's end"},
        {"",
         "<table columns=\"1fr 1fr\"><tr><td>1</td><td rowspan=\"3\">2</td></tr><tr><td "
         "colspan=\"2\">3</td></tr></table>",
         "lies upon one that spans rows from above"},
        {"",
         "<table columns=\"1fr 1fr\"><tr><td rowspan=\"2\"><image width=\"9mm\" "
         "height=\"300mm\"/></td><td>1</td></tr><tr><td>2</td></tr></table>",
         "no page can hold it: 301."},
        {"",
         "<table columns=\"1fr 1fr\"><tr><td rowspan=\"2\"><p>1</p><foot><p "
         "pitch=\"300mm\">2</p></foot></td><td>1</td></tr><tr><td>2</td></tr></table>",
         "no page can hold it: 301."},
        {"",
         "<running at=\"head\" offset=\"400mm\"><p>眉</p></running><p>1</p><page-break/><p>2</p>",
         "lies beyond the paper's edge"},
        {"", "<p><span size=\"9em\"><span size=\"9em\">文</span></span></p>",
         "a type size of 850.5 pt is not between 1 pt and 200 pt"},
        {"", "<watermark text=\"\" size=\"0.001pt\" tiled=\"true\"/><p>文</p>",
         "a type size of 0.001 pt is not between"},
        {"grid=\"99x22\"", "<p>文</p>", "a cell of grid=\"99x22\" is too small"},
        {"",
         "<for-each select=\"x\" min=\"1000\"><for-each select=\"x\" min=\"1000\"><if "
         "test=\"0\"/><if test=\"0\"/></for-each></for-each>",
         "loops and calls make more than can be laid out"},
        {"",
         "<template name=\"t\"><table columns=\"1fr\"><tr><td><table "
         "columns=\"1fr\"><tr><td><table "
         "columns=\"1fr\"><tr><td><value-of "
         "select=\"x\"/></td></tr></table></td></tr></table></td></"
         "tr></table></template><table columns=\"1fr\"><tr><td><table "
         "columns=\"1fr\"><tr><td><table "
         "columns=\"1fr\"><tr><td><call-template "
         "name=\"t\"/></td></tr></table></td></tr></table></td>"
         "</tr></table>",
         "tables are nested more than 5 deep"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena = {0};
        struct diag d = {0};
        struct buffer b = {0};
        struct form *form;
        buffer_printf(&b, "<form name=\"t\" title=\"t\" font=\"song\" size=\"五号\" %s>%s</form>",
                      cases[i].root, cases[i].blocks);
        assert_null(from_text(&arena, &b, &form, &d));
        if (d.n != 1 || !strstr(d.list[0].text[LANGUAGE_EN], cases[i].words))
            diag_print(&d, LANGUAGE_EN, stderr);
        assert_int_equal(d.n, 1);
        assert_non_null(strstr(d.list[0].text[LANGUAGE_EN], cases[i].words));
        form_free(form);
        buffer_clear(&b);
        diag_clear(&d);
        arena_free(&arena);
    }
}

/* What another paper could not be made for does not hide it: nothing is laid out of such a table. */
static void a_span_beyond_the_table_is_reported_behind_other_faults(void **state)
{
    struct arena arena = {0};
    struct diag d = {0};
    struct buffer b = {0};
    struct form *form;
    (void)state;
    diag_system(&d, (struct src_pos){0}, "别的模板有错", "another template is wrong");
    buffer_puts(&b, "<form name=\"t\" title=\"t\" font=\"song\" size=\"五号\"><table columns=\"1fr "
                    "1fr\"><tr><td rowspan=\"99\">1</td><td>2</td></tr></table></form>");
    assert_null(from_text(&arena, &b, &form, &d));
    assert_int_equal(d.n, 2);
    assert_non_null(strstr(d.list[1].text[LANGUAGE_EN], "spans rows beyond the table's end"));
    form_free(form);
    buffer_clear(&b);
    diag_clear(&d);
    arena_free(&arena);
}

/* n templates, each of which calls the next one so many times. */
static void add_calls(struct buffer *b, int n, int times)
{
    buffer_puts(b, "<form name=\"t\" title=\"t\" font=\"song\" size=\"五号\">");
    for (int i = 1; i <= n; i++) {
        buffer_printf(b, "<template name=\"t%d\">", i);
        for (int k = 0; i < n && k < times; k++)
            buffer_printf(b, "<call-template name=\"t%d\"/>", i + 1);
        buffer_puts(b, "</template>");
    }
    buffer_puts(b, "<call-template name=\"t1\"/><p>文</p></form>");
}

static void calls_have_an_end(void **state)
{
    static const struct {
        int n, times;
        const char *words; /* NULL: it can be laid out */
    } cases[] = {{16, 1, NULL},
                 {17, 1, "more than 16 deep"},
                 {16, 4, "loops and calls make more than can be laid out"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena = {0};
        struct diag d = {0};
        struct buffer b = {0};
        struct form *form;
        add_calls(&b, cases[i].n, cases[i].times);
        struct pages *pages = from_text(&arena, &b, &form, &d);
        assert_int_equal(d.n, cases[i].words != NULL);
        if (cases[i].words)
            assert_non_null(strstr(d.list[0].text[LANGUAGE_EN], cases[i].words));
        pages_close(pages);
        form_free(form);
        buffer_clear(&b);
        diag_clear(&d);
        arena_free(&arena);
    }
}

/* --- words, order, pages over pages --- */

/* The page's text, in drawing order. */
static const char *text_of(struct arena *arena, const struct page *p)
{
    char *out = arena_alloc(arena, 4 * glyphs_on(p) + 1, 1), *end = out;
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; text_item(p, i) && k < text_item(p, i)->n; k++)
            end += utf8_put(text_item(p, i)->glyphs[k].cp, end);
    return out;
}

static void nodes_are_sorted_as_numbers(void **state)
{
    static const char *const orders[] = {"ascending", "descending"}, *const wants[] = {"P1P0P2",
                                                                                       "P2P0P1"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct buffer b = {0};
        struct paper laid;
        buffer_printf(&b,
                      "<form name=\"t\" title=\"t\" font=\"song\"><for-each select=\"project\">"
                      "<sort select=\"translate(@id, 'P1', '')\" type=\"number\" order=\"%s\"/>"
                      "<p><value-of select=\"@id\"/></p></for-each></form>",
                      orders[i]);
        draw(&laid, &b); /* of P1 nothing is left, which is no number */
        assert_string_equal(text_of(&laid.arena, laid.pages->list), wants[i]);
        drop(&laid);
    }
}

/* A word that is too wide for its cell is set smaller as long as that keeps it whole; one that no
 * size keeps whole is broken, and keeps its size. */
static void a_word_is_set_smaller_or_broken(void **state)
{
    static const char *const words[] = {"organization",
                                        "organizationorganizationorganizationorganization"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct buffer b = {0};
        struct paper laid;
        size_t lines = 0;
        buffer_printf(&b,
                      "<form name=\"t\" title=\"t\" font=\"song\" size=\"五号\">"
                      "<table columns=\"18mm 1fr\"><tr><td floor=\"6pt\">%s</td><td/></tr></table>"
                      "</form>",
                      words[i]);
        draw(&laid, &b);
        const struct page *p = laid.pages->list;
        assert_string_equal(text_of(&laid.arena, p), words[i]);
        for (size_t k = 0; k < p->n; k++) {
            const struct item_text *t = text_item(p, k);
            lines += t != NULL;
            assert_true(!t || (i == 0 ? t->size < 10.5 && t->size >= 6 : t->size == 10.5));
        }
        assert_true(i == 0 ? lines == 1 : lines > 1);
        assert_int_equal(laid.pages->n_fitted, i == 0);
        drop(&laid);
    }
}

/* The upper left corner of an item. */
static void corner(const struct page_item *i, double *x, double *y)
{
    switch (i->kind) {
    case ITEM_TEXT:
        *x = i->u.text.x, *y = i->u.text.y;
        break;
    case ITEM_LINE:
        *x = i->u.line.x1, *y = i->u.line.y1;
        break;
    case ITEM_CHECKBOX:
        *x = i->u.checkbox.x, *y = i->u.checkbox.y;
        break;
    case ITEM_IMAGE:
        *x = i->u.image.x, *y = i->u.image.y;
        break;
    case ITEM_LINK:
        *x = i->u.link.x, *y = i->u.link.y;
        break;
    case ITEM_COPY:
        *x = i->u.copy.x, *y = i->u.copy.y;
        break;
    }
}

static void pages_are_joined_and_laid_over_pages(void **state)
{
    struct buffer b = {0};
    struct paper laid;
    struct pages all = {0};
    struct page over = {0};
    (void)state;
    buffer_puts(&b, "<form name=\"t\" title=\"t\" font=\"song\"><watermark text=\"印\"/>"
                    "<p anchor=\"'a'\" outline=\"1\">题<link to=\"'a'\">文</link><checkbox/></p>"
                    "<rule/></form>");
    draw(&laid, &b);
    pages_append(&laid.arena, &all, laid.pages);
    pages_append(&laid.arena, &all, laid.pages);
    assert_int_equal(all.n, 2);
    assert_int_equal(all.n_anchors, 2);
    assert_int_equal(all.anchors[1].page, 1);
    assert_int_equal(all.outline[1].page, 1);
    assert_int_equal(all.n_watermarks, 2);
    assert_int_equal(all.list[1].watermark_first, 1);
    assert_int_equal(all.list[1].watermark_end, 2);

    const struct page *from = laid.pages->list;
    page_overlay(&laid.arena, &over, from, 10, 20);
    assert_true(over.n == from->n && over.n >= 4);
    for (size_t i = 0; i < over.n; i++) {
        double x = 0, y = 0, x_over = 0, y_over = 0;
        corner(&from->items[i], &x, &y);
        corner(&over.items[i], &x_over, &y_over);
        assert_int_equal(over.items[i].kind, from->items[i].kind);
        assert_true(x_over == x + 10 && y_over == y + 20);
    }
    drop(&laid);
}

/* --- random tables --- */

static unsigned seed;

static unsigned dice(unsigned n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static size_t add_random_text(struct buffer *b)
{
    static const char *const words[] = {"爆破",     "工程，", "（矿山）", "安全。", "12.6t、",
                                        "《规程》", "设计",   "爆破——",   "A3，",   "甲·乙，"};
    static const size_t glyphs[] = {2, 3, 4, 3, 6, 4, 2, 4, 3, 4};
    size_t n = 0, count = dice(6) == 0 ? dice(900) : dice(12);
    for (size_t i = 0; i < count; i++) {
        unsigned w = dice(10);
        buffer_puts(b, words[w]);
        n += glyphs[w];
    }
    return n;
}

/* Spans, heights, policies and keeps at random; says how many glyphs its text has, and how many
 * feet. */
static size_t add_random_table(struct buffer *b, const char *attributes, size_t *feet)
{
    static const char *const keeps[] = {"", " keep=\"together\"", " keep-with-next=\"true\"", ""};
    enum { COLUMNS = 5 };
    int busy[COLUMNS] = {0};
    size_t glyphs = 0, rows = 1 + dice(40);
    buffer_puts(b, "<table columns=\"16mm 1fr 24mm 2fr 30mm\" frame=\"1pt\">");
    for (size_t r = 0; r < rows; r++) {
        buffer_printf(b, "<tr%s", keeps[dice(4)]);
        if (dice(2))
            buffer_printf(b, " min-height=\"%umm\"", 1 + dice(30));
        buffer_puts(b, dice(5) ? ">" : " stretch=\"1\">");
        for (int c = 0; c < COLUMNS;) {
            if (busy[c] > 0) {
                c++;
                continue;
            }
            int most = 1, span, down = dice(5) ? 1 : 1 + (int)dice(6);
            while (c + most < COLUMNS && busy[c + most] == 0)
                most++;
            span = 1 + (int)dice((unsigned)most);
            down = (size_t)down > rows - r ? (int)(rows - r) : down;
            buffer_printf(b, "<td colspan=\"%d\" rowspan=\"%d\"%s%s>", span, down,
                          dice(4) ? "" : " valign=\"top\"", attributes);
            for (int k = 0; k < span; k++)
                busy[c + k] = down;
            c += span;
            if (dice(8) == 0) {
                buffer_puts(b, "<p>");
                glyphs += add_random_text(b);
                buffer_puts(b, "</p><foot><p align=\"right\">公章</p></foot>");
                glyphs += 2;
                ++*feet;
            } else {
                glyphs += add_random_text(b);
            }
            buffer_puts(b, "</td>");
        }
        for (int c = 0; c < COLUMNS; c++)
            busy[c] -= busy[c] > 0;
        buffer_puts(b, "</tr>");
    }
    buffer_puts(b, "</table>");
    return glyphs;
}

static void random_tables_lose_nothing_and_end(void **state)
{
    unsigned tries = getenv("SHENBAO_LONG") ? 3000 : 150, drawn = 0;
    (void)state;
    for (unsigned i = 0; i < tries; i++) {
        struct arena arena = {0};
        struct diag d = {0};
        struct buffer b = {0};
        struct form *form;
        seed = i;
        buffer_puts(&b, "<form name=\"t\" title=\"t\" font=\"song\" size=\"五号\"><p>爆破</p>");
        bool repeats = i % 2; /* then labels are on pages more than once */
        size_t feet = 0, feet_drawn = 0, got = 0;
        size_t want = 2 + add_random_table(&b, repeats ? "" : " repeat=\"false\"", &feet);
        buffer_puts(&b, "</form>");
        struct pages *pages = from_text(&arena, &b, &form, &d);
        if (d.n > 0)
            diag_print(&d, LANGUAGE_EN, stderr);
        assert_int_equal(d.system_faults, 0);
        for (size_t k = 0; pages && k < pages->n; k++) {
            got += glyphs_on(&pages->list[k]);
            feet_drawn += count_glyphs(&pages->list[k], 0x516C); /* 公 */
        }
        if (pages) {
            drawn++;
            if (got != want)
                print_message("seed %u: %zu glyphs drawn of %zu\n", i, got, want);
            assert_true(repeats ? got >= want : got == want);
            assert_int_equal(feet_drawn, feet);
            no_text_touches_a_rule(pages);
        }
        form_free(form);
        buffer_clear(&b);
        diag_clear(&d);
        arena_free(&arena);
    }
    assert_int_equal(drawn, tries);
}

/* Of a table, and of tables within a cell. */
static void a_foot_is_drawn_wherever_its_cell_stands(void **state)
{
    static const char cell[] = "<td>文<foot><p>章</p></foot></td>";
    (void)state;
    for (int within = 0; within < 3; within++) {
        struct buffer b = {0};
        struct paper p;
        add_form(&b, "1fr");
        buffer_puts(&b, within ? "<tr><td>" : "<tr>");
        for (int i = 0; i < within; i++)
            buffer_printf(&b, "<table columns=\"1fr\"><tr>%s</tr></table>", cell);
        buffer_printf(&b, "%s</tr></table></form>", within ? "</td>" : cell);
        draw(&p, &b);
        assert_int_equal(p.pages->n, 1);
        assert_int_equal(count_glyphs(&p.pages->list[0], 0x6587), within ? within : 1); /* 文 */
        assert_int_equal(count_glyphs(&p.pages->list[0], 0x7AE0), within ? within : 1); /* 章 */
        drop(&p);
    }
}

static const char one_face[] =
    "<face file=\"/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc\" index=\"2\"/>";

/* A template is refused for the font of a role that it sets something in, and for no other's. */
static void a_form_asks_for_the_fonts_that_it_is_set_in(void **state)
{
    char folder[] = "/tmp/shenbao-fonts-XXXXXX", path[100];
    const char *const dirs[] = {mkdtemp(folder), NULL};
    (void)state;
    assert_non_null(dirs[0]);
    snprintf(path, sizeof path, "%s/fonts.xml", folder);
    for (int missing = 0; missing < ROLE_COUNT; missing++) {
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fputs("<fonts>", f);
        for (int r = 0; r < ROLE_COUNT; r++)
            fprintf(f, "<role name=\"%s\">%s</role>", font_role_name((enum font_role)r),
                    r == missing ? "" : one_face);
        fputs("</fonts>", f);
        assert_int_equal(fclose(f), 0);
        for (int used = 0; used < ROLE_COUNT; used++) {
            struct diag d = {0};
            struct buffer b = {0};
            struct fonts *some = fonts_new(dirs, &d);
            buffer_printf(&b, "<form name=\"t\" title=\"t\"><p font=\"%s\">文</p></form>",
                          font_role_name((enum font_role)used));
            struct form *form = form_load_text("memory", (const char *)b.data, b.len, some, &d);
            bool always = missing == ROLE_SONG || missing == ROLE_HEI;
            if ((form != NULL) != (missing != used && !always))
                fail_msg("%s is missing, %s used", font_role_name((enum font_role)missing),
                         font_role_name((enum font_role)used));
            form_free(form);
            fonts_free(some);
            buffer_clear(&b);
            diag_clear(&d);
        }
    }
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    use_shipped_profile();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_in_every_unit),
        cmocka_unit_test(cells_align_spread_stack_and_pin),
        cmocka_unit_test(cells_grow_shrink_or_continue),
        cmocka_unit_test(what_cannot_fit_is_an_error_with_its_name),
        cmocka_unit_test(a_fixed_form_steps_its_type_down),
        cmocka_unit_test(a_fixed_form_names_the_cells_that_crowd_it),
        cmocka_unit_test(a_fixed_form_says_what_it_has_too_many_of),
        cmocka_unit_test(a_fixed_form_names_texts_outside_its_tables),
        cmocka_unit_test(rows_and_spaces_share_spare_height),
        cmocka_unit_test(tables_go_on_over_pages),
        cmocka_unit_test(binding_words),
        cmocka_unit_test(the_letters_grid),
        cmocka_unit_test(leaders_end_at_the_measure),
        cmocka_unit_test(faults_of_a_template_in_one_run),
        cmocka_unit_test(a_form_asks_for_the_fonts_that_it_is_set_in),
        cmocka_unit_test(a_foot_is_drawn_wherever_its_cell_stands),
        cmocka_unit_test(rows_that_do_not_add_up),
        cmocka_unit_test(characters_without_a_glyph),
        cmocka_unit_test(a_text_ends_beside_its_seal),
        cmocka_unit_test(lines_move_closer_to_save_a_page),
        cmocka_unit_test(a_tall_row_is_split_rather_than_leave_a_hole),
        cmocka_unit_test(pages_are_planned),
        cmocka_unit_test(the_row_that_fills_is_the_last),
        cmocka_unit_test(no_seal_stands_on_a_page_without_text),
        cmocka_unit_test(a_balanced_form_leaves_no_stub),
        cmocka_unit_test(what_is_kept_together_leaves_no_hole),
        cmocka_unit_test(a_row_of_three_pages_is_split_and_nothing_is_lost),
        cmocka_unit_test(what_no_page_can_hold_is_an_error_at_once),
        cmocka_unit_test(the_samples_pages_are_sound),
        cmocka_unit_test(a_label_row_is_never_last_on_a_page),
        cmocka_unit_test(no_row_stands_alone_at_a_tables_end),
        cmocka_unit_test(a_seal_below_a_table_has_rows_on_its_page),
        cmocka_unit_test(a_heading_goes_with_the_box_below_it),
        cmocka_unit_test(a_long_row_begins_on_the_page_it_is_met_on),
        cmocka_unit_test(heads_repeat_alike_and_once_on_each_page),
        cmocka_unit_test(a_label_stands_on_each_page_of_its_rows),
        cmocka_unit_test(a_repeated_label_keeps_its_size),
        cmocka_unit_test(a_spread_label_is_set_smaller_in_proportion),
        cmocka_unit_test(long_text_beside_rows_goes_on),
        cmocka_unit_test(a_head_holds_its_cells),
        cmocka_unit_test(an_overflow_over_rows_is_said_once),
        cmocka_unit_test(an_overflow_counts_what_the_cell_cannot_hold),
        cmocka_unit_test(a_word_too_wide_at_every_size_is_said_once),
        cmocka_unit_test(what_overflows_is_said_before_anything_is_drawn),
        cmocka_unit_test(a_piece_ends_within_its_room_and_not_at_a_heading),
        cmocka_unit_test(what_cannot_be_laid_out_is_said),
        cmocka_unit_test(calls_have_an_end),
        cmocka_unit_test(nodes_are_sorted_as_numbers),
        cmocka_unit_test(a_word_is_set_smaller_or_broken),
        cmocka_unit_test(pages_are_joined_and_laid_over_pages),
        cmocka_unit_test(a_span_beyond_the_table_is_reported_behind_other_faults),
        cmocka_unit_test(random_tables_lose_nothing_and_end),
    };
    return cmocka_run_group_tests_name("layout", tests, begin, end);
}
