/* test_layout.c - goldens: each tests/layout/NAME.xml laid out for the record beside it, as text, equals NAME.txt; and what must
 * hold of every page. SHENBAO_GOLDEN=write rewrites the goldens: read the difference before it is committed. */
#include "layout/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct fonts *fonts;
static struct record *record;
static struct record_cursor *cursor;
static struct query_context *query;
static struct applicant who;

static int begin(void **state)
{
    static const char *const dirs[] = {"fonts", NULL}, *const inputs[] = {"tests/layout/batch.xml"};
    const struct record_options options = {
        .schema_path = "templates/applicants.xsd", .inputs = inputs, .n_inputs = 1};
    struct diag d = {0};
    (void)state;
    fonts = fonts_new(dirs, &d);
    record = record_open(&options, &d);
    cursor = record ? record_cursor_new(record, &d) : NULL;
    query = query_context_new();
    bool ok = fonts && cursor && record_next(cursor, &who) && !diag_failed(&d);
    diag_print(&d, LANGUAGE_EN, stderr);
    diag_clear(&d);
    return ok ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    query_context_free(query);
    record_cursor_free(cursor);
    record_free(record);
    fonts_free(fonts);
    return 0;
}

/* The pages borrow from the form. */
static struct pages *lay_out(struct arena *arena, const char *path, struct form **form, struct diag *d)
{
    struct layout_options options = {.asof = record_asof(record)};
    if (!(*form = form_load(path, fonts, d)))
        return NULL;
    query_context_begin(query, who.node, options.asof);
    return layout_form(arena, *form, fonts, query, who.node, who.dir, &options, d);
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
    char *in = arena_printf(&arena, "tests/layout/%s.xml", name), *txt = arena_printf(&arena, "tests/layout/%s.txt", name);
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

#define GOLDEN(test, name)                                                                                            \
    static void test(void **state)                                                                                    \
    {                                                                                                                 \
        (void)state;                                                                                                  \
        golden(name);                                                                                                 \
    }

GOLDEN(lengths_in_every_unit, "units")
GOLDEN(cells_align_spread_stack_and_pin, "cells")
GOLDEN(cells_grow_shrink_or_continue, "overflow")
GOLDEN(what_cannot_fit_is_an_error_with_its_name, "overflow-error")
GOLDEN(a_fixed_form_steps_its_type_down, "fixed")
GOLDEN(a_fixed_form_names_the_cells_that_crowd_it, "fixed-error")
GOLDEN(rows_and_spaces_share_spare_height, "stretch")
GOLDEN(tables_go_on_over_pages, "heads")
GOLDEN(binding_words, "binding")
GOLDEN(the_letters_grid, "letter")
GOLDEN(leaders_end_at_the_measure, "leader")
GOLDEN(faults_of_a_template_in_one_run, "faults")
GOLDEN(rows_that_do_not_add_up, "rows")
GOLDEN(characters_without_a_glyph, "missing")

/* --- what holds of every page --- */

/* A form of one cell whose text is n Chinese characters, in a file that vanishes. */
static struct pages *one_cell(struct arena *arena, const char *row, const char *cell, size_t n, struct form **form,
                              struct diag *d)
{
    char path[] = "/tmp/shenbao-test-XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    assert_non_null(f);
    fprintf(f, "<form name=\"t\" title=\"t\" font=\"song\" size=\"五号\"><table columns=\"20mm 1fr\">"
               "<tr %s><td>左</td><td %s>", row, cell);
    for (size_t i = 0; i < n; i++)
        fputs("爆", f);
    fputs("</td></tr></table></form>", f);
    fclose(f);
    struct pages *pages = lay_out(arena, path, form, d);
    remove(path);
    return pages;
}

static size_t glyphs_on(const struct page *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        n += p->items[i].kind == ITEM_TEXT ? p->items[i].u.text.n : 0;
    return n;
}

/* No rule runs through a text, and no text lies beyond the paper. */
static void no_text_touches_a_rule(const struct pages *pages)
{
    for (size_t i = 0; i < pages->n; i++) {
        const struct page *p = &pages->list[i];
        for (size_t k = 0; k < p->n; k++) {
            if (p->items[k].kind != ITEM_TEXT)
                continue;
            const struct item_text *t = &p->items[k].u.text;
            const struct text_glyph *last = &t->glyphs[t->n - 1];
            double left = t->x + t->glyphs->x, right = t->x + last->x + last->width;
            double top = t->y - FONT_ASCENT * t->size, bottom = t->y + FONT_DESCENT * t->size;
            assert_true(left >= 0 && top >= 0 && right <= p->width && bottom <= p->height);
            for (size_t m = 0; m < p->n; m++) {
                const struct item_line *l = &p->items[m].u.line;
                if (p->items[m].kind != ITEM_LINE)
                    continue;
                bool apart = l->x1 <= left + 0.1 || l->x0 >= right - 0.1 || l->y1 <= top + 0.1 || l->y0 >= bottom - 0.1;
                if (!apart)
                    print_error("page %zu: U+%04X.. at %.1f..%.1f, %.1f touches the rule %.1f,%.1f %.1f,%.1f\n", i + 1,
                                (unsigned)t->glyphs->cp, left, right, t->y, l->x0, l->y0, l->x1, l->y1);
                assert_true(apart);
            }
        }
    }
}

static void a_row_of_three_pages_is_split_and_nothing_is_lost(void **state)
{
    struct arena arena = {0};
    struct diag d = {0};
    struct form *form;
    (void)state;
    struct pages *pages = one_cell(&arena, "", "", 5000, &form, &d);
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
    static const char *const rows[] = {"height=\"400mm\"", "min-height=\"400mm\" keep=\"whole\"", "keep=\"whole\""};
    clock_t start = clock();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena arena = {0};
        struct diag d = {0};
        struct form *form;
        assert_null(one_cell(&arena, rows[i], "", i == 2 ? 5000 : 5, &form, &d));
        assert_int_equal(d.count[SEVERITY_ERROR], 1);
        assert_string_equal(d.list[0].rule, "R79");
        form_free(form);
        diag_clear(&d);
        arena_free(&arena);
    }
    assert_true(clock() - start < CLOCKS_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_in_every_unit),
        cmocka_unit_test(cells_align_spread_stack_and_pin),
        cmocka_unit_test(cells_grow_shrink_or_continue),
        cmocka_unit_test(what_cannot_fit_is_an_error_with_its_name),
        cmocka_unit_test(a_fixed_form_steps_its_type_down),
        cmocka_unit_test(a_fixed_form_names_the_cells_that_crowd_it),
        cmocka_unit_test(rows_and_spaces_share_spare_height),
        cmocka_unit_test(tables_go_on_over_pages),
        cmocka_unit_test(binding_words),
        cmocka_unit_test(the_letters_grid),
        cmocka_unit_test(leaders_end_at_the_measure),
        cmocka_unit_test(faults_of_a_template_in_one_run),
        cmocka_unit_test(rows_that_do_not_add_up),
        cmocka_unit_test(characters_without_a_glyph),
        cmocka_unit_test(a_row_of_three_pages_is_split_and_nothing_is_lost),
        cmocka_unit_test(what_no_page_can_hold_is_an_error_at_once),
    };
    return cmocka_run_group_tests_name("layout", tests, begin, end);
}
