/* test_record_bytes.c - the bytes of a file: encodings, wrong labels, hostile sizes, standard
 * input. */
#define _DEFAULT_SOURCE /* wait4 */
#include "core/buffer.h"
#include "core/utf8.h"
#include "test_record.h"

#include <fcntl.h>
#include <iconv.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include <libxml/parser.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#define NAME "喆\xF0\xAC\xB1\x96王" /* the first is not in GB2312, the second not in GBK */
#define BODY                                                                                       \
    "<batch year=\"2026\" asof=\"2026-09-30\">\n" UNIT                                             \
    "<applicant id=\"A1\" mode=\"正常申报\">\n<person><name>" NAME                                 \
    "</name></person></applicant>" TAIL

static size_t convert(const char *text, const char *encoding, char *out, size_t room)
{
    iconv_t cd = iconv_open(encoding, "UTF-8");
    char *from = (char *)(uintptr_t)text, *to = out;
    size_t left = strlen(text), start = room;
    assert_true(cd != (iconv_t)-1);
    assert_int_equal(iconv(cd, &from, &left, &to, &room), 0);
    iconv_close(cd);
    return start - room;
}

/* A file of a label, a byte order mark and text in an encoding: read as NAME, or refused with
 * words. */
struct label_case {
    const char *mark;
    size_t mark_len;
    const char *label, *encoding, *words;
    long line;
    enum severity severity;
};

static void labels_and_bytes_agree_or_it_is_said(void **state)
{
    static const char utf8[] = "\xEF\xBB\xBF", le[] = "\xFF\xFE", be[] = "\xFE\xFF";
    static const struct label_case cases[] = {
        {"", 0, NULL, "UTF-8", NULL, 0, SEVERITY_ERROR},
        {"", 0, "utf-8", "UTF-8", NULL, 0, SEVERITY_ERROR},
        {utf8, 3, "UTF-8", "UTF-8", NULL, 0, SEVERITY_ERROR},
        {utf8, 3, NULL, "UTF-8", NULL, 0, SEVERITY_ERROR},
        {"", 0, "GB18030", "GB18030", NULL, 0, SEVERITY_ERROR},
        {le, 2, "UTF-16", "UTF-16LE", NULL, 0, SEVERITY_ERROR},
        {be, 2, NULL, "UTF-16BE", NULL, 0, SEVERITY_ERROR},
        {"", 0, "UTF-16LE", "UTF-16LE", NULL, 0, SEVERITY_ERROR},
        /* read all the same, but it had better be declared */
        {"", 0, "GB2312", "GB18030", "声明的编码是 GB2312，却有它没有的字；已按 GB18030 读", 5,
         SEVERITY_WARNING},
        {"", 0, "gbk", "GB18030", "声明的编码是 gbk，却有它没有的字", 5, SEVERITY_WARNING},
        /* refused */
        {"", 0, "UTF-8", "GB18030",
         "第 23 列（文件第 101 字节）的 C0 不是 UTF-8 字符（与声明不符）；若文件其实是 GBK", 3,
         SEVERITY_ERROR},
        {"", 0, NULL, "GB18030", "文件没有声明编码", 2, SEVERITY_ERROR},
        {"", 0, "GBK", "UTF-8", "声明的编码是 GBK，全文却是 UTF-8", 1, SEVERITY_ERROR},
        {utf8, 3, "GBK", "UTF-8", "声明的编码是 GBK，文件却是 UTF-8（开头有 BOM）", 1,
         SEVERITY_ERROR},
        {le, 2, "UTF-8", "UTF-16LE", "声明的编码是 UTF-8，文件却是 UTF-16LE", 1, SEVERITY_ERROR},
        {le, 2, "UTF-16BE", "UTF-16LE", "声明的编码是 UTF-16BE，文件却是 UTF-16LE", 1,
         SEVERITY_ERROR},
        {"", 0, NULL, "UTF-16LE", "像是 UTF-16LE，却没有 BOM，也没有声明编码", 1, SEVERITY_ERROR},
        {"", 0, NULL, "UTF-16BE", "像是 UTF-16BE", 1, SEVERITY_ERROR},
        {"", 0, "UTF-16", "UTF-8", "声明的编码是 UTF-16，文件却是 8 位编码的文本", 1,
         SEVERITY_ERROR},
        {"", 0, "Big5", "UTF-8", "不支持编码 Big5", 1, SEVERITY_ERROR},
        {"", 0, "ISO-8859-1", "UTF-8", "不支持编码 ISO-8859-1", 1, SEVERITY_ERROR},
        {"", 0, NULL, "UTF-32LE", "不支持 UTF-32", 1, SEVERITY_ERROR},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct label_case *k = &cases[i];
        char text[1000], bytes[4000];
        struct diag d = {0};
        if (k->label)
            snprintf(text, sizeof text, "<?xml version=\"1.0\" encoding='%s'?>\n" BODY, k->label);
        else
            snprintf(text, sizeof text, BODY);
        memcpy(bytes, k->mark, k->mark_len);
        size_t n = k->mark_len +
                   convert(text, k->encoding, bytes + k->mark_len, sizeof bytes - k->mark_len);
        struct record *r = open_bytes(bytes, n, &d);
        if (k->words) {
            const struct finding *f = finding_with(&d, k->words);
            assert_int_equal(f->severity, k->severity);
            assert_int_equal(f->fault, FAULT_DATA);
            assert_int_equal(f->at.line, k->line);
        }
        assert_int_equal(d.n, k->words ? 1 : 0);
        if (!k->words || k->severity == SEVERITY_WARNING) {
            struct applicant a;
            struct record_cursor *c = record_cursor_new(r, &d);
            assert_true(record_next(c, &a));
            assert_string_equal(a.name, NAME);
            assert_string_equal(a.unit_name, "示例公司");
            record_cursor_free(c);
        }
        record_free(r);
        diag_clear(&d);
    }
}

