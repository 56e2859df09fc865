/* test_order.c - people in order, against lists that others have published; where each list is from
 * stands in its own head, in tests/lists. */
#include "core/utf8.h"
#include "sheet/han.h"
#include "sheet/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct diag diag;
static struct surnames surnames;
static struct collation *by_strokes, *by_pinyin;
static struct han *han;

static int begin(void **state)
{
    (void)state;
    if (!surnames_load(&surnames, "templates/base/surnames.xml", &diag))
        return -1;
    by_strokes = collation_new(ORDER_STROKES, &surnames, &diag);
    by_pinyin = collation_new(ORDER_PINYIN, &surnames, &diag);
    han = han_new();
    return by_strokes && by_pinyin ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    han_free(han);
    collation_free(by_strokes);
    collation_free(by_pinyin);
    surnames_clear(&surnames);
    diag_clear(&diag);
    return 0;
}

static int compare(struct collation *c, const char *a, const char *b)
{
    struct buffer x = {0}, y = {0};
    collation_key(c, a, &x);
    collation_key(c, b, &y);
    int r = memcmp(x.data, y.data, x.len < y.len ? x.len : y.len);
    if (!r)
        r = (x.len > y.len) - (x.len < y.len);
    buffer_clear(&x);
    buffer_clear(&y);
    return r;
}

static void check_order(struct collation *c, const char *const *names)
{
    for (; names[1]; names++)
        if (compare(c, names[0], names[1]) >= 0)
            fail_msg("%s does not stand before %s", names[0], names[1]);
}

/* The next line of a list that is no comment, without its end; NULL: there is none. */
static char *next_line(FILE *in, char *line, int size)
{
    while (fgets(line, size, in)) {
        line[strcspn(line, "\n")] = '\0';
        if (*line != '#')
            return line;
    }
    return NULL;
}

static FILE *open_list(const char *name)
{
    char path[100];
    snprintf(path, sizeof path, "tests/lists/%s", name);
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    return in;
}

/* What has been seen of a list of characters that stand in order. */
struct seen {
    char last[16], last_ordered[16];
    size_t all, ordered;
};

static const struct han_character *character_of(const char *text)
{
    size_t used;
    const struct han_character *h = han_find(han, utf8_next(text, strlen(text), &used));
    assert_non_null(h);
    return h;
}

/* All by count; those whose strokes are known one by one, one after another. */
static void check_next(struct seen *seen, const char *character)
{
    const struct han_character *h = character_of(character);
    seen->all++;
    if (*seen->last && character_of(seen->last)->strokes > h->strokes)
        fail_msg("%s has more strokes than %s", seen->last, character);
    strcpy(seen->last, character);
    if (!h->stroke_order)
        return;
    if (*seen->last_ordered)
        check_order(by_strokes, (const char *const[]){seen->last_ordered, character, NULL});
    strcpy(seen->last_ordered, character);
    seen->ordered++;
}

static void check_line(struct seen *seen, const char *line)
{
    size_t used, len = strlen(line);
    for (size_t i = 0; i < len; i += used) {
        char character[16] = "";
        utf8_next(line + i, len - i, &used);
        memcpy(character, line + i, used);
        check_next(seen, character);
    }
}

static void standard_characters_stand_as_in_their_table(void **state)
{
    static const struct {
        size_t all, ordered;
    } levels[] = {{3500, 3500}, {3000, 2868}, {1605, 405}};
    FILE *in = open_list("standard-characters.txt");
    char line[300];
    size_t level = 0;
    struct seen seen = {0};
    (void)state;
    do {
        char *text = next_line(in, line, sizeof line);
        if (text && *text) {
            check_line(&seen, text);
            continue;
        }
        assert_int_equal(seen.all, levels[level].all);
        assert_int_equal(seen.ordered, levels[level].ordered);
        seen = (struct seen){0};
        level++;
    } while (level < 3);
    fclose(in);
}

