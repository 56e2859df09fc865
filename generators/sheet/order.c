/* order.c - see order.h. */
#include "sheet/order.h"

#include "core/utf8.h"
#include "sheet/han.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ucol.h>
#include <unicode/ustring.h>

/* The byte before each part of a key: digits and marks stand before Chinese characters, letters of
 * other scripts after them. 0 ends a field, so that the shorter of two texts comes first. */
enum key_class {
    KEY_END = 0x00,
    KEY_MARKS = 0x10,
    KEY_HAN = 0x80,
    KEY_UNLISTED_HAN = 0x81, /* in no table: by code point */
    KEY_LETTERS = 0xE0
};

enum { NO_PLACE = 0xFFFF, UNPLACED_NAMED = 20 };

/* A character that lacks what the order goes by, and the first text that it was met in. */
struct unplaced {
    uint32_t character;
    const char *text;
};

struct collation {
    enum sheet_order order;
    UCollator *collator; /* of all but Chinese characters */
    struct han *han;
    const struct surname **surnames; /* by their bytes */
    size_t n_surnames;
    struct arena arena;
    struct unplaced unplaced[UNPLACED_NAMED];
    size_t n_unplaced;
    bool more_unplaced;
};

static int compare_surnames(const void *a, const void *b)
{
    const struct surname *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static void index_surnames(struct collation *c, const struct surnames *surnames)
{
    c->n_surnames = surnames->n;
    c->surnames = mem_alloc(surnames->n + 1, sizeof(struct surname *));
    for (size_t i = 0; i < surnames->n; i++)
        c->surnames[i] = &surnames->list[i];
    qsort(c->surnames, c->n_surnames, sizeof(struct surname *), compare_surnames);
}

struct collation *collation_new(enum sheet_order order, const struct surnames *surnames,
                                struct diag *diag)
{
    UErrorCode status = U_ZERO_ERROR;
    struct collation *c = mem_alloc(1, sizeof *c);
    c->order = order;
    c->collator = ucol_open("root", &status);
    if (U_FAILURE(status)) {
        diag_system(diag, (struct src_pos){0}, "ICU 没有排序的数据（%s），请安装完整的 libicu",
                    "ICU has no data to order text (%s): install the whole libicu",
                    u_errorName(status));
        collation_free(c);
        return NULL;
    }
    c->han = han_new();
    index_surnames(c, surnames);
    return c;
}

void collation_free(struct collation *c)
{
    if (!c)
        return;
    if (c->collator)
        ucol_close(c->collator);
    han_free(c->han);
    free(c->surnames);
    arena_free(&c->arena);
    free(c);
}

static void add_number(struct buffer *out, uint32_t number, int bytes)
{
    while (bytes-- > 0)
        buffer_putc(out, (int)(number >> 8 * bytes & 0xFF));
}

static void note_unplaced(struct collation *c, uint32_t character, const char *text)
{
    for (size_t i = 0; i < c->n_unplaced; i++)
        if (c->unplaced[i].character == character)
            return;
    if (c->n_unplaced == UNPLACED_NAMED)
        c->more_unplaced = true;
    else
        c->unplaced[c->n_unplaced++] = (struct unplaced){character, arena_strdup(&c->arena, text)};
}

/* By count and strokes; or by count, radical and code point. */
static void add_strokes(const struct han_character *h, uint32_t character, struct buffer *out)
{
    add_number(out, h->strokes, 1);
    add_number(out, h->stroke_order ? h->stroke_order : NO_PLACE, 2);
    if (h->stroke_order)
        return;
    add_number(out, h->radical, 1);
    add_number(out, character, 3);
}

static void add_reading(uint16_t reading, struct buffer *out)
{
    add_number(out, KEY_HAN, 1);
    add_number(out, reading ? reading : NO_PLACE, 2);
}

/* text is what the character stands in, to be named when the character lacks what is needed. */
static void add_han(struct collation *c, const struct han_character *h, uint32_t character,
                    const char *text, struct buffer *out)
{
    bool by_strokes = c->order == ORDER_STROKES;
    if (by_strokes)
        add_number(out, KEY_HAN, 1);
    else
        add_reading(h->reading, out);
    add_strokes(h, character, out);
    if (by_strokes ? !h->stroke_order : !h->reading)
        note_unplaced(c, character, text);
}

static void add_unlisted_han(struct collation *c, uint32_t character, const char *text,
                             struct buffer *out)
{
    add_number(out, KEY_UNLISTED_HAN, 1);
    add_number(out, character, 3);
    note_unplaced(c, character, text);
}

/* What is no Chinese character, by ICU. */
static void add_other(const struct collation *c, const char *text, size_t len, struct buffer *out)
{
    enum { SHORT = 256 };
    UChar units[SHORT], *wide = units;
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = 0;
    size_t used;

    if (!len)
        return;
    add_number(out, u_isalpha((UChar32)utf8_next(text, len, &used)) ? KEY_LETTERS : KEY_MARKS, 1);
    /* a byte gives one unit at most */
    if (len > SHORT)
        wide = mem_alloc(len, sizeof *wide);
    u_strFromUTF8WithSub(wide, (int32_t)(len > SHORT ? len : SHORT), &n, text, (int32_t)len, 0xFFFD,
                         NULL, &status);
    /* the size has the 0 byte that ends the key, below all others */
    int32_t size = ucol_getSortKey(c->collator, wide, n, NULL, 0);
    ucol_getSortKey(c->collator, wide, n, buffer_room(out, (size_t)size), size);
    if (wide != units)
        free(wide);
}

/* The planes that Unicode keeps for Chinese characters, those of later editions among them. */
static bool is_of_han_planes(uint32_t character)
{
    return character >= 0x20000 && character < 0x40000;
}

/* One field of a key: the part of a text, Chinese characters one by one, the rest in runs. */
static void add_field(struct collation *c, const char *text, const char *part, size_t len,
                      struct buffer *out)
{
    size_t run = 0, used;
    for (size_t i = 0; i < len; i += used) {
        uint32_t character = utf8_next(part + i, len - i, &used);
        const struct han_character *h = han_find(c->han, character);
        bool unlisted = !h && is_of_han_planes(character);
        if (!h && !unlisted && !utf8_is_variation_selector(character))
            continue;
        add_other(c, part + run, i - run, out);
        run = i + used;
        if (h)
            add_han(c, h, character, text, out);
        else if (unlisted)
            add_unlisted_han(c, character, text, out);
    }
    add_other(c, part + run, len - run, out);
    add_number(out, KEY_END, 1);
}

void collation_text_key(struct collation *c, const char *text, struct buffer *out)
{
    add_field(c, text, text, strlen(text), out);
}

/* The longest surname of the list that a name begins with; NULL: none. */
static const struct surname *listed_surname(const struct collation *c, const char *person,
                                            size_t first)
{
    const struct surname *longest = NULL;
    size_t low = 0, high = c->n_surnames;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strncmp(c->surnames[middle]->name, person, first) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < c->n_surnames && !strncmp(c->surnames[low]->name, person, first); low++)
        if (!strncmp(c->surnames[low]->name, person, strlen(c->surnames[low]->name)))
            longest = c->surnames[low];
    return longest;
}

