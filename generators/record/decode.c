/* decode.c - see decode.h. */
#include "record/decode.h"

#include "core/machine.h"
#include "core/read_at.h"
#include "core/system_error.h"
#include "core/utf8.h"
#include "record/gb18030.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { BLOCK_BYTES = 16384, HEAD_BYTES = 512 };
static const uint64_t HIGH_BITS = 0x8080808080808080; /* none is set in eight bytes of ASCII */

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

enum encoding { ENCODING_UTF8, ENCODING_GB, ENCODING_UTF16LE, ENCODING_UTF16BE };

/* The part of GB 18030 that a label promises. */
enum repertoire { REPERTOIRE_GB2312, REPERTOIRE_GBK, REPERTOIRE_GB18030 };

/* What a GB file holds that is to be told, and the place of its next character. */
struct gb_state {
    long line, column;
    long unpromised_line; /* of the first character that the label does not promise; 0: none */
    size_t old_spaces;    /* codes A3A0 */
    long old_space_line, old_space_column; /* of the first of them */
};

struct decoder {
    int fd;
    struct arena *arena;
    enum encoding encoding;
    enum repertoire repertoire;
    const char *label; /* the encoding that the file declares; NULL: none */
    iconv_t iconv;
    bool iconv_opened, reached_end;
    off_t bytes_read;              /* of the file, so far */
    char in[BLOCK_BYTES];          /* a block of the file */
    size_t in_start, in_end;       /* of the bytes in in that are still to be decoded */
    char out[BLOCK_BYTES * 3 + 8]; /* the block in UTF-8: two bytes may become three */
    long line, column;             /* of the character that comes next, from 1 */
    struct gb_state gb;
    struct file_fault fault;
    bool faulty;
    struct file_note notes[2];
};

static const char *const SAVE_AS_UTF8[] = {"请用编辑器另存为 UTF-8", "save the file as UTF-8"};

/* Always false. */
static bool refuse(struct decoder *d, enum fault fault, long line, const char *zh, const char *en)
{
    if (!d->faulty)
        d->fault = (struct file_fault){fault, line, {zh, en}, false};
    return d->faulty = true, false;
}

static bool refuse_read(struct decoder *d, struct system_error why)
{
    return refuse(d, FAULT_SYSTEM, 0, arena_printf(d->arena, "读取失败：%s", why.text[LANGUAGE_ZH]),
                  arena_printf(d->arena, "reading failed: %s", why.text[LANGUAGE_EN]));
}

/* -1 after a fault. */
static ssize_t read_bytes(struct decoder *d, void *to, size_t size, off_t at)
{
    ssize_t n = read_at(d->fd, to, size, at);
    if (n < 0)
        refuse_read(d, system_error(errno));
    return n;
}

