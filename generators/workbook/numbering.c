/* numbering.c - see numbering.h. The kinds of numbers: ECMA-376-1 17.18.59. */
#include "workbook/numbering.h"

#include "core/utf8.h"
#include "workbook/part.h"

#include <stdlib.h>
#include <string.h>

enum { LISTS_LIMIT = 10000, LABEL_LIMIT = 1000 /* bytes, as the file has it */ };

struct level {
    const char *kind, *text; /* "decimal", "%1." */
    bool spaced;             /* a tab or a blank stands behind */
    long long start;
};

/* What a list looks like; several lists may share one and count on from another. */
struct abstract_list {
    long long id;
    const char *style, *like; /* the list style that it is, or whose levels it has; NULL: none */
    struct level levels[NUMBERING_LEVELS];
    long long count[NUMBERING_LEVELS]; /* of the paragraphs so far; -1: none */
};

struct list {
    long long id, abstract;
    long long restart[NUMBERING_LEVELS]; /* at its first paragraph; -1: counts on */
    bool begun;
};

struct numbering {
    struct arena arena;
    struct archive *archive;
    int part;
    struct abstract_list *abstracts;
    struct list *lists;
    size_t n_abstracts, abstracts_cap, n_lists, lists_cap;
    struct level *level; /* at hand; NULL: none */
    int override;        /* the level that a list sets anew */
    bool in_list;
};

static struct part_text value_of(const struct part_element *e)
{
    return part_attribute_in(e, SPACE_WORD, "val");
}

static const char *copy(struct numbering *n, struct part_text t)
{
    return arena_strndup(&n->arena, t.s ? t.s : "", t.len);
}

static int level_of(const struct part_element *e)
{
    long long level = part_number(part_attribute_in(e, SPACE_WORD, "ilvl"));
    return level < 0 || level >= NUMBERING_LEVELS ? 0 : (int)level;
}

static bool add_abstract(struct numbering *n, const struct part_element *e)
{
    if (n->n_abstracts + n->n_lists >= LISTS_LIMIT)
        return archive_refuse(n->archive, n->part, "的编号过多", "has too many lists");
    struct abstract_list *a = ARENA_PUSH(&n->arena, n->abstracts, n->n_abstracts, n->abstracts_cap);
    *a = (struct abstract_list){.id =
                                    part_number(part_attribute_in(e, SPACE_WORD, "abstractNumId"))};
    for (int i = 0; i < NUMBERING_LEVELS; i++) {
        a->levels[i] = (struct level){"decimal", "", true, 1};
        a->count[i] = -1;
    }
    n->in_list = false;
    return true;
}

static bool add_list(struct numbering *n, const struct part_element *e)
{
    if (n->n_abstracts + n->n_lists >= LISTS_LIMIT)
        return archive_refuse(n->archive, n->part, "的编号过多", "has too many lists");
    struct list *l = ARENA_PUSH(&n->arena, n->lists, n->n_lists, n->lists_cap);
    *l =
        (struct list){.id = part_number(part_attribute_in(e, SPACE_WORD, "numId")), .abstract = -1};
    for (int i = 0; i < NUMBERING_LEVELS; i++)
        l->restart[i] = -1;
    n->in_list = true;
    n->level = NULL;
    return true;
}

static bool read_level_word(struct numbering *n, const struct part_element *e)
{
    if (!strcmp(e->name, "lvlText") && value_of(e).len > LABEL_LIMIT)
        return archive_refuse(n->archive, n->part, "的编号过长", "has a number of a list too long");
    if (!strcmp(e->name, "numFmt"))
        n->level->kind = copy(n, value_of(e));
    else if (!strcmp(e->name, "lvlText"))
        n->level->text = copy(n, value_of(e));
    else if (!strcmp(e->name, "suff"))
        n->level->spaced = !part_text_is(value_of(e), "nothing");
    else if (!strcmp(e->name, "start"))
        n->level->start = part_number(value_of(e));
    return true;
}

