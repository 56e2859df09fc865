/* correction.c - see correction.h. A value is first folded to plain ASCII without blanks, and then
 * read as generously as its type allows; what comes of it must be of the type. */
#include "record/correction.h"

#include "core/spelling.h"
#include "core/utf8.h"
#include "record/date.h"

#include <ctype.h>
#include <string.h>

enum { VALUE_BYTES = 200 /* longer ones are no slips */ };

/* Marks of full width, and those that look like them. */
static uint32_t plain_character(uint32_t c)
{
    static const struct {
        uint32_t from, to, plain;
    } ranges[] = {
        {0x2010, 0x2015, '-'}, {0x2212, 0x2212, '-'}, {0x2236, 0x2236, ':'}, {0x223C, 0x223C, '~'},
        {0x3001, 0x3001, ','}, {0x3002, 0x3002, '.'}, {0x301C, 0x301C, '~'}, {0x2044, 0x2044, '/'},
        {0x2215, 0x2215, '/'}, {0x00B7, 0x00B7, '.'},
    };
    if (c >= 0xFF01 && c <= 0xFF5E)
        return c - 0xFF01 + '!';
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i].from && c <= ranges[i].to)
            return ranges[i].plain;
    return c;
}

static bool is_blank(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0xA0 || c == 0x3000 ||
           utf8_is_ignorable(c);
}

char *correction_folded(const char *value, struct arena *arena)
{
    size_t len = strlen(value), used;
    char *folded = arena_alloc(arena, len + 1, 1), *to = folded;
    for (size_t i = 0; i < len; i += used) {
        uint32_t c = utf8_next(value + i, len - i, &used);
        if (c == UTF8_BAD)
            return folded;
        if (!is_blank(c))
            to += utf8_put(plain_character(c), to);
    }
    *to = '\0';
    return folded;
}

enum correction_reason correction_reason(const char *value)
{
    enum correction_reason reason = CORRECTION_PLAIN;
    size_t len = strlen(value), used;
    for (size_t i = 0; i < len; i += used) {
        uint32_t c = utf8_next(value + i, len - i, &used);
        if (c >= 0xFF01 && c <= 0xFF5E)
            return CORRECTION_FULL_WIDTH;
        if (c == ' ' || c == 0xA0 || c == 0x3000)
            reason = CORRECTION_BLANK;
    }
    return reason;
}

/* Passes over one of the words; false: none stands there. */
static bool skip(const char **at, const char *const *words)
{
    for (; *words; words++) {
        size_t len = strlen(*words);
        if (!strncmp(*at, *words, len)) {
            *at += len;
            return true;
        }
    }
    return false;
}

static int digits(const char **at, int most)
{
    int value = 0, n = 0;
    for (; n < most && isdigit((unsigned char)**at); n++, (*at)++)
        value = value * 10 + **at - '0';
    return n ? value : -1;
}

/* 二〇二四, or of two figures 十一, 二十三; -1: none stands there. */
static int chinese_number(const char **at, int most)
{
    static const char *const numerals[] = {"〇", "一", "二", "三", "四", "五", "六",
                                           "七", "八", "九", "十", "零", "○"};
    int value = 0, n = 0;
    bool tens = false;
    for (size_t i = 0; n < most && i < sizeof numerals / sizeof *numerals; i++) {
        size_t len = strlen(numerals[i]);
        if (strncmp(*at, numerals[i], len))
            continue;
        int digit = i > 10 ? 0 : (int)i;
        value = digit == 10 ? (n ? value : 1) * 10 : value * (tens ? 1 : 10) + digit;
        tens = digit == 10;
        *at += len;
        n++;
        i = (size_t)-1;
    }
    return n ? value : -1;
}

static int figures(const char **at, int most)
{
    int value = digits(at, most);
    return value < 0 ? chinese_number(at, most == 4 ? 4 : 3) : value;
}

/* Midnight, as sheets and databases write it behind a day. */
static void skip_midnight(const char **at)
{
    const char *s = *at + (**at == 'T');
    if (!strncmp(s, "00:00", 5) || !strncmp(s, "0:00", 4))
        *at = s + strspn(s, "0:.Z");
}

