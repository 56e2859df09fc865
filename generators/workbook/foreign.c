/* foreign.c - see foreign.h, and xlsx_claims of xlsx.h. */
#include "workbook/foreign.h"

#include "core/strings.h"
#include "workbook/xlsx.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { HEAD = 1024 };

enum foreign_kind {
    KIND_ZIP,
    KIND_OLE,
    KIND_HTML,
    KIND_XML_TABLE, /* Excel 2003's own XML */
    KIND_XML,
    KIND_EMPTY,
    KIND_BINARY,
    KIND_TEXT
};

/* Files that are taken for a workbook when their name says so. */
static const struct {
    const char *begin, *name;
} known[] = {{"%PDF-", "PDF"},     {"\xFF\xD8\xFF", "JPEG"}, {"\x89PNG", "PNG"},  {"Rar!", "RAR"},
             {"7z\xBC\xAF", "7z"}, {"GIF8", "GIF"},          {"\x1F\x8B", "gzip"}};

static bool holds(const char *text, const char *word)
{
    size_t len = strlen(word);
    for (; *text; text++)
        if (!strncasecmp(text, word, len))
            return true;
    return false;
}

static const char *known_name(const char *head, size_t n)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (n >= strlen(known[i].begin) && !memcmp(head, known[i].begin, strlen(known[i].begin)))
            return known[i].name;
    return NULL;
}

/* No text in any encoding of Chinese; UTF-16 is one with its mark alone. */
static bool is_binary(const char *head, size_t n)
{
    if (n >= 2 && (!memcmp(head, "\xFF\xFE", 2) || !memcmp(head, "\xFE\xFF", 2)))
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)head[i] < 0x20 && !strchr("\t\n\v\f\r\x1A\x1B", head[i] ? head[i] : 1))
            return true;
    return known_name(head, n) != NULL;
}

static enum foreign_kind kind_of(int fd)
{
    char head[HEAD + 1];
    size_t n = archive_read_at(fd, 0, head, HEAD);
    const char *text = head;

    head[n] = '\0';
    if (n >= 4 && (!memcmp(head, "PK\3\4", 4) || !memcmp(head, "PK\5\6", 4)))
        return KIND_ZIP;
    if (n >= 8 && !memcmp(head, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8))
        return KIND_OLE;
    if (!strncmp(text, "\xEF\xBB\xBF", 3))
        text += 3;
    text += strspn(text, " \t\r\n");
    if (*text != '<')
        return n == 0 ? KIND_EMPTY : is_binary(head, n) ? KIND_BINARY : KIND_TEXT;
    if (holds(text, "<html") || holds(text, "<!doctype html") || holds(text, "<table"))
        return KIND_HTML;
    return holds(text, "Excel.Sheet") || holds(text, "schemas-microsoft-com:office:spreadsheet")
               ? KIND_XML_TABLE
               : KIND_XML;
}

static bool named_as_table(const char *name)
{
    static const char *const ends[] = {".xlsx", ".xlsm",    ".xltx", ".xlsb", ".xls",
                                       ".xlt",  ".et",      ".ett",  ".ods",  ".csv",
                                       ".tsv",  ".numbers", NULL};
    return path_ends_in(name, ends);
}

bool xlsx_claims(int fd, const char *name)
{
    switch (kind_of(fd)) {
    case KIND_ZIP:
    case KIND_OLE:
    case KIND_XML_TABLE:
        return true;
    case KIND_XML:
        return false;
    case KIND_HTML:
    case KIND_EMPTY:
    case KIND_BINARY:
    case KIND_TEXT:
        break;
    }
    return named_as_table(name);
}

/* Does the directory of an OLE file name such a stream? Its entries are 128 bytes, the name first,
 * in UTF-16. */
