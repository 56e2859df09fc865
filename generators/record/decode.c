/* decode.c - see decode.h. */
#include "record/decode.h"

#include "core/utf8.h"
#include "record/gb18030.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { BLOCK = 16384, HEAD = 512 };

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

enum encoding { UTF8, GB, UTF16LE, UTF16BE };

/* How much of GB18030 a label promises. */
enum reach { REACH_GB2312, REACH_GBK, REACH_ALL };

/* What was met in the bytes of a GB file, and where the next character stands. */
struct gb_walk {
    long line, column;
    long unpromised_line; /* of the first character that the label does not promise; 0: none */
    size_t old_spaces;    /* codes A3A0 */
    long old_space_line, old_space_column; /* of the first of them */
};

struct decoder {
    int fd;
    struct arena *arena;
    enum encoding encoding;
    enum reach reach;
    const char *label; /* as declared, NULL for none */
    iconv_t iconv;
    bool converts, ended;
    off_t read_to;           /* bytes of the file in hand so far */
    char in[BLOCK];          /* read, not yet given out */
    size_t used, filled;     /* in[used..filled) */
    char out[BLOCK * 3 + 8]; /* two bytes of input may become three, four at most four */
    long line, column;       /* of the character that comes next, from 1 */
    struct gb_walk gb;
    struct file_fault fault;
    bool faulty;
    struct file_note notes[2];
};

static const char *const PLEASE_UTF8[] = {"请用编辑器另存为 UTF-8", "save the file as UTF-8"};

/* Always false. */
static bool refuse(struct decoder *d, enum fault fault, long line, const char *zh, const char *en)
{
    if (!d->faulty)
        d->fault = (struct file_fault){fault, line, {zh, en}};
    return d->faulty = true, false;
}

/* -1 after a fault. */
static ssize_t read_at(struct decoder *d, void *to, size_t size, off_t at)
{
    ssize_t n;
    do
        n = pread(d->fd, to, size, at);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        refuse(d, FAULT_SYSTEM, 0, arena_printf(d->arena, "读取失败：%s", strerror(errno)),
               arena_printf(d->arena, "reading failed: %s", strerror(errno)));
    return n;
}

/* What a file is that is no XML at all; NULL: it may be some. */
static const char *foreign_kind(const char *head, size_t n)
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

/* The encoding that an XML declaration in the narrowed head names, NULL for none. */
static const char *declared(const char *head, struct arena *arena)
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

static bool one_of(const char *label, const char *const *names)
{
    for (; *names; names++)
        if (!strcasecmp(label, *names))
            return true;
    return false;
}

static bool contradiction(struct decoder *d, const char *is, const char *is_en)
{
    struct arena *a = d->arena;
    return refuse(
        d, FAULT_DATA, 1,
        arena_printf(a, "声明的编码是 %s，文件却是 %s；%s，声明也改为 encoding=\"UTF-8\"", d->label,
                     is, PLEASE_UTF8[LANGUAGE_ZH]),
        arena_printf(a, "declared as %s, but the file is %s; %s and declare encoding=\"UTF-8\"",
                     d->label, is_en, PLEASE_UTF8[LANGUAGE_EN]));
}

/* How many bytes at s are well-formed UTF-8; *rest: how many follow that may be the beginning of a
 * character. */
static size_t utf8_span(const char *s, size_t n, size_t *rest)
{
    size_t i = 0, used;
    *rest = 0;
    while (i < n) {
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
            *rest = cut ? n - i : 0;
            return i;
        }
        i += used;
    }
    return i;
}

/* A file labelled GB that holds three-byte sequences and is UTF-8 from end to end: GB text is never
 * that by chance. */
static bool is_utf8_throughout(struct decoder *d)
{
    bool wide = false;
    off_t at = 0;
    for (ssize_t n; (n = read_at(d, d->in, BLOCK, at)) > 0;) {
        size_t rest, good = utf8_span(d->in, (size_t)n, &rest);
        for (size_t i = 0; i < good && !wide; i++)
            wide = (unsigned char)d->in[i] >= 0xE0;
        if (good + rest < (size_t)n || good == 0)
            return false;
        at += (off_t)good;
    }
    return wide && !d->faulty;
}

