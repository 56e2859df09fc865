/* test_xlsx.c - books as Excel, WPS and others write them, odd ones and hostile ones. */
#include "test_xlsx.h"
#include "core/cells.h"
#include "workbook/formats.h"

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
        "<styleSheet xmlns=\"" MAIN_NS "\"><numFmts><numFmt numFmtId=\"176\" "
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
        BOOK(STRINGS("<si><t>零</t></si>"),
             ROWS("<row r=\"1\"><c r=\"A1\" t=\"s\"/><c r=\"B1\"><v/></c><c r=\"C1\" "
                  "t=\"s\"><v>7</v></c><c r=\"D1\" t=\"s\"><v>-1</v></c>"
                  "<c r=\"E1\"><f t=\"shared\" si=\"0\"/><v>3</v></c><c r=\"F1\"><f>1+1</f></c><c "
                  "r=\"G1\"><f>1+1</f><v></v></c><c r=\"H1\" t=\"str\"><f>A1</f><v></v></c>"
                  "<c r=\"I1\" t=\"str\"><f>A1</f></c></row>")),
        "C1 bad string 7\nD1 bad string -1\nE1 number 3 formula\nF1 no value formula\nG1 no value "
        "formula\nI1 no value formula\n");
}

static void numbers_are_decimal(void **state)
{
    (void)state;
    test_reads(BOOK(ROWS("<row r=\"1\"><c><v>0x1F</v></c><c><v>nan</v></c><c><v>INF</v></c>"
                         "<c><v>1e999</v></c><c><v>-1.5E+3</v></c></row>")),
               "A1 text 0x1F\nB1 text nan\nC1 text INF\nD1 text 1e999\nE1 number -1.5E+3\n");
}

/* What is told in the time of Greenwich is another day here, perhaps. */
static void a_day_of_another_zone_is_no_day(void **state)
{
    (void)state;
    test_reads(BOOK(ROWS("<row><c t=\"d\"><v>2024-06-01T00:00:00.000Z</v></c><c t=\"d\"><v>2024-"
                         "05-31T16:00:00.000Z</v></c><c t=\"d\"><v>2024-06-01T08:30:00</v></c>"
                         "<c t=\"d\"><v>2024-06-01T08:30:00+08:00</v></c></row>")),
               "A1 date 2024-06-01\nB1 date\nC1 date 2024-06-01 timed\nD1 date\n");
}

