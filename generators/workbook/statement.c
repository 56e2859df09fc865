/* statement.c - see statement.h. */
#define _GNU_SOURCE /* memmem */
#include "workbook/statement.h"

#include "core/output.h"
#include "core/strings.h"
#include "core/temporary.h"
#include "core/utf8.h"
#include "media/media.h"
#include "record/gb18030.h"
#include "workbook/docx.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { FILE_LIMIT = 32 << 20, NAME_LIMIT = 500 };

bool statement_is_file(const char *text)
{
    static const char *const ends[] = {".txt", ".docx", ".doc", ".wps", ".pdf", ".rtf", NULL};
    return strlen(text) <= NAME_LIMIT && !strchr(text, '\n') && path_ends_in(text, ends);
}

static bool refuse(const struct finding *where, struct diag *diag, const char *zh, const char *en)
{
    struct finding f = *where;
    f.severity = SEVERITY_ERROR;
    return diag_add(diag, f, "%s%.0s", "%.0s%s", zh, en);
}

static bool from_utf16(const unsigned char *s, size_t len, bool big, struct buffer *out)
{
    for (size_t i = 2; i + 1 < len; i += 2) {
        uint32_t c = (uint32_t)s[i + !big] << 8 | s[i + big], low;
        if (c >= 0xD800 && c < 0xDC00 && i + 3 < len) {
            low = (uint32_t)s[i + 2 + !big] << 8 | s[i + 2 + big];
            if (low < 0xDC00 || low > 0xDFFF)
                return false;
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
            i += 2;
        } else if (c >= 0xD800 && c < 0xE000) {
            return false;
        }
        buffer_character(out, c);
    }
    return true;
}

static bool from_gb18030(const char *s, size_t len, struct buffer *out)
{
    for (size_t i = 0, used; i < len; i += used) {
        uint32_t c = gb18030_next(s + i, len - i, &used);
        if (c == GB18030_BAD || c == GB18030_CUT)
            return false;
        buffer_character(out, c);
    }
    return true;
}

/* Most of what is no ASCII are whole characters of UTF-8, which text in GBK never is by chance. */
static bool is_damaged_utf8(const char *s, size_t len)
{
    size_t whole = 0, bad = 0;
    for (size_t i = 0, used; i < len; i += used)
        if (utf8_next(s + i, len - i, &used) == UTF8_BAD)
            bad++;
        else
            whole += used > 2;
    return bad && whole > 4 * bad;
}

/* A text file in whichever encoding: Windows' editor writes UTF-8, with a mark or without, UTF-16
 * with one, or GBK. */
static bool read_plain(const struct media_file *file, struct buffer *out)
{
    const unsigned char *data = file->data;
    size_t len = file->size;

    if (len >= 2 && (!memcmp(data, "\xFF\xFE", 2) || !memcmp(data, "\xFE\xFF", 2)))
        return from_utf16(data, len, data[0] == 0xFE, out);
    if (len >= 3 && !memcmp(data, "\xEF\xBB\xBF", 3)) {
        data += 3;
        len -= 3;
    }
    if (!utf8_is_valid((const char *)data, len))
        return from_gb18030((const char *)data, len, out);
    buffer_add(out, data, len);
    return true;
}

/* Line ends become \n, and blank lines at both ends go; false: a character that no text has. */
static bool plain_lines(struct buffer *b)
{
    unsigned char *to = b->data;
    for (size_t i = 0; i < b->len; i++) {
        unsigned char c = b->data[i];
        bool pair = c == '\r' && i + 1 < b->len && b->data[i + 1] == '\n';
        if (c == '\r' || c == '\v' || c == '\f')
            c = '\n';
        else if (c < 0x20 && c != '\t' && c != '\n')
            return false;
        if (!pair && (c != '\n' || to > b->data))
            *to++ = c;
    }
    b->len = b->data ? (size_t)(to - b->data) : 0;
    while (b->len && strchr(" \t\n", b->data[b->len - 1]))
        b->len--;
    return true;
}

