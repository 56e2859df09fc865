/* test_paper_run.c - papers made through a binder of the test's own: when it is asked for page
 * numbers, what a document costs that ends its process, what a run reports and leaves with; and the
 * session that programs set up. */
#include "core/json_value.h"
#include "core/output.h"
#include "papers/paper_run.h"
#include "programs/session.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shipped.h"

/* --- a binder that counts its calls --- */

static struct {
    int loaded, unloaded, numbered, bound, closed;
    bool refuses_to_load, ends_the_process;
} calls;

static void *binder_load(const struct binder_options *options, const char *const *templates,
                         const char *const *names, struct fonts *f, struct diag *diag)
{
    (void)options, (void)templates, (void)names, (void)f;
    calls.loaded++;
    if (!calls.refuses_to_load)
        return &calls;
    diag_system(diag, (struct src_pos){0}, "无册", "no volume");
    return NULL;
}

static void binder_unload(void *volume)
{
    assert_ptr_equal(volume, &calls);
    calls.unloaded++;
}

static const char *seventeen(const char *id, void *data)
{
    (void)id, (void)data;
    return "17";
}

static bool binder_number(void *volume, const struct document_job *job)
{
    calls.numbered++;
    if (calls.ends_the_process)
        abort();
    query_context_set_pages(job->query, seventeen, volume);
    return true;
}

static const char *binder_label(const void *volumes, size_t which)
{
    (void)volumes, (void)which;
    return "";
}

static bool binder_bind(void *volume, size_t which, struct document *out)
{
    (void)volume, (void)which;
    calls.bound++;
    return output_bytes(out->file, "bound", 5);
}

static void binder_close(void *volume)
{
    (void)volume;
    calls.closed++;
}

static const struct binder binder = {"书面材料",    binder_load, binder_unload, binder_label,
                                     binder_number, binder_bind, binder_close};

/* --- what papers are made with --- */

static const char *const templates[] = {"templates/zhejiang-mining", "templates/base", NULL};
static struct fonts *fonts;
static struct query_tables *tables;
static char folder[] = "/tmp/paper-run-XXXXXX";

static int begin(void **state)
{
    static const char *const dirs[] = {"tests/fonts", "fonts", NULL};
    struct diag d = {0};
    (void)state;
    fonts = fonts_new(dirs, &d);
    tables = query_tables_load(templates, &d);
    diag_print(&d, LANGUAGE_EN, stderr);
    diag_clear(&d);
    return fonts && tables && mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    fonts_free(fonts);
    query_tables_free(tables);
    return rmdir(folder);
}

/* One paper for two applicants of the sample batch, or for all of the faulty one. */
struct fixture {
    struct options options;
    struct binder_options binding;
    struct paper_setting setting;
    struct record_options input;
    struct paper_run run;
    char output[64], report[64];
};

static void set_up(struct fixture *f, const char *paper)
{
    static const char *const batch[] = {"samples/batch.xml"}, *const two[] = {"A001", "A002"};
    memset(&calls, 0, sizeof calls);
    *f = (struct fixture){
        .options = {.language = LANGUAGE_EN, .report_language = LANGUAGE_EN, .jobs = 2},
        .input = {.schema_path = "templates/base/applicants.xsd",
                  .inputs = batch,
                  .n_inputs = 1,
                  .only_applicants = two,
                  .n_only_applicants = 2}};
    snprintf(f->output, sizeof f->output, "%s/out/", folder);
    snprintf(f->report, sizeof f->report, "%s/report.json", folder);
    f->options.output = f->output;
    f->options.report = f->report;
    f->setting = (struct paper_setting){.options = &f->options,
                                        .templates = templates,
                                        .tables = tables,
                                        .fonts = fonts,
                                        .binder = &binder,
                                        .binding = &f->binding};
    f->run = (struct paper_run){.paper = paper, .setting = &f->setting, .input = &f->input};
}

/* Runs it; the status. What it prints goes into messages. */
static int run(const struct fixture *f, char *messages, size_t size)
{
    struct diag diag = {.strict = f->options.strict};
    FILE *printed = tmpfile();
    int saved = dup(STDERR_FILENO);
    assert_non_null(printed);
    fflush(stderr);
    dup2(fileno(printed), STDERR_FILENO);
    int status = paper_run(&f->run, &diag);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    assert_int_equal(diag.n, 0);
    rewind(printed);
    messages[fread(messages, 1, size - 1, printed)] = '\0';
    fclose(printed);
    return status;
}