static void a_wrong_byte_is_found_wherever_blocks_end(void **state)
{
    (void)state;
    for (int pad = 16384 - 140; pad < 16384 + 8; pad++) {
        struct buffer b = {0};
        struct diag d = {0};
        char place[80];
        buffer_printf(&b, "%s<!--%0*d-->", HEAD, pad, 0);
        size_t before = b.len;
        buffer_puts(&b, PLAIN("\xE7\x8E") TAIL); /* two thirds of a character */
        record_free(open_bytes(b.data, b.len, &d));
        snprintf(place, sizeof place, "文件第 %zu 字节）的 E7 不是 UTF-8",
                 before + sizeof "<applicant id=\"");
        assert_int_equal(finding_with(&d, place)->at.line, 5);
        buffer_clear(&b);
        diag_clear(&d);

        buffer_printf(&b, "%s<!--%0*d-->%s", HEAD, pad, 0,
                      PLAIN("\xF0\xAC\xB1\x96") TAIL); /* and one that is whole */
        struct record *r = open_bytes(b.data, b.len, &d);
        assert_non_null(r);
        assert_int_equal(d.n, 0);
        record_free(r);
        buffer_clear(&b);
    }
}

/* A file declared as GB whose one name is these bytes: how the name is read, or the words of the
 * refusal. */
struct gb_case {
    const char *label, *bytes, *name, *words;
    enum severity severity;
};

static const struct gb_case GB_CASES[] = {
    {"GB18030", "\xCD\xF5\xA6\xD9", "王︐", NULL, SEVERITY_ERROR},
    {"GB18030", "\xCD\xF5\x84\x31\x82\x36", "王︐", NULL, SEVERITY_ERROR},
    {"GB18030", "\xCD\xF5\xFE\x59", "王龴", NULL, SEVERITY_ERROR},
    {"GB18030", "\xCD\xF5\x82\x35\x90\x37", "王龴", NULL, SEVERITY_ERROR},
    {"GB18030", "\xCD\xF5\x82\x35\x8F\x33\x82\x35\x8F\x36", "王龦龩", NULL, SEVERITY_ERROR},
    {"GB18030", "\xCD\xF5\x95\x32\x82\x36", "王\xF0\xA0\x80\x80", NULL, SEVERITY_ERROR},
    {"GB18030", "\xCD\xF5\xFE\x51", "王\uE816", NULL, SEVERITY_ERROR},
    {"GBK", "\xCD\xF5\xFE\x59", "王龴", NULL, SEVERITY_ERROR},
    {"GBK", "\x86\xB4", "喆", NULL, SEVERITY_ERROR},
    {"gb2312", "\xCD\xF5", "王", NULL, SEVERITY_ERROR},
    {"gb2312", "\xCD\xF5\x86\xB4", "王喆", "却有它没有的字", SEVERITY_WARNING},
    {"GBK", "\xCD\xF5\x82\x35\x90\x37", "王龴", "却有它没有的字", SEVERITY_WARNING},
    {"GB18030", "\xCD\xF5\xA3\xA0\xA3\xA0\xBB\xAA", "王\u3000\u3000华",
     "第 35 列的编码 A3A0 在标准里是私用字符 U+E5E5，旧系统用作全角空格；已读作 U+3000（文件中共 2 "
     "处）",
     SEVERITY_INFO},
    {"GB18030", "\xCD\xF5\x80", NULL, "第 35 列（文件第 138 字节）的 80 3C 2F 6E 不是 GB18030 字符",
     SEVERITY_ERROR},
    {"GBK", "\xCD\xF5\x80", NULL, "80 是 Windows 的欧元符号 €", SEVERITY_ERROR},
    {"GB18030", "\xCD\xF5\xFF\xFF", NULL, "FF FF 3C 2F 不是 GB18030 字符", SEVERITY_ERROR},
    {"GB18030", "\xCD\xF5\x8F\x30\x81\x30", NULL, "8F 30 81 30 不是 GB18030 字符", SEVERITY_ERROR},
    {"GB18030", "\xCD\xF5\x84\x31\xA4\x39", NULL, "U+FFFF", SEVERITY_ERROR},
};

