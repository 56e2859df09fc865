/* test_package.c - the parts of a package's run: names of folders, results as they travel, keys,
 * files of the tree, print runs, shards. */
#include "dossier/volume.h"
#include "package/keys.h"
#include "package/print_run.h"
#include "package/stale.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "shipped.h"

static const char *const templates[] = {"templates/zhejiang-mining", "templates/base", NULL},
                         *const inputs[] = {"samples/batch.xml"},
                         *const font_dirs[] = {"tests/fonts", "fonts", NULL};
static const struct shard whole = {0};

/* The samples, and a folder to write into. */
struct samples {
    struct diag diag;
    struct record *record;
    struct batch *batch;
    char dir[32];
};

static void open_samples(struct samples *s, const struct shard *part)
{
    const struct record_options input = {
        .schema_path = "templates/base/applicants.xsd", .inputs = inputs, .n_inputs = 1};
    *s = (struct samples){.dir = "/tmp/shenbao-XXXXXX"};
    assert_non_null(mkdtemp(s->dir));
    s->record = record_open(&input, &s->diag);
    assert_non_null(s->record);
    s->batch = batch_new(s->record, NULL, part, part->n ? BATCH_PEOPLE : BATCH_WHOLE, &s->diag);
}

static void close_samples(struct samples *s)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", s->dir);
    assert_int_equal(system(command), 0);
    batch_free(s->batch);
    record_free(s->record);
    diag_clear(&s->diag);
}

/* --- batch --- */

static void folders_are_named_by_delegation_unit_and_template(void **state)
{
    struct samples s;
    (void)state;
    open_samples(&s, &whole);
    const struct batch *b = s.batch;
    assert_int_equal(b->n_people, 8);
    assert_int_equal(b->n_chosen, 8);
    assert_true(b->n_groups > 0);
    assert_true(batch_name_folders(s.batch, "{name}-{id}", &s.diag));
    for (size_t i = 0; i < b->n_people; i++) {
        const struct person *p = &b->people[i];
        const char *leaf = strrchr(p->folder, '/') + 1, *unit = strchr(p->folder, '/') + 1;
        assert_true(!strncmp(leaf, p->name, strlen(p->name)) && strstr(leaf, p->id));
        assert_memory_equal(unit, p->unit, strlen(p->unit));
        assert_memory_equal(p->folder, p->delegation, strlen(p->delegation));
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(p->folder, b->people[k].folder);
    }
    size_t delegated = 0;
    for (size_t i = 0; i < b->n_groups; i++) {
        const struct people_group *d = &b->groups[i];
        for (size_t k = 0; k < d->n; k++)
            assert_memory_equal(d->members[k]->folder, d->folder, strlen(d->folder));
        delegated += d->n;
    }
    assert_int_equal(delegated, 8);
    close_samples(&s);
}

static void a_word_that_no_applicant_has_is_no_name(void **state)
{
    struct samples s;
    (void)state;
    open_samples(&s, &whole);
    assert_false(batch_name_folders(s.batch, "{id}-{sex}", &s.diag));
    assert_int_equal(s.diag.system_faults, 1);
    assert_non_null(strstr(s.diag.list[0].text[LANGUAGE_EN], "{sex} is not known"));
    close_samples(&s);
}

/* --- shard --- */

static void shards_part_the_batch(void **state)
{
    size_t chosen[8] = {0}, sum = 0;
    (void)state;
    for (unsigned k = 1; k <= 3; k++) {
        const struct shard part = {k, 3};
        struct samples s;
        open_samples(&s, &part);
        assert_int_equal(s.batch->n_people, 8);
        assert_int_equal(s.batch->n_groups, 0); /* no part makes what is of all */
        for (size_t i = 0; i < s.batch->n_chosen; i++)
            chosen[s.batch->chosen[i]->number]++;
        sum += s.batch->n_chosen;
        close_samples(&s);
    }
    assert_int_equal(sum, 8);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(chosen[i], 1);
}

static bool reads_shard(const char *text, unsigned k, unsigned n)
{
    struct diag d = {0};
    struct shard s;
    bool ok = shard_read(&s, text, &d);
    assert_int_equal(d.system_faults, !ok);
    diag_clear(&d);
    return ok && s.k == k && s.n == n;
}

