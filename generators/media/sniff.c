/* sniff.c - what a file is by its bytes (suffixes lie), and what to do about an unwanted kind. */
#include "core/big_endian.h"
#include "media/fault.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *name, *zh, *en;
    const char *todo_zh, *todo_en; /* NULL: export it as what is wanted */
    bool document;                 /* of pages: best exported as PDF */
} kinds[MEDIA_TYPE_COUNT] = {
    [MEDIA_UNKNOWN] = {.name = "unknown", .zh = "内容无法识别", .en = "is of no known kind"},
    [MEDIA_EMPTY] = {.name = "empty",
                     .zh = "是空文件",
                     .en = "is empty",
                     .todo_zh = "请重新导出或扫描",
                     .todo_en = "export or scan it again"},
    [MEDIA_JPEG] = {.name = "JPEG", .zh = "是 JPEG 图片", .en = "is a JPEG picture"},
    [MEDIA_PNG] = {.name = "PNG", .zh = "是 PNG 图片", .en = "is a PNG picture"},
    [MEDIA_PDF] = {.name = "PDF", .zh = "是 PDF 文件", .en = "is a PDF"},
    [MEDIA_GIF] = {.name = "GIF", .zh = "是 GIF 图片", .en = "is a GIF picture"},
    [MEDIA_WEBP] = {.name = "WebP", .zh = "是 WebP 图片", .en = "is a WebP picture"},
    [MEDIA_HEIC] = {.name = "HEIC",
                    .zh = "是苹果手机的 HEIC 照片",
                    .en = "is an iPhone HEIC photo"},
    [MEDIA_AVIF] = {.name = "AVIF", .zh = "是 AVIF 图片", .en = "is an AVIF picture"},
    [MEDIA_TIFF] = {.name = "TIFF", .zh = "是 TIFF 图片", .en = "is a TIFF picture"},
    [MEDIA_BMP] = {.name = "BMP", .zh = "是 BMP 图片", .en = "is a BMP picture"},
    [MEDIA_JP2] = {.name = "JPEG 2000", .zh = "是 JPEG 2000 图片", .en = "is a JPEG 2000 picture"},
    [MEDIA_HTML] = {.name = "HTML",
                    .zh = "是网页，多半是下载时误存的出错页面",
                    .en = "is a web page, probably an error saved instead of the file",
                    .todo_zh = "请重新下载原件",
                    .todo_en = "download it again"},
    [MEDIA_ZIP] = {.name = "ZIP",
                   .zh = "是压缩包",
                   .en = "is a ZIP archive",
                   .todo_zh = "请解压后引用其中的文件",
                   .todo_en = "unpack it and cite the file inside"},
    [MEDIA_RAR] = {.name = "RAR",
                   .zh = "是 RAR 或 7z 压缩包",
                   .en = "is a RAR or 7z archive",
                   .todo_zh = "请解压后引用其中的文件",
                   .todo_en = "unpack it and cite the file inside"},
    [MEDIA_OFD] = {.name = "OFD",
                   .zh = "是 OFD 版式文件",
                   .en = "is an OFD document",
                   .document = true},
    [MEDIA_DOCX] = {.name = "DOCX",
                    .zh = "是 Office 文档",
                    .en = "is an Office document",
                    .document = true},
    [MEDIA_DOC] = {.name = "DOC",
                   .zh = "是旧版 Office 或 WPS 文档",
                   .en = "is an old Office or WPS document",
                   .document = true},
    [MEDIA_CAJ] = {.name = "CAJ",
                   .zh = "是知网 CAJ 文件",
                   .en = "is a CNKI CAJ document",
                   .document = true},
    [MEDIA_MOVIE] = {.name = "MP4",
                     .zh = "是视频",
                     .en = "is a video",
                     .todo_zh = "请改用照片",
                     .todo_en = "cite a photo instead"},
    [MEDIA_JXL] = {.name = "JPEG XL", .zh = "是 JPEG XL 图片", .en = "is a JPEG XL picture"},
    [MEDIA_JXR] = {.name = "JPEG XR", .zh = "是 JPEG XR 图片", .en = "is a JPEG XR picture"},
    [MEDIA_ICO] = {.name = "ICO",
                   .zh = "是图标，不是照片或扫描件",
                   .en = "is an icon, no photo and no scan",
                   .todo_zh = "请引用原件",
                   .todo_en = "cite the original"},
    [MEDIA_TGA] = {.name = "TGA", .zh = "是 TGA 图片", .en = "is a TGA picture"},
    [MEDIA_METAFILE] = {.name = "EMF",
                        .zh = "是 EMF 或 WMF 矢量图",
                        .en = "is an EMF or WMF drawing"},
    [MEDIA_PSD] = {.name = "PSD", .zh = "是 Photoshop 图片", .en = "is a Photoshop picture"},
    [MEDIA_SVG] = {.name = "SVG", .zh = "是 SVG 矢量图", .en = "is an SVG drawing"},
    [MEDIA_RAW] = {.name = "RAW", .zh = "是相机的原始照片", .en = "is a camera's raw photo"},
    [MEDIA_RTF] = {.name = "RTF",
                   .zh = "是 RTF 文档",
                   .en = "is an RTF document",
                   .document = true},
    [MEDIA_ODF] = {.name = "ODF",
                   .zh = "是 OpenDocument 文档",
                   .en = "is an OpenDocument file",
                   .document = true},
    [MEDIA_CEB] = {.name = "CEB",
                   .zh = "是方正 CEB 版式文件",
                   .en = "is a Founder CEB document",
                   .document = true},
    [MEDIA_DJVU] = {.name = "DjVu",
                    .zh = "是 DjVu 文件",
                    .en = "is a DjVu document",
                    .document = true},
    [MEDIA_PS] = {.name = "PostScript",
                  .zh = "是 PostScript 文件",
                  .en = "is a PostScript file",
                  .document = true},
    [MEDIA_DWG] = {.name = "DWG",
                   .zh = "是 AutoCAD 图纸",
                   .en = "is an AutoCAD drawing",
                   .document = true},
    [MEDIA_DXF] = {.name = "DXF", .zh = "是 DXF 图纸", .en = "is a DXF drawing", .document = true},
    [MEDIA_XPS] = {.name = "XPS",
                   .zh = "是 XPS 版式文件",
                   .en = "is an XPS document",
                   .document = true},
    [MEDIA_MAIL] = {.name = "MIME",
                    .zh = "是邮件或存下的网页",
                    .en = "is a mail or a web page that was saved",
                    .document = true},
    [MEDIA_ARCHIVE] = {.name = "archive",
                       .zh = "是压缩包",
                       .en = "is an archive",
                       .todo_zh = "请解压后引用其中的文件",
                       .todo_en = "unpack it and cite the file inside"},
    [MEDIA_AUDIO] = {.name = "audio",
                     .zh = "是录音",
                     .en = "is a sound recording",
                     .todo_zh = "请改用照片或扫描件",
                     .todo_en = "cite a photo or a scan instead"},
    [MEDIA_SHORTCUT] = {.name = "shortcut",
                        .zh = "是快捷方式",
                        .en = "is a shortcut",
                        .todo_zh = "请引用它指向的文件",
                        .todo_en = "cite the file that it leads to"},
    [MEDIA_COMPANION] = {.name = "AppleDouble",
                         .zh = "是苹果电脑附带的文件，里面没有内容",
                         .en = "is what macOS puts beside a file, and holds none of it",
                         .todo_zh = "请引用名称前没有“._”的那个文件",
                         .todo_en = "cite the file whose name has no '._' before it"},
    [MEDIA_EXECUTABLE] = {.name = "EXE",
                          .zh = "是程序，不是文件材料",
                          .en = "is a program, no document",
                          .todo_zh = "请不要运行它，找到原件后重新引用",
                          .todo_en = "do not run it; cite the original"},
    [MEDIA_TEXT] = {.name = "text", .zh = "是纯文本", .en = "is plain text", .document = true},
};

