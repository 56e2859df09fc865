/* test_scans.c - scans dealt out by their folders and names. */
#include "record/join.h"
#include "record/node.h"
#include "test_record.h"
#include "workbook/scans.h"

static char folder[] = "/tmp/shenbao-scans-XXXXXX";
static struct arena arena;
static struct diag diag;
static const struct scan_words *words;

static const char batch[] = HEAD
    "<applicant id=\"A1\" mode=\"正常申报\"><person><name>陈某</name><sex>男</sex><id-number "
    "type=\"居民身份证\">330199198503120013</id-number></person>"
    "<education id=\"E1\" school=\"示例大学\"/><education id=\"E2\" school=\"示例学院\"/><title "
    "id=\"T1\" name=\"工程师\"/>"
    "<project id=\"P1\" name=\"示例港区爆破开挖工程\"/><project id=\"P10\" "
    "name=\"露天（二期）\"/><paper id=\"L1\" title=\"振动信号\"/><award id=\"J1\" name=\"示例奖\"/>"
    "<document id=\"F1\" kind=\"身份证\" href=\"scans/A1/旧.pdf\"/></applicant>"
    "<applicant id=\"A10\" mode=\"正常申报\"><person><name>王某某</name><sex>男</sex><photo "
    "href=\"p.jpg\"/></person></applicant>"
    "<applicant id=\"A2\" "
    "mode=\"正常申报\"><person><name>李某</name><sex>男</sex></person></applicant>"
    "<applicant id=\"A3\" "
    "mode=\"正常申报\"><person><name>李某</name><sex>女</sex></person></applicant>" TAIL;

/* The paths, with the folders on the way; taken away again by remove_all. */
static void put_files(const char *const *paths)
{
    for (; *paths; paths++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, *paths);
        for (char *p = path + strlen(folder) + 1; (p = strchr(p, '/')); *p++ = '/') {
            *p = '\0';
            mkdir(path, 0700);
        }
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fclose(f);
    }
}

static void remove_all(void)
{
    char command[256];
    snprintf(command, sizeof command, "rm -rf %s/*", folder);
    assert_int_equal(system(command), 0);
}

static void print_hrefs(record_node *node, const char *id, struct buffer *out)
{
    const char *href = record_attribute(node, "href", &arena);
    if (*href)
        buffer_printf(out, "%s %s %s%s%s%s %s\n", id,
                      record_attribute(record_parent(node), "id", &arena), record_name(node),
                      record_attribute(node, "id", &arena), record_attribute(node, "kind", &arena),
                      record_attribute(node, "part", &arena), href);
    for (record_node *c = NULL; (c = record_child(node, c));)
        print_hrefs(c, id, out);
}

/* All files that the records cite after the scans were given, a line each. */
static char *give_to(const char *input, const char *const *paths)
{
    struct buffer out = {0};
    struct applicant a;
    put_files(paths);
    diag_clear(&diag);
    struct record *r = open_text(input, &diag);
    assert_non_null(r);
    struct scans *s = scans_open(folder, "scans/", words, &diag);
    assert_non_null(s);
    struct record_cursor *c = record_cursor_new(r, &diag);
    while (record_next(c, &a))
        scans_add_person(s, &a);
    record_cursor_free(c);
    scans_deal(s);
    c = record_cursor_new(r, &diag);
    while (record_next(c, &a)) {
        scans_give(s, &a, &diag);
        print_hrefs(a.node, a.id, &out);
    }
    record_cursor_free(c);
    scans_report(s, (struct src_pos){"a.xlsx", 0}, &diag);
    scans_free(s);
    record_free(r);
    remove_all();
    buffer_putc(&out, '\0');
    return (char *)out.data;
}

#define GIVE_TO(input, ...) give_to(input, (const char *const[]){__VA_ARGS__, NULL})
#define GIVE(...) GIVE_TO(batch, __VA_ARGS__)