/* The table's levels are lists of their own: within each of them the surnames stand in order. */
static void surnames_stand_as_in_the_table(void **state)
{
    FILE *in = open_list("surnames.txt");
    char line[300];
    size_t levels = 1, all = 0;
    struct seen seen = {0};
    (void)state;
    for (char *text; (text = next_line(in, line, sizeof line));) {
        if (!*text) {
            all += seen.all;
            seen = (struct seen){0};
            levels++;
            continue;
        }
        check_line(&seen, text);
        assert_int_equal(seen.ordered, seen.all);
    }
    fclose(in);
    assert_int_equal(levels, 3);
    assert_int_equal(all + seen.all, 518);
}

/* The two places where a list of delegates departs from the table of standard characters. */
static bool list_departs(const char *a, const char *b)
{
    return (!strcmp(a, "孔") && !strcmp(b, "巴")) || (!strcmp(a, "次") && !strcmp(b, "衣"));
}

static void surnames_stand_as_in_a_list_of_people(void **state)
{
    FILE *in = open_list("surnames-by-strokes.txt");
    char line[400], last[16] = "";
    size_t n = 0;
    (void)state;
    while (next_line(in, line, sizeof line))
        for (char *name = strtok(line, " "); name; name = strtok(NULL, " "), n++) {
            if (*last && list_departs(last, name))
                check_order(by_strokes, (const char *const[]){name, last, NULL});
            else if (*last)
                check_order(by_strokes, (const char *const[]){last, name, NULL});
            snprintf(last, sizeof last, "%s", name);
        }
    fclose(in);
    assert_int_equal(n, 305);
}

static void given_names_follow_by_number_and_strokes(void **state)
{
    (void)state;
    /* of one character before those of more; 尔 has fewer strokes than 园 */
    check_order(by_strokes, (const char *const[]){"丁宁", "丁纯", "丁炜", "丁铭", "丁小强",
                                                  "丁中平", "丁仁彧", "于波", "于洋", "于勇",
                                                  "于川雅", "艾力更·依明巴海", "艾尔肯·吐尼亚孜",
                                                  "艾园林", "欧大", "欧大海", "欧阳大", NULL});
    /* what only chooses a shape is no character of the name */
    check_order(by_strokes, (const char *const[]){"丁葛\xF3\xA0\x84\x80", "丁小强", NULL});
}

static void characters_without_known_strokes_follow_their_count(void **state)
{
    struct collation *c = collation_new(ORDER_STROKES, &surnames, &diag);
    struct diag said = {0};
    (void)state;
    /* 10 strokes each: 陶 is known one by one, 㑣 (radical 9) and 㛍 (radical 38) are not */
    check_order(c, (const char *const[]){"陶某", "㑣某", "㛍某", "黄某", NULL});
    collation_report(c, &said);
    assert_int_equal(said.n, 1);
    assert_int_equal(said.list[0].severity, SEVERITY_INFO);
    assert_non_null(strstr(said.list[0].text[LANGUAGE_ZH], "“㑣”（㑣某）、“㛍”（㛍某）"));
    assert_non_null(strstr(said.list[0].text[LANGUAGE_EN], "㑣 (㑣某), 㛍 (㛍某)"));
    diag_clear(&said);
    collation_free(c);
}

static void a_collation_that_knows_all_says_nothing(void **state)
{
    struct collation *c = collation_new(ORDER_STROKES, &surnames, &diag);
    struct diag said = {0};
    (void)state;
    check_order(c, (const char *const[]){"丁一", "王二", "John Smith", NULL});
    collation_report(c, &said);
    assert_int_equal(said.n, 0);
    collation_free(c);
}

static void surnames_are_read_as_in_another_list(void **state)
{
    FILE *in = open_list("surnames-by-pinyin.txt");
    char line[300], last[300] = "", last_reading[300] = "";
    size_t n = 0;
    (void)state;
    for (; next_line(in, line, sizeof line); n++) {
        char *reading = strchr(line, ' ');
        *reading++ = '\0';
        if (*last && strcmp(reading, last_reading))
            check_order(by_pinyin, (const char *const[]){last, line, NULL});
        snprintf(last, sizeof last, "%s", line);
        snprintf(last_reading, sizeof last_reading, "%s", reading);
    }
    fclose(in);
    assert_int_equal(n, 484);
}

