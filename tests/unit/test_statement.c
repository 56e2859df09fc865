/* test_statement.c - statements in files of their own: text in any encoding, Word's paragraphs. */
#include "test_xlsx.h"
#include "workbook/statement.h"

#include <sys/stat.h>

static char folder[] = "/tmp/shenbao-statement-XXXXXX";
static struct arena arena;

static int begin(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : 1;
}

static int end(void **state)
{
    (void)state;
    arena_free(&arena);
    diag_clear(&test_diag);
    return rmdir(folder);
}

static const char *read_bytes(const char *name, const void *bytes, size_t len)
{
    static const struct finding where = {.label = "个人述职", .sheet = "述职", .cell = "C3"};
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
    diag_clear(&test_diag);
    const char *text = statement_read(folder, name, &where, &arena, &test_diag);
    assert_int_equal(unlink(path), 0);
    return text;
}

static void is_read(const char *name, const char *bytes, size_t len, const char *text)
{
    const char *read = read_bytes(name, bytes, len);
    assert_int_equal(test_diag.n, 0);
    assert_string_equal(read, text);
}

static void is_refused(const char *name, const char *bytes, size_t len, const char *words)
{
    assert_null(read_bytes(name, bytes, len));
    assert_int_equal(test_diag.n, 1);
    assert_string_equal(test_diag.list[0].cell, "C3");
    if (!strstr(test_diag.list[0].text[LANGUAGE_EN], words))
        fail_msg("%s", test_diag.list[0].text[LANGUAGE_EN]);
}

#define BYTES(s) s, sizeof s - 1

static void text_is_read_in_any_encoding(void **state)
{
    (void)state;
    is_read("a.txt", BYTES("\r\n一、任现职以来\r\n\r\n　　二\r\n"), "一、任现职以来\n\n　　二");
    is_read("a.txt", BYTES("\xEF\xBB\xBF述职"), "述职");
    is_read("a.txt", BYTES("\xCA\xF6\xD6\xB0\n\xD2\xBB"), "述职\n一"); /* GBK */
    is_read("a.txt", BYTES("\xFF\xFE\xF0\x8F\x4C\x80\x40\xD8\x00\xDC"), "述职𠀀");
    is_read("a.txt", BYTES("\xFE\xFF\x8F\xF0\x80\x4C"), "述职");
    is_refused("a.txt", BYTES("任现职以来主持完成项\xE7\x9B"), "damaged characters"); /* cut */
    is_refused("a.txt", BYTES("\xEF\xBB\xBF任现职以来\xB0主持"), "damaged characters");
    is_refused("a.txt", BYTES("\x01\x02"), "is no text");
    is_refused("a.txt", BYTES("\xFF\xFF\xFF"), "is no text");
    is_refused("a.txt", BYTES(" \n"), "no text in the statement");
    is_refused("a.docx", BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "an old .doc");
    is_refused("a.docx",
               BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
                     "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"),
               "has a password");
    is_refused("a.docx", BYTES("%PDF-1.4"), "a PDF file");
}

static void other_files_are_missed_by_name(void **state)
{
    static const struct finding where = {.label = "个人述职"};
    (void)state;
    diag_clear(&test_diag);
    assert_null(statement_read(folder, "无.docx", &where, &arena, &test_diag));
    assert_int_equal(test_diag.n, 1);
    diag_clear(&test_diag);
    assert_null(statement_read(folder, "../a.txt", &where, &arena, &test_diag));
    assert_int_equal(test_diag.n, 1);
    assert_true(statement_is_file("A001/述职.docx") && statement_is_file("a.TXT"));
    assert_false(statement_is_file("任现职以来") || statement_is_file(".txt") ||
                 statement_is_file("见\n述职.txt"));
}

#define WORD_NS "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define WORD_PARTS(body)                                                                           \
    PARTS({"_rels/.rels", RELATIONS(RELATION("rId1", "officeDocument", "word/document.xml")), 0},  \
          {"word/_rels/document.xml.rels",                                                         \
           RELATIONS(RELATION("rId1", "styles", "styles.xml")                                      \
                         RELATION("rId2", "numbering", "numbering.xml")),                          \
           0},                                                                                     \
          {"word/styles.xml", styles, 0}, {"word/numbering.xml", numbering, 0},                    \
          {"word/document.xml",                                                                    \
           "<w:document xmlns:w=\"" WORD_NS "\" xmlns:m=\"m\"><w:body>" body                       \
           "</w:body></w:document>",                                                               \
           0})