static void files_find_their_entries(void **state)
{
    (void)state;
    char *hrefs =
        GIVE("scans/A1/P1-合同-封面页.pdf", "scans/A1/P1/合同/金额页.pdf", "scans/A1/p10_立项.PDF",
             "scans/A1/L1正文2.pdf", "scans/A1/L1正文10.pdf", "scans/陈某/身份证.jpg",
             "scans/陈某/J1.png", "scans/陈某-A1/示例奖 获奖证书.pdf",
             "scans/330199198503120013/露天(二期)-合同（1）.pdf", "scans/A1/职称证.jpg",
             "scans/照片/陈某.jpg", "scans/示例公司/陈某/毕业证-E2.jpg", "scans/A1/旧.pdf",
             "scans/身份证陈某反面.jpg", "scans/Thumbs.db");
    assert_string_equal(hrefs,
                        "A1  photo scans/照片/陈某.jpg\n"
                        "A1 E2 evidence学历证书 scans/示例公司/陈某/毕业证-E2.jpg\n"
                        "A1 T1 evidence任职资格证书 scans/A1/职称证.jpg\n"
                        "A1 P1 evidence合同封面页 scans/A1/P1-合同-封面页.pdf\n"
                        "A1 P1 evidence合同项目金额页 scans/A1/P1/合同/金额页.pdf\n"
                        "A1 P10 evidence合同 scans/330199198503120013/露天(二期)-合同（1）.pdf\n"
                        "A1 P10 evidence立项书 scans/A1/p10_立项.PDF\n"
                        "A1 L1 evidence正文 scans/A1/L1正文2.pdf\n"
                        "A1 L1 evidence正文 scans/A1/L1正文10.pdf\n"
                        "A1 J1 evidence获奖证书 scans/陈某/J1.png\n"
                        "A1 J1 evidence获奖证书 scans/陈某-A1/示例奖 获奖证书.pdf\n"
                        "A1 A1 documentF1身份证 scans/A1/旧.pdf\n"
                        "A1 A1 documentF2身份证 scans/陈某/身份证.jpg\n"
                        "A1 A1 documentF3身份证 scans/身份证陈某反面.jpg\n"
                        "A10  photo p.jpg\n");
    assert_int_equal(diag.count[SEVERITY_WARNING], 0);
    finding_with(&diag, "of 14 scans 14 are matched");
    free(hrefs);
}

static void what_is_not_matched_is_named_with_what_is_near(void **state)
{
    (void)state;
    free(GIVE("scans/A1/P11-合同.pdf", "scans/A1/P1.pdf", "scans/A1/毕业证.jpg",
              "scans/A1/港区爆破.pdf", "scans/A1/杂.pdf", "scans/A1/合同.pdf", "scans/A1/著作.pdf",
              "scans/A1/继续教育.pdf", "scans/A1/2024年继续教育.pdf", "scans/A1/P1-合同.docx",
              "scans/A10/照片.jpg", "scans/李某/身份证.jpg", "scans/赵某/身份证.jpg",
              "scans/李某-A3/身份证.jpg", "scans/A99/身份证.jpg"));
    static const char *const say[] = {
        "'scans/A1/P11-合同.pdf' is not matched: nearest is P1, ",
        "'scans/A1/P1.pdf' is not matched: nearest is P1, 示例港区爆破开挖工程; rename it to "
        "P1-材料种类",
        "'scans/A1/毕业证.jpg' is 学历证书, which 2 entries may have: E1“示例大学”、E2“示例学院”; "
        "put an "
        "entry's id or name into its name (E2-学历证书)",
        "'scans/A1/港区爆破.pdf' is not matched: nearest is P1",
        "'scans/A1/杂.pdf' is not matched: its name has none",
        "'scans/A1/合同.pdf' is 合同, of which entry nobody can tell: put the entry's id or name "
        "before it (P1-合同)",
        "'scans/A1/著作.pdf' is not matched: its name has none",
        "'scans/A1/继续教育.pdf' is 继续教育证明, and the person has no entry that it belongs to",
        "'scans/A1/2024年继续教育.pdf' is not matched: its name has none",
        "'scans/A1/P1-合同.docx' is no PDF",
        "'scans/A10/照片.jpg' is unused",
        "'scans/李某/身份证.jpg' may be of several people of one name, A2、A3",
        "'scans/赵某/身份证.jpg' is nobody's",
        "'scans/A99/身份证.jpg' is nobody's",
        "of 15 scans 1 are matched"};
    for (size_t i = 0; i < sizeof say / sizeof *say; i++)
        finding_with(&diag, say[i]);
    assert_int_equal(diag.count[SEVERITY_WARNING], 13);
    assert_string_equal(finding_with(&diag, "P1.pdf")->applicant, "A1");
}

/* People whose ids are numbers, as clerks count them, and entries likewise. */
static const char numbered[] =
    HEAD "<applicant id=\"1\" mode=\"正常申报\"><person><name>陈某</name><sex>男</sex></person>"
         "<training id=\"1\" year=\"2021\"/><training year=\"2022\"/>"
         "<project id=\"P1\" name=\"露天（二期）\"/><project id=\"P11\" name=\"隧道\"/></applicant>"
         "<applicant id=\"2\" mode=\"正常申报\"><person><name>王某</name><sex>男</sex></person>"
         "</applicant>" TAIL;