static void tell_things(const size_t things[DOCX_THINGS], const struct finding *where,
                        struct diag *diag)
{
    static const struct {
        const char *zh, *en;
    } words[DOCX_THINGS] = {
        [DOCX_PICTURES] = {"%zu 张图片没有读入", "%zu pictures are left out"},
        [DOCX_TEXT_BOXES] = {"%zu 个文本框里的文字没有读入：请移到正文",
                             "%zu text boxes are left out: move their text into the body"},
        [DOCX_TABLES] = {"%zu 个表格，其中的文字按段落读入", "%zu tables, read as paragraphs"},
        [DOCX_COMMENTS] = {"%zu 条批注没有读入", "%zu comments are left out"},
        [DOCX_NOTES] = {"%zu 条脚注、尾注没有读入", "%zu foot- or endnotes are left out"},
        [DOCX_DELETED] = {"%zu 处修订为删除的文字没有读入：请先接受或拒绝修订",
                          "%zu tracked deletions are left out: accept or reject the changes first"},
        [DOCX_INSERTED] = {"%zu 处修订为插入的文字已读入：请先接受或拒绝修订",
                           "%zu tracked insertions are read: accept or reject the changes first"},
        [DOCX_SYMBOLS] = {"%zu 个符号字体的字符读作“□”：请改用普通字符",
                          "%zu characters of symbol fonts are read as □: use ordinary ones"},
        [DOCX_FORMULAS] = {"%zu 个公式没有读入", "%zu formulas are left out"},
        [DOCX_HIDDEN] = {"%zu 处隐藏文字没有读入：要的请取消隐藏",
                         "%zu pieces of hidden text are left out: show them if they belong to it"},
        [DOCX_FIELDS] = {"%zu 个域（带圈字符、公式、自动编号、复选框等）没有读入：请改用普通字符",
                         "%zu fields (characters in circles, formulas, automatic numbers, boxes to "
                         "tick) are left out: use ordinary characters"},
        [DOCX_RUBIES] = {"%zu 处拼音（注音）没有读入", "%zu phonetic guides are left out"},
        [DOCX_EMBEDDED] = {"%zu 个插入的其他文档没有读入：请把其中的文字复制到正文",
                           "%zu inserted documents are left out: copy their text into the body"},
        [DOCX_PROMPTS] = {"%zu 处没有填写，读入的是“单击输入文字”之类的提示：请填写或删去",
                          "%zu places that are not filled in, whose prompts are read: fill them in "
                          "or delete them"},
    };
    for (int i = 0; i < DOCX_THINGS; i++) {
        struct finding f = *where;
        struct arena texts = {0};
        f.severity = SEVERITY_WARNING;
        if (things[i]) {
            const char *zh = arena_printf(&texts, words[i].zh, things[i]);
            const char *en = arena_printf(&texts, words[i].en, things[i]);
            diag_add(diag, f, "Word 文档里有 %s%.0s", "in the Word document: %.0s%s", zh, en);
        }
        arena_free(&texts);
    }
}

/* The archive's reader wants a file, and gets these bytes; what is wrong in it is said of the cell.
 */
static bool read_word(const struct media_file *file, const struct finding *where,
                      struct buffer *out, struct diag *diag)
{
    size_t things[DOCX_THINGS];
    struct diag found = {0};
    int fd = temporary_open(file->href, diag);
    bool ok = fd >= 0 && output_bytes(fd, file->data, file->size);

    if (fd >= 0 && !ok)
        output_failed(file->href, diag);
    if (ok && !(ok = docx_read(fd, file->href, out, things, &found)))
        refuse(where, diag, found.n ? found.list[0].text[LANGUAGE_ZH] : "",
               found.n ? found.list[0].text[LANGUAGE_EN] : "");
    if (fd >= 0)
        close(fd);
    diag_clear(&found);
    if (ok)
        tell_things(things, where, diag);
    return ok;
}

/* Office keeps a document that has a password in a file of the kind that it once wrote. */
static bool has_password(const struct media_file *file)
{
    static const char stream[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
    return memmem(file->data, file->size, stream, sizeof stream - 1);
}

static bool read_text(const struct media_file *file, const struct finding *where,
                      struct buffer *out, struct diag *diag)
{
    switch (file->type) {
    case MEDIA_ZIP:
    case MEDIA_DOCX:
        return read_word(file, where, out, diag);
    case MEDIA_DOC:
        if (has_password(file))
            return refuse(where, diag,
                          "述职文件有打开密码，读不出来：请在 Word 或 WPS 中打开，去掉密码后另存为 "
                          ".docx",
                          "the statement has a password and cannot be read: open it in Word or "
                          "WPS, remove the password and save it as .docx");
        return refuse(
            where, diag, "述职文件是旧版的 .doc 或 .wps：请用 Word 或 WPS 打开，另存为 .docx",
            "the statement is an old .doc or .wps file: open it in Word or WPS and save it "
            "as .docx");
    case MEDIA_TEXT:
    case MEDIA_UNKNOWN:
    case MEDIA_EMPTY:
        break;
    default:
        return diag_add(diag, *where, "述职文件是 %s，应是 .docx 或 .txt",
                        "the statement is a %s file, and must be .docx or .txt",
                        media_type_name(file->type));
    }
    if (is_damaged_utf8((const char *)file->data, file->size))
        return refuse(where, diag,
                      "述职文件（UTF-8 文本）里有损坏的字，或没有传完：请重新另存或重新传送一份",
                      "the statement, a text in UTF-8, has damaged characters or was sent in part: "
                      "save it again or have it sent again");
    return read_plain(file, out) || refuse(where, diag, "述职文件不是文本，应是 .docx 或 .txt",
                                           "the statement is no text, and must be .docx or .txt");
}

const char *statement_read(const char *dir, const char *href, const struct finding *where,
                           struct arena *arena, struct diag *diag)
{
    static const struct media_limits limits = {.bytes = FILE_LIMIT};
    struct media_file file;
    struct buffer text = {0};
    const char *out = NULL;

    if (!media_open(&file, dir, href, &limits, where, diag))
        return NULL;
    bool ok = read_text(&file, where, &text, diag);
    if (ok && !(ok = plain_lines(&text)))
        refuse(where, diag, "述职文件不是文本，应是 .docx 或 .txt",
               "the statement is no text, and must be .docx or .txt");
    if (ok && !text.len)
        refuse(where, diag, "述职文件里没有文字", "there is no text in the statement's file");
    else if (ok)
        out = arena_strndup(arena, (const char *)text.data, text.len);
    buffer_clear(&text);
    media_close(&file);
    return out;
}