/* The name of a file format that is not XML, by its first bytes; NULL: the file may be XML. */
static const char *kind_of_foreign_file(const char *head, size_t n)
{
    static const struct {
        const char *magic;
        size_t len;
        const char *kind;
    } known[] = {
        {"%PDF-", 5, "PDF"},
        {"PK\3\4", 4, "ZIP（xlsx、docx、ofd、zip）"},
        {"\xD0\xCF\x11\xE0", 4, "DOC/XLS/WPS"},
        {"\xFF\xD8\xFF", 3, "JPEG"},
        {"\x89PNG", 4, "PNG"},
        {"{\\rtf", 5, "RTF"},
        {"Rar!", 4, "RAR"},
        {"\x1F\x8B", 2, "GZIP"},
        {"7z\xBC\xAF", 4, "7Z"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (n >= known[i].len && !memcmp(head, known[i].magic, known[i].len))
            return known[i].kind;
    return NULL;
}

/* The encoding that the XML declaration names; head is the beginning of the file, UTF-16 reduced
 * to bytes. NULL: none. */
static const char *declared_encoding(const char *head, struct arena *arena)
{
    const char *end = strstr(head, "?>"), *p;
    if (strncmp(head, "<?xml", 5) || !end || !(p = strstr(head, "encoding")) || p > end)
        return NULL;
    p += strlen("encoding");
    p += strspn(p, " \t\r\n");
    if (*p++ != '=')
        return NULL;
    p += strspn(p, " \t\r\n");
    char quote = *p;
    size_t len = quote == '"' || quote == '\'' ? strspn(p + 1, NAME_CHARACTERS) : 0;
    return len && p[1 + len] == quote ? arena_strndup(arena, p + 1, len) : NULL;
}

static bool is_one_of(const char *label, const char *const *names)
{
    for (; *names; names++)
        if (!strcasecmp(label, *names))
            return true;
    return false;
}

static bool refuse_contradiction(struct decoder *d, const char *is, const char *is_en)
{
    struct arena *a = d->arena;
    return refuse(
        d, FAULT_DATA, 1,
        arena_printf(a, "声明的编码是 %s，文件却是 %s；%s，声明也改为 encoding=\"UTF-8\"", d->label,
                     is, SAVE_AS_UTF8[LANGUAGE_ZH]),
        arena_printf(a, "declared as %s, but the file is %s; %s and declare encoding=\"UTF-8\"",
                     d->label, is_en, SAVE_AS_UTF8[LANGUAGE_EN]));
}

/* How many bytes at s are well-formed UTF-8; *tail: how many bytes after them may be the beginning
 * of a character that the next block completes. */
static size_t utf8_span(const char *s, size_t n, size_t *tail)
{
    size_t i = 0, used;
    *tail = 0;
    while (i < n) {
        uint64_t eight;
        if (n - i >= sizeof eight && !(memcpy(&eight, s + i, sizeof eight), eight & HIGH_BITS)) {
            i += sizeof eight;
            continue;
        }
        if ((unsigned char)s[i] < 0x80) {
            i++;
            continue;
        }
        if (utf8_next(s + i, n - i, &used) == UTF8_BAD) {
            unsigned char c = (unsigned char)s[i];
            size_t need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
            bool cut = c >= 0xC2 && c <= 0xF4 && n - i < need;
            for (size_t k = i + 1; cut && k < n; k++)
                cut = ((unsigned char)s[k] & 0xC0) == 0x80;
            *tail = cut ? n - i : 0;
            return i;
        }
        i += used;
    }
    return i;
}

/* Does the file hold three-byte sequences and nothing but UTF-8? Text in GB is never well-formed
 * UTF-8 by chance. */
static bool is_utf8_throughout(struct decoder *d)
{
    bool wide = false;
    off_t at = 0;
    for (ssize_t n; (n = read_bytes(d, d->in, BLOCK_BYTES, at)) > 0;) {
        size_t tail, good = utf8_span(d->in, (size_t)n, &tail);
        for (size_t i = 0; i < good && !wide; i++)
            wide = (unsigned char)d->in[i] >= 0xE0;
        if (good + tail < (size_t)n || good == 0)
            return false;
        at += (off_t)good;
    }
    return wide && !d->faulty;
}

static bool open_iconv(struct decoder *d, const char *name)
{
    d->iconv = iconv_open("UTF-8", name);
    d->iconv_opened = d->iconv != (iconv_t)-1;
    if (d->iconv_opened)
        return true;
    machine_ask(name);
    return refuse(d, FAULT_SYSTEM, 0,
                  arena_printf(d->arena, "本系统不能转换 %s：请安装 libc 的 gconv 模块，或%s", name,
                               SAVE_AS_UTF8[LANGUAGE_ZH]),
                  arena_printf(d->arena,
                               "this system cannot convert %s: install libc's gconv modules, or %s",
                               name, SAVE_AS_UTF8[LANGUAGE_EN]));
}

static bool choose_8bit_encoding(struct decoder *d, bool has_bom)
{
    static const char *const utf8[] = {"UTF-8", "UTF8", "US-ASCII", "ASCII", NULL};
    static const char *const gb2312[] = {"GB2312",   "EUC-CN",   "GB_2312-80",
                                         "CSGB2312", "X-EUC-CN", NULL};
    static const char *const gbk[] = {"GBK", "CP936", "X-GBK", "MS936", "WINDOWS-936", NULL};
    static const char *const gb18030[] = {"GB18030",      "GB-18030",     "GB18030-2000",
                                          "GB18030-2005", "GB18030-2022", NULL};
    struct arena *a = d->arena;

    if (!d->label || is_one_of(d->label, utf8))
        return true;
    if (has_bom)
        return refuse_contradiction(d, "UTF-8（开头有 BOM）", "UTF-8 (it begins with a BOM)");
    if (!strncasecmp(d->label, "UTF-16", 6))
        return refuse_contradiction(d, "8 位编码的文本", "text of 8-bit units");
    d->repertoire = is_one_of(d->label, gb2312) ? REPERTOIRE_GB2312
                    : is_one_of(d->label, gbk)  ? REPERTOIRE_GBK
                                                : REPERTOIRE_GB18030;
    if (d->repertoire == REPERTOIRE_GB18030 && !is_one_of(d->label, gb18030))
        return refuse(
            d, FAULT_DATA, 1,
            arena_printf(a, "不支持编码 %s（可用 UTF-8、GB18030、GBK、GB2312、UTF-16）；%s",
                         d->label, SAVE_AS_UTF8[LANGUAGE_ZH]),
            arena_printf(
                a, "the encoding %s is not supported (UTF-8, GB18030, GBK, GB2312, UTF-16 are); %s",
                d->label, SAVE_AS_UTF8[LANGUAGE_EN]));
    if (is_utf8_throughout(d))
        return refuse(
            d, FAULT_DATA, 1,
            arena_printf(a, "声明的编码是 %s，全文却是 UTF-8；请把声明改为 encoding=\"UTF-8\"",
                         d->label),
            arena_printf(a, "declared as %s, but all of it is UTF-8; declare encoding=\"UTF-8\"",
                         d->label));
    d->encoding = ENCODING_GB;
    return !d->faulty;
}

static bool choose_utf16(struct decoder *d, enum encoding encoding, bool has_bom)
{
    const char *name = encoding == ENCODING_UTF16LE ? "UTF-16LE" : "UTF-16BE";

    d->encoding = encoding;
    if (d->label && strcasecmp(d->label, "UTF-16") && strcasecmp(d->label, name))
        return refuse_contradiction(d, name, name);
    if (!d->label && !has_bom)
        return refuse(
            d, FAULT_DATA, 1,
            arena_printf(d->arena, "像是 %s，却没有 BOM，也没有声明编码；%s", name,
                         SAVE_AS_UTF8[LANGUAGE_ZH]),
            arena_printf(d->arena,
                         "looks like %s, but has neither a BOM nor a declared encoding; %s", name,
                         SAVE_AS_UTF8[LANGUAGE_EN]));
    return open_iconv(d, name);
}

static bool choose_encoding(struct decoder *d)
{
    unsigned char head[HEAD_BYTES];
    char narrow[HEAD_BYTES + 1];
    size_t len = 0;
    ssize_t n = read_bytes(d, head, sizeof head, 0);
    if (n < 0)
        return false;
    if (n == 0)
        return refuse(d, FAULT_DATA, 0, "文件是空的", "the file is empty");

    const char *kind = kind_of_foreign_file((const char *)head, (size_t)n);
    if (kind)
        return refuse(
            d, FAULT_DATA, 0,
            arena_printf(d->arena, "这是 %s 文件，不是 XML；请给出申报数据的 XML 文件", kind),
            arena_printf(d->arena, "this is a %s file, not XML; name the XML file of the batch",
                         kind));
    bool le = n >= 2 && head[0] == 0xFF && head[1] == 0xFE;
    bool be = n >= 2 && head[0] == 0xFE && head[1] == 0xFF;
    bool utf8 = n >= 3 && head[0] == 0xEF && head[1] == 0xBB && head[2] == 0xBF;
    bool has_bom = le || be || utf8;
    size_t skip = le || be ? 2 : utf8 ? 3 : 0;

    if (n >= 4 && (!memcmp(head, "\xFF\xFE\0", 4) || !memcmp(head, "\0\0\xFE\xFF", 4) ||
                   !memcmp(head, "<\0\0", 4) || !memcmp(head, "\0\0\0<", 4)))
        return refuse(
            d, FAULT_DATA, 1,
            arena_printf(d->arena, "不支持 UTF-32；%s", SAVE_AS_UTF8[LANGUAGE_ZH]),
            arena_printf(d->arena, "UTF-32 is not supported; %s", SAVE_AS_UTF8[LANGUAGE_EN]));
    le = le || (!has_bom && n >= 2 && head[0] == '<' && !head[1]);
    be = be || (!has_bom && n >= 2 && !head[0] && head[1] == '<');
    for (size_t i = skip + be; i < (size_t)n && head[i]; i += le || be ? 2 : 1)
        narrow[len++] = (char)head[i];
    narrow[len] = '\0';
    d->label = declared_encoding(narrow, d->arena);
    d->bytes_read = (off_t)skip;
    return le || be ? choose_utf16(d, le ? ENCODING_UTF16LE : ENCODING_UTF16BE, has_bom)
                    : choose_8bit_encoding(d, has_bom);
}

struct decoder *decoder_new(int fd, struct arena *arena)
{
    struct decoder *d = mem_alloc(1, sizeof *d);
    d->fd = fd;
    d->arena = arena;
    d->line = d->column = d->gb.line = d->gb.column = 1;
    choose_encoding(d);
    return d;
}

/* What the wrong bytes may be in truth, in both languages. */
static const char *const *bad_bytes_advice(const struct decoder *d)
{
    static const char *const none[] = {"", ""};
    static const char *const gbk[] = {
        "；若文件其实是 GBK，请把第 1 行的声明改为 encoding=\"GB18030\"",
        "; if it is GBK in truth, declare encoding=\"GB18030\" on line 1"};
    static const char *const euro[] = {"；80 是 Windows 的欧元符号 €，GB18030 里没有这个编码",
                                       "; 80 is Windows' euro sign, no code of GB18030"};
    if (d->encoding == ENCODING_UTF8)
        return gbk;
    return d->encoding == ENCODING_GB && (unsigned char)d->in[d->in_start] == 0x80 ? euro : none;
}

/* Reports the bytes at in_start, which are no character, with their place in the file. */
static void refuse_bytes(struct decoder *d)
{
    static const char *const name[] = {"UTF-8", "GB18030", "UTF-16", "UTF-16"};
    static const size_t shown[] = {1, 4, 2, 2};
    char hex[40] = "", *h = hex;
    size_t left = d->in_end - d->in_start;
    long long at = (long long)d->bytes_read - (long long)left + 1;
    const char *const *advice = bad_bytes_advice(d);
    struct arena *a = d->arena;

    for (size_t i = 0; i < left && i < shown[d->encoding]; i++)
        h += snprintf(h, sizeof hex - (size_t)(h - hex), " %02X",
                      (unsigned char)d->in[d->in_start + i]);
    refuse(d, FAULT_DATA, d->line,
           arena_printf(a, "第 %ld 列（文件第 %lld 字节）的%s 不是 %s 字符（%s）%s；或者%s",
                        d->column, at, hex, name[d->encoding],
                        d->label ? "与声明不符" : "文件没有声明编码", advice[LANGUAGE_ZH],
                        SAVE_AS_UTF8[LANGUAGE_ZH]),
           arena_printf(a, "column %ld (byte %lld of the file):%s is no %s character (%s)%s; or %s",
                        d->column, at, hex, name[d->encoding],
                        d->label ? "not as declared" : "no encoding is declared",
                        advice[LANGUAGE_EN], SAVE_AS_UTF8[LANGUAGE_EN]));
}

static long characters_in(const char *s, size_t n)
{
    long count = 0;
    for (size_t i = 0; i < n; i++)
        count += ((unsigned char)s[i] & 0xC0) != 0x80;
    return count;
}

/* Counts lines and columns of decoded text up to the first character that XML forbids, which is
 * reported; returns the number of bytes before that character. */
static size_t check_allowed(struct decoder *d, const char *s, size_t n)
{
    size_t counted = 0; /* up to there, by line and column */
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c >= 0x20 && c != 0xEF)
            continue;
        if (c == '\n') {
            d->line++;
            d->column = 1;
            counted = i + 1;
            continue;
        }
        bool noncharacter =
            c == 0xEF && !memcmp(s + i, "\xEF\xBF\xBE", 2) && (unsigned char)s[i + 2] >= 0xBE;
        if (!noncharacter && (c >= 0x20 || c == '\t' || c == '\r'))
            continue;
        unsigned code = noncharacter ? 0xFF00u + (unsigned char)s[i + 2] + 0x40u : c;
        d->column += characters_in(s + counted, i - counted);
        refuse(d, FAULT_DATA, d->line,
               arena_printf(d->arena, "第 %ld 列有 XML 不允许的字符 U+%04X；请删除它", d->column,
                            code),
               arena_printf(d->arena,
                            "column %ld: the character U+%04X is not allowed in XML; delete it",
                            d->column, code));
        return i;
    }
    d->column += characters_in(s + counted, n - counted);
    return n;
}