#define P(inner) "<w:p>" inner "</w:p>"
#define R(text) "<w:r><w:t>" text "</w:t></w:r>"
#define HIDDEN(value, text)                                                                        \
    "<w:r><w:rPr><w:vanish" value "/></w:rPr><w:tab/><w:t>" text "</w:t></w:r>"
#define NUMBERED(list, level, text)                                                                \
    P("<w:pPr><w:numPr><w:ilvl w:val=\"" level "\"/><w:numId w:val=\"" list                        \
      "\"/></w:numPr></w:pPr>" R(text))

static const char styles[] =
    "<w:styles xmlns:w=\"" WORD_NS "\"><w:style w:styleId=\"Base\"><w:pPr><w:numPr><w:numId "
    "w:val=\"3\"/></w:numPr></w:pPr></w:style>"
    "<w:style w:styleId=\"Kind\"><w:basedOn w:val=\"Base\"/></w:style><w:style "
    "w:styleId=\"Loop\"><w:basedOn w:val=\"Loop\"/></w:style></w:styles>";
#define LEVEL(n, kind, text, more)                                                                 \
    "<w:lvl w:ilvl=\"" n "\"><w:start w:val=\"1\"/><w:numFmt w:val=\"" kind                        \
    "\"/><w:lvlText w:val=\"" text "\"/>" more "</w:lvl>"
static const char numbering[] =
    "<w:numbering xmlns:w=\"" WORD_NS "\"><w:abstractNum w:abstractNumId=\"0\">" LEVEL(
        "0", "chineseCountingThousand", "%1、", "") LEVEL("1", "decimal", "（%2）", "")
        LEVEL("2", "decimal", "%2.%3.",
              "") "</w:abstractNum><w:abstractNum w:abstractNumId=\"1\">" LEVEL("0", "bullet",
                                                                                "\uF0B7", "")
            LEVEL("1", "bullet", "●",
                  "<w:suff w:val=\"nothing\"/>") "</w:abstractNum>"
                                                 "<w:abstractNum w:abstractNumId=\"2\">" LEVEL(
                                                     "0", "decimalEnclosedCircle", "%1",
                                                     "") "</w:abstractNum>"
                                                         "<w:num w:numId=\"1\"><w:abstractNumId "
                                                         "w:val=\"0\"/></w:num><w:num "
                                                         "w:numId=\"2\"><w:abstractNumId "
                                                         "w:val=\"1\"/></w:num><w:num "
                                                         "w:numId=\"3\"><w:abstractNumId "
                                                         "w:val=\"2\"/></w:num>"
                                                         "<w:num w:numId=\"4\"><w:abstractNumId "
                                                         "w:val=\"0\"/><w:lvlOverride "
                                                         "w:ilvl=\"0\"><w:startOverride "
                                                         "w:val=\"12\"/></w:lvlOverride></w:num></"
                                                         "w:numbering>";

static const char *read_document(const struct test_part *parts, size_t n)
{
    struct buffer file = test_archive(parts, n);
    const char *text = read_bytes("述职.docx", file.data, file.len);
    buffer_clear(&file);
    return text;
}

static void paragraphs_are_lines(void **state)
{
    (void)state;
    const char *text = read_document(WORD_PARTS(
        P(R("任现职") R("以来")) P("") P(
            "<w:r><w:tab/><w:t xml:space=\"preserve\"> "
            "一</w:t><w:tab/><w:t>二</w:t><w:br/><w:t>三</w:t><w:br w:type=\"page\"/></w:r>")
            P("<w:hyperlink>" R(
                "链接") "</w:hyperlink><w:r><w:instrText>PAGE</w:instrText></"
                        "w:r>") "<w:sdt><w:sdtContent>" P(R("控件")) "</w:sdtContent></w:sdt>"));
    assert_int_equal(test_diag.n, 0);
    assert_string_equal(text, "任现职以来\n 一\t二\n三\n链接\n控件");
}