static bool convert_from(struct decoder *d, const char *name)
{
    d->iconv = iconv_open("UTF-8", name);
    d->converts = d->iconv != (iconv_t)-1;
    if (d->converts)
        return true;
    return refuse(d, FAULT_SYSTEM, 0,
                  arena_printf(d->arena, "本系统不能转换 %s：请安装 libc 的 gconv 模块，或%s", name,
                               PLEASE_UTF8[LANGUAGE_ZH]),
                  arena_printf(d->arena,
                               "this system cannot convert %s: install libc's gconv modules, or %s",
                               name, PLEASE_UTF8[LANGUAGE_EN]));
}

static bool choose_narrow(struct decoder *d, bool mark)
{
    static const char *const utf8[] = {"UTF-8", "UTF8", "US-ASCII", "ASCII", NULL};
    static const char *const gb2312[] = {"GB2312",   "EUC-CN",   "GB_2312-80",
                                         "CSGB2312", "X-EUC-CN", NULL};
    static const char *const gbk[] = {"GBK", "CP936", "X-GBK", "MS936", "WINDOWS-936", NULL};
    static const char *const gb18030[] = {"GB18030",      "GB-18030",     "GB18030-2000",
                                          "GB18030-2005", "GB18030-2022", NULL};
    struct arena *a = d->arena;

    if (!d->label || one_of(d->label, utf8))
        return true;
    if (mark)
        return contradiction(d, "UTF-8（开头有 BOM）", "UTF-8 (it begins with a BOM)");
    if (!strncasecmp(d->label, "UTF-16", 6))
        return contradiction(d, "8 位编码的文本", "text of 8-bit units");
    d->reach = one_of(d->label, gb2312) ? REACH_GB2312
               : one_of(d->label, gbk)  ? REACH_GBK
                                        : REACH_ALL;
    if (d->reach == REACH_ALL && !one_of(d->label, gb18030))
        return refuse(
            d, FAULT_DATA, 1,
            arena_printf(a, "不支持编码 %s（可用 UTF-8、GB18030、GBK、GB2312、UTF-16）；%s",
                         d->label, PLEASE_UTF8[LANGUAGE_ZH]),
            arena_printf(
                a, "the encoding %s is not supported (UTF-8, GB18030, GBK, GB2312, UTF-16 are); %s",
                d->label, PLEASE_UTF8[LANGUAGE_EN]));
    if (is_utf8_throughout(d))
        return refuse(
            d, FAULT_DATA, 1,
            arena_printf(a, "声明的编码是 %s，全文却是 UTF-8；请把声明改为 encoding=\"UTF-8\"",
                         d->label),
            arena_printf(a, "declared as %s, but all of it is UTF-8; declare encoding=\"UTF-8\"",
                         d->label));
    d->encoding = GB;
    return !d->faulty;
}

static bool choose_wide(struct decoder *d, enum encoding encoding, bool mark)
{
    const char *name = encoding == UTF16LE ? "UTF-16LE" : "UTF-16BE";

    d->encoding = encoding;
    if (d->label && strcasecmp(d->label, "UTF-16") && strcasecmp(d->label, name))
        return contradiction(d, name, name);
    if (!d->label && !mark)
        return refuse(
            d, FAULT_DATA, 1,
            arena_printf(d->arena, "像是 %s，却没有 BOM，也没有声明编码；%s", name,
                         PLEASE_UTF8[LANGUAGE_ZH]),
            arena_printf(d->arena,
                         "looks like %s, but has neither a BOM nor a declared encoding; %s", name,
                         PLEASE_UTF8[LANGUAGE_EN]));
    return convert_from(d, name);
}

