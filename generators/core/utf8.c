/* utf8.c - see utf8.h. */
#include "core/utf8.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

uint32_t utf8_next(const char *s, size_t len, size_t *used)
{
    const unsigned char *p = (const unsigned char *)s;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t need = p[0] < 0x80   ? 1
                  : p[0] < 0xC2 ? 0
                  : p[0] < 0xE0 ? 2
                  : p[0] < 0xF0 ? 3
                  : p[0] < 0xF5 ? 4
                                : 0;

    *used = 1;
    if (need == 1)
        return p[0];
    if (need == 0 || need > len)
        return UTF8_BAD;
    uint32_t cp = p[0] & (0x7Fu >> need);
    for (size_t i = 1; i < need; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return UTF8_BAD;
        cp = cp << 6 | (p[i] & 0x3Fu);
    }
    if (cp < least[need] || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
        return UTF8_BAD;
    *used = need;
    return cp;
}

int utf8_is_valid(const char *s, size_t len)
{
    for (size_t i = 0, used; i < len; i += used)
        if (utf8_next(s + i, len - i, &used) == UTF8_BAD)
            return 0;
    return 1;
}

size_t utf8_put(uint32_t cp, char out[4])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, cp >>= 6)
        out[i] = (char)(0x80 | (cp & 0x3F));
    out[0] = (char)((0xF00 >> n & 0xFF) | cp);
    return n;
}