/* 2024.6, 2024年6月1日, 2024/6/1, 20240601, 二〇二四年六月, 2024-06-01 00:00:00. */
static const char *read_date(const char *s, struct arena *arena)
{
    static const char *const behind_year[] = {"年", ".", "/", "-", "_", ",", "\\", NULL},
                             *const behind_month[] = {"月份", "月", ".",  "/", "-",
                                                      "_",    ",",  "\\", NULL},
                             *const behind_day[] = {"日", "号", ".", NULL};
    int year = figures(&s, 4), month, day;
    struct date d;
    char text[40];

    bool together = isdigit((unsigned char)*s);
    if (year < DATE_FIRST_YEAR || (!together && *s && !skip(&s, behind_year)))
        return NULL;
    month = figures(&s, 2);
    together = together && isdigit((unsigned char)*s);
    if (month >= 0 && !together && *s && !skip(&s, behind_month))
        return NULL;
    day = month < 0 ? -1 : figures(&s, 2);
    if (day >= 0)
        skip(&s, behind_day);
    if (day >= 0)
        skip_midnight(&s);
    if (*s)
        return NULL;
    if (day >= 0)
        snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
    else if (month >= 0)
        snprintf(text, sizeof text, "%04d-%02d", year, month);
    else
        snprintf(text, sizeof text, "%04d", year);
    return date_parse(text, &d) ? arena_strdup(arena, text) : NULL;
}

static const char *correct_date(const char *s, struct arena *arena)
{
    static const char *const open[] = {"至今", "今",       "现在", "迄今", "目前",
                                       "长期", "长期有效", "无",   "-",    NULL};
    for (size_t i = 0; open[i]; i++)
        if (!strcmp(s, open[i]))
            return "";
    return read_date(s, arena);
}

static const char *correct_day(const char *s, struct arena *arena)
{
    const char *date = read_date(s, arena);
    return date && strlen(date) == 10 ? date : NULL;
}

static const char *correct_year(const char *s, struct arena *arena)
{
    static const char *const behind[] = {"年度", "年", NULL};
    const char *at = s;
    int year = digits(&at, 4);
    skip(&at, behind);
    return year >= DATE_FIRST_YEAR && !*at ? arena_printf(arena, "%04d", year) : NULL;
}

/* Thousands set off by commas, about how much, and the unit that the field has anyway. A sum by its
 * sign alone may be one of yuan, where the field has ten thousands. */
static const char *correct_number(const char *s, struct arena *arena)
{
    static const char *const units[] = {"万元", "学时", "课时", "分", "个", "份", "人", "岗", NULL},
                             *const about[] = {"约", "大约", NULL},
                             *const signs[] = {"￥", "¥", "人民币", NULL};
    char *number = arena_alloc(arena, strlen(s) + 1, 1), *to = number;
    int points = 0;
    skip(&s, about);
    const char *sign = s;
    skip(&s, signs);
    bool is_sum = s > sign;
    for (; isdigit((unsigned char)*s) || *s == ',' || *s == '.'; s++) {
        points += *s == '.';
        if (*s != ',')
            *to++ = *s;
        else if (points || strspn(s + 1, "0123456789") != 3)
            return NULL; /* "860,5" may be 860.5 */
    }
    if (to > number && to[-1] == '.' && points == 1)
        *--to = '\0';
    if (is_sum && strncmp(s, units[0], strlen(units[0])) != 0)
        return NULL;
    if (*s)
        skip(&s, units);
    bool sound = to > number && isdigit((unsigned char)number[0]) &&
                 isdigit((unsigned char)to[-1]) && points < 2 && !*s;
    return sound ? number : NULL;
}

static const char *correct_count(const char *s, struct arena *arena)
{
    const char *number = correct_number(s, arena);
    return number && !strchr(number, '.') ? number : NULL;
}

/* A digit, or the Chinese word for a rank of one to ten. */
static int rank_number(const char **at)
{
    static const char *const numerals[] = {"一", "二", "三", "四", "五",
                                           "六", "七", "八", "九", "十"};
    int value = digits(at, 5);
    for (int i = 0; value < 0 && i < 10; i++)
        if (!strncmp(*at, numerals[i], strlen(numerals[i]))) {
            *at += strlen(numerals[i]);
            value = i + 1;
        }
    return value;
}