/* The number of parts stands in the longer record alone. APPNOTE 4.3.14, 4.4.1.4 */
static void long_ends_are_read(void **state)
{
    static const struct test_part parts[] = {PACKAGE, WORKBOOK, WORKBOOK_RELATIONS,
                                             ROWS("<row><c><v>7</v></c></row>")};
    enum { PARTS_HERE = sizeof parts / sizeof *parts };
    struct buffer out = {0}, directory = {0};
    (void)state;
    for (size_t i = 0; i < PARTS_HERE; i++) {
        struct test_packed p = test_pack(parts[i].text, strlen(parts[i].text), true);
        test_add_part(&out, &directory, parts[i].name, &p);
    }
    size_t at = out.len, len = directory.len;
    buffer_add(&out, directory.data, directory.len);
    size_t end = out.len;
    buffer_add(&out, "PK\6\6\54\0\0\0\0\0\0\0\55\0\55\0\0\0\0\0\0\0\0\0", 24);
    put_number(&out, PARTS_HERE, 8);
    put_number(&out, PARTS_HERE, 8);
    put_number(&out, len, 8);
    put_number(&out, at, 8);
    buffer_add(&out, "PK\6\7\0\0\0\0", 8);
    put_number(&out, end, 8);
    put_number(&out, 1, 4);
    buffer_add(&out, "PK\5\6\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\0", 22);
    test_write(out.data, out.len);
    buffer_clear(&out);
    buffer_clear(&directory);
    struct xlsx *x = test_open_as("a.xlsx");
    if (!x)
        fail_msg("%s", test_diag.list[0].text[LANGUAGE_EN]);
    xlsx_free(x);
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
               "<x:worksheet xmlns:x=\"" MAIN_NS "\"><x:sheetData><x:row><x:c "
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

/* As UTF-16, which needs no mark before it when it says so. */
static void merged_cells_are_told_of_other_encodings(void **state)
{
    static const char text[] =
        "<?xml version=\"1.0\" encoding=\"UTF-16LE\"?><worksheet xmlns=\"" MAIN_NS
        "\"><sheetData><row r=\"1\"><c><v>1</v></c></row></sheetData><mergeCells><mergeCell "
        "ref=\"A1:A3\"/></mergeCells></worksheet>";
    char wide[2 * sizeof text] = "";
    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        wide[2 * i] = text[i];
    test_reads(BOOK({"xl/worksheets/sheet1.xml", wide, 2 * (sizeof text - 1)}),
               "A1 number 1 to A3\n");
}

#define DRAWING_NS "http://schemas.openxmlformats.org/drawingml/2006/"
#define PICTURE(name, id)                                                                          \
    "<xdr:pic><xdr:nvPicPr><xdr:cNvPr id=\"2\" name=\"" name                                       \
    "\"/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed=\"" id "\"/></xdr:blipFill></xdr:pic>"
#define DRAWING(tag, attributes, inner)                                                            \
    "<" tag " xmlns:xdr=\"" DRAWING_NS "spreadsheetDrawing\" xmlns:a=\"" DRAWING_NS                \
    "main\" xmlns:r=\"" RELATION_NS "\" " attributes ">" inner "</" tag ">"

static void is_picture(const struct xlsx *x, size_t number, const char *place, const char *part,
                       const char *name, size_t bytes)
{
    const struct xlsx_picture *pictures;
    char address[CELL_NAME];
    assert_true(number < xlsx_pictures(x, &pictures));
    assert_string_equal(cell_name(address, pictures[number].row, pictures[number].column), place);
    assert_string_equal(pictures[number].part, part);
    assert_string_equal(pictures[number].name, name);
    assert_int_equal(pictures[number].bytes, bytes);
}

static void floating_pictures_have_the_place_of_their_corner(void **state)
{
    (void)state;
    struct xlsx *x = test_open(BOOK(
        ROWS(""),
        {"xl/worksheets/_rels/sheet1.xml.rels",
         RELATIONS(RELATION("rId9", "drawing", "../drawings/drawing1.xml")), 0},
        {"xl/drawings/drawing1.xml",
         DRAWING(
             "xdr:wsDr", "xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\"",
             "<xdr:twoCellAnchor><xdr:from><xdr:col>3</xdr:col><xdr:colOff>9</"
             "xdr:colOff><xdr:row>6</xdr:row></xdr:from><xdr:to><xdr:col>5</xdr:col><xdr:row>9</"
             "xdr:row></xdr:to>" PICTURE(
                 "图片 1",
                 "rId1") "</xdr:twoCellAnchor>"
                         "<xdr:oneCellAnchor><xdr:from><xdr:col>0</xdr:col><xdr:row>1</xdr:row></"
                         "xdr:from><mc:AlternateContent><mc:Choice>" PICTURE(
                             "图片 2",
                             "rId7") "</mc:Choice><mc:Fallback>" PICTURE("图片 2",
                                                                         "rId1") "</mc:Fallback></"
                                                                                 "mc:"
                                                                                 "AlternateContent>"
                                                                                 "</"
                                                                                 "xdr:"
                                                                                 "oneCellAnchor>"
                                                                                 "<xdr:"
                                                                                 "absoluteAnchor><"
                                                                                 "xdr:sp/></"
                                                                                 "xdr:"
                                                                                 "absoluteAnchor>"),
         0},
        {"xl/drawings/_rels/drawing1.xml.rels",
         RELATIONS(RELATION("rId1", "image", "../media/image1.png")), 0},
        {"xl/media/image1.png", "PNG...", 0}));
    assert_non_null(x);
    const struct xlsx_picture *pictures;
    assert_int_equal(xlsx_pictures(x, &pictures), 2);
    assert_int_equal(pictures[0].place, XLSX_PICTURE_FLOATING);
    is_picture(x, 0, "D7", "xl/media/image1.png", "图片 1", 6);
    is_picture(x, 1, "A2", "", "图片 2", 0);
    xlsx_free(x);
}

/* K9-13 */
static void pictures_in_cells_of_wps_are_found_by_their_ids(void **state)
{
    (void)state;
    struct xlsx *x = test_open(PARTS(
        PACKAGE, WORKBOOK,
        {"xl/_rels/workbook.xml.rels",
         RELATIONS(RELATION("rId1", "worksheet", "worksheets/sheet1.xml")
                       RELATION("rId2", "sharedStrings",
                                "sharedStrings.xml") "<Relationship Id=\"rId3\" "
                                                     "Type=\"http://www.wps.cn/officeDocument/2020/"
                                                     "cellImage\" Target=\"cellimages.xml\"/>"),
         0},
        {"xl/cellimages.xml",
         DRAWING(
             "etc:cellImages", "xmlns:etc=\"http://www.wps.cn/officeDocument/2017/etCustomData\"",
             "<etc:cellImage>" PICTURE("ID_B", "rId2") "</etc:cellImage><etc:cellImage>" PICTURE(
                 "ID_A", "rId1") "</etc:cellImage>"),
         0},
        {"xl/_rels/cellimages.xml.rels",
         RELATIONS(RELATION("rId1", "image", "media/image1.jpeg")
                       RELATION("rId2", "image", "media/image2.jpeg")),
         0},
        {"xl/media/image1.jpeg", "JPEG", 0}, {"xl/media/image2.jpeg", "JPEG2", 0},
        STRINGS("<si><t>=DISPIMG(\"ID_B\",1)</t></si>"),
        ROWS("<row><c t=\"str\"><f>_xlfn.DISPIMG(\"ID_A\",1)</f><v>=DISPIMG(\"ID_A\",1)</v></c><c "
             "t=\"s\"><v>0</v></c><c t=\"str\"><f>DISPIMG(\"ID_C\",1)</f></c><c "
             "t=\"inlineStr\"><is><t>DISPIMG(\"ID_A\")</t></is></c></row>")));
    assert_non_null(x);
    for (int again = 0; again < 2; again++) {
        char *cells = test_sheet(x, 0);
        assert_string_equal(cells, "A1 picture 0 formula\nB1 picture 1\nC1 picture missing "
                                   "formula\nD1 text DISPIMG(\"ID_A\")\n");
        free(cells);
    }
    is_picture(x, 0, "A1", "xl/media/image1.jpeg", "ID_A", 4);
    is_picture(x, 1, "B1", "xl/media/image2.jpeg", "ID_B", 5);
    xlsx_free(x);
}

#define RICH "http://schemas.microsoft.com/office/spreadsheetml/2017/richdata"
#define OFFICE(id, type, target)                                                                   \
    "<Relationship Id=\"" id                                                                       \
    "\" Type=\"http://schemas.microsoft.com/office/2017/06/relationships/" type                    \
    "\" Target=\"richData/" target "\"/>"

static void pictures_in_cells_of_excel_are_found_by_rich_values(void **state)
{
    (void)state;
    struct xlsx *x = test_open(PARTS(
        PACKAGE, WORKBOOK,
        {"xl/_rels/workbook.xml.rels",
         RELATIONS(RELATION("rId1", "worksheet", "worksheets/sheet1.xml")
                       RELATION("rId2", "sheetMetadata", "metadata.xml")
                           OFFICE("rId3", "rdRichValue", "rdrichvalue.xml")
                               OFFICE("rId4", "rdRichValueStructure", "rdrichvaluestructure.xml")
                                   OFFICE("rId5", "richValueRel", "richValueRel.xml")),
         0},
        {"xl/metadata.xml",
         "<metadata xmlns=\"" MAIN_NS "\" xmlns:xlrd=\"" RICH
         "\"><metadataTypes><metadataType name=\"XLRICHVALUE\"/></metadataTypes>"
         "<futureMetadata name=\"XLRICHVALUE\"><bk><extLst><ext><xlrd:rvb "
         "i=\"0\"/></ext></extLst></bk><bk><extLst><ext><xlrd:rvb "
         "i=\"1\"/></ext></extLst></bk></futureMetadata>"
         "<valueMetadata><bk><rc t=\"1\" v=\"0\"/></bk><bk><rc t=\"1\" "
         "v=\"1\"/></bk></valueMetadata></metadata>",
         0},
        {"xl/richData/rdrichvaluestructure.xml",
         "<rvStructures xmlns=\"" RICH
         "\"><s t=\"_localImage\"><k n=\"_rvRel:LocalImageIdentifier\" t=\"i\"/><k "
         "n=\"CalcOrigin\" t=\"i\"/></s><s t=\"_error\"><k n=\"x\"/></s></rvStructures>",
         0},
        {"xl/richData/rdrichvalue.xml",
         "<rvData xmlns=\"" RICH
         "\"><rv s=\"0\"><v>0</v><v>5</v></rv><rv s=\"1\"><v>0</v></rv></rvData>",
         0},
        {"xl/richData/richValueRel.xml",
         "<richValueRels "
         "xmlns=\"http://schemas.microsoft.com/office/spreadsheetml/2022/richvaluerel\" "
         "xmlns:r=\"" RELATION_NS "\"><rel r:id=\"rId1\"/></richValueRels>",
         0},
        {"xl/richData/_rels/richValueRel.xml.rels",
         RELATIONS(RELATION("rId1", "image", "../media/image1.png")), 0},
        {"xl/media/image1.png", "PNG", 0},
        ROWS("<row><c t=\"e\" vm=\"1\"><v>#VALUE!</v></c><c t=\"e\" vm=\"2\"><v>#VALUE!</v></c><c "
             "t=\"e\"><v>#VALUE!</v></c></row>")));
    assert_non_null(x);
    char *cells = test_sheet(x, 0);
    assert_string_equal(cells, "A1 picture 0\nB1 error #VALUE!\nC1 error #VALUE!\n");
    free(cells);
    is_picture(x, 0, "A1", "xl/media/image1.png", "", 3);
    xlsx_free(x);
}

static void properties_and_sheets_are_named(void **state)
{
    (void)state;
    struct xlsx *x = test_open(PARTS(
        {"_rels/.rels",
         RELATIONS(RELATION("rId1", "officeDocument", "xl/workbook.xml")
                       RELATION("c", "custom-properties", "docProps/custom.xml")),
         0},
        WORKBOOK_WITH("", "<sheet name=\"人员_x0020_(2)\" sheetId=\"1\" r:id=\"rId1\"/><sheet "
                          "name=\"选项\" state=\"veryHidden\" sheetId=\"2\" r:id=\"rId2\"/>"),
        {"xl/_rels/workbook.xml.rels",
         RELATIONS(RELATION("rId1", "worksheet", "worksheets/sheet1.xml")
                       RELATION("rId2", "chartsheet", "chartsheets/sheet1.xml")
                           RELATION("rId4", "vbaProject", "vbaProject.bin")),
         0},
        ROWS(""), {"xl/chartsheets/sheet1.xml", "<x/>", 0},
        {"docProps/custom.xml",
         "<Properties "
         "xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties\" "
         "xmlns:vt=\"v\"><property name=\"模板\"><vt:lpwstr>7</vt:lpwstr></property></Properties>",
         0}));
    const struct xlsx_sheet *sheets;
    assert_non_null(x);
    assert_int_equal(xlsx_sheets(x, &sheets), 2);
    assert_string_equal(sheets[0].name, "人员 (2)");
    assert_true(sheets[0].cells && !sheets[0].hidden && !sheets[1].cells && sheets[1].hidden);
    assert_string_equal(xlsx_property(x, "模板"), "7");
    assert_null(xlsx_property(x, "无"));
    xlsx_free(x);
}

static void what_a_format_shows_is_known_by_its_code(void **state)
{
    static const struct {
        const char *code;
        bool date, day, year;
    } codes[] = {{"yyyy\\-mm\\-dd", true, true, true},
                 {"yyyy\"年\"m\"月\";@", true, false, true},
                 {"[$-804]yyyy/m/d h:mm AM/PM", true, true, true},
                 {"[Magenta]0.00", false, false, false},
                 {"0.00E+00", false, false, false},
                 {"[h]:mm", true, false, false},
                 {"e.m.d", true, true, true},
                 {"0\"天\"", false, false, false},
                 {"\"d\"0", false, false, false},
                 {"#,##0_);(#,##0)", false, false, false},
                 {"G/通用格式", false, false, false},
                 {"General", false, false, false},
                 {"m/d;@", true, true, false},
                 {"[DBNum1][$-804]aaaa", true, false, false},
                 {"@", false, false, false},
                 {"\\", false, false, false},
                 {"[", false, false, false},
                 {"\"", false, false, false}};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct format f = format_of_code(codes[i].code);
        if (f.date != codes[i].date || f.day_shown != codes[i].day || f.year_shown != codes[i].year)
            fail_msg("%s: %d %d %d", codes[i].code, f.date, f.day_shown, f.year_shown);
    }
}

