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
    case 0x2248: /* ≈ */
    case 0x2264: /* ≤ */
    case 0x2265: /* ≥ */
    case 0x2266: /* ≦ */
    case 0x2267: /* ≧ */
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

static bool is_among(uint32_t cp, const char32_t *characters)
{
    for (; *characters; characters++)
        if (*characters == cp)
            return true;
    return false;
}

/* Units and measure words of one character, whatever follows them. */
static bool is_unit(uint32_t cp)
{
    return cp == 0x2126 || (cp >= 0x3371 && cp <= 0x33DF) || /* Ω, ㎡ ㎏ */
           is_among(cp,
                    U"个亩人件份伏例倍元克册分升卷口台号名吨周处天套孔字家层届岁帕年幢度座户所"
                    U"批支斤日时月期条架栋株根次欧段炮焦牛版班瓦眼磅种秒章篇米类级组维艘节赫起轮"
                    U"转辆部门间页项");
}

/* Units of several characters; those of GB 3100 to 3102 by their full names. */
static const char32_t *const unit_words[] = {
    U"万方",   U"个人",   U"个大气压", U"个月", U"个百分点", U"亨利",       U"人天",
    U"人次",   U"伏特",   U"公分",     U"公升", U"公斤",     U"公里",       U"公顷",
    U"分贝",   U"分钟",   U"勒克斯",   U"台套", U"台班",     U"坎德拉",     U"大气压",
    U"学分",   U"学时",   U"安培",     U"小时", U"工作日",   U"工日",       U"工时",
    U"希沃特", U"帕斯卡", U"平米",     U"库仑", U"延米",     U"开尔文",     U"弧度",
    U"戈瑞",   U"摄氏度", U"摩尔",     U"架次", U"标方",     U"标准立方米", U"欧姆",
    U"法拉",   U"海里",   U"焦耳",     U"牛顿", U"特斯拉",   U"班次",       U"球面度",
    U"瓦特",   U"英寸",   U"英尺",     U"英里", U"西门子",   U"课时",       U"贝可勒尔",
    U"赫兹",   U"车次",   U"韦伯",     U"马力",
};

/* Units as they stand behind a prefix: 千伏, 兆帕, 毫安时. */
static const char32_t *const short_units[] = {
    U"乏",     U"亨",   U"伏", U"伏安", U"克", U"勒",   U"升",   U"卡", U"吨",     U"安",
    U"安时",   U"居里", U"巴", U"希",   U"帕", U"库",   U"开",   U"戈", U"摩",     U"欧",
    U"比特",   U"法",   U"泊", U"流明", U"焦", U"牛",   U"特",   U"瓦", U"瓦小时", U"瓦时",
    U"电子伏", U"秒",   U"米", U"西",   U"赫", U"贝可", U"达西", U"韦", U"字节",
};

/* The length of the longest word that the n characters begin with; 0: of none. */
static size_t word_length(const uint32_t *cps, size_t n, const char32_t *const *words, size_t count)
{
    size_t longest = 0;
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        while (k < n && words[i][k] && words[i][k] == cps[k])
            k++;
        if (!words[i][k] && k > longest)
            longest = k;
    }
    return longest;
}

static size_t simple_unit_length(const uint32_t *cps, size_t n)
{
    size_t longest = n > 0 && is_unit(cps[0]) ? 1 : 0;
    size_t word = word_length(cps, n, unit_words, sizeof unit_words / sizeof *unit_words);
    if (word > longest)
        longest = word;
    bool prefix = n > 1 && is_among(cps[0], U"十千厘吉太拍毫微兆分百皮纳艾阿飞");
    word = word_length(cps + prefix, n - prefix, short_units,
                       sizeof short_units / sizeof *short_units);
    /* Without a prefix one character is a unit where no other follows: 8安, but not 8安全帽. */
    if (word > 0 && (prefix || word > 1 || n == 1) && word + prefix > longest)
        longest = word + prefix;
    return longest;
}

size_t clreq_unit_length(const uint32_t *cps, size_t n)
{
    size_t length = 0;
    for (size_t k = 0; k < n; k++) {
        bool power = n - k > 1 && (cps[k] == 0x5E73 || cps[k] == 0x7ACB) && cps[k + 1] == 0x65B9;
        size_t skipped = k + (power ? 2 : 0); /* 平方, 立方 */
        size_t unit = simple_unit_length(cps + skipped, n - skipped);
        if (power || unit > 0)
            length = skipped + unit;
        else if (is_among(cps[k], U"万亿余多"))
            length = k + 1;
        if (!is_among(cps[k], U"万亿余多十百千几"))
            break;
    }
    return length;
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