static bool ole_has(int fd, const char *stream)
{
    enum { ENTRY = 128, ENTRIES = 256, SCANNED = 64 << 20 };
    char piece[ENTRY * ENTRIES], name[64] = {0};
    size_t len = 2 * strlen(stream) + 2, n;

    for (size_t i = 0; stream[i]; i++)
        name[2 * i] = stream[i];
    for (off_t at = 0; at < SCANNED && (n = archive_read_at(fd, at, piece, sizeof piece)) > 0;
         at += (off_t)n)
        for (size_t i = 0; i + ENTRY <= n; i += ENTRY)
            if (!memcmp(piece + i, name, len) && (unsigned char)piece[i + 64] == len)
                return true;
    return false;
}

static bool refuse(const char *file, struct diag *diag, const char *zh, const char *en)
{
    return diag_error(diag, (struct src_pos){file, 0}, "%s%.0s", "%.0s%s", zh, en);
}

static bool refuse_ole(int fd, const char *name, struct diag *diag)
{
    static const char *const wps[] = {".et", ".ett", NULL};

    if (ole_has(fd, "EncryptedPackage"))
        return refuse(
            name, diag,
            "工作簿有打开密码，读不出来：请在 Excel 或 WPS 中打开，去掉密码后另存为 .xlsx",
            "the workbook has a password and cannot be read: open it in Excel or WPS, "
            "remove the password and save it as .xlsx");
    if (ole_has(fd, "Workbook") || ole_has(fd, "Book"))
        return path_ends_in(name, wps)
                   ? refuse(
                         name, diag,
                         "这是 WPS 表格的 .et 文件：请在 WPS 中打开，另存为“Excel 文件（*.xlsx）”",
                         "this is an .et file of WPS: open it in WPS and save it as .xlsx")
                   : refuse(name, diag,
                            "这是旧版的 .xls 文件（只改文件名不行）：请用 Excel 或 WPS "
                            "打开，另存为“Excel 工作簿（*.xlsx）”",
                            "this is an old .xls file, whatever its name: open it in Excel or WPS "
                            "and save it as .xlsx");
    if (ole_has(fd, "WordDocument"))
        return refuse(name, diag, "这是 Word 文档，不是工作簿：请给出 .xlsx 工作簿",
                      "this is a Word document, no workbook: give an .xlsx workbook");
    return refuse(name, diag, "这不是工作簿：请用 Excel 或 WPS 另存为 .xlsx",
                  "this is no workbook: let Excel or WPS save an .xlsx");
}

static bool refuse_binary(int fd, const char *name, struct diag *diag)
{
    char head[8];
    const char *kind = known_name(head, archive_read_at(fd, 0, head, sizeof head));
    if (kind)
        return diag_error(diag, (struct src_pos){name, 0},
                          "这是 %s 文件（只改文件名不行），不是工作簿：请给出 .xlsx 工作簿",
                          "this is a %s file, whatever its name, and no workbook: give an .xlsx "
                          "workbook",
                          kind);
    return refuse(name, diag,
                  "这不是 .xlsx 工作簿，内容认不出来：文件可能已损坏或没有传完，请重新另存或重新"
                  "传送一份",
                  "this is no .xlsx workbook, and nothing that is known: it may be damaged or sent "
                  "in part; save it again or have it sent again");
}