static bool on_start(void *data, const struct part_element *e)
{
    struct numbering *n = data;

    if (e->space != SPACE_WORD)
        return true;
    if (!strcmp(e->name, "abstractNum"))
        return add_abstract(n, e);
    if (!strcmp(e->name, "num"))
        return add_list(n, e);
    if (!strcmp(e->name, "styleLink") && !n->in_list && n->n_abstracts)
        n->abstracts[n->n_abstracts - 1].style = copy(n, value_of(e));
    else if (!strcmp(e->name, "numStyleLink") && !n->in_list && n->n_abstracts)
        n->abstracts[n->n_abstracts - 1].like = copy(n, value_of(e));
    else if (!strcmp(e->name, "lvl") && !n->in_list && n->n_abstracts)
        n->level = &n->abstracts[n->n_abstracts - 1].levels[level_of(e)];
    else if (n->level)
        return read_level_word(n, e);
    else if (n->in_list && !strcmp(e->name, "abstractNumId"))
        n->lists[n->n_lists - 1].abstract = part_number(value_of(e));
    else if (n->in_list && !strcmp(e->name, "lvlOverride"))
        n->override = level_of(e);
    else if (n->in_list && !strcmp(e->name, "startOverride"))
        n->lists[n->n_lists - 1].restart[n->override] = part_number(value_of(e));
    return true;
}

static bool on_end(void *data, enum part_space space, const char *name)
{
    struct numbering *n = data;
    if (space == SPACE_WORD && !strcmp(name, "lvl"))
        n->level = NULL;
    return true;
}

struct numbering *numbering_read(struct archive *a, int part)
{
    static const struct part_events events = {.start = on_start, .end = on_end};
    struct numbering *n = mem_alloc(1, sizeof *n);

    n->archive = a;
    n->part = part;
    if (part == ARCHIVE_NONE || part_read(a, part, &events, n))
        return n;
    numbering_free(n);
    return NULL;
}

void numbering_free(struct numbering *n)
{
    if (!n)
        return;
    arena_free(&n->arena);
    free(n);
}

/* Digits, and the units behind the first three of four; the last has none. */
struct chinese_words {
    const char *digits[10], *units[4];
    bool one_ten; /* ten is 一十 */
};

static const struct chinese_words counting = {
    {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}, {"千", "百", "十", ""}, false};
static const struct chinese_words legal = {
    {"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"}, {"仟", "佰", "拾", ""}, true};

/* 1 to 9999 as 一, 十, 二十一, 一百零三. */
static void put_chinese(const struct chinese_words *words, long long value, struct buffer *out)
{
    long long unit = 1000;
    bool begun = false, zero = false;

    for (int i = 0; i < 4; i++, unit /= 10) {
        int digit = (int)(value / unit % 10);
        if (!digit) {
            zero = begun;
            continue;
        }
        bool plain_ten = !begun && i == 2 && digit == 1 && !words->one_ten;
        buffer_puts(out, zero ? words->digits[0] : "");
        buffer_puts(out, plain_ten ? "" : words->digits[digit]);
        buffer_puts(out, words->units[i]);
        begun = true;
        zero = false;
    }
}

/* Digit by digit: 一〇, １０. */
static void put_digits(long long value, uint32_t zero, struct buffer *out)
{
    if (value >= 10)
        put_digits(value / 10, zero, out);
    if (zero)
        buffer_character(out, zero + (uint32_t)(value % 10));
    else
        buffer_puts(out, value % 10 ? counting.digits[value % 10] : "〇");
}

/* What one character says each: ①, 甲. false: no such kind, or it ends before the value. */
static bool put_enclosed(const char *kind, long long value, struct buffer *out)
{
    static const struct {
        const char *kind;
        uint32_t first;
        int last;
        const char *const words[13];
    } kinds[] = {
        {"decimalEnclosedCircle", 0x2460, 20, {NULL}},
        {"decimalEnclosedCircleChinese", 0x2460, 20, {NULL}},
        {"decimalEnclosedFullstop", 0x2488, 20, {NULL}},
        {"decimalEnclosedParen", 0x2474, 20, {NULL}},
        {"ideographEnclosedCircle", 0x3220, 10, {NULL}}, /* Word draws brackets */
        {"ideographTraditional",
         0,
         10,
         {"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"}},
        {"ideographZodiac",
         0,
         12,
         {"子", "丑", "寅", "卯", "辰", "巳", "午", "未", "申", "酉", "戌", "亥"}},
    };
    for (size_t i = 0; value >= 1 && i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kind, kinds[i].kind) != 0 || value > kinds[i].last)
            continue;
        if (kinds[i].first)
            buffer_character(out, kinds[i].first + (uint32_t)value - 1);
        else
            buffer_puts(out, kinds[i].words[value - 1]);
        return true;
    }
    return false;
}