static void numbers_and_bullets_are_characters(void **state)
{
    (void)state;
    const char *text = read_document(WORD_PARTS(
        NUMBERED("1", "0", "业绩") NUMBERED("1", "1", "其一") NUMBERED("1", "1", "其二")
            NUMBERED("1", "2", "细") NUMBERED("1", "0", "论文") NUMBERED("1", "1", "又一")
                NUMBERED("2", "0", "点") NUMBERED("2", "1", "圆")
                    P("<w:pPr><w:pStyle w:val=\"Kind\"/></w:pPr>" R("样式"))
                        P("<w:pPr><w:pStyle w:val=\"Loop\"/></w:pPr>" R("无"))
                            NUMBERED("4", "0", "另起") NUMBERED("9", "0", "没有")
                                NUMBERED("0", "0", "取消")));
    assert_int_equal(test_diag.n, 0);
    assert_string_equal(text, "一、业绩\n（1）其一\n（2）其二\n2.1. 细\n二、论文\n（1）又一\n•"
                              "点\n●圆\n①样式\n无\n十二、另起\n没有\n取消");
}

/* So many numbered paragraphs that show nothing but a symbol, each with a number of so many bytes.
 */
static const char *read_long_numbers(size_t paragraphs, size_t bytes)
{
    struct buffer list = {0}, body = {0};
    buffer_puts(&list, "<w:numbering xmlns:w=\"" WORD_NS
                       "\"><w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:lvlText "
                       "w:val=\"");
    for (size_t i = 0; i < bytes; i++)
        buffer_putc(&list, 'x');
    buffer_puts(&list, "\"/></w:lvl></w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId "
                       "w:val=\"0\"/></w:num></w:numbering>");
    buffer_puts(&body, "<w:document xmlns:w=\"" WORD_NS "\"><w:body>");
    for (size_t i = 0; i < paragraphs; i++)
        buffer_puts(&body, P("<w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId "
                             "w:val=\"1\"/></w:numPr></w:pPr><w:r><w:sym/></w:r>"));
    buffer_puts(&body, "</w:body></w:document>");
    buffer_putc(&list, 0);
    buffer_putc(&body, 0);
    const struct test_part parts[] = {
        {"_rels/.rels", RELATIONS(RELATION("rId1", "officeDocument", "word/document.xml")), 0},
        {"word/_rels/document.xml.rels", RELATIONS(RELATION("rId1", "numbering", "numbering.xml")),
         0},
        {"word/numbering.xml", (char *)list.data, 0},
        {"word/document.xml", (char *)body.data, 0}};
    const char *text = read_document(parts, sizeof parts / sizeof *parts);
    buffer_clear(&list);
    buffer_clear(&body);
    return text;
}

/* A small file must not fill the memory: what it would say is bounded whatever says it. */
static void numbers_do_not_make_a_text_endless(void **state)
{
    (void)state;
    const char *text = read_long_numbers(3, 1000);
    assert_non_null(text);
    assert_int_equal(strlen(text), 3 * (1000 + 1 + strlen("□") + 1) - 1);
    assert_null(read_long_numbers(5000, 1000));
    assert_non_null(
        strstr(test_diag.list[0].text[LANGUAGE_EN], "has too much text: at most 4 MiB"));
    assert_null(read_long_numbers(1, 1001));
    assert_non_null(strstr(test_diag.list[0].text[LANGUAGE_EN], "a number of a list too long"));
}

static void what_is_no_paragraph_is_named(void **state)
{
    (void)state;
    const char *text = read_document(WORD_PARTS(
        P("<w:r><w:drawing><w:t>图</w:t></w:drawing></w:r>" R("文")) "<w:tbl><w:tr><w:tc>" P(
            R("格")) "</w:tc></w:tr></w:tbl>" P("<w:del><w:r><w:delText>旧</w:delText></w:r></"
                                                "w:del><w:ins>" R("新") "</"
                                                                        "w:ins><w:r><w:"
                                                                        "commentReference/></"
                                                                        "w:r><w:r><w:"
                                                                        "footnoteReference/></"
                                                                        "w:r><w:r><w:sym "
                                                                        "w:char=\"F0A8\"/></"
                                                                        "w:r><m:oMath><m:t>x</"
                                                                        "m:t></m:oMath>")
            P("<w:r><w:pict><w:txbxContent>" P(R("框")) "</w:txbxContent></w:pict></w:r>")
                P("<w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>" HIDDEN("", "藏")
                      R("看") "<w:r><w:rPr><w:vanish "
                              "w:val=\"0\"/></w:rPr><w:t>得见</w:t></w:r>" HIDDEN(
                                  " w:val=\"true\"", "也藏")) P(HIDDEN("", ""))));
    static const char *const words[] = {"1 pictures",
                                        "1 text boxes",
                                        "1 tables",
                                        "1 comments",
                                        "1 foot- or endnotes",
                                        "1 tracked deletions",
                                        "1 tracked insertions",
                                        "1 characters of symbol fonts",
                                        "1 formulas",
                                        "3 pieces of hidden text"};
    assert_string_equal(text, "文\n格\n新□\n看得见");
    assert_int_equal(test_diag.n, sizeof words / sizeof *words);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        assert_non_null(strstr(test_diag.list[i].text[LANGUAGE_EN], words[i]));
        assert_int_equal(test_diag.list[i].severity, SEVERITY_WARNING);
    }
}