static void addresses_go_both_ways(void **state)
{
    static const struct {
        const char *text;
        uint32_t row, column;
    } places[] = {{"A1", 1, 1},
                  {"Z9", 9, 26},
                  {"AA10", 10, 27},
                  {"AZ1", 1, 52},
                  {"ZZ1", 1, 702},
                  {"AAA1", 1, 703},
                  {"XFD1048576", XLSX_ROWS, XLSX_COLUMNS}};
    static const char *const none[] = {"",         "A",     "1",    "A0",  "XFE1",
                                       "A1048577", "A1:B2", "$A$1", "A-1", "A1 "};
    char text[CELL_NAME];
    uint32_t row, column;
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        assert_string_equal(cell_name(text, places[i].row, places[i].column), places[i].text);
        assert_true(xlsx_address_read(places[i].text, &row, &column) && row == places[i].row &&
                    column == places[i].column);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(xlsx_address_read(none[i], &row, &column));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_of_all_types_are_read),
        cmocka_unit_test(phonetic_runs_are_left_out),
        cmocka_unit_test(dates_count_from_1900_or_1904),
        cmocka_unit_test(addresses_may_be_left_out),
        cmocka_unit_test(nothing_is_nothing),
        cmocka_unit_test(numbers_are_decimal),
        cmocka_unit_test(a_day_of_another_zone_is_no_day),
        cmocka_unit_test(long_ends_are_read),
        cmocka_unit_test(parts_are_found_by_their_relations),
        cmocka_unit_test(strict_namespaces_are_read),
        cmocka_unit_test(escapes_are_undone),
        cmocka_unit_test(merged_and_hidden_cells_are_told),
        cmocka_unit_test(merged_cells_are_told_of_other_encodings),
        cmocka_unit_test(floating_pictures_have_the_place_of_their_corner),
        cmocka_unit_test(pictures_in_cells_of_wps_are_found_by_their_ids),
        cmocka_unit_test(pictures_in_cells_of_excel_are_found_by_rich_values),
        cmocka_unit_test(properties_and_sheets_are_named),
        cmocka_unit_test(what_a_format_shows_is_known_by_its_code),
        cmocka_unit_test(addresses_go_both_ways),
    };
    return cmocka_run_group_tests_name("xlsx", tests, test_book_begin, test_book_end);
}