static void put_roman(long long value, bool upper, struct buffer *out)
{
    static const struct {
        int value;
        const char *upper, *lower;
    } parts[] = {{1000, "M", "m"}, {900, "CM", "cm"}, {500, "D", "d"}, {400, "CD", "cd"},
                 {100, "C", "c"},  {90, "XC", "xc"},  {50, "L", "l"},  {40, "XL", "xl"},
                 {10, "X", "x"},   {9, "IX", "ix"},   {5, "V", "v"},   {4, "IV", "iv"},
                 {1, "I", "i"}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (; value >= parts[i].value; value -= parts[i].value)
            buffer_puts(out, upper ? parts[i].upper : parts[i].lower);
}

static void put_number(const char *kind, long long value, struct buffer *out)
{
    if (value < 0 || value > 9999 || !strcmp(kind, "none") || put_enclosed(kind, value, out))
        return;
    if (!strncmp(kind, "chineseCounting", 15) || !strncmp(kind, "japaneseCounting", 16) ||
        !strncmp(kind, "taiwaneseCounting", 17))
        put_chinese(&counting, value, out);
    else if (!strcmp(kind, "chineseLegalSimplified"))
        put_chinese(&legal, value, out);
    else if (!strcmp(kind, "ideographDigital") || !strcmp(kind, "taiwaneseDigital") ||
             !strcmp(kind, "japaneseDigitalTenThousand"))
        put_digits(value, 0, out);
    else if (!strncmp(kind, "decimalFullWidth", 16))
        put_digits(value, 0xFF10, out);
    else if (strstr(kind, "Roman"))
        put_roman(value, *kind == 'u', out);
    else if ((!strcmp(kind, "upperLetter") || !strcmp(kind, "lowerLetter")) && value >= 1)
        for (long long i = 0; i <= (value - 1) / 26; i++)
            buffer_putc(out, (*kind == 'u' ? 'A' : 'a') + (int)((value - 1) % 26));
    else if (!strcmp(kind, "decimalZero"))
        buffer_printf(out, "%02lld", value);
    else if (!strcmp(kind, "numberInDash"))
        buffer_printf(out, "- %lld -", value);
    else
        buffer_printf(out, "%lld", value);
}

/* A bullet of a symbol font has a code of private use, which says nothing without that font. */
static void put_bullet(const char *text, struct buffer *out)
{
    for (size_t i = 0, len = strlen(text), used; i < len; i += used) {
        uint32_t c = utf8_next(text + i, len - i, &used);
        buffer_character(out, c == UTF8_BAD || utf8_is_private(c) ? 0x2022 : c == 'o' ? 0x25CB : c);
    }
}

/* One that takes its levels from a list style has none of its own. */
static struct abstract_list *find_abstract(struct numbering *n, long long id)
{
    struct abstract_list *found = NULL;
    for (size_t i = 0; i < n->n_abstracts && !found; i++)
        if (n->abstracts[i].id == id)
            found = &n->abstracts[i];
    for (size_t i = 0; found && found->like && i < n->n_abstracts; i++)
        if (n->abstracts[i].style && !strcmp(n->abstracts[i].style, found->like))
            return &n->abstracts[i];
    return found;
}

static struct abstract_list *find(struct numbering *n, long long list, struct list **of)
{
    for (size_t i = 0; i < n->n_lists; i++)
        if (n->lists[i].id == list) {
            *of = &n->lists[i];
            return find_abstract(n, n->lists[i].abstract);
        }
    return NULL;
}

static void count(struct abstract_list *a, struct list *l, int level)
{
    for (int i = 0; !l->begun && i < NUMBERING_LEVELS; i++)
        if (l->restart[i] >= 0)
            a->count[i] = l->restart[i] - 1;
    l->begun = true;
    a->count[level] = a->count[level] < 0 ? a->levels[level].start : a->count[level] + 1;
    for (int i = level + 1; i < NUMBERING_LEVELS; i++)
        a->count[i] = -1;
}

void numbering_next(struct numbering *n, long long list, int level, struct buffer *out)
{
    struct list *l;
    struct abstract_list *a = find(n, list, &l);
    if (!a)
        return;
    count(a, l, level);
    const struct level *at = &a->levels[level];
    size_t begin = out->len;
    if (!strcmp(at->kind, "bullet"))
        put_bullet(at->text, out);
    for (const char *p = strcmp(at->kind, "bullet") ? at->text : ""; *p; p++) {
        int of = *p == '%' && p[1] >= '1' && p[1] <= '9' ? p[1] - '1' : -1;
        if (of < 0) {
            buffer_putc(out, *p);
            continue;
        }
        long long value = a->count[of] < 0 ? a->levels[of].start : a->count[of];
        put_number(a->levels[of].kind, value, out);
        p++;
    }
    /* a wide mark at its end needs no blank */
    if (at->spaced && out->len > begin && out->data[out->len - 1] < 0x80)
        buffer_putc(out, ' ');
}