static char *read_file(struct arena *arena, const char *path)
{
    FILE *in = fopen(path, "rb");
    char *text = arena_alloc(arena, 1 << 20, 1);
    assert_non_null(in);
    assert_true(fread(text, 1, (1 << 20) - 1, in) < (1 << 20) - 1);
    fclose(in);
    return text;
}

/* The report's number below counts; the report is removed with all that was written. */
static double count_in_report(const struct json_value *report, const char *name)
{
    return json_member_count(json_member(report, "counts"), name);
}

static const struct json_value *read_report(const struct fixture *f, struct arena *arena)
{
    char *text = read_file(arena, f->report);
    const struct json_value *report = json_parse(arena, text, strlen(text));
    assert_non_null(report);
    return report;
}

static void clean_up(const struct fixture *f)
{
    char command[160];
    snprintf(command, sizeof command, "rm -rf '%s' '%s'", f->output, f->report);
    assert_int_equal(system(command), 0);
}

/* --- the maker --- */

static void the_binder_is_loaded_once_and_only_for_papers_that_cite(void **state)
{
    (void)state;
    struct fixture f;
    struct diag d = {0};
    set_up(&f, "");
    struct paper_maker *m = paper_maker_new(&f.setting);
    int pledge = paper_maker_load(m, "pledge", (struct src_pos){0}, &d);
    assert_int_equal(calls.loaded, 0);
    assert_false(paper_maker_cites(m, pledge));
    int table = paper_maker_load(m, "composite-table", (struct src_pos){0}, &d);
    int volume = paper_maker_load(m, "dossier", (struct src_pos){0}, &d);
    assert_int_equal(calls.loaded, 1);
    assert_true(paper_maker_cites(m, table) && !paper_maker_is_volume(m, table));
    assert_true(paper_maker_cites(m, volume) && paper_maker_is_volume(m, volume));
    assert_string_equal(paper_maker_title(m, volume), "书面材料");
    assert_string_equal(paper_maker_template(m, volume), "templates/zhejiang-mining/dossier.xml");
    assert_int_equal(d.n, 0);
    paper_maker_free(m);
    assert_int_equal(calls.unloaded, 1);
}

static void a_paper_without_a_template_is_refused_where_it_is_asked_for(void **state)
{
    (void)state;
    struct fixture f;
    struct diag d = {0};
    set_up(&f, "");
    struct paper_maker *m = paper_maker_new(&f.setting);
    assert_int_equal(paper_maker_load(m, "poem", (struct src_pos){"package.xml", 9}, &d), -1);
    assert_int_equal(paper_maker_load(m, "poem", (struct src_pos){0}, &d), -1);
    assert_string_equal(d.list[0].text[LANGUAGE_EN], "there is no template poem.xml");
    assert_int_equal(d.list[0].at.line, 9);
    assert_string_equal(d.list[1].text[LANGUAGE_EN], "template file not found");
    assert_string_equal(d.list[1].at.file, "poem.xml");
    calls.refuses_to_load = true;
    assert_int_equal(paper_maker_load(m, "composite-table", (struct src_pos){0}, &d), -1);
    assert_int_equal(d.system_faults, 3);
    paper_maker_free(m);
    assert_int_equal(calls.unloaded, 0);
    diag_clear(&d);
}

/* --- the run --- */

static void each_applicant_gets_a_file_and_a_place_in_the_report(void **state)
{
    (void)state;
    struct fixture f;
    struct arena arena = {0};
    char messages[4096];
    set_up(&f, "pledge");
    assert_int_equal(run(&f, messages, sizeof messages), 0);
    assert_string_equal(messages, "");
    assert_int_equal(calls.loaded, 0);
    const struct json_value *report = read_report(&f, &arena);
    assert_string_equal(json_member_text(report, "program"), "pledge");
    assert_true(count_in_report(report, "written") == 2);
    const struct json_value *applicant = json_member(report, "applicants")->children;
    assert_string_equal(json_member_text(applicant, "id"), "A001");
    assert_string_equal(json_member_text(applicant, "status"), "ok");
    const struct json_value *document = json_member(applicant, "documents")->children;
    char *pdf = read_file(&arena, json_member_text(document, "file"));
    assert_memory_equal(pdf, "%PDF-", 5);
    assert_int_equal(strlen(json_member_text(document, "sha256")), DIGEST_HEX - 1);
    clean_up(&f);
    arena_free(&arena);
}

