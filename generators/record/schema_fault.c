/* schema_fault.c - see schema_fault.h. libxml2's own sentences are English, and long: of an error
 * only its code, its strings and the attribute's name are taken. */
#include "record/schema_fault.h"

#include "core/spelling.h"
#include "core/utf8.h"
#include "record/correction.h"
#include "record/id_number.h"
#include "record/quote.h"

#include <string.h>

/* "Element 'x', attribute 'y': ...": the only place where the name stands. */
static const char *attribute_of(const xmlError *e, struct arena *arena)
{
    static const char mark[] = "', attribute '";
    const char *colon = e->message ? strstr(e->message, "': ") : NULL;
    const char *at = colon ? strstr(e->message, mark) : NULL;

    if (!at || at > colon)
        return NULL;
    at += strlen(mark);
    return quote_name(arena, arena_strndup(arena, at, (size_t)(colon - at)));
}

static void say(struct schema_fault *f, const char *zh, const char *en)
{
    f->text[LANGUAGE_ZH] = zh;
    f->text[LANGUAGE_EN] = en;
}

/* What a value must be; the pattern itself would help nobody. */
static const char *expected(const struct word_type *type, enum language l)
{
    return type               ? type->expected[l]
           : l == LANGUAGE_ZH ? "格式定义所规定的值"
                              : "a value that the schema allows";
}

/* A short list for a message: the first candidates only. */
static const char *names_of(const struct word *word, bool attributes, struct arena *arena)
{
    enum { LISTED = 12 };
    size_t n = attributes ? word->n_attributes : word->n_children;
    const char *list = "";
    for (size_t i = 0; i < n && i < LISTED; i++)
        list = arena_printf(arena, "%s%s%s", list, *list ? " " : "",
                            attributes ? word->attributes[i].name : word->children[i]->name);
    return n > LISTED ? arena_printf(arena, "%s …", list) : list;
}

static void add_reading(struct schema_fault *f, const char *reading, struct arena *arena)
{
    const char **list = arena_alloc(arena, f->n_readings + 1, sizeof *list);
    for (size_t i = 0; i < f->n_readings; i++) {
        if (!strcmp(f->readings[i], reading))
            return;
        list[i] = f->readings[i];
    }
    list[f->n_readings++] = reading;
    f->readings = list;
}

/* Of a date or year of which nothing can be read: any that a record may hold. */
static void add_years(struct schema_fault *f, struct arena *arena)
{
    enum { OLDEST = 1960, OLD = 2005, LAST = 2030 };
    for (int year = OLDEST; year <= LAST; year += year < OLD ? 5 : 1)
        add_reading(f, arena_printf(arena, "%d", year), arena);
}

/* Of other types: values far apart. */
static void add_extremes(struct schema_fault *f, const char *type, struct arena *arena)
{
    static const char *const extremes[][4] = {
        {"number", "0", "1", "1000"}, {"count", "0", "1", "1000"}, {"rank", "1", "1/2", "9/9"}};
    for (size_t i = 0; i < sizeof extremes / sizeof *extremes; i++)
        for (size_t k = 1; !strcmp(extremes[i][0], type) && k < 4; k++)
            add_reading(f, extremes[i][k], arena);
}

/* What the value may have been meant to be, nothing among it. */
static void add_readings(struct schema_fault *f, const struct word_type *type,
                         const char *correction, struct arena *arena)
{
    enum { TRIED = 40 };
    if (correction)
        add_reading(f, correction, arena);
    add_reading(f, "", arena);
    if (type && !strcmp(type->name, "bool")) {
        add_reading(f, "true", arena);
        add_reading(f, "false", arena);
    }
    for (size_t i = 0; type && i < type->n_values && i < TRIED; i++)
        add_reading(f, type->values[i], arena);
    if (!type || correction)
        return;
    if (!strcmp(type->name, "date") || !strcmp(type->name, "year"))
        add_years(f, arena);
    add_extremes(f, type->name, arena);
}

/* What is odd about the value, where its look says so. */
static const char *reason_of(const char *value, enum language l)
{
    static const char *const reasons[][LANGUAGE_COUNT] = {
        [CORRECTION_PLAIN] = {"不对", "is wrong"},
        [CORRECTION_FULL_WIDTH] = {"里有全角字符", "has characters of full width"},
        [CORRECTION_BLANK] = {"里有空格", "has blanks"}};
    return reasons[correction_reason(value)][l];
}