static void check_gb_case(const struct gb_case *k)
{
    struct buffer b = {0};
    struct diag d = {0};
    buffer_printf(&b,
                  "<?xml version=\"1.0\" encoding=\"%s\"?>\n"
                  "<batch year=\"2026\" asof=\"2026-09-30\">\n"
                  "<unit id=\"U\" name=\"U\">\n"
                  "<applicant id=\"A1\"><person><name>%s</name></person></applicant>" TAIL,
                  k->label, k->bytes);
    struct record *r = open_bytes(b.data, b.len, &d);
    if (k->words) {
        const struct finding *f = finding_with(&d, k->words);
        assert_int_equal(f->severity, k->severity);
        assert_int_equal(f->at.line, 4);
    }
    for (size_t i = 0; i < d.n && !k->words; i++)
        assert_null(strstr(d.list[i].text[LANGUAGE_ZH], "GB"));
    if (k->name) {
        struct applicant a;
        struct record_cursor *c = record_cursor_new(r, &d);
        assert_true(record_next(c, &a));
        assert_string_equal(a.name, k->name);
        record_cursor_free(c);
    }
    record_free(r);
    buffer_clear(&b);
    diag_clear(&d);
}

static void gb_codes_are_read_by_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof GB_CASES / sizeof *GB_CASES; i++)
        check_gb_case(&GB_CASES[i]);
}

/* A code of four bytes is whole wherever a block ends in it. */
static void gb_codes_are_whole_wherever_blocks_end(void **state)
{
    (void)state;
    for (int pad = 16384 - 190; pad < 16384 - 90; pad++) {
        struct buffer b = {0};
        struct diag d = {0};
        struct applicant a;
        buffer_printf(&b,
                      "<?xml version=\"1.0\" encoding=\"GB18030\"?>\n"
                      "<batch year=\"2026\" asof=\"2026-09-30\"><!--%0*d--><unit id=\"U\">"
                      "<applicant id=\"A1\"><person><name>\x82\x35\x90\x37\x95\x32\x82\x36"
                      "</name></person></applicant>" TAIL,
                      pad, 0);
        struct record *r = open_bytes(b.data, b.len, &d);
        struct record_cursor *c = record_cursor_new(r, &d);
        assert_true(record_next(c, &a));
        assert_string_equal(a.name, "龴\xF0\xA0\x80\x80");
        record_cursor_free(c);
        record_free(r);
        buffer_clear(&b);
        diag_clear(&d);
    }
}

static void what_xml_forbids_is_named(void **state)
{
    static const struct {
        const char *bytes, *words;
        size_t len;
    } cases[] = {
        {"\0", "第 4 列有 XML 不允许的字符 U+0000", 1},
        {"\x1B", "U+001B", 1},
        {"\xEF\xBF\xBE", "U+FFFE", 3},
        {"\xEF\xBF\xBF", "U+FFFF", 3},
        {"\xED\xA0\x80", "ED 不是 UTF-8", 3},
        {"\xC0\x80", "C0 不是 UTF-8", 2},
        {"\xF4\x90\x80\x80", "F4 不是 UTF-8", 4},
        {"&#0;", "字符引用 &#…;", 4},
        {"&#xD800;", "字符引用 &#…;", 8},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer b = {0};
        struct diag d = {0};
        buffer_puts(
            &b, HEAD PLAIN("A1") "<applicant id=\"A2\" mode=\"正常申报\"><person><name>\n某某某");
        buffer_add(&b, cases[i].bytes, cases[i].len);
        buffer_puts(&b, "</name></person></applicant>" TAIL);
        struct record *r = open_bytes(b.data, b.len, &d);
        const struct finding *f = finding_with(&d, cases[i].words);
        assert_int_equal(f->at.line, 7);
        assert_string_equal(f->applicant, "A2");
        assert_non_null(r); /* the one before it stands */
        assert_string_equal(faulty_ones(r, &d), "01");
        assert_int_equal(d.n, 1);
        record_free(r);
        buffer_clear(&b);
        diag_clear(&d);
    }
}

