/* test_xlsx.c - books as Excel, WPS and others write them, odd ones and hostile ones. */
#include "test_xlsx.h"

static void cells_of_all_types_are_read(void **state)
{
    (void)state;
    test_reads(
        BOOK(
            STRINGS("<si><t>姓名</t></si><si><t/></si>"),
            ROWS(
                "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>"
                "<c r=\"C1\" t=\"inlineStr\"><is><t>宁东</t></is></c><c r=\"D1\"><v>1.50</v></c>"
                "<c r=\"E1\" t=\"b\"><v>1</v></c><c r=\"F1\" t=\"e\"><v>#N/A</v></c>"
                "<c r=\"G1\" t=\"d\"><v>2024-06-01</v></c><c r=\"H1\" t=\"n\"><v>1E+2</v></c></row>"
                "<row r=\"3\"><c r=\"AA3\" t=\"str\"><f>A1</f><v>某</v></c></row>")),
        "A1 text 姓名\nC1 text 宁东\nD1 number 1.50\nE1 boolean 1\nF1 error #N/A\n"
        "G1 date 2024-06-01\nH1 number 1E+2\nAA3 text 某 formula\n");
}

/* K9-04 */
static void phonetic_runs_are_left_out(void **state)
{
    (void)state;
    test_reads(
        BOOK(STRINGS(
                 "<si><t>宁东大道</t><rPh sb=\"0\" eb=\"4\"><t>dao</t></rPh><phoneticPr "
                 "fontId=\"1\"/></si>"
                 "<si><r><t>宁</t></r><rPh sb=\"0\" eb=\"1\"><t>ning</t></rPh><r><rPr><b/></rPr><t "
                 "xml:space=\"preserve\"> 东</t></r></si>"),
             ROWS("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>"
                  "<c r=\"C1\" t=\"inlineStr\"><is><r><t>大</t></r><rPh sb=\"0\" "
                  "eb=\"1\"><t>da</t></rPh><r><t>道</t></r></is></c></row>")),
        "A1 text 宁东大道\nB1 text 宁 东\nC1 text 大道\n");
}

/* K9-05: 1,462 days apart; t="d" is never shifted. 29 February 1900 never was. */
static void dates_count_from_1900_or_1904(void **state)
{
    (void)state;
    static const struct test_part styles = {
        "xl/styles.xml",
        "<styleSheet xmlns=\"" MAIN_NS
        "\"><numFmts><numFmt numFmtId=\"176\" "
        "formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/></numFmts>"
        "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"176\"/><xf "
        "numFmtId=\"57\"/><xf numFmtId=\"58\"/><xf numFmtId=\"49\"/></cellXfs></styleSheet>",
        0};
    static const struct test_part sheet =
        ROWS("<row><c s=\"1\"><v>45444</v></c><c s=\"2\"><v>45444</v></c><c "
             "s=\"3\"><v>45444</v></c><c s=\"4\"><v>45444.5</v></c>"
             "<c s=\"5\"><v>45444</v></c><c t=\"d\"><v>2024-06-01T00:00:00</v></c><c "
             "s=\"1\"><v>60</v></c><c s=\"1\"><v>59</v></c><c s=\"1\"><v>61</v></c><c "
             "s=\"1\"><v>-1</v></c></row>");
    static const struct {
        const char *flag, *first, *last;
    } books[] = {{"", "2024-06-01", " A"},
                 {" date1904=\"0\"", "2024-06-01", ""},
                 {" date1904=\"false\"", "2024-06-01", ""},
                 {" date1904=\"1\"", "2028-06-02", ""},
                 {" date1904=\"true\"", "2028-06-02", ""}};
    for (size_t i = 0; i < sizeof books / sizeof *books; i++) {
        char workbook[1024], want[1024];
        bool from1904 = i > 2;
        snprintf(workbook, sizeof workbook,
                 "<workbook xmlns=\"" MAIN_NS "\" xmlns:r=\"" RELATION_NS
                 "\"><workbookPr%s/><sheets><sheet name=\"人员\" sheetId=\"1\" "
                 "r:id=\"rId1\"/></sheets></workbook>",
                 books[i].flag);
        snprintf(want, sizeof want,
                 "A1 date %s\nB1 date %s no day\nC1 date %s no day\nD1 date %s timed no year\nE1 "
                 "number 45444\nF1 date 2024-06-01\n%s",
                 books[i].first, books[i].first, books[i].first, books[i].first,
                 from1904 ? "G1 date 1904-03-01\nH1 date 1904-02-29\nI1 date 1904-03-02\nJ1 date\n"
                          : "G1 date\nH1 date 1900-02-28\nI1 date 1900-03-01\nJ1 date\n");
        const struct test_part parts[] = {
            PACKAGE, {"xl/workbook.xml", workbook, 0}, WORKBOOK_RELATIONS, styles, sheet};
        test_reads(parts, 5, want);
    }
}

/* K9-07 */
static void addresses_may_be_left_out(void **state)
{
    (void)state;
    test_reads(BOOK(ROWS("<row><c><v>1</v></c><c r=\"D1\"><v>2</v></c><c><v>3</v></c></row><row "
                         "r=\"4\"><c><v>4</v></c></row><row><c><v>5</v></c></row>")),
               "A1 number 1\nD1 number 2\nE1 number 3\nA4 number 4\nA5 number 5\n");
}