static void wrong_value(struct schema_fault *f, const xmlError *e, const struct word *word,
                        const struct word_attribute *a, const char *where, struct arena *arena)
{
    const struct word_type *type = f->attribute ? (a ? a->type : NULL) : word->type;
    bool number = !f->attribute && !strcmp(word->name, "id-number");
    const char *value = e->str1 ? e->str1 : "", *correction = correction_of(type, value, arena);
    if (correction && !strcmp(correction, value))
        correction = NULL; /* wrong for its length alone */
    const char *shown = quote(arena, number ? id_number_mask_whole(arena, value) : value);

    add_readings(f, type, correction, arena);
    if (correction && *correction)
        say(f,
            arena_printf(arena, "%s 的值%s%s，请写%s", where, shown, reason_of(value, LANGUAGE_ZH),
                         quote(arena, correction)),
            arena_printf(arena, "the value %s of %s %s; write %s", shown, where,
                         reason_of(value, LANGUAGE_EN), quote(arena, correction)));
    else if (!*value)
        say(f,
            arena_printf(arena, "%s 是空的，应为：%s；没有可填的请删去", where,
                         expected(type, LANGUAGE_ZH)),
            arena_printf(arena, "%s is empty; expected: %s; drop it if there is nothing to give",
                         where, expected(type, LANGUAGE_EN)));
    else if (correction)
        say(f, arena_printf(arena, "%s 的值%s不对，请留空或删去", where, shown),
            arena_printf(arena, "the value %s of %s is wrong; leave it empty", shown, where));
    else
        say(f,
            arena_printf(arena, "%s 的值%s不对，应为：%s", where, shown,
                         expected(type, LANGUAGE_ZH)),
            arena_printf(arena, "the value %s of %s is wrong; expected: %s", shown, where,
                         expected(type, LANGUAGE_EN)));
}

static void unknown_attribute(struct schema_fault *f, const xmlError *e, const struct word *word,
                              struct arena *arena)
{
    struct spelling_guess guess = {.word = e->str1 ? e->str1 : ""};
    const char *where = f->attribute = quote_name(arena, guess.word);
    const char *all = names_of(word, true, arena);

    for (size_t i = 0; i < word->n_attributes; i++)
        spelling_guess(&guess, word->attributes[i].name);
    for (size_t i = 0; i < word->n_attributes; i++)
        if (word->attributes[i].label && !strcmp(word->attributes[i].label, guess.word))
            guess.best = word->attributes[i].name;
    f->meant = guess.best;
    f->label = NULL;
    f->kind = RECORD_FLAW_NAME;
    for (size_t i = 0; i < word->n_attributes; i++)
        if (!guess.best || guess.best == word->attributes[i].name)
            add_reading(f, word->attributes[i].name, arena);
    if (guess.best)
        say(f, arena_printf(arena, "%s 没有属性 %s；是不是 %s", word->name, where, guess.best),
            arena_printf(arena, "%s has no attribute %s; is it %s?", word->name, where,
                         guess.best));
    else if (word->n_attributes == 0)
        say(f, arena_printf(arena, "%s 不带属性，这里却有 %s", word->name, where),
            arena_printf(arena, "%s takes no attributes, but has %s", word->name, where));
    else
        say(f, arena_printf(arena, "%s 没有属性 %s；可用：%s", word->name, where, all),
            arena_printf(arena, "%s has no attribute %s; there are: %s", word->name, where, all));
}

struct schema_fault schema_fault_of(const xmlError *e, const struct word *word, bool of_cell,
                                    struct arena *arena)
{
    struct schema_fault f = {.attribute = attribute_of(e, arena)};

    if (e->code == XML_SCHEMAV_CVC_COMPLEX_TYPE_4 && e->str1)
        f.attribute = quote_name(arena, e->str1);
    const struct word_attribute *a = f.attribute ? word_attribute(word, f.attribute) : NULL;
    const char *where = f.attribute ? f.attribute : word->name;
    f.label = f.attribute ? (a ? a->label : NULL) : word->label;
    if (of_cell && f.label)
        where = arena_printf(arena, "“%s”", f.label);

    switch (e->code) {
    case XML_SCHEMAV_CVC_MAXLENGTH_VALID: {
        /* An attribute's value comes first, an element's text does not come at all. */
        const char *has = f.attribute ? e->str2 : e->str1, *may = f.attribute ? e->str3 : e->str2;
        say(&f,
            arena_printf(arena, "%s 有 %s 字，最多 %s 字", where, has ? has : "?", may ? may : "?"),
            arena_printf(arena, "%s has %s characters; at most %s are allowed", where,
                         has ? has : "?", may ? may : "?"));
        break;
    }
    case XML_SCHEMAV_CVC_MINLENGTH_VALID:
        say(&f, arena_printf(arena, "%s 是空的；请填写", where),
            arena_printf(arena, "%s is empty; fill it in", where));
        break;
    case XML_SCHEMAV_CVC_COMPLEX_TYPE_4:
        add_readings(&f, a ? a->type : NULL, NULL, arena);
        if (of_cell)
            say(&f, arena_printf(arena, "没有填%s", where),
                arena_printf(arena, "%s is not filled in", where));
        else
            say(&f, arena_printf(arena, "%s 缺少属性 %s", word->name, where),
                arena_printf(arena, "%s lacks the attribute %s", word->name, where));
        break;
    case XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_1:
    case XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_2:
    case XML_SCHEMAV_CVC_TYPE_3_1_1:
        unknown_attribute(&f, e, word, arena);
        break;
    default:
        if (e->code >= XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1 &&
            e->code <= XML_SCHEMAV_CVC_ENUMERATION_VALID)
            wrong_value(&f, e, word, a, where, arena);
        else
            say(&f, arena_printf(arena, "%s 不符合格式定义（代码 %d）", word->name, e->code),
                arena_printf(arena, "%s is not as the schema wants it (code %d)", word->name,
                             e->code));
    }
    return f;
}

