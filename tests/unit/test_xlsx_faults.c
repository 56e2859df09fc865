/* test_xlsx_faults.c - files that are no workbooks, damaged ones, and such as want to exhaust the
 * machine: each gets one message, soon. */
#include "test_xlsx.h"
#include "workbook/cell_edit.h"

#define XLS "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

/* An OLE file whose directory names one stream. */
static void write_ole(const char *stream)
{
    char file[1024] = XLS;
    for (size_t i = 0; stream[i]; i++)
        file[512 + 2 * i] = stream[i];
    file[512 + 64] = (char)(2 * strlen(stream) + 2);
    test_write(file, sizeof file);
}

static void is_refused(const char *name, const char *words)
{
    int fd = open(test_book, O_RDONLY);
    bool claimed = xlsx_claims(fd, name);
    close(fd);
    assert_null(test_open_as(name));
    assert_int_equal(test_diag.n, 1);
    if (!claimed || !strstr(test_diag.list[0].text[LANGUAGE_EN], words))
        fail_msg("%s: %s", name, test_diag.list[0].text[LANGUAGE_EN]);
}

/* K9-25 */
static void other_files_are_told_by_what_they_are(void **state)
{
    static const char
        html[] = "<html><table><tr><td>1</td></tr></table></html>",
        xml_table[] =
            "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n<Workbook/>",
        gbk[] = "\xD0\xD5\xC3\xFB,\xB5\xA5\xCE\xBB\r\n";
    (void)state;
    write_ole("Workbook");
    is_refused("a.xlsx", "an old .xls file");
    is_refused("a.et", ".et file of WPS");
    write_ole("EncryptedPackage");
    is_refused("a.xlsx", "has a password");
    write_ole("WordDocument");
    is_refused("a.xlsx", "a Word document");
    test_write(html, sizeof html - 1);
    is_refused("a.xlsx", "a web page");
    test_write(xml_table, sizeof xml_table - 1);
    is_refused("a.xml", "XML table of Excel 2003");
    test_write(gbk, sizeof gbk - 1);
    is_refused("a.xlsx", "a text file");
    is_refused("a.csv", "a text file");
    test_write("", 0);
    is_refused("a.xlsx", "is empty");
}

static void write_parts(const struct test_part *parts, size_t n)
{
    struct buffer file = test_archive(parts, n);
    test_write(file.data, file.len);
    buffer_clear(&file);
}

static void other_archives_are_told_by_what_they_are(void **state)
{
    (void)state;
    write_parts(PARTS({"mimetype", "application/vnd.oasis.opendocument.spreadsheet", 0},
                      {"content.xml", "<x/>", 0}));
    is_refused("a.ods", "OpenDocument table");
    write_parts(PARTS({"Index/Document.iwa", "x", 0}));
    is_refused("a.numbers", "Numbers");
    write_parts(PARTS({"xl.txt", "x", 0}));
    is_refused("a.zip", "unpack it");
    write_parts(PARTS(
        {"_rels/.rels", RELATIONS(RELATION("rId1", "officeDocument", "word/document.xml")), 0},
        {"word/document.xml", "<x/>", 0}));
    is_refused("a.docx", "a document of Word");
    write_parts(
        PARTS({"_rels/.rels", RELATIONS(RELATION("rId1", "officeDocument", "xl/workbook.bin")), 0},
              {"xl/workbook.bin", "x", 0}));
    is_refused("a.xlsb", "binary workbook");
}

static void xml_is_left_to_its_reader(void **state)
{
    static const char xml[] = "\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<batch/>", text[] = "x";
    int fd;
    (void)state;
    test_write(xml, sizeof xml - 1);
    fd = open(test_book, O_RDONLY);
    assert_false(xlsx_claims(fd, "a.xml") || xlsx_claims(fd, "a.xlsx"));
    test_write(text, sizeof text - 1);
    assert_false(xlsx_claims(fd, "a.xml"));
    close(fd);
}