static bool label_promises(enum repertoire repertoire, const char *bytes, size_t n)
{
    const unsigned char *b = (const unsigned char *)bytes;
    if (n == 1 || repertoire == REPERTOIRE_GB18030)
        return true;
    return n == 2 &&
           (repertoire == REPERTOIRE_GBK || (b[0] >= 0xA1 && b[0] <= 0xF7 && b[1] >= 0xA1));
}

static void note_gb_code(struct decoder *d, const char *code, size_t n)
{
    struct gb_state *w = &d->gb;
    if (!w->unpromised_line && !label_promises(d->repertoire, code, n))
        w->unpromised_line = w->line;
    if (n == 2 && !memcmp(code, "\xA3\xA0", 2) && !w->old_spaces++) {
        w->old_space_line = w->line;
        w->old_space_column = w->column;
    }
    w->column++;
    if (*code == '\n') {
        w->line++;
        w->column = 1;
    }
}

/* Reads on behind the bytes that are still to be decoded; false: the file has no more bytes. */
static bool read_more(struct decoder *d)
{
    memmove(d->in, d->in + d->in_start, d->in_end - d->in_start);
    d->in_end -= d->in_start;
    d->in_start = 0;
    ssize_t n = d->reached_end
                    ? 0
                    : read_bytes(d, d->in + d->in_end, BLOCK_BYTES - d->in_end, d->bytes_read);
    if (n <= 0) {
        d->reached_end = true;
        return false;
    }
    d->in_end += (size_t)n;
    d->bytes_read += n;
    return true;
}