/* The first of characters that are all invisible, as U+FEFF; NULL: one is seen. */
static const char *invisible_alone(const char *text, struct arena *arena)
{
    uint32_t first = 0;
    for (size_t i = 0, used, len = strlen(text); i < len; i += used) {
        uint32_t c = utf8_next(text + i, len - i, &used);
        if (!utf8_is_ignorable(c))
            return NULL;
        first = first ? first : c;
    }
    return first ? arena_printf(arena, "U+%04X", (unsigned)first) : NULL;
}

struct schema_fault schema_fault_text(const struct word *word, const char *stray_text,
                                      struct arena *arena)
{
    static const char blanks[] = " \t\r\n", open[] = "＜", close[] = "＞";
    struct schema_fault f = {.label = word->label, .kind = RECORD_FLAW_CHILD, .of_text = true};
    char *own = arena_strdup(arena, stray_text + strspn(stray_text, blanks));
    for (size_t len = strlen(own); len && strchr(blanks, own[len - 1]);)
        own[--len] = '\0';
    const char *shown = quote(arena, own), *name = strstr(own, open),
               *end = name ? strstr(name, close) : NULL;
    if (end) {
        const char *text = end + sizeof close - 1, *next = strstr(text, open);
        add_reading(&f,
                    arena_printf(arena, "%.*s>%.*s", (int)(end - name - (int)sizeof open + 1),
                                 name + sizeof open - 1,
                                 next ? (int)(next - text) : (int)strlen(text), text),
                    arena);
    }
    const char *invisible = invisible_alone(own, arena);
    if (invisible)
        say(&f, arena_printf(arena, "%s 里有看不见的字符 %s；请删去", word->name, invisible),
            arena_printf(arena, "%s holds the invisible %s; delete it", word->name, invisible));
    else if (name || strstr(own, close))
        say(&f, arena_printf(arena, "标签%s用了全角的 ＜ ＞，请改用半角的 < >", shown),
            arena_printf(arena, "the tag %s has marks of full width; write < and >", shown));
    else
        say(&f,
            arena_printf(arena, "%s 里不能直接写文字，这里却有%s；请写进相应的元素或删去",
                         word->name, shown),
            arena_printf(arena,
                         "%s holds no text of its own, but has %s; put it into its element, or "
                         "delete it",
                         word->name, shown));
    return f;
}

struct schema_fault schema_fault_stray(const char *name, const char *prefix,
                                       const struct word *parent, struct arena *arena)
{
    struct schema_fault f = {0};
    struct spelling_guess guess = {.word = name};
    const char *shown = quote_name(arena, name);

    if (prefix) {
        const char *whole = quote_name(arena, arena_printf(arena, "%s:%s", prefix, name));
        say(&f, arena_printf(arena, "<%s> 带有前缀；请去掉冒号和前缀，写 <%s>", whole, shown),
            arena_printf(arena, "<%s> has a prefix; write <%s>, without it", whole, shown));
        return f;
    }
    if (word_child(parent, name)) {
        say(&f, arena_printf(arena, "<%s> 带有命名空间；请去掉 xmlns=\"…\"", shown),
            arena_printf(arena, "<%s> is in a namespace; delete xmlns=\"…\"", shown));
        return f;
    }
    for (size_t i = 0; i < parent->n_children; i++)
        spelling_guess(&guess, parent->children[i]->name);
    for (size_t i = 0; i < parent->n_children; i++)
        if (parent->children[i]->label && !strcmp(parent->children[i]->label, name))
            guess.best = parent->children[i]->name;
    f.kind = RECORD_FLAW_NAME;
    for (size_t i = 0; i < parent->n_children; i++)
        if (!guess.best || guess.best == parent->children[i]->name)
            add_reading(&f, parent->children[i]->name, arena);
    if (guess.best)
        say(&f, arena_printf(arena, "%s 里没有 <%s>；是不是 <%s>", parent->name, shown, guess.best),
            arena_printf(arena, "%s holds no <%s>; is it <%s>?", parent->name, shown, guess.best));
    else if (parent->n_children == 0)
        say(&f,
            arena_printf(arena, "%s 里只能写文字，这里却有标签 <%s>；请删去标签", parent->name,
                         shown),
            arena_printf(arena, "%s holds text alone, but has the tag <%s>; delete the tag",
                         parent->name, shown));
    else
        say(&f,
            arena_printf(arena, "%s 里没有 <%s>；可用：%s", parent->name, shown,
                         names_of(parent, false, arena)),
            arena_printf(arena, "%s holds no <%s>; there are: %s", parent->name, shown,
                         names_of(parent, false, arena)));
    return f;
}