static bool at(const unsigned char *data, size_t size, size_t offset, const char *magic, size_t len)
{
    return size >= offset + len && !memcmp(data + offset, magic, len);
}

static bool holds(const unsigned char *data, size_t size, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i + len <= size; i++) {
        const unsigned char *p = memchr(data + i, word[0], size - len - i + 1);
        if (!p)
            return false;
        i = (size_t)(p - data);
        if (!memcmp(p, word, len))
            return true;
    }
    return false;
}

/* PDF readers accept a header within the first kilobyte, and scanners do write bytes before it;
 * where the header is spoilt they go by the end. */
static bool is_pdf(const unsigned char *data, size_t size)
{
    size_t part = size < 1024 ? size : 1024;
    const unsigned char *tail = data + size - part;
    return holds(data, part, "%PDF-") ||
           (holds(tail, part, "startxref") && holds(tail, part, "%%EOF"));
}

/* Stray bytes before the first segment: readers pass over them. */
static bool is_spoilt_jpeg(const unsigned char *data, size_t size)
{
    size_t part = size < 1024 ? size : 1024;
    return at(data, size, 0, "\xFF\xD8", 2) &&
           (holds(data, part, "JFIF") || holds(data, part, "Exif"));
}

static bool is_html(const unsigned char *data, size_t size)
{
    static const char *const openings[] = {"<!doctype html", "<html", "<head",   "<body", "<title",
                                           "<meta",          "<!--",  "<script", "<div",  "<p>"};
    size_t i = at(data, size, 0, "\xEF\xBB\xBF", 3) ? 3 : 0;
    while (i < size && memchr(" \t\r\n", data[i], 4))
        i++;
    if (at(data, size, i, "<?xml", 5))
        return holds(data, size < 1024 ? size : 1024, "<html");
    for (size_t k = 0; k < sizeof openings / sizeof *openings; k++) {
        size_t len = strlen(openings[k]);
        if (size - i >= len && !strncasecmp((const char *)data + i, openings[k], len))
            return true;
    }
    return false;
}

