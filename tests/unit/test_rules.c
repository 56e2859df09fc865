/* Tests of check/ and of the XPath functions it is written with: what needs no batch, and the
 * plan's page map. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shipped.h"

#include "check/engine.h"
#include "query/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *evaluate(struct arena *a, const char *xpath)
{
    static struct diag diag;
    struct query *q = query_new(xpath, (struct src_pos){"test", 1}, &diag);
    struct query_context *c = query_context_new(NULL);
    assert_non_null(q);
    query_context_begin(c, NULL, "2026-09-30");
    const char *text = query_string(q, c, (struct query_place){NULL, 1, 1}, a).text;
    query_context_free(c);
    query_free(q);
    diag_clear(&diag);
    return text;
}

static void values(void **state)
{
    static const char *const table[][2] = {
        {"before('2021-03', '2021-03-15')", "false"},
        {"before('2021-02', '2021-03-15')", "true"},
        {"before('', '2021')", "false"},
        {"first-day('2022-09')", "2022-09-01"},
        {"last-day('2022-09')", "2022-09-30"},
        {"last-day('2024-02')", "2024-02-29"},
        {"last-day('2023')", "2023-12-31"},
        {"last-day('soon')", ""},
        {"add-months('2026-09-30', -36)", "2023-09"},
        {"add-months('2026-01', -1)", "2025-12"},
        {"add-months('2026-12', 1)", "2027-01"},
        {"if(1 < 2, 'a', 'b')", "a"},
        {"if(false(), 1, 2) + 1", "3"},
        {"id-fault('11010519491231002X')", ""},
        {"id-fault('110105194912310021')", "check"},
        {"id-check-digit('110105194912310021')", "X"},
        {"id-birth('11010519491231002X')", "1949-12-31"},
        {"id-sex('11010519491231002X')", "女"},
        {"credit-code-fault('91350100M000100Y43')", ""},
        {"credit-code-fault('91350211M0000XUF46')", "check"},
        {"credit-code-fault('9135')", "length"},
        {"characters('　　字字\n　字')", "3"},
        {"characters('a b')", "3"},
        {"office-words('共120 m³，abc-1。')", "6"},
        {"office-words('字字')", "2"},
        {"utf16-units(' 𬱖字 ')", "3"},
        {"utf16-units('字\n字')", "3"},
        {"odd-characters('a•b', 'dot')", "“•”U+2022"},
        {"odd-characters('a b', 'space')", ""},
        {"odd-characters('王 b', 'space')", "U+0020"},
        {"listed('B', 'A B C')", "true"},
        {"listed('', 'A B C')", "false"},
        {"listed('A B', 'A B C')", "false"},
        {"lookup('33', '32=江苏 33=浙江')", "浙江"},
        {"lookup('3', '32=江苏 33=浙江')", ""},
        {"last-page('2-4,7')", "7"},
        {"last-page('')", "0"},
    };
    struct arena a = {0};
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_string_equal(evaluate(&a, table[i][0]), table[i][1]);
    arena_free(&a);
}

/* The plan knows a page of everything but of what is asked for in data. */
static const char *page_but(const char *id, void *data)
{
    return strcmp(id, data) ? "17" : NULL;
}

static size_t count(const struct diag *d, const char *rule)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++)
        n += d->list[i].rule && !strcmp(d->list[i].rule, rule) &&
             d->list[i].severity == SEVERITY_ERROR;
    return n;
}

static void plan_tells_what_has_no_page(void **state)
{
    static const char *const dirs[] = {"templates/zhejiang-mining", "templates/base", NULL},
                             *const inputs[] = {"samples/batch.xml"}, *const only[] = {"A001"};
    struct diag diag = {0}, found = {0};
    struct rules_options options = {.dirs = dirs, .only = "R60,R87"};
    struct record_options input = {.schema_path = "templates/base/applicants.xsd",
                                   .inputs = inputs,
                                   .n_inputs = 1,
                                   .only_applicants = only,
                                   .n_only_applicants = 1};
    struct applicant who;
    (void)state;

    struct query_tables *tables = query_tables_load(dirs, &diag);
    options.tables = tables;
    struct rules *rules = rules_load(&options, &diag);
    assert_non_null(rules);
    struct record *record = record_open(&input, &diag);
    assert_non_null(record);
    struct record_cursor *cursor = record_cursor_new(record, &diag);
    struct engine *run = engine_new(rules, record_asof(record));
    assert_true(record_next(cursor, &who));

    engine_check_applicant(run, &who, NULL, &found); /* no plan: not asked */
    assert_int_equal(found.n, 0);
    engine_set_pages(run, page_but, "nothing");
    engine_check_applicant(run, &who, NULL, &found);
    assert_int_equal(found.n, 0);
    engine_set_pages(run, page_but,
                     "L2"); /* one of several proofs of a score: only the row misses it */
    engine_check_applicant(run, &who, NULL, &found);
    assert_int_equal(count(&found, "R60"), 1);
    assert_non_null(strstr(found.list[0].text[LANGUAGE_ZH], "填海级配石料"));
    assert_int_equal(count(&found, "R87"), 0);
    diag_clear(&found);
    engine_set_pages(run, page_but, "T1"); /* the only proof of its score */
    engine_check_applicant(run, &who, NULL, &found);
    assert_int_equal(count(&found, "R60"), 0);
    assert_int_equal(count(&found, "R87"), 1);
    diag_clear(&found);

    engine_free(run);
    record_cursor_free(cursor);
    record_free(record);
    rules_free(rules);
    query_tables_free(tables);
    diag_clear(&diag);
}