static void damage_is_one_message(void **state)
{
    struct buffer file;
    (void)state;
    file = test_archive(BOOK(ROWS("<row><c><v>1</v></c></row>")));
    test_write(file.data, file.len / 2); /* the directory is gone */
    is_refused("a.xlsx", "ZIP directory");
    test_write(file.data, 4);
    is_refused("a.xlsx", "ZIP directory");
    buffer_clear(&file);
    test_refuses(BOOK(ROWS("<row><c><v>1</c></row>")),
                 "xl/worksheets/sheet1.xml within the file is damaged (line 1)");
    test_refuses(BOOK(ROWS("<row><c t=\"inlineStr\"><is><t>\xFF</t></is></c></row>")),
                 "is damaged (line 1)");
    test_refuses(
        BOOK({"xl/worksheets/sheet1.xml", "<worksheet xmlns=\"" MAIN_NS "\"><sheetData><row>", 0}),
        "is damaged");
    test_refuses(PARTS(PACKAGE, WORKBOOK, WORKBOOK_RELATIONS), "names the sheet 人员");
    test_refuses(PARTS(PACKAGE, WORKBOOK, ROWS("")), "names the sheet 人员"); /* no relations */
    test_refuses(PARTS(PACKAGE, WORKBOOK_WITH("", "")), "has no sheets");
    test_refuses(PARTS(PACKAGE, {"[Content_Types].xml", "<x/>", 0}), "no workbook in the file");
}

static void a_doctype_is_refused(void **state)
{
    (void)state;
    test_refuses(
        BOOK({"xl/worksheets/sheet1.xml",
              "<!DOCTYPE worksheet [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
              "\"&a;&a;&a;&a;&a;&a;\">]><worksheet xmlns=\"" MAIN_NS
              "\"><sheetData><row><c t=\"str\"><v>&b;</v></c></row></sheetData></worksheet>",
              0}),
        "has a <!DOCTYPE>");
    test_refuses(BOOK(STRINGS("<si><t>&unknown;</t></si>"), ROWS("")), "is damaged");
}

static void two_parts_of_one_name_are_refused(void **state)
{
    (void)state;
    test_refuses(BOOK(ROWS(""), {"xl/Worksheets/SHEET1.xml", "<x/>", 0}), "is there twice");
    test_refuses(BOOK(ROWS(""), {"/xl/worksheets/sheet1.xml", "<x/>", 0}), "is there twice");
}

static void places_that_no_sheet_has_are_refused(void **state)
{
    static const char *const rows[] = {
        "<row r=\"1048577\"><c><v>1</v></c></row>",
        "<row r=\"0\"><c><v>1</v></c></row>",
        "<row r=\"-1\"><c><v>1</v></c></row>",
        "<row r=\"2\"/><row r=\"2\"/>",
        "<row r=\"2\"/><row r=\"1\"/>",
        "<row><c r=\"XFE1\"><v>1</v></c></row>",
        "<row><c r=\"A2\"><v>1</v></c></row>",
        "<row><c r=\"B1\"/><c r=\"A1\"/></row>",
        "<row><c r=\"A1\"/><c r=\"A1\"/></row>",
        "<row><c r=\"A99999999999999999999\"/></row>",
        "<row><c r=\"$A$1\"/></row>",
        "<c r=\"A1\"><v>1</v></c>",
        "<row><c><c><v>1</v></c></c></row>",
        "<row r=\"99999999999999999999\"/>",
        "<row/><c r=\"A1\"><v>1</v></c>",
        "<row r=\"1\"><row r=\"2\"/></row>",
        "<row r=\"1\"><c><row r=\"2\"/><v>1</v></c></row>",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char sheet[512];
        snprintf(sheet, sizeof sheet,
                 "<worksheet xmlns=\"" MAIN_NS "\"><sheetData>%s</sheetData></worksheet>", rows[i]);
        test_refuses(BOOK({"xl/worksheets/sheet1.xml", sheet, 0}), "rows or columns wrongly");
    }
}

/* The row is gone by then: its piece of the part has been read. */
static void a_cell_far_behind_its_row_is_refused(void **state)
{
    enum { DISTANCE = 70000 };
    char blanks[DISTANCE + 1];
    struct buffer sheet = {0};
    (void)state;
    memset(blanks, ' ', DISTANCE);
    blanks[DISTANCE] = '\0';
    buffer_printf(&sheet,
                  "<worksheet xmlns=\"" MAIN_NS "\"><sheetData><row><c><v>1</v></c></row>%s<c "
                  "r=\"B1\"><v>2</v></c></sheetData></worksheet>",
                  blanks);
    buffer_putc(&sheet, '\0');
    test_refuses(BOOK({"xl/worksheets/sheet1.xml", (char *)sheet.data, 0}),
                 "rows or columns wrongly");
    buffer_clear(&sheet);
}