bool foreign_refuse(int fd, const char *name, struct diag *diag)
{
    switch (kind_of(fd)) {
    case KIND_ZIP:
        return true;
    case KIND_OLE:
        return refuse_ole(fd, name, diag);
    case KIND_HTML:
        return refuse(name, diag,
                      "这是网页（HTML），不是 .xlsx 工作簿：请用 Excel 或 WPS 打开，另存为 .xlsx",
                      "this is a web page (HTML), no .xlsx workbook: open it in Excel or WPS and "
                      "save it as .xlsx");
    case KIND_XML_TABLE:
        return refuse(name, diag,
                      "这是 Excel 2003 的 XML 表格：请用 Excel 或 WPS 打开，另存为 .xlsx",
                      "this is an XML table of Excel 2003: open it in Excel or WPS and save it as "
                      ".xlsx");
    case KIND_EMPTY:
        return refuse(name, diag, "文件是空的（0 字节）：请重新另存或重新传送一份",
                      "the file is empty: save it again or have it sent again");
    case KIND_BINARY:
        return refuse_binary(fd, name, diag);
    case KIND_XML:
    case KIND_TEXT:
        break;
    }
    return refuse(
        name, diag,
        "这是文本（如 .csv），不是 .xlsx 工作簿：请用 Excel 或 WPS 打开，另存为 .xlsx，"
        "并检查身份证号等长数字是否还完整",
        "this is a text file (like .csv), no .xlsx workbook: open it in Excel or WPS, save "
        "it as .xlsx, and look whether long numbers such as ID numbers are whole");
}

static bool is_open_document(struct archive *a)
{
    static const char type[] = "application/vnd.oasis.opendocument.spreadsheet";
    enum { TYPE_LIMIT = 4096 };
    struct buffer text = {0};
    int part = archive_find(a, "mimetype");
    bool same = part != ARCHIVE_NONE && archive_read(a, part, TYPE_LIMIT, &text) &&
                text.len >= strlen(type) && !memcmp(text.data, type, strlen(type));
    buffer_clear(&text);
    return same;
}

bool foreign_archive(struct archive *a)
{
    const char *file = archive_file(a);
    struct diag *diag = archive_diag(a);

    if (is_open_document(a))
        return refuse(
            file, diag,
            "这是 OpenDocument 表格（.ods）：请用 Excel、WPS 或 LibreOffice 打开，另存为 .xlsx",
            "this is an OpenDocument table (.ods): open it in Excel, WPS or LibreOffice and "
            "save it as .xlsx");
    if (archive_broken(a))
        return false;
    if (archive_find(a, "Index/Document.iwa") != ARCHIVE_NONE ||
        archive_find(a, "Index.zip") != ARCHIVE_NONE)
        return refuse(
            file, diag,
            "这是苹果的 Numbers（或 Pages）文件：请在 Numbers 中选“文件 > 导出为 > Excel”",
            "this is a file of Apple's Numbers (or Pages): in Numbers choose File > Export "
            "To > Excel");
    if (archive_find(a, "OFD.xml") != ARCHIVE_NONE)
        return refuse(file, diag, "这是 OFD 版式文件，不是工作簿：请给出 .xlsx 工作簿",
                      "this is an OFD file, no workbook: give an .xlsx workbook");
    if (archive_find(a, "[Content_Types].xml") != ARCHIVE_NONE)
        return refuse(file, diag, "文件里没有工作簿：文件不完整，请重新另存或重新传送一份",
                      "there is no workbook in the file: it is not whole, save it again or have it "
                      "sent again");
    return refuse(file, diag, "这是压缩包，不是工作簿：请先解压，再给出其中的 .xlsx",
                  "this is an archive, no workbook: unpack it and give the .xlsx in it");
}

bool foreign_main_part(struct archive *a, int part)
{
    static const char *const binary[] = {".bin", NULL};
    const char *name = archive_name(a, part);

    if (path_ends_in(name, binary))
        return refuse(archive_file(a), archive_diag(a),
                      "这是二进制工作簿（.xlsb）：请用 Excel 打开，另存为“Excel 工作簿（*.xlsx）”",
                      "this is a binary workbook (.xlsb): open it in Excel and save it as .xlsx");
    if (!strncasecmp(name, "word/", 5) || !strncasecmp(name, "ppt/", 4))
        return refuse(
            archive_file(a), archive_diag(a),
            "这是 Word 或 PowerPoint 文档，不是工作簿：请给出 .xlsx 工作簿",
            "this is a document of Word or PowerPoint, no workbook: give an .xlsx workbook");
    return true;
}
