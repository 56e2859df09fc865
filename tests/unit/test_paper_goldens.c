/* test_paper_goldens.c - every paper of every sample as layout text: samples/NAME/ is drawn through
 * the engine of the programs, and tests/goldens/NAME/PAPER.txt holds pages and messages of each
 * applicant or delegation. SHENBAO_GOLDEN=write rewrites them: read the difference before it is
 * committed. The faces are those of tests/fonts/fonts.xml, so that other fonts of the machine
 * change nothing. */
#include "core/buffer.h"
#include "layout/layout.h"
#include "media/qpdf.h"
#include "papers/press.h"
#include "query/needed_papers.h"
#include "query/workdays.h"
#include "record/gather.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const templates[] = {"templates", NULL};
static struct fonts *fonts;

static int begin(void **state)
{
    static const char *const dirs[] = {"tests/fonts", "fonts", NULL};
    struct diag d = {0};
    (void)state;
    qpdf_load();
    fonts = fonts_new(dirs, &d);
    bool ok = fonts && needed_papers_load("templates/papers.xml", &d) &&
              workdays_load("templates/holidays.xml", &d);
    diag_print(&d, LANGUAGE_EN, stderr);
    diag_clear(&d);
    return ok ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    fonts_free(fonts);
    return 0;
}

/* A sample batch, and one paper of it. */
struct sample {
    const char *name, *paper;
    struct options options;
    struct press *press;
    int number;
    struct record *record;
    struct query_context *query;
    FILE *out;
};

static void set_up(struct sample *s)
{
    const struct record_options options = {.schema_path = "templates/applicants.xsd",
                                           .inputs = s->options.inputs,
                                           .n_inputs = s->options.n_inputs};
    struct diag d = {0};
    s->options.output = "build";
    s->press = press_new(&s->options, templates, fonts);
    s->number = press_load(s->press, s->paper, (struct src_pos){0}, &d);
    assert_true(s->number >= 0);
    s->record = record_open(&options, &d);
    assert_non_null(s->record);
    diag_clear(&d);
    s->query = query_context_new();
}

static void tear_down(struct sample *s)
{
    query_context_free(s->query);
    record_free(s->record);
    press_free(s->press);
}

static void print_paper(struct sample *s, const char *id, record_node *node, const char *dir)
{
    struct arena arena = {0};
    struct diag d = {.context = {.applicant = id, .name = "", .unit = ""}};
    struct paper_made made = {.file = -1};
    struct paper_job job = {&s->options, fonts, s->query, node, dir, record_asof(s->record),
                            &arena,      &d};
    bool plan = press_cites(s->press, s->number);

    fprintf(s->out, "=== %s\n", id);
    query_context_begin(s->query, node, job.asof);
    query_context_set_diag(s->query, &d);
    if (press_begin(s->press, &job, plan) && press_draw(s->press, s->number, &d, &made) &&
        made.pages)
        pages_print(made.pages, s->out);
    diag_print(&d, LANGUAGE_ZH, s->out);
    press_clear(&made);
    press_end(s->press);
    diag_clear(&d);
    arena_free(&arena);
}

static void print_applicants(struct sample *s)
{
    struct diag d = {0};
    struct record_cursor *cursor = record_cursor_new(s->record, &d);
    struct applicant who;
    while (record_next(cursor, &who))
        print_paper(s, who.id, who.node, who.dir);
    record_cursor_free(cursor);
    diag_clear(&d);
}

static void print_delegations(struct sample *s)
{
    struct diag d = {0};
    const struct gathered *list;
    struct gathering *g = record_gather(s->record, delegation_letter_kind()->elements, &d);
    size_t n = gathering_list(g, &list);
    for (size_t i = 0; i < n; i++)
        print_paper(s, list[i].id, list[i].node, ".");
    gathering_free(g);
    diag_clear(&d);
}

static char *read_all(const char *path)
{
    struct buffer b = {0};
    char part[1 << 16];
    size_t n;
    FILE *in = fopen(path, "rb");
    if (!in)
        return NULL;
    while ((n = fread(part, 1, sizeof part, in)) > 0)
        buffer_add(&b, part, n);
    fclose(in);
    buffer_add(&b, "", 1);
    return (char *)b.data;
}

/* On a difference its first line is told: the texts are long. */
static void compare(const char *path, const char *got, const char *want)
{
    size_t line = 1;
    for (; *got && *want && *got == *want; got++, want++)
        line += *got == '\n';
    if (*got || *want)
        fail_msg("%s differs at line %zu: '%.*s' instead of '%.*s'", path, line,
                 (int)strcspn(got, "\n"), got, (int)strcspn(want, "\n"), want);
}

static void golden(const char *name, const char *input, const char *paper)
{
    struct sample s = {.name = name, .paper = paper};
    char path[256], *got = NULL;
    size_t len;
    const char *mode = getenv("SHENBAO_GOLDEN");

    snprintf(path, sizeof path, "tests/goldens/%s/%s.txt", name, paper);
    s.options.inputs = &input;
    s.options.n_inputs = 1;
    s.out = open_memstream(&got, &len);
    set_up(&s);
    if (!strcmp(paper, "delegation-letter"))
        print_delegations(&s);
    else
        print_applicants(&s);
    tear_down(&s);
    fclose(s.out);
    if (mode && !strcmp(mode, "write")) {
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        fwrite(got, 1, len, f);
        fclose(f);
    }
    char *want = read_all(path);
    assert_non_null(want);
    compare(path, got, want);
    free(want);
    free(got);
}

static const char *const papers[] = {
    "evaluation-form", "composite-table", "score-sheet",       "milestone-form", "post-form",
    "pledge",          "public-notice",   "statement",         "work-history",   "material-list",
    "checklist",       "dossier",         "delegation-letter",
};

static void papers_of_the_sample_batch(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof papers / sizeof *papers; i++)
        golden("batch", "samples/batch.xml", papers[i]);
}

static void papers_of_the_faulty_batch(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof papers / sizeof *papers; i++)
        golden("faulty", "samples/faulty/batch.xml", papers[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(papers_of_the_sample_batch),
        cmocka_unit_test(papers_of_the_faulty_batch),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