static void an_id_of_few_digits_is_a_folder_s_whole_name(void **state)
{
    (void)state;
    char *hrefs =
        GIVE_TO(numbered, "scans/1/身份证.jpg", "scans/身份证2.jpg", "scans/2-身份证.jpg",
                "scans/照片/1.jpg", "scans/2021年/王某/身份证.jpg", "scans/1-王某/照片.jpg",
                "scans/陈某/2 身份证（反面）.jpg", "scans/1-陈某/1-身份证.jpg");
    assert_string_equal(hrefs, "1 1 documentF1身份证 scans/1-陈某/1-身份证.jpg\n"
                               "1 1 documentF2身份证 scans/1/身份证.jpg\n"
                               "1 1 documentF3身份证 scans/陈某/2 身份证（反面）.jpg\n"
                               "2  photo scans/1-王某/照片.jpg\n"
                               "2 2 documentF1身份证 scans/2021年/王某/身份证.jpg\n");
    finding_with(&diag, "'scans/身份证2.jpg' is nobody's");
    finding_with(&diag, "'scans/2-身份证.jpg' is nobody's");
    finding_with(&diag,
                 "'scans/照片/1.jpg' is nobody's: its path has no id, name or ID number of a "
                 "person (an id of one to four digits has to be a folder's whole name)");
    free(hrefs);
}

static void parts_are_bound_in_their_order(void **state)
{
    (void)state;
    char *hrefs = GIVE_TO(numbered, "scans/陈某/P1-合同-人员名单.pdf",
                          "scans/陈某/P1-合同-盖章页.pdf", "scans/陈某/P1-合同-封面.pdf",
                          "scans/陈某/P1-合同-金额页2.pdf", "scans/陈某/P1-合同-金额页10.pdf",
                          "scans/陈某/P1-验收.pdf", "scans/陈某/露天二期立项.pdf",
                          "scans/陈某/P1-1 合同.pdf", "scans/陈某/2022年度继续教育证明.pdf");
    assert_string_equal(hrefs,
                        "1  evidence继续教育证明 scans/陈某/2022年度继续教育证明.pdf\n"
                        "1 P1 evidence合同封面页 scans/陈某/P1-合同-封面.pdf\n"
                        "1 P1 evidence合同项目金额页 scans/陈某/P1-合同-金额页2.pdf\n"
                        "1 P1 evidence合同项目金额页 scans/陈某/P1-合同-金额页10.pdf\n"
                        "1 P1 evidence合同人员名单及本人工作内容 scans/陈某/P1-合同-人员名单.pdf\n"
                        "1 P1 evidence合同盖章页 scans/陈某/P1-合同-盖章页.pdf\n"
                        "1 P1 evidence立项书 scans/陈某/露天二期立项.pdf\n"
                        "1 P1 evidence结题或验收材料 scans/陈某/P1-验收.pdf\n");
    finding_with(&diag, "'scans/陈某/P1-1 合同.pdf' is not matched: nearest is P1, 露天（二期）");
    free(hrefs);
}

/* Cameras and chats name files by more digits than a machine's number has. */
static void long_numbers_are_in_order_too(void **state)
{
    (void)state;
    char *hrefs = GIVE_TO(numbered, "scans/陈某/P1-合同-封面5000000000000000000000003.pdf",
                          "scans/陈某/P1-合同-封面5000000000000000000000001.pdf",
                          "scans/陈某/P1-合同-封面05000000000000000000000002.pdf",
                          "scans/陈某/P1-合同-封面40000000000000000000000000.pdf",
                          "scans/陈某/P1-合同-封面5000000000000000000000002.pdf");
    assert_string_equal(
        hrefs, "1 P1 evidence合同封面页 scans/陈某/P1-合同-封面5000000000000000000000001.pdf\n"
               "1 P1 evidence合同封面页 scans/陈某/P1-合同-封面5000000000000000000000002.pdf\n"
               "1 P1 evidence合同封面页 scans/陈某/P1-合同-封面05000000000000000000000002.pdf\n"
               "1 P1 evidence合同封面页 scans/陈某/P1-合同-封面5000000000000000000000003.pdf\n"
               "1 P1 evidence合同封面页 scans/陈某/P1-合同-封面40000000000000000000000000.pdf\n");
    free(hrefs);
}

static void what_fits_two_entries_is_given_to_neither(void **state)
{
    static const char alike[] = HEAD
        "<applicant id=\"A1\" mode=\"正常申报\"><person><name>陈某</name><sex>男</sex></person>"
        "<award id=\"J1\" name=\"示例奖\"/><award id=\"J2\" name=\"示例奖\"/></applicant>" TAIL;
    (void)state;
    char *hrefs = GIVE_TO(alike, "scans/陈某/示例奖.pdf", "scans/陈某/示例奖-J2.pdf");
    assert_string_equal(hrefs, "");
    finding_with(&diag, "'scans/陈某/示例奖.pdf' may be of J1“示例奖” or of J2“示例奖”");
    free(hrefs);
}