static const char *correct_rank(const char *s, struct arena *arena)
{
    static const char *const before[] = {"排名第", "排名", "第", NULL},
                             *const behind[] = {"名", "位", NULL}, *const between[] = {"/", "\\",
                                                                                       ":", "-",
                                                                                       "|", NULL},
                             *const alone[] = {"独立", "独立完成", "独自完成", "独著", NULL},
                             *const parts[] = {"分之", NULL};
    for (size_t i = 0; alone[i]; i++)
        if (!strcmp(s, alone[i]))
            return "1/1";
    skip(&s, before);
    int rank = rank_number(&s), of;
    skip(&s, behind);
    if (rank < 1)
        return NULL;
    if (!*s)
        return arena_printf(arena, "%d", rank);
    bool part = skip(&s, parts); /* 7分之1 */
    if (!part && !skip(&s, between))
        return NULL;
    skip(&s, before + 2);
    of = rank_number(&s);
    skip(&s, behind);
    if (of < 1 || *s)
        return NULL;
    return part ? arena_printf(arena, "%d/%d", of, rank) : arena_printf(arena, "%d/%d", rank, of);
}

static const char *correct_pages(const char *s, struct arena *arena)
{
    static const char *const words[] = {"第", "页", "p.", "P.", "p", "P", NULL},
                             *const to[] = {"-", "~", "至", "到", NULL},
                             *const next[] = {",", ";", "和", NULL},
                             *const all[] = {"全部", "全文", "所有", "无", NULL};
    const char *out = "";
    for (const char *at = s; skip(&at, all); at = s)
        return "";
    while (*s) {
        while (skip(&s, words))
            continue;
        int page = digits(&s, 5);
        if (page < 1)
            return NULL;
        out = arena_printf(arena, "%s%d", out, page);
        while (skip(&s, words))
            continue;
        if (skip(&s, to))
            out = arena_printf(arena, "%s-", out);
        else if (skip(&s, next))
            out = arena_printf(arena, "%s,", out);
        else if (*s)
            return NULL;
    }
    return isdigit((unsigned char)out[strlen(out) - 1]) ? out : NULL;
}

static const char *correct_flag(const char *s, struct arena *arena)
{
    static const char *const yes[] = {"是", "是的", "对", "有", "√",    "✓", "✔",
                                      "1",  "yes",  "y",  "t",  "true", NULL},
                             *const no[] = {"否", "不是", "没有", "无", "×",     "✗", "✘",
                                            "0",  "no",   "n",    "f",  "false", NULL};
    char *lower = arena_strdup(arena, s);
    for (char *p = lower; *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 'a' - 'A' : *p);
    for (size_t i = 0; yes[i]; i++)
        if (!strcmp(lower, yes[i]))
            return "true";
    for (size_t i = 0; no[i]; i++)
        if (!strcmp(lower, no[i]))
            return "false";
    return spelling_distance(lower, "true", 2) < 2    ? "true"
           : spelling_distance(lower, "false", 2) < 2 ? "false"
                                                      : NULL;
}

/* The one word that holds the value, or that the value holds, of words that hold each other the
 * longest; NULL: none, or several. */
static const char *word_around(const char *const *words, size_t n, const char *value)
{
    const char *found = NULL;
    for (size_t i = 0; i < n; i++) {
        bool held = *words[i] && strstr(value, words[i]);
        if (!held && (!*words[i] || !strstr(words[i], value)))
            continue;
        if (found && held && strstr(found, words[i]))
            continue;
        if (found && !(held && strstr(words[i], found)))
            return NULL;
        found = words[i];
    }
    return found;
}

/* The one word that has the value's characters in their order, at least two: 甲丙 for
 * 甲乙丙. */