static void two_documents_need_a_folder(void **state)
{
    (void)state;
    struct fixture f;
    char messages[4096];
    set_up(&f, "pledge");
    f.options.output = NULL;
    assert_int_equal(run(&f, messages, sizeof messages), 2);
    assert_string_equal(messages, "error: 2 documents need a directory: use -o DIR/\n");
}

static void the_volume_is_a_document_that_stays_in_its_file(void **state)
{
    (void)state;
    struct fixture f;
    struct diag d = {0};
    struct arena arena = {0};
    struct document document = {.file = -1};
    char digest[DIGEST_HEX];
    long long bytes = 0;
    set_up(&f, "");
    struct paper_maker *m = paper_maker_new(&f.setting);
    int volume = paper_maker_load(m, "dossier", (struct src_pos){0}, &d);
    struct query_context *query = query_context_new(tables);
    const struct document_job job = {
        .query = query, .dir = ".", .asof = "", .arena = &arena, .diag = &d};
    paper_maker_begin_query(m, query, NULL, "");
    assert_true(paper_maker_begin(m, &job, true));
    assert_true(paper_maker_draw(m, volume, folder, &d, &document));
    paper_maker_end(m);
    paper_maker_end(m); /* what has ended is not closed again */
    assert_int_equal(calls.numbered, 1);
    assert_int_equal(calls.bound, 1);
    assert_int_equal(calls.closed, 1);
    assert_true(document_digest(&document, digest, &bytes));
    assert_int_equal(bytes, 5);
    document_clear(&document);
    assert_int_equal(document.file, -1);
    query_context_free(query);
    paper_maker_free(m);
    arena_free(&arena);
    diag_clear(&d);
}

static void a_document_that_ends_its_process_is_reported_for_its_applicant(void **state)
{
    (void)state;
    struct fixture f;
    struct arena arena = {0};
    char messages[4096];
    set_up(&f, "composite-table");
    calls.ends_the_process = true;
    assert_int_equal(run(&f, messages, sizeof messages), 1);
    const char *first = strstr(messages, ".xml:18: error: A001 "),
               *second = strstr(messages, "A002 ");
    assert_non_null(first);
    assert_non_null(second);
    assert_non_null(strstr(first, "the process that made this document died or ran out of memory"));
    const struct json_value *report = read_report(&f, &arena);
    assert_true(count_in_report(report, "written") == 0);
    assert_true(count_in_report(report, "errors") == 2);
    const struct json_value *applicant = json_member(report, "applicants")->children;
    assert_string_equal(json_member_text(applicant, "status"), "failed");
    clean_up(&f);
    arena_free(&arena);
}

/* A template without page() is drawn by the worker itself. */
static void a_worker_that_dies_is_reported_for_its_applicant(void **state)
{
    (void)state;
    struct fixture f;
    char messages[4096];
    const struct option_own broken = {.name = "broken", .value = NULL};
    set_up(&f, "pledge");
    f.setting.switches = &broken;
    f.setting.n_switches = 1;
    void (*caught)(int) = signal(SIGSEGV, SIG_DFL); /* cmocka would go on in the worker */
    assert_int_equal(run(&f, messages, sizeof messages), 1);
    signal(SIGSEGV, caught);
    assert_non_null(strstr(messages, ".xml:18: error: A001 "));
    assert_non_null(strstr(messages, "A002 "));
    assert_non_null(strstr(messages, "the process that made this document died"));
    clean_up(&f);
}

/* The sample batch with a sex that the schema does not know, for the first applicant. */
static void write_faulty_batch(const char *path)
{
    struct arena arena = {0};
    char *text = read_file(&arena, "samples/batch.xml"), *sex = strstr(text, "<sex>");
    FILE *out = fopen(path, "wb");
    assert_non_null(sex);
    assert_non_null(out);
    fwrite(text, 1, (size_t)(sex - text), out);
    fputs("<sex>无", out);
    fputs(strchr(sex, '/') - 1, out);
    fclose(out);
    arena_free(&arena);
}