/* Entries of a year have mostly no id; the kind says which of them it is. */
static void a_year_s_kind_says_which_entry(void **state)
{
    static const char years[] = HEAD
        "<applicant id=\"A1\" mode=\"正常申报\"><person><name>陈某</name><sex>男</sex></person>"
        "<training year=\"2024\"/><training year=\"2025\"/><review year=\"2024\"/><review "
        "year=\"2025\"/></applicant>" TAIL;
    (void)state;
    char *hrefs =
        GIVE_TO(years, "scans/陈某/2024年度考核表.jpg", "scans/陈某/2025年继续教育证明.pdf",
                "scans/陈某/年度考核2025.jpg", "scans/陈某/2024.pdf");
    assert_string_equal(hrefs, "A1  evidence继续教育证明 scans/陈某/2025年继续教育证明.pdf\n"
                               "A1  evidence年度考核表 scans/陈某/2024年度考核表.jpg\n"
                               "A1  evidence年度考核表 scans/陈某/年度考核2025.jpg\n");
    finding_with(
        &diag, "'scans/陈某/2024.pdf' may be of “2024”（继续教育证明） or of “2024”（年度考核表）");
    assert_int_equal(diag.count[SEVERITY_WARNING], 1);
    free(hrefs);
}

static void words_that_say_nothing_are_passed_over(void **state)
{
    (void)state;
    char *hrefs = GIVE("scans/陈某/身份证（扫描件）.jpg",
                       "scans/陈某/扫描版P1-合同 原件_封面页.pdf", "scans/陈某/彩色照片.jpg");
    assert_string_equal(hrefs, "A1  photo scans/陈某/彩色照片.jpg\n"
                               "A1 P1 evidence合同封面页 scans/陈某/扫描版P1-合同 原件_封面页.pdf\n"
                               "A1 A1 documentF1身份证 scans/A1/旧.pdf\n"
                               "A1 A1 documentF2身份证 scans/陈某/身份证（扫描件）.jpg\n"
                               "A10  photo p.jpg\n");
    free(hrefs);
}

static void names_are_folded_alike(void **state)
{
    static const struct {
        const char *text, *folded;
    } names[] = {{"Ａ１－合同（1）.PDF", "a1-合同-1-pdf"},
                 {"  陈某 、身份证__", "陈某-身份证"},
                 {"", ""},
                 {"·—·", ""},
                 {"\xFF", "?"}};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(scan_fold(names[i].text, &arena), names[i].folded);
}

static void links_are_not_followed(void **state)
{
    char path[256];
    (void)state;
    snprintf(path, sizeof path, "%s/scans", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/scans/A1-身份证.jpg", folder);
    assert_int_equal(symlink("/etc/hostname", path), 0);
    char *hrefs = GIVE(NULL);
    assert_null(strstr(hrefs, "scans/A1-"));
    free(hrefs);
    finding_with(&diag, "1 links are not followed");
}

static int begin(void **state)
{
    test_begin(state);
    words = scan_words_read("templates/base/scans.xml", &arena, &diag);
    return words && mkdtemp(folder) ? 0 : 1;
}

/* A batch that is written to an outer folder names the files of an inner one from there. */
static void what_is_joined_finds_its_files(void **state)
{
    static const char *const files[] = {"u1/a.xml", "u2/a.xml", NULL};
    const char *all = arena_printf(&arena, "%s/all.xml", folder),
               *inner = arena_printf(&arena, "%s/u1/a.xml", folder),
               *other = arena_printf(&arena, "%s/u2/none/../a.xml", folder);
    (void)state;
    put_files(files);
    diag_clear(&diag);
    assert_string_equal(join_prefix(all, inner, &arena, &diag), "u1/");
    assert_string_equal(join_prefix(inner, inner, &arena, &diag), "");
    assert_int_equal(diag.n, 0);
    assert_null(join_prefix(inner, all, &arena, &diag));
    assert_null(join_prefix(all, other, &arena, &diag)); /* that folder is not there */
    assert_int_equal(diag.count[SEVERITY_WARNING], 2);
    diag_clear(&diag);
    remove_all();
}

static int end(void **state)
{
    test_end(state);
    arena_free(&arena);
    diag_clear(&diag);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_find_their_entries),
        cmocka_unit_test(what_is_not_matched_is_named_with_what_is_near),
        cmocka_unit_test(an_id_of_few_digits_is_a_folder_s_whole_name),
        cmocka_unit_test(parts_are_bound_in_their_order),
        cmocka_unit_test(long_numbers_are_in_order_too),
        cmocka_unit_test(what_fits_two_entries_is_given_to_neither),
        cmocka_unit_test(a_year_s_kind_says_which_entry),
        cmocka_unit_test(words_that_say_nothing_are_passed_over),
        cmocka_unit_test(names_are_folded_alike),
        cmocka_unit_test(links_are_not_followed),
        cmocka_unit_test(what_is_joined_finds_its_files),
    };
    return cmocka_run_group_tests_name("scans", tests, begin, end);
}