/* An attribute and a text of each applicant, with a private-use code that characters.xml knows or
 * does not. */
static struct record *open_codes(const char *attribute, const char *text, struct diag *d)
{
    char input[2000];
    snprintf(input, sizeof input,
             HEAD APPLICANT("A1", "<person><name>某甲</name></person><project name=\"%s\"/>"
                                  "\n<statement>一二三四五六七%s</statement>") PLAIN("A2") TAIL,
             attribute, text);
    put_bytes(input, strlen(input));
    return open_options((struct record_options){.characters_path = "templates/base/characters.xml"},
                        d);
}

static void private_codes_that_are_known_become_their_characters(void **state)
{
    (void)state;
    struct diag d = {0};
    struct arena arena = {0};
    struct applicant a;
    struct record *r = open_codes("\xEE\xA1\xA3", "\xEF\x82\xB7甲\xEF\x83\xBC乙\xEF\x82\xB7", &d);
    assert_non_null(r);
    struct record_cursor *c = record_cursor_new(r, &d);
    assert_true(record_next(c, &a));
    assert_false(a.faulty);
    struct query_context *x = query_context_new(NULL);
    struct query *q = query_new("concat(project/@name, statement)", (struct src_pos){"t", 1}, &d);
    query_context_begin(x, a.node, "");
    struct query_value v = query_string(q, x, (struct query_place){a.node, 1, 1}, &arena);
    assert_string_equal(v.text, "\u4DAE一二三四五六七\u2022甲\u2713乙\u2022");
    query_free(q);
    query_context_free(x);
    record_cursor_free(c);
    record_free(r);
    /* The old font's code at its place, Word's bullets once. */
    assert_int_equal(d.n, 2);
    const struct finding *f = finding_with(&d, "旧字库的自造字 U+E863，按“䶮”U+4DAE 处理");
    assert_int_equal(f->severity, SEVERITY_WARNING);
    assert_string_equal(f->rule, "R78");
    assert_string_equal(f->field, "project/@name");
    assert_int_equal(f->at.line, 5);
    f = finding_with(&d, "Word 的项目符号 U+F0B7，按“•”U+2022 处理");
    assert_int_equal(f->severity, SEVERITY_INFO);
    assert_int_equal(f->at.line, 6);
    arena_free(&arena);
    diag_clear(&d);
}