/* K9-09, K9-26 */
static void nothing_is_nothing(void **state)
{
    (void)state;
    test_reads(
        BOOK(
            STRINGS("<si><t>零</t></si>"),
            ROWS("<row r=\"1\"><c r=\"A1\" t=\"s\"/><c r=\"B1\"><v/></c><c r=\"C1\" "
                 "t=\"s\"><v>7</v></c><c r=\"D1\" t=\"s\"><v>-1</v></c>"
                 "<c r=\"E1\"><f t=\"shared\" si=\"0\"/><v>3</v></c><c r=\"F1\"><f>1+1</f></c><c "
                 "r=\"G1\"><f>1+1</f><v></v></c><c r=\"H1\" t=\"str\"><f>A1</f><v></v></c></row>")),
        "C1 bad string 7\nD1 bad string -1\nE1 number 3 formula\nF1 no value formula\nG1 no value "
        "formula\n");
}

/* K9-10 */
static void parts_are_found_by_their_relations(void **state)
{
    (void)state;
    test_reads(
        PARTS({"_rels/.rels", RELATIONS(RELATION("x", "officeDocument", "/XL/Workbook.xml")), 0},
              WORKBOOK,
              {"xl/_rels/workbook.xml.rels",
               RELATIONS(RELATION("rId1", "worksheet", "/xl/worksheets/../Tabellen/sheet%31.xml")
                             RELATION("s", "sharedStrings", "sharedStrings.xml")),
               0},
              {"xl\\tabellen\\Sheet1.xml",
               "<x:worksheet xmlns:x=\"" MAIN_NS
               "\"><x:sheetData><x:row><x:c "
               "t=\"s\"><x:v>0</x:v></x:c></x:row></x:sheetData></x:worksheet>",
               0},
              {"xl/SharedStrings.xml",
               "<x:sst xmlns:x=\"" MAIN_NS "\"><x:si><x:t>某</x:t></x:si></x:sst>", 0}),
        "A1 text 某\n");
}

static void strict_namespaces_are_read(void **state)
{
    (void)state;
#define STRICT "http://purl.oclc.org/ooxml/officeDocument/relationships"
    test_reads(
        PARTS({"_rels/.rels",
               RELATIONS("<Relationship Id=\"rId1\" Type=\"" STRICT
                         "/officeDocument\" Target=\"xl/workbook.xml\"/>"),
               0},
              {"xl/workbook.xml",
               "<workbook xmlns=\"http://purl.oclc.org/ooxml/spreadsheetml/main\" xmlns:r=\"" STRICT
               "\"><sheets><sheet name=\"人员\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
               0},
              {"xl/_rels/workbook.xml.rels",
               RELATIONS("<Relationship Id=\"rId1\" Type=\"" STRICT
                         "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"),
               0},
              {"xl/worksheets/sheet1.xml",
               "<worksheet "
               "xmlns=\"http://purl.oclc.org/ooxml/spreadsheetml/main\"><sheetData><row><c "
               "t=\"inlineStr\"><is><t>严</t></is></c></row></sheetData></worksheet>",
               0}),
        "A1 text 严\n");
}

static void escapes_are_undone(void **state)
{
    (void)state;
    test_reads(
        BOOK(
            ROWS("<row><c t=\"inlineStr\"><is><t>甲_x000D_\n乙</t></is></c><c "
                 "t=\"inlineStr\"><is><t>_x005F_x000D_</t></is></c><c "
                 "t=\"inlineStr\"><is><t>_xD83D__xDE00_ _x0000_ _xD83D_ _x00g0_ _x4E00</t></is></c>"
                 "<c t=\"str\"><v>_x4e00_</v></c><c t=\"inlineStr\"><is><t xml:space=\"preserve\"> "
                 "a&#13;b </t></is></c></row>")),
        "A1 text 甲\n乙\nB1 text _x000D_\nC1 text 😀 _x0000_ _xD83D_ _x00g0_ _x4E00\nD1 text 一\nE1 "
        "text  a\nb \n");
}

/* K9-15, K9-16 */
static void merged_and_hidden_cells_are_told(void **state)
{
    (void)state;
    test_reads(BOOK(SHEET("<cols><col min=\"2\" max=\"3\" hidden=\"1\"/></cols><sheetData><row "
                          "r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"C2\"><v>2</v></c></row>"
                          "<row r=\"3\" hidden=\"1\"><c r=\"A3\" s=\"9\"/><c "
                          "r=\"D3\"/></row></sheetData><mergeCells count=\"2\"><mergeCell "
                          "ref=\"A2:A6\"/><mergeCell ref=\"D3:E3\"/></mergeCells>")),
               "A2 number 1 to A6\nC2 number 2 hidden\nrow 3 hidden\nD3 empty to E3\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_of_all_types_are_read),
        cmocka_unit_test(phonetic_runs_are_left_out),
        cmocka_unit_test(dates_count_from_1900_or_1904),
        cmocka_unit_test(addresses_may_be_left_out),
        cmocka_unit_test(nothing_is_nothing),
        cmocka_unit_test(parts_are_found_by_their_relations),
        cmocka_unit_test(strict_namespaces_are_read),
        cmocka_unit_test(escapes_are_undone),
        cmocka_unit_test(merged_and_hidden_cells_are_told),
    };
    return cmocka_run_group_tests_name("xlsx", tests, test_book_begin, test_book_end);
}
