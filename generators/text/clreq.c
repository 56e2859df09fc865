/* clreq.c - see clreq.h. */
#include "text/clreq.h"

#include "text/paragraph.h"

#include <uchar.h>
#include <unicode/uchar.h>

/* Digits and signs of exponents. */
static bool is_raised(uint32_t cp)
{
    return cp == 0xB2 || cp == 0xB3 || cp == 0xB9 || (cp >= 0x2070 && cp <= 0x207F);
}

static enum clreq_class by_property(uint32_t cp)
{
    switch (u_getIntPropertyValue((UChar32)cp, UCHAR_LINE_BREAK)) {
    case U_LB_OPEN_PUNCTUATION:
        return CLREQ_OPEN;
    case U_LB_CLOSE_PUNCTUATION:
    case U_LB_CLOSE_PARENTHESIS:
        return CLREQ_CLOSE;
    case U_LB_QUOTATION:
        return u_charType((UChar32)cp) == U_INITIAL_PUNCTUATION ? CLREQ_OPEN
               : u_charType((UChar32)cp) == U_FINAL_PUNCTUATION ? CLREQ_CLOSE
                                                                : CLREQ_WESTERN;
    case U_LB_EXCLAMATION:
    case U_LB_INFIX_NUMERIC:
    case U_LB_NONSTARTER:
    case U_LB_CONDITIONAL_JAPANESE_STARTER:
    case U_LB_COMBINING_MARK:
        return CLREQ_MARK;
    }
    return cp < 0x2000 ? CLREQ_WESTERN : CLREQ_HAN;
}

enum clreq_class clreq_class(uint32_t cp)
{
    if ((cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0x20000 && cp <= 0x3FFFF))
        return CLREQ_HAN;
    switch (cp) {
    case '(':
    case '[':
    case '{':
    case 0x2018: /* ‘ */
    case 0x201C: /* “ */
    case 0x3008: /* 〈 */
    case 0x300A: /* 《 */
    case 0x300C: /* 「 */
    case 0x300E: /* 『 */
    case 0x3010: /* 【 */
    case 0x3014: /* 〔 */
    case 0x3016: /* 〖 */
    case 0xFF08: /* （ */
    case 0xFF3B: /* ［ */
    case 0xFF5B: /* ｛ */
        return CLREQ_OPEN;
    case ')':
    case ']':
    case '}':
    case 0x2019: /* ’ */
    case 0x201D: /* ” */
    case 0x3009: /* 〉 */
    case 0x300B: /* 》 */
    case 0x300D: /* 」 */
    case 0x300F: /* 』 */
    case 0x3011: /* 】 */
    case 0x3015: /* 〕 */
    case 0x3017: /* 〗 */
    case 0xFF09: /* ） */
    case 0xFF3D: /* ］ */
    case 0xFF5D: /* ｝ */
        return CLREQ_CLOSE;
    case 0x3001: /* 、 */
    case 0xFF0C: /* ， */
    case 0xFF1A: /* ： */
    case 0xFF1B: /* ； */
        return CLREQ_COMMA;
    case 0x3002: /* 。 */
    case 0xFF01: /* ！ */
    case 0xFF0E: /* ． */
    case 0xFF1F: /* ？ */
        return CLREQ_STOP;
    case '!':
    case ',':
    case '.':
    case ':':
    case ';':
    case '?':
    case 0x203C: /* ‼ */
    case 0x2047: /* ⁇ */
    case 0x2048: /* ⁈ */
    case 0x2049: /* ⁉ */
    case 0x3005: /* 々 */
        return CLREQ_MARK;
    case '-':
    case '/':
    case '~':
    case 0x2010: /* ‐ */
    case 0x2013: /* – */
    case 0x223C: /* ∼ */
    case 0xFF0D: /* － */
    case 0xFF0F: /* ／ */
    case 0xFF5E: /* ～ */
        return CLREQ_JOIN;
    case 0x2014: /* — */
    case 0x2015: /* ― */
    case 0x2026: /* … */
    case 0x2E3A: /* ⸺ */
        return CLREQ_DASH;
    case '%':
    case 0xB0:   /* ° */
    case 0x2030: /* ‰ */
    case 0x2032: /* ′ */
    case 0x2033: /* ″ */
    case 0x2103: /* ℃ */
    case 0x2109: /* ℉ */
    case 0xFF05: /* ％ */
        return CLREQ_SUFFIX;
    case '#':
    case '$':
    case 0xA5:   /* ¥ */
    case 0xB1:   /* ± */
    case 0x2116: /* № */
    case 0x2212: /* − */
    case 0xFF04: /* ＄ */
    case 0xFFE5: /* ￥ */
        return CLREQ_PREFIX;
    case ' ':
    case 0xA0:
    case 0x202F:
    case 0x205F:
    case 0x3000:
        return CLREQ_SPACE;
    }
    if (cp >= 0x2000 && cp <= 0x200A)
        return CLREQ_SPACE;
    if (is_raised(cp) || (cp >= 0x2080 && cp <= 0x2089)) /* exponents and indices */
        return CLREQ_WESTERN;
    return clreq_is_interpunct(cp) ? CLREQ_JOIN : by_property(cp);
}