static void other_private_codes_and_no_characters_are_faults(void **state)
{
    (void)state;
    static const struct {
        const char *text, *code;
    } cases[] = {
        {"\xEF\xA3\xB0", "U+F8F0（自造字"},      {"\xEE\x80\x80", "U+E000（自造字"},
        {"\xF3\xB0\x80\x80", "U+F0000（自造字"}, {"\xF4\x8F\xBF\xBD", "U+10FFFD（自造字"},
        {"\xEF\xBF\xBD", "U+FFFD（不是文字）"},  {"\xEF\xBF\xBC", "U+FFFC（不是文字）"},
        {"\xEF\xBF\xB9", "U+FFF9（不是文字）"},  {"\xEF\xBF\xBB", "U+FFFB（不是文字）"},
        {"\xEF\xB7\x90", "U+FDD0（不是文字）"},  {"\xF0\x9F\xBF\xBE", "U+1FFFE（不是文字）"},
        {"&#xE001;", "U+E001（自造字"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int in_text = 0; in_text < 2; in_text++) {
            struct diag d = {0};
            struct record *r =
                open_codes(in_text ? "x" : cases[i].text, in_text ? cases[i].text : "", &d);
            const struct finding *f = finding_with(&d, cases[i].code);
            assert_int_equal(d.n, 1);
            assert_int_equal(f->severity, SEVERITY_ERROR);
            assert_int_equal(f->fault, FAULT_DATA);
            assert_string_equal(f->rule, "R78");
            assert_string_equal(f->applicant, "A1");
            assert_string_equal(f->field, in_text ? "statement" : "project/@name");
            assert_int_equal(f->at.line, in_text ? 6 : 5);
            if (in_text)
                assert_non_null(strstr(f->text[LANGUAGE_ZH], "在“二三四五六七”之后"));
            assert_string_equal(faulty_ones(r, &d), "10");
            record_free(r);
            diag_clear(&d);
        }
}

/* However many known codes stand before it. */
static void an_unknown_code_behind_many_known_ones_is_found(void **state)
{
    static const uint32_t known[] = {0xF06C, 0xF09F, 0xF0A1, 0xF06D, 0xF06E, 0xF0A7, 0xF06F,
                                     0xF0A8, 0xF071, 0xF072, 0xF074, 0xF075, 0xF076, 0xF0D8,
                                     0xF0E0, 0xF0E8, 0xF0F0, 0xF0FC, 0xF0FB, 0xE78D};
    char text[200], *end = text;
    struct diag d = {0};
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        end += utf8_put(known[i], end);
    strcpy(end, "\uF8F0");
    struct record *r = open_codes("x", text, &d);
    assert_int_equal(finding_with(&d, "U+F8F0（自造字")->severity, SEVERITY_ERROR);
    finding_with(&d, "U+E78D");
    assert_string_equal(faulty_ones(r, &d), "10");
    record_free(r);
    diag_clear(&d);
}

/* U+E5E5 is what converters make of the wide space A3A0 of old systems. */
static void the_wide_space_of_old_systems_is_one_in_utf_8_too(void **state)
{
    struct diag d = {0};
    struct applicant a;
    (void)state;
    struct record *r = open_codes("x", "\uE5E5", &d);
    const struct finding *f = finding_with(&d, "U+E5E5，按“\u3000”U+3000 处理");
    assert_int_equal(f->severity, SEVERITY_INFO);
    assert_int_equal(d.n, 1);
    struct record_cursor *c = record_cursor_new(r, &d);
    assert_true(record_next(c, &a) && !a.faulty);
    record_cursor_free(c);
    record_free(r);
    diag_clear(&d);
}

/* Programs that draw leave a code to what prints it, but for what names files. */
static void a_code_may_be_left_to_whoever_prints_it(void **state)
{
    static const struct {
        const char *name, *unit, *statement, *faulty;
    } cases[] = {
        {"某甲", "某公司", "\uF8F0\uFFFD", "00"},
        {"某\uF8F0", "某公司", "一", "10"},
        {"某甲", "\uF8F0公司", "一", "11"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char input[2000];
        struct diag d = {0};
        snprintf(input, sizeof input,
                 "<?xml version=\"1.0\"?><batch year=\"2026\" asof=\"2026-09-30\">"
                 "<unit id=\"U1\" name=\"%s\"><applicant id=\"A1\" mode=\"正常申报\">"
                 "<person><name>%s</name></person><statement>%s</statement></applicant>" PLAIN("A2")
                     TAIL,
                 cases[i].unit, cases[i].name, cases[i].statement);
        put_bytes(input, strlen(input));
        struct record *r =
            open_options((struct record_options){.characters_path = "templates/base/characters.xml",
                                                 .printers_refuse_codes = true},
                         &d);
        assert_int_equal(d.n, i ? 1 : 2);
        assert_int_equal(finding_with(&d, "U+F8F0（自造字")->severity,
                         i ? SEVERITY_ERROR : SEVERITY_WARNING);
        assert_string_equal(faulty_ones(r, &d), cases[i].faulty);
        record_free(r);
        diag_clear(&d);
    }
}

static void a_faulty_table_of_characters_names_its_line(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "F0B7", "41=42", "F0B7=E000", "F0B7=FFFD", "F0B7=2022x", "F0B7=2022 F0B7=25A0", "zz=41",
    };
    char path[] = "/tmp/shenbao-characters-XXXXXX";
    close(mkstemp(path));
    put_bytes(HEAD PLAIN("A1") TAIL, strlen(HEAD PLAIN("A1") TAIL));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diag d = {0};
        FILE *out = fopen(path, "w");
        assert_non_null(out);
        fprintf(out, "<characters>\n<codes severity='info' zh='甲' en='a'>%s</codes></characters>",
                cases[i]);
        assert_int_equal(fclose(out), 0);
        assert_null(open_options((struct record_options){.characters_path = path}, &d));
        assert_int_equal(d.system_faults, 1);
        assert_string_equal(d.list[0].at.file, path);
        diag_clear(&d);
    }
    unlink(path);
}