/* Is there an element below a declaration, a type or comments? */
static bool is_svg(const unsigned char *data, size_t size)
{
    size_t part = size < 1024 ? size : 1024;
    return holds(data, part, "<svg") && (at(data, size, 0, "<", 1) || holds(data, part, "<?xml"));
}

/* No other control characters than those of lines; and none of the bytes that neither UTF-8 nor GB
 * 18030 has. UTF-16 by its mark. */
static bool is_text(const unsigned char *data, size_t size)
{
    size_t part = size < 1024 ? size : 1024;
    if (at(data, size, 0, "\xFF\xFE", 2) || at(data, size, 0, "\xFE\xFF", 2))
        return true;
    for (size_t i = 0; i < part; i++)
        if (data[i] == 0 || data[i] == 0x7F || data[i] == 0xFF ||
            (data[i] < ' ' && !memchr("\t\n\f\r", data[i], 4)))
            return false;
    return true;
}

static bool is_mail(const unsigned char *data, size_t size)
{
    return holds(data, size < 1024 ? size : 1024, "MIME-Version:") && is_text(data, size);
}

/* The ISO family says in its first box what it holds: one main brand, then others it agrees with.
 * "mif1" is any picture, so the others decide. */
static enum media_type iso_kind(const unsigned char *data, size_t size)
{
    size_t end = big_endian32(data);
    enum media_type kind = MEDIA_MOVIE;

    if (end > size)
        end = size;
    for (size_t i = 8; i + 4 <= end; i += i == 8 ? 8 : 4) { /* 4 bytes of version after the first */
        const char *brand = (const char *)data + i;
        if (!memcmp(brand, "avi", 3))
            return MEDIA_AVIF;
        if (!memcmp(brand, "crx ", 4))
            return MEDIA_RAW;
        if (i == 8 && !memcmp(brand, "M4A ", 4))
            return MEDIA_AUDIO;
        if (!memcmp(brand, "hei", 3) || !memcmp(brand, "hev", 3) || !memcmp(brand, "mif1", 4) ||
            !memcmp(brand, "msf1", 4))
            kind = MEDIA_HEIC;
    }
    return kind;
}

/* An archive's list of names at its end is never compressed. */
static enum media_type zip_kind(const unsigned char *data, size_t size)
{
    if (holds(data, size < 128 ? size : 128, "mimetypeapplication/vnd.oasis."))
        return MEDIA_ODF;
    if (holds(data, size, "OFD.xml"))
        return MEDIA_OFD;
    if (holds(data, size, ".fdseq"))
        return MEDIA_XPS;
    return holds(data, size, "[Content_Types].xml") ? MEDIA_DOCX : MEDIA_ZIP;
}

struct magic {
    enum media_type type;
    size_t offset;
    const char *bytes;
    size_t len;
};

static enum media_type by_magic(const unsigned char *data, size_t size, const struct magic *table,
                                size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (at(data, size, table[i].offset, table[i].bytes, table[i].len))
            return table[i].type;
    return MEDIA_UNKNOWN;
}