/* What is claimed costs nothing. K9-12. */
static void a_sheet_is_as_large_as_what_is_in_it(void **state)
{
    (void)state;
    test_reads(
        BOOK(SHEET("<dimension ref=\"A1:XFD1048576\"/><cols><col min=\"1\" "
                   "max=\"16384\"/></cols><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row>"
                   "<row r=\"1048576\"><c r=\"XFD1048576\" "
                   "t=\"inlineStr\"><is><t>迷</t></is></c></row></sheetData>"
                   "<mergeCells><mergeCell ref=\"A1:XFD1048576\"/><mergeCell "
                   "ref=\"A0\"/><mergeCell ref=\"A1:A0\"/><mergeCell/></mergeCells>")),
        "A1 number 1 to XFD1048576\nXFD1048576 text 迷\n");
}

/* A sheet of one row again and again, unpacked to so many bytes. */
static void write_sheet_of(size_t bytes, const char *row)
{
    static const char head[] = "<worksheet xmlns=\"" MAIN_NS "\"><sheetData>",
                      tail[] = "</sheetData></worksheet>";
    struct buffer sheet = {0};
    buffer_puts(&sheet, head);
    while (sheet.len < bytes)
        buffer_puts(&sheet, row);
    buffer_puts(&sheet, tail);
    write_parts(BOOK({"xl/worksheets/sheet1.xml", (const char *)sheet.data, sheet.len}));
    buffer_clear(&sheet);
}

static void a_bomb_is_refused_by_its_ratio(void **state)
{
    (void)state;
    write_sheet_of(40 << 20, "<row><c/></row>");
    struct xlsx *x = test_open_as("书.xlsx");
    assert_non_null(x);
    free(test_sheet(x, 0));
    xlsx_free(x);
    assert_int_equal(test_diag.n, 1);
    assert_non_null(strstr(test_diag.list[0].text[LANGUAGE_EN], "more than 400 times"));
}

static void too_many_parts_are_refused(void **state)
{
    struct buffer out = {0}, directory = {0};
    char name[32];
    (void)state;
    for (int i = 0; i <= 20000; i++) {
        struct test_packed p = test_pack("", 0, false);
        snprintf(name, sizeof name, "x/%d.xml", i);
        test_add_part(&out, &directory, name, &p);
    }
    test_end_archive(&out, &directory, 20001);
    test_write(out.data, out.len);
    buffer_clear(&out);
    is_refused("a.xlsx", "20000 parts");
}

static void a_packed_password_and_odd_methods_are_told(void **state)
{
    static const struct {
        int method, flags;
        const char *words;
    } kinds[] = {{0, 1, "has a password"}, {14, 0, "unusual method (14)"}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct buffer out = {0}, directory = {0};
        struct test_packed p = test_pack("<x/>", 4, false);
        p.method = kinds[i].method;
        p.flags = kinds[i].flags;
        test_add_part(&out, &directory, "_rels/.rels", &p);
        test_end_archive(&out, &directory, 1);
        test_write(out.data, out.len);
        buffer_clear(&out);
        is_refused("a.xlsx", kinds[i].words);
    }
}

/* A text that no cell of Excel can hold. */
static void a_cell_without_end_is_refused(void **state)
{
    struct buffer sheet = {0};
    (void)state;
    buffer_puts(&sheet, "<worksheet xmlns=\"" MAIN_NS
                        "\"><sheetData><row r=\"7\"><c r=\"D7\" t=\"inlineStr\"><is><t>");
    for (int i = 0; i < (2 << 20); i++)
        buffer_putc(&sheet, 'a' + i * 7 % 23);
    buffer_puts(&sheet, "</t></is></c></row></sheetData></worksheet>");
    test_refuses(BOOK({"xl/worksheets/sheet1.xml", (const char *)sheet.data, sheet.len}),
                 "the text is too long");
    assert_string_equal(test_diag.list[0].cell, "D7");
    assert_string_equal(test_diag.list[0].sheet, "人员");
    buffer_clear(&sheet);
}