/* --- which rules hold --- */

static void write_text(const char *folder, const char *name, const char *text)
{
    char path[100];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

/* How often somebody of whom nothing is known breaks the rule L01 of the folder's files. */
static size_t findings_of(const char *const *dirs, const struct profile *profile,
                          enum severity *severity, char label[20])
{
    struct diag diag = {0}, found = {0};
    struct query_tables *tables = query_tables_load(dirs, &diag);
    const struct rules_options options = {
        .dirs = dirs, .only = "L01", .profile = profile, .tables = tables};
    struct rules *rules = rules_load(&options, &diag);
    assert_non_null(rules);
    struct engine *run = engine_new(rules, "2026-09-30");
    engine_check_applicant(run, &(struct applicant){0}, NULL, &found);
    size_t n = found.n;
    if (n > 0 && severity)
        *severity = found.list[0].severity;
    if (n > 0 && label)
        snprintf(label, 20, "%s", found.list[0].label ? found.list[0].label : "");
    diag_clear(&found);
    engine_free(run);
    rules_free(rules);
    query_tables_free(tables);
    diag_clear(&diag);
    return n;
}

/* The rule with these attributes into a file of the first folder. */
static void write_rule(const char *const *dirs, const char *name, const char *attributes,
                       const char *when)
{
    char text[300];
    snprintf(text, sizeof text,
             "<rules><rule id='L01' %s><case when='%s'><zh>a</zh><en>b</en></case></rule></rules>",
             attributes, when);
    write_text(dirs[0], name, text);
}

static void remove_folder(const char *folder)
{
    static const char *const names[] = {"rules.xml", "rules.notice.xml", "own.xml"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[100];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

/* Of a paper that the profile lists, one of a kind that it has under another name, one that stands
 * in a folder of its own; what all profiles share is no paper of each. */
static void a_rule_holds_where_the_notice_has_its_paper_or_clause(void **state)
{
    static const struct {
        const char *needs;
        bool holds, without_profile;
    } papers[] = {{"evaluation-form", true, true}, {"statement", true, true},
                  {"roster", true, true},          {"volume", true, false},
                  {"rubric", true, false},         {"own", true, true},
                  {"rework", false, true},         {"no-such", false, false}};
    static const struct {
        const char *clause;
        bool holds;
    } clauses[] = {{"一.1", true},
                   {"零.9", false},
                   {"一.1，零.9", true},
                   {"零.9，一.1", true},
                   {"零.9，零.8", false},
                   {"零.9，零.8，二.2", true},
                   {"零.9，一.1，零.8", true},
                   {"*", false}};
    char folder[] = "/tmp/shenbao-rules-XXXXXX";
    const char *const dirs[] = {mkdtemp(folder), "templates/zhejiang-mining", "templates/base",
                                NULL};
    (void)state;
    assert_non_null(dirs[0]);
    write_text(folder, "own.xml", "<form name='own' title='own'/>");
    for (size_t i = 0; i < sizeof papers / sizeof *papers; i++) {
        char needs[60];
        snprintf(needs, sizeof needs, "needs='%s'", papers[i].needs);
        write_rule(dirs, "rules.notice.xml", needs, "true()");
        if (findings_of(dirs, use_shipped_profile(), NULL, NULL) != papers[i].holds ||
            findings_of(dirs, NULL, NULL, NULL) != papers[i].without_profile)
            fail_msg("%s", papers[i].needs);
    }
    for (size_t i = 0; i < sizeof clauses / sizeof *clauses; i++) {
        char clause[60];
        snprintf(clause, sizeof clause, "clause='%s'", clauses[i].clause);
        write_rule(dirs, "rules.notice.xml", clause, "true()");
        if (findings_of(dirs, use_shipped_profile(), NULL, NULL) != clauses[i].holds)
            fail_msg("%s", clauses[i].clause);
    }
    /* nobody is one of several */
    write_rule(dirs, "rules.notice.xml", "", "position() = 1 and last() = 1");
    assert_int_equal(findings_of(dirs, NULL, NULL, NULL), 1);
    remove_folder(folder);
}

/* What the notice's file says of a shared rule is changed, and nothing else. */
static void a_notice_changes_of_a_rule_what_it_names(void **state)
{
    static const struct {
        const char *shared, *notice;
        size_t n;
        enum severity severity;
        const char *label;
    } cases[] = {
        {"", "", 1, SEVERITY_ERROR, ""},
        {"", "severity='warning'", 1, SEVERITY_WARNING, ""},
        {"severity='info'", "label='x'", 1, SEVERITY_INFO, "x"},
        {"label='x'", "severity='warning'", 1, SEVERITY_WARNING, "x"},
        {"label='x'", "label='y'", 1, SEVERITY_ERROR, "y"},
        {"needs='no-such'", "", 0, SEVERITY_ERROR, ""},
        {"needs='no-such'", "severity='warning'", 0, SEVERITY_ERROR, ""},
        {"needs='no-such'", "needs=''", 1, SEVERITY_ERROR, ""},
        {"needs='no-such'", "needs='evaluation-form'", 1, SEVERITY_ERROR, ""},
        {"needs='evaluation-form'", "needs='no-such'", 0, SEVERITY_ERROR, ""},
        {"off='true'", "severity='warning'", 0, SEVERITY_ERROR, ""},
        {"off='true' severity='info'", "off='false'", 1, SEVERITY_INFO, ""},
        {"", "off='true'", 0, SEVERITY_ERROR, ""},
        {"on='unit'", "severity='warning'", 0, SEVERITY_ERROR, ""},
        {"stage='submit'", "severity='warning'", 1, SEVERITY_INFO, ""},
        {"stage='submit'", "stage='prepare'", 1, SEVERITY_ERROR, ""},
        {"clause='*'", "", 0, SEVERITY_ERROR, ""},
        {"clause='*'", "clause='一.1'", 1, SEVERITY_ERROR, ""},
    };
    char folder[] = "/tmp/shenbao-rules-XXXXXX", text[100];
    const char *const dirs[] = {mkdtemp(folder), "templates/zhejiang-mining", "templates/base",
                                NULL};
    (void)state;
    assert_non_null(dirs[0]);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum severity severity = cases[i].severity;
        char label[20] = "";
        write_rule(dirs, "rules.xml", cases[i].shared, "true()");
        snprintf(text, sizeof text, "<rules><rule id='L01' %s/></rules>", cases[i].notice);
        write_text(folder, "rules.notice.xml", text);
        if (findings_of(dirs, use_shipped_profile(), &severity, label) != cases[i].n ||
            severity != cases[i].severity || strcmp(label, cases[i].label))
            fail_msg("%s, then %s", cases[i].shared, cases[i].notice);
    }
    remove_folder(folder);
}

static void a_notice_gives_a_rule_without_cases_no_let_and_no_other_on(void **state)
{
    static const char *const rules[][2] = {
        {"<rule id='L01' on='unit'/>", "has no <case>, whose on"},
        {"<rule id='L01'><let name='a' select='1'/></rule>", "has no <case>, and takes no <let>"}};
    char folder[] = "/tmp/shenbao-rules-XXXXXX", text[200];
    const char *const dirs[] = {mkdtemp(folder), "templates/zhejiang-mining", "templates/base",
                                NULL};
    (void)state;
    assert_non_null(dirs[0]);
    write_rule(dirs, "rules.xml", "clause='一.1'", "true()");
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct diag diag = {0};
        struct query_tables *tables = query_tables_load(dirs, &diag);
        const struct rules_options options = {
            .dirs = dirs, .only = "L01", .profile = use_shipped_profile(), .tables = tables};
        snprintf(text, sizeof text, "<rules>%s</rules>", rules[i][0]);
        write_text(folder, "rules.notice.xml", text);
        rules_free(rules_load(&options, &diag));
        assert_int_equal(diag.n, 1);
        assert_non_null(strstr(diag.list[0].text[LANGUAGE_EN], rules[i][1]));
        query_tables_free(tables);
        diag_clear(&diag);
    }
    remove_folder(folder);
}

int main(void)
{
    use_shipped_profile();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values), cmocka_unit_test(plan_tells_what_has_no_page),
        cmocka_unit_test(a_rule_holds_where_the_notice_has_its_paper_or_clause),
        cmocka_unit_test(a_notice_changes_of_a_rule_what_it_names),
        cmocka_unit_test(a_notice_gives_a_rule_without_cases_no_let_and_no_other_on)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