size_t utf8_count(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

size_t utf8_utf16_count(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += (((unsigned char)*s & 0xC0) != 0x80) + ((unsigned char)*s >= 0xF0);
    return n;
}

int utf8_is_variation_selector(uint32_t cp)
{
    return (cp >= 0xFE00 && cp <= 0xFE0F) || (cp >= 0xE0100 && cp <= 0xE01EF);
}

int utf8_is_ignorable(uint32_t cp)
{
    static const uint32_t ranges[][2] = {
        {0xAD, 0xAD},       {0x34F, 0x34F},     {0x61C, 0x61C},     {0x115F, 0x1160},
        {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},   {0x202A, 0x202E},
        {0x2060, 0x206F},   {0x3164, 0x3164},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
        {0xFFF0, 0xFFF8},   {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE00FF},
        {0xE01F0, 0xE0FFF},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges && cp >= ranges[i][0]; i++)
        if (cp <= ranges[i][1])
            return 1;
    return 0;
}

int utf8_is_private(uint32_t cp)
{
    return (cp >= 0xE000 && cp <= 0xF8FF) || (cp >= 0xF0000 && cp <= 0x10FFFF);
}

int utf8_is_unprintable(uint32_t cp)
{
    bool noncharacter =
        (cp >= 0xFDD0 && cp <= 0xFDEF) || (cp <= 0x10FFFF && (cp & 0xFFFE) == 0xFFFE);
    return utf8_is_private(cp) || noncharacter || (cp >= 0xFFF9 && cp <= 0xFFFD);
}

size_t utf8_mend(const char *s, size_t len, size_t *used, char out[UTF8_SHOWN])
{
    if (utf8_next(s, len, used) == UTF8_BAD)
        return (size_t)snprintf(out, UTF8_SHOWN, "\\x%02X", (unsigned char)*s);
    memcpy(out, s, *used);
    out[*used] = '\0';
    return *used;
}

size_t utf8_show(const char *s, size_t len, size_t *used, char out[UTF8_SHOWN])
{
    uint32_t cp = utf8_next(s, len, used);
    if (cp < 0x20 || cp == 0x7F)
        return (size_t)snprintf(out, UTF8_SHOWN, "\\x%02X", (unsigned)cp);
    if ((cp >= 0x80 && cp < 0xA0) || cp == 0x2028 || cp == 0x2029 ||
        (cp != UTF8_BAD && utf8_is_ignorable(cp)) || utf8_is_unprintable(cp))
        return (size_t)snprintf(out, UTF8_SHOWN, "\\u%04X", (unsigned)cp);
    return utf8_mend(s, len, used, out);
}

static const char *block(uint32_t cp, bool zh)
{
    static const struct {
        uint32_t first, last;
        const char *name, *zh;
    } blocks[] = {
        {0x0000, 0x001F, "C0 Controls", "C0 控制符"},
        {0x0020, 0x007F, "Basic Latin", "基本拉丁字母"},
        {0x0080, 0x00FF, "Latin-1 Supplement", "拉丁字母补充"},
        {0x0100, 0x017F, "Latin Extended-A", "拉丁字母扩展 A"},
        {0x0300, 0x036F, "Combining Diacritical Marks", "组合附加符号"},
        {0x0370, 0x03FF, "Greek and Coptic", "希腊字母"},
        {0x0400, 0x04FF, "Cyrillic", "西里尔字母"},
        {0x0600, 0x06FF, "Arabic", "阿拉伯字母"},
        {0x0F00, 0x0FFF, "Tibetan", "藏文"},
        {0x1800, 0x18AF, "Mongolian", "蒙古文"},
        {0x2000, 0x206F, "General Punctuation", "常用标点"},
        {0x2100, 0x214F, "Letterlike Symbols", "类字母符号"},
        {0x2190, 0x21FF, "Arrows", "箭头"},
        {0x2200, 0x22FF, "Mathematical Operators", "数学运算符"},
        {0x2600, 0x26FF, "Miscellaneous Symbols", "杂项符号"},
        {0x2E80, 0x2EFF, "CJK Radicals Supplement", "部首补充"},
        {0x2F00, 0x2FDF, "Kangxi Radicals", "康熙部首"},
        {0x2FF0, 0x2FFF, "Ideographic Description Characters", "表意文字描述符"},
        {0x3000, 0x303F, "CJK Symbols and Punctuation", "中日韩符号和标点"},
        {0x3040, 0x309F, "Hiragana", "平假名"},
        {0x30A0, 0x30FF, "Katakana", "片假名"},
        {0x3400, 0x4DBF, "CJK Unified Ideographs Extension A", "汉字扩展 A"},
        {0x4E00, 0x9FFF, "CJK Unified Ideographs", "汉字"},
        {0xAC00, 0xD7AF, "Hangul Syllables", "谚文音节"},
        {0xE000, 0xF8FF, "Private Use Area", "专用区"},
        {0xF900, 0xFAFF, "CJK Compatibility Ideographs", "兼容汉字"},
        {0xFB50, 0xFDFF, "Arabic Presentation Forms-A", "阿拉伯字母变形 A"},
        {0xFE00, 0xFE0F, "Variation Selectors", "异体字选择符"},
        {0xFE10, 0xFE1F, "Vertical Forms", "竖排标点"},
        {0xFE30, 0xFE4F, "CJK Compatibility Forms", "中日韩兼容形式"},
        {0xFF00, 0xFFEF, "Halfwidth and Fullwidth Forms", "半角和全角形式"},
        {0xFFF0, 0xFFFF, "Specials", "特殊字符"},
        {0x1F300, 0x1FAFF, "Pictographs and Emoji", "图形符号和表情"},
        {0x20000, 0x2A6DF, "CJK Unified Ideographs Extension B", "汉字扩展 B"},
        {0x2A700, 0x2B73F, "CJK Unified Ideographs Extension C", "汉字扩展 C"},
        {0x2B740, 0x2B81F, "CJK Unified Ideographs Extension D", "汉字扩展 D"},
        {0x2B820, 0x2CEAF, "CJK Unified Ideographs Extension E", "汉字扩展 E"},
        {0x2CEB0, 0x2EBEF, "CJK Unified Ideographs Extension F", "汉字扩展 F"},
        {0x2EBF0, 0x2EE5F, "CJK Unified Ideographs Extension I", "汉字扩展 I"},
        {0x2F800, 0x2FA1F, "CJK Compatibility Ideographs Supplement", "兼容汉字补充"},
        {0x30000, 0x3134F, "CJK Unified Ideographs Extension G", "汉字扩展 G"},
        {0x31350, 0x323AF, "CJK Unified Ideographs Extension H", "汉字扩展 H"},
        {0xE0100, 0xE01EF, "Variation Selectors Supplement", "异体字选择符补充"},
        {0xF0000, 0xFFFFF, "Supplementary Private Use Area-A", "补充专用区 A"},
        {0x100000, 0x10FFFF, "Supplementary Private Use Area-B", "补充专用区 B"},
    };
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if (cp >= blocks[i].first && cp <= blocks[i].last)
            return zh ? blocks[i].zh : blocks[i].name;
    return zh ? "其他文字" : "unknown";
}

const char *utf8_block(uint32_t cp)
{
    return block(cp, false);
}

const char *utf8_block_zh(uint32_t cp)
{
    return block(cp, true);
}