/* Bytes turned and cut at random, the same each time: whatever comes of it, it ends. */
static void any_damage_ends_in_a_message_or_a_reading(void **state)
{
    struct buffer file = test_archive(
        BOOK(STRINGS("<si><t>姓名</t></si><si><r><t>甲</t></r></si>"),
             {"xl/styles.xml",
              "<styleSheet xmlns=\"" MAIN_NS
              "\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
              0},
             {"xl/worksheets/_rels/sheet1.xml.rels",
              RELATIONS(RELATION("rId1", "comments", "../comments1.xml")), 0},
             {"xl/comments1.xml",
              "<comments xmlns=\"" MAIN_NS
              "\"><authors><author>甲</author></authors><commentList><comment ref=\"A1\" "
              "authorId=\"0\"><text><t>注</t></text></comment></commentList></comments>",
              0},
             SHEET("<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" "
                   "s=\"1\"><v>45444</v></c></row></sheetData><mergeCells><mergeCell "
                   "ref=\"A1:A3\"/></mergeCells>")));
    unsigned random = 1;
    (void)state;
    for (int i = 0; i < 3000; i++) {
        struct buffer copy = {0};
        buffer_add(&copy, file.data, file.len);
        for (int k = 0; k <= i % 4; k++) {
            random = random * 1103515245 + 12345;
            size_t at = (random >> 8) % copy.len;
            random = random * 1103515245 + 12345;
            copy.data[at] ^= (unsigned char)(1 << (random >> 16) % 8);
        }
        if (i % 10 == 9)
            copy.len = (random >> 4) % copy.len;
        test_write(copy.data, copy.len);
        buffer_clear(&copy);
        struct xlsx *x = test_open_as("书.xlsx");
        if (x)
            free(test_sheet(x, 0));
        assert_true(x || test_diag.n == 1);
        xlsx_free(x);
    }
    buffer_clear(&file);
}

/* Relations that can be read one by one, but lie too deep in each other for a tree. */
static void relations_that_cannot_be_changed_are_refused(void **state)
{
    static const struct cell_edit edit = {.sheet = "人员", .cell = "A1", .value = "2"};
    struct buffer relations = {0};
    (void)state;
    buffer_puts(&relations,
                "<Relationships "
                "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" RELATION(
                    "rId1", "worksheet", "worksheets/sheet1.xml")
                    RELATION("rId2", "calcChain", "calcChain.xml"));
    for (int i = 0; i < 300; i++)
        buffer_puts(&relations, "<a>");
    for (int i = 0; i < 300; i++)
        buffer_puts(&relations, "</a>");
    buffer_puts(&relations, "</Relationships>");
    buffer_putc(&relations, '\0');
    const struct test_part parts[] = {PACKAGE,
                                      WORKBOOK,
                                      {"xl/_rels/workbook.xml.rels", (char *)relations.data, 0},
                                      ROWS("<row r=\"1\"><c r=\"A1\"><f>1</f><v>1</v></c></row>"),
                                      {"xl/calcChain.xml", "<calcChain/>", 0}};
    struct xlsx *x = test_open(parts, sizeof parts / sizeof *parts);
    assert_non_null(x);
    xlsx_free(x);
    int fd = open(test_book, O_RDONLY);
    assert_false(cell_edit_write(fd, "书.xlsx", &edit, 1, "/tmp/none/书.xlsx", &test_diag));
    close(fd);
    buffer_clear(&relations);
    assert_int_equal(test_diag.n, 1);
    assert_non_null(strstr(test_diag.list[0].text[LANGUAGE_EN], "is damaged: let Excel"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_files_are_told_by_what_they_are),
        cmocka_unit_test(other_archives_are_told_by_what_they_are),
        cmocka_unit_test(xml_is_left_to_its_reader),
        cmocka_unit_test(damage_is_one_message),
        cmocka_unit_test(a_doctype_is_refused),
        cmocka_unit_test(two_parts_of_one_name_are_refused),
        cmocka_unit_test(places_that_no_sheet_has_are_refused),
        cmocka_unit_test(a_cell_far_behind_its_row_is_refused),
        cmocka_unit_test(a_sheet_is_as_large_as_what_is_in_it),
        cmocka_unit_test(a_bomb_is_refused_by_its_ratio),
        cmocka_unit_test(too_many_parts_are_refused),
        cmocka_unit_test(a_packed_password_and_odd_methods_are_told),
        cmocka_unit_test(a_cell_without_end_is_refused),
        cmocka_unit_test(relations_that_cannot_be_changed_are_refused),
        cmocka_unit_test(any_damage_ends_in_a_message_or_a_reading),
    };
    return cmocka_run_group_tests_name("xlsx faults", tests, test_book_begin, test_book_end);
}