/* How many characters stand in the text; marks that only choose a shape are none. */
static size_t count_characters(const char *text)
{
    size_t n = 0, used, len = strlen(text);
    for (size_t i = 0; i < len; i += used)
        n += !utf8_is_variation_selector(utf8_next(text + i, len - i, &used));
    return n;
}

/* The bytes of the surname; 0: the name begins with no Chinese character. */
static size_t surname_bytes(const struct collation *c, const char *person,
                            const struct surname **listed)
{
    size_t first = 0, len = strlen(person);
    if (!len || !han_find(c->han, utf8_next(person, len, &first)))
        return 0;
    *listed = listed_surname(c, person, first);
    return *listed ? strlen((*listed)->name) : first;
}

/* Two fields: how the surname is read, then its strokes, which keep namesakes together. */
static void add_read_surname(struct collation *c, const char *person, size_t len,
                             const struct surname *listed, struct buffer *out)
{
    struct buffer strokes = {0};
    size_t n = 0, used;
    for (size_t i = 0; i < len; i += used, n++) {
        uint32_t character = utf8_next(person + i, len - i, &used);
        const struct han_character *h = han_find(c->han, character);
        uint16_t reading = listed ? listed->readings[n] : h->reading;
        if (!reading)
            note_unplaced(c, character, person);
        add_reading(reading, out);
        if (h)
            add_strokes(h, character, &strokes);
    }
    add_number(out, KEY_END, 1);
    buffer_add(out, strokes.data, strokes.len);
    add_number(out, KEY_END, 1);
    buffer_clear(&strokes);
}

void collation_key(struct collation *c, const char *person, struct buffer *out)
{
    const struct surname *listed = NULL;
    size_t surname = surname_bytes(c, person, &listed);
    const char *given = person + surname;

    if (surname && c->order == ORDER_STROKES) {
        add_field(c, person, person, surname, out);
        add_number(out, count_characters(given) > 1, 1);
    } else if (surname) {
        add_read_surname(c, person, surname, listed, out);
    }
    add_field(c, person, given, strlen(given), out);
}

/* "“䶮”（王䶮）、“㛃”（李㛃）", in a language. */
static const char *name_unplaced(const struct collation *c, enum language language,
                                 struct arena *arena)
{
    static const char *const shape[] = {"%s%s“%s”（%s）", "%s%s%s (%s)"};
    static const char *const comma[] = {"、", ", "}, *const more[] = {"等", " and others"};
    const char *list = "";
    for (size_t i = 0; i < c->n_unplaced; i++) {
        char character[5] = "";
        utf8_put(c->unplaced[i].character, character);
        list = arena_printf(arena, shape[language], list, i ? comma[language] : "", character,
                            c->unplaced[i].text);
    }
    return c->more_unplaced ? arena_printf(arena, "%s%s", list, more[language]) : list;
}

void collation_report(const struct collation *c, struct diag *diag)
{
    static const char *const strokes[] = {
        "按笔画排序：没有%s的笔顺资料，排在同画数的字之后，依部首和码位；请核对这些人的次序",
        "order by strokes: the strokes of %s are not known one by one; they follow the characters "
        "of the same count, by radical and code point: check where these people stand"};
    static const char *const readings[] = {
        "按拼音排序：没有%s的读音资料，排在有读音的字之后；姓氏的读音可写入 surnames.xml",
        "order by pinyin: the reading of %s is not known; they follow the characters whose is: the "
        "reading of a surname can be written into surnames.xml"};
    const char *const *words = c->order == ORDER_STROKES ? strokes : readings;
    struct arena arena = {0};
    struct finding f = {.severity = SEVERITY_INFO};
    if (c->n_unplaced) {
        for (int i = 0; i < LANGUAGE_COUNT; i++)
            f.text[i] = arena_printf(&arena, words[i], name_unplaced(c, (enum language)i, &arena));
        diag_pass(diag, &f);
    }
    arena_free(&arena);
}