static void names_stand_by_letters_then_tones(void **state)
{
    (void)state;
    /* within one reading by strokes: 谢 12, 解 13. 仇 Qiú, 单 Shàn, 解 Xiè, 曾 Zēng, 查 Zhā; 万俟
     * Mòqí, 区 Ōu, 朴 Piáo, 覃 Qín */
    check_order(by_pinyin, (const char *const[]){"欧大", "欧阳修", "仇某", "任某", "单某", "司马迁",
                                                 "谢某", "解某", "尉迟恭", "曾某", "查某", "祭某",
                                                 "张三", "诸葛亮", NULL});
    check_order(by_pinyin, (const char *const[]){"丁某", "万俟卨", "区某", "彭某", "朴某", "钱某",
                                                 "覃某", "万某", NULL});
    /* a rare character has its place, too: 严 Yán, 䶮 Yǎn, 晏 Yàn */
    check_order(by_pinyin, (const char *const[]){"严某", "䶮某", "晏某", NULL});
    /* letters before tones; u before ü */
    check_order(by_pinyin, (const char *const[]){"陆某", "吕某", "栾某", NULL});
    /* namesakes of one surname stay together whatever is read like it */
    check_order(by_pinyin, (const char *const[]){"单甲", "单乙", "善甲", "善乙", NULL});
}

static void other_scripts_have_their_place(void **state)
{
    struct collation *all[] = {by_strokes, by_pinyin};
    (void)state;
    for (size_t i = 0; i < 2; i++)
        check_order(all[i], (const char *const[]){"", "1号", "2号", "丁某", "丁某·A", "丁某A",
                                                  "Anna", "anna B", "Émile", "Ernst", NULL});
}

static void characters_of_no_table_come_last_and_are_named(void **state)
{
    struct collation *c = collation_new(ORDER_PINYIN, &surnames, &diag);
    struct diag said = {0};
    (void)state;
    /* U+2EBF0 is of Unicode 15.1; 㐂 has strokes, but no reading */
    check_order(c, (const char *const[]){"祝某", "㐂某", "\xF0\xAE\xAF\xB0某", "A某", NULL});
    collation_report(c, &said);
    assert_int_equal(said.n, 1);
    assert_non_null(strstr(said.list[0].text[LANGUAGE_ZH], "“㐂”（㐂某）"));
    assert_non_null(strstr(said.list[0].text[LANGUAGE_ZH], "按拼音排序"));
    diag_clear(&said);
    collation_free(c);
}

static void syllables_are_read_one_for_each_character(void **state)
{
    uint16_t r[3];
    (void)state;
    assert_true(han_syllables("ōu yáng", 2, r));
    assert_true(r[0] < r[1]);
    assert_true(han_syllables("lǘ", 1, r));
    assert_false(han_syllables("", 0, r));
    assert_false(han_syllables("ōu", 2, r));
    assert_false(han_syllables("ōu yáng", 1, r));
    assert_false(han_syllables("ōuyáng", 2, r));
    assert_false(han_syllables("ou yang", 2, r)); /* no tones */
    assert_false(han_syllables("ōu  yáng", 2, r));
    assert_false(han_syllables("ōu yáng ", 2, r));
    assert_false(han_syllables("zhuāngzhuāng", 1, r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(standard_characters_stand_as_in_their_table),
        cmocka_unit_test(surnames_stand_as_in_the_table),
        cmocka_unit_test(surnames_stand_as_in_a_list_of_people),
        cmocka_unit_test(given_names_follow_by_number_and_strokes),
        cmocka_unit_test(characters_without_known_strokes_follow_their_count),
        cmocka_unit_test(a_collation_that_knows_all_says_nothing),
        cmocka_unit_test(surnames_are_read_as_in_another_list),
        cmocka_unit_test(names_stand_by_letters_then_tones),
        cmocka_unit_test(other_scripts_have_their_place),
        cmocka_unit_test(characters_of_no_table_come_last_and_are_named),
        cmocka_unit_test(syllables_are_read_one_for_each_character),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