static bool choose(struct decoder *d)
{
    unsigned char head[HEAD];
    char narrow[HEAD + 1];
    size_t len = 0;
    ssize_t n = read_at(d, head, sizeof head, 0);
    if (n < 0)
        return false;
    if (n == 0)
        return refuse(d, FAULT_DATA, 0, "文件是空的", "the file is empty");

    const char *kind = foreign_kind((const char *)head, (size_t)n);
    if (kind)
        return refuse(
            d, FAULT_DATA, 0,
            arena_printf(d->arena, "这是 %s 文件，不是 XML；请给出申报数据的 XML 文件", kind),
            arena_printf(d->arena, "this is a %s file, not XML; name the XML file of the batch",
                         kind));
    bool le = n >= 2 && head[0] == 0xFF && head[1] == 0xFE;
    bool be = n >= 2 && head[0] == 0xFE && head[1] == 0xFF;
    bool utf8 = n >= 3 && head[0] == 0xEF && head[1] == 0xBB && head[2] == 0xBF;
    bool mark = le || be || utf8;
    size_t skip = le || be ? 2 : utf8 ? 3 : 0;

    if (n >= 4 && (!memcmp(head, "\xFF\xFE\0", 4) || !memcmp(head, "\0\0\xFE\xFF", 4) ||
                   !memcmp(head, "<\0\0", 4) || !memcmp(head, "\0\0\0<", 4)))
        return refuse(
            d, FAULT_DATA, 1, arena_printf(d->arena, "不支持 UTF-32；%s", PLEASE_UTF8[LANGUAGE_ZH]),
            arena_printf(d->arena, "UTF-32 is not supported; %s", PLEASE_UTF8[LANGUAGE_EN]));
    le = le || (!mark && n >= 2 && head[0] == '<' && !head[1]);
    be = be || (!mark && n >= 2 && !head[0] && head[1] == '<');
    for (size_t i = skip + be; i < (size_t)n && head[i]; i += le || be ? 2 : 1)
        narrow[len++] = (char)head[i];
    narrow[len] = '\0';
    d->label = declared(narrow, d->arena);
    d->read_to = (off_t)skip;
    return le || be ? choose_wide(d, le ? UTF16LE : UTF16BE, mark) : choose_narrow(d, mark);
}

struct decoder *decoder_new(int fd, struct arena *arena)
{
    struct decoder *d = mem_alloc(1, sizeof *d);
    d->fd = fd;
    d->arena = arena;
    d->line = d->column = d->gb.line = d->gb.column = 1;
    choose(d);
    return d;
}

/* What bytes of this kind may be in truth, in both languages. */
static const char *const *bad_bytes_hint(const struct decoder *d)
{
    static const char *const none[] = {"", ""};
    static const char *const gbk[] = {
        "；若文件其实是 GBK，请把第 1 行的声明改为 encoding=\"GB18030\"",
        "; if it is GBK in truth, declare encoding=\"GB18030\" on line 1"};
    static const char *const euro[] = {"；80 是 Windows 的欧元符号 €，GB18030 里没有这个编码",
                                       "; 80 is Windows' euro sign, no code of GB18030"};
    if (d->encoding == UTF8)
        return gbk;
    return d->encoding == GB && (unsigned char)d->in[d->used] == 0x80 ? euro : none;
}

/* The bytes at in[used] are no character: says so, with their place. */
static void bad_bytes(struct decoder *d)
{
    static const char *const name[] = {"UTF-8", "GB18030", "UTF-16", "UTF-16"};
    static const size_t shown[] = {1, 4, 2, 2};
    char hex[40] = "", *h = hex;
    size_t left = d->filled - d->used;
    long long at = (long long)d->read_to - (long long)left + 1;
    const char *const *hint = bad_bytes_hint(d);
    struct arena *a = d->arena;

    for (size_t i = 0; i < left && i < shown[d->encoding]; i++)
        h +=
            snprintf(h, sizeof hex - (size_t)(h - hex), " %02X", (unsigned char)d->in[d->used + i]);
    refuse(d, FAULT_DATA, d->line,
           arena_printf(a, "第 %ld 列（文件第 %lld 字节）的%s 不是 %s 字符（%s）%s；或者%s",
                        d->column, at, hex, name[d->encoding],
                        d->label ? "与声明不符" : "文件没有声明编码", hint[LANGUAGE_ZH],
                        PLEASE_UTF8[LANGUAGE_ZH]),
           arena_printf(a, "column %ld (byte %lld of the file):%s is no %s character (%s)%s; or %s",
                        d->column, at, hex, name[d->encoding],
                        d->label ? "not as declared" : "no encoding is declared", hint[LANGUAGE_EN],
                        PLEASE_UTF8[LANGUAGE_EN]));
}

/* Moves over what is given out; stops at a character that XML forbids. How many bytes may be given
 * out. */