static void shards_are_read_as_given_or_as_a_scheduler_has_them(void **state)
{
    static const char *const wrong[] = {"0/2", "3/2", "2", "a/b", "1/", "-1/2", "1/99999999", ""};
    (void)state;
    assert_true(reads_shard(NULL, 0, 0));
    assert_true(reads_shard("2/4", 2, 4));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(reads_shard(wrong[i], 0, 0));
    assert_false(reads_shard("auto", 0, 0));
    setenv("JOB_COMPLETION_INDEX", "2", 1); /* from 0 */
    setenv("SHENBAO_SHARDS", "3", 1);
    assert_true(reads_shard("auto", 3, 3));
    setenv("SLURM_ARRAY_TASK_ID", "3", 1); /* --array=3 of three, submitted again */
    setenv("SLURM_ARRAY_TASK_COUNT", "1", 1);
    assert_true(reads_shard("auto", 3, 3));
    unsetenv("SHENBAO_SHARDS");
    assert_false(reads_shard("auto", 0, 0));
    setenv("SLURM_ARRAY_TASK_ID", "6", 1); /* --array=0-6:2 */
    setenv("SLURM_ARRAY_TASK_COUNT", "4", 1);
    setenv("SLURM_ARRAY_TASK_MIN", "0", 1);
    setenv("SLURM_ARRAY_TASK_STEP", "2", 1);
    assert_true(reads_shard("auto", 4, 4));
}

/* --- results --- */

static const struct result_document letter = {.state = DOCUMENT_MADE,
                                              .paper = 3,
                                              .findings = true,
                                              .pages = 2,
                                              .copies = 4,
                                              .media = "A4",
                                              .sha256 = "ab12",
                                              .line = "{\"path\":\"x\"}",
                                              .len = 12};

static void pack_result(struct buffer *out)
{
    struct diag d = {.context = {.applicant = "A1"}};
    struct result_document due = {.state = DOCUMENT_DUE, .workbook = true, .line = "new", .len = 3};
    diag_warn(&d, (struct src_pos){"a.xml", 7}, "中文", "English");
    diag_system(&d, (struct src_pos){0}, "磁盘", "disk");
    result_begin(out, true, &d);
    result_add(out, &letter);
    result_add(out, &due);
    diag_clear(&d);
}

static void a_result_arrives_as_it_was_sent(void **state)
{
    struct buffer bytes = {0};
    struct result r;
    struct result_document d;
    struct diag findings = {0};
    (void)state;

    pack_result(&bytes);
    assert_true(result_open(&r, &bytes));
    assert_true(r.complete);
    assert_int_equal(r.system_faults, 1);
    unpack_findings(&r.findings, &findings);
    assert_int_equal(findings.n, 2);
    assert_string_equal(findings.list[0].applicant, "A1");
    assert_int_equal(findings.list[0].at.line, 7);
    assert_string_equal(findings.list[0].text[LANGUAGE_ZH], "中文");
    assert_int_equal(findings.list[1].fault, FAULT_SYSTEM);
    assert_true(result_next(&r, &d));
    assert_int_equal(d.state, DOCUMENT_MADE);
    assert_int_equal(d.paper, 3);
    assert_true(d.findings && !d.partial && !d.workbook);
    assert_int_equal(d.pages, 2);
    assert_int_equal(d.copies, 4);
    assert_string_equal(d.media, "A4");
    assert_string_equal(d.sha256, "ab12");
    assert_int_equal(d.len, 12);
    assert_memory_equal(d.line, letter.line, 12);
    assert_true(result_next(&r, &d));
    assert_true(d.state == DOCUMENT_DUE && d.workbook);
    assert_memory_equal(d.line, "new", d.len);
    assert_false(result_next(&r, &d));
    diag_clear(&findings);
    buffer_clear(&bytes);
}

static void a_result_that_broke_off_gives_only_whole_documents(void **state)
{
    struct buffer bytes = {0};
    (void)state;

    pack_result(&bytes);
    for (size_t len = 0; len < bytes.len; len++) {
        struct buffer part = {.data = bytes.data, .len = len};
        struct result r;
        struct result_document d;
        size_t n = 0;
        if (result_open(&r, &part))
            while (result_next(&r, &d))
                n += d.len == 12 || d.len == 3;
        assert_true(n < 2);
    }
    buffer_clear(&bytes);
}