static void document_types_are_refused_with_their_line(void **state)
{
    static const struct {
        const char *text;
        long line;
    } cases[] = {
        {"<?xml version=\"1.0\"?>\n<!DOCTYPE batch [<!ENTITY a SYSTEM "
         "\"/etc/passwd\">]>\n<batch>&a;</batch>",
         2},
        {"<!-- <!-->\n\n<!DOCTYPE batch SYSTEM \"http://127.0.0.1:9/x.dtd\">\n<batch/>", 3},
        {"<?x <!--?>\n<!DOCTYPE\nbatch><batch/>", 2},
        {"<!--a--><?b?><!--\n--><!DOCTYPE batch [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
         "\"&a;&a;&a;&a;&a;&a;&a;&a;\">"
         "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]><batch year=\"&c;\"/>",
         2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diag d = {0};
        assert_null(open_text(cases[i].text, &d));
        assert_int_equal(finding_with(&d, "不允许 <!DOCTYPE>")->at.line, cases[i].line);
        assert_int_equal(d.n, 1);
        diag_clear(&d);
    }
    struct diag d = {0};
    struct record *r =
        open_text(HEAD "<!-- <!DOCTYPE x> -->" APPLICANT(
                      "A1", "<person/><statement><![CDATA[<!DOCTYPE x>]]></statement>") TAIL,
                  &d);
    assert_non_null(r);
    assert_int_equal(d.n, 0);
    record_free(r);
}

static void repeat(struct buffer *b, const char *s, size_t bytes)
{
    for (size_t n = strlen(s), i = 0; i < bytes; i += n)
        buffer_add(b, s, n);
}

enum bomb {
    BOMB_TEXT,
    BOMB_ATTRIBUTE,
    BOMB_ATTRIBUTES,
    BOMB_DEPTH,
    BOMB_COMMENT,
    BOMB_TAG_NAME,
    BOMB_PIECES,
    BOMB_CDATA,
    BOMB_REFERENCES,
    BOMB_APPLICANT,
    BOMB_CONTACTS,
    BOMB_PAGES,
    BOMB_ID,
    BOMB_ONE_LINE_OF_STRAYS,
    BOMB_COUNT
};

static const char *build_bomb(enum bomb kind, struct buffer *b)
{
    buffer_puts(b, HEAD PLAIN("A1"));
    if (kind == BOMB_COMMENT) {
        repeat(b, "<!-- ", 5);
        repeat(b, "x ", 20 << 20);
        return "从这里开始的标签或注释超过 1 MiB";
    }
    if (kind == BOMB_CONTACTS) {
        repeat(b, "<posts conditions=\"12345678901234567890123456789012345678901234567890\"/>",
               40 << 20);
        return "申报人以外的内容超过 64 MiB";
    }
    if (kind == BOMB_ID) {
        buffer_puts(b, "<applicant mode=\"正常申报\" id=\"&#10;");
        repeat(b, "n", 1000 << 10);
        buffer_puts(b, "\"><person/>");
        repeat(b, "<project rank=\"0\"/>", 2000 * 19);
        buffer_puts(b, "</applicant>" TAIL);
        return "id 的值“ nnn";
    }
    buffer_puts(b, "<applicant id=\"A2\" mode=\"正常申报\"><person/>");
    switch (kind) {
    case BOMB_TEXT:
        buffer_puts(b, "<statement>");
        repeat(b, "述", 20 << 20);
        buffer_puts(b, "</statement>");
        return "文字超过 1 MiB";
    case BOMB_ATTRIBUTE:
        buffer_puts(b, "<project name=\"");
        repeat(b, "名>", 10 << 20);
        buffer_puts(b, "\"/>");
        return "从这里开始的标签或注释超过 1 MiB；是否少了引号或 >";
    case BOMB_ATTRIBUTES:
        buffer_puts(b, "<project");
        for (int i = 0; i < 1000000; i++)
            buffer_printf(b, " a%d=''", i);
        buffer_puts(b, "/>");
        return "属性超过 200 个";
    case BOMB_DEPTH:
        repeat(b, "<project>", 300 * 9);
        return "元素嵌套超过 32 层";
    case BOMB_TAG_NAME:
        buffer_putc(b, '<');
        repeat(b, "n", 20 << 20);
        return "从这里开始的标签或注释超过 1 MiB";
    case BOMB_PIECES:
        buffer_puts(b, "<statement>");
        repeat(b, "x<!-- -->", 20 << 20);
        return "<statement> 的文字超过 1 MiB";
    case BOMB_CDATA:
        buffer_puts(b, "<statement>");
        repeat(b, "<![CDATA[12345678901234567890]]>", 20 << 20);
        return "<statement> 的文字超过 1 MiB";
    case BOMB_REFERENCES:
        buffer_puts(b, "<statement>");
        repeat(b, "&#65;>", 20 << 20);
        return "文字超过 1 MiB";
    case BOMB_APPLICANT:
        repeat(b, "<project/>", 20 << 20);
        return "一个 <applicant> 超过 16 MiB";
    case BOMB_PAGES:
        buffer_puts(b, "<document kind=\"身份证\" href=\"a\" pages=\"");
        repeat(b, "1-1,", 1000 << 10);
        buffer_puts(b, "\"/></applicant>" TAIL);
        return "pages 的值“1-1,1-1,";
    default:
        repeat(b, "<x>", 3 * 20);
        repeat(b, "<y/>", 40 << 20);
        return "applicant 里没有 <x>";
    }
}

static void bombs_end_in_a_message(void **state)
{
    (void)state;
    for (int kind = 0; kind < BOMB_COUNT; kind++) {
        struct buffer b = {0};
        const char *words = build_bomb((enum bomb)kind, &b);
        put_bytes(b.data, b.len);
        buffer_clear(&b);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct diag d = {0};
            alarm(SANITIZED ? 60 : 10);
            struct record *r = open_options((struct record_options){0}, &d);
            const struct finding *f = finding_with(&d, words);
            bool ok = r && f->fault == FAULT_DATA && f->at.line >= 5 &&
                      !strncmp(faulty_ones(r, &d), "0", 1);
            _exit(ok ? 0 : 1);
        }
        struct rusage used;
        int status;
        assert_int_equal(wait4(child, &status, 0, &used), child);
        if (!WIFEXITED(status) || WEXITSTATUS(status))
            fail_msg("bomb %d: status %d", kind, status);
        if (!SANITIZED && used.ru_maxrss > 200 << 10)
            fail_msg("bomb %d: %ld KB", kind, used.ru_maxrss);
    }
}