/* Of a tracked change of looks, what it was before is none of the text's. */
static void former_looks_say_nothing(void **state)
{
    (void)state;
    const char *text = read_document(
        WORD_PARTS(P("<w:pPr><w:pPrChange><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId "
                     "w:val=\"1\"/></w:numPr></w:pPr></w:pPrChange></w:pPr>"
                     "<w:r><w:rPr><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr>"
                     "<w:t>看</w:t></w:r>") P("<w:pPr><w:rPr><w:oMath/></w:rPr></w:pPr>" R("得"))));
    assert_int_equal(test_diag.n, 0);
    assert_string_equal(text, "看\n得");
}

/* Two texts that a page parts are no one word; and an emoji is what it is to those who know it. */
static void pages_part_texts_and_emoji_are_characters(void **state)
{
    (void)state;
    const char *text = read_document(WORD_PARTS(
        P("<w:r><w:br w:type=\"page\"/></w:r>" R("前") "<w:r><w:br w:type=\"page\"/></w:r>" R(
            "后") "<w:r><w:br w:type=\"page\"/></w:r>")
            P("<w:r><w:noBreakHyphen/></w:r>" R("5") "<w:r><w:ptab/></w:r>" R(
                "度") "<w:r><w:br w:type=\"page\"/><w:tab/></w:r>" R("又"))
                P("<w:r xmlns:e=\"e\" "
                  "xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\">"
                  "<mc:AlternateContent><mc:Choice><e:symEx e:char=\"1F60A\"/></mc:Choice>"
                  "<mc:Fallback><w:t>\U0001F60A</w:t></mc:Fallback></mc:AlternateContent></w:r>")));
    assert_int_equal(test_diag.n, 0);
    assert_string_equal(text, "前\n后\n\u20115\t度\n\t又\n\U0001F60A");
}

#define CODE(text) "<w:r><w:instrText>" text "</w:instrText></w:r>"

static void what_only_word_can_show_is_named(void **state)
{
    static const char *const words[] = {"2 fields", "1 phonetic guides", "2 inserted documents",
                                        "1 places that are not filled in"};
    (void)state;
    const char *text =
        read_document(WORD_PARTS(P(R("甲") CODE(" eq \\o\\ac(○,") CODE("1") CODE(")") CODE(
            " EQUAL") "<w:fldSimple w:instr="
                      "\"AUTONUMLGL\"/><w:r><w:ruby><w:rt>" R("hàn") "</w:rt><w:rubyBase>" R(
                          "汉") "</w:rubyBase></w:ruby></w:r>") "<w:altChunk/><w:subDoc/"
                                                                "><w:sdt><w:sdtPr>"
                                                                "<w:showingPlcHdr/></"
                                                                "w:sdtPr><w:sdtContent>" P(
                                                                    R("单击")) "</w:sdtContent></"
                                                                               "w:sdt>"));
    assert_string_equal(text, "甲汉\n单击");
    assert_int_equal(test_diag.n, sizeof words / sizeof *words);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_non_null(strstr(test_diag.list[i].text[LANGUAGE_EN], words[i]));
}

#define FIELD(type) "<w:r><w:fldChar w:fldCharType=\"" type "\"/></w:r>"

/* The result of a field that the document keeps is text as any other. */
static void fields_whose_text_is_read_are_not_named(void **state)
{
    (void)state;
    const char *text = read_document(WORD_PARTS(
        P(R("30") FIELD("begin") CODE(" SYMBOL 176 ") FIELD("separate") R("°") FIELD("end"))
            P("<w:fldSimple w:instr=\"SYMBOL 177\">" R("±") "</w:fldSimple>" R("1"))));
    assert_int_equal(test_diag.n, 0);
    assert_string_equal(text, "30°\n±1");
    text = read_document(WORD_PARTS(
        P(FIELD("begin") CODE(" SYMBOL 176 ") FIELD("separate") FIELD("end") R("甲"))
            P(FIELD("begin") CODE(" EQ ") FIELD("end") R("乙"))
                P("<w:fldSimple w:instr=\"LISTNUM\"></w:fldSimple>" R("丙")) P(FIELD("begin") CODE(
                    "SYMBOL 177") FIELD("separate") HIDDEN("", "±") FIELD("end") R("丁"))));
    assert_string_equal(text, "甲\n乙\n丙\n丁");
    assert_int_equal(test_diag.n, 2); /* the hidden text, too */
    assert_non_null(strstr(test_diag.list[1].text[LANGUAGE_EN], "4 fields"));
}