static void results_count_documents_and_keep_them_apart(void **state)
{
    struct buffer bytes = {0}, out = {0};
    struct diag nothing = {0};
    struct result_document kept = letter;
    FILE *file = tmpfile();
    struct results *r = results_new(spool_new(dup(fileno(file))), 2, 1);
    (void)state;

    kept.state = DOCUMENT_KEPT;
    kept.partial = true;
    pack_result(&bytes);
    results_add_person(r, 1, &bytes);
    assert_true(r->people[1].complete && !r->people[0].complete);
    results_person(r, 1, &out);
    assert_int_equal(out.len, bytes.len);
    assert_memory_equal(out.data, bytes.data, out.len);
    results_person(r, 0, &out);
    assert_int_equal(out.len, 0);
    bytes.len = 0;
    result_begin(&bytes, false, &nothing);
    results_add_group(r, 0, &bytes);
    results_add_document(r, 0, &kept);
    assert_false(r->groups[0].complete);
    assert_int_equal(r->made, 1);
    assert_int_equal(r->kept, 1);
    assert_int_equal(r->partial, 1);
    struct result parts;
    struct result_document d;
    assert_true(result_open(&parts, &r->groups[0].bytes));
    assert_true(result_next(&parts, &d) && d.partial);
    results_free(r);
    fclose(file);
    buffer_clear(&bytes);
    buffer_clear(&out);
}

/* --- keys --- */

static void a_key_names_what_has_changed(void **state)
{
    struct key key = {"p", "o", "f", "d", "t", "r", "a"};
    struct buffer line = {0};
    struct json j = {.out = &line, .flat = true};
    struct arena arena = {0};
    (void)state;

    json_open(&j, NULL, '{');
    key_write(&j, &key);
    json_close(&j, '}');
    const struct json_value *v = json_parse(&arena, (const char *)line.data, line.len);
    assert_null(key_changes(&key, v, &arena));
    strcpy(key.fonts, "other");
    strcpy(key.files, "other");
    assert_string_equal(key_changes(&key, v, &arena), "fonts, files");
    assert_string_equal(key_changes(&key, NULL, &arena),
                        "program, options, fonts, data, template, record, files");
    buffer_clear(&line);
    arena_free(&arena);
}

/* --- a package of two papers: one merged for printing, one printed by itself --- */

static const char one_page[] =
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 "
    "R]>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
    "/Resources<<>>>>endobj\n4 0 obj<</Length 13>>stream\n0 0 9 9 re f \nendstream "
    "endobj\ntrailer<</Root 1 0 R/Size 5>>\n";

struct papers {
    struct samples samples;
    struct options options;
    struct package_options own;
    struct query_tables *tables;
    struct binder_options binding;
    struct paper_setting setting;
    volatile sig_atomic_t stopped;
    struct package package;
};

static void write_file(const char *dir, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
}

static void open_tree(struct papers *t)
{
    struct package *p = &t->package;
    char root[48];
    snprintf(root, sizeof root, "%s/out/", t->samples.dir);
    p->tree = tree_open(root, &(struct tree_options){.whole = true}, p->diag);
    assert_true(p->tree && tree_begin(p->tree, p->diag));
    p->keys = keys_new(p);
    assert_non_null(p->keys);
    p->results = results_new(tree_spool(p->tree, "results", p->diag), p->batch->n_people,
                             p->batch->n_groups);
}

static void close_tree(struct papers *t)
{
    results_free(t->package.results);
    keys_free(t->package.keys);
    tree_close(t->package.tree);
}

static void open_papers(struct papers *t)
{
    struct package *p = &t->package;
    char list[48];

    *t = (struct papers){.own = {.stage = "prepare"}};
    open_samples(&t->samples, &whole);
    assert_true(batch_name_folders(t->samples.batch, "{id}", &t->samples.diag));
    write_file(t->samples.dir, "package.xml",
               "<package><paper name=\"pledge\" file=\"pledge\" duplex=\"true\" copies=\"2\"/>"
               "<paper name=\"checklist\" file=\"list\" print=\"single\"/></package>");
    t->tables = query_tables_load(templates, &t->samples.diag);
    t->setting = (struct paper_setting){.options = &t->options,
                                        .templates = templates,
                                        .tables = t->tables,
                                        .binder = &volume_binder,
                                        .binding = &t->binding,
                                        .fonts = fonts_new(font_dirs, &t->samples.diag)};
    *p = (struct package){.options = &t->options,
                          .own = &t->own,
                          .papers = &t->setting,
                          .scope = BATCH_WHOLE,
                          .stopped = &t->stopped,
                          .record = t->samples.record,
                          .batch = t->samples.batch,
                          .maker = paper_maker_new(&t->setting),
                          .diag = &t->samples.diag};
    snprintf(list, sizeof list, "%s/package.xml", t->samples.dir);
    p->catalogue = catalogue_load(list, &t->setting, p->maker, p->diag);
    assert_non_null(p->catalogue);
    open_tree(t);
}