static void a_delegation_with_a_faulty_applicant_gets_no_paper(void **state)
{
    (void)state;
    char path[64];
    const char *batch = path, *roster = NULL;
    const struct option_own option = {.name = "roster", .value = &roster};
    struct fixture f;
    struct arena arena = {0};
    char messages[8192];
    set_up(&f, "delegation-letter");
    snprintf(path, sizeof path, "%s/batch.xml", folder);
    write_faulty_batch(path);
    f.input.inputs = &batch;
    f.input.only_applicants = NULL;
    f.input.n_only_applicants = 0;
    f.setting.switches = &option;
    f.setting.n_switches = 1;
    assert_int_equal(run(&f, messages, sizeof messages), 1);
    unlink(path);
    assert_non_null(strstr(messages, "applicants A001 of it are faulty (see above): not to leave"));
    const struct json_value *report = read_report(&f, &arena);
    assert_non_null(json_member(report, "delegations")->children);
    assert_true(count_in_report(report, "written") == 0);
    clean_up(&f);
    arena_free(&arena);
}

/* --- the session --- */

static int session_of(struct session *s, char **argv, int argc)
{
    static const char *const purpose[] = {"试。", "Tests."};
    return session_begin(s, argc, argv, purpose, NULL, 0);
}

static void a_session_opens_schema_tables_fonts_and_names_the_input(void **state)
{
    (void)state;
    char *argv[] = {"test",   "-T",         "templates/base",    "-F", "tests/fonts", "-a", "A001",
                    "--asof", "2026-01-01", "samples/batch.xml", NULL};
    struct session s;
    assert_int_equal(session_of(&s, argv, 10), -1);
    assert_true(session_open(&s) && session_open_fonts(&s));
    assert_string_equal(s.input.schema_path, "templates/base/applicants.xsd");
    assert_string_equal(s.input.inputs[0], "samples/batch.xml");
    assert_int_equal(s.input.n_only_applicants, 1);
    assert_string_equal(s.input.asof, "2026-01-01");
    struct paper_setting papers = session_papers(&s, NULL, NULL, 0);
    assert_ptr_equal(papers.tables, s.tables);
    assert_ptr_equal(papers.fonts, s.fonts);
    assert_int_equal(session_end(&s, 3), 3);
}

static void a_session_ends_with_2_when_the_system_was_at_fault(void **state)
{
    (void)state;
    char *argv[] = {"test", "-q", NULL};
    struct session s;
    assert_int_equal(session_of(&s, argv, 2), -1);
    diag_warn(&s.diag, (struct src_pos){0}, "提醒", "a warning");
    assert_int_equal(session_end(&s, 1), 1);
    assert_int_equal(session_of(&s, argv, 2), -1);
    diag_system(&s.diag, (struct src_pos){0}, "无盘", "no disk");
    assert_int_equal(session_end(&s, 1), 2);
}

static void a_wrong_option_leaves_with_2_and_nothing_open(void **state)
{
    (void)state;
    char *argv[] = {"test", "--no-such-option", NULL};
    struct session s;
    assert_int_equal(session_of(&s, argv, 2), 2);
}

int main(void)
{
    use_shipped_profile();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_binder_is_loaded_once_and_only_for_papers_that_cite),
        cmocka_unit_test(a_paper_without_a_template_is_refused_where_it_is_asked_for),
        cmocka_unit_test(each_applicant_gets_a_file_and_a_place_in_the_report),
        cmocka_unit_test(two_documents_need_a_folder),
        cmocka_unit_test(the_volume_is_a_document_that_stays_in_its_file),
        cmocka_unit_test(a_document_that_ends_its_process_is_reported_for_its_applicant),
        cmocka_unit_test(a_worker_that_dies_is_reported_for_its_applicant),
        cmocka_unit_test(a_delegation_with_a_faulty_applicant_gets_no_paper),
        cmocka_unit_test(a_session_opens_schema_tables_fonts_and_names_the_input),
        cmocka_unit_test(a_session_ends_with_2_when_the_system_was_at_fault),
        cmocka_unit_test(a_wrong_option_leaves_with_2_and_nothing_open),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