static size_t decode_utf8(struct decoder *d, const char **out, bool *cut)
{
    size_t tail, good = utf8_span(d->in + d->in_start, d->in_end - d->in_start, &tail);
    *out = d->in + d->in_start;
    d->in_start += good;
    *cut = tail > 0;
    return good;
}

/* Most of a file is ASCII: such bytes are copied many at once. How many there were. */
static size_t copy_ascii(struct decoder *d, char *to)
{
    const char *from = d->in + d->in_start, *end = d->in + d->in_end, *s = from;
    while (s < end && (signed char)*s >= ' ')
        *to++ = *s++;
    d->in_start += (size_t)(s - from);
    d->gb.column += (long)(s - from);
    return (size_t)(s - from);
}

static size_t decode_gb(struct decoder *d, const char **out, bool *cut)
{
    char *to = d->out;
    *out = d->out;
    while (to += copy_ascii(d, to), d->in_start < d->in_end) {
        size_t n;
        uint32_t c = gb18030_next(d->in + d->in_start, d->in_end - d->in_start, &n);
        *cut = c == GB18030_CUT;
        if (c == GB18030_BAD || c == GB18030_CUT)
            break;
        note_gb_code(d, d->in + d->in_start, n);
        d->in_start += n;
        to += utf8_put(c, to);
    }
    return (size_t)(to - d->out);
}

