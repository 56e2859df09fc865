/* test_correction.c - what to write instead of a wrong value, and records read as a wrong value may
 * have been meant. */
#include "record/correction.h"
#include "record/node.h"
#include "test_record.h"

static void corrected(const char *type, const char *value, const char *wanted)
{
    const struct word_type t = {.name = type};
    struct arena arena = {0};
    const char *correction = correction_of(&t, value, &arena);
    if (!wanted != !correction || (wanted && strcmp(wanted, correction)))
        fail_msg("%s as a %s is %s, not %s", value, type, correction ? correction : "nothing",
                 wanted ? wanted : "nothing");
    arena_free(&arena);
}

static void values_are_read_as_their_type_allows(void **state)
{
    (void)state;
    corrected("date", "2024.6", "2024-06");
    corrected("date", "2024年6月1日", "2024-06-01");
    corrected("date", "20240601", "2024-06-01");
    corrected("date", "２０２４", "2024");
    corrected("date", "2O24-O6-l5", "2024-06-15");
    corrected("date", "至今", "");
    corrected("date", "2024-02-30", NULL);
    corrected("date", "去年", NULL);
    corrected("day", "2024.6", NULL);
    corrected("day", "2024.6.1", "2024-06-01");
    corrected("year", "2024年度", "2024");
    corrected("year", "24", NULL);
    corrected("number", "3,200", "3200");
    corrected("number", "３２００万元", "3200");
    corrected("number", "￥3200", NULL); /* yuan? */
    corrected("number", "￥3200万元", "3200");
    corrected("number", "12。5", "12.5");
    corrected("number", "1.2.3", NULL);
    corrected("number", "-3", NULL);
    corrected("count", "3份", "3");
    corrected("count", "3.5", NULL);
    corrected("rank", "第一", "1");
    corrected("rank", "排名第2/7", "2/7");
    corrected("rank", "3／12", "3/12");
    corrected("rank", "0/3", NULL);
    corrected("pages", "第2至4页", "2-4");
    corrected("pages", "2、4", "2,4");
    corrected("pages", "全部", "");
    corrected("pages", "二", NULL);
    corrected("bool", "是", "true");
    corrected("bool", "FALSE", "false");
    corrected("bool", "也许", NULL);
    corrected("id-number", "330199", NULL);
}

static void nearest(const char *word, const char *wanted)
{
    static const char *const words[] = {"优秀",         "优",       "良好", "合格",
                                        "任职资格证书", "学历证书", "2.1",  "2.2"};
    struct arena arena = {0};
    const char *found = correction_of_word(words, sizeof words / sizeof *words, word, &arena);
    if (!wanted != !found || (wanted && strcmp(wanted, found)))
        fail_msg("%s is near to %s", word, found ? found : "nothing");
    arena_free(&arena);
}

static void words_are_near_by_what_they_mean(void **state)
{
    (void)state;
    nearest("优秀等次", "优秀");           /* the longest that it holds */
    nearest("任职资格证", "任职资格证书"); /* the one that holds it */
    nearest("合恪", "合格");
    nearest("职称证书", NULL); /* half of it is another word */
    nearest("２．１", "2.1");
    nearest("2.9", NULL); /* a number is near to itself alone */
    nearest("", NULL);
}

static void references_are_set_off_by_blanks(void **state)
{
    struct arena arena = {0};
    (void)state;
    assert_string_equal(correction_of_refs("P1,R1", &arena), "P1 R1");
    assert_string_equal(correction_of_refs("P1、 R1；", &arena), "P1 R1");
    assert_null(correction_of_refs("P1 R1", &arena));
    arena_free(&arena);
}

static const char *value_at(struct query_context *c, const char *path, record_node *node,
                            struct arena *arena)
{
    struct query *q = query_new(path, (struct src_pos){0}, NULL);
    const struct query_place place = {node, 1, 1};
    const char *text = query_string(q, c, place, arena).text;
    query_free(q);
    return text;
}

/* A value, a text, an element and an attribute under wrong names, a child that is not there: each
 * reading is put into the tree, and nothing of it is left afterwards. */
static void readings_are_put_and_taken_out_again(void **state)
{
    static const char *const readings[][2] = {{"正常申报", "自评分申报"}, {"男", "女"}};
    struct diag d = {0};
    struct arena arena = {0};
    struct applicant who;
    struct record *r = open_text(
        HEAD APPLICANT("A1",
                       "<person><name>某</name><sex>男性</sex></person><titel name=\"工程师\"/>"
                       "<project id=\"P1\" nmae=\"项目\"/>") TAIL,
        &d);
    struct record_cursor *cursor = record_cursor_new(r, &d);
    struct query_context *c = query_context_new(NULL);
    (void)state;
    assert_true(record_seek(cursor, 0, &who));
    query_context_begin(c, who.node, "2026-09-30");
    record_node *person = NULL, *sex = NULL, *titel = NULL, *project = NULL;
    for (record_node *n = NULL; (n = record_child(who.node, n));) {
        person = strcmp(record_name(n), "person") ? person : n;
        titel = strcmp(record_name(n), "titel") ? titel : n;
        project = strcmp(record_name(n), "project") ? project : n;
    }
    for (record_node *n = NULL; (n = record_child(person, n));)
        sex = strcmp(record_name(n), "sex") ? sex : n;
    static const char *title[] = {"title"}, *name[] = {"name"}, *statement[] = {"statement>述职"};
    const struct record_flaw flaws[] = {
        {RECORD_FLAW_VALUE, who.node, "mode", readings[0], 2},
        {RECORD_FLAW_VALUE, sex, NULL, readings[1], 2},
        {RECORD_FLAW_NAME, titel, NULL, title, 1},
        {RECORD_FLAW_NAME, project, "nmae", name, 1},
        {RECORD_FLAW_CHILD, who.node, NULL, statement, 1},
    };
    static const char all[] = "concat(@mode, ' ', person/sex, ' ', name(*[2]), ' ', "
                              "project/@name, project/@nmae, ' ', statement)";
    static const char *const wanted[] = {"正常申报 男 title 项目项目 述职",
                                         "自评分申报 女 title 项目项目 述职"};
    const char *before = value_at(c, all, who.node, &arena);
    assert_string_equal(before, "正常申报 男性 titel 项目 ");
    assert_int_equal(record_readings(flaws, 5), 2);
    for (size_t i = 0; i < 2; i++) {
        struct record_reading *reading = record_read_as(flaws, 5, i);
        assert_string_equal(value_at(c, all, who.node, &arena), wanted[i]);
        record_read_again(reading);
        assert_string_equal(value_at(c, all, who.node, &arena), before);
    }
    query_context_free(c);
    record_cursor_free(cursor);
    record_free(r);
    diag_clear(&d);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read_as_their_type_allows),
        cmocka_unit_test(words_are_near_by_what_they_mean),
        cmocka_unit_test(references_are_set_off_by_blanks),
        cmocka_unit_test(readings_are_put_and_taken_out_again),
    };
    return cmocka_run_group_tests(tests, test_begin, test_end);
}