static const char *word_abbreviated(const char *const *words, size_t n, const char *folded,
                                    struct arena *arena)
{
    const char *found = NULL;
    for (size_t i = 0; utf8_count(folded) >= 2 && i < n; i++) {
        const char *at = correction_folded(words[i], arena), *p = folded;
        for (size_t used; *p && at; p += used) {
            char character[5] = "";
            utf8_next(p, strlen(p), &used);
            memcpy(character, p, used);
            at = strstr(at, character);
            at = at ? at + used : NULL;
        }
        if (at && found)
            return NULL;
        found = at ? words[i] : found;
    }
    return found;
}

/* What other systems write for the sexes: GB/T 2261.1 among them. */
static const char *word_for(const char *const *words, size_t n, const char *value)
{
    static const char *const pairs[][2] = {{"M", "男"},    {"F", "女"},      {"m", "男"},
                                           {"f", "女"},    {"Male", "男"},   {"Female", "女"},
                                           {"male", "男"}, {"female", "女"}, {"先生", "男"},
                                           {"女士", "女"}, {"1", "男"},      {"2", "女"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (size_t k = 0; !strcmp(pairs[i][0], value) && k < n; k++)
            if (!strcmp(words[k], pairs[i][1]))
                return words[k];
    return NULL;
}

const char *correction_of_word(const char *const *words, size_t n, const char *value,
                               struct arena *arena)
{
    const char *folded = correction_folded(value, arena);
    struct spelling_guess guess = {.word = folded};

    if (!*folded || strlen(folded) > VALUE_BYTES)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(correction_folded(words[i], arena), folded))
            return words[i];
    const char *other = word_for(words, n, folded);
    if (other)
        return other;
    if (!folded[strspn(folded, "0123456789.-/")])
        return NULL; /* of numbers none is nearer in meaning than another */
    const char *around = word_around(words, n, folded);
    if (!around)
        around = word_abbreviated(words, n, folded, arena);
    for (size_t i = 0; !around && i < n; i++)
        spelling_guess(&guess, words[i]);
    /* Of four characters two others make another word. */
    bool near = guess.best && (guess.distance == 1 || guess.distance * 3 <= utf8_count(folded));
    return around ? around : near ? guess.best : NULL;
}

/* Letters that look like digits, typed among them. */
static void letters_to_digits(char *s)
{
    for (; *s; s++)
        *s = (char)(*s == 'O' || *s == 'o' ? '0' : *s == 'l' || *s == 'I' ? '1' : *s);
}

const char *correction_of(const struct word_type *type, const char *value, struct arena *arena)
{
    static const struct {
        const char *type;
        const char *(*correct)(const char *folded, struct arena *arena);
    } readers[] = {{"date", correct_date},     {"day", correct_day},     {"year", correct_year},
                   {"number", correct_number}, {"count", correct_count}, {"rank", correct_rank},
                   {"pages", correct_pages},   {"bool", correct_flag}};

    if (!type || strlen(value) > VALUE_BYTES)
        return NULL;
    if (type->n_values)
        return correction_of_word(type->values, type->n_values, value, arena);
    char *folded = correction_folded(value, arena);
    if (isdigit((unsigned char)*folded))
        letters_to_digits(folded);
    for (size_t i = 0; *folded && i < sizeof readers / sizeof *readers; i++)
        if (!strcmp(readers[i].type, type->name))
            return readers[i].correct(folded, arena);
    return NULL;
}

char *correction_of_refs(const char *refs, struct arena *arena)
{
    static const char marks[] = ",;|/-+&~";
    size_t len = strlen(refs), used, marked = 0;
    char *text = arena_alloc(arena, len + 1, 1), *to = text;
    for (size_t i = 0; i < len; i += used) {
        uint32_t c = utf8_next(refs + i, len - i, &used), plain = plain_character(c);
        bool mark = (c != UTF8_BAD && plain < 128 && plain && strchr(marks, (int)plain)) ||
                    c == 0x548C || c == 0x4E0E || c == 0x53CA; /* 和, 与, 及 */
        marked += mark || c == 0x3000;
        if (!mark && !is_blank(c))
            to += utf8_put(c == UTF8_BAD ? '?' : c, to);
        else if (to > text && to[-1] != ' ')
            *to++ = ' ';
    }
    while (to > text && to[-1] == ' ')
        to--;
    *to = '\0';
    return marked ? text : NULL;
}