static size_t decode_utf16(struct decoder *d, const char **out, bool *cut)
{
    char *from = d->in + d->in_start, *to = d->out;
    size_t left = d->in_end - d->in_start, room = sizeof d->out;

    size_t failed = iconv(d->iconv, &from, &left, &to, &room);
    *cut = failed == (size_t)-1 && errno == EINVAL;
    d->in_start = (size_t)(from - d->in);
    *out = d->out;
    return (size_t)(to - d->out);
}

static size_t decode(struct decoder *d, const char **out, bool *cut)
{
    switch (d->encoding) {
    case ENCODING_UTF8:
        return decode_utf8(d, out, cut);
    case ENCODING_GB:
        return decode_gb(d, out, cut);
    case ENCODING_UTF16LE:
    case ENCODING_UTF16BE:
        break;
    }
    return decode_utf16(d, out, cut);
}

size_t decoder_read(struct decoder *d, const char **out)
{
    while (!d->faulty) {
        bool more = d->in_start == d->in_end ? read_more(d) : true, cut = false;
        if (!more || d->faulty)
            return 0;
        size_t before = d->in_start;
        size_t n = decode(d, out, &cut);
        if (n)
            return check_allowed(d, *out, n);
        if (d->in_start == before && (!cut || !read_more(d)))
            refuse_bytes(d); /* wrong, or cut by the end of the file */
    }
    return 0;
}