static void white_space_between_applicants_is_free(void **state)
{
    struct buffer b = {0};
    struct diag d = {0};
    (void)state;
    buffer_puts(&b, HEAD);
    for (int i = 0; i < 3000; i++)
        buffer_printf(&b, "%1000s<applicant id=\"A%d\" mode=\"正常申报\"><person/></applicant>\n",
                      "", i);
    buffer_puts(&b, TAIL);
    struct record *r = open_bytes(b.data, b.len, &d);
    assert_non_null(r);
    assert_int_equal(d.n, 0);
    assert_int_equal(record_count(r), 3000);
    record_free(r);
    buffer_clear(&b);
}

static void nothing_is_loaded_by_name(void **state)
{
    struct diag d = {0};
    (void)state;
    struct record *r = open_text(HEAD PLAIN("A1") TAIL, &d);
    assert_non_null(r);
    struct record_cursor *c = record_cursor_new(r, &d);
    assert_null(xmlReadFile(test_path, NULL, 0)); /* in force between the passes, too */
    record_cursor_free(c);
    record_free(r);
    assert_null(xmlReadFile(test_path, NULL, 0));
}

static void memory_is_flat(void **state)
{
    long peak[2];
    (void)state;
    for (int run = 0; run < 2; run++) {
        /* Past no memory of ours: a child begins with its parent's. */
        FILE *out = fopen(test_path, "wb");
        fputs(HEAD, out);
        for (int i = 0; i < (run ? 5000 : 500); i++) {
            fprintf(out, "<applicant id=\"A%d\" mode=\"正常申报\">" PERSON("甲") "<statement>", i);
            for (int k = 0; k < 5000; k++)
                fputs("述", out);
            fputs("</statement></applicant>\n", out);
        }
        fputs(TAIL, out);
        assert_int_equal(fclose(out), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct diag d = {0};
            struct applicant a;
            size_t n = 0;
            struct record *r = open_options((struct record_options){0}, &d);
            struct record_cursor *c = r ? record_cursor_new(r, &d) : NULL;
            while (c && record_next(c, &a))
                n++;
            _exit(d.n == 0 && n == (run ? 5000 : 500) ? 0 : 1);
        }
        struct rusage used;
        int status;
        assert_int_equal(wait4(child, &status, 0, &used), child);
        assert_int_equal(status, 0);
        peak[run] = used.ru_maxrss;
    }
    if (!SANITIZED && (peak[1] > peak[0] + 4096 || peak[1] > 32 << 10))
        fail_msg("%ld KB for 500 applicants, %ld KB for 5000", peak[0], peak[1]);
}

/* Runs record_open on standard input in a child; its exit status. The child says nothing on
 * standard error. */