static size_t walk_out(struct decoder *d, const char *s, size_t n)
{
    size_t i = 0;
    while (i < n) {
        unsigned char c = (unsigned char)s[i];
        if (c == '\n') {
            d->line++;
            d->column = 1;
            i++;
            continue;
        }
        if (c >= 0x20 && c != 0xEF) {
            d->column += (c & 0xC0) != 0x80;
            i++;
            continue;
        }
        bool mark =
            c == 0xEF && !memcmp(s + i, "\xEF\xBF\xBE", 2) && (unsigned char)s[i + 2] >= 0xBE;
        if (mark || (c < 0x20 && c != '\t' && c != '\r')) {
            unsigned code = mark ? 0xFF00u + (unsigned char)s[i + 2] + 0x40u : c;
            refuse(d, FAULT_DATA, d->line,
                   arena_printf(d->arena, "第 %ld 列有 XML 不允许的字符 U+%04X；请删除它",
                                d->column, code),
                   arena_printf(d->arena,
                                "column %ld: the character U+%04X is not allowed in XML; delete it",
                                d->column, code));
            return i;
        }
        d->column++;
        i++;
    }
    return n;
}

static bool label_promises(enum reach reach, const char *bytes, size_t n)
{
    const unsigned char *b = (const unsigned char *)bytes;
    if (n == 1 || reach == REACH_ALL)
        return true;
    return n == 2 && (reach == REACH_GBK || (b[0] >= 0xA1 && b[0] <= 0xF7 && b[1] >= 0xA1));
}

static void walk_gb(struct decoder *d, const char *code, size_t n)
{
    struct gb_walk *w = &d->gb;
    if (!w->unpromised_line && !label_promises(d->reach, code, n))
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

/* Fills in[] up behind what is left there; false: nothing new. */
static bool fill(struct decoder *d)
{
    memmove(d->in, d->in + d->used, d->filled - d->used);
    d->filled -= d->used;
    d->used = 0;
    ssize_t n = d->ended ? 0 : read_at(d, d->in + d->filled, BLOCK - d->filled, d->read_to);
    if (n <= 0) {
        d->ended = true;
        return false;
    }
    d->filled += (size_t)n;
    d->read_to += n;
    return true;
}

static size_t take_utf8(struct decoder *d, const char **out, bool *cut)
{
    size_t rest, good = utf8_span(d->in + d->used, d->filled - d->used, &rest);
    *out = d->in + d->used;
    d->used += good;
    *cut = rest > 0;
    return good;
}

static size_t take_gb(struct decoder *d, const char **out, bool *cut)
{
    char *to = d->out;
    *out = d->out;
    while (d->used < d->filled) {
        size_t n;
        uint32_t c = gb18030_next(d->in + d->used, d->filled - d->used, &n);
        *cut = c == GB18030_CUT;
        if (c == GB18030_BAD || c == GB18030_CUT)
            break;
        walk_gb(d, d->in + d->used, n);
        d->used += n;
        to += utf8_put(c, to);
    }
    return (size_t)(to - d->out);
}

static size_t take_utf16(struct decoder *d, const char **out, bool *cut)
{
    char *from = d->in + d->used, *to = d->out;
    size_t left = d->filled - d->used, room = sizeof d->out;

    size_t failed = iconv(d->iconv, &from, &left, &to, &room);
    *cut = failed == (size_t)-1 && errno == EINVAL;
    d->used = (size_t)(from - d->in);
    *out = d->out;
    return (size_t)(to - d->out);
}

static size_t take(struct decoder *d, const char **out, bool *cut)
{
    switch (d->encoding) {
    case UTF8:
        return take_utf8(d, out, cut);
    case GB:
        return take_gb(d, out, cut);
    case UTF16LE:
    case UTF16BE:
        break;
    }
    return take_utf16(d, out, cut);
}

size_t decoder_read(struct decoder *d, const char **out)
{
    while (!d->faulty) {
        bool more = d->used == d->filled ? fill(d) : true, cut = false;
        if (!more || d->faulty)
            return 0;
        size_t before = d->used;
        size_t n = take(d, out, &cut);
        if (n)
            return walk_out(d, *out, n);
        if (d->used == before && (!cut || !fill(d)))
            bad_bytes(d); /* a character that ends nowhere is as bad as a wrong one */
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
    const struct gb_walk *w = &d->gb;
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
    if (d && d->converts)
        iconv_close(d->iconv);
    free(d);
}
