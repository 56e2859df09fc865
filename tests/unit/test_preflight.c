/* test_preflight.c - what the engine of the rules holds of all applicants together, how a batch is
 * checked in workers, and how findings are put together. */
#include "check/functions.h"
#include "check/preflight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shipped.h"

/* The samples under the rules, and one more by which nobody may be like another. */
struct samples {
    char overlay[32], rules_path[64];
    const char *dirs[4];
    struct diag diag;
    struct query_tables *tables;
    struct rules_options options;
    struct rules *rules;
    struct record *record;
    struct record_cursor *cursor;
    struct engine *engine;
};

static void open_samples(struct samples *s, const char *only)
{
    static const char *const inputs[] = {"samples/batch.xml"};
    const struct record_options input = {
        .schema_path = "templates/base/applicants.xsd", .inputs = inputs, .n_inputs = 1};
    *s = (struct samples){.overlay = "/tmp/shenbao-XXXXXX"};
    assert_non_null(mkdtemp(s->overlay));
    snprintf(s->rules_path, sizeof s->rules_path, "%s/rules.local.xml", s->overlay);
    FILE *f = fopen(s->rules_path, "w");
    assert_non_null(f);
    fputs("<rules><gather name=\"everybody\" key=\"'all'\"/><rule id=\"L01\" clause=\"本局\" "
          "severity=\"error\" label=\"姓名\">"
          "<case key=\"'same'\" value=\"person/name\"><zh>与{$other}不同；请改</zh>"
          "<en>differs from {$other}: mend it</en></case></rule></rules>",
          f);
    assert_int_equal(fclose(f), 0);
    s->dirs[0] = s->overlay;
    s->dirs[1] = "templates/zhejiang-mining";
    s->dirs[2] = "templates/base";
    s->tables = query_tables_load(s->dirs, &s->diag);
    s->options = (struct rules_options){.dirs = s->dirs, .only = only, .tables = s->tables};
    s->rules = rules_load(&s->options, &s->diag);
    s->record = record_open(&input, &s->diag);
    assert_true(s->rules && s->record);
    s->cursor = record_cursor_new(s->record, &s->diag);
    s->engine = engine_new(s->rules, record_asof(s->record));
}

static void close_samples(struct samples *s)
{
    engine_free(s->engine);
    record_cursor_free(s->cursor);
    record_free(s->record);
    rules_free(s->rules);
    query_tables_free(s->tables);
    diag_clear(&s->diag);
    assert_int_equal(unlink(s->rules_path), 0);
    assert_int_equal(rmdir(s->overlay), 0);
}

static const char *number_as_name(size_t order, void *data)
{
    snprintf(data, 8, "#%zu", order);
    return data;
}

/* All applicants' facts, each as a claim of its order. */
static size_t claim_all(struct samples *s, struct engine_claim **claims)
{
    size_t n = 0, cap = 0;
    struct applicant who;
    *claims = NULL;
    for (size_t order = 0; record_next(s->cursor, &who); order++) {
        struct engine_facts facts = {0};
        struct diag found = {0};
        engine_check_applicant(s->engine, &who, &facts, &found);
        assert_int_equal(found.n, 0); /* a conflict shows only beside the others */
        for (size_t i = 0; i < facts.n; i++)
            *MEM_PUSH(*claims, n, cap) = (struct engine_claim){facts.list[i], order};
        free(facts.list);
        diag_clear(&found);
    }
    return n;
}