/* One paragraph of a list whose numbers are of the kind, the first of which is start. */
static const char *read_number(const char *kind, const char *start, const char *link)
{
    char list[2000];
    snprintf(list, sizeof list,
             "<w:numbering xmlns:w=\"" WORD_NS "\"><w:abstractNum w:abstractNumId=\"0\">"
             "<w:numStyleLink w:val=\"%s\"/></w:abstractNum><w:abstractNum w:abstractNumId=\"1\">"
             "<w:styleLink w:val=\"Kind\"/><w:lvl w:ilvl=\"0\"><w:start w:val=\"%s\"/>"
             "<w:numFmt w:val=\"%s\"/><w:lvlText w:val=\"%%1、\"/></w:lvl></w:abstractNum>"
             "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>",
             link, start, kind);
    const struct test_part parts[] = {
        {"_rels/.rels", RELATIONS(RELATION("rId1", "officeDocument", "word/document.xml")), 0},
        {"word/_rels/document.xml.rels", RELATIONS(RELATION("rId1", "numbering", "numbering.xml")),
         0},
        {"word/numbering.xml", list, 0},
        {"word/document.xml",
         "<w:document xmlns:w=\"" WORD_NS "\"><w:body>" NUMBERED("1", "0", "文") "</w:body>"
                                                                                 "</w:document>",
         0}};
    return read_document(parts, sizeof parts / sizeof *parts);
}

static void numbers_are_of_the_kind_that_word_shows(void **state)
{
    static const struct {
        const char *kind, *start, *shown;
    } kinds[] = {
        {"ideographTraditional", "3", "丙、文"},   {"ideographTraditional", "11", "11、文"},
        {"ideographZodiac", "12", "亥、文"},       {"chineseLegalSimplified", "10", "壹拾、文"},
        {"chineseCounting", "12", "十二、文"},     {"ideographDigital", "20", "二〇、文"},
        {"decimalFullWidth", "12", "１２、文"},    {"decimalEnclosedFullstop", "2", "⒉、文"},
        {"decimalEnclosedParen", "20", "⒇、文"},   {"ideographEnclosedCircle", "1", "㈠、文"},
        {"decimalEnclosedCircle", "21", "21、文"}, {"decimalEnclosedCircleChinese", "1", "①、文"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        assert_string_equal(read_number(kinds[i].kind, kinds[i].start, "Kind"), kinds[i].shown);
    assert_string_equal(read_number("decimal", "1", "Other"), "文");
}

static void damaged_documents_are_one_message(void **state)
{
    (void)state;
    assert_null(read_document(WORD_PARTS("<w:p>")));
    assert_int_equal(test_diag.n, 1);
    assert_non_null(strstr(test_diag.list[0].text[LANGUAGE_EN], "is damaged"));
    assert_null(read_document(BOOK(ROWS(""))));
    assert_int_equal(test_diag.n, 1);
    assert_non_null(strstr(test_diag.list[0].text[LANGUAGE_EN], "no Word document"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_read_in_any_encoding),
        cmocka_unit_test(other_files_are_missed_by_name),
        cmocka_unit_test(paragraphs_are_lines),
        cmocka_unit_test(numbers_and_bullets_are_characters),
        cmocka_unit_test(numbers_do_not_make_a_text_endless),
        cmocka_unit_test(what_is_no_paragraph_is_named),
        cmocka_unit_test(former_looks_say_nothing),
        cmocka_unit_test(pages_part_texts_and_emoji_are_characters),
        cmocka_unit_test(what_only_word_can_show_is_named),
        cmocka_unit_test(fields_whose_text_is_read_are_not_named),
        cmocka_unit_test(numbers_are_of_the_kind_that_word_shows),
        cmocka_unit_test(damaged_documents_are_one_message),
    };
    return cmocka_run_group_tests_name("statements", tests, begin, end);
}