static int read_standard_input(int from, const char *folder, rlim_t limit, const char *words)
{
    int err[2];
    assert_int_equal(pipe(err), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        static const char *const dash[] = {"-"};
        struct diag d = {0};
        struct applicant a;
        alarm(60);
        if (folder)
            setenv("TMPDIR", folder, 1);
        if (limit) { /* the disk is full after so many bytes */
            signal(SIGXFSZ, SIG_IGN);
            setrlimit(RLIMIT_FSIZE, &(struct rlimit){limit, limit});
        }
        dup2(from, STDIN_FILENO);
        dup2(err[1], STDERR_FILENO);
        struct record_options o = {
            .schema_path = "templates/base/applicants.xsd", .inputs = dash, .n_inputs = 1};
        struct record *r = record_open(&o, &d);
        int status = 1;
        for (size_t i = 0; i < d.n && words; i++)
            if (strstr(d.list[i].text[LANGUAGE_ZH], words) && d.list[i].fault == FAULT_SYSTEM && !r)
                status = 0;
        if (!words && r && d.n == 0) {
            /* two cursors at once, as two workers have them */
            struct record_cursor *c = record_cursor_new(r, &d), *e = record_cursor_new(r, &d);
            status = record_next(c, &a) && record_next(e, &a) && record_next(c, &a) &&
                             !strcmp(a.id, "A2") && !strcmp(a.dir, ".") &&
                             !strcmp(a.at.file, "stdin")
                         ? 0
                         : 1;
            record_cursor_free(c);
            record_cursor_free(e);
        }
        record_free(r);
        diag_clear(&d);
        _exit(status);
    }
    int status;
    char said;
    close(err[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(read(err[0], &said, 1), 0);
    close(err[0]);
    return status;
}

static void standard_input_is_spooled(void **state)
{
    int ends[2];
    char folder[] = "/tmp/shenbao-spool-XXXXXX";
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(pipe(ends), 0);
    assert_true(write(ends[1], HEAD PLAIN("A1") PLAIN("A2") TAIL,
                      strlen(HEAD PLAIN("A1") PLAIN("A2") TAIL)) > 0);
    close(ends[1]);
    assert_int_equal(read_standard_input(ends[0], folder, 0, NULL), 0);
    close(ends[0]);
    assert_int_equal(rmdir(folder), 0); /* nothing stays there */

    int directory = open("/tmp", O_RDONLY), null = open("/dev/null", O_RDONLY);
    assert_int_equal(read_standard_input(null, "/proc/nonexistent/folder", 0,
                                         "不能在 /proc/nonexistent/folder 建立临时文件"),
                     0);
    assert_int_equal(read_standard_input(directory, NULL, 0, "这是目录"), 0);
    int zero = open("/dev/zero", O_RDONLY);
    assert_int_equal(read_standard_input(zero, "/tmp", 100000, "不能写 /tmp 里的临时文件"), 0);
    close(zero);
    close(directory);
    close(null);
}

static void a_pipe_is_spooled_as_well(void **state)
{
    char fifo[] = "/tmp/shenbao-fifo-XXXXXX";
    const char *inputs[] = {fifo};
    struct diag d = {0};
    (void)state;
    assert_int_equal(close(mkstemp(fifo)), 0);
    assert_int_equal(unlink(fifo), 0);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    pid_t child = fork();
    if (child == 0) {
        int out = open(fifo, O_WRONLY);
        ssize_t n = write(out, HEAD PLAIN("A1") TAIL, strlen(HEAD PLAIN("A1") TAIL));
        _exit(n > 0 ? 0 : 1);
    }
    struct record *r = open_options((struct record_options){.inputs = inputs, .n_inputs = 1}, &d);
    assert_non_null(r);
    assert_string_equal(faulty_ones(r, &d), "0");
    assert_int_equal(d.n, 0);
    record_free(r);
    waitpid(child, NULL, 0);
    unlink(fifo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_and_bytes_agree_or_it_is_said),
        cmocka_unit_test(a_wrong_byte_is_found_wherever_blocks_end),
        cmocka_unit_test(gb_codes_are_read_by_the_table),
        cmocka_unit_test(gb_codes_are_whole_wherever_blocks_end),
        cmocka_unit_test(what_xml_forbids_is_named),
        cmocka_unit_test(private_codes_that_are_known_become_their_characters),
        cmocka_unit_test(other_private_codes_and_no_characters_are_faults),
        cmocka_unit_test(an_unknown_code_behind_many_known_ones_is_found),
        cmocka_unit_test(the_wide_space_of_old_systems_is_one_in_utf_8_too),
        cmocka_unit_test(a_code_may_be_left_to_whoever_prints_it),
        cmocka_unit_test(a_faulty_table_of_characters_names_its_line),
        cmocka_unit_test(document_types_are_refused_with_their_line),
        cmocka_unit_test(bombs_end_in_a_message),
        cmocka_unit_test(white_space_between_applicants_is_free),
        cmocka_unit_test(nothing_is_loaded_by_name),
        cmocka_unit_test(memory_is_flat),
        cmocka_unit_test(standard_input_is_spooled),
        cmocka_unit_test(a_pipe_is_spooled_as_well),
    };
    return cmocka_run_group_tests(tests, test_begin, test_end);
}