static void close_papers(struct papers *t)
{
    close_tree(t);
    catalogue_free(t->package.catalogue);
    paper_maker_free(t->package.maker);
    fonts_free(t->setting.fonts);
    query_tables_free(t->tables);
    close_samples(&t->samples);
}

/* Everybody gets both papers, as a worker would have made them. */
static void make_documents(struct papers *t, const char *pdf)
{
    const struct package *p = &t->package;
    for (size_t i = 0; i < p->batch->n_people; i++) {
        struct buffer result = {0}, bytes = {0};
        buffer_puts(&bytes, pdf);
        result_begin(&result, true, p->diag);
        for (unsigned paper = 0; paper < 2; paper++) {
            struct arena arena = {0};
            struct tree_file file = {.bytes = &bytes,
                                     .document = {.paper = paper, .pages = 1, .media = "A4"},
                                     .result = &result};
            file.path = package_path(p, &arena, p->batch->people[i].folder, &file.document);
            assert_true(tree_put(p->tree, &file, p->diag));
            arena_free(&arena);
        }
        results_add_person(p->results, i, &result);
        buffer_clear(&result);
        buffer_clear(&bytes);
    }
}

static size_t count_lines(const struct output_tree *tree, const char *path, const char *with)
{
    struct arena arena = {0};
    char line[512];
    size_t n = 0;
    FILE *f = fopen(tree_path(tree, &arena, path), "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        n += strstr(line, with) != NULL;
    fclose(f);
    arena_free(&arena);
    return n;
}

static struct stat look(const struct output_tree *tree, const char *path)
{
    struct arena arena = {0};
    struct stat st = {0};
    assert_int_equal(stat(tree_path(tree, &arena, path), &st), 0);
    arena_free(&arena);
    return st;
}

static void print_runs_merge_a_delegations_papers_and_list_the_others(void **state)
{
    static const char list[] = "print/print-list.txt";
    struct papers t;
    struct tree_paths written = {0}, again = {0};
    (void)state;

    open_papers(&t);
    const struct package *p = &t.package;
    const struct people_group *first = &p->batch->groups[0];
    char line[64];
    make_documents(&t, one_page);
    assert_int_equal(p->results->made, 16);
    assert_true(print_runs_write(p, &written));
    /* of each delegation the run, tally, separators and labels; list and script */
    assert_int_equal(written.n, 4 * p->batch->n_groups + 2);
    /* two copies on both sides, each on a sheet of its own; the single ones where they are */
    snprintf(line, sizeof line, "-pledge.pdf\t1\ttwo-sided-long-edge\tA4\tmono\t%zu\t",
             2 * first->n);
    assert_true(count_lines(p->tree, list, line) > 0);
    assert_int_equal(
        count_lines(p->tree, list, "/pledge.pdf\t2\ttwo-sided-long-edge\tA4\tmono\t1\t"), 8);
    assert_int_equal(count_lines(p->tree, list, "/list.pdf\t1\tone-sided\tA4\tmono\t1\t"), 8);

    ino_t before = look(p->tree, written.list[0]).st_ino;
    assert_true(manifest_write(p->tree->manifest, p->diag));
    close_tree(&t);
    open_tree(&t);
    make_documents(&t, one_page);
    assert_true(print_runs_write(p, &again)); /* nothing has changed: nothing is merged again */
    assert_int_equal(look(p->tree, again.list[0]).st_ino, before);
    assert_string_equal(again.list[0], written.list[0]);
    arena_free(&again.arena);
    arena_free(&written.arena);
    close_papers(&t);
}

static void papers_that_cannot_be_merged_are_named(void **state)
{
    struct papers t;
    struct tree_paths written = {0};
    (void)state;

    open_papers(&t);
    make_documents(&t, "no PDF");
    assert_false(print_runs_write(&t.package, &written));
    assert_int_equal(t.samples.diag.system_faults, 1);
    assert_non_null(strstr(t.samples.diag.list[t.samples.diag.n - 1].text[LANGUAGE_EN],
                           "of pledge could not be merged"));
    arena_free(&written.arena);
    close_papers(&t);
}

static void what_nobody_has_any_more_is_stale_and_pruned_when_asked_for(void **state)
{
    static const struct diag clean;
    struct papers t;
    struct tree_paths prints = {0};
    struct stale_files stale = {0};
    struct buffer bytes = {0};
    (void)state;

    open_papers(&t);
    struct package *p = &t.package;
    make_documents(&t, one_page);
    buffer_puts(&bytes, "old");
    assert_true(tree_put(p->tree, &(struct tree_file){.path = "D9/U9/A9/old.pdf", .bytes = &bytes},
                         p->diag));
    assert_true(manifest_write(p->tree->manifest, p->diag));
    close_tree(&t);
    open_tree(&t);
    make_documents(&t, one_page);
    assert_int_equal(p->results->kept, 16);
    stale_settle(p, &prints, &clean, &stale);
    assert_int_equal(stale.files.n, 1);
    assert_string_equal(stale.files.list[0], "D9/U9/A9/old.pdf");
    assert_int_equal(stale.gone.n, 1);
    assert_string_equal(stale.gone.list[0], "D9/U9/A9");
    assert_true(tree_has(p->tree, "D9/U9/A9/old.pdf"));
    stale_clear(&stale);
    stale = (struct stale_files){0};
    t.own.prune = "";
    stale_settle(p, &prints, &clean, &stale);
    assert_int_equal(stale.files.n, 0);
    assert_false(tree_has(p->tree, "D9/U9/A9/old.pdf"));
    stale_clear(&stale);
    buffer_clear(&bytes);
    close_papers(&t);
}

static void a_document_is_made_for_a_reason_or_kept(void **state)
{
    struct papers t;
    struct arena arena = {0};
    struct result_document kept = {0};
    struct buffer bytes = {0};
    (void)state;

    open_papers(&t);
    const struct package *p = &t.package;
    struct key key = keys_group(p->keys, &p->batch->groups[0]);
    const char *path = "D1/U1/a.pdf";
    assert_string_equal(keys_reason(p->keys, path, &key, 1, &arena, &kept), "new");
    buffer_puts(&bytes, "x");
    assert_true(tree_put(p->tree, &(struct tree_file){.path = path, .bytes = &bytes}, p->diag));
    assert_true(manifest_write(p->tree->manifest, p->diag));
    close_tree(&t);
    open_tree(&t);
    assert_non_null(strstr(keys_reason(p->keys, path, &key, 1, &arena, &kept), "template"));
    assert_int_equal(kept.state, DOCUMENT_KEPT);
    assert_int_equal(strlen(kept.sha256), DIGEST_HEX - 1);
    buffer_clear(&bytes);
    arena_free(&arena);
    close_papers(&t);
}

int main(void)
{
    use_shipped_profile();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_are_named_by_delegation_unit_and_template),
        cmocka_unit_test(a_word_that_no_applicant_has_is_no_name),
        cmocka_unit_test(shards_part_the_batch),
        cmocka_unit_test(shards_are_read_as_given_or_as_a_scheduler_has_them),
        cmocka_unit_test(a_result_arrives_as_it_was_sent),
        cmocka_unit_test(a_result_that_broke_off_gives_only_whole_documents),
        cmocka_unit_test(results_count_documents_and_keep_them_apart),
        cmocka_unit_test(a_key_names_what_has_changed),
        cmocka_unit_test(print_runs_merge_a_delegations_papers_and_list_the_others),
        cmocka_unit_test(papers_that_cannot_be_merged_are_named),
        cmocka_unit_test(what_nobody_has_any_more_is_stale_and_pruned_when_asked_for),
        cmocka_unit_test(a_document_is_made_for_a_reason_or_kept),
    };
    setenv("XDG_CACHE_HOME", "/nonexistent", 1); /* digests are kept in no user's own folder */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