bool clreq_is_digit(uint32_t cp)
{
    return (cp >= '0' && cp <= '9') || (cp >= 0xFF10 && cp <= 0xFF19);
}

static bool is_unit(uint32_t cp)
{
    switch (cp) {
    case 0x4E07: /* 万 */
    case 0x4E2A: /* 个 */
    case 0x4EA9: /* 亩 */
    case 0x4EBA: /* 人 */
    case 0x4EBF: /* 亿 */
    case 0x4EF6: /* 件 */
    case 0x4EFD: /* 份 */
    case 0x500D: /* 倍 */
    case 0x5143: /* 元 */
    case 0x514B: /* 克 */
    case 0x516C: /* 公 */
    case 0x518C: /* 册 */
    case 0x5206: /* 分 */
    case 0x5377: /* 卷 */
    case 0x53F0: /* 台 */
    case 0x53F7: /* 号 */
    case 0x540D: /* 名 */
    case 0x5428: /* 吨 */
    case 0x5468: /* 周 */
    case 0x5904: /* 处 */
    case 0x5929: /* 天 */
    case 0x5957: /* 套 */
    case 0x5B54: /* 孔 */
    case 0x5B57: /* 字 */
    case 0x5BB6: /* 家 */
    case 0x5C42: /* 层 */
    case 0x5C4A: /* 届 */
    case 0x5C81: /* 岁 */
    case 0x5E74: /* 年 */
    case 0x5EA6: /* 度 */
    case 0x5EA7: /* 座 */
    case 0x65E5: /* 日 */
    case 0x65F6: /* 时 */
    case 0x6708: /* 月 */
    case 0x671F: /* 期 */
    case 0x6761: /* 条 */
    case 0x6B21: /* 次 */
    case 0x6BB5: /* 段 */
    case 0x7248: /* 版 */
    case 0x73ED: /* 班 */
    case 0x79D2: /* 秒 */
    case 0x7AE0: /* 章 */
    case 0x7BC7: /* 篇 */
    case 0x7C73: /* 米 */
    case 0x7C7B: /* 类 */
    case 0x7EA7: /* 级 */
    case 0x7EC4: /* 组 */
    case 0x7EF4: /* 维 */
    case 0x8282: /* 节 */
    case 0x8D77: /* 起 */
    case 0x8F86: /* 辆 */
    case 0x90E8: /* 部 */
    case 0x9875: /* 页 */
    case 0x9879: /* 项 */
        return true;
    }
    return cp >= 0x3371 && cp <= 0x33DF; /* ㎡ ㎏ */
}

/* Units that are written with several characters, each beside its first one. */
static const char32_t *const unit_words[] = {
    U"万元", U"万吨", U"万人", U"万字",   U"万次",     U"万方",     U"万册", U"万亩",
    U"万台", U"亿元", U"亿吨", U"个月",   U"个人",     U"人次",     U"公里", U"公斤",
    U"公顷", U"分钟", U"分米", U"厘米",   U"千克",     U"千米",     U"千字", U"学分",
    U"学时", U"小时", U"平方", U"平方米", U"平方千米", U"平方公里", U"工日", U"工作日",
    U"延米", U"毫米", U"毫秒", U"立方",   U"立方米",   U"课时",
};

bool clreq_begins_unit(const uint32_t *cps, size_t n)
{
    if (n == 1 && is_unit(cps[0]))
        return true;
    for (size_t i = 0; i < sizeof unit_words / sizeof *unit_words; i++) {
        size_t k = 0;
        while (k < n && unit_words[i][k] == cps[k]) /* ends at the word's NUL at the latest */
            k++;
        if (k == n)
            return true;
    }
    return false;
}

bool clreq_ends_number(uint32_t cp)
{
    return clreq_is_digit(cp) || is_raised(cp);
}

bool clreq_joins_range(uint32_t cp)
{
    switch (cp) {
    case '-':
    case '~':
    case 0x2010: /* ‐ */
    case 0x2013: /* – */
    case 0x2014: /* — */
    case 0x223C: /* ∼ */
    case 0x81F3: /* 至 */
    case 0xFF0D: /* － */
    case 0xFF5E: /* ～ */
        return true;
    }
    return false;
}

bool clreq_is_interpunct(uint32_t cp)
{
    return cp == 0xB7 || cp == 0x2022 || cp == 0x2027 || cp == 0x2219 || cp == 0x22C5 ||
           cp == 0x30FB || cp == 0xFF65;
}

bool text_forbidden_start(uint32_t cp)
{
    switch (clreq_class(cp)) {
    case CLREQ_CLOSE:
    case CLREQ_COMMA:
    case CLREQ_STOP:
    case CLREQ_MARK:
    case CLREQ_JOIN:
    case CLREQ_SUFFIX:
        return true;
    case CLREQ_DASH: /* — joining years (2012—2016) cannot be told from the dash */
        return cp != 0x2026;
    case CLREQ_HAN:
    case CLREQ_OPEN:
    case CLREQ_PREFIX:
    case CLREQ_WESTERN:
    case CLREQ_SPACE:
        return false;
    }
    return false;
}

bool text_forbidden_end(uint32_t cp)
{
    enum clreq_class c = clreq_class(cp);
    return c == CLREQ_OPEN || c == CLREQ_PREFIX;
}
