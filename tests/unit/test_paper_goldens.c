/* test_paper_goldens.c - every paper of every sample as layout text: samples/NAME/ is drawn through
 * the engine of the programs, and tests/goldens/NAME/PAPER.txt holds pages and messages of each
 * applicant or delegation. SHENBAO_GOLDEN=write rewrites them: read the difference before it is
 * committed. The faces are those of tests/fonts/fonts.xml, so that other fonts of the machine
 * change nothing. */
#include "core/buffer.h"
#include "dossier/volume.h"
#include "layout/layout.h"
#include "media/qpdf.h"
#include "papers/paper_maker.h"
#include "query/query_tables.h"
#include "record/gather.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shipped.h"

#include "print_pages.h"

static const char *const templates[] = {"templates/zhejiang-mining", "templates/base", NULL};
/* Nothing was given on the command line. */
static const struct binder_options binding;
static const char *absent;
static const struct option_own switches[] = {{.name = "roster", .value = &absent},
                                             {.name = "duplex", .value = &absent}};
static struct fonts *fonts;
static struct query_tables *tables;

static int begin(void **state)
{
    static const char *const dirs[] = {"tests/fonts", "fonts", NULL};
    struct diag d = {0};
    (void)state;
    qpdf_load();
    fonts = fonts_new(dirs, &d);
    bool ok = fonts && (tables = query_tables_load(templates, &d));
    diag_print(&d, LANGUAGE_EN, stderr);
    diag_clear(&d);
    return ok ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    fonts_free(fonts);
    query_tables_free(tables);
    return 0;
}

/* A sample batch, and one paper of it. */
struct sample {
    const char *name, *paper;
    struct options options;
    struct paper_setting setting;
    struct paper_maker *maker;
    int number;
    struct record *record;
    struct query_context *query;
    FILE *out;
};

static void set_up(struct sample *s)
{
    const struct record_options options = {.schema_path = "templates/base/applicants.xsd",
                                           .inputs = s->options.inputs,
                                           .n_inputs = s->options.n_inputs};
    struct diag d = {0};
    s->setting = (struct paper_setting){.options = &s->options,
                                        .templates = templates,
                                        .tables = tables,
                                        .fonts = fonts,
                                        .binder = &volume_binder,
                                        .binding = &binding,
                                        .switches = switches,
                                        .n_switches = 2};
    s->maker = paper_maker_new(&s->setting);
    s->number = paper_maker_load(s->maker, s->paper, (struct src_pos){0}, &d);
    assert_true(s->number >= 0);
    s->record = record_open(&options, &d);
    assert_non_null(s->record);
    diag_clear(&d);
    s->query = query_context_new(tables);
}

static void tear_down(struct sample *s)
{
    query_context_free(s->query);
    record_free(s->record);
    paper_maker_free(s->maker);
}

static void print_paper(struct sample *s, const char *id, record_node *node, const char *dir)
{
    struct arena arena = {0};
    struct diag d = {.context = {.applicant = id, .name = "", .unit = ""}};
    struct document document = {.file = -1};
    struct document_job job = {.query = s->query,
                               .node = node,
                               .dir = dir,
                               .asof = record_asof(s->record),
                               .arena = &arena,
                               .diag = &d};

    fprintf(s->out, "=== %s\n", id);
    paper_maker_begin_query(s->maker, s->query, node, job.asof);
    if (paper_maker_begin(s->maker, &job, paper_maker_cites(s->maker, s->number)) &&
        paper_maker_draw(s->maker, s->number, "/tmp/volume", &d, &document) && document.pages)
        pages_print(document.pages, s->out);
    diag_print(&d, LANGUAGE_ZH, s->out);
    document_clear(&document);
    paper_maker_end(s->maker);
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

static const char *const letter_elements[] = {"person", "name",      "sex",       "birth",
                                              "title",  "publicity", "objection", NULL};

static void print_delegations(struct sample *s)
{
    struct diag d = {0};
    const struct gathered *list;
    struct gathering *g = record_gather(s->record, SCOPE_DELEGATION, letter_elements, &d);
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
    use_shipped_profile();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(papers_of_the_sample_batch),
        cmocka_unit_test(papers_of_the_faulty_batch),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