static void conflicts_are_found_beside_the_first_of_a_key(void **state)
{
    struct samples s;
    struct engine_claim *claims;
    struct engine_conflict *conflicts;
    struct arena arena = {0};
    struct applicant who;
    struct diag found = {0};
    char name[8];
    (void)state;

    open_samples(&s, "L01");
    size_t n = claim_all(&s, &claims), n_conflicts;
    n_conflicts = engine_compare(s.engine, claims, n, &arena, &conflicts);
    assert_int_equal(n_conflicts, 7); /* everybody but the first */
    for (size_t i = 0; i < n_conflicts; i++) {
        assert_int_equal(conflicts[i].order, i + 1);
        assert_int_equal(conflicts[i].first, 0);
    }
    struct record_cursor *again = record_cursor_new(s.record, &s.diag);
    assert_true(record_seek(again, conflicts[3].order, &who));
    engine_report_conflicts(s.engine, &who, &conflicts[3], 1, number_as_name, name, &found);
    assert_int_equal(found.n, 1);
    assert_string_equal(found.list[0].rule, "L01");
    assert_string_equal(found.list[0].applicant, who.id);
    assert_string_equal(found.list[0].text[LANGUAGE_ZH], "与#0不同；请改");
    record_cursor_free(again);
    diag_clear(&found);
    free(claims);
    arena_free(&arena);
    close_samples(&s);
}

static void gathered_keys_count_each_applicant_once(void **state)
{
    struct samples s;
    struct engine_claim *claims;
    struct engine_conflict *conflicts;
    struct arena arena = {0};
    (void)state;

    open_samples(&s, "L01");
    size_t n = claim_all(&s, &claims);
    claims = mem_resize(claims, n + 1, sizeof *claims);
    claims[n] = claims[0]; /* the same applicant once more */
    engine_compare(s.engine, claims, n + 1, &arena, &conflicts);
    assert_int_equal(engine_count_gathered(s.engine, "everybody", "all"), 8);
    assert_int_equal(engine_count_gathered(s.engine, "everybody", "none"), 0);
    assert_int_equal(engine_count_gathered(s.engine, "nobody", "all"), 0);
    free(claims);
    arena_free(&arena);
    close_samples(&s);
}

/* --- a batch in workers --- */

struct kept {
    size_t recalled, ended;
    char sent[8];
};

/* Of the first nothing is known. */
static bool recall(void *data, const struct applicant *who, struct diag *diag,
                   struct engine_facts *facts, struct buffer *sent)
{
    (void)data, (void)facts;
    buffer_puts(sent, who->id);
    if (who->index == 0)
        return false;
    diag_warn(diag, who->at, "记得%s", "recalled %s", who->id);
    return true;
}

static void ended(void *data, size_t number, const void *sent, size_t len)
{
    struct kept *k = data;
    k->ended++;
    if (number == 2)
        snprintf(k->sent, sizeof k->sent, "%.*s", (int)len, (const char *)sent);
}

static struct preflight preflight_of(const struct samples *s, const struct options *options,
                                     const struct sections *sections, struct kept *kept)
{
    return (struct preflight){.options = options,
                              .rules = s->rules,
                              .tables = s->tables,
                              .sections = sections,
                              .record = s->record,
                              .indices = record_indices(s->record),
                              .languages = {false, true},
                              .ended = ended,
                              .data = kept};
}

static void what_is_recalled_is_not_checked(void **state)
{
    struct samples s;
    struct options options = {.jobs = 2};
    struct kept kept = {0};
    struct diag first_pass = {0}, diag = {0};
    struct check_report report = {.stage = "prepare", .n = 8};
    (void)state;

    open_samples(&s, "R61");
    struct sections *sections = sections_load(s.dirs, NULL, &diag);
    struct preflight preflight = preflight_of(&s, &options, sections, &kept);
    preflight.recall = recall;
    report.people = ARENA_ARRAY(&report.batch.arena, struct check_person, report.n);
    assert_true(preflight_people(&preflight, &report, &first_pass, &diag));
    assert_int_equal(diag.n, 0);
    assert_int_equal(kept.ended, 8);
    assert_string_equal(kept.sent, "A003");
    assert_int_equal(report.people[0].n, 0); /* checked: its score sheet is there */
    for (size_t i = 1; i < report.n; i++) {
        const struct check_person *p = &report.people[i];
        assert_int_equal(p->n, 1);
        assert_int_equal(p->count[SEVERITY_WARNING], 1);
        assert_null(p->list[0].text[LANGUAGE_ZH]); /* nobody reads it */
        assert_non_null(strstr(p->list[0].text[LANGUAGE_EN], p->id));
    }
    assert_int_equal(report.count[SEVERITY_WARNING], 7);
    check_clear(&report);
    sections_free(sections);
    close_samples(&s);
}