/* What nothing that readers take for a PDF begins with. */
static enum media_type binary_kind(const unsigned char *data, size_t size)
{
    static const struct magic table[] = {
        {MEDIA_JPEG, 0, "\xFF\xD8\xFF", 3},
        {MEDIA_PNG, 0, "\x89PNG\r\n\x1A\n", 8},
        {MEDIA_GIF, 0, "GIF8", 4},
        {MEDIA_TIFF, 0, "II*\0", 4},
        {MEDIA_TIFF, 0, "MM\0*", 4},
        {MEDIA_TIFF, 0, "II+\0", 4},
        {MEDIA_TIFF, 0, "MM\0+", 4},
        {MEDIA_WEBP, 8, "WEBP", 4},
        {MEDIA_JP2, 4, "jP  \r\n\x87\n", 8},
        {MEDIA_JP2, 0, "\xFF\x4F\xFF\x51", 4},
        {MEDIA_JXL, 0, "\xFF\x0A", 2},
        {MEDIA_JXL, 4, "JXL \r\n\x87\n", 8},
        {MEDIA_PSD, 0, "8BPS\0", 5},
        {MEDIA_JXR, 0, "II\xBC\1", 4},
        {MEDIA_METAFILE, 0, "\xD7\xCD\xC6\x9A", 4},
        {MEDIA_RAW, 0, "FUJIFILMCCD-RAW", 15},
        {MEDIA_DOC, 0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8},
        {MEDIA_RAR, 0, "Rar!\x1A\x07", 6},
        {MEDIA_RAR, 0, "7z\xBC\xAF\x27\x1C", 6},
        {MEDIA_ARCHIVE, 0, "\x1F\x8B\x08", 3},
        {MEDIA_ARCHIVE, 4, "1AY&SY", 6}, /* bz2 */
        {MEDIA_ARCHIVE, 0, "\xFD\x37zXZ\0", 6},
        {MEDIA_ARCHIVE, 257, "ustar", 5},
        {MEDIA_CAJ, 0, "CAJ\0", 4},
        {MEDIA_CAJ, 0, "KDH ", 4},
        {MEDIA_CAJ, 0, "HN\0", 3},
        {MEDIA_CAJ, 0, "HN\x90\x01", 4},
        {MEDIA_CAJ, 0, "TEB\0", 4},
        {MEDIA_CEB, 0, "Founder CEB", 11},
        {MEDIA_DJVU, 0, "AT&TFORM", 8},
        {MEDIA_MOVIE, 8, "AVI ", 4},
        {MEDIA_MOVIE, 0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11", 8}, /* wmv */
        {MEDIA_MOVIE, 0, "\x1A\x45\xDF\xA3", 4},                 /* mkv, webm */
        {MEDIA_MOVIE, 0, "FLV\1", 4},
        {MEDIA_MOVIE, 0, "\0\0\1\xBA", 4},
        {MEDIA_MOVIE, 4, "moov", 4},
        {MEDIA_MOVIE, 4, "mdat", 4},
        {MEDIA_MOVIE, 4, "wide", 4},
        {MEDIA_AUDIO, 8, "WAVE", 4},
        {MEDIA_AUDIO, 0, "ID3\3", 4},
        {MEDIA_AUDIO, 0, "ID3\4", 4},
        {MEDIA_AUDIO, 0, "#!AMR", 5},
        {MEDIA_SHORTCUT, 0, "L\0\0\0\1\x14\2\0", 8},
        {MEDIA_COMPANION, 0, "\0\5\x16\7", 4},
    };
    return by_magic(data, size, table, sizeof table / sizeof *table);
}

/* An icon or a cursor, of at least one picture. */
static bool is_icon(const unsigned char *data, size_t size)
{
    return size > 22 && !data[0] && !data[1] && (data[2] == 1 || data[2] == 2) && !data[3] &&
           data[4] && !data[5] && !data[9];
}

/* A header that no magic begins: no palette or one of 256 colours, packed or not, of the depths
 * that there are. */
static bool is_targa(const unsigned char *data, size_t size)
{
    if (at(data, size, size < 26 ? size : size - 18, "TRUEVISION-XFILE.", 18))
        return true;
    return size > 18 && data[1] <= 1 && memchr("\1\2\3\x09\x0A\x0B", data[2], 6) &&
           (data[2] % 8 == 1) == data[1] && (data[12] || data[13]) && (data[14] || data[15]) &&
           memchr("\x08\x0F\x10\x18\x20", data[16], 5) && data[17] < 64;
}

/* Without the header of its own that some have, a WMF begins with that of Windows. */
static bool is_metafile(const unsigned char *data, size_t size)
{
    return (at(data, size, 0, "\1\0\0\0", 4) && at(data, size, 40, " EMF", 4)) ||
           at(data, size, 0, "\1\0\x09\0\0\3", 6);
}

/* Drawings exchanged as text: pairs of a number and a value, of which the first begins a section
 * or is a remark (999). */
static bool is_dxf(const unsigned char *data, size_t size)
{
    if (at(data, size, 0, "AutoCAD Binary DXF", 18))
        return true;
    size_t i = 0, part = size < 1024 ? size : 1024;
    while (i < part && memchr(" \t", data[i], 2))
        i++;
    return ((at(data, size, i, "0\n", 2) || at(data, size, i, "0\r\n", 3)) &&
            holds(data, i + 16 < part ? i + 16 : part, "SECTION")) ||
           (at(data, size, i, "999", 3) && holds(data, part, "SECTION"));
}

static enum media_type text_kind(const unsigned char *data, size_t size)
{
    static const struct magic table[] = {{MEDIA_PS, 0, "%!PS", 4},
                                         {MEDIA_PS, 0, "\xC5\xD0\xD3\xC6", 4},
                                         {MEDIA_RTF, 0, "{\\rtf", 5},
                                         {MEDIA_SHORTCUT, 0, "[InternetShortcut]", 18}};
    enum media_type kind = by_magic(data, size, table, sizeof table / sizeof *table);
    if (kind != MEDIA_UNKNOWN)
        return kind;
    if (is_svg(data, size))
        return MEDIA_SVG;
    if (is_mail(data, size))
        return MEDIA_MAIL;
    if (is_dxf(data, size))
        return MEDIA_DXF;
    if (is_icon(data, size))
        return MEDIA_ICO;
    if (at(data, size, 0, "MZ", 2) && !is_text(data, size))
        return MEDIA_EXECUTABLE;
    if (at(data, size, 0,
           "\x7F"
           "ELF",
           4))
        return MEDIA_EXECUTABLE;
    if (is_targa(data, size))
        return MEDIA_TGA;
    return is_text(data, size) ? MEDIA_TEXT : MEDIA_UNKNOWN;
}

enum media_type media_sniff(const unsigned char *data, size_t size)
{
    if (size == 0)
        return MEDIA_EMPTY;
    enum media_type kind = binary_kind(data, size);
    if (kind != MEDIA_UNKNOWN)
        return kind;
    if (is_spoilt_jpeg(data, size))
        return MEDIA_JPEG;
    if (at(data, size, 0, "BM", 2) && at(data, size, 6, "\0\0\0\0", 4)) /* reserved */
        return MEDIA_BMP;
    if (at(data, size, 0, "AC10", 4) && at(data, size, 6, "\0", 1))
        return MEDIA_DWG;
    if (at(data, size, 0, "PK\x03\x04", 4))
        return zip_kind(data, size);
    if (at(data, size, 4, "ftyp", 4))
        return iso_kind(data, size);
    if (is_metafile(data, size))
        return MEDIA_METAFILE;
    if (is_html(data, size))
        return MEDIA_HTML;
    return is_pdf(data, size) ? MEDIA_PDF : text_kind(data, size);
}

const char *media_type_name(enum media_type type)
{
    return kinds[type].name;
}

bool media_other_kind(const struct media_file *file, bool pdf_too, const struct finding *where,
                      struct diag *diag)
{
    const char *zh = kinds[file->type].todo_zh, *en = kinds[file->type].todo_en;
    if (!zh) {
        zh = pdf_too && kinds[file->type].document ? "请导出为 PDF" : "请导出为 JPG 或 PNG";
        en = pdf_too && kinds[file->type].document ? "export it as PDF" : "export it as JPG or PNG";
    }
    if (pdf_too && file->type == MEDIA_UNKNOWN) {
        zh = "请换成 PDF、JPG 或 PNG 文件";
        en = "cite a PDF, JPG or PNG";
    }
    struct media_fault fault = {
        .zh = arena_printf(&diag->arena, "%s，%s", kinds[file->type].zh, zh),
        .en = arena_printf(&diag->arena, "%s: %s", kinds[file->type].en, en),
    };
    return media_report(file->href, &fault, where, diag);
}