const struct file_fault *decoder_fault(const struct decoder *d)
{
    return d->faulty ? &d->fault : NULL;
}

static struct file_note note_unpromised(struct decoder *d)
{
    return (struct file_note){
        SEVERITY_WARNING,
        d->gb.unpromised_line,
        {arena_printf(d->arena,
                      "声明的编码是 %s，却有它没有的字；已按 GB18030 读，请把声明改为 "
                      "encoding=\"GB18030\"",
                      d->label),
         arena_printf(d->arena,
                      "declared as %s, which lacks a character here; read as GB18030: declare "
                      "encoding=\"GB18030\"",
                      d->label)}};
}

static struct file_note note_old_spaces(struct decoder *d)
{
    const struct gb_state *w = &d->gb;
    return (struct file_note){
        SEVERITY_INFO,
        w->old_space_line,
        {arena_printf(d->arena,
                      "第 %ld 列的编码 A3A0 在标准里是私用字符 U+E5E5，旧系统用作全角空格；已读作 "
                      "U+3000（文件中共 %zu 处）。若不是空格，请改用 UTF-8 写明",
                      w->old_space_column, w->old_spaces),
         arena_printf(d->arena,
                      "column %ld: the code A3A0, private-use U+E5E5 in the standard and a wide "
                      "space in old systems, is read as U+3000 (%zu of them in the file); if no "
                      "space is meant, save the file as UTF-8 with the character meant",
                      w->old_space_column, w->old_spaces)}};
}

const struct file_note *decoder_notes(struct decoder *d, size_t *n)
{
    *n = 0;
    if (d->gb.unpromised_line)
        d->notes[(*n)++] = note_unpromised(d);
    if (d->gb.old_spaces)
        d->notes[(*n)++] = note_old_spaces(d);
    return d->notes;
}

void decoder_free(struct decoder *d)
{
    if (d && d->iconv_opened)
        iconv_close(d->iconv);
    free(d);
}