static bool until_all_have_ended(void *data)
{
    return ((struct kept *)data)->ended < 8;
}

static void who_stops_a_check_does_not_wait_for_what_they_share(void **state)
{
    (void)state;
    for (int stopped = 0; stopped < 2; stopped++) {
        struct samples s;
        struct options options = {.jobs = 1};
        struct kept kept = {0};
        struct diag first_pass = {0}, diag = {0};
        struct check_report report = {.stage = "prepare", .n = 8};

        open_samples(&s, "L01");
        struct sections *sections = sections_load(s.dirs, NULL, &diag);
        struct preflight preflight = preflight_of(&s, &options, sections, &kept);
        preflight.whole = true;
        preflight.going = stopped ? until_all_have_ended : NULL;
        report.people = ARENA_ARRAY(&report.batch.arena, struct check_person, report.n);
        assert_int_equal(preflight_people(&preflight, &report, &first_pass, &diag), !stopped);
        assert_int_equal(report.count[SEVERITY_ERROR], stopped ? 0 : 7);
        check_clear(&report);
        sections_free(sections);
        close_samples(&s);
    }
}

/* --- findings --- */

static void a_fault_of_several_papers_is_one_but_not_what_does_not_fit(void **state)
{
    const struct finding odd = {.rule = "R78", .paper = "评审表", .text = {"奇", "odd"}},
                         tall = {.rule = "R79", .paper = "评审表", .text = {"高", "tall"}};
    const struct finding list[] = {odd, tall};
    struct finding f = odd;
    (void)state;

    f.paper = "综合表";
    assert_true(check_has(list, 2, &f));
    f.text[LANGUAGE_ZH] = "另";
    assert_false(check_has(list, 2, &f));
    f = tall;
    assert_true(check_has(list, 2, &f));
    f.paper = "综合表";
    assert_false(check_has(list, 2, &f));
}

static void findings_are_masked_counted_and_sorted_by_severity(void **state)
{
    struct check_report r = {.n = 1};
    struct check_person *p;
    static const enum severity order[] = {SEVERITY_INFO, SEVERITY_ERROR, SEVERITY_INFO,
                                          SEVERITY_ERROR};
    (void)state;

    p = r.people = ARENA_ARRAY(&r.batch.arena, struct check_person, 1);
    for (size_t i = 0; i < 4; i++) {
        char text[40];
        snprintf(text, sizeof text, "%zu 11010519491231002X", i);
        check_add(&r, p, (struct finding){.severity = order[i], .text = {text, text}}, false);
    }
    check_sort(p->list, p->n);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(p->list[i].text[LANGUAGE_ZH][0], "1302"[i]);
        assert_null(strstr(p->list[i].text[LANGUAGE_ZH], "19491231"));
    }
    assert_int_equal(p->count[SEVERITY_ERROR], 2);
    assert_int_equal(r.count[SEVERITY_INFO], 2);
    assert_string_equal(check_status(true, p->count), "failed");
    assert_string_equal(check_status(false, p->count), "ok");
    check_clear(&r);
}

int main(void)
{
    use_shipped_profile();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conflicts_are_found_beside_the_first_of_a_key),
        cmocka_unit_test(gathered_keys_count_each_applicant_once),
        cmocka_unit_test(what_is_recalled_is_not_checked),
        cmocka_unit_test(who_stops_a_check_does_not_wait_for_what_they_share),
        cmocka_unit_test(a_fault_of_several_papers_is_one_but_not_what_does_not_fit),
        cmocka_unit_test(findings_are_masked_counted_and_sorted_by_severity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
